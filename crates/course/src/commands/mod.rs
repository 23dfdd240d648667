//! What a learner or an instructor types.

pub mod exercises;
pub mod json;
pub mod list;
pub mod watch;
