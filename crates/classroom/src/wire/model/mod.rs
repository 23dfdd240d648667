//! What the wire knows: which client asked, what this server set, what came, what was held back, and when it may be said.
//!
//! Values only. Words are made of them in `words.rs`, and nowhere else. Nothing here reads a clock: the time comes in.
//!
//! From below: [`facts`] are what comes out; a `slot` is one cookie through time; a `jar` has slots, `compare` holds it beside a
//! request, `follow` lets it follow what came, and `line` puts a `Set-Cookie` line in; `time` says when a request may have been made; `people` says whose it is;
//! `clients` puts it all together.

mod again;
mod caused;
pub(crate) mod clients;
mod compare;
pub(crate) mod facts;
mod follow;
mod jar;
mod line;
pub(crate) mod past;
mod people;
mod program;
mod slot;
#[cfg(test)]
mod tests;
pub(crate) mod ticket;
mod time;
