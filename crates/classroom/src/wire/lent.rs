//! What slow readers hold: a page of the wire stays in memory until its reader has it, and each reader has one of its own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::body::Bytes;

/// How many bytes all readers hold together, unless one page alone has more.
const MOST: usize = 32 * 1024 * 1024;
/// A page up to here goes to everybody: connections are few.
const SMALL: usize = 64 * 1024;

/// The bytes that are on their way to readers.
#[derive(Clone, Default)]
pub(super) struct Lent(Arc<AtomicUsize>);

/// A text that counts as lent until the connection lets go of it.
struct Text {
    text: String,
    counted: usize,
    lent: Lent,
}

impl Lent {
    /// Whether there may be room for one more large page: no need to make one that is then refused.
    pub(super) fn has_room(&self) -> bool {
        self.0.load(Ordering::Relaxed) <= MOST / 2
    }

    /// The text, for one reader; `None` where there is no room for one more.
    pub(super) fn lend(&self, text: String) -> Option<Bytes> {
        let counted = if text.len() > SMALL { text.len() } else { 0 };
        let before = self.0.fetch_add(counted, Ordering::Relaxed);
        let text = Text { text, counted, lent: self.clone() };
        if counted > 0 && before > 0 && before + counted > MOST {
            return None;
        }
        Some(Bytes::from_owner(text))
    }
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        self.lent.0.fetch_sub(self.counted, Ordering::Relaxed);
    }
}
