//! Whose request it is: one jar for each browser profile.
//!
//! Two profiles of one browser look alike, and so does a private window. What tells them apart, best first: a cookie that names
//! the browser; a connection over which it was seen; the `GET` of a `Location`; a long value that only one jar was given; and
//! that what came fits one jar and no other of this program.
//!
//! The first is certain, and so is a connection that got its jar by it or brought the jar's first cookie. The others may be a
//! copy's: such a connection is *tied*, but nothing is certain of what does not come over it, until it brings a value that
//! was set elsewhere since. What does not fit any more is untied.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::SystemTime,
};

use super::{
    compare::{Compared, Pair, Sent},
    facts::{Client, How, KnownBy, Line, Program},
    jar::{Book, Jar},
    slot::Shown,
};
use crate::connection::{Connection, Pulse};

/// How many browsers are remembered; the one unseen for longest makes room.
const BROWSERS: usize = 64;
/// How many other clients: curl has a jar a call, and pushes no browser out.
const OTHERS: usize = 8;
/// How many bytes all jars may hold.
const BYTES: usize = 10 * 1024 * 1024;
/// How many connections are remembered.
const TIES: usize = 1024;
/// How many ids a browser can have had.
const IDS: usize = 4;
/// A value from this length on is taken for one that nobody comes to by chance: 128 bits in Base64.
const LONG: usize = 22;

/// A client that has a jar.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) number: u64,
    pub(super) program: Program,
    nth: Option<u32>,
    agent: u64,
    ids: Vec<Vec<u8>>,
    pub(super) jar: Jar,
    pub(super) last_set: Arc<[Line]>,
    /// What its last request of the lesson to a host brought, each pair as a number.
    pub(super) last_came: VecDeque<(String, Vec<u64>)>,
    /// When it was last seen, to find who makes room.
    pub(super) seen: u64,
    /// Changes with the jar.
    pub(super) version: u64,
    pub(super) changed: SystemTime,
    weight: usize,
}

/// What is known of a connection.
#[derive(Debug)]
pub(super) struct Tie {
    pub(super) person: u64,
    pub(super) sure: bool,
    known_by: KnownBy,
    since: SystemTime,
    pulse: Pulse,
    proofs: u8,
    /// It serves several clients in turn, as a proxy's does.
    is_shared: bool,
}

/// All clients that have a jar.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) known: Vec<Person>,
    pub(super) ties: HashMap<u64, Tie>,
    /// Connections that are certainly not of that client, whatever fits.
    strangers: HashSet<(u64, u64)>,
    /// Clients that are certainly two, the lower number first.
    distinct: HashSet<(u64, u64)>,
    /// Whom a cookie of this name was given last, of all that look alike, and when.
    given: HashMap<u64, (u64, SystemTime)>,
    next: u64,
    numbers: HashMap<Program, u32>,
    /// Jars that turned out to be one browser's: the first is part of the second now.
    pub(super) merged: Vec<(u64, u64)>,
    hasher: RandomState,
    /// One had to make room.
    pub(super) has_forgotten: bool,
}

/// Whose request it is.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) place: usize,
    pub(super) known_by: KnownBy,
    pub(super) sure: bool,
    pub(super) compared: Compared,
}

/// A jar that fits what came.
struct Fit {
    rank: (bool, bool, usize, usize),
    found: Found,
    lacks: bool,
}

/// What a request says of its sender.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sender<'a> {
    pub(super) connection: &'a Connection,
    pub(super) program: Program,
    pub(super) agent: u64,
    pub(super) id: Option<&'a [u8]>,
    /// The client whose answer sent it here.
    pub(super) sent_by: Option<u64>,
}

impl People {
    pub(super) fn place(&self, number: u64) -> Option<usize> {
        self.known.iter().position(|person| person.number == number)
    }

    /// Finds the sender's jar.
    pub(super) fn find(
        &mut self,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        book: &mut Book,
    ) -> Option<Found> {
        self.by_id(sender, sent, book)
            .or_else(|| self.by_connection(sender, sent, book))
            .or_else(|| self.by_what_came(sender, sent))
    }

