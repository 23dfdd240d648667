//! Runs both sides of the exercise: `cargo course run everybodys-page`, then <http://localhost:3107>.

use classroom::{Exercise, Stop, settings::spoken};
use everybodys_page::{SHOP, app, lure};
use probe::{Clock, behind_a_cache};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let sides = lure().beside(behind_a_cache(app(), &Clock::real()), SHOP, &[]);
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &["the shop: http://app.crumbs.localhost:3107, the lure: http://mallory.localhost:3107"],
            &["商店：http://app.crumbs.localhost:3107 ，诱饵：http://mallory.localhost:3107"],
        ),
    )?
    .serve(sides)
    .await
}
