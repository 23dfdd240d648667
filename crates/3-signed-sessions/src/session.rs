//! The signed session: what the cookie holds, and when the server believes it.
//!
//! The cookie's value is percent-encoded. Decoded it is a signature, 44 characters of base64, with the payload right
//! behind it: JSON that anyone can read.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponseParts, ResponseParts},
};
use classroom::{
    Watched, Word,
    cookies::{self, LONGEST},
};
use cookie::{Cookie, CookieJar, Key, SameSite};
use percent_encoding::percent_decode;
use serde::{Deserialize, Serialize};

use crate::settings::Settings;

/// The cookie's name. `session` is Flask's, in lesson 5; all of localhost shares one cookie jar.
const NAME: &str = "signed_session";
/// HMAC-SHA256 has 32 bytes; in base64 these are so many characters.
const SIGNATURE: usize = 44;
/// How many cookies of our name are tried: another server on localhost may have set one, nobody sets more, and each costs
/// a signature for each key.
const CANDIDATES: usize = 8;

/// What the session says, and since when.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    username: String,
    /// Seconds since 1970, written by this server.
    issued: u64,
}

/// What the server makes of a session cookie.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// No such cookie came.
    None,
    /// Signed with the key in use, and young enough.
    Valid(Facts),
    /// Signed with a key that is on its way out, and young enough.
    SignedByFallback(Facts),
    /// No key of this server made this signature for this payload.
    DoesNotVerify,
    /// Well signed, and older than a session may be.
    TooOld(Facts),
    /// Well signed, and not what this server writes.
    Unreadable,
}

impl Verdict {
    /// What the server believes: nothing, unless the cookie is well signed and young enough.
    fn believed(&self) -> Option<&Facts> {
        match self {
            Self::Valid(facts) | Self::SignedByFallback(facts) => Some(facts),
            Self::None | Self::DoesNotVerify | Self::TooOld(_) | Self::Unreadable => None,
        }
    }

    /// In a few words.
    pub fn name(&self) -> &'static str {
        match self {
            Self::None => "no session came",
            Self::Valid(_) => "valid",
            Self::SignedByFallback(_) => "valid, signed by a fallback",
            Self::DoesNotVerify => "doesn't verify",
            Self::TooOld(_) => "too old",
            Self::Unreadable => "unreadable",
        }
    }
}

/// A session cookie, and what the server makes of it.
#[derive(Debug)]
pub struct Reading {
    pub verdict: Verdict,
    /// The cookie's value, percent-decoded.
    value: String,
}

impl Reading {
    /// Signature and payload. A value that is too short for a signature is all payload.
    fn parts(&self) -> (&str, &str) {
        self.value.split_at_checked(SIGNATURE).unwrap_or(("", &self.value))
    }

    pub fn signature(&self) -> &str {
        self.parts().0
    }

    pub fn payload(&self) -> &str {
        self.parts().1
    }
}

/// Reads the session from a request's headers. Where several cookies have the name, the first that is believed counts:
/// a stray one must not log anybody out.
fn read(headers: &HeaderMap, settings: &Settings) -> Reading {
    let now = (settings.now)();
    let mut first = None;
    for value in cookies::values(headers, NAME).take(CANDIDATES) {
        // Bytes that are no text can't have come from this server.
        let value = percent_decode(value).decode_utf8().unwrap_or_default().into_owned();
        let reading = Reading { verdict: judge(&value, settings, now), value };
        if reading.verdict.believed().is_some() {
            return reading;
        }
        first = first.or(Some(reading));
    }
    first.unwrap_or(Reading { verdict: Verdict::None, value: String::new() })
}

/// First the signature, over the payload as it came; only then what the payload says.
fn judge(value: &str, settings: &Settings, now: SystemTime) -> Verdict {
    let mut by_fallback = false;
    let mut verified = verify(value, &settings.key);
    if verified.is_none() {
        by_fallback = true;
        verified = settings.fallbacks.iter().find_map(|key| verify(value, key));
    }
    let Some(cookie) = verified else {
        return Verdict::DoesNotVerify;
    };
    match serde_json::from_str::<Facts>(cookie.value()) {
        Err(_) => Verdict::Unreadable,
        Ok(facts) if age(&facts, now) > settings.lifetime => Verdict::TooOld(facts),
        Ok(facts) if by_fallback => Verdict::SignedByFallback(facts),
        Ok(facts) => Verdict::Valid(facts),
    }
}

/// The cookie with its payload alone, where `key` made the signature in front of it. The comparison takes the same time
/// wherever they differ.
fn verify(value: &str, key: &Key) -> Option<Cookie<'static>> {
    CookieJar::new().signed(key).verify(Cookie::new(NAME, value.to_owned()))
}

