//! Runs the exercise: `cargo course run only-the-shop`, then <http://localhost:3104>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i -d \"\" http://localhost:3104/shop/cart/add"],
    )?
    .serve(only_the_shop::app())
    .await
}
