//! What is known of all clients, asked twice for each exchange: when the request arrives ([`Clients::look`]), and when its answer
//! is made ([`Clients::answered`]).

use std::{
    collections::{HashSet, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::http::{HeaderValue, Method};
use cookie_rules::{Cause, Reason, Request, SetCookie, Storage, is_safe_method};

use super::{
    again::{Last, Lasts},
    compare::{Pair, Sent},
    facts::{
        Absent, Came, Caused, Change, Client, How, KnownBy, Line, Program, SetOutcome, Status, Why,
    },
    jar::Book,
    line::Answering,
    people::{Found, People, Sender},
    ticket::{Arrival, Looked, Ticket},
    time::{Flights, SLACK, before},
};
use crate::{
    browser_id::{BROWSER_ID, id_of, is_id, names_browser},
    cookies::pairs,
    wire::{exchange::Kind, head::cut},
};

/// How many pairs of a request are looked at.
const PAIRS: usize = 300;
/// How many bytes of pairs are kept.
const PAIR_BYTES: usize = 64 * 1024;
/// How many `Set-Cookie` lines of an answer are looked at, and how many of them are kept.
const LINES: (usize, usize) = (256, 64);
/// How many cookies that were set are remembered by their number.
const GIVEN: usize = 50_000;
/// How many answers that send the browser on are remembered, and for how long.
const REDIRECTS: (usize, Duration) = (64, Duration::from_secs(5));

/// All that is known of clients.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    people: People,
    flights: Flights,
    redirects: VecDeque<Redirect>,
    lasts: Lasts,
    book: Book,
    /// What this run has set for anybody: name and value, as a number.
    given: HashSet<u64>,
    /// Counts requests and answers: a clock that never stands still.
    tick: u64,
    hasher: RandomState,
}

/// An answer, as far as clients care.
pub(crate) struct Answered<'a> {
    pub(crate) number: u64,
    pub(crate) lines: &'a [HeaderValue],
    /// Where it sends the browser.
    pub(crate) location: Option<&'a HeaderValue>,
    /// The pairs that the request brought.
    pub(crate) came: &'a [Came],
}

/// What became of the lines of an answer.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) client: Option<Client>,
    pub(crate) lines: Vec<Line>,
    pub(crate) left_out: usize,
    pub(crate) changes: Vec<Change>,
}

/// An answer that sends the browser on.
#[derive(Debug)]
struct Redirect {
    agent: u64,
    way: u64,
    /// Host, port, path and query.
    to: String,
    number: u64,
    person: Option<u64>,
    at: SystemTime,
    /// It, and those that it followed: when they were made, and over which connection.
    answers: Vec<(SystemTime, u64)>,
}

impl Clients {
    /// `names` are those of the lesson's own cookies.
    pub(crate) fn of_lesson(names: &[&str]) -> Self {
        let mut clients = Self::default();
        for name in names {
            clients.book.names(name.as_bytes());
        }
        clients
    }

    /// Who sent the request, what it brought, and what it did not.
    pub(crate) fn look(&mut self, arrival: &Arrival<'_>, now: SystemTime) -> (Looked, Ticket) {
        self.tick += 1;
        let (key, last) = self.lasts.get(arrival);
        if let Some(same) = last.and_then(|last| self.again(last, now)) {
            return self.same(same, arrival, now);
        }
        let (looked, ticket) = self.look_closely(arrival, now);
        if let Some(place) = ticket.person.and_then(|number| self.people.place(number)) {
            let person = &self.people.known[place];
            let until = person.jar.slots.iter().filter_map(|slot| slot.cookie.expiry).min();
            if person.changed <= ticket.start && is_safe_method(arrival.method.as_str()) {
                self.lasts.put(key, person.version, until, &looked, &ticket);
            }
        }
        (looked, ticket)
    }

