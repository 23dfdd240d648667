//! What is known of all clients, asked when a request arrives ([`Clients::look`]): who sent it, what it brought, and what it did not.
//! When its answer is made, [`Clients::answered`] follows.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::SystemTime,
};

use cookie_rules::{Cause, Reason, Request, Storage, is_safe_method};
use http::{HeaderValue, Method};

use super::{
    again::{Last, Lasts},
    compare::{Compared, Pair, Sent},
    facts::{Absent, Came, Caused, Client, How, KnownBy, Program, Why},
    jar::Book,
    names::Names,
    people::People,
    redirects::{Redirect, Redirects},
    ticket::{Arrival, Looked, Ticket},
    time::{Flights, SLACK, before},
    who::{Found, Presumed},
};
use crate::{
    browser_id::{id_of, names_browser},
    cookies::pairs,
    exchange::Kind,
    head::cut,
};

/// How many pairs of a request are looked at.
const PAIRS: usize = 300;
/// How many bytes of pairs are kept.
const PAIR_BYTES: usize = 64 * 1024;

/// All that is known of clients.
#[derive(Debug, Default)]
pub(crate) struct Clients {
    pub(super) people: People,
    pub(super) flights: Flights,
    pub(super) redirects: Redirects,
    pub(super) names: Names,
    lasts: Lasts,
    pub(super) book: Book,
    /// Counts requests and answers: a clock that never stands still.
    pub(super) tick: u64,
    hasher: RandomState,
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
        let is_awaited = self.redirects.may_send(arrival, now);
        let last = self.lasts.get(arrival);
        if let Some(same) = last.filter(|_| !is_awaited).and_then(|last| self.again(last, now)) {
            return self.same(same, arrival, now);
        }
        let (looked, ticket) = self.look_closely(arrival, now);
        if let Some(place) = self.people.tied(&ticket.connection)
            && looked.client.jar == Some(self.people.known[place].number)
        {
            let person = &self.people.known[place];
            let until = person.jar.slots.iter().filter_map(|slot| slot.cookie.expiry).min();
            if person.changed <= ticket.start && is_safe_method(arrival.method.as_str()) {
                self.lasts.put(arrival, person.version, until, &looked, &ticket);
            }
        }
        (looked, ticket)
    }

    /// What was said of the last request, where it still holds.
    fn again(&self, last: &Last, now: SystemTime) -> Option<(Looked, Ticket)> {
        let person = &self.people.known[self.people.tied(&last.ticket.connection)?];
        let is_over = last.until.is_some_and(|until| until <= now);
        let holds = person.version == last.version && !is_over;
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
        self.depart(arrival, &mut ticket, now);
        if let Some(place) = self.people.tied(&ticket.connection) {
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
        let method = arrival.method.as_str();
        let cause = Cause::of(method, arrival.authority, field);
        let path = arrival.target.split('?').next().unwrap_or("/");
        let url = format!("http://{}{path}", arrival.authority);
        let request = Request::new(method, &url).ok().map(Arc::new);
        let mut ticket = Ticket {
            connection: arrival.connection.clone(),
            program,
            agent: self.hasher.hash_one(program.looks(field("user-agent"))),
            id: id_of(pairs).map(<[u8]>::to_vec),
            request,
            // What leaves cookies out leaves out all of them.
            cause: program.sees(Cause { may_omit: cause.may_omit && pairs.is_empty(), ..cause }),
            start: before(now, SLACK),
            at: now,
            follows: Vec::new(),
            flight: None,
            way: self.hasher.hash_one((
                field("sec-fetch-mode"),
                field("sec-fetch-dest"),
                // Whose first request the user made makes all that follow so.
                field("sec-fetch-site") == Some(b"none"),
            )),
            page: self.hasher.hash_one(field("referer")),
            changes: Vec::new(),
        };
        let mut looked = Looked {
            client: Client { program, nth: None, jar: None, known_by: KnownBy::Nothing },
            cause: Caused::of(&cause, method, arrival.authority, field),
            follows: None,
            came: Arc::default(),
            left_out: 0,
            absent: Vec::new(),
            last_set: Arc::default(),
        };
        self.depart(arrival, &mut ticket, now);
        let sent_by = self.is_sent_on(arrival, &all, &mut ticket, &mut looked, now);
        let (hows, own) = match ticket.request.clone() {
            Some(request) => {
                let follows = ticket.follows.clone();
                // What comes where storage is denied comes from a jar of the page around it.
                let is_elsewhere = ticket.cause.storage == Some(Storage::Denied);
                let own = if is_elsewhere { &[] } else { pairs };
                let sent = ticket.sent(&request, own, &follows, has_more);
                let (hows, place) = self.meet(&sent, sent_by, &ticket, &mut looked);
                if is_elsewhere {
                    let came = |absent: &Absent| pairs.iter().any(|(name, _)| *name == absent.name);
                    looked.absent.retain(|absent| !came(absent));
                }
                let strange = || pairs.iter().map(|(name, value)| self.strange(name, value));
                (if is_elsewhere { strange().collect() } else { hows }, place)
            }
            None => (pairs.iter().map(|(name, value)| self.strange(name, value)).collect(), None),
        };
        for absent in &mut looked.absent {
            absent.http_only |= self.book.is_http_only(&absent.name);
        }
        self.keep_pairs(pairs, hows, own, &ticket, &mut looked);
        looked.left_out += self::pairs(arrival.headers).count().saturating_sub(PAIRS);
        if let (Kind::Lesson, Some(place), Some(request)) = (arrival.kind, own, &ticket.request) {
            let told = looked.came.iter().map(|came| self.names.hash_of(&came.name, &came.value));
            let told = told.collect();
            let person = &mut self.people.known[place];
            person.brought(told, &ticket.sent(request, pairs, &[], has_more));
            person.jar.told = now;
        }
        ticket.changes = std::mem::take(&mut self.book.changes);
        (looked, ticket)
    }

    /// Since when the request may have been made.
    fn depart(&mut self, arrival: &Arrival<'_>, ticket: &mut Ticket, now: SystemTime) {
        let Some(request) = &ticket.request else { return };
        if !ticket.program.is_browser() {
            // No queue, and no second page: such a client asks when it has read the last answer.
            ticket.start = now;
            return;
        }
        let road = self.hasher.hash_one((ticket.agent, request.host(), request.port()));
        let is_get = *arrival.method == Method::GET;
        let target = is_get.then(|| self.hasher.hash_one(arrival.target) | 1);
        let (flight, start) = self.flights.depart(road, target, now);
        (ticket.flight, ticket.start) = (Some(flight), start);
    }

    /// Which answer sent the request here. Gives its client.
    fn is_sent_on(
        &mut self,
        arrival: &Arrival<'_>,
        pairs: &[(&[u8], &[u8])],
        ticket: &mut Ticket,
        looked: &mut Looked,
        now: SystemTime,
    ) -> Option<u64> {
        if !self.redirects.may_send(arrival, now) {
            return None;
        }
        let people = &self.people;
        let tied = people.tied(&ticket.connection).map(|place| people.known[place].number);
        let is_his = |redirect: &Redirect, is_here: bool| {
            let place = redirect.person.and_then(|person| people.place(person));
            let (Some(place), Some(request)) = (place, &ticket.request) else { return is_here };
            if tied.is_some() && tied != redirect.person {
                return false;
            }
            let jar = &people.known[place].jar;
            let sent = ticket.sent(request, pairs, &redirect.answers, pairs.len() > PAIRS);
            jar.may_follow(&sent, tied.is_some(), redirect.is_elsewhere)
        };
        let redirect = self.redirects.take(arrival, ticket, is_his)?;
        (looked.follows, ticket.follows) = (Some(redirect.number), redirect.answers);
        redirect.person
    }

    /// Finds the sender's jar and compares; the jar follows the browser. Gives how each pair came, and whose jar it is.
    fn meet(
        &mut self,
        sent: &Sent<'_>,
        sent_by: Option<u64>,
        ticket: &Ticket,
        looked: &mut Looked,
    ) -> (Vec<How>, Option<usize>) {
        for (name, value) in sent.pairs {
            self.names.came(name, value);
        }
        let sender = ticket.sender(ticket.id.as_deref(), sent_by);
        let found = self.people.find(&sender, sent, &self.names, &mut self.book);
        if let (Some(id), Some((place, _))) = (&ticket.id, &found.own) {
            self.people.name(*place, id);
        }
        let client = found.client(&self.people);
        let Found { own, presumed, .. } = found;
        let hows = self.hows(own.as_ref(), presumed.as_ref(), sent);
        if let Some(client) = client {
            looked.client = client;
        }
        if let Some((place, compared)) = &own {
            looked.absent = self.absent(*place, compared);
            // What came may be this cookie, set for a jar that is this browser's, too.
            let may_be = |name: &[u8]| {
                let pairs = compared.pairs.iter().zip(sent.pairs);
                let mut strange = pairs.filter(|(pair, _)| !pair.is_slot());
                strange.any(|(_, (came, value))| *came == name && self.names.is_given(came, value))
            };
            looked.absent.retain(|absent| {
                !matches!(absent.why, Why::UnderWay | Why::Ended { .. } | Why::Missing)
                    || !may_be(&absent.name)
            });
        }
        if let Some(presumed) = presumed.filter(|presumed| presumed.is_likely) {
            let known = looked.absent.len();
            looked.absent.extend(self.absent(presumed.place, &presumed.compared));
            let (own, others) = looked.absent.split_at(known);
            let others = others.iter().filter_map(|absent| match &absent.why {
                Why::HeldBack(reason) | Why::MayBeHeldBack(reason) => {
                    let is_it =
                        |own: &&Absent| (&own.name, &own.path) == (&absent.name, &absent.path);
                    let why = Why::MayBeHeldBack(reason.clone());
                    own.iter().find(is_it).is_none().then(|| Absent { why, ..absent.clone() })
                }
                _ => None,
            });
            looked.absent = own.iter().cloned().chain(others).collect();
        }
        let Some((place, compared)) = own else { return (hows, None) };
        let person = &mut self.people.known[place];
        looked.last_set = Arc::clone(&person.last_set);
        person.seen = self.tick;
        let number = person.number;
        self.book.jar = number;
        person.jar.follow(&compared, sent, &mut looked.absent, &self.names, &mut self.book);
        if !self.book.changes.is_empty() {
            // The last, for somebody may have to make room.
            self.settle(number, *sent.made.end());
        }
        (hows, self.people.place(number))
    }

    /// The cookies of the jar that did not come, where there is something to say.
    fn absent(&self, place: usize, compared: &Compared) -> Vec<Absent> {
        let slots = &self.people.known[place].jar.slots;
        let told = slots.iter().zip(&compared.slots);
        let told = told.filter_map(|(slot, beside)| Some((slot, beside.why.clone()?)));
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
        if self.names.is_given(name, value) { self.alike(name, value) } else { How::NotSetHere }
    }

    /// How a pair came of which this run set one like it.
    fn alike(&self, name: &[u8], value: &[u8]) -> How {
        self.names.deleted(name, value).map_or(How::Alike, |by| How::AlikeDeleted { by })
    }

    /// How each pair came.
    fn hows(
        &self,
        own: Option<&(usize, Compared)>,
        presumed: Option<&Presumed>,
        sent: &Sent<'_>,
    ) -> Vec<How> {
        let is_given = |name: &[u8], value: &[u8]| self.names.is_given(name, value);
        let is_own = |name: &[u8], value: &[u8]| {
            own.is_some_and(|(place, _)| self.people.known[*place].jar.is_given(name, value))
        };
        let how = |(index, (name, value)): (usize, &(&[u8], &[u8]))| {
            if names_browser((name, value)) {
                return How::BrowserId;
            }
            let pair = own.and_then(|(_, own)| own.pairs.get(index));
            if let Some(Pair::Slot(_, how @ How::AsSet { .. })) = pair {
                return how.clone();
            }
            if let Some(how) = presumed.and_then(|presumed| presumed.how(index)) {
                return how;
            }
            match pair {
                Some(Pair::Slot(_, How::UnderWay)) => How::UnderWay,
                // This value was set here, and the rule keeps it from this request.
                Some(Pair::Learned(_, Some(rule)) | Pair::Free { rule: Some(rule), .. })
                    if !is_departure(rule) && (!is_given(name, value) || is_own(name, value)) =>
                {
                    How::AgainstRules { rule: rule.clone() }
                }
                // What this server set, here or for a browser that looks the same, is nobody else's doing.
                _ if is_given(name, value) => self.alike(name, value),
                Some(Pair::Slot(_, how)) => how.clone(),
                Some(Pair::Learned(_, Some(rule)) | Pair::Free { rule: Some(rule), .. }) => {
                    How::AgainstRules { rule: rule.clone() }
                }
                _ => How::NotSetHere,
            }
        };
        sent.pairs.iter().enumerate().map(how).collect()
    }

    /// After a change: what there is no room for goes.
    pub(super) fn settle(&mut self, number: u64, now: SystemTime) {
        let earliest = self.flights.earliest(now);
        let Some(place) = self.people.place(number) else { return };
        let person = &mut self.people.known[place];
        person.seen = self.tick;
        person.changed = now;
        person.version = self.tick;
        self.book.jar = number;
        person.jar.make_room(now, earliest, &mut self.book);
        self.people.make_room(place);
    }

    /// Keeps the pairs, as many as there is room for.
    fn keep_pairs(
        &self,
        pairs: &[(&[u8], &[u8])],
        hows: Vec<How>,
        own: Option<usize>,
        ticket: &Ticket,
        looked: &mut Looked,
    ) {
        let host = ticket.request.as_ref().map_or("", |request| request.host());
        let person = own.map(|place| &self.people.known[place]);
        let last = person.and_then(|person| person.last_came(host));
        let mut room = PAIR_BYTES;
        let mut came = Vec::with_capacity(pairs.len());
        for (index, ((name, value), how)) in pairs.iter().zip(hows).enumerate() {
            let (name, value) = (cut(name), cut(value));
            let size = name.len() + value.len();
            if size > room {
                looked.left_out = pairs.len() - index;
                break;
            }
            room -= size;
            let pair = self.names.hash_of(name, value);
            came.push(Came {
                name: name.to_vec(),
                value: value.to_vec(),
                ours: self.book.is_ours(name),
                news: person.is_some() && last.is_none_or(|last| !last.pairs.contains(&pair)),
                http_only: self.book.is_http_only(name),
                how,
            });
        }
        looked.came = came.into();
    }
}

/// Whether this says that a cookie is gone, and no rule that keeps one away.
fn is_departure(reason: &Reason) -> bool {
    matches!(reason, Reason::Expired { .. } | Reason::Deleted { .. })
}
