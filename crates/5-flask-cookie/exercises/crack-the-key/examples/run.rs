//! Runs the exercise: `cargo course run crack-the-key`, then <http://localhost:3105>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i http://localhost:3105/",
            "curl -d \"cookie=PASTE-IT-HERE\" http://localhost:3105/crack",
        ],
    )?
    .serve(crack_the_key::app())
    .await
}
