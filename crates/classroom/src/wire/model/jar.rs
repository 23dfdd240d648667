//! The jar of one client, as far as this server knows it: what it set, and what only came.
//!
//! It follows the browser. A cookie that came with another value has that value now, and one that was to come and did not is
//! missing; but what nobody can know stays open.

use std::{collections::HashSet, sync::Arc, time::SystemTime};

use cookie_rules::{Cookie, Family, Site, Way};

use super::{
    compare::{Compared, Pair, Sent},
    facts::{Absent, Change, How, Known, Status, Why},
    slot::{Slot, State, What},
};

/// How many cookies of one domain are known.
const PER_DOMAIN: usize = 180;
/// How many cookies of all domains.
const PER_JAR: usize = 540;
/// How many cookies that only came are known.
const LEARNED: usize = 200;
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
    /// The path that it came to last: nobody knows its own.
    pub(super) path: String,
    pub(super) at: SystemTime,
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
    pub(super) order: u64,
    pub(super) changes: Vec<Change>,
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

    pub(super) fn note(&mut self, slot: &Slot) {
        self.order += 1;
        self.changes.push(slot.known(self.is_ours(&slot.cookie.name), self.order));
    }

    pub(super) fn note_left(&mut self, slot: &Slot) {
        self.note(slot);
        if let Some(known) = self.changes.last_mut() {
            Arc::make_mut(known).status = Status::Left;
        }
    }

    pub(super) fn note_learned(&mut self, learned: &Learned, has_left: bool) {
        self.order += 1;
        let status = match &learned.asked {
            _ if has_left => Status::Left,
            Some(asked) => Status::AskedToDelete { by: asked.by },
            None => Status::Held,
        };
        self.changes.push(Arc::new(Known {
            name: learned.name.clone(),
            value: learned.value.clone(),
            domain: learned.host.clone(),
            set: None,
            ours: self.is_ours(&learned.name),
            altered: false,
            under_way: false,
            status,
            order: self.order,
        }));
    }
}

/// What a request showed of connections that only may be this client's: these are, and those are not.
#[derive(Debug, Default)]
pub(super) struct Shown {
    pub(super) own: Vec<u64>,
    pub(super) others: Vec<u64>,
}

impl Learned {
    pub(super) fn is(&self, name: &[u8], host: &str) -> bool {
        self.name == name && self.host == host
    }
}

impl Jar {
    pub(super) fn new(now: SystemTime) -> Self {
        Self { slots: Vec::new(), learned: Vec::new(), told: now }
    }

    /// The jar follows what came, and what did not. Cookies that are found to be gone are added to `absent`.
    pub(super) fn follow(
        &mut self,
        compared: &Compared,
        sent: &Sent<'_>,
        absent: &mut Vec<Absent>,
        book: &mut Book,
    ) -> Shown {
        let mut shown = Shown::default();
        for (slot, beside) in self.slots.iter_mut().zip(&compared.slots) {
            let mut has_changed = false;
            if let Some(pair) = beside.pair {
                let value = sent.pairs[pair].1;
                let how = match &compared.pairs[pair] {
                    Pair::Slot(_, how) => how,
                    _ => continue,
                };
                if let How::OtherValue { was } = how {
                    has_changed = slot.alter(value, was, sent);
                } else {
                    has_changed = slot.missing.take().is_some();
                    if beside.is_settled {
                        let is_it = |state: &State| {
                            state.what.cookie().is_some_and(|cookie| cookie.value == value)
                        };
                        has_changed |= shown.add(slot.keep(is_it));
                    }
                }
            } else if beside.why == Some(Why::Missing) {
                slot.missing = Some(0);
                has_changed = true;
            } else if beside.is_settled && beside.would_come {
                has_changed = shown.add(slot.keep(|state| state.what.cookie().is_none()));
            }
            if has_changed {
                book.note(slot);
            }
        }
        self.learn(compared, sent, absent, book);
        shown
    }

