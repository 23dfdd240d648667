//! A cookie taken apart: what everybody can read in it, what this server makes of it, and one that was forged.

use askama::Template;
use axum::http::HeaderMap;
use flask_cookie::{DateTime, FlaskSession, Keys, Parts};

use crate::{
    Url,
    request::cookie,
    settings::{ARTICLE_KEY, Site},
    verdict::{Verdict, judge},
    visible::visible,
};

/// How much of a payload is shown, in characters: 4 KB of zlib can hold a megabyte.
const SHOWN: usize = 4000;

/// The page `/session`.
#[derive(Template)]
#[template(path = "session.html")]
pub struct TakenApart {
    verdict: Verdict,
    /// The cookie as it came.
    cookie: String,
    /// Its parts, where it has three.
    parts: Option<Readable>,
    /// A cookie for `admin`, made with nothing but the key in the article.
    forged: String,
    /// Whether this server believes it.
    forged_is_believed: bool,
}

/// The same for a client that asks for text, as `curl -H "Accept: text/plain"` does.
#[derive(Template)]
#[template(path = "session.txt")]
pub struct AsText {
    pub page: TakenApart,
}

/// The three parts, and what two of them say. Reading takes no key.
struct Readable {
    payload: String,
    is_compressed: bool,
    json: String,
    timestamp: String,
    signed_at: String,
    signature: String,
}

impl TakenApart {
    /// Takes apart the cookie that came with these headers.
    pub fn of(headers: &HeaderMap, site: &Site) -> Self {
        let now = (site.now)();
        let cookie = cookie(headers, &site.cookie.name);
        let verdict = judge(cookie.as_deref(), site, now);
        let is_a_value = !matches!(verdict, Verdict::NameInValue(_));
        let parts =
            cookie.as_deref().filter(|_| is_a_value).and_then(|cookie| Parts::split(cookie).ok());
        let forged = forge(now);
        Self {
            verdict,
            parts: parts.map(|parts| Readable::from(&parts)),
            forged_is_believed: judge(Some(&forged), site, now) == Verdict::Valid,
            forged,
            cookie: visible(&cookie.unwrap_or_default(), SHOWN),
        }
    }
}

/// What anybody can do who has read the article: write a session, and sign it with the article's key.
fn forge(now: u64) -> String {
    let mut session = FlaskSession::new();
    session.insert("username", "admin");
    Keys::new(ARTICLE_KEY).map(|keys| session.dump(&keys, now)).unwrap_or_default()
}

impl From<&Parts<'_>> for Readable {
    fn from(parts: &Parts<'_>) -> Self {
        let json = parts.json().unwrap_or_else(|error| error.to_string());
        let signed_at = parts.signed_at().map_or_else(
            |error| error.to_string(),
            |unix| DateTime::from_unix(i64::try_from(unix).unwrap_or(i64::MAX)).to_string(),
        );
        Self {
            payload: visible(parts.payload, SHOWN),
            is_compressed: parts.is_compressed(),
            json: visible(&json, SHOWN),
            timestamp: visible(parts.timestamp, SHOWN),
            signed_at,
            signature: visible(parts.signature, SHOWN),
        }
    }
}
