//! Runs the exercise: `cargo course run read-the-pairs`, then <http://localhost:3102>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -b \"look=dark; nick=Ada\" http://localhost:3102/",
            "curl -b \"nick=look=dark\" http://localhost:3102/",
        ],
    )?
    .serve(read_the_pairs::app())
    .await
}
