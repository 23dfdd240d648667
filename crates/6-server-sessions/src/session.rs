//! The session: an id in the cookie, and a record in the store that only the server sees.
//!
//! `Session` is an argument of a handler, as in lesson 3. It is read before the handler runs; what changes it goes to the
//! store at once, and the handler hands it back with its response, because the id in the cookie may be a new one.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, IntoResponseParts, Response, ResponseParts},
};
use classroom::cookies;
use cookie::{Cookie, SameSite};

use crate::{
    refused::Refused,
    rules::Sessions,
    settings::Transport,
    store::{Key, Record, Unreachable, Written, hex},
};

/// The longest note, in bytes.
pub const NOTE: usize = 8 * 1024;
/// What all notes of a session may take, in bytes.
pub const NOTES: usize = 256 * 1024;
/// How many browsers one user may be logged in with. The one that was not seen for longest makes room.
const BROWSERS: usize = 20;
/// How often a change starts again because another request was faster.
const ATTEMPTS: u32 = 12;
/// How many cookies of our name are looked up: another server on localhost may have set one, nobody sets more.
const CANDIDATES: usize = 8;

/// A session's id as the browser has it: 128 bits from the operating system, in hexadecimal.
struct Id(String);

impl Id {
    fn fresh() -> Result<Self, Refused> {
        let mut bytes = [0; 16];
        getrandom::getrandom(&mut bytes).map_err(|_| Refused::NoRandom)?;
        Ok(Self(hex(&bytes)))
    }
}

/// The session of one request.
#[derive(Debug)]
pub struct Session {
    /// Where the store has it; `None` where nothing is stored yet.
    key: Option<Key>,
    record: Record,
    cookie: ForBrowser,
    sessions: Arc<Sessions>,
}

/// What the response says to the browser about its cookie.
#[derive(Debug)]
enum ForBrowser {
    Nothing,
    Keep(String),
    Forget,
}

/// One of the browsers that a user is logged in with.
#[derive(Debug)]
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

/// Which sessions to end.
#[derive(Debug, PartialEq)]
pub enum Which<'a> {
    /// All of this user but the one that asks.
    Others,
    /// The one with this handle.
    One(&'a str),
}

impl Session {
    pub fn username(&self) -> Option<&str> {
        self.record.username.as_deref()
    }

    pub fn notes(&self) -> &[String] {
        &self.record.notes
    }

    /// Makes this the session of `username`, under a new id: whoever knew the old one, or planted it, has nothing.
    pub async fn log_in(&mut self, username: String) -> Result<(), Refused> {
        let id = Id::fresh()?;
        let key = Key::of(&id.0);
        for attempt in 0..ATTEMPTS {
            let mut record = self.sessions.fresh(self.record.browser.clone());
            if self.username().is_none_or(|before| before == username) {
                record.notes.clone_from(&self.record.notes);
            }
            record.username = Some(username.clone());
            record.version = self.record.version;
            let written = match self.key {
                None => {
                    self.sessions.store.create(key, record.clone()).await.map(|()| Written::Done)?
                }
                Some(old) => self.sessions.store.replace(old, key, record.clone()).await?,
            };
            match written {
                Written::Done => {
                    self.key = Some(key);
                    self.cookie = ForBrowser::Keep(id.0);
                    self.record = record;
                    return self.make_room().await;
                }
                Written::Changed => self.read_again(attempt).await?,
                // The old session was logged out meanwhile. It stays so, and what was in it is not carried over.
                Written::Gone => {
                    self.key = None;
                    self.record = self.sessions.fresh(self.record.browser.clone());
                }
            }
        }
        Err(Refused::Busy)
    }

    /// Ends the oldest sessions of a user who has too many.
    async fn make_room(&self) -> Result<(), Refused> {
        let username = self.username().unwrap_or_default();
        let all = self.sessions.of_user(username).await?;
        for (key, _) in all.iter().filter(|(key, _)| Some(*key) != self.key).skip(BROWSERS - 1) {
            self.sessions.store.remove(*key).await?;
        }
        Ok(())
    }

    /// Deletes the session, and with the response the cookie. A copy of the cookie opens nothing from now on.
    pub async fn log_out(&mut self) -> Result<(), Refused> {
        if let Some(key) = self.key.take() {
            self.sessions.store.remove(key).await?;
        }
        self.record = Record::default();
        self.cookie = ForBrowser::Forget;
        Ok(())
    }

    /// Adds a note. The first thing worth remembering is what starts a session.
    pub async fn add_note(&mut self, note: &str) -> Result<(), Refused> {
        if note.len() > NOTE {
            return Err(Refused::NoteTooLong(note.len()));
        }
        self.change(|record| {
            let taken: usize = record.notes.iter().map(String::len).sum();
            if taken + note.len() > NOTES {
                return Err(Refused::Full);
            }
            record.notes.push(note.to_owned());
            Ok(())
        })
        .await
    }

