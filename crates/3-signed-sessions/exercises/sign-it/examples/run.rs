//! Runs the exercise: `cargo course run sign-it`, then <http://localhost:3103>.

use classroom::{Exercise, Stop};
use cookie::Key;
use sign_it::app;

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i -d \"username=Ada\" http://localhost:3103/login",
            "curl -b \"sign_it=Bob\" http://localhost:3103",
        ],
    )?;
    let key = Key::from(&exercise.lasting_key(Key::generate().master()));
    exercise.serve(app(key)).await
}
