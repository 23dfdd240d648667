//! Runs the exercise with the classroom around it: `cargo course run name-it`, then <http://localhost:3103>.

use classroom::{Lesson, Stop};
use cookie::Key;
use name_it::app;

const LESSON: Lesson = Lesson {
    port: 3103,
    title: "the exercise name-it",
    // The lesson's own: it leads to the document.
    package: "signed-sessions",
    document: include_str!("../../../../../lessons/3-signed-sessions.md"),
    drawings: &[(
        "3-signed-sessions.svg",
        include_str!("../../../../../lessons/img/3-signed-sessions.svg"),
    )],
    try_this: &[
        "curl -i -d \"nickname=admin\" http://localhost:3103/nickname",
        "curl -i -d \"password=sesame\" http://localhost:3103/login",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Key::generate())).await
}
