//! The session of one request: out of its `Cookie` header, and into the response.
//!
//! In Flask, `session` is a global object, and Flask reads and writes the cookie around every handler. Here it is an
//! argument of the handlers that want it, and they hand it back with the response.

use std::{
    convert::Infallible,
    fmt::Display,
    io::{self, Write as _},
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponseParts, ResponseParts},
};
use classroom::{
    Watched, Word,
    cookies::{self, FOR_ONE_BROWSER},
    settings::in_words,
};
use flask_cookie::{Error, FlaskSession, MAX_LINE, MAX_UNPACKED, Step};

use crate::{
    settings::Site,
    verdict::{Verdict, judge},
    visible::visible,
};

/// RFC 6265bis §5.6: a browser ignores a cookie whose name and value are longer than this, in bytes.
const LONGEST: usize = 4096;
/// RFC 6265bis §5.5: a browser keeps no cookie longer than 400 days, in seconds.
const KEPT: u64 = 400 * 86_400;

/// The session of one request, as an argument of a handler: Flask's session, and the site that it belongs to.
#[derive(Debug)]
pub struct Session {
    session: FlaskSession,
    site: Arc<Site>,
    /// What the server makes of the cookie that came, where anybody watches the wire.
    verdict: Option<Verdict>,
}

impl Session {
    /// The text of this name, or `None` where there is none or it isn't a text.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.session.get_str(name)
    }

    /// Sets a text.
    pub fn insert(&mut self, name: &str, text: String) {
        self.session.insert(name, text);
    }

    /// Takes a value out: Flask's `session.pop(name, None)`.
    pub fn remove(&mut self, name: &str) {
        self.session.remove(name);
    }

    /// Whether its cookie outlives the browser.
    pub fn is_permanent(&self) -> bool {
        self.session.is_permanent()
    }

    /// Sets Flask's `session.permanent`.
    pub fn set_permanent(&mut self, permanent: bool) {
        self.session.set_permanent(permanent);
    }

    /// How long a session lives, in words.
    pub fn lifetime(&self) -> String {
        in_words(Duration::from_secs(self.site.cookie.lifetime))
    }

    /// Whether it lives longer than a browser keeps any cookie.
    pub fn outlives_its_cookie(&self) -> bool {
        self.site.cookie.lifetime > KEPT
    }

    /// The server's word for the wire: what it made of the cookie that came, and who is logged in after the answer.
    pub fn word(&self) -> Option<Word> {
        self.verdict.as_ref().map(|verdict| match self.get_str("username") {
            Some(username) => format!("Verdict: {verdict}. Now logged in as {username}.").into(),
            None => format!("Verdict: {verdict}. Now not logged in.").into(),
        })
    }
}

/// The text of the first cookie with this name, as Flask has it: of several, it takes the first too; quotes around a value
/// aren't part of it; an empty one is none.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let value = cookies::values(headers, name).next()?.trim_ascii();
    let quoted = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let text = String::from_utf8_lossy(quoted.unwrap_or(value)).into_owned();
    Some(text).filter(|text| !text.is_empty())
}

/// A cookie that gives no session is a fresh session, never an error page. Where it was well signed, Flask answers 500.
impl FromRequestParts<Arc<Site>> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, site: &Arc<Site>) -> Result<Self, Infallible> {
        let (cookie, now) = (cookie(&parts.headers, &site.cookie.name), (site.now)());
        let verdict = Watched::now().0.then(|| judge(cookie.as_deref(), site, now));
        let session = cookie.map_or_else(FlaskSession::new, |cookie| {
            site.cookie.load(&cookie, &site.keys, now).unwrap_or_else(|error| {
                trace(refused(&error, &cookie));
                FlaskSession::new()
            })
        });
        Ok(Self { session, site: Arc::clone(site), verdict })
    }
}

/// What Flask does after every handler: sets the cookie where the session was changed, or is permanent and so lives on;
/// deletes it where nothing is left in it.
impl IntoResponseParts for Session {
    type Error = (StatusCode, String);

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        for (name, value) in FOR_ONE_BROWSER {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
        if let Some(word) = self.word() {
            response.extensions_mut().insert(word);
        }
        let Site { keys, cookie, now } = &*self.site;
        let Some(line) = cookie.save(&self.session, keys, now()) else {
            return Ok(response);
        };
        if let Some(reason) = too_large(&self.session, &line) {
            if self.session.is_modified() {
                return Err((StatusCode::PAYLOAD_TOO_LARGE, reason));
            }
            // Nobody changed anything, and the old cookie still holds: a page is better than an error.
            trace(reason);
            return Ok(response);
        }
        if line.len() > MAX_LINE {
            trace(format!("A cookie line of {} bytes: not every browser keeps it.", line.len()));
        }
        let line = HeaderValue::try_from(line)
            .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
        response.headers_mut().append(header::SET_COOKIE, line);
        Ok(response)
    }
}

