//! Runs the exercise in the classroom: `cargo course run logout-means-out`, then open <http://localhost:3106>.

use classroom::{Lesson, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let lesson = Lesson {
        port: 3106,
        title: "A log-out that means it",
        package: "logout-means-out",
        document: include_str!("../../../../../lessons/6-server-sessions.md"),
        drawings: &[(
            "6-server-sessions.svg",
            include_str!("../../../../../lessons/img/6-server-sessions.svg"),
        )],
        try_this: &["curl -i -d \"username=Ada\" http://localhost:3106/login"],
    };
    classroom::serve(lesson, logout_means_out::app()).await
}
