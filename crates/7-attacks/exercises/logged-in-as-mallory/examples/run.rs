//! Runs both sides of the exercise: `cargo course run logged-in-as-mallory`, then <http://localhost:3107>.

use classroom::{Exercise, Stop};
use logged_in_as_mallory::{HOME, app, lure};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let sides = lure().beside(app(), HOME, &[]);
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["the notes: http://app.crumbs.localhost:3107, the lure: http://mallory.localhost:3107"],
    )?
    .serve(sides)
    .await
}