    fn by_id(&mut self, sender: &Sender<'_>, sent: &Sent<'_>, book: &mut Book) -> Option<Found> {
        let id = sender.id?;
        let named = |person: &Person| person.ids.iter().any(|own| own == id);
        let number = self.known.iter().find(|person| named(person))?.number;
        let mut is_shared = false;
        if let Some(tie) = self.ties.get(&sender.connection.number())
            && tie.person != number
            && let Some(other) = self.place(tie.person)
        {
            is_shared = true;
            let other = &self.known[other];
            if tie.sure && other.ids.is_empty() && other.agent == sender.agent {
                self.merge(other.number, number, sent, book);
                is_shared = false;
            }
        }
        let place = self.place(number)?;
        self.tie(sender.connection, place, KnownBy::Id, true, sent);
        if let Some(tie) = self.ties.get_mut(&sender.connection.number()) {
            tie.is_shared |= is_shared;
        }
        let compared = self.known[place].jar.compare(sent, true);
        Some(Found { place, known_by: KnownBy::Id, sure: true, compared })
    }

    fn by_connection(
        &mut self,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        book: &mut Book,
    ) -> Option<Found> {
        let number = sender.connection.number();
        let tie = self.ties.get(&number)?;
        let place = self.place(tie.person)?;
        let person = &self.known[place];
        if person.agent != sender.agent || person.is_other(sender.id) || tie.is_shared {
            return None;
        }
        let compared = person.jar.compare(sent, tie.sure);
        if tie.sure {
            let (known_by, sure) = (KnownBy::Connection, true);
            let Some(into) = self.whole(place, &compared, sender, sent) else {
                return Some(Found { place, known_by, sure, compared });
            };
            let (from, into) = (self.known[place].number, self.known[into].number);
            self.merge(from, into, sent, book);
            let place = self.place(into)?;
            let compared = self.known[place].jar.compare(sent, true);
            return Some(Found { place, known_by, sure, compared });
        }
        if compared.lacking().next().is_some() || compared.differs() {
            let person = person.number;
            self.untie(number, person);
            return None;
        }
        let known_by = tie.known_by;
        if self.is_proven(number, place, &compared, sent) {
            let compared = self.known[place].jar.compare(sent, true);
            return Some(Found { place, known_by, sure: true, compared });
        }
        Some(Found { place, known_by, sure: false, compared })
    }

    /// The jar that has all that came, where this one has not: they are one browser's.
    fn whole(
        &self,
        place: usize,
        compared: &Compared,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
    ) -> Option<usize> {
        let is_strange = |pair: &&Pair| matches!(pair, Pair::Learned(..) | Pair::Free { .. });
        // Whoever copies a cookie copies one.
        if compared.pairs.iter().filter(is_strange).count() < 2 {
            return None;
        }
        let others = self.may_be(self.known[place].number).into_iter();
        let mut fits = others.filter(|other| {
            self.fit(*other, sender, sent).is_some_and(|fit| fit.found.sure && !fit.lacks)
        });
        fits.next()
    }

    /// Whether a connection that was only tied is certain from now on: it brings what was set since over a certain one.
    fn is_proven(&mut self, tie: u64, place: usize, compared: &Compared, sent: &Sent<'_>) -> bool {
        let person = &self.known[place];
        let Some(since) = self.ties.get(&tie).map(|tie| tie.since) else { return false };
        let mut proofs = 0;
        for (pair, (_, value)) in compared.pairs.iter().zip(sent.pairs) {
            if let Pair::Slot(index, _) = pair
                && let Some(over) = person.jar.slots[*index].is_fresh(value, since)
                && self.is_sure(over, person.number)
            {
                // A short one may be the same by chance, but hardly twice.
                proofs += if value.len() >= LONG { 2 } else { 1 };
            }
        }
        let Some(tie) = self.ties.get_mut(&tie) else { return false };
        if proofs > 0 {
            tie.proofs += proofs;
            tie.since = *sent.made.end();
        }
        tie.sure |= tie.proofs >= 2;
        tie.sure
    }

    fn is_sure(&self, connection: u64, person: u64) -> bool {
        self.ties.get(&connection).is_some_and(|tie| tie.sure && tie.person == person)
    }