/// Why a session can't be written, where it can't: no browser would keep it, or this server wouldn't read it again.
///
/// Flask sends such a cookie, with a warning in its log. Then the log-in seems to have worked, and nobody is logged in.
fn too_large(session: &FlaskSession, line: &str) -> Option<String> {
    let unpacked = session.to_json().len();
    if unpacked > MAX_UNPACKED {
        return Some(format!(
            "This session takes {unpacked} bytes, and this server reads {MAX_UNPACKED}. Nothing was changed."
        ));
    }
    let length = line.split(';').next().unwrap_or(line).len() - "=".len();
    (length > LONGEST).then(|| {
        format!(
            "This session takes {length} bytes as a cookie. A browser keeps {LONGEST} bytes and drops a longer cookie \
             without a word, so nothing was changed. Use a shorter name."
        )
    })
}

/// The line for a cookie that gave no session. What is well signed and unreadable was written by somebody with the key, so
/// the line shows what it says.
fn refused(error: &Error, cookie: &str) -> String {
    let says = match error.step() {
        Step::Payload => format!(" The payload: {}", readable(cookie)),
        Step::Signature | Step::Time => String::new(),
    };
    format!("This session starts empty, for the cookie gave none: {error}.{says}")
}

/// What is in a payload, or the payload itself where it can't be decoded.
fn readable(cookie: &str) -> String {
    match flask_cookie::Parts::split(cookie) {
        Ok(parts) => parts.json().unwrap_or_else(|_| parts.payload.to_owned()),
        Err(_) => cookie.to_owned(),
    }
}

/// Writes a line to the terminal. A server whose output nobody reads still serves.
fn trace(line: impl Display) {
    let _ = writeln!(io::stderr(), "! {}", visible(&line.to_string(), 300));
}

#[cfg(test)]
mod tests {
    use super::*;
    use flask_cookie::{Keys, SessionCookie};
    use probe::{Server, get, post};

    use crate::settings::ARTICLE_KEY;

    /// The program with the article's key and a clock that stands still, as it stood when Flask was asked.
    fn server(now: fn() -> u64, cookie: SessionCookie) -> Server {
        let Ok(keys) = Keys::new(ARTICLE_KEY) else { unreachable!("it isn't empty") };
        Server::of(crate::app(Site { keys, cookie, now }))
    }

    #[test]
    fn the_lines_are_flasks_to_the_byte() {
        let server = server(|| 1_735_689_600, SessionCookie::default());
        let reply = server.send(post("/login", &[("username", "alice")]));
        assert_eq!(
            reply.set_cookies(),
            [
                "session=eyJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFgA.s8kxJHS7bS3cd4hp0kBpfQGiZLE; HttpOnly; Path=/"
            ]
        );
        let remembered = server.send(post("/login", &[("username", "alice"), ("remember", "1")]));
        assert_eq!(
            remembered.set_cookies(),
            [
                "session=eyJfcGVybWFuZW50Ijp0cnVlLCJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFgA.Ta94BnktT3RyhDI9i2eBWSaH5-E; \
              Expires=Sat, 01 Feb 2025 00:00:00 GMT; HttpOnly; Path=/"
            ]
        );
    }

    #[test]
    fn a_refresh_moves_the_end_unless_the_site_says_otherwise() {
        let came = "session=eyJfcGVybWFuZW50Ijp0cnVlLCJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFgA.Ta94BnktT3RyhDI9i2eBWSaH5-E";
        let hour = SessionCookie { lifetime: 3600, ..SessionCookie::default() };
        let reply = server(|| 1_735_689_660, hour.clone()).send(get("/").cookie(came));
        assert_eq!(
            reply.set_cookies(),
            [
                "session=eyJfcGVybWFuZW50Ijp0cnVlLCJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFvA.UnlXix5QB6XgzhvTbfftvIrJNL8; \
              Expires=Wed, 01 Jan 2025 01:01:00 GMT; HttpOnly; Path=/"
            ]
        );
        let still = SessionCookie { refresh_each_request: false, ..hour };
        let reply = server(|| 1_735_689_660, still).send(get("/").cookie(came));
        assert_eq!(reply.set_cookies(), [""; 0]);
        assert!(reply.text().contains("Logged in as alice"), "{reply}");
    }

    #[test]
    fn what_a_well_signed_cookie_says_is_traced_without_control_characters() {
        let line = refused(&Error::NotAnObject, "W10.Z3SFgA.x");
        assert_eq!(
            line,
            "This session starts empty, for the cookie gave none: not an object: a session is a JSON object, names and values. The payload: []"
        );
        assert_eq!(visible("\u{1b}[31m\u{202e}é\n", 300), "\\u{1b}[31m\\u{202e}\\u{e9}\\n");
        assert_eq!(visible("abcdef", 3), "abc... (6 characters in all)");
    }
}
