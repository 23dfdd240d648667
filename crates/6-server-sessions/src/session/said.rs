//! What the wire shows beside the browser's jar: the server's word, and the first rows of its store. Nothing of it goes to
//! the browser.

use std::{
    cmp::Reverse,
    time::{Duration, UNIX_EPOCH},
};

use classroom::{Store, StoreRow, Word};

use super::{Session, Verdict};
use crate::store::{Key, Record};

/// How many rows of the store are shown.
const ROWS: usize = 20;
/// The end of the year 9999, in seconds since 1970: later than anybody looks, and a system's clock may not reach further.
const LAST: u64 = 253_402_300_799;

impl Session {
    /// What the server made of the id, and what the store holds now. `None` where nobody watches the wire.
    pub async fn for_the_wire(&self) -> Option<(Word, Store)> {
        Some((self.word()?, Store(self.rows().await)))
    }

    /// What the server made of the id.
    pub fn word(&self) -> Option<Word> {
        let verdict = match self.verdict {
            Verdict::NoId => "no id came",
            Verdict::Known => "the store knows this id",
            Verdict::Unknown => "the store doesn't know this id",
            Verdict::Ended => "the session of this id has ended",
        };
        self.watched.say(|| match (self.username(), &self.cookie) {
            (None, _) => format!("Verdict: {verdict}. Now not logged in."),
            (Some(name), None) => format!("Verdict: {verdict}. Now logged in as {name}."),
            (Some(name), Some(_)) => {
                format!("Verdict: {verdict}. Now logged in as {name}, under a new id.")
            }
        })
    }

    /// This session first, then those that end last. A store that can't be reached shows none.
    async fn rows(&self) -> Vec<StoreRow> {
        let store = &self.settings.store;
        let mut found = store.latest(ROWS).await.unwrap_or_default();
        found.retain(|(key, _)| Some(*key) != self.key);
        if let Some(key) = self.key
            && let Ok(Some(record)) = store.load(key).await
        {
            found.push((key, record));
        }
        found.sort_by_key(|(key, record)| (Some(*key) != self.key, Reverse(record.ends)));
        found.iter().take(ROWS).map(|(key, record)| row(key, record)).collect()
    }
}

fn row(key: &Key, record: &Record) -> StoreRow {
    let who = record.username.as_deref().unwrap_or("nobody");
    let notes = match record.notes.len() {
        0 => String::new(),
        1 => ", 1 note".to_owned(),
        notes => format!(", {notes} notes"),
    };
    StoreRow {
        key: key.handle(),
        what: format!("{who}{notes}"),
        until: UNIX_EPOCH + Duration::from_secs(record.ends.min(LAST)),
    }
}
