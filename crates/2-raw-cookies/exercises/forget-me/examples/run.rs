//! Runs the exercise: `cargo course run forget-me`, then <http://localhost:3102>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i -d \"name=Ada&team=red\" http://localhost:3102/desk",
            "curl -i -d \"\" http://localhost:3102/desk/leave",
        ],
    )?
    .serve(forget_me::app())
    .await
}
