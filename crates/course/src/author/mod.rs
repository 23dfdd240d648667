//! The author's proofs: `verify`, and the answers that it tries; and the kit for a class.

mod candidates;
pub mod kit;
mod lint;
pub mod prove;
mod verdicts;
pub mod verify;
pub mod wrong;
