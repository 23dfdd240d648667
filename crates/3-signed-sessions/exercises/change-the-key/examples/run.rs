//! Runs the exercise with the classroom around it: `cargo course run change-the-key`, then <http://localhost:3103>.

use change_the_key::{Keys, app};
use classroom::{Lesson, Stop};
use cookie::Key;

const LESSON: Lesson = Lesson {
    port: 3103,
    title: "the exercise change-the-key",
    // The lesson's own: it leads to the document.
    package: "signed-sessions",
    document: include_str!("../../../../../lessons/3-signed-sessions.md"),
    drawings: &[(
        "3-signed-sessions.svg",
        include_str!("../../../../../lessons/img/3-signed-sessions.svg"),
    )],
    try_this: &["curl -i -d \"username=Ada\" http://localhost:3103/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Keys { key: Key::generate(), fallbacks: vec![] })).await
}
