//! Runs both sides of the exercise: `cargo course run transfer-by-form`, then <http://localhost:3107>.

use classroom::{Exercise, Stop, settings::spoken};
use transfer_by_form::{BANK, app, lure};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let sides = lure().beside(app(), BANK, &[]);
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &["the bank: http://app.crumbs.localhost:3107, the lure: http://mallory.localhost:3107"],
            &["银行：http://app.crumbs.localhost:3107 ，诱饵：http://mallory.localhost:3107"],
        ),
    )?
    .serve(sides)
    .await
}
