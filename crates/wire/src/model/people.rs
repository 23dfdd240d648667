//! Clients and their jars: which connection is whose, and which of them may be one browser.
//!
//! Whoever is not known gets a jar of its own, so all that a jar has of its own is certain. Two jars of browsers that look alike
//! may be one browser's, until something shows that they are (*join*), or that they are not (*part*). Until then what is
//! set for one of them may be in the other.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::SystemTime,
};

use super::{
    compare::Sent,
    facts::{Client, KnownBy, Line, Program},
    jar::{Book, Jar},
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

/// A request of one client lacked what another jar has: where the other brings it afterwards, they are two.
#[derive(Debug)]
pub(super) struct Lack {
    pub(super) without: u64,
    pub(super) holder: u64,
    pub(super) pair: u64,
    pub(super) at: SystemTime,
}

impl Lack {
    pub(super) fn is_of(&self, person: u64) -> bool {
        self.without == person || self.holder == person
    }
}

/// A client that has a jar.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) number: u64,
    pub(super) program: Program,
    /// Which one of its program; `None` as long as it may be one that has a number.
    pub(super) nth: Option<u32>,
    pub(super) agent: u64,
    pub(super) ids: Vec<Vec<u8>>,
    pub(super) jar: Jar,
    pub(super) last_set: Arc<[Line]>,
    last_came: VecDeque<Brought>,
    /// An exchange was said to be this client's, so its jar is shown.
    pub(super) is_shown: bool,
    /// When it was last seen, to find who makes room.
    pub(super) seen: u64,
    /// Changes with the jar.
    pub(super) version: u64,
    pub(super) changed: SystemTime,
    weight: usize,
}

/// What a client's last request to a host brought.
#[derive(Debug)]
pub(super) struct Brought {
    host: String,
    /// Where a browser leaves out nothing that it has: the path that was asked for.
    pub(super) whole: Option<String>,
    /// Each pair as a number.
    pub(super) pairs: Vec<u64>,
    pub(super) at: SystemTime,
}

/// A connection's client.
#[derive(Debug)]
struct Tie {
    person: u64,
    pulse: Pulse,
    /// It serves several clients in turn, as a proxy's does.
    is_shared: bool,
    /// Whose it is was told by what came over it.
    is_recognised: bool,
}

/// All clients that have a jar.
#[derive(Debug, Default)]
pub(super) struct People {
    pub(super) known: Vec<Person>,
    ties: HashMap<u64, Tie>,
    /// Clients that are certainly two, the lower number first.
    distinct: HashSet<(u64, u64)>,
    /// Clients of which one came without what the other has: they may be one all the same, but don't seem to be.
    pub(super) unlike: HashSet<(u64, u64)>,
    pub(super) lacks: VecDeque<Lack>,
    /// How much shows that two are one, where it is not yet enough.
    pub(super) proofs: HashMap<(u64, u64), u32>,
    next: u64,
    numbers: HashMap<Program, u32>,
    /// Jars that turned out to be one browser's: the first is part of the second now.
    pub(super) merged: Vec<(u64, u64)>,
    /// One had to make room.
    pub(super) has_forgotten: bool,
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

pub(super) fn both(one: u64, other: u64) -> (u64, u64) {
    (one.min(other), one.max(other))
}

impl People {
    pub(super) fn place(&self, number: u64) -> Option<usize> {
        self.known.iter().position(|person| person.number == number)
    }

    /// Whose id it is, among clients of that program: a copy in another program is no name of that one. What else it says of
    /// itself may change.
    pub(super) fn named(&self, program: Program, id: &[u8]) -> Option<usize> {
        self.known
            .iter()
            .position(|person| person.program == program && person.ids.iter().any(|own| own == id))
    }

    /// Whose the connection is.
    pub(super) fn tied(&self, connection: &Connection) -> Option<usize> {
        self.place(self.ties.get(&connection.number())?.person)
    }

