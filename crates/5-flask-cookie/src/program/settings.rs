//! The keys and the lifetime, from the environment or from a file that it names.

use std::{
    fs,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use classroom::{
    Stop,
    settings::{seconds, variable, warn},
};
use flask_cookie::{Keys, SessionCookie};

/// The key that the article prints: everybody has it.
pub const ARTICLE_KEY: &str = "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT";

/// The output of SHA-1, in bytes: RFC 2104 §3 discourages a key under this length, however random. Flask takes any.
const SHORTEST: usize = 20;

/// How to make a key that nobody guesses, in every shell.
const MAKE_ONE: &str = "Make one with: python -c \"import secrets; print(secrets.token_hex())\"";

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
    /// `SECRET_KEY` or `SECRET_KEY_FILE`, `SECRET_KEY_FALLBACKS` (one a line) and `SESSION_SECONDS`.
    ///
    /// A key's bytes are taken as they are, blanks and all, for Flask must make the same key of them.
    ///
    /// # Errors
    ///
    /// [`Stop`] where one of them can't be read.
    pub fn from_environment() -> Result<Self, Stop> {
        let secret = secret_key()?.unwrap_or_else(|| {
            warn(
                "SECRET_KEY is not set, and SECRET_KEY_FILE names no file, so this run signs with the key that the article \
                 prints. Everybody who has read the article has it, and can log in here as anybody. Set one of them to \
                 what your Flask program has.",
            );
            ARTICLE_KEY.to_owned()
        });
        if secret.len() < SHORTEST {
            warn(&format!(
                "The key has {} bytes. Flask takes it, and so does this server; but what protects a key is chance, and so \
                 few bytes rarely have enough of it. Whoever has one cookie can try keys without asking anybody. {MAKE_ONE}",
                secret.len()
            ));
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

/// The key: of `SECRET_KEY`, or of the file that `SECRET_KEY_FILE` names. `None` where neither is set, or to nothing.
///
/// The line end behind a key in a file is no part of it: editors write one.
fn secret_key() -> Result<Option<String>, Stop> {
    let named = |name| Ok::<_, Stop>(variable(name)?.filter(|text| !text.is_empty()));
    match (named("SECRET_KEY")?, named("SECRET_KEY_FILE")?) {
        (key, None) => Ok(key),
        (Some(_), Some(_)) => Err(Stop::because(
            "SECRET_KEY and SECRET_KEY_FILE are both set, so it isn't clear which key you mean. Unset one of them.",
        )),
        (None, Some(file)) => {
            let text = fs::read_to_string(&file).map_err(|error| {
                Stop::because(format!(
                    "The key can't be read from SECRET_KEY_FILE={file}: {error}."
                ))
            })?;
            let key = text.trim_end_matches(['\r', '\n']);
            if key.is_empty() {
                return Err(Stop::because(format!(
                    "There is no key in SECRET_KEY_FILE={file}: it is empty. {MAKE_ONE}"
                )));
            }
            Ok(Some(key.to_owned()))
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