    /// What was said of the last request, where it still holds.
    fn again(&self, last: &Last, now: SystemTime) -> Option<(Looked, Ticket)> {
        let person = &self.people.known[self.people.place(last.ticket.person?)?];
        let is_over = last.until.is_some_and(|until| until <= now);
        let holds = person.version == last.version && !is_over && self.redirects.is_empty();
        holds.then(|| (last.looked.clone(), last.ticket.clone()))
    }

    /// The same request as the last.
    fn same(
        &mut self,
        (mut looked, mut ticket): (Looked, Ticket),
        arrival: &Arrival<'_>,
        now: SystemTime,
    ) -> (Looked, Ticket) {
        (ticket.at, ticket.start, ticket.flight) = (now, before(now, SLACK), None);
        self.depart(arrival, &mut ticket, &mut looked, now);
        if let Some(place) = ticket.person.and_then(|number| self.people.place(number)) {
            let person = &mut self.people.known[place];
            person.seen = self.tick;
            if arrival.kind == Kind::Lesson {
                person.jar.told = now;
            }
            looked.last_set = Arc::clone(&person.last_set);
        }
        (looked, ticket)
    }

    fn look_closely(&mut self, arrival: &Arrival<'_>, now: SystemTime) -> (Looked, Ticket) {
        let all: Vec<_> = pairs(arrival.headers).take(PAIRS + 1).collect();
        let has_more = all.len() > PAIRS;
        let pairs = &all[..all.len().min(PAIRS)];
        let field = |name: &str| arrival.headers.get(name).map(HeaderValue::as_bytes);
        let program = Program::of(field);
        let agent = self.hasher.hash_one((field("user-agent"), field("sec-ch-ua")));
        let method = arrival.method.as_str();
        let cause = Cause::of(method, arrival.authority, field);
        let path = arrival.target.split('?').next().unwrap_or("/");
        let url = format!("http://{}{path}", arrival.authority);
        let request = Request::new(method, &url).ok().map(Arc::new);
        let mut ticket = Ticket {
            person: None,
            known_by: KnownBy::Nothing,
            sure: false,
            connection: arrival.connection.clone(),
            program,
            agent,
            id: id_of(pairs).map(<[u8]>::to_vec),
            request,
            // What leaves cookies out leaves out all of them.
            cause: program.sees(Cause { may_omit: cause.may_omit && pairs.is_empty(), ..cause }),
            start: before(now, SLACK),
            at: now,
            follows: Vec::new(),
            flight: None,
            way: self.hasher.hash_one((field("sec-fetch-mode"), field("sec-fetch-dest"))),
            changes: Vec::new(),
        };
        let mut looked = Looked {
            client: Client { program, nth: None, jar: None, known_by: KnownBy::Nothing },
            cause: Caused::of(&cause, method, arrival.authority, field),
            follows: None,
            came: Vec::new(),
            left_out: 0,
            absent: Vec::new(),
            last_set: Arc::default(),
        };
        self.depart(arrival, &mut ticket, &mut looked, now);
        let how = self.meet(pairs, has_more, &mut ticket, &mut looked);
        self.keep_pairs(pairs, how, &ticket, &mut looked);
        looked.left_out += self::pairs(arrival.headers).count().saturating_sub(PAIRS);
        if arrival.kind == Kind::Lesson
            && let Some(place) = ticket.person.and_then(|number| self.people.place(number))
        {
            let told = looked.came.iter().map(|came| self.hash_of(&came.name, &came.value));
            let told = told.collect();
            let person = &mut self.people.known[place];
            let host = ticket.request.as_ref().map_or("", |request| request.host());
            person.brought(host, told);
            person.jar.told = now;
        }
        (looked, ticket)
    }

