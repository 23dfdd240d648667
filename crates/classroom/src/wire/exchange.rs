//! An exchange as it is kept: what came, what was answered, and what both mean.

use std::{sync::Arc, time::SystemTime};

use axum::http::{HeaderMap, Method, StatusCode, Uri};
use cookie_rules::Stored;

use super::{facts::Facts, head::Head};

/// A request and its response.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) number: u64,
    pub(crate) at: SystemTime,
    pub(crate) kind: Kind,
    pub(crate) method: Method,
    /// Path and query as they came.
    pub(crate) target: String,
    pub(crate) request: Head,
    pub(crate) facts: Arc<Facts>,
    pub(crate) status: StatusCode,
    pub(crate) response: Head,
    pub(crate) set: Vec<Line>,
}

/// A `Set-Cookie` line and what the browser makes of it.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) line: Vec<u8>,
    /// `None` where the request named no host that cookies could belong to.
    pub(crate) stored: Option<Stored>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The lesson.
    Lesson,
    /// What browsers ask for on the side: icon, style sheet, `/.well-known`, pages fetched ahead.
    Furniture,
}

impl Kind {
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path();
        let ahead = |name: &str| {
            headers.get(name).is_some_and(|value| {
                value.as_bytes().windows(8).any(|word| word.eq_ignore_ascii_case(b"prefetch"))
            })
        };
        if path == "/favicon.ico"
            || path.starts_with("/.well-known/")
            || path.starts_with("/apple-touch-icon")
            || ahead("sec-purpose")
            || ahead("purpose")
        {
            Kind::Furniture
        } else {
            Kind::Lesson
        }
    }
}
