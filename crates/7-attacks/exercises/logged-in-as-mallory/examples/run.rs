//! Runs both sides of the exercise: `cargo course run logged-in-as-mallory`, then <http://localhost:3107>.

use classroom::{Exercise, Stop, settings::spoken};
use logged_in_as_mallory::{HOME, app, lure};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let sides = lure().beside(app(), HOME, &[]);
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &["the notes: http://app.crumbs.localhost:3107, the lure: http://mallory.localhost:3107"],
            &["便条：http://app.crumbs.localhost:3107 ，诱饵：http://mallory.localhost:3107"],
        ),
    )?
    .serve(sides)
    .await
}