    /// Since when the request may have been made, and which answer sent it here.
    fn depart(
        &mut self,
        arrival: &Arrival<'_>,
        ticket: &mut Ticket,
        looked: &mut Looked,
        now: SystemTime,
    ) {
        let Some(request) = &ticket.request else { return };
        let is_get = *arrival.method == Method::GET;
        if ticket.program.is_browser() {
            let road = self.hasher.hash_one((ticket.agent, request.host(), request.port()));
            let target = is_get.then(|| self.hasher.hash_one(arrival.target) | 1);
            let (flight, start) = self.flights.depart(road, target, now);
            (ticket.flight, ticket.start) = (Some(flight), start);
        } else {
            // No queue, and no second page: such a client asks when it has read the last answer.
            ticket.start = now;
        }
        self.redirects.retain(|redirect| redirect.at >= before(now, REDIRECTS.1));
        if self.redirects.is_empty() || (!is_get && *arrival.method != Method::HEAD) {
            return;
        }
        let to = format!("{}{}", arrival.authority.to_ascii_lowercase(), arrival.target);
        let tied = self.people.ties.get(&ticket.connection.number());
        let tied = tied.filter(|tie| tie.sure).map(|tie| tie.person);
        let is_it = |redirect: &Redirect| {
            (redirect.agent, redirect.way) == (ticket.agent, ticket.way)
                && redirect.to == to
                && (tied.is_none() || redirect.person.is_none() || tied == redirect.person)
        };
        if let Some(place) = self.redirects.iter().position(is_it)
            && let Some(redirect) = self.redirects.remove(place)
        {
            looked.follows = Some(redirect.number);
            ticket.follows = redirect.answers;
            ticket.person = redirect.person;
        }
    }

    /// Finds the sender's jar and compares; the jar follows the browser. Gives how each pair came.
    fn meet(
        &mut self,
        pairs: &[(&[u8], &[u8])],
        has_more: bool,
        ticket: &mut Ticket,
        looked: &mut Looked,
    ) -> Vec<How> {
        let sent_by = ticket.person.take();
        let Some(request) = ticket.request.clone() else {
            return vec![How::NotSetHere; pairs.len()];
        };
        let follows = std::mem::take(&mut ticket.follows);
        let id = ticket.id.take();
        // What comes where storage is denied comes from a jar of the page around it.
        let is_elsewhere = ticket.cause.storage == Some(Storage::Denied);
        let own = if is_elsewhere { &[] } else { pairs };
        let sent = ticket.sent(&request, own, &follows, has_more);
        let sender = ticket.sender(id.as_deref(), sent_by);
        let found = self.people.find(&sender, &sent, &mut self.book);
        let found = found.or_else(|| {
            // Who brings cookies gets a jar, so that it is known what came.
            let place = (!own.is_empty()).then(|| self.people.make(&sender, &sent))?;
            let compared = self.people.known[place].jar.compare(&sent, true);
            Some(Found { place, known_by: KnownBy::Nothing, sure: true, compared })
        });
        let mut hows = vec![How::NotSetHere; pairs.len()];
        let mut number = None;
        if let Some(found) = &found {
            hows = self.hows(found, own);
            looked.absent = self.absent(found);
            let person = &mut self.people.known[found.place];
            looked.client = person.client(found.known_by);
            let tie = self.people.ties.get(&ticket.connection.number());
            number = tie.map(|tie| tie.person).filter(|tied| *tied == person.number);
            if found.sure {
                looked.last_set = Arc::clone(&person.last_set);
                sender.id.into_iter().for_each(|id| person.name(id));
            }
            // What came again may have been set again, for a jar that is this browser's, too.
            let again: Vec<_> = pairs
                .iter()
                .zip(&hows)
                .filter_map(|((name, _), how)| (*how == How::Alike).then_some(*name))
                .collect();
            looked.absent.retain(|absent| {
                !matches!(absent.why, Why::Ended { .. }) || !again.contains(&&absent.name[..])
            });
            // The last, for somebody may have to make room.
            self.follow(found, &sent, &mut looked.absent);
            for absent in &mut looked.absent {
                absent.http_only |= self.book.is_http_only(&absent.name);
            }
        }
        if is_elsewhere {
            hows = pairs.iter().map(|(name, value)| self.strange(name, value)).collect();
            looked.absent.retain(|absent| !pairs.iter().any(|(name, _)| *name == absent.name));
        }
        (ticket.follows, ticket.id, ticket.person) = (follows, id, number);
        if let Some(found) = found {
            (ticket.known_by, ticket.sure) = (found.known_by, found.sure);
        }
        ticket.changes = std::mem::take(&mut self.book.changes);
        hows
    }

