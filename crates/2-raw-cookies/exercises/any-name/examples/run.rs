//! Runs the exercise `any-name` in the classroom: `cargo course run any-name`, then <http://localhost:3102>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3102,
    title: "exercise any-name",
    package: "raw-cookies",
    document: include_str!("../../../../../lessons/2-raw-cookies.md"),
    drawings: &[(
        "2-raw-cookies.svg",
        include_str!("../../../../../lessons/img/2-raw-cookies.svg"),
    )],
    try_this: &[
        "curl -i -d \"name=Ada\" http://localhost:3102/name",
        "curl -i -d \"name=Ada; Max-Age=0\" http://localhost:3102/name",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, any_name::app()).await
}
