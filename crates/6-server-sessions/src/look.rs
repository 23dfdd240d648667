//! A look into the store from the terminal: `cargo run -p server-sessions -- look`. Stop the server first: redb lets in one
//! process at a time.

use std::io::{self, Write};

use classroom::Stop;

use crate::{settings::Settings, store::Record};

/// How many sessions are printed.
const MOST: usize = 100;

/// Prints a line for each session, those that end last first: the start of the id's hash, whose it is, when it ends, its
/// notes. The id is nowhere in the store.
///
/// # Errors
///
/// [`Stop`] where the store can't be read.
pub async fn look(settings: &Settings) -> Result<(), Stop> {
    let found = settings.store.latest(MOST).await;
    let found = found.map_err(|_| Stop::because("So there is nothing to look at."))?;
    let mut out = io::stdout().lock();
    for (key, record) in &found {
        let line = describe(record, settings.now());
        // Whoever closes the pipe has seen enough.
        if writeln!(out, "{}  {line}", key.handle()).is_err() {
            break;
        }
    }
    if found.is_empty() {
        let _ = writeln!(out, "No session is there.");
    }
    Ok(())
}

/// Names and notes are quoted: anything may stand in them, and a terminal obeys some of it.
fn describe(record: &Record, now: u64) -> String {
    let who = match &record.username {
        Some(username) => format!("{username:?}"),
        None => "nobody".to_owned(),
    };
    let ends = match record.ends.checked_sub(now) {
        None | Some(0) => "has ended".to_owned(),
        Some(seconds) if seconds < 60 => format!("ends in {seconds} s"),
        Some(seconds) => format!("ends in {} min", seconds / 60),
    };
    format!("{who}  {ends}  notes: {:?}", record.notes)
}
