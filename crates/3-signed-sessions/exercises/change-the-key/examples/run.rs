//! Runs the exercise: `cargo course run change-the-key`, then <http://localhost:3103>.

use change_the_key::{Keys, app};
use classroom::{Exercise, Stop, settings::spoken};
use cookie::Key;

const CURL: &str = "curl -i -d \"username=Ada\" http://localhost:3103/login";

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &[
                "log in, start the server again (or save src/lib.rs): each start has a new key, the two before it are fallbacks",
                CURL,
            ],
            &[
                "登录，再重新启动服务器（或者保存 src/lib.rs）：每次启动换一个新密钥，前两个是备用密钥",
                CURL,
            ],
        ),
    )?;
    let mut keys = exercise.next_keys(Key::generate().master(), 2).into_iter();
    let mut next = || keys.next().map(|key| Key::from(&key));
    let key = next().unwrap_or_else(Key::generate);
    exercise.serve(app(Keys { key, fallbacks: std::iter::from_fn(next).collect() })).await
}
