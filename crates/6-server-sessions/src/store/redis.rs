//! The store in a server: Redis, or Valkey, which speaks the same protocol. Several lesson servers can share it.
//!
//! A session is a hash with the field `record`; a user's sessions are in a sorted set, by their end. Redis deletes what
//! has ended by itself.

use std::time::{Duration, Instant};

use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, aio::MultiplexedConnection, cmd};
use tokio::{sync::Mutex, time::sleep};

use classroom::settings::{spoken, warn};

use super::{Change, Key, Record, hex, reached, unreachable, unsure};
use crate::refused::Refused;

/// How long connecting, and an answer, may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// After a failure nobody tries again for so long: a queue of requests must not wait `PATIENCE` each.
const REST: Duration = Duration::from_millis(250);
/// How often a change starts again because another request was faster.
const ATTEMPTS: u32 = 12;
/// Redis keeps a session this much longer than it lasts, in seconds: our clock decides, and "last seen" may be old.
const SLACK: u64 = 120;
/// Redis keeps nothing for longer, in seconds: it refuses numbers that are too large.
const YEAR: u64 = 366 * 86_400;

/// Stores a session where it is still as we read it, and its entry in the user's index. Redis runs a script as one step:
/// nobody writes in between.
///
/// KEYS: where the session was, where it will be, the user's index.
/// ARGV: the record as it was read ("" where there was none), the new one, seconds to keep it, its end, its name in the
/// index, the time ("" where there is no user).
const WRITE: &str = "
if (redis.call('HGET', KEYS[1], 'record') or '') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[2], 'record', ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[3])
if ARGV[6] ~= '' then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[6])
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[5])
  if redis.call('TTL', KEYS[3]) < tonumber(ARGV[3]) then redis.call('EXPIRE', KEYS[3], ARGV[3]) end
end
return 1
";

/// Reads a user's sessions: each one's name in the index, then its record. Names of sessions that are gone are removed.
///
/// KEYS: the user's index. ARGV: what a session's key begins with.
const OF_USER: &str = "
local found = {}
for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  local record = redis.call('HGET', ARGV[1] .. name, 'record')
  if record then
    table.insert(found, {name, record})
  else
    redis.call('ZREM', KEYS[1], name)
  end
end
return found
";

