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
    /// No session: somebody wrote the cookie's name into its value too, as one does who pastes a whole pair.
    NameInValue(String),
}

/// In a few words.
impl Display for Verdict {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("no session came"),
            Self::Valid => f.write_str("valid"),
            Self::SignedByFallback => f.write_str("valid, signed by a fallback"),
            Self::Refused(error) => write!(f, "refused, {error}"),
            Self::NameInValue(name) => {
                write!(
                    f,
                    "refused, the value begins with \"{name}=\": the value is what comes after that"
                )
            }
        }
    }
}

/// What this server makes of a cookie at this time.
pub fn judge(cookie: Option<&str>, site: &Site, now: u64) -> Verdict {
    let Some(cookie) = cookie else { return Verdict::None };
    if let Err(error) = site.cookie.load(cookie, &site.keys, now) {
        let name = &site.cookie.name;
        let has_name = cookie.strip_prefix(name).is_some_and(|rest| rest.starts_with('='));
        return if has_name { Verdict::NameInValue(name.clone()) } else { Verdict::Refused(error) };
    }
    match Parts::split(cookie).map(|parts| parts.signed_by(&site.keys)) {
        Ok(Some(SignedBy::Fallback(_))) => Verdict::SignedByFallback,
        _ => Verdict::Valid,
    }
}