    /// The same, and how it is known, where nothing else that the sender says speaks against it.
    pub(super) fn at_the_end_of(&self, sender: &Sender<'_>) -> Option<(usize, KnownBy)> {
        let place = self.tied(sender.connection)?;
        let person = &self.known[place];
        let tie = &self.ties[&sender.connection.number()];
        let known_by = if tie.is_recognised { KnownBy::Recognised } else { KnownBy::Connection };
        let is_his = person.agent == sender.agent && !person.is_other(sender.id) && !tie.is_shared;
        is_his.then_some((place, known_by))
    }

    /// The connection is this client's, as `known_by` shows.
    pub(super) fn tie(&mut self, connection: &Connection, place: usize, known_by: KnownBy) {
        let person = self.known[place].number;
        let is_recognised = known_by.may_be_a_copy();
        if let Some(tie) = self.ties.get_mut(&connection.number()) {
            tie.is_recognised =
                if tie.person == person { tie.is_recognised } else { is_recognised };
            tie.person = person;
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
        let tie = Tie { person, pulse: connection.pulse(), is_shared: false, is_recognised };
        self.ties.insert(connection.number(), tie);
    }

    /// The connection brought the ids of several clients.
    pub(super) fn share(&mut self, connection: &Connection) {
        if let Some(tie) = self.ties.get_mut(&connection.number()) {
            tie.is_shared = true;
        }
    }

    /// Whether a connection of this client is open.
    pub(super) fn is_open(&self, number: u64) -> bool {
        self.ties.values().any(|tie| tie.person == number && tie.pulse.is_open())
    }

    /// A new jar, for whoever is at the other end of this connection.
    pub(super) fn make(&mut self, sender: &Sender<'_>, sent: &Sent<'_>) -> usize {
        self.next += 1;
        let now = *sent.made.end();
        self.known.push(Person {
            number: self.next,
            program: sender.program,
            nth: None,
            agent: sender.agent,
            ids: sender.id.map(<[u8]>::to_vec).into_iter().collect(),
            jar: Jar::new(now),
            last_set: Arc::default(),
            last_came: VecDeque::new(),
            is_shown: false,
            seen: u64::MAX,
            version: 0,
            changed: now,
            weight: 0,
        });
        let place = self.known.len() - 1;
        let lacks = |other: &Person| other.jar.compare(sent).lacking().next().is_some();
        let others = self.alike(place).map(|other| &self.known[other]);
        let unlike: Vec<_> =
            others.filter(|other| lacks(other)).map(|other| other.number).collect();
        self.unlike.extend(unlike.into_iter().map(|other| both(self.next, other)));
        self.count(place);
        self.tie(sender.connection, place, KnownBy::Connection);
        place
    }

    /// Gives a browser its number, if it can be none of those that have one.
    pub(super) fn count(&mut self, place: usize) {
        let person = &self.known[place];
        let seems = |other: &Person| !self.unlike.contains(&both(person.number, other.number));
        let may_be_another = || {
            let mut others = self.alike(place).map(|other| &self.known[other]);
            others.any(|other| other.nth.is_some() && seems(other))
        };
        if person.nth.is_some() || !person.program.is_browser() || may_be_another() {
            return;
        }
        let nth = self.numbers.entry(person.program).or_default();
        *nth += 1;
        self.known[place].nth = Some(*nth);
    }

    /// The client's id from now on, too; with it, it may be one that no other can be.
    pub(super) fn name(&mut self, place: usize, id: &[u8]) {
        self.known[place].name(id);
        self.count(place);
    }

    /// The clients that may be the same browser as this one: what is set there may be set here.
    pub(super) fn alike(&self, place: usize) -> impl Iterator<Item = usize> {
        let this = &self.known[place];
        let others = self.known.iter().enumerate().filter(move |(_, other)| {
            other.number != this.number
                && other.agent == this.agent
                && this.program.is_browser()
                && (this.ids.is_empty() || other.ids.is_empty())
                && !self.are_distinct(other.number, this.number)
        });
        others.map(|(place, _)| place)
    }

    pub(super) fn are_distinct(&self, one: u64, other: u64) -> bool {
        self.distinct.contains(&both(one, other))
    }

    /// Whether one of the two came without what the other has.
    pub(super) fn are_unlike(&self, one: usize, other: usize) -> bool {
        self.unlike.contains(&both(self.known[one].number, self.known[other].number))
    }

    /// Two jars are two browsers'.
    pub(super) fn part(&mut self, one: u64, other: u64, book: &mut Book) {
        self.distinct.insert(both(one, other));
        for (this, that) in [(one, other), (other, one)] {
            let Some(place) = self.place(this) else { continue };
            book.jar = this;
            self.known[place].jar.part(that, book);
            self.known[place].version += 1;
            self.count(place);
        }
    }

    /// Two jars are one browser's, as `known_by` shows. Gives the number of the one that is left.
    pub(super) fn join(&mut self, one: u64, other: u64, known_by: KnownBy, book: &mut Book) -> u64 {
        let nth = |number: u64| self.place(number).and_then(|place| self.known[place].nth);
        let is_first = (nth(one).is_none(), one) < (nth(other).is_none(), other);
        let (into, from) = if is_first { (one, other) } else { (other, one) };
        let Some(old) = self.place(from).map(|place| self.known.remove(place)) else { return into };
        let Some(place) = self.place(into) else { return into };
        let person = &mut self.known[place];
        book.jar = into;
        person.jar.join(from, old.jar, book);
        person.version += 1;
        old.ids.iter().for_each(|id| person.name(id));
        for known in &mut self.known {
            known.jar.rename(from, into);
        }
        // All that either brings is in one jar from now on, and no connection is known better than what showed that.
        for tie in self.ties.values_mut().filter(|tie| [from, into].contains(&tie.person)) {
            tie.person = into;
            tie.is_recognised |= known_by.may_be_a_copy();
        }
        let apart: Vec<_> =
            self.distinct.iter().copied().filter(|(a, b)| *a == from || *b == from).collect();
        for pair in apart {
            self.distinct.remove(&pair);
            let other = if pair.0 == from { pair.1 } else { pair.0 };
            self.part(into, other, book);
        }
        self.forget_between(from);
        self.merged.push((from, into));
        into
    }

    /// Forgets what was known of this client beside others.
    fn forget_between(&mut self, number: u64) {
        self.lacks.retain(|lack| !lack.is_of(number));
        self.proofs.retain(|pair, _| pair.0 != number && pair.1 != number);
        self.unlike.retain(|pair| pair.0 != number && pair.1 != number);
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
            self.forget_between(number);
            self.has_forgotten = true;
        }
    }
}

impl Person {
    pub(super) fn client(&self, known_by: KnownBy) -> Client {
        Client { program: self.program, nth: self.nth, jar: Some(self.number), known_by }
    }

