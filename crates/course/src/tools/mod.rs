//! What any program of this kind could use: cargo, git-like differences, Markdown, Rust items, the terminal. Knows no lesson.

pub mod cargo;
pub mod diff;
pub mod files;
pub mod items;
pub mod markdown;
pub mod names;
pub mod process;
pub mod report;
pub mod status;
pub mod term;
