//! What the wire knows: which client asked, what this server set, what came, what was held back, and when it may be said.
//!
//! Values only. Words are made of them in `words.rs`, and nowhere else. Nothing here reads a clock: the time comes in.
//!
//! From below: [`facts`] are what comes out; a `slot` is one cookie through time; a `jar` has slots, `compare` holds it beside a
//! request, `follow` lets it follow what came, and `line` puts a `Set-Cookie` line in; `time` says when a request may have been
//! made, and `redirects` which answer sent it; `people` are the jars and what ties connections to them, `names` says how well a
//! cookie tells browsers apart, and `who` whose a request is. `clients` looks at a request, `answers` takes in its answer, and
//! `past` keeps both.

mod again;
pub(crate) mod answers;
mod caused;
pub(crate) mod clients;
mod compare;
pub(crate) mod facts;
mod follow;
mod jar;
mod line;
mod names;
pub(crate) mod past;
mod people;
mod program;
mod redirects;
mod slot;
#[cfg(test)]
mod tests;
pub(crate) mod ticket;
mod time;
mod who;