/// The browser never says how old a cookie is; the time at which it was issued is in the payload, under the signature.
fn age(facts: &Facts, now: SystemTime) -> Duration {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::from_secs(facts.issued))
}

/// The session of one request, as an argument of a handler. A handler that changes it hands it back with its response.
#[derive(Debug)]
pub struct Session {
    /// The cookie that came.
    pub reading: Reading,
    username: Option<String>,
    settings: Arc<Settings>,
    watched: Watched,
}

impl Session {
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    pub fn log_in(&mut self, username: String) {
        self.username = Some(username);
    }

    pub fn log_out(&mut self) {
        self.username = None;
    }

    /// The server's word for the wire: what it made of the cookie that came, and who is logged in after the answer.
    pub fn word(&self) -> Option<Word> {
        self.watched.say(|| match &self.username {
            Some(username) => {
                format!("Verdict: {}. Now logged in as {username}.", self.reading.verdict.name())
            }
            None => format!("Verdict: {}. Now not logged in.", self.reading.verdict.name()),
        })
    }
}

/// A request without a cookie that is believed has an empty session: that is no error.
impl FromRequestParts<Arc<Settings>> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        settings: &Arc<Settings>,
    ) -> Result<Self, Infallible> {
        let reading = read(&parts.headers, settings);
        let username = reading.verdict.believed().map(|facts| facts.username.clone());
        let watched = Watched::now();
        Ok(Self { reading, username, settings: Arc::clone(settings), watched })
    }
}

/// Writes the session into the response: signed with the key in use, issued now; or deleted, where nothing is left in it.
impl IntoResponseParts for Session {
    type Error = (StatusCode, String);

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        if let Some(word) = self.word() {
            response.extensions_mut().insert(word);
        }
        let cookie = Cookie::build(NAME).path("/").http_only(true).same_site(SameSite::Lax);
        let mut jar = CookieJar::new();
        match self.username {
            Some(username) => {
                let now = (self.settings.now)().duration_since(UNIX_EPOCH).unwrap_or_default();
                let facts = Facts { username, issued: now.as_secs() };
                let mut cookie = cookie.build();
                cookie.set_value(serde_json::to_string(&facts).map_err(broken)?);
                jar.signed_mut(&self.settings.key).add(cookie);
            }
            None => jar.add(cookie.removal()),
        }
        // What was put into the jar is what there is to send: one cookie.
        for cookie in jar.delta() {
            let line = cookie.encoded().to_string();
            let length = cookies::size(&line);
            if length > LONGEST {
                return Err((StatusCode::PAYLOAD_TOO_LARGE, too_long(length)));
            }
            let line = HeaderValue::try_from(line).map_err(broken)?;
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(response)
    }
}

fn too_long(length: usize) -> String {
    format!(
        "This session takes {length} bytes as a cookie. A browser keeps {LONGEST} bytes and drops a longer cookie without \
         a word, so nothing was changed. Use a shorter name."
    )
}

fn broken(error: impl std::fmt::Display) -> (StatusCode, String) {
    (StatusCode::INTERNAL_SERVER_ERROR, format!("The session could not be written: {error}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIME: Duration = Duration::from_secs(100);

    fn issued() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000)
    }

    /// What is made of a session that was written at `issued()`, where the clock says this.
    fn verdict_at(now: fn() -> SystemTime) -> Verdict {
        let key = Key::derive_from(&[7; 32]);
        let facts = r#"{"username":"Ada","issued":1000000}"#;
        let mut jar = CookieJar::new();
        jar.signed_mut(&key).add(Cookie::new(NAME, facts));
        let line: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
        let headers =
            HeaderMap::from_iter(HeaderValue::try_from(line).map(|line| (header::COOKIE, line)));
        read(&headers, &Settings { key, fallbacks: Vec::new(), lifetime: LIFETIME, now }).verdict
    }

    fn ada() -> Facts {
        Facts { username: "Ada".to_owned(), issued: 1_000_000 }
    }

    #[test]
    fn a_session_is_believed_up_to_its_age_limit_and_not_a_second_longer() {
        assert_eq!(verdict_at(issued), Verdict::Valid(ada()));
        assert_eq!(verdict_at(|| issued() + LIFETIME), Verdict::Valid(ada()));
        let late = || issued() + LIFETIME + Duration::from_secs(1);
        assert_eq!(verdict_at(late), Verdict::TooOld(ada()));
    }

    #[test]
    fn a_clock_that_was_set_back_ends_no_session() {
        assert_eq!(verdict_at(|| issued() - Duration::from_secs(3600)), Verdict::Valid(ada()));
        assert_eq!(verdict_at(|| UNIX_EPOCH - Duration::from_secs(1)), Verdict::Valid(ada()));
    }
}