    /// The cookies of the jar that did not come, where there is something to say.
    fn absent(&self, found: &Found) -> Vec<Absent> {
        let person = &self.people.known[found.place];
        let told = person.jar.slots.iter().zip(&found.compared.slots);
        let told = told.filter_map(|(slot, beside)| Some((slot, beside.why.clone()?)));
        let told = told.filter(|(slot, why)| {
            let since = slot.now().first().map_or(SystemTime::UNIX_EPOCH, |state| state.at);
            !matches!(why, Why::Ended { .. } | Why::Missing)
                || !self.people.is_in_doubt(&slot.cookie.name, person, since)
        });
        let absent = told.map(|(slot, why)| Absent {
            name: slot.cookie.name.clone(),
            value: slot.cookie.value.clone(),
            domain: slot.cookie.domain.clone(),
            path: slot.cookie.path.clone(),
            http_only: slot.cookie.http_only,
            why,
        });
        absent.collect()
    }

    /// How a pair came that the jar does not have.
    fn strange(&self, name: &[u8], value: &[u8]) -> How {
        if self.given.contains(&self.hash_of(name, value)) { How::Alike } else { How::NotSetHere }
    }

    /// How each pair came.
    fn hows(&self, found: &Found, pairs: &[(&[u8], &[u8])]) -> Vec<How> {
        let is_given = |name: &[u8], value: &[u8]| self.given.contains(&self.hash_of(name, value));
        let how = |(pair, (name, value)): (&Pair, &(&[u8], &[u8]))| match pair {
            _ if names_browser((name, value)) => How::BrowserId,
            Pair::Learned(_, Some(rule)) | Pair::Free { rule: Some(rule), .. }
                if is_departure(rule) && is_given(name, value) =>
            {
                How::Alike
            }
            // Two jars may be one browser's: what this server set is nobody else's doing.
            Pair::Slot(_, How::OtherValue { .. }) if is_given(name, value) => How::Alike,
            Pair::Slot(_, how) => how.clone(),
            Pair::Learned(_, Some(rule)) | Pair::Free { rule: Some(rule), .. } => {
                How::AgainstRules { rule: rule.clone() }
            }
            Pair::Learned(_, None) | Pair::Free { .. } => self.strange(name, value),
        };
        found.compared.pairs.iter().zip(pairs).map(how).collect()
    }

    fn follow(&mut self, found: &Found, sent: &Sent<'_>, absent: &mut Vec<Absent>) {
        let person = &mut self.people.known[found.place];
        person.seen = self.tick;
        let shown = person.jar.follow(&found.compared, sent, absent, &mut self.book);
        let number = person.number;
        if found.sure {
            self.people.believe(number, &shown, sent, &mut self.book);
        }
        if !self.book.changes.is_empty() {
            self.settle(number, *sent.made.end());
        }
    }

    /// After a change: what there is no room for goes.
    fn settle(&mut self, number: u64, now: SystemTime) {
        let earliest = self.flights.earliest(now);
        let Some(place) = self.people.place(number) else { return };
        let person = &mut self.people.known[place];
        person.seen = self.tick;
        person.changed = now;
        person.version = self.tick;
        person.jar.make_room(now, earliest, &mut self.book);
        self.people.make_room(place);
    }

