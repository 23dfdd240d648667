//! What a learner or an instructor types.

pub mod check;
mod handler;
pub mod hint;
pub mod json;
pub mod list;
pub mod reset;
pub mod run;
pub mod solution;
pub mod watch;
mod words;
