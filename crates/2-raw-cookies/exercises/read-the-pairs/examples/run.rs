//! Runs the exercise `read-the-pairs` in the classroom: `cargo course run read-the-pairs`, then <http://localhost:3102>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3102,
    title: "exercise read-the-pairs",
    package: "raw-cookies",
    document: include_str!("../../../../../lessons/2-raw-cookies.md"),
    drawings: &[(
        "2-raw-cookies.svg",
        include_str!("../../../../../lessons/img/2-raw-cookies.svg"),
    )],
    try_this: &[
        "curl -b \"look=dark; nick=Ada\" http://localhost:3102/",
        "curl -b \"nick=look=dark\" http://localhost:3102/",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, read_the_pairs::app()).await
}
