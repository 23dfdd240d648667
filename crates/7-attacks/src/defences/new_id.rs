//! A new id at the log-in: whoever knew the id from before, or planted it, has nothing. And no id but the bank's own.
//!
//! In production: `tower-sessions` has `cycle_id`, and you call it.

use axum::http::HeaderMap;
use classroom::cookies;

use crate::{
    bank::Refused,
    books::User,
    sessions::{Session, Sessions},
};

/// A session for a request without one.
pub fn begin(
    on: bool,
    sessions: &mut Sessions,
    headers: &HeaderMap,
    cookie: &str,
) -> Result<Session, Refused> {
    match id_that_came(headers, cookie) {
        // Vulnerable on purpose: this bank takes any id that a browser brings.
        Some(id) if !on => sessions.begin_as(id, None),
        _ => sessions.begin(None),
    }
}

/// Makes a session the user's.
pub fn log_in(
    on: bool,
    sessions: &mut Sessions,
    before: Session,
    user: User,
) -> Result<Session, Refused> {
    if on {
        sessions.end(&before.id);
        return sessions.begin(Some(user));
    }
    // Vulnerable on purpose: the id stays as it was.
    sessions.give(&before.id, user);
    Ok(before)
}

/// 1 to 64 letters and digits.
fn id_that_came(headers: &HeaderMap, cookie: &str) -> Option<String> {
    let is_id = |id: &&[u8]| {
        (1..=64).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric())
    };
    let id = cookies::values(headers, cookie).find(is_id)?;
    Some(String::from_utf8_lossy(id).into_owned())
}
