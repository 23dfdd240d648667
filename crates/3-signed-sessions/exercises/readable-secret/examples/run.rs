//! Runs the exercise: `cargo course run readable-secret`, then <http://localhost:3103>.

use classroom::{Exercise, Stop};
use cookie::Key;
use readable_secret::{QUESTIONS, app};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        &["curl -i -d \"question=1\" http://localhost:3103/ask"],
    )?;
    let key = Key::from(&exercise.lasting_key(Key::generate().master()));
    exercise.serve(app(key, QUESTIONS)).await
}
