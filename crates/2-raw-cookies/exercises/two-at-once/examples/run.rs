//! Runs the exercise `two-at-once` in the classroom: `cargo course run two-at-once`, then <http://localhost:3102>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3102,
    title: "exercise two-at-once",
    package: "raw-cookies",
    document: include_str!("../../../../../lessons/2-raw-cookies.md"),
    drawings: &[(
        "2-raw-cookies.svg",
        include_str!("../../../../../lessons/img/2-raw-cookies.svg"),
    )],
    try_this: &[
        "curl -i -d \"kind=green&sugar=2\" http://localhost:3102/tea",
        "curl -b \"tea_kind=mint; tea_sugar=1\" http://localhost:3102/",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, two_at_once::app()).await
}
