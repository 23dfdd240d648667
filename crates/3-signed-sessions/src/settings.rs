//! The keys and the age limit, from the environment.

use std::time::{Duration, SystemTime};

use classroom::{
    Stop,
    settings::{seconds, variable, warn},
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
                warn(
                    "SECRET_KEY is not set, so this run signs with a random key. When the server stops, the key is \
                     gone, and every session with it.",
                );
                Key::generate()
            }
        };
        let lines = variable("SECRET_KEY_FALLBACKS")?.unwrap_or_default();
        let fallbacks = lines
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| self::key(line, "A line of SECRET_KEY_FALLBACKS"))
            .collect::<Result<_, _>>()?;
        if lines.contains(',') {
            warn(
                "A line of SECRET_KEY_FALLBACKS has a comma in it, and is taken as one key. Two keys need a line each.",
            );
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
    Err(Stop::because(format!(
        "{name} is {} bytes long and must have at least {SHORTEST}, from a random source. Here is a fresh one: {fresh}",
        text.len()
    )))
}
