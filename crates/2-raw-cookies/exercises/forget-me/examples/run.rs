//! Runs the exercise `forget-me` in the classroom: `cargo course run forget-me`, then <http://localhost:3102>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3102,
    title: "exercise forget-me",
    package: "raw-cookies",
    document: include_str!("../../../../../lessons/2-raw-cookies.md"),
    drawings: &[(
        "2-raw-cookies.svg",
        include_str!("../../../../../lessons/img/2-raw-cookies.svg"),
    )],
    try_this: &[
        "curl -i -d \"name=Ada&team=red\" http://localhost:3102/desk",
        "curl -i -d \"\" http://localhost:3102/desk/leave",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, forget_me::app()).await
}
