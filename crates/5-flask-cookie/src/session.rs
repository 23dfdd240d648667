//! A session: out of a cookie, into a cookie, and its values in between.

use std::collections::BTreeMap;
use std::collections::btree_map::Iter;

use crate::{Error, Keys, MAX_AGE, SignedBy, Value, json, payload, tags, timestamp};

/// The name under which Flask keeps `session.permanent`.
const PERMANENT: &str = "_permanent";

/// Flask's session: names and values, and whether they changed since the cookie was read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlaskSession {
    values: BTreeMap<String, Value>,
    modified: bool,
}

/// A cookie taken apart and not believed: what everybody who sees it can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The session's values: base64 of JSON; of a zlib stream where it starts with a dot.
    pub payload: &'a str,
    /// When it was signed: base64 of Unix seconds.
    pub timestamp: &'a str,
    /// What only a holder of the key can make: base64 of an HMAC over everything before it.
    pub signature: &'a str,
}

impl FlaskSession {
    /// An empty session, as a first visit has.
    pub fn new() -> FlaskSession {
        FlaskSession::default()
    }

    /// Reads a session from its cookie at the time `now` (Unix seconds), at most [`MAX_AGE`] seconds after it was signed.
    ///
    /// # Errors
    /// Where the cookie isn't one of ours, is too old or from the future, or holds what can't be read.
    pub fn load(cookie: &str, keys: &Keys, now: u64) -> Result<FlaskSession, Error> {
        FlaskSession::load_within(cookie, keys, now, MAX_AGE)
    }

    /// [`load`](FlaskSession::load) with another lifetime, in seconds.
    ///
    /// The order matters: nothing of a cookie is unpacked or parsed before its signature has been verified.
    ///
    /// # Errors
    /// As [`load`](FlaskSession::load).
    pub fn load_within(
        cookie: &str,
        keys: &Keys,
        now: u64,
        max_age: u64,
    ) -> Result<FlaskSession, Error> {
        let (signed, signature) = cookie.rsplit_once('.').ok_or(Error::NoSignature)?;
        keys.verify(signed, signature).ok_or(Error::BadSignature)?;
        let (payload, timestamp) = signed.rsplit_once('.').ok_or(Error::NoTimestamp)?;
        timestamp::check_age(timestamp::read(timestamp)?, now, max_age)?;
        FlaskSession::from_json(&payload::unpack(payload)?)
    }

    /// Writes the session's cookie, signed at the time `now` (Unix seconds) by the current key.
    ///
    /// What is nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH), or has more than [`MAX_VALUES`](crate::MAX_VALUES), is
    /// written and won't be read again.
    pub fn dump(&self, keys: &Keys, now: u64) -> String {
        let payload = payload::pack(&self.to_json());
        let timestamp = timestamp::write(now);
        let signed = format!("{payload}.{timestamp}");
        let signature = keys.sign(&signed);
        format!("{signed}.{signature}")
    }

    /// The session in this JSON. `null` is an empty one, as it is for Flask.
    fn from_json(text: &str) -> Result<FlaskSession, Error> {
        let values = match tags::untag(json::read(text)?)? {
            Value::Dict(values) => values,
            Value::Null => BTreeMap::new(),
            _ => return Err(Error::NotAnObject),
        };
        Ok(FlaskSession { values, modified: false })
    }

    /// The session as the JSON that its cookie holds.
    pub fn to_json(&self) -> String {
        json::write(&tags::tag_dict(&self.values))
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }

    /// The text of this name, or `None` where there is none or it isn't a text.
    pub fn get_str(&self, name: &str) -> Option<&str> {
        self.get(name)?.as_str()
    }

    /// The value of this name, to be changed: the session counts as modified.
    /// (Flask doesn't notice a change inside a list or a dict; `session.modified = True` has to tell it.)
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        let value = self.values.get_mut(name)?;
        self.modified = true;
        Some(value)
    }

    /// Sets a value, and gives back the one before.
    pub fn insert(&mut self, name: impl Into<String>, value: impl Into<Value>) -> Option<Value> {
        self.modified = true;
        self.values.insert(name.into(), value.into())
    }

    /// Takes a value out: Flask's `session.pop(name, None)`. Where there is none, nothing was modified.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let removed = self.values.remove(name)?;
        self.modified = true;
        Some(removed)
    }

    /// Forgets everything, `permanent` included. An empty session's cookie is deleted.
    pub fn clear(&mut self) {
        self.modified = true;
        self.values.clear();
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The names and values, sorted by name.
    pub fn iter(&self) -> Iter<'_, String, Value> {
        self.values.iter()
    }

    /// Whether it was changed since it was read, so that a cookie has to be set.
    pub fn is_modified(&self) -> bool {
        self.modified
    }

    /// Whether its cookie outlives the browser: Flask's `session.permanent`.
    pub fn is_permanent(&self) -> bool {
        self.get(PERMANENT).is_some_and(Value::is_truthy)
    }

    /// Sets `session.permanent`. It is a value like any other: a session that holds nothing else is not empty.
    pub fn set_permanent(&mut self, permanent: bool) {
        self.insert(PERMANENT, permanent);
    }
}

impl<'a> Parts<'a> {
    /// Takes a cookie apart, from the right: a compressed payload starts with a dot of its own. No key is needed.
    ///
    /// # Errors
    /// Where there are fewer than two dots.
    pub fn split(cookie: &'a str) -> Result<Parts<'a>, Error> {
        let (signed, signature) = cookie.rsplit_once('.').ok_or(Error::NoSignature)?;
        let (payload, timestamp) = signed.rsplit_once('.').ok_or(Error::NoTimestamp)?;
        Ok(Parts { payload, timestamp, signature })
    }

    /// Which key signed it, or `None`: the verdict on the signature alone.
    pub fn signed_by(&self, keys: &Keys) -> Option<SignedBy> {
        keys.verify(&format!("{}.{}", self.payload, self.timestamp), self.signature)
    }

    /// When it says that it was signed, in Unix seconds.
    ///
    /// # Errors
    /// Where the time isn't base64 of at most eight bytes.
    pub fn signed_at(&self) -> Result<u64, Error> {
        timestamp::read(self.timestamp)
    }

    /// Whether its payload says that it is compressed.
    pub fn is_compressed(&self) -> bool {
        self.payload.starts_with('.')
    }

    /// The text in its payload, whoever wrote it. It need not be JSON.
    ///
    /// # Errors
    /// Where the payload isn't base64, zlib or UTF-8, or unpacks to too much.
    pub fn json(&self) -> Result<String, Error> {
        payload::unpack(self.payload)
    }

    /// The session that it claims to hold. Anybody may have written it: show it, never act on it.
    ///
    /// # Errors
    /// Where the payload can't be read.
    pub fn unverified_session(&self) -> Result<FlaskSession, Error> {
        FlaskSession::from_json(&self.json()?)
    }
}
