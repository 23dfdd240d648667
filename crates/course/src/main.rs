//! `cargo course`: checks exercises, shows progress, keeps the lessons true.
//!
//! Run it with `cargo course` anywhere in the workspace; `cargo course --help` lists its commands.
//! `crates/course/README.md` is its manual, for students, instructors and authors.

mod author;
mod chinese;
mod cli;
mod commands;
mod documents;
mod grade;
mod help;
mod layout;
mod say;
mod tools;
mod workspace;

use std::process::{self, ExitCode};

fn main() -> ExitCode {
    end_quietly_where_nobody_reads();
    cli::answer()
}

/// `cargo course | head -1` closes our output while we print; then `println!` panics, and so it should anywhere else.
fn end_quietly_where_nobody_reads() {
    /// What a shell says of a program that the signal for this ends.
    const BROKEN_PIPE: i32 = 141;
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let message = panic.payload().downcast_ref::<String>();
        if message.is_some_and(|message| message.starts_with("failed printing to ")) {
            process::exit(BROKEN_PIPE);
        }
        usual(panic);
    }));
}
