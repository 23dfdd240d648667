//! Runs the exercise: `cargo course run server-decides`, then <http://localhost:3104>.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use classroom::{Exercise, Stop, settings::spoken};
use cookie::Key;
use server_decides::{Settings, app};

const CURL: &str = "curl -i -d \"username=Ada\" http://localhost:3104/login";

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let exercise = Exercise::in_folder(
        env!("CARGO_MANIFEST_DIR"),
        spoken(
            &[
                "log in, wait 31 seconds, reload: this server's clock runs a minute a second, the browser's does not",
                CURL,
            ],
            &["登录，等 31 秒，刷新：这个服务器的时钟一秒走一分钟，浏览器的不是", CURL],
        ),
    )?;
    let key = Key::from(&exercise.lasting_key(Key::generate().master()));
    exercise.serve(app(Settings { key, now: Arc::new(quick_now) })).await
}

/// A clock on which a minute takes a second: nobody waits for half an hour. It was right at midnight.
fn quick_now() -> SystemTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let midnight = Duration::from_secs(now.as_secs() / 86_400 * 86_400);
    UNIX_EPOCH + midnight + (now - midnight) * 60
}
