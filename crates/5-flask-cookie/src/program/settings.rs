//! The keys and the lifetime, from the environment.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use classroom::{
    Stop,
    settings::{seconds, variable},
};
use flask_cookie::{Keys, SessionCookie};

/// The key that the article prints: everybody has it.
pub const ARTICLE_KEY: &str = "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT";

/// The output of SHA-1, in bytes: RFC 2104 §3 calls a key under this length weak. Flask takes any.
const SHORTEST: usize = 20;

/// What this site's sessions are signed with, and how its cookie looks.
#[derive(Debug)]
pub struct Site {
    /// Sign, and verify.
    pub keys: Keys,
    /// Flask's settings, with Flask's defaults, but for the lifetime.
    pub cookie: SessionCookie,
    /// The clock, in seconds since 1970: a test can bring its own.
    pub now: fn() -> u64,
}

impl Site {
    /// `SECRET_KEY`, `SECRET_KEY_FALLBACKS` (one a line) and `SESSION_SECONDS`.
    ///
    /// A key's bytes are taken as they are, blanks and all, for Flask must make the same key of them.
    ///
    /// # Errors
    ///
    /// [`Stop`] where one of them can't be read.
    pub fn from_environment() -> Result<Self, Stop> {
        // A key that is set to nothing is none.
        let secret = variable("SECRET_KEY")?.filter(|key| !key.is_empty()).unwrap_or_else(|| {
            eprintln!(
                "SECRET_KEY is not set, so this run signs with the key that the article prints. Everybody who has read \
                 the article has it, and can log in here as anybody. Set SECRET_KEY to the key of your Flask program."
            );
            ARTICLE_KEY.to_owned()
        });
        if secret.len() < SHORTEST {
            eprintln!(
                "SECRET_KEY has {} bytes. Flask takes it, and so does this server; but a key under {SHORTEST} bytes can \
                 be guessed from one cookie. \
                 Make one with: python -c \"import secrets; print(secrets.token_hex())\"",
                secret.len()
            );
        }
        let mut keys = Keys::new(secret).map_err(|error| Stop::because(error.to_string()))?;
        let fallbacks = variable("SECRET_KEY_FALLBACKS")?.unwrap_or_default();
        for fallback in fallbacks.lines().filter(|line| !line.is_empty()) {
            keys =
                keys.with_fallback(fallback).map_err(|error| Stop::because(error.to_string()))?;
        }
        let mut cookie = SessionCookie::default();
        // Flask calls it `PERMANENT_SESSION_LIFETIME`.
        let lifetime = seconds("SESSION_SECONDS", Duration::from_secs(cookie.lifetime))?;
        cookie.lifetime = lifetime.as_secs();
        Ok(Self { keys, cookie, now })
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
