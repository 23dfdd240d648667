//! What came of going somewhere.

use std::fmt;

use crate::{Address, Page, Reply, reply::with_text};

/// What came of one act in a browser: the answer, and the answers to the redirects that were followed. Its `Display` shows
/// all exchanges, with what the browser ignored of them.
#[derive(Clone, Debug)]
pub struct Visit {
    exchanges: Vec<Reply>,
}

impl Visit {
    pub(super) fn of(exchanges: Vec<Reply>) -> Self {
        Self { exchanges }
    }

    /// All answers, in order; at least one.
    #[must_use]
    pub fn exchanges(&self) -> &[Reply] {
        &self.exchanges
    }

    /// The answer to what was sent first: to the form, before any redirect.
    #[must_use]
    pub fn first(&self) -> &Reply {
        &self.exchanges[0]
    }

    /// The answer that the browser shows.
    #[must_use]
    pub fn last(&self) -> &Reply {
        &self.exchanges[self.exchanges.len() - 1]
    }

    /// The address that the browser shows.
    #[must_use]
    pub fn address(&self) -> Address {
        self.last().address()
    }

    /// The page that the browser shows.
    #[must_use]
    pub fn page(&self) -> Page {
        self.last().page()
    }

    /// Whether a reader of the page sees these words.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.page().says(words)
    }

    /// Says that the page lacks something that was looked for.
    pub(super) fn lacks(&self, what: &str, words: &str) -> String {
        format!("Expected {what} in the page.\n\n{}", self.with_text(words))
    }

    /// The exchanges, and the part of the page around these words, as [`Reply::with_text`] shows it.
    pub fn with_text<'v>(&'v self, words: &'v str) -> impl fmt::Display + 'v {
        with_text(self, self.page(), words)
    }
}

impl fmt::Display for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, exchange) in self.exchanges.iter().enumerate() {
            if number > 0 {
                write!(f, "Then the browser followed the redirect. ")?;
            }
            write!(f, "{exchange}")?;
        }
        Ok(())
    }
}
