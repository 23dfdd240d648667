//! Runs the exercise in the classroom: `cargo course run lost-update`, then open <http://localhost:3106>.

use classroom::{Lesson, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let lesson = Lesson {
        port: 3106,
        title: "Two requests at once",
        package: "lost-update",
        document: include_str!("../../../../../lessons/6-server-sessions.md"),
        drawings: &[(
            "6-server-sessions.svg",
            include_str!("../../../../../lessons/img/6-server-sessions.svg"),
        )],
        try_this: &["curl -i -d \"username=Ada\" http://localhost:3106/login"],
    };
    classroom::serve(lesson, lost_update::app()).await
}
