//! The answers of a server that did not do what it was asked.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    session::{NOTE, NOTES},
    store::Unreachable,
};

/// Why the server did not do what it was asked. Nothing was changed then.
#[derive(Debug)]
pub enum Refused {
    /// The store can't be reached.
    Unreachable,
    /// The operating system gave no random bytes for an id.
    NoRandom,
    /// Other requests were always faster.
    Busy,
    /// The session ended while the request was under way.
    Ended,
    NotLoggedIn,
    /// What came in the form is no use: the sentence says why.
    Unusable(&'static str),
    /// Has this many bytes.
    NoteTooLong(usize),
    /// The session's notes take all the space they may.
    Full,
}

impl From<Unreachable> for Refused {
    fn from(_: Unreachable) -> Self {
        Self::Unreachable
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let worth_repeating = matches!(self, Self::Unreachable | Self::Busy);
        let (status, message) = match self {
            Self::Unreachable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The session store can't be reached, so the server can't know who you are. You are not logged out: try again \
                 in a moment."
                    .to_owned(),
            ),
            Self::NoRandom => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The operating system gives no random bytes, so the server can't make an id.".to_owned(),
            ),
            Self::Busy => (
                StatusCode::CONFLICT,
                "Other requests changed this session at the same time, again and again. Nothing was changed: send it again."
                    .to_owned(),
            ),
            Self::Ended => (
                StatusCode::CONFLICT,
                "This session was ended while your request was under way. Nothing was changed: log in again.".to_owned(),
            ),
            Self::NotLoggedIn => {
                (StatusCode::FORBIDDEN, "Only somebody who is logged in can end sessions. Log in first.".to_owned())
            }
            Self::Unusable(why) => (StatusCode::UNPROCESSABLE_ENTITY, why.to_owned()),
            Self::NoteTooLong(length) => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("This note has {length} bytes, and a note may have {NOTE}. Nothing was changed."),
            ),
            Self::Full => (
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The notes of one session may have {NOTES} bytes, and yours are full. Nothing was changed."),
            ),
        };
        let mut response = (status, message).into_response();
        if worth_repeating {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