    /// The one jar that fits what came.
    pub(super) fn by_what_came(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> Option<Found> {
        let mut fits: Vec<Fit> = Vec::new();
        for (place, person) in self.known.iter().enumerate() {
            let pair = (sender.connection.number(), person.number);
            if person.agent == sender.agent
                && !person.is_other(sender.id)
                && !self.strangers.contains(&pair)
            {
                fits.extend(self.fit(place, sender, sent));
            }
        }
        fits.sort_by_key(|fit| std::cmp::Reverse(fit.rank));
        // Where all are alike, nothing tells whose it is.
        let is_tied = fits.len() > 1 && fits[0].rank == fits[1].rank;
        let Fit { mut found, lacks, .. } = fits.into_iter().next().filter(|_| !is_tied)?;
        if found.compared.fitting == 0 && found.known_by != KnownBy::Location {
            // Nothing came and nothing was to come: it may be this one's, and it may be anybody's.
            let alike = self.known.iter().filter(|person| person.agent == sender.agent).count();
            return (alike == 1).then_some(found);
        }
        self.tie(sender.connection, found.place, found.known_by, found.sure, sent);
        found.sure |= found.known_by == KnownBy::Location
            && self.is_proven_by_location(sender, found.place, &found.compared, sent);
        let jar = &mut self.known[found.place].jar;
        if lacks && !found.sure {
            // The browser was closed, it seems: what ended with it is not expected any more.
            for slot in found.compared.lacking() {
                jar.slots[slot].missing = Some(0);
            }
        }
        if lacks || found.sure {
            found.compared = jar.compare(sent, found.sure);
        }
        Some(found)
    }

    /// How well a jar fits what came, if it does.
    fn fit(&self, place: usize, sender: &Sender<'_>, sent: &Sent<'_>) -> Option<Fit> {
        let person = &self.known[place];
        let compared = person.jar.compare(sent, false);
        let lacks = compared.lacking().next().is_some();
        let is_open = self.is_open(person.number);
        let ends = |slot: usize| person.jar.slots[slot].cookie.expiry.is_none();
        let was_closed = lacks && !is_open && compared.as_set > 0 && compared.lacking().all(ends);
        let has_nothing = compared.fitting == 0;
        if compared.differs() || (lacks && !was_closed) || (has_nothing && !is_open) {
            return None;
        }
        let long = compared.pairs.iter().zip(sent.pairs).find(|(pair, (_, value))| {
            let is_known = match pair {
                Pair::Slot(_, how) => matches!(how, How::AsSet { .. }),
                Pair::Learned(_, rule) => rule.is_none(),
                Pair::Free { .. } => false,
            };
            is_known && value.len() >= LONG
        });
        let long = long.is_some_and(|(_, (_, value))| self.holders(value) == 1);
        let known_by = match (sender.sent_by == Some(person.number), long) {
            (true, _) => KnownBy::Location,
            (false, true) => KnownBy::LongValue,
            (false, false) => KnownBy::Fit,
        };
        // A client without a jar of its own has sent no cookie; curl has one jar a call.
        let is_nobody = !sender.program.is_browser() || !sent.pairs.is_empty();
        if has_nothing && is_nobody && known_by != KnownBy::Location {
            return None;
        }
        let rank = (
            known_by == KnownBy::Location,
            known_by == KnownBy::LongValue,
            compared.as_set,
            compared.fitting,
        );
        // Whoever copies a cookie copies one.
        let sure = long && (!is_open || compared.as_set > 1);
        Some(Fit { rank, found: Found { place, known_by, sure, compared }, lacks })
    }

    /// Whether a request that follows a `Location` brings what that very answer set.
    fn is_proven_by_location(
        &mut self,
        sender: &Sender<'_>,
        place: usize,
        compared: &Compared,
        sent: &Sent<'_>,
    ) -> bool {
        let slots = &self.known[place].jar.slots;
        let brings = compared.pairs.iter().zip(sent.pairs).any(|(pair, (_, value))| {
            let Pair::Slot(index, _) = pair else { return false };
            sent.follows.iter().any(|(at, over)| {
                self.is_sure(*over, self.known[place].number)
                    && slots[*index].now().iter().any(|state| {
                        (state.at, state.over) == (*at, *over)
                            && state.what.cookie().is_some_and(|cookie| cookie.value == *value)
                    })
            })
        });
        if let Some(tie) = self.ties.get_mut(&sender.connection.number()) {
            tie.sure |= brings;
        }
        brings
    }

    /// Whether a connection of this client is open.
    fn is_open(&self, number: u64) -> bool {
        self.ties.values().any(|tie| tie.person == number && tie.pulse.is_open())
    }

    /// How many jars have this value.
    fn holders(&self, value: &[u8]) -> usize {
        let has = |person: &&Person| {
            person.jar.slots.iter().any(|slot| slot.now().len() == 1 && slot.cookie.value == value)
                || person.jar.learned.iter().any(|learned| learned.value == value)
        };
        self.known.iter().filter(has).count()
    }

    /// A new jar, for whoever is at the other end of this connection. Clients that have nothing in common with it are others.
    pub(super) fn make(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> usize {
        self.next += 1;
        for person in self.known.iter().filter(|person| person.agent == sender.agent) {
            let compared = person.jar.compare(sent, false);
            if compared.fitting == 0 && compared.lacking().next().is_some() {
                self.distinct.insert((person.number, self.next));
            }
        }
        let nth = sender.program.is_browser().then(|| {
            let nth = self.numbers.entry(sender.program).or_default();
            *nth += 1;
            *nth
        });
        let now = *sent.made.end();
        self.known.push(Person {
            number: self.next,
            program: sender.program,
            nth,
            agent: sender.agent,
            ids: Vec::new(),
            jar: Jar::new(now),
            last_set: Arc::default(),
            last_came: VecDeque::new(),
            seen: u64::MAX,
            version: 0,
            changed: now,
            weight: 0,
        });
        let place = self.known.len() - 1;
        if let Some(id) = sender.id {
            self.known[place].name(id);
        }
        self.tie(sender.connection, place, KnownBy::Connection, true, sent);
        place
    }

    fn tie(
        &mut self,
        connection: &Connection,
        place: usize,
        known_by: KnownBy,
        sure: bool,
        sent: &Sent<'_>,
    ) {
        let (person, since) = (self.known[place].number, *sent.made.end());
        if let Some(tie) = self.ties.get_mut(&connection.number())
            && tie.person == person
        {
            tie.sure |= sure;
            return;
        }
        if self.ties.len() >= TIES {
            self.ties.retain(|_, tie| tie.pulse.is_open());
            if self.ties.len() >= TIES
                && let Some(oldest) = self.ties.keys().min().copied()
            {
                self.ties.remove(&oldest);
            }
        }
        let pulse = connection.pulse();
        let tie = Tie { person, sure, known_by, since, pulse, proofs: 0, is_shared: false };
        self.ties.insert(connection.number(), tie);
    }

    /// What a request over a certain connection showed of other connections: that they are this client's, or that they are not.
    pub(super) fn believe(&mut self, person: u64, shown: &Shown, sent: &Sent<'_>, book: &mut Book) {
        let mut proofs: HashMap<u64, u8> = HashMap::new();
        for (number, long) in &shown.own {
            let Some(tie) = self.ties.get(number) else { continue };
            if tie.person == person {
                self.ties.entry(*number).and_modify(|tie| tie.sure = true);
            } else if tie.sure {
                // A long one may be a copy; nobody copies a short one.
                *proofs.entry(tie.person).or_default() += if *long < LONG { 2 } else { 1 };
            }
        }
        for (other, _) in proofs.into_iter().filter(|(_, proofs)| *proofs > 1) {
            self.merge(other, person, sent, book);
        }
        for number in &shown.others {
            let Some(tie) = self.ties.get(number) else { continue };
            let (other, sure) = (tie.person, tie.sure);
            if other != person {
                self.distinct.insert((other.min(person), other.max(person)));
            } else if !sure {
                self.untie(*number, person);
            }
        }
    }

    /// The clients that may be the same browser as this one: what is set there may be set here.
    pub(super) fn may_be(&self, number: u64) -> Vec<usize> {
        /// Looking at all of them takes time.
        const ALIKE: usize = 8;
        let Some(place) = self.place(number) else { return Vec::new() };
        let this = &self.known[place];
        let is_alike = |(_, other): &(usize, &Person)| {
            other.number != number
                && other.agent == this.agent
                && self.is_open(other.number)
                && this.program.is_browser()
                && (this.ids.is_empty() || other.ids.is_empty())
                && !self.distinct.contains(&(other.number.min(number), other.number.max(number)))
        };
        let alike = self.known.iter().enumerate().filter(is_alike);
        alike.map(|(place, _)| place).take(ALIKE).collect()
    }

    /// A client was given a cookie of this name.
    pub(super) fn give(&mut self, name: &[u8], number: u64, now: SystemTime) {
        const NAMES: usize = 4096;
        let Some(place) = self.place(number) else { return };
        if self.given.len() >= NAMES {
            self.given.clear();
        }
        let key = self.hasher.hash_one((self.known[place].agent, name));
        self.given.insert(key, (number, now));
    }

    /// Whether another that looks like this client was given a cookie of this name since: it may be the same browser.
    pub(super) fn is_in_doubt(&self, name: &[u8], person: &Person, since: SystemTime) -> bool {
        let key = self.hasher.hash_one((person.agent, name));
        self.given.get(&key).is_some_and(|(number, at)| {
            let other = self.place(*number).map(|place| &self.known[place]);
            let has_id = other.is_some_and(|other| !other.ids.is_empty()) && !person.ids.is_empty();
            *number != person.number && *at > since && !has_id
        })
    }

    fn untie(&mut self, connection: u64, person: u64) {
        if self.strangers.len() >= TIES {
            self.strangers.clear();
        }
        self.ties.remove(&connection);
        self.strangers.insert((connection, person));
    }

    /// Two jars are one browser's: `from` becomes part of `into`.
    fn merge(&mut self, from: u64, into: u64, sent: &Sent<'_>, book: &mut Book) {
        let Some(place) = self.place(from) else { return };
        let mut old = self.known.remove(place);
        let Some(place) = self.place(into) else { return };
        let person = &mut self.known[place];
        for slot in old.jar.slots.drain(..) {
            match person.jar.slots.iter_mut().find(|own| own.cookie.is_same_as(&slot.cookie)) {
                Some(own) => {
                    let Some(state) = slot.now().first().cloned() else { continue };
                    own.put(super::slot::State { at: *sent.made.end(), ..state }, |_| false);
                    book.note(own);
                }
                None => {
                    book.note(&slot);
                    person.jar.slots.push(slot);
                }
            }
        }
        for learned in old.jar.learned.drain(..) {
            if !person.jar.learned.iter().any(|own| own.is(&learned.name, &learned.host)) {
                book.note_learned(&learned, false);
                person.jar.learned.push(learned);
            }
        }
        for tie in self.ties.values_mut().filter(|tie| tie.person == from) {
            tie.person = into;
        }
        self.distinct.retain(|(one, two)| *one != from && *two != from);
        self.merged.push((from, into));
    }

    /// Counts what a jar holds anew, and forgets whoever was not seen for longest while there are too many, or they hold too much.
    pub(super) fn make_room(&mut self, place: usize) {
        self.known[place].weight = self.known[place].jar.weight() + 1000;
        loop {
            let bytes: usize = self.known.iter().map(|person| person.weight).sum();
            let browsers = self.known.iter().filter(|person| person.program.is_browser()).count();
            let is_too_many = |person: &&Person| {
                bytes > BYTES
                    || (browsers > BROWSERS && person.program.is_browser())
                    || (self.known.len() - browsers > OTHERS && !person.program.is_browser())
            };
            let oldest = self.known.iter().filter(is_too_many).min_by_key(|person| person.seen);
            let Some(number) = oldest.map(|person| person.number) else { return };
            if self.known.len() == 1 {
                self.known[0].jar.shorten();
                return;
            }
            self.known.retain(|person| person.number != number);
            self.distinct.retain(|(one, two)| *one != number && *two != number);
            self.ties.retain(|_, tie| tie.person != number);
            self.has_forgotten = true;
        }
    }
}

impl Person {
    pub(super) fn client(&self, known_by: KnownBy) -> Client {
        Client { program: self.program, nth: self.nth, jar: Some(self.number), known_by }
    }

    /// What its last request of the lesson to this host brought.
    pub(super) fn last_came(&self, host: &str) -> &[u64] {
        let last = self.last_came.iter().find(|(known, _)| known == host);
        last.map_or(&[], |(_, came)| came)
    }

    /// A request of the lesson brought these.
    pub(super) fn brought(&mut self, host: &str, came: Vec<u64>) {
        const HOSTS: usize = 8;
        if let Some(last) = self.last_came.iter_mut().find(|(known, _)| known == host) {
            last.1 = came;
            return;
        }
        if self.last_came.len() >= HOSTS {
            self.last_came.pop_front();
        }
        self.last_came.push_back((host.to_owned(), came));
    }

    /// This is its id from now on, too.
    pub(super) fn name(&mut self, id: &[u8]) {
        if !self.ids.iter().any(|own| own == id) {
            if self.ids.len() >= IDS {
                self.ids.remove(0);
            }
            self.ids.push(id.to_vec());
        }
    }

    /// Whether this id is certainly another's.
    fn is_other(&self, id: Option<&[u8]>) -> bool {
        let Some(id) = id else { return false };
        let has = |value: &[u8]| value == id;
        let is_given = |slot: &super::slot::Slot| {
            slot.now().iter().any(|state| state.what.cookie().is_some_and(|c| has(&c.value)))
        };
        !self.ids.is_empty()
            && !self.ids.iter().any(|own| has(own))
            && !self.jar.slots.iter().any(is_given)
    }
}