    /// Changes the record and stores it. Where another request stored first, `change` is applied to what that one left:
    /// nothing is lost. Where the session was deleted, it stays deleted.
    async fn change(
        &mut self,
        change: impl Fn(&mut Record) -> Result<(), Refused>,
    ) -> Result<(), Refused> {
        for attempt in 0..ATTEMPTS {
            let mut record = self.record.clone();
            change(&mut record)?;
            let Some(key) = self.key else {
                let id = Id::fresh()?;
                let key = Key::of(&id.0);
                self.sessions.store.create(key, record.clone()).await?;
                self.key = Some(key);
                self.cookie = ForBrowser::Keep(id.0);
                self.record = record;
                return Ok(());
            };
            match self.sessions.store.update(key, record.clone()).await? {
                Written::Done => {
                    record.version += 1;
                    self.record = record;
                    return Ok(());
                }
                Written::Changed => self.read_again(attempt).await?,
                Written::Gone => return Err(Refused::Ended),
            }
        }
        Err(Refused::Busy)
    }

    /// Reads what another request stored, after a pause of random length: two that met must not meet again.
    async fn read_again(&mut self, attempt: u32) -> Result<(), Refused> {
        let mut random = [0; 2];
        getrandom::getrandom(&mut random).map_err(|_| Refused::NoRandom)?;
        let longest = 1000 << attempt.min(6);
        tokio::time::sleep(Duration::from_micros(u64::from(u16::from_le_bytes(random)) % longest))
            .await;
        let Some(key) = self.key else { return Ok(()) };
        self.record = self.sessions.find(key).await?.ok_or(Refused::Ended)?;
        Ok(())
    }

    /// Where this user is logged in, last seen first.
    pub async fn browsers(&self) -> Result<Vec<Browser>, Refused> {
        let Some(username) = self.username() else { return Ok(Vec::new()) };
        let now = self.sessions.now();
        let all = self.sessions.of_user(username).await?;
        Ok(all
            .into_iter()
            .map(|(key, record)| Browser {
                handle: key.handle(),
                name: record.browser,
                since: ago(now, record.since),
                last_seen: ago(now, record.last_seen),
                is_this_one: Some(key) == self.key,
            })
            .collect())
    }

    /// Ends sessions of this user, never of anybody else. One that has ended already is no error.
    pub async fn revoke(&self, which: Which<'_>) -> Result<(), Refused> {
        let Some(username) = self.username() else { return Err(Refused::NotLoggedIn) };
        for (key, _) in self.sessions.of_user(username).await? {
            let meant = match which {
                Which::Others => Some(key) != self.key,
                Which::One(handle) => key.handle() == handle,
            };
            if meant {
                self.sessions.store.remove(key).await?;
            }
        }
        Ok(())
    }
}

/// Finds the request's session. One without a cookie that the store knows has a fresh session: that is no error. A store
/// that can't be reached is one, since nobody knows then whether the browser is logged in.
impl FromRequestParts<Arc<Sessions>> for Session {
    type Rejection = Refused;

    async fn from_request_parts(
        parts: &mut Parts,
        sessions: &Arc<Sessions>,
    ) -> Result<Self, Refused> {
        let mut session = Self {
            key: None,
            record: sessions.fresh(browser(&parts.headers)),
            cookie: ForBrowser::Nothing,
            sessions: Arc::clone(sessions),
        };
        for id in ids(&parts.headers, sessions.cookie_name()).take(CANDIDATES) {
            let key = Key::of(id);
            if let Some(record) = sessions.find(key).await?
                && let Some(record) = see(sessions, key, record).await?
            {
                session.key = Some(key);
                session.record = record;
                break;
            }
        }
        Ok(session)
    }
}

/// Writes "last seen" where it is old. `None`: the session was deleted since it was read.
async fn see(sessions: &Sessions, key: Key, record: Record) -> Result<Option<Record>, Unreachable> {
    let now = sessions.now();
    if !sessions.is_stale(&record, now) {
        return Ok(Some(record));
    }
    let mut seen = record;
    sessions.mark_seen(&mut seen, now);
    match sessions.store.update(key, seen.clone()).await? {
        Written::Done => {
            seen.version += 1;
            Ok(Some(seen))
        }
        Written::Changed => sessions.find(key).await,
        Written::Gone => Ok(None),
    }
}

/// The ids that came, in order. Each pair is read by itself: one strange byte elsewhere in the header must not lose the
/// session. What this server can't have made is not looked up.
fn ids<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    cookies::values(headers, name)
        .filter(|id| {
            id.len() == 32 && id.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
        .filter_map(|id| std::str::from_utf8(id).ok())
}

/// What the browser calls itself, for the list of browsers: anything can stand there, so it is cut.
fn browser(headers: &HeaderMap) -> String {
    let name = headers.get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
    name.unwrap_or_default().chars().take(160).collect()
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

/// Tells the browser its new id, or to forget the old one. Most responses say neither.
impl IntoResponseParts for Session {
    type Error = Response;

    fn into_response_parts(self, mut response: ResponseParts) -> Result<ResponseParts, Response> {
        let attributes = Cookie::build(self.sessions.cookie_name())
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.sessions.settings.transport == Transport::Secure);
        let mut cookie = attributes.build();
        match self.cookie {
            ForBrowser::Nothing => return Ok(response),
            ForBrowser::Keep(id) => cookie.set_value(id),
            ForBrowser::Forget => cookie.make_removal(),
        }
        let line = HeaderValue::try_from(cookie.to_string()).map_err(|error| {
            (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
        })?;
        response.headers_mut().append(header::SET_COOKIE, line);
        Ok(response)
    }
}
