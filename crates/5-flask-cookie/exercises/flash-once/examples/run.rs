//! Runs the exercise: `cargo course run flash-once`, then <http://localhost:3105>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -c jar.txt -d \"\" http://localhost:3105/save",
            "curl -b jar.txt -c jar.txt http://localhost:3105/",
        ],
    )?
    .serve(flash_once::app())
    .await
}
