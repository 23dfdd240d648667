//! Runs the exercise: `cargo course run two-at-once`, then <http://localhost:3102>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i -d \"kind=green&sugar=2\" http://localhost:3102/tea",
            "curl -b \"tea_kind=mint; tea_sugar=1\" http://localhost:3102/",
        ],
    )?
    .serve(two_at_once::app())
    .await
}
