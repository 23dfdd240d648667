//! The same request again, over the same connection, and nothing has changed: then what was said of it still holds.

use std::{collections::HashMap, time::SystemTime};

use cookie_rules::Reason;
use http::Method;

use super::{
    facts::How,
    ticket::{Arrival, Looked, Ticket},
};
use crate::head::{Head, VALUE};

/// How many connections' last requests are remembered.
const CONNECTIONS: usize = 64;
/// How many bytes such a request may have: less than is kept of any value, so all of it is compared.
const BYTES: usize = VALUE;

/// The last requests, by the number of their connection.
#[derive(Debug, Default)]
pub(super) struct Lasts {
    known: HashMap<u64, Last>,
}

#[derive(Debug)]
pub(super) struct Last {
    method: Method,
    authority: String,
    target: String,
    head: Head,
    /// That of the jar.
    pub(super) version: u64,
    /// When the first cookie ends.
    pub(super) until: Option<SystemTime>,
    pub(super) looked: Looked,
    pub(super) ticket: Ticket,
}

impl Lasts {
    /// What was said of the connection's last request, where it was the same.
    pub(super) fn get(&self, arrival: &Arrival<'_>) -> Option<&Last> {
        let last = self.known.get(&arrival.connection.number());
        last.filter(|last| last.is_of(arrival))
    }

    /// Remembers what was said, if that is all plain, so that nothing but a change can change it.
    pub(super) fn put(
        &mut self,
        arrival: &Arrival<'_>,
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
        let is_all_said =
            looked.absent.is_empty() && looked.follows.is_none() && looked.left_out == 0;
        let lasts = ticket.changes.is_empty()
            && is_all_said
            && arrival.target.len() + arrival.head.weight() <= BYTES
            && looked.came.iter().all(|came| is_plain(&came.how) && !came.news);
        if !lasts {
            self.known.remove(&number);
            return;
        }
        if self.known.len() >= CONNECTIONS {
            self.known.clear();
        }
        let last = Last {
            method: arrival.method.clone(),
            authority: arrival.authority.to_owned(),
            target: arrival.target.to_owned(),
            head: arrival.head.clone(),
            version,
            until,
            looked: looked.clone(),
            ticket: ticket.clone(),
        };
        self.known.insert(number, last);
    }
}

impl Last {
    /// Whether this is the same request.
    fn is_of(&self, arrival: &Arrival<'_>) -> bool {
        self.method == *arrival.method
            && self.authority == arrival.authority
            && self.target == arrival.target
            && self.head == arrival.head
    }
}
