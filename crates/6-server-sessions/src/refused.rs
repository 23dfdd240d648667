//! The answers of a server that did not do what it was asked.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use classroom::{Watched, Word};

/// Why the server did not do what it was asked.
#[derive(Debug)]
pub enum Refused {
    /// The store can't answer now. That says nothing about who is logged in.
    Unreachable,
    /// The store failed, or did not answer in time, after it was told to change something.
    Unsure,
    /// The operating system gave no random bytes for an id.
    NoRandom,
    /// Other requests were always faster.
    #[cfg_attr(
        not(feature = "redis"),
        expect(dead_code, reason = "in a file, each waits its turn")
    )]
    Busy,
    /// The session ended while the request was under way.
    Ended,
    /// With the session's own word for the wire.
    NotLoggedIn(Option<Word>),
    /// What came in the form is no use: the sentence says why.
    Unusable(&'static str),
    /// What came is more than a session holds: the sentence says how much that is.
    TooLarge(String),
}

impl Refused {
    /// What the server made of the id, where it knows more than the status says.
    fn word(&self) -> Option<Word> {
        let word = match self {
            Self::Unreachable | Self::Unsure => "Verdict: none, for the store doesn't answer.",
            Self::Ended => "Verdict: the session of this id has just ended.",
            Self::NotLoggedIn(word) => return word.clone(),
            _ => return None,
        };
        Watched::now().say(|| word.to_owned())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, sentence) = match &self {
            Self::Unreachable => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The session store can't be reached, so the server can't know who you are. You are not logged out: try again \
                 in a moment.",
            ),
            Self::Unsure => (
                StatusCode::SERVICE_UNAVAILABLE,
                "The session store failed at a change, so the server can't know whether what you asked for was done. Open the \
                 page again and look.",
            ),
            Self::NoRandom => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The operating system gives no random bytes, so the server can't make an id.",
            ),
            Self::Busy => (
                StatusCode::CONFLICT,
                "Other requests changed this session at the same time, again and again. Nothing was changed: send it again.",
            ),
            Self::Ended => (
                StatusCode::CONFLICT,
                "This session was ended while your request was under way. Nothing was changed: log in again.",
            ),
            Self::NotLoggedIn(_) => (
                StatusCode::FORBIDDEN,
                "Only somebody who is logged in can end sessions. Log in first.",
            ),
            Self::Unusable(why) => (StatusCode::UNPROCESSABLE_ENTITY, *why),
            Self::TooLarge(why) => (StatusCode::PAYLOAD_TOO_LARGE, why.as_str()),
        };
        let mut response = (status, self.word(), sentence.to_owned()).into_response();
        if matches!(self, Self::Unreachable | Self::Busy) {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
