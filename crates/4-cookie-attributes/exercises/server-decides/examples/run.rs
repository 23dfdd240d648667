//! Runs the exercise with the classroom around it: `cargo course run server-decides`, then <http://localhost:3104>.

use std::{sync::Arc, time::SystemTime};

use classroom::{Lesson, Stop};
use cookie::Key;
use server_decides::{Settings, app};

const LESSON: Lesson = Lesson {
    port: 3104,
    title: "the exercise server-decides",
    // The lesson's own: it leads to the document.
    package: "cookie-attributes",
    document: include_str!("../../../../../lessons/4-cookie-attributes.md"),
    drawings: &[(
        "4-cookie-attributes.svg",
        include_str!("../../../../../lessons/img/4-cookie-attributes.svg"),
    )],
    try_this: &["curl -i -d \"username=Ada\" http://localhost:3104/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app(Settings { key: Key::generate(), now: Arc::new(SystemTime::now) }))
        .await
}
