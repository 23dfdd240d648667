//! What is being done, said while it is done: on standard error, out of the way of the answer.

use std::io::{IsTerminal, Write, stderr};

use crate::say::Say;

/// Says what is being done: on one line of a terminal, else a line each.
pub fn say(what: &str) {
    if stderr().is_terminal() {
        eprint!("\r\u{1b}[K{what}");
        let _ = stderr().flush();
    } else {
        eprintln!("{what}");
    }
}

/// Says which crate is compiled; where nobody watches, a build is silent.
pub fn compiling(number: usize, name: &str) {
    if stderr().is_terminal() {
        say(&Say::Compiling { number, name }.to_string());
    }
}

/// Takes the progress line away.
pub fn clear() {
    if stderr().is_terminal() {
        eprint!("\r\u{1b}[K");
    }
}
