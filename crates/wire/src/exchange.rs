//! What a request is for.

use http::Uri;

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The lesson.
    Lesson,
    /// What browsers ask for on the side: icons, `/.well-known`.
    Furniture,
}

impl Kind {
    pub(crate) fn of(uri: &Uri) -> Self {
        let path = uri.path();
        if path == "/favicon.ico"
            || path.starts_with("/.well-known/")
            || path.starts_with("/apple-touch-icon")
        {
            Kind::Furniture
        } else {
            Kind::Lesson
        }
    }
}
