//! The store in a server: Redis, or Valkey, which speaks the same protocol. Several lesson servers can share it.
//!
//! A session is a hash with two fields, `version` and `record`; a user's sessions are in a sorted set, by their end.
//! Redis deletes what has ended by itself.

use std::time::{Duration, Instant};

use redis::{AsyncConnectionConfig, Client, RedisError, aio::MultiplexedConnection};
use tokio::sync::Mutex;

use super::{Key, Record, Unreachable, Written, hex};

/// How long connecting, and an answer, may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// After a failure nobody tries again for so long: a queue of requests must not wait `PATIENCE` each.
const REST: Duration = Duration::from_millis(250);
/// Redis keeps a session this much longer than it lasts, in seconds: our clock decides, and "last seen" may be old.
const SLACK: u64 = 120;

/// Writes a session and its entry in the user's index. Redis runs a script as one step: nobody writes in between.
///
/// KEYS: the session, where it was before, the user's index.
/// ARGV: the version it was at ("" for a new one), the new version, the record, seconds to keep it, its end, its name
/// in the index, the time ("" where there is no user).
const WRITE: &str = "
if ARGV[1] ~= '' then
  local version = redis.call('HGET', KEYS[2], 'version')
  if not version then return 'gone' end
  if version ~= ARGV[1] then return 'changed' end
  if KEYS[1] ~= KEYS[2] then redis.call('DEL', KEYS[2]) end
end
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'record', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[7] ~= '' then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[7])
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[6])
  if redis.call('TTL', KEYS[3]) < tonumber(ARGV[4]) then redis.call('EXPIRE', KEYS[3], ARGV[4]) end
end
return 'done'
";

/// A Redis server, and the connection to it while there is one.
#[derive(Debug)]
pub struct Redis {
    client: Client,
    line: Mutex<Line>,
}

enum Line {
    Open(MultiplexedConnection),
    Closed,
    Failed { at: Instant, why: String },
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Open(_) => "Open",
            Self::Closed => "Closed",
            Self::Failed { .. } => "Failed",
        })
    }
}

impl Redis {
    /// Reads the address. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// What is wrong with the address.
    pub fn new(address: &str) -> Result<Self, String> {
        let client = Client::open(address).map_err(|error| {
            format!("STORE is no address of a Redis server: {error}. Give STORE=redis://HOST:PORT.")
        })?;
        Ok(Self { client, line: Mutex::new(Line::Closed) })
    }

    pub async fn load(&self, key: Key) -> Result<Option<Record>, Unreachable> {
        let mut command = redis::cmd("HGET");
        command.arg(session(key)).arg("record");
        // A connection that was cut shows it only when it is used. A read may be asked twice.
        let json: Option<Vec<u8>> = match self.ask(&command).await {
            Ok(json) => json,
            Err(_) => self.ask(&command).await?,
        };
        json.map(|json| parse(&json)).transpose()
    }

    pub async fn create(&self, key: Key, record: Record) -> Result<(), Unreachable> {
        self.write(key, key, "", record).await.map(|_| ())
    }

    pub async fn replace(
        &self,
        old: Key,
        new: Key,
        mut record: Record,
    ) -> Result<Written, Unreachable> {
        let version = record.version.to_string();
        record.version += 1;
        self.write(old, new, &version, record).await
    }

    async fn write(
        &self,
        old: Key,
        new: Key,
        version: &str,
        record: Record,
    ) -> Result<Written, Unreachable> {
        let json = serde_json::to_vec(&record).map_err(|error| Unreachable(error.to_string()))?;
        let (index, now) = match &record.username {
            Some(username) => (user(username), record.last_seen.to_string()),
            None => (user(""), String::new()),
        };
        let mut command = redis::cmd("EVAL");
        command.arg(WRITE).arg(3).arg(session(new)).arg(session(old)).arg(index);
        command.arg(version).arg(record.version).arg(json);
        command.arg(record.ends.saturating_sub(record.last_seen).saturating_add(SLACK));
        command.arg(record.ends).arg(hex(&new.0)).arg(now);
        let answer: String = self.ask(&command).await?;
        Ok(match answer.as_str() {
            "done" => Written::Done,
            "changed" => Written::Changed,
            _ => Written::Gone,
        })
    }

    pub async fn remove(&self, key: Key) -> Result<(), Unreachable> {
        // Its entry in the user's index stays until it would have ended; `of_user` passes over it.
        self.ask(redis::cmd("DEL").arg(session(key))).await
    }

    pub async fn of_user(&self, username: &str) -> Result<Vec<(Key, Record)>, Unreachable> {
        let names: Vec<String> =
            self.ask(redis::cmd("ZRANGE").arg(user(username)).arg(0).arg(-1)).await?;
        let mut found = Vec::new();
        for key in names.iter().filter_map(|name| key(name)) {
            if let Some(record) = self.load(key).await? {
                found.push((key, record));
            }
        }
        Ok(found)
    }

    /// Sends a command. A connection that fails is given up, and the next command opens another.
    async fn ask<T: redis::FromRedisValue>(&self, command: &redis::Cmd) -> Result<T, Unreachable> {
        let mut connection = self.connection().await?;
        match command.query_async(&mut connection).await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                if error.is_unrecoverable_error() || error.is_timeout() {
                    *self.line.lock().await = Line::Closed;
                }
                Err(unreachable(&error))
            }
        }
    }

    async fn connection(&self) -> Result<MultiplexedConnection, Unreachable> {
        let mut line = self.line.lock().await;
        match &*line {
            Line::Open(connection) => return Ok(connection.clone()),
            Line::Failed { at, why } if at.elapsed() < REST => {
                return Err(Unreachable(why.clone()));
            }
            Line::Failed { .. } | Line::Closed => {}
        }
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        match self.client.get_multiplexed_async_connection_with_config(&config).await {
            Ok(connection) => {
                *line = Line::Open(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                let error = unreachable(&error);
                *line = Line::Failed { at: Instant::now(), why: error.0.clone() };
                Err(error)
            }
        }
    }
}

fn session(key: Key) -> String {
    format!("crumbs:session:{}", hex(&key.0))
}

fn user(username: &str) -> String {
    format!("crumbs:user:{username}")
}

/// The key that a name in an index stands for.
fn key(name: &str) -> Option<Key> {
    let mut bytes = [0; 32];
    if name.len() != 64 || !name.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&name[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(Key(bytes))
}

fn parse(json: &[u8]) -> Result<Record, Unreachable> {
    serde_json::from_slice(json).map_err(|error| {
        Unreachable(format!("a record in Redis is not what this program writes: {error}"))
    })
}

fn unreachable(error: &RedisError) -> Unreachable {
    Unreachable(format!("Redis: {error}"))
}
