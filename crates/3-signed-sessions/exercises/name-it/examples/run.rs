//! Runs the exercise: `cargo course run name-it`, then <http://localhost:3103>.

use classroom::{Exercise, Stop};
use cookie::Key;
use name_it::app;

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -i -d \"nickname=admin\" http://localhost:3103/nickname",
            "curl -i -d \"password=sesame\" http://localhost:3103/login",
        ],
    )?;
    let key = Key::from(&exercise.lasting_key(Key::generate().master()));
    exercise.serve(app(key)).await
}
