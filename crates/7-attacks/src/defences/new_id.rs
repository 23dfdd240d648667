//! A new id at the log-in: whoever knew the id from before, or planted it, has nothing. And no id but the bank's own.

use axum::http::HeaderMap;

use crate::{
    bank::Refused,
    books::User,
    sessions::{self, Session, Sessions},
};

/// A session for a request without one.
pub fn begin(
    on: bool,
    sessions: &mut Sessions,
    headers: &HeaderMap,
    cookie: &str,
) -> Result<Session, Refused> {
    match sessions::id_that_came(headers, cookie) {
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
