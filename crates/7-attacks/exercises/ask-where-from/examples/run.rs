//! Runs both sides of the exercise: `cargo course run ask-where-from`, then <http://localhost:3107>.

use ask_where_from::{BANK, app, lure};
use classroom::{Exercise, Stop, settings::spoken};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let sides = lure().beside(app(), BANK, &[]);
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &["the bank: http://app.crumbs.localhost:3107, the lure: http://evil.crumbs.localhost:3107"],
            &["银行：http://app.crumbs.localhost:3107 ，诱饵：http://evil.crumbs.localhost:3107"],
        ),
    )?
    .serve(sides)
    .await
}
