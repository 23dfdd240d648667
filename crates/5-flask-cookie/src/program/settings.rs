//! The keys and the lifetime, from the environment or from a file that it names.

use std::{
    fs,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use classroom::{
    Stop,
    settings::{seconds, spoken, variable, warn},
};
use flask_cookie::{Keys, SessionCookie};

/// The key that the article prints: everybody has it.
pub const ARTICLE_KEY: &str = "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT";

/// The output of SHA-1, in bytes: RFC 2104 §3 discourages a key under this length, however random. Flask takes any.
const SHORTEST: usize = 20;

/// How to make a key that nobody guesses, in every shell.
const MAKE_ONE: &str = "python -c \"import secrets; print(secrets.token_hex())\"";

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
            warn(spoken(
                "SECRET_KEY is not set, and SECRET_KEY_FILE names no file, so this run signs with the key that the article \
                 prints. Everybody who has read the article has it, and can log in here as anybody. Set one of them to \
                 what your Flask program has.",
                "没有设置 SECRET_KEY，SECRET_KEY_FILE 也没有指明文件，所以这次用文章里印出来的密钥签名。读过文章的人都有它，可以在这里\
                 以任何人的身份登录。请把其中一个设成你的 Flask 程序所用的密钥。",
            ));
            ARTICLE_KEY.to_owned()
        });
        if secret.len() < SHORTEST {
            let length = secret.len();
            warn(&spoken(
                format!(
                    "The key has {length} bytes. Flask takes it, and so does this server; but what protects a key is chance, and so \
                     few bytes rarely have enough of it. Whoever has one cookie can try keys without asking anybody. Make one with: {MAKE_ONE}"
                ),
                format!(
                    "密钥有 {length} 个字节。Flask 接受它，这个服务器也接受；但保护密钥的是随机，这么少的字节很少有足够的随机。手里有一个 \
                     cookie 的人，可以不问任何人，一个一个试密钥。这样生成一个：{MAKE_ONE}"
                ),
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
        (Some(_), Some(_)) => Err(Stop::because(spoken(
            "SECRET_KEY and SECRET_KEY_FILE are both set, so it isn't clear which key you mean. Unset one of them.",
            "SECRET_KEY 和 SECRET_KEY_FILE 都设置了，看不出你指的是哪个密钥。请取消其中一个。",
        ))),
        (None, Some(file)) => {
            let text = fs::read_to_string(&file).map_err(|error| {
                Stop::because(spoken(
                    format!("The key can't be read from SECRET_KEY_FILE={file}: {error}."),
                    format!("从 SECRET_KEY_FILE={file} 读不到密钥：{error}。"),
                ))
            })?;
            let key = text.trim_end_matches(['\r', '\n']);
            if key.is_empty() {
                return Err(Stop::because(spoken(
                    format!(
                        "There is no key in SECRET_KEY_FILE={file}: it is empty. Make one with: {MAKE_ONE}"
                    ),
                    format!(
                        "SECRET_KEY_FILE={file} 里没有密钥：它是空的。这样生成一个：{MAKE_ONE}"
                    ),
                )));
            }
            Ok(Some(key.to_owned()))
        }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