/// Reads the sessions that one step through all keys comes across: each one's name, then its record.
///
/// ARGV: what a session's key begins with, how many at most.
const SOME: &str = "
local found = {}
for _, key in ipairs(redis.call('SCAN', 0, 'MATCH', ARGV[1] .. '*', 'COUNT', 1000)[2]) do
  local record = redis.call('HGET', key, 'record')
  if record and #found < tonumber(ARGV[2]) then
    table.insert(found, {string.sub(key, #ARGV[1] + 1), record})
  end
end
return found
";

/// A Redis server, and the connection to it while there is one.
pub struct Redis {
    client: Client,
    line: Mutex<Line>,
}

/// The connection: many requests use it at the same time.
enum Line {
    Open(MultiplexedConnection),
    /// Since when.
    Broken(Instant),
    Closed,
}

impl Redis {
    pub fn new(address: &str) -> Result<Self, String> {
        let client = Client::open(address).map_err(|error| {
            format!("STORE is no address of a Redis server: {error}. Give STORE=redis://HOST:PORT.")
        })?;
        Ok(Self { client, line: Mutex::new(Line::Closed) })
    }

    pub async fn load(&self, key: Key) -> Result<Option<Vec<u8>>, Refused> {
        let mut command = cmd("HGET");
        command.arg(session(key)).arg("record");
        // A connection that was cut shows it only when it is used. A read may be asked twice.
        match self.ask(&command, unreachable).await {
            Ok(json) => Ok(json),
            Err(_) => self.ask(&command, unreachable).await,
        }
    }

    pub async fn create(&self, key: Key, record: &Record) -> Result<(), Refused> {
        self.write(key, key, &[], record).await.map(|_| ())
    }

    /// Other servers write to the same Redis, so no lock of ours would help: we read, change, and store only where nobody
    /// was faster. Else we start again.
    pub async fn replace(
        &self,
        old: Key,
        new: Key,
        change: Change,
    ) -> Result<Option<Record>, Refused> {
        for attempt in 0..ATTEMPTS {
            let Some(before) = self.load(old).await? else { return Ok(None) };
            let Some(mut record) = Record::parse(&before) else { return Ok(None) };
            change(&mut record)?;
            if self.write(old, new, &before, &record).await? {
                return Ok(Some(record));
            }
            pause(attempt).await?;
        }
        Err(Refused::Busy)
    }

    /// Whether it was stored: not where the old key has something else than `before`.
    async fn write(
        &self,
        old: Key,
        new: Key,
        before: &[u8],
        record: &Record,
    ) -> Result<bool, Refused> {
        let (index, now) = match &record.username {
            Some(username) => (user(username), record.last_seen.to_string()),
            None => (user(""), String::new()),
        };
        let seconds = record.ends.saturating_sub(record.last_seen).saturating_add(SLACK).min(YEAR);
        let mut command = cmd("EVAL");
        command.arg(WRITE).arg(3).arg(session(old)).arg(session(new)).arg(index);
        command.arg(before).arg(record.to_json()).arg(seconds).arg(record.ends);
        self.ask(command.arg(hex(&new.0)).arg(now), unsure).await
    }

    pub async fn remove(&self, key: Key) -> Result<(), Refused> {
        // Its entry in the user's index goes when that is read the next time.
        self.ask(cmd("DEL").arg(session(key)), unsure).await
    }

    pub async fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Refused> {
        let mut command = cmd("EVAL");
        command.arg(OF_USER).arg(1).arg(user(username)).arg(session_of(""));
        self.list(&command).await
    }

    pub async fn some(&self, most: usize) -> Result<Vec<(Key, Record)>, Refused> {
        let mut command = cmd("EVAL");
        command.arg(SOME).arg(0).arg(session_of("")).arg(most);
        self.list(&command).await
    }

    /// The sessions that a script finds. What can't be read is none.
    async fn list(&self, script: &Cmd) -> Result<Vec<(Key, Record)>, Refused> {
        let found: Vec<(String, Vec<u8>)> = self.ask(script, unreachable).await?;
        let readable = |(name, json): (String, Vec<u8>)| Some((key(&name)?, Record::parse(&json)?));
        Ok(found.into_iter().filter_map(readable).collect())
    }

    /// Sends a command, and says by `failed` what it means where no answer comes. A connection that fails is given up, and
    /// the next command opens another.
    async fn ask<T: FromRedisValue>(
        &self,
        command: &Cmd,
        failed: fn(String) -> Refused,
    ) -> Result<T, Refused> {
        let mut connection = self.connection().await?;
        match command.query_async(&mut connection).await {
            Ok(answer) => {
                reached();
                Ok(answer)
            }
            Err(error) => {
                if error.is_unrecoverable_error() || error.is_timeout() {
                    *self.line.lock().await = Line::Closed;
                }
                Err(failed(format!("Redis: {error}")))
            }
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, Refused> {
        let mut line = self.line.lock().await;
        match &*line {
            Line::Open(connection) => return Ok(connection.clone()),
            Line::Broken(since) if since.elapsed() < REST => return Err(Refused::Unreachable),
            Line::Broken(_) | Line::Closed => {}
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(mut connection) => {
                *line = Line::Open(connection.clone());
                warn_of_loss(&mut connection).await;
                Ok(connection)
            }
            Err(error) => {
                *line = Line::Broken(Instant::now());
                Err(unreachable(format!("Redis: {error}")))
            }
        }
    }
}

/// Redis forgets more than a session store may, unless it is told not to: as it comes, a kill loses the last minutes, and
/// a log-out among them is undone. Where it does not say, nobody is warned.
async fn warn_of_loss(connection: &mut MultiplexedConnection) {
    let Ok(info) = cmd("INFO").query_async::<String>(connection).await else { return };
    let says = |line: &str| info.lines().any(|given| given == line);
    if says("aof_enabled:0") {
        warn(spoken(
            "Redis keeps no append-only file. If it is killed, log-outs of the last minutes are undone. Start it with: \
             redis-server --appendonly yes",
            "Redis 没有只追加的文件。如果它被强行终止，最后几分钟的退出登录会被撤销。请这样启动它：redis-server --appendonly yes",
        ));
    }
    if !says("maxmemory:0") && !says("maxmemory_policy:noeviction") {
        warn(spoken(
            "Redis deletes sessions where its memory is full. Start it with: redis-server --maxmemory-policy noeviction",
            "内存满了的时候，Redis 会删除会话。请这样启动它：redis-server --maxmemory-policy noeviction",
        ));
    }
}

/// Waits for a random time: two requests that met must not meet again.
async fn pause(attempt: u32) -> Result<(), Refused> {
    let mut random = [0; 2];
    getrandom::getrandom(&mut random).map_err(|_| Refused::NoRandom)?;
    let longest = 1000 << attempt.min(6);
    sleep(Duration::from_micros(u64::from(u16::from_le_bytes(random)) % longest)).await;
    Ok(())
}

fn session(key: Key) -> String {
    session_of(&hex(&key.0))
}

fn session_of(name: &str) -> String {
    format!("crumbs:session:{name}")
}

fn user(username: &str) -> String {
    format!("crumbs:user:{username}")
}

/// The key that a name in an index stands for.
fn key(name: &str) -> Option<Key> {
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(name.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    Some(Key(bytes))
}
