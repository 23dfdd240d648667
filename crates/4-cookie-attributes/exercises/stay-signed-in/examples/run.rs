//! Runs the exercise with the classroom around it: `cargo course run stay-signed-in`, then <http://localhost:3104>.

use classroom::{Lesson, Stop};
use cookie::Key;
use stay_signed_in::app;

const LESSON: Lesson = Lesson {
    port: 3104,
    title: "the exercise stay-signed-in",
    // The lesson's own: it leads to the document.
    package: "cookie-attributes",
    document: include_str!("../../../../../lessons/4-cookie-attributes.md"),
    drawings: &[(
        "4-cookie-attributes.svg",
        include_str!("../../../../../lessons/img/4-cookie-attributes.svg"),
    )],
    try_this: &["curl -i -d \"username=Ada&remember=on\" http://localhost:3104/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Key::generate())).await
}