    /// What its last request of the lesson to this host brought.
    pub(super) fn last_came(&self, host: &str) -> Option<&Brought> {
        self.last_came.iter().find(|last| last.host == host)
    }

    /// A request of the lesson brought these.
    pub(super) fn brought(&mut self, pairs: Vec<u64>, sent: &Sent<'_>) {
        const HOSTS: usize = 8;
        let host = sent.request.host();
        self.last_came.retain(|last| last.host != host);
        if self.last_came.len() >= HOSTS {
            self.last_came.pop_front();
        }
        let whole = sent.brings_all().then(|| sent.request.path().to_owned());
        let at = *sent.made.end();
        self.last_came.push_back(Brought { host: host.to_owned(), whole, pairs, at });
    }

    fn name(&mut self, id: &[u8]) {
        if !self.ids.iter().any(|own| own == id) {
            if self.ids.len() >= IDS {
                self.ids.remove(0);
            }
            self.ids.push(id.to_vec());
        }
    }

    /// Whether this id is certainly another's.
    pub(super) fn is_other(&self, id: Option<&[u8]>) -> bool {
        let Some(id) = id else { return false };
        let is_given = |slot: &super::slot::Slot| slot.is_given(id).is_some();
        !self.ids.is_empty()
            && !self.ids.iter().any(|own| own == id)
            && !self.jar.slots.iter().any(is_given)
    }
}
