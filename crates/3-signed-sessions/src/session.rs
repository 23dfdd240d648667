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
use classroom::cookies;
use cookie::{Cookie, CookieJar, Key, SameSite};
use serde::{Deserialize, Serialize};

use crate::settings::Settings;

/// The cookie's name. `session` is Flask's, in lesson 5; all of localhost shares one cookie jar.
const NAME: &str = "signed_session";
/// The length of HMAC-SHA256 in base64.
const SIGNATURE: usize = 44;
/// RFC 6265bis §5.6: a browser ignores a cookie whose name and value are longer than this, in bytes.
const LONGEST: usize = 4096;

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
    fn believed(self) -> Option<Facts> {
        match self {
            Self::Valid(facts) | Self::SignedByFallback(facts) => Some(facts),
            Self::None | Self::DoesNotVerify | Self::TooOld(_) | Self::Unreadable => None,
        }
    }
}

/// A session cookie, taken apart.
#[derive(Debug)]
pub struct Reading {
    pub verdict: Verdict,
    pub signature: String,
    pub payload: String,
}

/// Reads the session from a request's headers. Where several cookies have the name, the first that is believed counts:
/// a stray one must not log anybody out.
pub fn read(headers: &HeaderMap, settings: &Settings) -> Reading {
    let now = (settings.now)();
    let mut first = None;
    for cookie in sessions(headers) {
        let verdict = judge(&cookie, settings, now);
        let believed = matches!(verdict, Verdict::Valid(_) | Verdict::SignedByFallback(_));
        let reading = || {
            let (signature, payload) =
                cookie.value().split_at_checked(SIGNATURE).unwrap_or(("", cookie.value()));
            Reading { verdict, signature: signature.to_owned(), payload: payload.to_owned() }
        };
        if believed {
            return reading();
        }
        first = first.or_else(|| Some(reading()));
    }
    first.unwrap_or(Reading {
        verdict: Verdict::None,
        signature: String::new(),
        payload: String::new(),
    })
}

/// Every cookie of our name, percent-decoded. Each pair is read by itself: one strange byte elsewhere in the header must
/// not lose the session.
fn sessions(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'static>> {
    cookies::values(headers, NAME).map(|value| {
        let value = std::str::from_utf8(value).unwrap_or_default();
        Cookie::parse_encoded(format!("{NAME}={value}")).unwrap_or_else(|_| Cookie::new(NAME, ""))
    })
}

/// First the signature, over the payload as it came; only then what the payload says.
fn judge(cookie: &Cookie<'static>, settings: &Settings, now: SystemTime) -> Verdict {
    let believe: fn(Facts) -> Verdict;
    let payload = if let Some(payload) = verify(cookie, &settings.key) {
        believe = Verdict::Valid;
        payload
    } else if let Some(payload) = settings.fallbacks.iter().find_map(|key| verify(cookie, key)) {
        believe = Verdict::SignedByFallback;
        payload
    } else {
        return Verdict::DoesNotVerify;
    };
    match serde_json::from_str::<Facts>(&payload) {
        Err(_) => Verdict::Unreadable,
        Ok(facts) if age(&facts, now) > settings.lifetime => Verdict::TooOld(facts),
        Ok(facts) => believe(facts),
    }
}

/// The payload, where `key` made the signature in front of it. The comparison takes the same time wherever they differ.
fn verify(cookie: &Cookie<'static>, key: &Key) -> Option<String> {
    CookieJar::new().signed(key).verify(cookie.clone()).map(|verified| verified.value().to_owned())
}

/// The cookie never says how old it is; the time at which it was issued is inside the signature.
fn age(facts: &Facts, now: SystemTime) -> Duration {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    now.saturating_sub(Duration::from_secs(facts.issued))
}

/// The session of one request, as an argument of a handler. A handler that changes it hands it back with its response.
#[derive(Debug)]
pub struct Session {
    username: Option<String>,
    settings: Arc<Settings>,
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
}

/// A request without a cookie that is believed has a fresh session: that is no error.
impl FromRequestParts<Arc<Settings>> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        settings: &Arc<Settings>,
    ) -> Result<Self, Infallible> {
        let username =
            read(&parts.headers, settings).verdict.believed().map(|facts| facts.username);
        Ok(Self { username, settings: Arc::clone(settings) })
    }
}

/// Writes the session into the response: signed with the key in use, issued now; or deleted, where nothing is left in it.
impl IntoResponseParts for Session {
    type Error = (StatusCode, String);

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        let attributes = Cookie::build(NAME).path("/").http_only(true).same_site(SameSite::Lax);
        let mut jar = CookieJar::new();
        match self.username {
            Some(username) => {
                let issued =
                    (self.settings.now)().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
                let payload = serde_json::to_string(&Facts { username, issued }).map_err(broken)?;
                let mut cookie = attributes.build();
                cookie.set_value(payload);
                jar.signed_mut(&self.settings.key).add(cookie);
            }
            None => jar.add(attributes.removal()),
        }
        for cookie in jar.delta() {
            let line = cookie.encoded().to_string();
            let length = line.split(';').next().unwrap_or(&line).len() - "=".len();
            if length > LONGEST {
                return Err((StatusCode::PAYLOAD_TOO_LARGE, too_long(length)));
            }
            response
                .headers_mut()
                .append(header::SET_COOKIE, HeaderValue::try_from(line).map_err(broken)?);
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
