//! Runs the exercise: `cargo course run lock-it-down`, then <http://localhost:3104>.

use classroom::{Exercise, Stop};
use cookie::Key;
use lock_it_down::app;

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i -d \"username=Ada\" http://localhost:3104/login"],
    )?;
    let key = Key::from(&exercise.lasting_key(Key::generate().master()));
    exercise.serve(app(key)).await
}
