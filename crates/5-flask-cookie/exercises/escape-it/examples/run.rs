//! Runs the exercise: `cargo course run escape-it`, then <http://localhost:3105>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl \"http://localhost:3105/?name=%3Cb%3Ebold%3C/b%3E\""],
    )?
    .serve(escape_it::app())
    .await
}
