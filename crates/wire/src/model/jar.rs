//! The jar of one client, as far as this server knows it: what it set, and what only came.
//!
//! And the book of changes: whatever changes in a jar is written down, for the jar as it was at a time.

use std::{collections::HashSet, sync::Arc, time::SystemTime};

use cookie_rules::{Cookie, domain_match};

use super::{
    facts::{Change, Known, Status},
    slot::Slot,
};

/// How many cookies of one domain are known.
const PER_DOMAIN: usize = 180;
/// How many cookies of all domains.
const PER_JAR: usize = 540;
/// How many cookies that only came are known.
pub(super) const LEARNED: usize = 200;
/// How many cookies that ended are remembered.
const ENDED: usize = 20;
/// How many names of cookies are remembered as this lesson's.
const NAMES: usize = 1000;

/// The jar of one client.
#[derive(Debug)]
pub(super) struct Jar {
    pub(super) slots: Vec<Slot>,
    pub(super) learned: Vec<Learned>,
    /// When its client last asked for a page of the lesson: what happened since is news.
    pub(super) told: SystemTime,
}

/// A cookie that came and that this server did not set.
#[derive(Debug)]
pub(super) struct Learned {
    pub(super) name: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) host: String,
    /// The shortest path that it came to: nobody knows its own, but it is above this.
    pub(super) path: String,
    pub(super) at: SystemTime,
    /// It came where the user typed the address: then it comes there.
    pub(super) was_typed: bool,
    /// This run set such a cookie, here or for somebody else.
    pub(super) is_alike: bool,
    /// One of its name was set since it came, and may have taken its place.
    pub(super) is_doubtful: bool,
    /// This server asked to delete it.
    pub(super) asked: Option<Asked>,
}

/// A request to delete a cookie whose path and domain nobody knows.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) by: u64,
    /// The answer to this path asked.
    pub(super) path: Arc<str>,
    pub(super) at: SystemTime,
}

/// What changes in jars, and in which order.
#[derive(Debug, Default)]
pub(super) struct Book {
    /// The names that are this lesson's.
    pub(super) ours: HashSet<Vec<u8>>,
    /// The names of which this run has set an `HttpOnly` cookie, for whomever.
    http_only: HashSet<Vec<u8>>,
    order: u64,
    /// The jar that changes.
    pub(super) jar: u64,
    /// What may be its client's doing is told of it, too.
    pub(super) perhaps: bool,
    /// Each with its jar.
    pub(super) changes: Vec<(u64, Change)>,
}

impl Book {
    pub(super) fn is_ours(&self, name: &[u8]) -> bool {
        self.ours.contains(name)
    }

    pub(super) fn names(&mut self, name: &[u8]) {
        if !self.is_ours(name) && self.ours.len() < NAMES {
            self.ours.insert(name.to_vec());
        }
    }

    /// This run sets such a cookie.
    pub(super) fn sets(&mut self, cookie: &Cookie) {
        self.names(&cookie.name);
        if cookie.http_only && self.http_only.len() < NAMES {
            self.http_only.insert(cookie.name.clone());
        }
    }

    pub(super) fn is_http_only(&self, name: &[u8]) -> bool {
        self.http_only.contains(name)
    }

    pub(super) fn note(&mut self, slot: &Slot) {
        self.order += 1;
        let known = slot.known(self.is_ours(&slot.cookie.name), self.order, self.perhaps);
        self.changes.push((self.jar, Arc::new(known)));
    }

    pub(super) fn note_left(&mut self, slot: &Slot) {
        self.order += 1;
        let known = slot.known(self.is_ours(&slot.cookie.name), self.order, true);
        self.changes.push((self.jar, Arc::new(Known { status: Status::Left, ..known })));
    }

    pub(super) fn note_learned(&mut self, learned: &Learned, has_left: bool) {
        self.order += 1;
        let status = match &learned.asked {
            _ if has_left => Status::Left,
            Some(asked) => Status::AskedToDelete { by: asked.by },
            None => Status::Held,
        };
        let change = Arc::new(Known {
            name: learned.name.clone(),
            value: learned.value.clone(),
            domain: learned.host.clone(),
            set: None,
            http_only: self.is_http_only(&learned.name),
            ours: self.is_ours(&learned.name),
            altered: false,
            under_way: learned.is_doubtful && learned.asked.is_none(),
            alike: learned.is_alike,
            unproven: false,
            status,
            order: self.order,
        });
        self.changes.push((self.jar, change));
    }
}

impl Learned {
    pub(super) fn is(&self, name: &[u8], host: &str) -> bool {
        self.name == name && self.host == host
    }

    /// Whether it may be this cookie, set by that host.
    pub(super) fn may_be(&self, cookie: &Cookie, host: &str) -> bool {
        let is_of_domain = !cookie.host_only && domain_match(&self.host, &cookie.domain);
        self.name == cookie.name && (self.host == host || is_of_domain)
    }
}

