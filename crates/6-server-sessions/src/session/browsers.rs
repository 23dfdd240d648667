//! The browsers that a user is logged in with: the list of them, and how one ends another.

use std::cmp::Reverse;

use super::Session;
use crate::{
    refused::Refused,
    store::{Key, Record},
};

/// How many browsers one user may be logged in with. The one that was not seen for longest makes room.
const BROWSERS: usize = 20;

/// One of the browsers that a user is logged in with.
pub struct Browser {
    pub handle: String,
    /// What it calls itself.
    pub name: String,
    /// How long ago it logged in, in words.
    pub since: String,
    /// How long ago it was used, in words.
    pub last_seen: String,
    pub is_this_one: bool,
}

impl Session {
    /// Where this user is logged in, last seen first.
    pub async fn browsers(&self) -> Result<Vec<Browser>, Refused> {
        let now = self.settings.now();
        let describe = |(key, record): (Key, Record)| Browser {
            handle: key.handle(),
            name: record.browser,
            since: ago(now, record.since),
            last_seen: ago(now, record.last_seen),
            is_this_one: Some(key) == self.key,
        };
        Ok(self.of_this_user().await?.into_iter().map(describe).collect())
    }

    /// Ends the session of this user that has the handle `which`, or all `others`, never anybody else's. One that has ended
    /// already is no error.
    pub async fn revoke(&self, which: &str) -> Result<(), Refused> {
        if self.username().is_none() {
            return Err(Refused::NotLoggedIn(self.word()));
        }
        for (key, _) in self.of_this_user().await? {
            let meant = match which {
                "others" => Some(key) != self.key,
                handle => key.handle() == handle,
            };
            if meant {
                self.settings.store.remove(key).await?;
            }
        }
        Ok(())
    }

    /// The sessions of this user that have not ended, last seen first.
    async fn of_this_user(&self) -> Result<Vec<(Key, Record)>, Refused> {
        let Some(username) = self.username() else { return Ok(Vec::new()) };
        let mut found = self.settings.store.of_user(username).await?;
        let now = self.settings.now();
        found.retain(|(_, record)| now < record.ends);
        found.sort_by_key(|(_, record)| Reverse((record.last_seen, record.since)));
        Ok(found)
    }

    /// Ends the oldest sessions of a user who has too many.
    pub(super) async fn make_room(&self) -> Result<(), Refused> {
        let all = self.of_this_user().await?;
        for (key, _) in all.iter().filter(|(key, _)| Some(*key) != self.key).skip(BROWSERS - 1) {
            self.settings.store.remove(*key).await?;
        }
        Ok(())
    }
}

/// How long ago a time was, in words.
fn ago(now: u64, then: u64) -> String {
    let seconds = now.saturating_sub(then);
    let (count, unit) = match seconds {
        0..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}
