//! `cargo course`: checks exercises, shows progress, keeps the lessons true.
//!
//! Run it with `cargo course` anywhere in the workspace; `cargo course --help` lists its commands.
//! `crates/course/README.md` is its manual, for students, instructors and authors.

mod answers;
mod cargo;
mod check;
mod cli;
mod code_blocks;
mod diff;
mod documents;
mod exercises;
mod items;
mod json;
mod libtest;
mod links;
mod list;
mod markdown;
mod names;
mod process;
mod progress;
mod prove;
mod report;
mod scratch;
mod sections;
mod server;
mod shell_words;
mod tables;
mod term;
mod transcripts;
mod verify;
mod watch;
mod workspace;
mod wrong;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
