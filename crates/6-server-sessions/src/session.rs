//! The session: an id in the cookie, and a record in the store that only the server sees.
//!
//! `Session` is an argument of a handler, as in lesson 3. It is read before the handler runs; what changes it goes to the
//! store at once, and the handler hands it back with its response, because the id in the cookie may be a new one.

mod browsers;
mod said;

use std::{mem, sync::Arc, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponseParts, ResponseParts},
};
use classroom::{Watched, cookies};
use cookie::{Cookie, SameSite};

pub use self::browsers::Browser;
use crate::{
    refused::Refused,
    settings::Settings,
    store::{Key, Record, hex},
};

/// The longest note, in bytes.
const NOTE: usize = 8 * 1024;
/// What all notes of a session may take, in bytes.
const NOTES: usize = 256 * 1024;
/// How many cookies of our name are looked up: another server on localhost may have set one, nobody sets more.
const CANDIDATES: usize = 8;
/// "Last seen" is written at most this often: a page view must not cost a write.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// The session of one request.
pub struct Session {
    /// Where the store has it; `None` where nothing is stored yet.
    key: Option<Key>,
    record: Record,
    /// What the response gives to the browser: a new id, or an order to forget the old one. Most responses give nothing.
    cookie: Option<Cookie<'static>>,
    settings: Arc<Settings>,
    /// What became of the id that came, for the page and for the wire.
    pub verdict: Verdict,
    watched: Watched,
}

/// What became of the id that came.
#[derive(Clone, Copy)]
pub enum Verdict {
    NoId,
    Known,
    Unknown,
    /// The store still has its session, and the server no longer believes it.
    Ended,
}

/// Finds the request's session. One without a cookie that the store knows has a fresh session: that is no error. A store
/// that can't be reached is one, since nobody knows then whether the browser is logged in.
impl FromRequestParts<Arc<Settings>> for Session {
    type Rejection = Refused;

