//! Runs the exercise: `cargo course run any-name`, then <http://localhost:3102>.

use classroom::{Exercise, Stop};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i -d \"name=Ada\" http://localhost:3102/name",
            "curl -i -d \"name=Ada; Max-Age=0\" http://localhost:3102/name",
            "curl -i -d \"name=Ada%0ABob\" http://localhost:3102/name",
        ],
    )?
    .serve(any_name::app())
    .await
}
