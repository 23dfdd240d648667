//! Runs the exercise in the classroom: `cargo course run escape-it`.

use classroom::{Lesson, Stop};

const EXERCISE: Lesson = Lesson {
    port: 3105,
    title: "Escape it",
    package: env!("CARGO_PKG_NAME"),
    document: include_str!("../../../../../lessons/5-flask-cookie.md"),
    drawings: &[(
        "5-flask-cookie.svg",
        include_str!("../../../../../lessons/img/5-flask-cookie.svg"),
    )],
    try_this: &["curl \"http://localhost:3105/?name=%3Cb%3Ebold%3C/b%3E\""],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(EXERCISE, escape_it::app()).await
}
