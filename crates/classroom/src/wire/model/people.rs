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
    collections::{HashMap, HashSet},
    sync::Arc,
    time::SystemTime,
};

use super::{
    compare::{Compared, Pair, Sent},
    facts::{Client, How, KnownBy, Line, Program},
    jar::{Book, Jar, Shown},
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
    /// What its last request of the lesson brought, each pair as a number.
    pub(super) last_came: Vec<u64>,
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
    next: u64,
    numbers: HashMap<Program, u32>,
    /// Jars that turned out to be one browser's: the first is part of the second now.
    pub(super) merged: Vec<(u64, u64)>,
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
            .or_else(|| self.by_connection(sender, sent))
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

    fn by_connection(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> Option<Found> {
        let number = sender.connection.number();
        let tie = self.ties.get(&number)?;
        let place = self.place(tie.person)?;
        let person = &self.known[place];
        if person.agent != sender.agent || person.is_other(sender.id) || tie.is_shared {
            return None;
        }
        let compared = person.jar.compare(sent, tie.sure);
        if tie.sure {
            return Some(Found { place, known_by: KnownBy::Connection, sure: true, compared });
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

    /// Whether a connection that was only tied is certain from now on: it brings what was set elsewhere since.
    fn is_proven(&mut self, tie: u64, place: usize, compared: &Compared, sent: &Sent<'_>) -> bool {
        let Some(tie) = self.ties.get_mut(&tie) else { return false };
        let slots = &self.known[place].jar.slots;
        for (pair, (_, value)) in compared.pairs.iter().zip(sent.pairs) {
            if let Pair::Slot(index, _) = pair
                && slots[*index].is_fresh(value, tie.since, sent.connection)
            {
                // A short one may be the same by chance, but hardly twice.
                tie.proofs += if value.len() >= LONG { 2 } else { 1 };
                tie.since = *sent.made.end();
                tie.sure |= tie.proofs >= 2;
            }
        }
        tie.sure
    }

    /// The one jar that fits what came.
    pub(super) fn by_what_came(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> Option<Found> {
        let mut fits: Vec<Found> = Vec::new();
        for (place, person) in self.known.iter().enumerate() {
            let pair = (sender.connection.number(), person.number);
            if person.agent != sender.agent
                || person.is_other(sender.id)
                || self.strangers.contains(&pair)
            {
                continue;
            }
            let compared = person.jar.compare(sent, false);
            let long = compared.pairs.iter().zip(sent.pairs).find(|(pair, (_, value))| {
                let is_known = match pair {
                    Pair::Slot(_, how) => !matches!(how, How::OtherValue { .. }),
                    Pair::Learned(_, rule) => rule.is_none(),
                    Pair::Free { .. } => false,
                };
                is_known && value.len() >= LONG
            });
            let long = long.is_some_and(|(_, (_, value))| self.holders(value) == 1);
            let lacks = compared.lacking().next().is_some();
            if compared.differs() || (lacks && !(long && self.was_closed(place, &compared))) {
                continue;
            }
            let is_sent_here = sender.sent_by == Some(person.number);
            let known_by = match (is_sent_here, long) {
                (true, _) => KnownBy::Location,
                (false, true) => KnownBy::LongValue,
                (false, false) => KnownBy::Fit,
            };
            fits.push(Found { place, known_by, sure: lacks, compared });
        }
        // Where all are alike, nothing tells whose it is.
        let rank = |found: &Found| {
            let is_better = |known_by| found.known_by == known_by;
            (is_better(KnownBy::Location), is_better(KnownBy::LongValue), found.compared.fitting)
        };
        fits.sort_by_key(|found| std::cmp::Reverse(rank(found)));
        let is_tied = fits.len() > 1 && rank(&fits[0]) == rank(&fits[1]);
        let mut best = fits.into_iter().next().filter(|_| !is_tied)?;
        // A client without a jar of its own has sent no cookie; curl has one jar a call.
        if best.compared.fitting == 0
            && (!sender.program.is_browser() || !sent.pairs.is_empty())
            && best.known_by != KnownBy::Location
        {
            return None;
        }
        self.tie(sender.connection, best.place, best.known_by, best.sure, sent);
        best.sure |= best.known_by == KnownBy::Location
            && self.is_proven_by_location(sender, best.place, &best.compared, sent);
        if best.sure {
            best.compared = self.known[best.place].jar.compare(sent, true);
        }
        Some(best)
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
                slots[*index].now().iter().any(|state| {
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

    /// Whether the browser of this jar was closed, as far as can be seen: no connection of it is open, and what lacks are the
    /// cookies that end with it.
    fn was_closed(&self, place: usize, compared: &Compared) -> bool {
        let person = &self.known[place];
        let is_open = |tie: &Tie| tie.person == person.number && tie.pulse.is_open();
        let ends = |slot: usize| person.jar.slots[slot].cookie.expiry.is_none();
        compared.lacking().all(ends) && !self.ties.values().any(is_open)
    }

    /// How many jars have this value.
    fn holders(&self, value: &[u8]) -> usize {
        let has = |person: &&Person| {
            person.jar.slots.iter().any(|slot| slot.cookie.value == value)
                || person.jar.learned.iter().any(|learned| learned.value == value)
        };
        self.known.iter().filter(has).count()
    }

    /// Whether another client than `but` was given such a cookie.
    pub(super) fn others_have(&self, name: &[u8], value: &[u8], but: u64) -> bool {
        let others = self.known.iter().filter(|person| person.number != but);
        others.flat_map(|person| &person.jar.slots).any(|slot| {
            slot.cookie.name == name
                && slot
                    .now()
                    .iter()
                    .any(|state| state.what.cookie().is_some_and(|cookie| cookie.value == value))
        })
    }

    /// A new jar, for whoever is at the other end of this connection.
    pub(super) fn make(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> usize {
        self.next += 1;
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
            last_came: Vec::new(),
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

    /// What a request over a certain connection showed of those that were only tied.
    pub(super) fn believe(&mut self, person: u64, shown: &Shown) {
        for number in &shown.own {
            if let Some(tie) = self.ties.get_mut(number).filter(|tie| tie.person == person) {
                tie.sure = true;
            }
        }
        for number in &shown.others {
            if self.ties.get(number).is_some_and(|tie| tie.person == person && !tie.sure) {
                self.untie(*number, person);
            }
        }
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
            self.ties.retain(|_, tie| tie.person != number);
            self.has_forgotten = true;
        }
    }
}

impl Person {
    pub(super) fn client(&self, known_by: KnownBy) -> Client {
        Client { program: self.program, nth: self.nth, jar: Some(self.number), known_by }
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
