//! What a browser does with a cookie, and why: RFC 6265bis (draft 22) as a small library.
//!
//! Bytes and a clock's reading go in, decisions come out. Nothing here does I/O, reads a clock or panics on bad input.
//!
//! A browser knows its jar and what caused a request. For a program that plays one:
//! - [`SetCookie::parse`] takes a `Set-Cookie` line apart and says what it ignored.
//! - [`Jar::store`] applies the line to a jar: stored, replaced, deleted, or rejected and why.
//! - [`Jar::decide`] says for each cookie whether a request carries it, and if not, which rule held it back.
//!
//! A server sees neither; it has what the request tells, and several causes look the same. By the same rules:
//! - [`Cause::of`] reads what a request says of its cause.
//! - [`expect`] says whether it is to carry a cookie: it comes, it stays, or that can't be known.
//! - [`receive`] says what becomes of a line in the answer.
//!
//! A [`Profile`] says whose rules these are: a [`Family`] of browsers, as [`MEASURED`], or the specification's; and how
//! third-party cookies ([`ThirdPartyCookies`]) are handled. Public suffixes ([`PublicSuffixes`]) are the user's to set.
//!
//! Each decision names its rule: [`Reason::section`] is the section of the specification, and its `Display` is one plain sentence.
//!
//! ```
//! use cookie_rules::{Jar, Outcome, Request, Stored};
//! use std::time::{Duration, SystemTime};
//!
//! # fn main() -> Result<(), cookie_rules::UrlError> {
//! let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
//! let mut jar = Jar::new();
//!
//! let answer = Request::get("http://localhost:3004/shop/cart")?;
//! let stored = jar.store(b"basket=3; Path=/shop; HttpOnly", &answer, now);
//! assert!(matches!(stored, Stored::Stored(_)));
//!
//! let next = Request::get("http://localhost:3004/shopping")?;
//! let decisions = jar.decide(&next, now);
//! let Outcome::Withheld(reason) = &decisions[0].outcome else { panic!("sent") };
//! assert_eq!(reason.section(), "RFC 6265bis §5.1.4");
//! assert_eq!(reason.to_string(), "Held back: the cookie's path is `/shop`, and `/shopping` is neither that nor below it.");
//!
//! let next = Request::get("http://localhost:3004/shop")?;
//! assert_eq!(jar.cookie_header(&next, now), b"basket=3");
//! # Ok(())
//! # }
//! ```

mod cause;
mod cookie;
mod date;
mod domain;
mod expiry;
mod jar;
mod measured;
mod note;
mod path;
mod profile;
mod reason;
mod request;
mod sending;
mod sentences;
mod set_cookie;
mod storing;
mod url;
mod visible;

pub use cause::{Cause, Referrer, Site, Storage, Way};
pub use cookie::{Cookie, SameSite};
pub use date::{cookie_date, http_date};
pub use domain::{PublicSuffixes, domain_match, is_ip_address, is_loopback, is_of_host};
pub use expiry::{AGE_LIMIT, Lifetime, lifetime};
pub use jar::{Decision, Gone, Jar, Outcome, Receipt, Stored};
pub use measured::{MEASURED, Measured};
pub use note::Note;
pub use path::{default_path, path_match};
pub use profile::{Family, Limits, Profile, ThirdPartyCookies};
pub use reason::{HostPrefixFault, Reason};
pub use request::{Api, Request, SameSiteContext, is_safe_method};
pub use sending::{Expected, exception, expect};
pub use sentences::SAFARI;
pub use set_cookie::{MAX_ATTRIBUTE_VALUE, MAX_NAME_AND_VALUE, MAX_NOTES, SetCookie};
pub use storing::{Received, receive};
pub use url::UrlError;
pub use visible::{shown, visible};
