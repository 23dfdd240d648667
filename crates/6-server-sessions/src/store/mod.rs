//! The store: where the facts of a session are, while the browser has only an id.
//!
//! There are two. `redb.rs` is a file of this computer; `redis.rs` is a Redis or Valkey server, which several servers
//! can share. Both keep the same promises, and the tests hold both to them.

pub mod redb;
#[cfg(feature = "redis")]
mod redis;

use std::{
    fmt::{self, Write as _},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the server knows of one session. Times are in seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Counts the changes, so that a change made from an old copy is noticed.
    pub version: u64,
    pub username: Option<String>,
    pub notes: Vec<String>,
    /// What the browser called itself when the session began.
    pub browser: String,
    pub since: u64,
    /// At most a minute old, or a quarter of a short idle time-out.
    pub last_seen: u64,
    /// The server believes it until then.
    pub ends: u64,
}

/// Where the store keeps a session: the SHA-256 of its id. Whoever reads the store, or a copy of it, can't compute the
/// id from it, and so has nothing to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(pub [u8; 32]);

impl Key {
    pub fn of(id: &str) -> Self {
        Self(Sha256::digest(id.as_bytes()).into())
    }

    /// A name for the session in a page's form: the first eight bytes, in hexadecimal.
    pub fn handle(&self) -> String {
        hex(&self.0[..8])
    }
}

/// Bytes in hexadecimal, two lower-case digits each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What became of a write that names the version it starts from.
#[derive(Debug, PartialEq)]
pub enum Written {
    Done,
    /// Somebody else wrote first: read again.
    Changed,
    /// The session was deleted. A write must never bring it back.
    Gone,
}

/// The store can't answer now. That says nothing about who is logged in.
#[derive(Debug)]
pub struct Unreachable(pub String);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which store, and where: what `STORE` says.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A file of redb, for one server.
    File(PathBuf),
    /// The address of a Redis or Valkey server.
    #[cfg(feature = "redis")]
    Server(String),
}

/// One of the two stores.
#[derive(Clone, Debug)]
pub struct Store {
    kind: Kind,
    /// So that the terminal says once that the store is gone, and once that it is back.
    reachable: Arc<AtomicBool>,
}

#[derive(Clone, Debug)]
enum Kind {
    Redb(Arc<redb::Redb>),
    #[cfg(feature = "redis")]
    Redis(Arc<redis::Redis>),
}

impl Store {
    /// Opens the store. A file must be there to be opened; a server may come later.
    ///
    /// # Errors
    ///
    /// One sentence that says why it can't be used, and what to do.
    pub fn open(place: &Place) -> Result<Self, String> {
        let kind = match place {
            Place::File(path) => Kind::Redb(Arc::new(redb::Redb::open(path)?)),
            #[cfg(feature = "redis")]
            Place::Server(address) => Kind::Redis(Arc::new(redis::Redis::new(address)?)),
        };
        Ok(Self { kind, reachable: Arc::new(AtomicBool::new(true)) })
    }

    /// The session's record, where there is one. It may have ended: the caller has the clock.
    pub async fn load(&self, key: Key) -> Result<Option<Record>, Unreachable> {
        self.told(match &self.kind {
            // A read takes some 10 microseconds and waits for no writer: handing it to another thread would cost more.
            Kind::Redb(redb) => redb.load(key),
            #[cfg(feature = "redis")]
            Kind::Redis(redis) => redis.load(key).await,
        })
    }

    /// Stores a session that is new.
    pub async fn create(&self, key: Key, record: Record) -> Result<(), Unreachable> {
        self.told(match &self.kind {
            Kind::Redb(redb) => blocking(redb, move |redb| redb.create(key, record)).await,
            #[cfg(feature = "redis")]
            Kind::Redis(redis) => redis.create(key, record).await,
        })
    }

    /// Stores a change, where the session is still at `record.version`.
    pub async fn update(&self, key: Key, record: Record) -> Result<Written, Unreachable> {
        self.replace(key, key, record).await
    }

    /// Moves a session to another key with what `record` says, where it is still at `record.version`. There is no
    /// moment at which both keys are good, or neither.
    pub async fn replace(
        &self,
        old: Key,
        new: Key,
        record: Record,
    ) -> Result<Written, Unreachable> {
        self.told(match &self.kind {
            Kind::Redb(redb) => blocking(redb, move |redb| redb.replace(old, new, record)).await,
            #[cfg(feature = "redis")]
            Kind::Redis(redis) => redis.replace(old, new, record).await,
        })
    }

    /// Deletes a session. One that is not there is no error.
    pub async fn remove(&self, key: Key) -> Result<(), Unreachable> {
        self.told(match &self.kind {
            Kind::Redb(redb) => blocking(redb, move |redb| redb.remove(key)).await,
            #[cfg(feature = "redis")]
            Kind::Redis(redis) => redis.remove(key).await,
        })
    }

    /// Every session of a user. Some may have ended.
    pub async fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Unreachable> {
        self.told(match &self.kind {
            Kind::Redb(redb) => redb.of_user(username),
            #[cfg(feature = "redis")]
            Kind::Redis(redis) => redis.of_user(username).await,
        })
    }

    /// Deletes at most `most` sessions that ended before `now`, and says how many. Redis does that by itself.
    pub async fn sweep(&self, now: u64, most: usize) -> Result<usize, Unreachable> {
        self.told(match &self.kind {
            Kind::Redb(redb) => blocking(redb, move |redb| redb.sweep(now, most)).await,
            #[cfg(feature = "redis")]
            Kind::Redis(_) => Ok(0),
        })
    }

    /// Passes a result on, and tells the terminal where it differs from the last.
    fn told<T>(&self, result: Result<T, Unreachable>) -> Result<T, Unreachable> {
        let was = self.reachable.swap(result.is_ok(), Ordering::Relaxed);
        match &result {
            Err(why) if was => eprintln!(
                "The store can't be reached: {why}. Requests are answered 503 until it can."
            ),
            Ok(_) if !was => eprintln!("The store is back."),
            _ => {}
        }
        result
    }
}

/// A commit waits until the disk has the data, which takes milliseconds, and for any commit before it. Meanwhile this
/// thread serves others.
async fn blocking<T: Send + 'static>(
    redb: &Arc<redb::Redb>,
    work: impl FnOnce(&redb::Redb) -> Result<T, Unreachable> + Send + 'static,
) -> Result<T, Unreachable> {
    let redb = Arc::clone(redb);
    tokio::task::spawn_blocking(move || work(&redb))
        .await
        .unwrap_or_else(|error| Err(Unreachable(error.to_string())))
}
