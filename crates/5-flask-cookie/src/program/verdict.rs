//! What the server makes of a session cookie, in a word: for the page that takes it apart, and for the wire.

use std::fmt::{self, Display, Formatter};

use flask_cookie::{Error, Parts, SignedBy};

use crate::settings::Site;

/// What the server makes of a session cookie.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// No such cookie came.
    None,
    /// Signed with the key in use, and a session.
    Valid,
    /// The same, signed with a key that is on its way out.
    SignedByFallback,
    /// No session, and why.
    Refused(Error),
}

/// In a few words.
impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Valid => f.write_str("valid"),
            Self::SignedByFallback => f.write_str("valid, signed by a fallback"),
            Self::Refused(error) => write!(f, "refused, {error}"),
        }
    }
}

/// What this server makes of a cookie at this time.
pub fn judge(cookie: Option<&str>, site: &Site, now: u64) -> Verdict {
    let Some(cookie) = cookie else { return Verdict::None };
    if let Err(error) = site.cookie.load(cookie, &site.keys, now) {
        return Verdict::Refused(error);
    }
    match Parts::split(cookie).map(|parts| parts.signed_by(&site.keys)) {
        Ok(Some(SignedBy::Fallback(_))) => Verdict::SignedByFallback,
        _ => Verdict::Valid,
    }
}
