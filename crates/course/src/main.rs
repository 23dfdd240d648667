//! `cargo course`: checks exercises, shows progress, keeps the lessons true.
//!
//! Run it with `cargo course` anywhere in the workspace; `cargo course --help` lists its commands.
//! `crates/course/README.md` is its manual, for students, instructors and authors.

mod author;
mod cli;
mod commands;
mod documents;
mod grade;
mod layout;
mod tools;
mod workspace;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::answer()
}
