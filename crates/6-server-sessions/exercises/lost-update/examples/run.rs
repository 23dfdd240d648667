//! Runs the exercise: `cargo course run lost-update`, then <http://localhost:3106>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i -d \"username=Ada\" http://localhost:3106/login"],
    )?
    .serve(lost_update::app())
    .await
}
