//! Runs the exercise: `cargo course run count-visits`, then <http://localhost:3102>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i http://localhost:3102/", "curl -i -b \"times_here=41\" http://localhost:3102/"],
    )?
    .serve(count_visits::app())
    .await
}
