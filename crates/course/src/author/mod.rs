//! The author's proofs: `verify`, and the answers that it tries.

mod candidates;
mod lint;
pub mod prove;
mod verdicts;
pub mod verify;
pub mod wrong;