    /// Keeps the pairs, as many as there is room for.
    fn keep_pairs(
        &self,
        pairs: &[(&[u8], &[u8])],
        hows: Vec<How>,
        ticket: &Ticket,
        looked: &mut Looked,
    ) {
        let host = ticket.request.as_ref().map_or("", |request| request.host());
        let person = ticket.person.and_then(|number| self.people.place(number));
        let person = person.map(|place| &self.people.known[place]);
        let mut room = PAIR_BYTES;
        looked.came.reserve(pairs.len());
        for (index, ((name, value), how)) in pairs.iter().zip(hows).enumerate() {
            let (name, value) = (cut(name), cut(value));
            let size = name.len() + value.len();
            if size > room {
                looked.left_out = pairs.len() - index;
                return;
            }
            room -= size;
            let is_last = |hash: &u64| *hash == self.hash_of(name, value);
            looked.came.push(Came {
                name: name.to_vec(),
                value: value.to_vec(),
                ours: self.book.is_ours(name),
                news: person.is_some_and(|person| !person.last_came(host).iter().any(is_last)),
                http_only: self.book.is_http_only(name),
                how,
            });
        }
    }

    fn hash_of(&self, name: &[u8], value: &[u8]) -> u64 {
        self.hasher.hash_one((name, value))
    }

    /// What becomes of the answer's lines, and what changes with the whole exchange.
    pub(crate) fn answered(
        &mut self,
        ticket: &mut Ticket,
        answer: &Answered<'_>,
        now: SystemTime,
    ) -> Taken {
        self.tick += 1;
        self.land(ticket, now);
        let mut taken = Taken { changes: std::mem::take(&mut ticket.changes), ..Taken::default() };
        self.date(&mut taken.changes, answer.number);
        if !answer.lines.is_empty() {
            self.take_lines(ticket, answer, now, &mut taken);
        }
        taken.changes.append(&mut self.book.changes);
        self.remember_redirect(ticket, answer, now);
        taken
    }

