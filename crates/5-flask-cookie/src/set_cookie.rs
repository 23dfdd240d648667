//! The `Set-Cookie` line of an answer: Flask's attributes, in Flask's order, with Flask's defaults.

use std::fmt::Write as _;

use crate::{DateTime, Error, FlaskSession, Keys, MAX_AGE};

/// How a site's session cookie looks: the settings that Flask calls `SESSION_COOKIE_…` and `PERMANENT_SESSION_LIFETIME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCookie {
    /// Its name: `session`.
    pub name: String,
    /// The domain to share it with, ASCII alone. Without one, it goes back to the host that set it and to no other.
    pub domain: Option<String>,
    /// The path that it is sent to: `/`.
    pub path: String,
    /// Over HTTPS alone? No, by default.
    pub secure: bool,
    /// Out of JavaScript's sight? Yes, by default.
    pub http_only: bool,
    /// When other sites' pages may send it. Flask says nothing, and so the browser's default holds.
    pub same_site: Option<SameSite>,
    /// A jar of its own under each top-level site (CHIPS)? It implies `secure`.
    pub partitioned: bool,
    /// Seconds from the last time it was set until the server refuses it: 31 days. The browser hears of it
    /// where the session is permanent.
    pub lifetime: u64,
    /// Whether a permanent session is set anew by every answer, so that it lives on while it is used: yes, by default.
    pub refresh_each_request: bool,
}

/// The longest line, in bytes, that browsers are sure to keep. Flask sends a longer one all the same, with a warning in
/// its log, and the browser may drop it without a word.
pub const MAX_LINE: usize = 4093;

/// The `SameSite` attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SameSite {
    /// Never with a request from another site.
    Strict,
    /// From another site only when the user follows a link.
    Lax,
    /// Always; browsers then ask for `Secure`.
    None,
}

impl Default for SessionCookie {
    fn default() -> SessionCookie {
        SessionCookie {
            name: "session".to_owned(),
            domain: None,
            path: "/".to_owned(),
            secure: false,
            http_only: true,
            same_site: None,
            partitioned: false,
            lifetime: MAX_AGE,
            refresh_each_request: true,
        }
    }
}

impl SessionCookie {
    /// Reads a session out of this site's cookie, within the site's lifetime.
    ///
    /// # Errors
    /// As [`FlaskSession::load`].
    pub fn load(&self, cookie: &str, keys: &Keys, now: u64) -> Result<FlaskSession, Error> {
        FlaskSession::load_within(cookie, keys, now, self.lifetime)
    }

    /// What an answer has to set after a request: the value of its `Set-Cookie` line, or `None` where it sets nothing.
    ///
    /// An answer that sets it, or whose page depends on the session, also says `Vary: Cookie`.
    pub fn save(&self, session: &FlaskSession, keys: &Keys, now: u64) -> Option<String> {
        if session.is_empty() {
            return session.is_modified().then(|| self.deletion());
        }
        let refreshed = session.is_permanent() && self.refresh_each_request;
        if !session.is_modified() && !refreshed {
            return None;
        }
        let expires = session.is_permanent().then(|| {
            let end = now.saturating_add(self.lifetime);
            DateTime::from_unix(i64::try_from(end).unwrap_or(i64::MAX))
        });
        Some(self.line(&session.dump(keys, now), expires, None))
    }

    /// The line that makes a browser forget the cookie: no value, and an end long ago.
    /// The browser finds the cookie by its name, domain and path, so these must be the same.
    pub fn deletion(&self) -> String {
        self.line("", Some(DateTime::from_unix(0)), Some(0))
    }

    /// The line in Flask's order. To a browser, the order of attributes means nothing.
    fn line(&self, value: &str, expires: Option<DateTime>, max_age: Option<u64>) -> String {
        let mut line = format!("{}={value}", self.name);
        let mut attribute = |text: String| {
            line.push_str("; ");
            line.push_str(&text);
        };
        if let Some(domain) = &self.domain {
            attribute(format!("Domain={}", host(domain)));
        }
        if let Some(expires) = expires {
            attribute(format!("Expires={expires}"));
        }
        if let Some(seconds) = max_age {
            attribute(format!("Max-Age={seconds}"));
        }
        if self.secure || self.partitioned {
            attribute("Secure".to_owned());
        }
        if self.http_only {
            attribute("HttpOnly".to_owned());
        }
        attribute(format!("Path={}", quote_path(&self.path)));
        if let Some(same_site) = self.same_site {
            attribute(format!("SameSite={same_site:?}"));
        }
        if self.partitioned {
            attribute("Partitioned".to_owned());
        }
        line
    }
}

/// A domain without a port and without the dot that old programs put before it.
fn host(domain: &str) -> &str {
    domain.split(':').next().unwrap_or_default().trim_start_matches('.')
}

/// A path with all that could end the attribute, or isn't ASCII, percent-encoded.
fn quote_path(path: &str) -> String {
    let mut quoted = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,/:=@".contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            // Writing to a `String` can't fail.
            let _ = write!(quoted, "%{byte:02X}");
        }
    }
    quoted
}
