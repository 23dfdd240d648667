//! What the wire knows: which client asked, what this server set, what came, what was held back, and when it may be said.
//!
//! Values only. Words are made of them in `words.rs`, and nowhere else.

pub(crate) mod facts;
