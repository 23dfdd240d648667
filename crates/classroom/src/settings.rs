//! Settings of a lesson's server, from the environment. What can't be used stops the server with a sentence that says why.

use std::{
    env::{self, VarError},
    io::{self, Write},
    time::Duration,
};

use crate::{
    Stop,
    reading::{Language, language},
    terminal::Said,
};

/// The text of a variable, as it is; `None` where it is not set.
///
/// # Errors
///
/// [`Stop`] where it is not UTF-8.
pub fn variable(name: &str) -> Result<Option<String>, Stop> {
    match env::var(name) {
        Ok(text) => Ok(Some(text)),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(Stop::because(Said::NoUtf8 { name }.to_string())),
    }
}

/// The whole seconds that a variable names, or `default` where it is not set.
///
/// # Errors
///
/// [`Stop`] where it holds anything but a number from 1 on.
pub fn seconds(name: &str, default: Duration) -> Result<Duration, Stop> {
    let Some(text) = variable(name)? else {
        return Ok(default);
    };
    match text.trim().parse() {
        Ok(seconds) if seconds > 0 => Ok(Duration::from_secs(seconds)),
        _ => Err(Stop::because(Said::NoTime { name, text: &text }.to_string())),
    }
}

/// The one of these that is in the language of the terminal.
#[must_use]
pub fn spoken<T>(english: T, chinese: T) -> T {
    match language() {
        Language::English => english,
        Language::Chinese => chinese,
    }
}

/// Says something in the terminal, beside the pages. A server whose terminal is closed still serves: `eprintln!` would panic.
pub fn warn(sentence: &str) {
    let _ = writeln!(io::stderr(), "{sentence}");
}

/// A time in words, as a page says it: "31 days", "90 seconds".
#[must_use]
pub fn in_words(time: Duration) -> String {
    match time.as_secs() {
        seconds if seconds > 86_400 && seconds.is_multiple_of(86_400) => {
            format!("{} days", seconds / 86_400)
        }
        seconds => format!("{seconds} seconds"),
    }
}
