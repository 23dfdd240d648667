//! What becomes of an answer's lines, and what changes with the whole exchange.

use std::{sync::Arc, time::SystemTime};

use cookie_rules::{Cookie, SetCookie};
use http::HeaderValue;

use super::{
    clients::Clients,
    compare::Sent,
    facts::{Came, Change, Client, KnownBy, Line, SetOutcome, Status},
    jar::Jar,
    line::Answering,
    ticket::Ticket,
};
use crate::{
    browser_id::{BROWSER_ID, is_id},
    head::cut,
};

/// How many `Set-Cookie` lines of an answer are looked at, and how many of them are kept.
const LINES: (usize, usize) = (256, 64);
/// How many lines are told to jars that may be the same browser's, all together.
const TOLD: usize = 2048;

/// An answer, as far as clients care.
pub(crate) struct Answered<'a> {
    pub(crate) number: u64,
    pub(crate) lines: &'a [HeaderValue],
    /// Where it sends the browser.
    pub(crate) location: Option<&'a HeaderValue>,
    /// Whose request it seemed to be.
    pub(crate) client: &'a Client,
    /// The pairs that the request brought.
    pub(crate) came: &'a [Came],
}

/// What became of the lines of an answer.
#[derive(Debug)]
pub(crate) struct Taken {
    pub(crate) client: Client,
    pub(crate) lines: Vec<Line>,
    pub(crate) left_out: usize,
    /// In the client's jar.
    pub(crate) changes: Vec<Change>,
    /// In other jars.
    pub(crate) beside: Vec<(Client, Change)>,
}

impl Clients {
    /// What becomes of the answer's lines, and what changes with the whole exchange.
    pub(crate) fn answered(
        &mut self,
        ticket: &mut Ticket,
        answer: &Answered<'_>,
        now: SystemTime,
    ) -> Taken {
        self.tick += 1;
        self.land(ticket, now);
        self.book.changes = std::mem::take(&mut ticket.changes);
        let mut taken = Taken {
            client: answer.client.clone(),
            lines: Vec::new(),
            left_out: answer.lines.len().saturating_sub(LINES.1),
            changes: Vec::new(),
            beside: Vec::new(),
        };
        if !answer.lines.is_empty() {
            self.take_lines(ticket, answer, now, &mut taken);
        }
        let person = self.people.tied(&ticket.connection);
        let person = person.map(|place| self.people.known[place].number);
        self.redirects.put(ticket, person, answer.location, answer.number, now);
        self.show(&taken.client);
        (taken.changes, taken.beside) = self.changes(Some(&taken.client), answer.number);
        taken
    }

    /// There is no answer: the client went away. What the request taught stays.
    pub(crate) fn gave_up(
        &mut self,
        ticket: &mut Ticket,
        client: &Client,
        now: SystemTime,
    ) -> Vec<(Client, Change)> {
        self.land(ticket, now);
        self.book.changes = std::mem::take(&mut ticket.changes);
        self.show(client);
        self.changes(None, 0).1
    }

    fn land(&mut self, ticket: &Ticket, now: SystemTime) {
        if let Some(flight) = ticket.flight {
            self.flights.land(flight, now);
        }
    }

    /// The jars that turned out to be part of others since this was asked last.
    pub(crate) fn merged(&mut self) -> Vec<(u64, u64)> {
        std::mem::take(&mut self.people.merged)
    }

    /// Whether a client had to make room since this was asked last.
    pub(crate) fn have_forgotten(&mut self) -> bool {
        std::mem::take(&mut self.people.has_forgotten)
    }

    /// About how many bytes the jars hold.
    #[cfg(test)]
    pub(crate) fn weight(&self) -> usize {
        self.people.known.iter().map(|person| person.jar.weight()).sum()
    }

    /// Whether a jar is still known.
    pub(crate) fn has(&self, jar: u64) -> bool {
        self.people.place(jar).is_some()
    }

    /// From now on the client's jar is shown, with all that it has so far.
    fn show(&mut self, client: &Client) {
        let Some(place) = client.jar.and_then(|jar| self.people.place(jar)) else { return };
        let person = &mut self.people.known[place];
        if person.is_shown {
            return;
        }
        person.is_shown = true;
        self.book.jar = person.number;
        for slot in &person.jar.slots {
            self.book.note(slot);
        }
        for learned in &person.jar.learned {
            self.book.note_learned(learned, false);
        }
    }

    /// What changed in the client's jar, and in others that are shown.
    fn changes(
        &mut self,
        client: Option<&Client>,
        number: u64,
    ) -> (Vec<Change>, Vec<(Client, Change)>) {
        let (mut own, mut beside) = (Vec::new(), Vec::new());
        for (jar, mut change) in std::mem::take(&mut self.book.changes) {
            // What is missing is missing since the exchange that has its number now.
            if let Status::Missing { since: 0 } = change.status {
                Arc::make_mut(&mut change).status = Status::Missing { since: number };
            }
            if client.is_some_and(|client| client.jar == Some(jar)) {
                own.push(change);
            } else if let Some(place) = self.people.place(jar)
                && self.people.known[place].is_shown
            {
                beside.push((self.people.known[place].client(KnownBy::Connection), change));
            }
        }
        (own, beside)
    }

