//! Lesson 5: Flask's session cookie. Read it beside lessons/5-flask-cookie.md.
//!
//! A session of Flask 3.1 travels in one cookie, written by itsdangerous 2.2:
//!
//! ```text
//! eyJ1c2VybmFtZSI6ImFsaWNlIn0 . Z3SFgA . s8kxJHS7bS3cd4hp0kBpfQGiZLE
//! payload                       time     signature
//! ```
//!
//! Everybody can read it ([`Parts`]); who holds the secret can check it and write it ([`FlaskSession`]).
//! Each file here has one job, and they are listed in the order a cookie passes through them when it is read:
//!
//! | file | its job |
//! |---|---|
//! | `session.rs` | the whole way in (`load`) and out (`dump`), and the session's values |
//! | `signer.rs` | the keys: derive, sign, verify |
//! | `timestamp.rs` | when it was signed, and whether that is too long ago |
//! | `payload.rs` | base64 and zlib, with a bound |
//! | `json.rs` | JSON as Python spells it |
//! | `tags.rs` | the values that JSON can't hold |
//! | `value.rs`, `date.rs` | what a session can hold |
//! | `set_cookie.rs` | the `Set-Cookie` line of an answer |
//! | `error.rs` | what can go wrong, a sentence for each |
//!
//! ```
//! use flask_cookie::{FlaskSession, Keys};
//!
//! let keys = Keys::new("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT")?;
//! let mut session = FlaskSession::new();
//! session.insert("username", "alice");
//!
//! let cookie = session.dump(&keys, 1_735_689_600);
//! assert_eq!(cookie, "eyJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFgA.s8kxJHS7bS3cd4hp0kBpfQGiZLE");
//!
//! let read = FlaskSession::load(&cookie, &keys, 1_735_689_700)?;
//! assert_eq!(read.get_str("username"), Some("alice"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base64url;
mod date;
mod error;
mod json;
mod payload;
mod session;
mod set_cookie;
mod signer;
mod tags;
mod timestamp;
mod value;

pub use date::DateTime;
pub use error::{Error, Step};
pub use json::{MAX_DEPTH, MAX_VALUES};
pub use payload::MAX_UNPACKED;
pub use session::{FlaskSession, Parts};
pub use set_cookie::{MAX_LINE, SameSite, SessionCookie};
pub use signer::{EmptySecret, Keys, SALT, SignedBy, derive_key};
pub use timestamp::MAX_AGE;
pub use value::{BigInt, Value};
