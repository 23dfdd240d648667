//! Runs the exercise with the classroom around it: `cargo course run readable-secret`, then <http://localhost:3103>.

use classroom::{Lesson, Stop};
use cookie::Key;
use readable_secret::{QUESTIONS, app};

const LESSON: Lesson = Lesson {
    port: 3103,
    title: "the exercise readable-secret",
    // The lesson's own: it leads to the document.
    package: "signed-sessions",
    document: include_str!("../../../../../lessons/3-signed-sessions.md"),
    drawings: &[(
        "3-signed-sessions.svg",
        include_str!("../../../../../lessons/img/3-signed-sessions.svg"),
    )],
    try_this: &["curl -i -d \"question=1\" http://localhost:3103/ask"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Key::generate(), QUESTIONS)).await
}
