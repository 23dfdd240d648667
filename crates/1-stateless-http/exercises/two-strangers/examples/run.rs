//! Runs the exercise `two-strangers` in the classroom: `cargo course run two-strangers`, then <http://localhost:3101>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3101,
    title: "exercise two-strangers",
    package: "stateless-http",
    document: include_str!("../../../../../lessons/1-stateless-http.md"),
    drawings: &[(
        "1-stateless-http.svg",
        include_str!("../../../../../lessons/img/1-stateless-http.svg"),
    )],
    try_this: &[
        "curl -i -d \"name=Ada\" http://localhost:3101/enter",
        "curl -i http://localhost:3101/hello",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, two_strangers::app()).await
}