impl Jar {
    pub(super) fn new(now: SystemTime) -> Self {
        Self { slots: Vec::new(), learned: Vec::new(), told: now }
    }

    /// Whether this was set for this jar itself.
    pub(super) fn is_given(&self, name: &[u8], value: &[u8]) -> bool {
        let mut slots = self.slots.iter().filter(|slot| slot.cookie.name == name);
        slots.any(|slot| slot.is_given(value).is_some())
    }

    /// Whether it has this, as far as is known.
    pub(super) fn has(&self, name: &[u8], value: &[u8]) -> bool {
        let mut learned = self.learned.iter();
        self.is_given(name, value) || learned.any(|one| one.name == name && one.value == value)
    }

    /// Its client is not that of the other jar.
    pub(super) fn part(&mut self, other: u64, book: &mut Book) {
        for slot in &mut self.slots {
            if slot.part(other) {
                book.note(slot);
            }
        }
        self.slots.retain(|slot| !slot.never_was());
    }

    /// Its client is that of the other jar: what was set there was set here.
    pub(super) fn join(&mut self, number: u64, other: Self, book: &mut Book) {
        for slot in &mut self.slots {
            if slot.join(number) {
                book.note(slot);
            }
        }
        for slot in other.slots {
            match self.slots.iter_mut().find(|own| own.cookie.is_same_as(&slot.cookie)) {
                Some(own) => {
                    // It came to the one, or to the other.
                    if slot.missing.is_none() {
                        own.missing = None;
                    }
                    // What was told of the other's holds no more.
                    book.note(own);
                }
                None => {
                    book.note(&slot);
                    self.slots.push(slot);
                }
            }
        }
        for learned in other.learned {
            let is_it = |own: &&mut Learned| own.is(&learned.name, &learned.host);
            match self.learned.iter_mut().find(is_it) {
                Some(own) => {
                    let is_newer = own.at < learned.at;
                    let older = if is_newer { std::mem::replace(own, learned) } else { learned };
                    book.note_learned(&older, true);
                    book.note_learned(own, false);
                }
                None => {
                    book.note_learned(&learned, false);
                    self.learned.push(learned);
                }
            }
        }
        // What the one learned the other was given.
        let (given, learned) = std::mem::take(&mut self.learned)
            .into_iter()
            .partition(|learned| self.is_given(&learned.name, &learned.value));
        self.learned = learned;
        let given: Vec<Learned> = given;
        given.iter().for_each(|learned| book.note_learned(learned, true));
        self.told = self.told.max(other.told);
    }

    /// The other jar has another number now.
    pub(super) fn rename(&mut self, jar: u64, now: u64) {
        self.slots.iter_mut().for_each(|slot| slot.rename(jar, now));
    }

    /// Too many lines came to look at: a cookie of this name may be otherwise by now.
    pub(super) fn doubt(&mut self, name: &[u8], book: &mut Book) {
        for slot in self.slots.iter_mut().filter(|slot| slot.cookie.name == name) {
            slot.is_doubtful = true;
            book.note(slot);
        }
    }

    /// Takes out what there is no room for, and what nobody asks about any more.
    pub(super) fn make_room(&mut self, now: SystemTime, earliest: SystemTime, book: &mut Book) {
        for slot in &mut self.slots {
            slot.forget_before(earliest);
        }
        let ended = self.slots.iter().filter(|slot| slot.has_ended(now)).count();
        for _ in ENDED..ended {
            self.remove_first(|slot| slot.has_ended(now), book);
        }
        while self.slots.len() > PER_JAR {
            self.remove_first(|_| true, book);
        }
        if self.slots.len() <= PER_DOMAIN {
            return;
        }
        let domains: HashSet<_> =
            self.slots.iter().map(|slot| slot.cookie.domain.clone()).collect();
        for domain in domains {
            let of_domain = |slot: &Slot| slot.cookie.domain == domain;
            let count = self.slots.iter().filter(|slot| of_domain(slot)).count();
            for _ in PER_DOMAIN..count {
                self.remove_first(of_domain, book);
            }
        }
    }

    fn remove_first(&mut self, is_it: impl Fn(&Slot) -> bool, book: &mut Book) {
        if let Some(place) = self.slots.iter().position(is_it) {
            book.note_left(&self.slots.remove(place));
        }
    }

    /// How the cookies were before is forgotten, to make room.
    pub(super) fn shorten(&mut self) {
        self.slots.iter_mut().for_each(Slot::shorten);
    }

    /// Bytes that it holds.
    pub(super) fn weight(&self) -> usize {
        let learned = |learned: &Learned| 2 * (learned.name.len() + learned.value.len() + 200);
        self.slots.iter().map(Slot::weight).sum::<usize>()
            + self.learned.iter().map(learned).sum::<usize>()
    }
}
