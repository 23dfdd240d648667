//! The judging, which learners, instructors and authors share: build, run, read the results, remember them.

pub mod answers;
pub mod judge;
pub mod libtest;
pub mod progress;
pub mod scratch;
mod trial;
pub mod turn;
