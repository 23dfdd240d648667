//! What a lesson's server says of an exchange to whoever watches the wire: its own word, and what its store holds.
//!
//! Both are parts of a response, as headers are, and never leave the server.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponseParts, ResponseParts},
};
use cookie_rules::visible;

pub use ::wire::StoreRow;

use crate::frame::is_watched;

/// How long a word, or a text in a row of the store, may be, in characters.
const LONGEST: usize = 160;

/// Whether anybody watches the wire: with `WIRE=off` nobody does, and no word needs to be made.
#[derive(Clone, Copy, Debug)]
pub struct Watched(pub bool);

impl<S: Sync> FromRequestParts<S> for Watched {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::now())
    }
}

impl Watched {
    /// The same for code that answers a request and is no handler.
    #[must_use]
    pub fn now() -> Self {
        Self(is_watched())
    }

    /// The server's word, where anybody hears it: else it is not even made.
    #[must_use]
    pub fn say(self, word: impl FnOnce() -> String) -> Option<Word> {
        self.0.then(|| Word::from(word()))
    }
}

/// The server's own word on an exchange: a line for the wire, such as "Verdict: doesn't verify. Now not logged in."
///
/// What a client sent may be in it. What can't be seen is shown as an escape, and what is long is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(pub(crate) String);

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self(shown(&text))
    }
}

impl IntoResponseParts for Word {
    type Error = Infallible;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Infallible> {
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

/// What the lesson's store holds after an exchange, where a store is the lesson: its first rows, the most telling first.
#[derive(Clone, Debug, Default)]
pub struct Store(pub Vec<StoreRow>);

impl IntoResponseParts for Store {
    type Error = Infallible;

    fn into_response_parts(
        mut self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Infallible> {
        for row in &mut self.0 {
            row.what = shown(&row.what);
        }
        response.extensions_mut().insert(self);
        Ok(response)
    }
}

fn shown(text: &str) -> String {
    let text = visible(text.as_bytes());
    // No character has less than a byte.
    if text.len() <= LONGEST {
        return text;
    }
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_shows_what_can_not_be_seen_and_is_not_long() {
        let said = |word: &str| Watched(true).say(|| word.to_owned()).map(|word| word.0);
        assert_eq!(
            said("logged in as \u{1b}[31m小明").as_deref(),
            Some("logged in as \\u{1b}[31m小明")
        );
        assert_eq!(said(&"小".repeat(161)), Some("小".repeat(160) + "…"));
    }

    #[test]
    fn where_nobody_watches_no_word_is_made() {
        assert_eq!(Watched(false).say(|| unreachable!("nobody hears it")), None);
    }
}
