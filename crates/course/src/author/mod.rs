//! The author's proofs: `verify`, and the answers that it tries.

pub mod prove;
pub mod verify;
pub mod wrong;
