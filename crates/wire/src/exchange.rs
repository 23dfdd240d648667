//! What a request is for.

use http::{HeaderMap, HeaderName, Uri};

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
        const SEC_PURPOSE: HeaderName = HeaderName::from_static("sec-purpose");
        const PURPOSE: HeaderName = HeaderName::from_static("purpose");
        let path = uri.path();
        let ahead = |name: HeaderName| {
            headers.get(name).is_some_and(|value| {
                value.as_bytes().windows(8).any(|word| word.eq_ignore_ascii_case(b"prefetch"))
            })
        };
        if path == "/favicon.ico"
            || path.starts_with("/.well-known/")
            || path.starts_with("/apple-touch-icon")
            || ahead(SEC_PURPOSE)
            || ahead(PURPOSE)
        {
            Kind::Furniture
        } else {
            Kind::Lesson
        }
    }
}
