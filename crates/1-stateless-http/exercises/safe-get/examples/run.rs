//! Runs the exercise: `cargo course run safe-get`, then <http://localhost:3101>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i http://localhost:3101/clap", "curl -i -d \"\" http://localhost:3101/clap"],
    )?
    .serve(safe_get::app())
    .await
}
