//! A new id at the log-in: whoever knew the id from before, or planted it, has nothing.
//!
//! In production: `tower-sessions` has `cycle_id`, and you call it.

use crate::{
    bank::Refused,
    books::User,
    sessions::{Session, Sessions},
};

/// Makes a session the user's: `before` is the one that the request brought.
pub fn log_in(
    on: bool,
    sessions: &mut Sessions,
    before: Option<Session>,
    user: User,
) -> Result<Session, Refused> {
    match before {
        Some(before) if on => {
            sessions.end(&before.id);
            sessions.begin(Some(user))
        }
        // Vulnerable on purpose: the id stays as it was.
        Some(before) => {
            sessions.give(&before.id, user);
            Ok(before)
        }
        None => sessions.begin(Some(user)),
    }
}