    /// There is no answer: the client went away. What the request taught stays.
    pub(crate) fn gave_up(&mut self, ticket: &mut Ticket, now: SystemTime) -> Vec<Change> {
        self.land(ticket, now);
        std::mem::take(&mut ticket.changes)
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

    /// What is missing is missing since the exchange that has its number now.
    fn date(&mut self, changes: &mut [Change], number: u64) {
        for change in changes {
            if let Status::Missing { since: 0 } = change.status {
                Arc::make_mut(change).status = Status::Missing { since: number };
            }
        }
    }

    fn take_lines(
        &mut self,
        ticket: &mut Ticket,
        answer: &Answered<'_>,
        now: SystemTime,
        taken: &mut Taken,
    ) {
        let kept =
            |line: &HeaderValue, outcome| Line { line: cut(line.as_bytes()).to_vec(), outcome };
        taken.left_out = answer.lines.len().saturating_sub(LINES.1);
        let Some(request) = ticket.request.clone() else {
            let lines = answer.lines.iter().take(LINES.1);
            taken.lines = lines.map(|line| kept(line, SetOutcome::NoHost)).collect();
            return;
        };
        let pairs: Vec<_> =
            answer.came.iter().map(|came| (&came.name[..], &came.value[..])).collect();
        let ticket = &*ticket;
        let mut sent = ticket.sent(&request, &pairs, &ticket.follows, false);
        let sender = ticket.sender(ticket.id.as_deref(), None);
        let known = ticket.person.and_then(|number| self.people.place(number));
        let (place, known_by, sure) = match known {
            Some(place) => (place, ticket.known_by, ticket.sure),
            None => self.meet_late(&sender, &sent),
        };
        sent.made = ticket.at..=now;
        taken.client = Some(self.people.known[place].client(known_by));
        let follows = ticket.follows.iter().map(|(at, _)| *at).max();
        let (number, in_order) = (answer.number, !ticket.program.is_browser());
        let answering =
            Answering { sent: &sent, number, now, sure, is_elsewhere: false, in_order, follows };
        let person = &mut self.people.known[place];
        let mut given = Vec::new();
        for (index, line) in answer.lines.iter().enumerate() {
            if index >= LINES.0 {
                person.jar.doubt(&SetCookie::parse(line.as_bytes(), sent.profile.family).name);
                continue;
            }
            let outcome = person.jar.take(line.as_bytes(), &answering, &mut self.book);
            if let (true, SetOutcome::Stored(receipt) | SetOutcome::Replaced { receipt, .. }) =
                (sure, &outcome)
                && receipt.cookie.name == BROWSER_ID.as_bytes()
                && is_id(&receipt.cookie.value)
            {
                person.name(&receipt.cookie.value);
            }
            let (name, value) = pair_of(line.as_bytes());
            given.push((name, self.hasher.hash_one((name, value))));
            if index < LINES.1 {
                taken.lines.push(kept(line, outcome));
            }
        }
        person.last_set = taken.lines.clone().into();
        let number = person.number;
        if self.given.len() >= GIVEN {
            self.given.clear();
        }
        for (name, pair) in given {
            self.given.insert(pair);
            self.people.give(name, number, now);
        }
        self.tell_alike(number, answer.lines, &answering);
        self.settle(number, now);
    }

    /// What was set over a connection may be in the jars of clients that may be the same browser.
    fn tell_alike(&mut self, number: u64, lines: &[HeaderValue], answering: &Answering<'_>) {
        let told = self.book.changes.len();
        let answering = Answering { sure: false, is_elsewhere: true, ..*answering };
        for place in self.people.may_be(number) {
            let jar = &mut self.people.known[place].jar;
            for line in lines.iter().take(LINES.0) {
                jar.take(line.as_bytes(), &answering, &mut self.book);
            }
        }
        // That is no change of this client's jar, and perhaps of no other.
        self.book.changes.truncate(told);
    }

    /// Whose jar takes the lines in, where the request's sender was not known. Meanwhile there may be one that it fits.
    fn meet_late(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> (usize, KnownBy, bool) {
        match self.people.by_what_came(sender, sent) {
            Some(found) if found.compared.fitting > 0 => (found.place, found.known_by, found.sure),
            _ => (self.people.make(sender, sent), KnownBy::Nothing, true),
        }
    }

    fn remember_redirect(&mut self, ticket: &Ticket, answer: &Answered<'_>, now: SystemTime) {
        let Some(to) = answer.location.and_then(|to| to.to_str().ok()) else { return };
        let Some(request) = &ticket.request else { return };
        let Ok(next) = request.at(to) else { return };
        let query = to.split('#').next().unwrap_or("").split_once('?');
        let query = query.map_or(String::new(), |(_, query)| format!("?{query}"));
        let port = next.port().map_or(String::new(), |port| format!(":{port}"));
        let mut answers = ticket.follows.clone();
        answers.truncate(4);
        answers.push((now, ticket.connection.number()));
        if self.redirects.len() >= REDIRECTS.0 {
            self.redirects.pop_front();
        }
        self.redirects.push_back(Redirect {
            agent: ticket.agent,
            way: ticket.way,
            to: format!("{}{port}{}{query}", next.host(), next.path()),
            number: answer.number,
            person: ticket.person,
            at: now,
            answers,
        });
    }
}

/// Whether this says that a cookie is gone, and no rule that keeps one away.
fn is_departure(reason: &Reason) -> bool {
    matches!(reason, Reason::Expired { .. } | Reason::Deleted { .. })
}

/// Name and value of a line.
fn pair_of(line: &[u8]) -> (&[u8], &[u8]) {
    let pair = line.split(|byte| *byte == b';').next().unwrap_or_default();
    match pair.iter().position(|byte| *byte == b'=') {
        Some(equals) => (pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii()),
        None => (b"", pair.trim_ascii()),
    }
}
