//! Runs the exercise: `cargo course run two-strangers`, then <http://localhost:3101>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i -d \"name=Ada\" http://localhost:3101/enter",
            "curl -i http://localhost:3101/hello",
        ],
    )?
    .serve(two_strangers::app())
    .await
}
