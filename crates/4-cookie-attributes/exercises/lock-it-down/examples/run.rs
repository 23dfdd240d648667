//! Runs the exercise with the classroom around it: `cargo course run lock-it-down`, then <http://localhost:3104>.

use classroom::{Lesson, Stop};
use cookie::Key;
use lock_it_down::app;

const LESSON: Lesson = Lesson {
    port: 3104,
    title: "the exercise lock-it-down",
    // The lesson's own: it leads to the document.
    package: "cookie-attributes",
    document: include_str!("../../../../../lessons/4-cookie-attributes.md"),
    drawings: &[(
        "4-cookie-attributes.svg",
        include_str!("../../../../../lessons/img/4-cookie-attributes.svg"),
    )],
    try_this: &["curl -i -d \"username=Ada\" http://localhost:3104/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Key::generate())).await
}