    fn take_lines(
        &mut self,
        ticket: &Ticket,
        answer: &Answered<'_>,
        now: SystemTime,
        taken: &mut Taken,
    ) {
        let kept =
            |line: &HeaderValue, outcome| Line { line: cut(line.as_bytes()).to_vec(), outcome };
        let Some(request) = ticket.request.clone() else {
            let lines = answer.lines.iter().take(LINES.1);
            taken.lines = lines.map(|line| kept(line, SetOutcome::NoHost)).collect();
            return;
        };
        let pairs: Vec<_> =
            answer.came.iter().map(|came| (&came.name[..], &came.value[..])).collect();
        let sent = ticket.sent(&request, &pairs, &ticket.follows, false);
        let place = self.whose(ticket, &sent);
        let sent = Sent { made: ticket.at..=now, ..sent };
        let answering = Answering {
            sent: &sent,
            number: answer.number,
            now,
            of: None,
            in_order: !ticket.program.is_browser(),
            follows: ticket.follows.iter().map(|(at, _)| *at).max(),
        };
        let mut ids = Vec::new();
        let person = &mut self.people.known[place];
        self.book.jar = person.number;
        for (index, line) in answer.lines.iter().enumerate() {
            let (name, value) = pair_of(line.as_bytes());
            self.names.give(name, value, now);
            if index >= LINES.0 {
                let name = SetCookie::parse(line.as_bytes(), sent.profile.family).name;
                person.jar.doubt(&name, &mut self.book);
                continue;
            }
            let outcome = person.jar.take(line.as_bytes(), &answering, &mut self.book);
            if let SetOutcome::Stored(receipt) | SetOutcome::Replaced { receipt, .. } = &outcome
                && receipt.cookie.name == BROWSER_ID.as_bytes()
                && is_id(&receipt.cookie.value)
            {
                ids.push(receipt.cookie.value.clone());
            }
            if let SetOutcome::Deleted { old, .. } = &outcome {
                self.names.delete(&old.name, &old.value, answer.number);
            }
            if index < LINES.1 {
                taken.lines.push(kept(line, outcome));
            }
        }
        let number = person.number;
        ids.iter().for_each(|id| self.people.name(place, id));
        let is_own = |jar: u64| jar == number || self.people.place(jar).is_none();
        if answer.client.jar.is_none_or(is_own) {
            taken.client = self.people.known[place].client(answer.client.known_by);
        }
        let presumed = taken.client.jar.filter(|jar| *jar != number);
        if let Some(place) = presumed.and_then(|jar| self.people.place(jar)) {
            let jar = &self.people.known[place].jar;
            taken.lines.iter_mut().for_each(|line| replaces(line, jar, &sent));
        }
        self.people.known[place].last_set = taken.lines.clone().into();
        self.tell_alike(place, taken.client.jar, answer.lines, &answering);
        self.settle(number, now);
    }

    /// Whose jar takes the lines in.
    fn whose(&mut self, ticket: &Ticket, sent: &Sent<'_>) -> usize {
        let sender = ticket.sender(ticket.id.as_deref(), None);
        let known = sender.id.and_then(|id| self.people.named(sender.program, id));
        let known = known.or_else(|| Some(self.people.at_the_end_of(&sender)?.0));
        known.unwrap_or_else(|| self.people.make(&sender, sent))
    }

    /// What was set for one jar may be in those that may be the same browser's.
    fn tell_alike(
        &mut self,
        own: usize,
        presumed: Option<u64>,
        lines: &[HeaderValue],
        answering: &Answering<'_>,
    ) {
        let answering = Answering { of: Some(self.people.known[own].number), ..*answering };
        let alike: Vec<_> = self.people.alike(own).collect();
        let each = TOLD / alike.len().max(1);
        for place in alike {
            let person = &mut self.people.known[place];
            person.version = self.tick;
            self.book.jar = person.number;
            self.book.perhaps = presumed == Some(person.number);
            for (count, line) in lines.iter().enumerate() {
                if count < each.min(LINES.0) {
                    person.jar.take(line.as_bytes(), &answering, &mut self.book);
                } else {
                    person.jar.doubt(pair_of(line.as_bytes()).0, &mut self.book);
                }
            }
        }
        self.book.perhaps = false;
        // What only came may be changed by whatever is set, whosoever's it seems to be.
        let agent = self.people.known[own].agent;
        for person in self.people.known.iter_mut().filter(|person| person.agent == agent) {
            self.book.jar = person.number;
            for line in lines.iter().take(LINES.0) {
                person.jar.doubt_learned(pair_of(line.as_bytes()).0, answering.now, &mut self.book);
            }
        }
    }
}

/// What the request brought from the jar that seems to be its sender's, the answer replaces.
fn replaces(line: &mut Line, jar: &Jar, sent: &Sent<'_>) {
    let SetOutcome::Stored(receipt) = &line.outcome else { return };
    let slot = jar.slots.iter().find(|slot| slot.cookie.is_same_as(&receipt.cookie));
    let states = slot.into_iter().flat_map(|slot| slot.now());
    let mut held =
        states.filter(|state| state.of.is_none()).filter_map(|state| state.what.cookie());
    let came = |old: &&Arc<Cookie>| sent.pairs.contains(&(&old.name[..], &old.value[..]));
    if let Some(old) = held.find(came) {
        let (receipt, old) = (receipt.clone(), Arc::clone(old));
        line.outcome = SetOutcome::Replaced { receipt, old };
    }
}

/// Name and value of a line.
fn pair_of(line: &[u8]) -> (&[u8], &[u8]) {
    let pair = line.split(|byte| *byte == b';').next().unwrap_or_default();
    match pair.iter().position(|byte| *byte == b'=') {
        Some(equals) => (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()),
        None => (b"", pair.trim_ascii()),
    }
}
