//! Runs the exercise in the classroom: `cargo course run crack-the-key`.

use classroom::{Lesson, Stop};

const EXERCISE: Lesson = Lesson {
    port: 3105,
    title: "Crack the key",
    package: env!("CARGO_PKG_NAME"),
    document: include_str!("../../../../../lessons/5-flask-cookie.md"),
    drawings: &[(
        "5-flask-cookie.svg",
        include_str!("../../../../../lessons/img/5-flask-cookie.svg"),
    )],
    try_this: &["curl -i http://localhost:3105/"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(EXERCISE, crack_the_key::app()).await
}
