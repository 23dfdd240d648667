//! A TCP connection, as a value that all of its requests share.

use std::sync::{
    Arc, Weak,
    atomic::{AtomicU64, Ordering},
};

/// A TCP connection: its number is never used again.
#[derive(Clone, Debug)]
pub struct Connection(Arc<u64>);

impl Connection {
    /// One that has just been opened.
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Self(Arc::new(NEXT.fetch_add(1, Ordering::Relaxed)))
    }

    pub(crate) fn number(&self) -> u64 {
        *self.0
    }

    /// What tells later whether it is still open.
    pub(crate) fn pulse(&self) -> Pulse {
        Pulse(Arc::downgrade(&self.0))
    }
}

impl Default for Connection {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a connection is still open.
#[derive(Clone, Debug)]
pub(crate) struct Pulse(Weak<u64>);

impl Pulse {
    pub(crate) fn is_open(&self) -> bool {
        self.0.strong_count() > 0
    }
}
