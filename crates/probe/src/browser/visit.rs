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

    /// A form was sent: the answer must be 303 and lead to a page of the same server, however its `Location` is written.
    ///
    /// # Panics
    ///
    /// Where it does not.
    #[track_caller]
    pub fn must_lead_on(&self) {
        let (form, page) = (self.first(), self.last());
        let is_here = page.address().authority() == form.address().authority();
        assert!(
            form.status == 303 && form.location().is_some() && is_here && page.status == 200,
            "Expected {} to answer `303 See Other` with a `Location` that leads to a page of this server. It answers {}{}.\n\n\
             {self}",
            form.address().path(),
            form.status,
            match form.location() {
                Some(to) => format!(", and {to} answers {}", page.status),
                None => " and leads nowhere".to_owned(),
            }
        );
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
