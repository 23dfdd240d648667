//! Runs the exercise `count-visits` in the classroom: `cargo course run count-visits`, then <http://localhost:3102>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3102,
    title: "exercise count-visits",
    package: "raw-cookies",
    document: include_str!("../../../../../lessons/2-raw-cookies.md"),
    drawings: &[(
        "2-raw-cookies.svg",
        include_str!("../../../../../lessons/img/2-raw-cookies.svg"),
    )],
    try_this: &[
        "curl -i http://localhost:3102/",
        "curl -i -b \"times_here=41\" http://localhost:3102/",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, count_visits::app()).await
}
