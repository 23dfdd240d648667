//! Runs the exercise: `cargo course run stay-signed-in`, then <http://localhost:3104>.

use classroom::{Exercise, Stop};
use cookie::Key;
use stay_signed_in::app;

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &[
            "curl -c jar.txt -d \"username=Ada&remember=on\" http://localhost:3104/login",
            "curl -j -b jar.txt http://localhost:3104  # -j: as if the browser was closed in between",
        ],
    )?;
    let key = Key::from(&exercise.lasting_key(Key::generate().master()));
    exercise.serve(app(key)).await
}
