//! The bank's sessions, in memory. A session begins before anybody is logged in, as many frameworks do it: what is planted
//! then is what attacks are after. Lesson 6 has the careful version.

use std::collections::{HashMap, VecDeque};

use axum::http::{HeaderMap, StatusCode};
use classroom::cookies;

use crate::{bank::Refused, books::User};

/// How many are kept: then the oldest that nobody has logged in with is forgotten.
const MOST: usize = 1000;

#[derive(Clone)]
pub struct Session {
    pub id: String,
    /// Nobody, until they log in.
    pub user: Option<User>,
    /// The secret that this session's forms carry, see `defences/token.rs`.
    pub token: String,
}

#[derive(Default)]
pub struct Sessions {
    by_id: HashMap<String, Session>,
    in_order: VecDeque<String>,
}

impl Sessions {
    /// The session of the first cookie of this name whose id is known. All are looked up: a sibling plants as many before it as
    /// it likes.
    pub fn find(&self, headers: &HeaderMap, cookie: &str) -> Option<Session> {
        cookies::values(headers, cookie)
            .filter_map(|id| std::str::from_utf8(id).ok())
            .find_map(|id| self.by_id.get(id).cloned())
    }

    /// A session with an id of this bank's making.
    ///
    /// # Errors
    ///
    /// [`Refused`] where the system has no random bytes.
    pub fn begin(&mut self, user: Option<User>) -> Result<Session, Refused> {
        self.begin_as(random()?, user)
    }

    /// A session with this id, wherever it comes from. It is no known one: that would have been found.
    pub fn begin_as(&mut self, id: String, user: Option<User>) -> Result<Session, Refused> {
        let session = Session { id, user, token: random()? };
        if self.in_order.len() == MOST {
            let nobodys = self.in_order.iter().position(|id| self.user_of(id).is_none());
            if let Some(oldest) = self.in_order.remove(nobodys.unwrap_or(0)) {
                self.by_id.remove(&oldest);
            }
        }
        self.in_order.push_back(session.id.clone());
        self.by_id.insert(session.id.clone(), session.clone());
        Ok(session)
    }

    /// Says whose a session is from now on.
    pub fn give(&mut self, id: &str, user: User) {
        if let Some(session) = self.by_id.get_mut(id) {
            session.user = Some(user);
        }
    }

    pub fn end(&mut self, id: &str) {
        self.by_id.remove(id);
        self.in_order.retain(|known| known != id);
    }

    /// Whose the session with this id is.
    pub fn user_of(&self, id: &str) -> Option<User> {
        self.by_id.get(id)?.user
    }

    /// Who is logged in, each once.
    pub fn users(&self) -> Vec<User> {
        let mut users: Vec<_> = self.by_id.values().filter_map(|session| session.user).collect();
        users.sort_unstable();
        users.dedup();
        users
    }
}

/// An id that the browser brought, known or not: 1 to 64 letters and digits.
pub fn id_that_came(headers: &HeaderMap, cookie: &str) -> Option<String> {
    let is_id = |id: &&[u8]| {
        (1..=64).contains(&id.len()) && id.iter().all(|byte| byte.is_ascii_alphanumeric())
    };
    let id = cookies::values(headers, cookie).find(is_id)?;
    Some(String::from_utf8_lossy(id).into_owned())
}

/// 128 bits from the operating system, in hexadecimal.
fn random() -> Result<String, Refused> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).map_err(|_| {
        Refused(StatusCode::INTERNAL_SERVER_ERROR, "The system gives no random bytes.")
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
