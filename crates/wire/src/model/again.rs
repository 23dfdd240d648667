//! The same request again, over the same connection, and nothing has changed: then what was said of it still holds.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    time::SystemTime,
};

use cookie_rules::Reason;

use super::{
    facts::How,
    ticket::{Arrival, Looked, Ticket},
};

/// How many connections' last requests are remembered.
const CONNECTIONS: usize = 64;
/// How many bytes of cookies such a request may have.
const BYTES: usize = 2048;

/// The last requests, by the number of their connection.
#[derive(Debug, Default)]
pub(super) struct Lasts {
    known: HashMap<u64, Last>,
    hasher: RandomState,
}

#[derive(Debug)]
pub(super) struct Last {
    /// Stands for the whole request.
    key: u64,
    /// That of the jar.
    pub(super) version: u64,
    /// When the first cookie ends.
    pub(super) until: Option<SystemTime>,
    pub(super) looked: Looked,
    pub(super) ticket: Ticket,
}

impl Lasts {
    /// What was said of the connection's last request, where it was the same.
    pub(super) fn get(&self, arrival: &Arrival<'_>) -> (u64, Option<&Last>) {
        let key = self.key(arrival);
        let last = self.known.get(&arrival.connection.number());
        (key, last.filter(|last| last.key == key))
    }

    /// Remembers what was said, if that is all plain, so that nothing but a change can change it.
    pub(super) fn put(
        &mut self,
        key: u64,
        version: u64,
        until: Option<SystemTime>,
        looked: &Looked,
        ticket: &Ticket,
    ) {
        let number = ticket.connection.number();
        // No rule but that of the clock gives another answer later.
        let is_plain = |how: &How| match how {
            How::AsSet { might_have_stayed, .. } => {
                !matches!(might_have_stayed, Some(Reason::Expired { .. }))
            }
            How::BrowserId => true,
            _ => false,
        };
        let came = &looked.came;
        let bytes: usize = came.iter().map(|came| came.name.len() + came.value.len()).sum();
        let is_all_said =
            looked.absent.is_empty() && looked.follows.is_none() && looked.left_out == 0;
        let lasts = ticket.changes.is_empty()
            && is_all_said
            && bytes <= BYTES
            && came.iter().all(|came| is_plain(&came.how) && !came.news);
        if !lasts {
            self.known.remove(&number);
            return;
        }
        if self.known.len() >= CONNECTIONS {
            self.known.clear();
        }
        let (looked, ticket) = (looked.clone(), ticket.clone());
        self.known.insert(number, Last { key, version, until, looked, ticket });
    }

    fn key(&self, arrival: &Arrival<'_>) -> u64 {
        let mut key = self.hasher.build_hasher();
        (arrival.method, arrival.target).hash(&mut key);
        // All that it says, whether an answer depends on it or not: the same request says the same.
        arrival.headers.iter().for_each(|field| field.hash(&mut key));
        key.finish()
    }
}
