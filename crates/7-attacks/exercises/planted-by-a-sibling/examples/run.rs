//! Runs both sides of the exercise: `cargo course run planted-by-a-sibling`, then <http://localhost:3107>.

use classroom::{Exercise, Stop, settings::spoken};
use planted_by_a_sibling::{SHOP, app, lure};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let sides = lure().beside(app(), SHOP, &[("name", "mallory"), ("password", "malice")]);
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &["the shop: http://app.crumbs.localhost:3107, the lure: http://evil.crumbs.localhost:3107"],
            &["商店：http://app.crumbs.localhost:3107 ，诱饵：http://evil.crumbs.localhost:3107"],
        ),
    )?
    .serve(sides)
    .await
}