    /// Cookies that this server did not set: those that came are known, those that came no more leave.
    fn learn(
        &mut self,
        compared: &Compared,
        sent: &Sent<'_>,
        absent: &mut Vec<Absent>,
        book: &mut Book,
    ) {
        let (host, path, now) = (sent.request.host(), sent.request.path(), *sent.made.end());
        let mut came = vec![false; self.learned.len()];
        for (pair, (name, value)) in compared.pairs.iter().zip(sent.pairs) {
            let known = match pair {
                Pair::Learned(index, _) => Some(*index),
                Pair::Free { .. } => self.learned.iter().position(|learned| learned.is(name, host)),
                Pair::Slot(..) => continue,
            };
            let index = known.unwrap_or(self.learned.len());
            if known.is_none() {
                let (name, value) = (name.to_vec(), value.to_vec());
                let (host, path) = (host.to_owned(), path.to_owned());
                self.learned.push(Learned { name, value, host, path, at: now, asked: None });
                came.push(true);
                book.note_learned(&self.learned[index], false);
                continue;
            }
            came[index] = true;
            let learned = &mut self.learned[index];
            let is_news = learned.value != *value;
            let stayed = learned.asked.as_ref().is_some_and(|asked| asked.at <= sent.start);
            if is_news {
                learned.value = value.to_vec();
            }
            if stayed {
                learned.asked = None;
            }
            if learned.path != path {
                path.clone_into(&mut learned.path);
            }
            if is_news || stayed {
                learned.at = now;
                book.note_learned(learned, false);
            }
        }
        let leaves = |learned: &Learned| {
            let at = learned.asked.as_ref().map_or(learned.at, |asked| asked.at);
            learned.host == host && learned.path == path && at <= sent.start
        };
        if sent.brings_all() {
            let mut came = came.into_iter();
            self.learned.retain(|learned| {
                let stays = came.next().unwrap_or(true) || !leaves(learned);
                if !stays {
                    book.note_learned(learned, true);
                    absent.extend(learned.ended(now));
                }
                stays
            });
        }
        while self.learned.len() > LEARNED {
            let learned = self.learned.remove(0);
            book.note_learned(&learned, true);
        }
    }

    /// Too many lines came to look at: a cookie of this name may be otherwise by now.
    pub(super) fn doubt(&mut self, name: &[u8]) {
        for slot in self.slots.iter_mut().filter(|slot| slot.cookie.name == name) {
            slot.is_doubtful = true;
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

impl Slot {
    /// It came with another value; whether that is news.
    fn alter(&mut self, value: &[u8], was: &[u8], sent: &Sent<'_>) -> bool {
        let is_known = |state: &State| matches!(&state.what, What::Altered { cookie, .. } if cookie.value == value);
        if self.now().iter().any(is_known) {
            return false;
        }
        let cookie = Arc::new(Cookie { value: value.to_vec(), ..(*self.cookie).clone() });
        let what = What::Altered { cookie, was: was.to_vec() };
        self.put(State { what, over: sent.connection, at: *sent.made.end() }, |_| true);
        true
    }
}

impl Learned {
    /// That it is gone, where this server asked for that.
    fn ended(&self, now: SystemTime) -> Option<Absent> {
        let asked = self.asked.as_ref()?;
        let ago = now.duration_since(asked.at).unwrap_or_default();
        let reason = cookie_rules::Reason::Deleted { by: asked.path.to_string(), ago };
        Some(Absent {
            name: self.name.clone(),
            value: self.value.clone(),
            domain: self.host.clone(),
            path: self.path.clone(),
            http_only: false,
            why: Why::Ended { reason, news: true },
        })
    }
}

impl Sent<'_> {
    /// Whether a browser leaves out no cookie that it has for this host and path.
    fn brings_all(&self) -> bool {
        let is_near = match self.cause.site {
            Site::SameOrigin | Site::SameSite => true,
            Site::User => self.profile.family == Family::Chromium,
            Site::Untold | Site::CrossSite => false,
        };
        let goes_along = !matches!(self.cause.way, Way::Script | Way::Preflight);
        is_near && goes_along && self.cause.storage.is_none() && !self.has_more
    }
}

impl Shown {
    /// Whether there was anything to show.
    fn add(&mut self, (own, others): (Vec<u64>, Vec<u64>)) -> bool {
        let is_news = !own.is_empty() || !others.is_empty();
        self.own.extend(own);
        self.others.extend(others);
        is_news
    }
}