    async fn from_request_parts(
        parts: &mut Parts,
        settings: &Arc<Settings>,
    ) -> Result<Self, Refused> {
        let name = settings.cookie_name();
        let came = cookies::values(&parts.headers, name).next().is_some();
        let mut session = Self {
            key: None,
            record: Record::begin(browser(&parts.headers), settings),
            cookie: None,
            settings: Arc::clone(settings),
            verdict: if came { Verdict::Unknown } else { Verdict::NoId },
            watched: Watched::now(),
        };
        for id in ids(&parts.headers, name).take(CANDIDATES) {
            let key = Key::of(id);
            match find(key, settings).await? {
                Found::Session(record) => {
                    session.key = Some(key);
                    session.record = record;
                    session.verdict = Verdict::Known;
                    break;
                }
                Found::Ended => session.verdict = Verdict::Ended,
                Found::Nothing => {}
            }
        }
        Ok(session)
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

/// What is behind an id.
enum Found {
    Session(Record),
    /// A session that the store still has and that the server no longer believes.
    Ended,
    Nothing,
}

/// Looks for the record behind a key. Writes "last seen" where that is old.
async fn find(key: Key, settings: &Arc<Settings>) -> Result<Found, Refused> {
    let now = settings.now();
    let Some(record) = settings.store.load(key).await? else { return Ok(Found::Nothing) };
    if now >= record.ends {
        return Ok(Found::Ended);
    }
    if !record.is_stale(now, settings) {
        return Ok(Found::Session(record));
    }
    let rules = Arc::clone(settings);
    let see = move |record: &mut Record| {
        record.see(now, &rules);
        Ok(())
    };
    let seen = settings.store.change(key, Box::new(see)).await?;
    Ok(seen.map_or(Found::Nothing, Found::Session))
}

/// What the browser calls itself, for the list of browsers: anything can stand there, so it is cut.
fn browser(headers: &HeaderMap) -> String {
    let name = headers.get(header::USER_AGENT).map(|name| String::from_utf8_lossy(name.as_bytes()));
    name.unwrap_or_default().chars().take(160).collect()
}

/// When a session ends.
impl Record {
    /// A session that begins now, without an owner.
    fn begin(browser: String, settings: &Settings) -> Self {
        let now = settings.now();
        let mut record = Self { browser, since: now, ..Self::default() };
        record.see(now, settings);
        record
    }

    /// Notes that the session is used now, and so when it ends: after a while without use, and at the latest when it has
    /// lasted as long as a session may.
    fn see(&mut self, now: u64, settings: &Settings) {
        let unused = now.saturating_add(settings.idle.as_secs());
        let at_the_latest = self.since.saturating_add(settings.longest.as_secs());
        self.last_seen = now;
        self.ends = unused.min(at_the_latest);
    }

    /// Whether "last seen" is old enough to be written again.
    fn is_stale(&self, now: u64, settings: &Settings) -> bool {
        let every = SEEN_EVERY.min(settings.idle / 4).as_secs().max(1);
        now.saturating_sub(self.last_seen) >= every
    }
}

impl Session {
    pub fn username(&self) -> Option<&str> {
        self.record.username.as_deref()
    }

    pub fn notes(&self) -> &[String] {
        &self.record.notes
    }

    /// Adds a note to what the store has. The first thing worth remembering is what starts a session.
    pub async fn add_note(&mut self, note: &str) -> Result<(), Refused> {
        if note.len() > NOTE {
            return Err(Refused::TooLarge(format!(
                "This note has {} bytes, and a note may have {NOTE}. Nothing was changed.",
                note.len()
            )));
        }
        let note = note.to_owned();
        let add = move |record: &mut Record| {
            let taken: usize = record.notes.iter().map(String::len).sum();
            if taken + note.len() > NOTES {
                return Err(Refused::TooLarge(format!(
                    "The notes of one session may have {NOTES} bytes, and yours are full. Nothing was changed."
                )));
            }
            record.notes.push(note.clone());
            Ok(())
        };
        if let Some(key) = self.key {
            let stored = self.settings.store.change(key, Box::new(add)).await?;
            self.record = stored.ok_or(Refused::Ended)?;
            return Ok(());
        }
        add(&mut self.record)?;
        let id = new_id()?;
        self.settings.store.create(Key::of(&id), self.record.clone()).await?;
        self.give(id);
        Ok(())
    }

    /// Makes this the session of `username`, under a new id: whoever knew the old one, or planted it, has nothing.
    pub async fn log_in(&mut self, username: String) -> Result<(), Refused> {
        let browser = mem::take(&mut self.record.browser);
        let fresh = Record { username: Some(username), ..Record::begin(browser, &self.settings) };
        self.record = fresh.clone();
        let begin_again = move |record: &mut Record| {
            let own = record.username.is_none() || record.username == fresh.username;
            let notes = if own { mem::take(&mut record.notes) } else { Vec::new() };
            *record = Record { notes, ..fresh.clone() };
            Ok(())
        };
        let id = new_id()?;
        let moved = match self.key {
            Some(old) => {
                self.settings.store.replace(old, Key::of(&id), Box::new(begin_again)).await?
            }
            None => None,
        };
        match moved {
            Some(record) => self.record = record,
            // Nothing was stored, or the old session was logged out meanwhile: it stays so, and its notes with it.
            None => self.settings.store.create(Key::of(&id), self.record.clone()).await?,
        }
        self.give(id);
        // The log-in is done. If the store goes away now, the user has a browser too many until the next one.
        let _ = self.make_room().await;
        Ok(())
    }

    /// Deletes the session, and with the response the cookie. A copy of the cookie opens nothing from now on.
    pub async fn log_out(&mut self) -> Result<(), Refused> {
        if let Some(key) = self.key.take() {
            self.settings.store.remove(key).await?;
        }
        self.record = Record::default();
        let mut cookie = self.settings.cookie(String::new());
        cookie.make_removal();
        self.cookie = Some(cookie);
        Ok(())
    }

    /// From now on, the browser has this id.
    fn give(&mut self, id: String) {
        self.key = Some(Key::of(&id));
        self.cookie = Some(self.settings.cookie(id));
    }
}

/// A session's id as the browser has it: 128 bits from the operating system, in hexadecimal.
fn new_id() -> Result<String, Refused> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).map_err(|_| Refused::NoRandom)?;
    Ok(hex(&bytes))
}

/// Tells the browser its new id, or to forget the old one.
impl IntoResponseParts for Session {
    type Error = (StatusCode, String);

    fn into_response_parts(
        self,
        mut response: ResponseParts,
    ) -> Result<ResponseParts, Self::Error> {
        if let Some(cookie) = self.cookie {
            let line = HeaderValue::try_from(cookie.to_string())
                .map_err(|error| (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
            response.headers_mut().append(header::SET_COOKIE, line);
        }
        Ok(response)
    }
}

/// The attributes of our cookie.
impl Settings {
    /// `__Host-` makes the browser promise that this very host set it, over HTTPS and for the path `/`. Any page of the host
    /// may have, and any script.
    fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-sid" } else { "sid" }
    }

    fn cookie(&self, id: String) -> Cookie<'static> {
        Cookie::build((self.cookie_name(), id))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .build()
    }
}

/// Deletes sessions that have ended, for as long as the server runs. It does so in small steps: no request waits for
/// more than one of them.
pub async fn sweep(settings: Arc<Settings>) {
    const STEP: usize = 200;
    const PAUSE: Duration = Duration::from_millis(50);
    const ROUND: Duration = Duration::from_secs(30);
    loop {
        // A store that can't be reached has said so; the next round tries again.
        while settings.store.sweep(settings.now(), STEP).await.is_ok_and(|swept| swept > 0) {
            tokio::time::sleep(PAUSE).await;
        }
        tokio::time::sleep(ROUND).await;
    }
}
