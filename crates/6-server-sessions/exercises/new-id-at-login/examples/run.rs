//! Runs the exercise: `cargo course run new-id-at-login`, then <http://localhost:3106>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i -d \"username=Ada\" http://localhost:3106/login"],
    )?
    .serve(new_id_at_login::app())
    .await
}
