//! What can be said of the cookies of one request: what came, what did not, and why.

use std::sync::Arc;

use cookie_rules::{Reason, SameSiteContext};

/// How much of a value is kept, in bytes.
pub(crate) const VALUE: usize = 4096;
/// How many pairs of one request are kept.
const PAIRS: usize = 300;
/// How many bytes of pairs of one request are kept.
const PAIR_BYTES: usize = 64 * 1024;

/// The cookies of one request.
#[derive(Debug)]
pub(crate) struct Facts {
    /// The number of the browser whose jar was asked, if any was.
    pub(crate) browser: Option<u64>,
    /// How the browser was recognized.
    pub(crate) known_by: KnownBy,
    /// What caused the request, as far as it says so.
    pub(crate) context: SameSiteContext,
    /// The pairs that came, in order.
    pub(crate) came: Vec<Came>,
    /// How many more came than are kept.
    pub(crate) left_out: usize,
    /// The cookies that did not come though the browser was given them.
    pub(crate) absent: Vec<Absent>,
    /// What became of the `Set-Cookie` lines of this browser's last response that had any.
    pub(crate) outcomes: Arc<[String]>,
}

/// How a browser was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// Not at all: nothing is predicted.
    Nothing,
    /// The request came over a connection that this browser was seen on.
    Connection,
    /// It brought the cookie that names it.
    Id,
    /// It brought, over a new connection, a long value that only this browser was given.
    LongValue,
    /// What it brought fits. Another browser's may look the same, so only what came is certain.
    Fit,
}

/// A pair of the `Cookie` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Came {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) how: How,
}

/// How a pair that came compares with the prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// As predicted, with what else there is to say of it.
    Predicted(Option<Reason>),
    /// The cookie was predicted with another value.
    OtherValue,
    /// A rule, or an end, was to keep this very pair away, and it came.
    AgainstPrediction,
    /// This server set such a cookie; whether to this browser is not clear.
    Alike,
    /// The cookie that names the browser.
    BrowserId,
    /// Nothing that this run of the server set.
    Unknown,
}

/// A cookie that did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Absent {
    pub(crate) name: Vec<u8>,
    pub(crate) domain: String,
    pub(crate) path: String,
    pub(crate) why: Why,
}

/// Why a cookie did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// This rule held it back.
    Withheld(Reason),
    /// The browser no longer has it. `news` until the browser's next request.
    Gone { reason: Reason, news: bool },
    /// No rule held it back, and it did not come.
    Missing,
    /// It may have been held back: the request does not say which site caused it.
    Untold,
}

impl Facts {
    /// Of a request about which nothing is predicted.
    pub(crate) fn unpredicted(pairs: &[(&[u8], &[u8])], context: SameSiteContext) -> Self {
        let mut facts = Self {
            browser: None,
            known_by: KnownBy::Nothing,
            context,
            came: Vec::new(),
            left_out: 0,
            absent: Vec::new(),
            outcomes: Arc::default(),
        };
        facts.add_all(pairs, |_| How::Unknown);
        facts
    }

    /// Keeps the pairs, as many as there is room for.
    pub(crate) fn add_all(&mut self, pairs: &[(&[u8], &[u8])], how: impl Fn(usize) -> How) {
        let mut room = PAIR_BYTES;
        self.came.reserve(pairs.len().min(PAIRS));
        for (index, (name, value)) in pairs.iter().enumerate() {
            let (name, value) = (cut(name), cut(value));
            let size = name.len() + value.len();
            if index >= PAIRS || size > room {
                self.left_out = pairs.len() - index;
                return;
            }
            room -= size;
            self.came.push(Came { name: name.to_vec(), value: value.to_vec(), how: how(index) });
        }
    }

    /// The names of the cookies that a rule held back, for one short line.
    pub(crate) fn withheld(&self) -> impl Iterator<Item = (&Absent, &Reason)> {
        self.absent.iter().filter_map(|absent| match &absent.why {
            Why::Withheld(reason) => Some((absent, reason)),
            _ => None,
        })
    }
}

/// The start of a value, as much as is kept.
pub(crate) fn cut(value: &[u8]) -> &[u8] {
    &value[..value.len().min(VALUE)]
}
