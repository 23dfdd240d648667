//! The keys and the age limit, from the environment.

use std::time::{Duration, SystemTime};

use classroom::{
    Stop,
    settings::{seconds, spoken, variable, warn},
};
use cookie::Key;

/// A key must be at least as long as the hash that it feeds, in bytes (RFC 2104 §3). Length is all that a server can check.
/// What protects is chance: a sentence is long enough, and can be guessed.
const SHORTEST: usize = 32;
/// 31 days, as in Flask, unless `SESSION_SECONDS` says otherwise.
const LIFETIME: Duration = Duration::from_secs(31 * 86_400);

/// What sessions are signed with, and how long they last.
#[derive(Debug)]
pub struct Settings {
    /// Signs, and verifies.
    pub key: Key,
    /// Verify and never sign: keys that were in use before.
    pub fallbacks: Vec<Key>,
    /// How old a session may be.
    pub lifetime: Duration,
    /// The clock: a test can bring its own.
    pub now: fn() -> SystemTime,
}

impl Settings {
    /// `SECRET_KEY`, `SECRET_KEY_FALLBACKS` (one a line) and `SESSION_SECONDS`. Blanks around a key are no part of it: a file
    /// that it is read from may end with a line break.
    ///
    /// # Errors
    ///
    /// [`Stop`] where a key is too short, or where the seconds are no number.
    pub fn from_environment() -> Result<Self, Stop> {
        let key = match variable("SECRET_KEY")? {
            Some(text) => key(&text, "SECRET_KEY")?,
            None => {
                warn(spoken(
                    "SECRET_KEY is not set, so this run signs with a random key. When the server stops, the key is \
                     gone, and every session with it.",
                    "没有设置 SECRET_KEY，所以这次用随机的密钥签名。服务器一停，密钥就没有了，所有的会话也跟着没有了。",
                ));
                Key::generate()
            }
        };
        let lines = variable("SECRET_KEY_FALLBACKS")?.unwrap_or_default();
        let fallbacks = lines
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| {
                self::key(
                    line,
                    spoken("A line of SECRET_KEY_FALLBACKS", "SECRET_KEY_FALLBACKS 的一行"),
                )
            })
            .collect::<Result<_, _>>()?;
        if lines.contains(',') {
            warn(spoken(
                "A line of SECRET_KEY_FALLBACKS has a comma in it, and is taken as one key. Two keys need a line each.",
                "SECRET_KEY_FALLBACKS 有一行里有逗号，这一行当作一个密钥。两个密钥要各占一行。",
            ));
        }
        Ok(Self {
            key,
            fallbacks,
            lifetime: seconds("SESSION_SECONDS", LIFETIME)?,
            now: SystemTime::now,
        })
    }
}

fn key(text: &str, name: &str) -> Result<Key, Stop> {
    let text = text.trim();
    if text.len() >= SHORTEST {
        return Ok(Key::derive_from(text.as_bytes()));
    }
    let fresh: String =
        Key::generate().signing()[..SHORTEST].iter().map(|byte| format!("{byte:02x}")).collect();
    let length = text.len();
    Err(Stop::because(spoken(
        format!(
            "{name} is {length} bytes long and must have at least {SHORTEST}, from a random source. Here is a fresh one: {fresh}"
        ),
        format!(
            "{name}：只有 {length} 个字节，至少要 {SHORTEST} 个，而且要来自随机源。这里有一个新的：{fresh}"
        ),
    )))
}
