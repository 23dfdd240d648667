//! Runs the exercise with the classroom around it: `cargo course run sign-it`, then <http://localhost:3103>.

use classroom::{Lesson, Stop};
use cookie::Key;
use sign_it::app;

const LESSON: Lesson = Lesson {
    port: 3103,
    title: "the exercise sign-it",
    // The lesson's own: it leads to the document.
    package: "signed-sessions",
    document: include_str!("../../../../../lessons/3-signed-sessions.md"),
    drawings: &[(
        "3-signed-sessions.svg",
        include_str!("../../../../../lessons/img/3-signed-sessions.svg"),
    )],
    try_this: &[
        "curl -i -d \"username=Ada\" http://localhost:3103/login",
        "curl -b \"sign_it=Bob\" http://localhost:3103",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Key::generate())).await
}
