//! The store: where the facts of a session are, while the browser has only an id.
//!
//! There are two. `redb.rs` is a file of this computer; `redis.rs` is a Redis or Valkey server, which several servers
//! can share. Both keep the same promises, and the tests hold both to them.

mod redb;
#[cfg(feature = "redis")]
mod redis;

use std::{
    fmt::Write as _,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use classroom::settings::{spoken, warn};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use self::redb::Redb;
#[cfg(feature = "redis")]
use self::redis::Redis;
use crate::refused::Refused;

/// What the server knows of one session. Times are in seconds since 1970.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
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

impl Record {
    /// `None` where this is not what this program writes.
    fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text and numbers always make JSON")
    }
}

/// Where the store keeps a session: the SHA-256 of its id. Whoever reads the store, or a copy of it, can't compute the
/// id from it, and so has nothing to send.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Key([u8; 32]);

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

/// Changes a record, or says why not. A store may have to call it again, with what another request left.
pub type Change = Box<dyn Fn(&mut Record) -> Result<(), Refused> + Send + Sync>;

/// One of the two stores.
pub enum Store {
    /// A file of redb, for one server.
    Redb(Arc<Redb>),
    /// A Redis or Valkey server.
    #[cfg(feature = "redis")]
    Redis(Box<Redis>),
}

impl Store {
    /// Opens the file, or creates it with the folders it is in.
    ///
    /// # Errors
    ///
    /// One sentence: who has the file, or what the system says.
    pub fn file(path: &Path) -> Result<Self, String> {
        Ok(Self::Redb(Arc::new(Redb::open(path)?)))
    }

    /// Reads the address of a server. Nothing is sent yet: the server may come later.
    ///
    /// # Errors
    ///
    /// What is wrong with the address.
    #[cfg(feature = "redis")]
    pub fn server(address: &str) -> Result<Self, String> {
        Ok(Self::Redis(Box::new(Redis::new(address)?)))
    }

    /// The session's record, where there is one. It may have ended: the caller has the clock.
    pub async fn load(&self, key: Key) -> Result<Option<Record>, Refused> {
        let json = match self {
            // A read takes some 10 microseconds and waits for no writer: handing it to another thread would cost more.
            Self::Redb(redb) => redb.load(key)?,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.load(key).await?,
        };
        let Some(json) = json else { return Ok(None) };
        let record = Record::parse(&json);
        if record.is_none() {
            warn(spoken(
                "A record in the store can't be read. It is no session, and was removed.",
                "存储里有一条记录读不了。它不是会话，已经删除。",
            ));
            self.remove(key).await?;
        }
        Ok(record)
    }

    /// Stores a session that is new.
    pub async fn create(&self, key: Key, record: Record) -> Result<(), Refused> {
        match self {
            Self::Redb(redb) => blocking(redb, move |redb| redb.create(key, &record)).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.create(key, &record).await,
        }
    }

    /// Applies `change` to what the store has *now*, whatever the caller has read before: of two changes at once none is
    /// lost. Returns what is stored then, or `None` where the session was deleted: a change must never bring it back.
    pub async fn change(&self, key: Key, change: Change) -> Result<Option<Record>, Refused> {
        self.replace(key, key, change).await
    }

    /// Changes a session as [`Store::change`] does, and moves it to another key. There is no moment at which both keys
    /// are good, or neither.
    pub async fn replace(
        &self,
        old: Key,
        new: Key,
        change: Change,
    ) -> Result<Option<Record>, Refused> {
        match self {
            Self::Redb(redb) => blocking(redb, move |redb| redb.replace(old, new, change)).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.replace(old, new, change).await,
        }
    }

    /// Deletes a session. One that is not there is no error.
    pub async fn remove(&self, key: Key) -> Result<(), Refused> {
        match self {
            Self::Redb(redb) => blocking(redb, move |redb| redb.remove(key)).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.remove(key).await,
        }
    }

    /// Every session of a user. Some may have ended.
    pub async fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Refused> {
        match self {
            Self::Redb(redb) => redb.of_user(username),
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.of_user(username).await,
        }
    }

    /// A few sessions, for a look into the store. Of a file, those that end last; of Redis, those that it comes across.
    pub async fn latest(&self, most: usize) -> Result<Vec<(Key, Record)>, Refused> {
        match self {
            Self::Redb(redb) => blocking(redb, move |redb| redb.latest(most)).await,
            #[cfg(feature = "redis")]
            Self::Redis(redis) => redis.some(most).await,
        }
    }

    /// Deletes at most `most` sessions that ended before `now`, and says how many. Redis does that by itself.
    pub async fn sweep(&self, now: u64, most: usize) -> Result<usize, Refused> {
        match self {
            Self::Redb(redb) => blocking(redb, move |redb| redb.sweep(now, most)).await,
            #[cfg(feature = "redis")]
            Self::Redis(_) => Ok(0),
        }
    }
}

/// A commit waits until the disk has the data, which takes milliseconds, and for any commit before it. Meanwhile this
/// thread serves others.
async fn blocking<T: Send + 'static>(
    redb: &Arc<Redb>,
    work: impl FnOnce(&Redb) -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let redb = Arc::clone(redb);
    tokio::task::spawn_blocking(move || work(&redb))
        .await
        .unwrap_or_else(|error| Err(unreachable(error.to_string())))
}

/// Whether the store could be reached last: the terminal says once that it is gone, and once that it is back.
static REACHABLE: AtomicBool = AtomicBool::new(true);

fn reached() {
    if !REACHABLE.swap(true, Ordering::Relaxed) {
        warn(spoken("The store is back.", "存储又能用了。"));
    }
}

fn unreachable(why: String) -> Refused {
    if REACHABLE.swap(false, Ordering::Relaxed) {
        warn(&spoken(
            format!("The store can't be reached: {why}. Requests are answered 503 until it can."),
            format!("够不着存储：{why}。在够得着之前，请求得到的回答是 503。"),
        ));
    }
    Refused::Unreachable
}

/// When the terminal last said that a change failed: on a full disk all do that need more room, while others go on.
static SAID: Mutex<Option<Instant>> = Mutex::new(None);
/// It says so at most this often.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// A change failed after it was begun: it may have reached the disk or not.
fn unsure(why: String) -> Refused {
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.is_none_or(|then| then.elapsed() >= SAY_EVERY) {
        *said = Some(Instant::now());
        warn(&spoken(
            format!("The store can't be written: {why}. Such a request is answered 503."),
            format!("存储写不了：{why}。这样的请求得到的回答是 503。"),
        ));
    }
    Refused::Unsure
}
