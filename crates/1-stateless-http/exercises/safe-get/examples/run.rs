//! Runs the exercise `safe-get` in the classroom: `cargo course run safe-get`, then <http://localhost:3101>.

use classroom::{Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3101,
    title: "exercise safe-get",
    package: "stateless-http",
    document: include_str!("../../../../../lessons/1-stateless-http.md"),
    drawings: &[(
        "1-stateless-http.svg",
        include_str!("../../../../../lessons/img/1-stateless-http.svg"),
    )],
    try_this: &["curl -i http://localhost:3101/clap", "curl -i -d \"\" http://localhost:3101/clap"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, safe_get::app()).await
}
