//! What can go wrong between a cookie and a session: one variant for each, with a sentence that says it.
//!
//! A sentence about a part says nothing of the signature: [`Parts`](crate::Parts) reads parts that nobody verified.

use std::error;
use std::fmt::{self, Display, Formatter};

/// Why a cookie gave no session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant's sentence says what its fields are")]
pub enum Error {
    /// There is no dot, so nothing can be a signature.
    NoSignature,
    /// No key made this signature over this text.
    BadSignature,
    /// Signed, but by something that puts no time into its cookies.
    NoTimestamp,
    /// Signed, but the time is not base64 of at most eight bytes.
    BadTimestamp,
    /// Signed longer ago than a session may live: `age` and `max_age` are seconds.
    Expired { age: u64, max_age: u64 },
    /// Signed at a time that comes in `ahead` seconds.
    FromTheFuture { ahead: u64 },
    /// The payload is not base64.
    BadBase64,
    /// The payload's leading dot says zlib, and it is not.
    BadZlib,
    /// The payload unpacks to more than `limit` bytes.
    TooLarge { limit: usize },
    /// The payload is not JSON: after `at` bytes of it, something else was `expected`.
    NotJson { at: usize, expected: &'static str },
    /// Lists and objects inside each other, more than `limit` levels deep.
    TooDeep { limit: usize },
    /// More than `limit` values, those inside others counted too.
    TooMany { limit: usize },
    /// Half of a surrogate pair: Python can hold it in a text, Rust can't.
    LoneSurrogate,
    /// JSON, but a session is an object: names and values.
    NotAnObject,
    /// One of Flask's tags, such as ` u`, on a value that it can't be.
    BadTag { tag: &'static str },
}

/// The step at which a cookie was refused. A later step is reached only through the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Nobody who has a key wrote this, or somebody changed it.
    Signature,
    /// Well signed, at a time that is no good.
    Time,
    /// Well signed in good time, and unreadable: only a holder of a key can cause it. Flask answers 500 here.
    Payload,
}

impl Error {
    /// The step at which the cookie was refused.
    pub fn step(&self) -> Step {
        match self {
            Error::NoSignature | Error::BadSignature => Step::Signature,
            Error::NoTimestamp
            | Error::BadTimestamp
            | Error::Expired { .. }
            | Error::FromTheFuture { .. } => Step::Time,
            _ => Step::Payload,
        }
    }
}

impl Display for Error {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Error::NoSignature => write!(f, "no signature: there is no dot in the cookie"),
            Error::BadSignature => {
                write!(f, "bad signature: it was made with another key, or the cookie was changed")
            }
            Error::NoTimestamp => {
                write!(f, "no timestamp: the cookie doesn't say when it was signed")
            }
            Error::BadTimestamp => {
                write!(f, "bad timestamp: the time can't be read")
            }
            Error::Expired { age, max_age } => {
                write!(
                    f,
                    "expired: signed {age} seconds ago, and a session lives {max_age} seconds"
                )
            }
            Error::FromTheFuture { ahead } => {
                write!(
                    f,
                    "from the future: its time is {ahead} seconds ahead of this server's clock"
                )
            }
            Error::BadBase64 => {
                write!(f, "bad base64: the payload can't be decoded")
            }
            Error::BadZlib => write!(
                f,
                "bad zlib: the payload says that it is compressed, but it can't be unpacked"
            ),
            Error::TooLarge { limit } => {
                write!(f, "too large: the payload unpacks to more than {limit} bytes")
            }
            Error::NotJson { at, expected } => {
                write!(f, "not JSON: expected {expected} after {at} bytes of the payload")
            }
            Error::TooDeep { limit } => {
                write!(f, "too deep: lists and objects more than {limit} levels deep")
            }
            Error::TooMany { limit } => {
                write!(f, "too many: the payload holds more than {limit} values")
            }
            Error::LoneSurrogate => {
                write!(
                    f,
                    "lone surrogate: half a character, which Python can hold in a text and Rust can't"
                )
            }
            Error::NotAnObject => {
                write!(f, "not an object: a session is a JSON object, names and values")
            }
            Error::BadTag { tag } => {
                write!(f, "bad tag: Flask's tag {tag:?} is on a value that it can't be")
            }
        }
    }
}

impl error::Error for Error {}
