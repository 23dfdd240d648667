//! The rules of this server's sessions: how long one lasts, what its cookie is called, and the sweep that removes those
//! that have ended.

use std::{
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

use crate::{
    settings::{Settings, Transport},
    store::{Key, Record, Store, Unreachable},
};

/// "Last seen" is written at most this often: a page view must not cost a write.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// What every session needs: the store, and the rules.
#[derive(Debug)]
pub struct Sessions {
    pub store: Store,
    pub settings: Settings,
}

impl Sessions {
    pub fn new(store: Store, settings: Settings) -> Arc<Self> {
        Arc::new(Self { store, settings })
    }

    /// Seconds since 1970.
    pub fn now(&self) -> u64 {
        (self.settings.now)().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }

    /// Notes that a session is used now, and so when it ends: after a while without use, and at the latest when it has
    /// lasted as long as a session may.
    pub fn mark_seen(&self, record: &mut Record, now: u64) {
        record.last_seen = now;
        record.ends = now
            .saturating_add(self.settings.idle.as_secs())
            .min(record.since.saturating_add(self.settings.longest.as_secs()));
    }

    /// Whether "last seen" is old enough to be written again.
    pub fn is_stale(&self, record: &Record, now: u64) -> bool {
        let every = SEEN_EVERY.min(self.settings.idle / 4).as_secs().max(1);
        now.saturating_sub(record.last_seen) >= every
    }

    /// A session without an owner.
    pub fn fresh(&self, browser: String) -> Record {
        let now = self.now();
        let mut record = Record { browser, since: now, ..Record::default() };
        self.mark_seen(&mut record, now);
        record
    }

    /// The record behind a key, where there is one and it has not ended.
    pub async fn find(&self, key: Key) -> Result<Option<Record>, Unreachable> {
        Ok(self.store.load(key).await?.filter(|record| self.now() < record.ends))
    }

    pub async fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Unreachable> {
        let mut found = self.store.of_user(username).await?;
        found.retain(|(_, record)| self.now() < record.ends);
        found.sort_by_key(|(_, record)| std::cmp::Reverse((record.last_seen, record.since)));
        Ok(found)
    }

    /// The cookie's name. `__Host-` makes the browser promise that nobody else's host, path or plain HTTP set it.
    pub fn cookie_name(&self) -> &'static str {
        match self.settings.transport {
            Transport::Plain => "sid",
            Transport::Secure => "__Host-sid",
        }
    }
}

/// Deletes sessions that have ended, for as long as the server runs. It does so in small steps: no request waits for
/// more than one of them.
pub async fn sweep(sessions: Arc<Sessions>) {
    const STEP: usize = 200;
    const PAUSE: Duration = Duration::from_millis(50);
    const ROUND: Duration = Duration::from_secs(30);
    loop {
        // A store that can't be reached has said so; the next round tries again.
        while sessions.store.sweep(sessions.now(), STEP).await.is_ok_and(|swept| swept > 0) {
            tokio::time::sleep(PAUSE).await;
        }
        tokio::time::sleep(ROUND).await;
    }
}
