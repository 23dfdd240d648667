//! A jar follows its browser: a cookie that came with another value has that value now, and one that was to come and did not is
//! missing; but what nobody can know stays open.

use std::{sync::Arc, time::SystemTime};

use cookie_rules::{Cookie, Family, PublicSuffixes, Reason, Site, Way, is_of_host, path_match};

use super::{
    compare::{Compared, Pair, Sent},
    facts::{Absent, How, Why},
    jar::{Book, Jar, LEARNED, Learned},
    names::Names,
    slot::{Slot, State, What},
    time::{SLACK, before},
};

impl Jar {
    /// The jar follows what came, and what did not. Cookies that are found to be gone are added to `absent`.
    pub(super) fn follow(
        &mut self,
        compared: &Compared,
        sent: &Sent<'_>,
        absent: &mut Vec<Absent>,
        names: &Names,
        book: &mut Book,
    ) {
        for (slot, beside) in self.slots.iter_mut().zip(&compared.slots) {
            let mut has_changed = false;
            if beside.is_unclear {
                has_changed = !slot.is_doubtful;
                slot.is_doubtful = true;
            } else if let Some(pair) = beside.pair {
                let value = sent.pairs[pair].1;
                let how = match &compared.pairs[pair] {
                    Pair::Slot(_, how) => how,
                    _ => continue,
                };
                if let How::OtherValue { was } = how {
                    has_changed = slot.came(value);
                    has_changed |= slot.alter(value, was, sent);
                } else {
                    let is_it = |state: &State| {
                        state.what.cookie().is_some_and(|cookie| cookie.value == value)
                            || sent.may_precede(state)
                    };
                    has_changed = beside.is_settled && slot.keep(is_it);
                    has_changed |= slot.came(value);
                }
            } else if beside.why == Some(Why::Missing) && beside.is_settled {
                slot.missing = Some(0);
                has_changed = true;
            } else if beside.is_settled && beside.would_come {
                let is_it =
                    |state: &State| state.what.cookie().is_none() || sent.may_precede(state);
                has_changed = slot.keep(is_it);
            }
            if has_changed {
                book.note(slot);
            }
        }
        self.leave_to_what_came(compared, sent, book);
        let since = before(*sent.made.end(), SLACK);
        self.slots.retain(|slot| !slot.never_was_since(since));
        self.learn(compared, sent, absent, names, book);
    }

    /// Whether the answers that a request seems to follow can have sent it: then it brings what they set, and nothing that they
    /// ended or replaced. `is_his`: its connection is this jar's. Else it lacks nothing of this jar, and brings something, unless it
    /// goes to another host.
    pub(super) fn may_follow(&self, sent: &Sent<'_>, is_his: bool, is_elsewhere: bool) -> bool {
        let is_theirs = |slot: &Slot| slot.own().is_some_and(|state| sent.is_after(state));
        let is_older = |slot: &Slot, value: &[u8]| {
            let now = slot.own().and_then(|state| state.what.cookie());
            now.is_none_or(|now| now.value != value) && slot.is_given(value).is_some()
        };
        let brings_older = self.slots.iter().any(|slot| {
            let mut pairs = sent.pairs.iter().filter(|(name, _)| *name == slot.cookie.name);
            is_theirs(slot)
                && sent.is_for(&slot.cookie)
                && pairs.any(|(_, value)| is_older(slot, value))
        });
        // Who brings nothing at all may bring nothing ever.
        let lacks =
            |slot: usize| !is_his || (!sent.pairs.is_empty() && is_theirs(&self.slots[slot]));
        let compared = self.compare(sent);
        let brings = is_his || is_elsewhere || compared.pairs.iter().any(Pair::is_slot);
        brings && !brings_older && !compared.lacking().any(lacks)
    }

    /// What ended and comes again with its value, or was missing and comes again, was set by somebody else, or asked for by a
    /// browser that has a copy of this jar: from here on, it is a cookie that came.
    fn leave_to_what_came(&mut self, compared: &Compared, sent: &Sent<'_>, book: &mut Book) {
        let now = *sent.made.end();
        let pairs = compared.pairs.iter().zip(sent.pairs);
        let strange: Vec<_> = pairs.filter(|(pair, _)| !pair.is_slot()).collect();
        if strange.is_empty() {
            return;
        }
        let mut beside = compared.slots.iter();
        self.slots.retain(|slot| {
            let is_settled = beside.next().is_some_and(|beside| beside.is_settled);
            let is_missing = slot.missing.is_some();
            let cookie = &slot.cookie;
            let is_it = |(name, value): (&[u8], &[u8])| {
                name == cookie.name && (is_missing || value == cookie.value)
            };
            let came_again = is_settled
                && sent.is_for(cookie)
                && strange.iter().any(|(_, pair)| is_it(**pair))
                && (is_missing || slot.has_ended(now));
            if came_again {
                book.note_left(slot);
            }
            !came_again
        });
    }

    /// Cookies that this server did not set: those that came are known, those that came no more leave.
    fn learn(
        &mut self,
        compared: &Compared,
        sent: &Sent<'_>,
        absent: &mut Vec<Absent>,
        names: &Names,
        book: &mut Book,
    ) {
        let (host, path, now) = (sent.request.host(), sent.request.path(), *sent.made.end());
        let was_typed = sent.cause.site == Site::User;
        // The very answer that set or asked may have sent the browser here.
        let is_after = |at: SystemTime| {
            at <= sent.start || sent.follows.iter().any(|(answer, _)| *answer == at)
        };
        let mut came = vec![false; self.learned.len()];
        for index in &compared.unclear {
            came[*index] = true;
            let learned = &mut self.learned[*index];
            learned.is_doubtful = true;
            book.note_learned(learned, false);
        }
        for pair in &compared.pairs {
            if let Pair::Learned(index, _) = pair {
                came[*index] = true;
            }
        }
        for (pair, (name, value)) in compared.pairs.iter().zip(sent.pairs) {
            let known = match pair {
                Pair::Learned(index, _) => Some(*index),
                Pair::Free { .. } => {
                    let mut known = self.learned.iter().zip(&came);
                    known.position(|(learned, came)| learned.is(name, host) && !came)
                }
                Pair::Slot(..) => continue,
            };
            let index = known.unwrap_or(self.learned.len());
            let is_alike = names.is_given(name, value);
            let is_doubtful = names.last_set(name).is_some_and(|at| !is_after(at));
            if known.is_none() {
                self.learned.push(Learned {
                    name: name.to_vec(),
                    value: value.to_vec(),
                    host: host.to_owned(),
                    path: path.to_owned(),
                    at: now,
                    was_typed,
                    is_alike,
                    is_doubtful,
                    asked: None,
                });
                came.push(true);
                book.note_learned(&self.learned[index], false);
                continue;
            }
            came[index] = true;
            let learned = &mut self.learned[index];
            let is_news = learned.value != *value;
            learned.was_typed |= was_typed;
            let stayed = learned.asked.as_ref().is_some_and(|asked| asked.at <= sent.start);
            if is_news {
                book.note_learned(learned, true);
                learned.value = value.to_vec();
            }
            let was = (learned.is_alike, learned.is_doubtful);
            learned.is_alike = is_alike;
            learned.is_doubtful = is_doubtful;
            let is_otherwise = was != (learned.is_alike, learned.is_doubtful);
            if stayed {
                learned.asked = None;
            }
            // Its own path is above every path that it came to.
            if path_match(path, &learned.path) {
                path.clone_into(&mut learned.path);
            }
            if is_news || stayed {
                learned.at = now;
            }
            if is_news || stayed || is_otherwise {
                book.note_learned(learned, false);
            }
        }
        // One of its name was set since, and that one comes alone.
        let is_replaced = |learned: &Learned| {
            let all = compared.pairs.iter().zip(sent.pairs);
            let mut named = all.filter(|(_, (name, _))| *name == learned.name);
            let is_set = named.next().is_some_and(|(pair, _)| pair.is_slot());
            learned.is_doubtful && is_set && named.next().is_none()
        };
        let leaves = |learned: &Learned| {
            let at = learned.asked.as_ref().map_or(learned.at, |asked| asked.at);
            let is_near = path_match(&learned.path, path) || is_replaced(learned);
            learned.host == host && is_near && is_after(at)
        };
        if sent.brings_all() {
            let is_typed = was_typed && sent.profile.family != Family::Chromium;
            let mut came = came.into_iter();
            self.learned.retain(|learned| {
                let came = came.next().unwrap_or(true);
                let stays = came || !leaves(learned) || (is_typed && !learned.was_typed);
                if !stays {
                    book.note_learned(learned, true);
                    // Where one of its name comes, that may have taken its place.
                    let is_replaced = sent.pairs.iter().any(|(name, _)| *name == learned.name);
                    absent.extend(learned.ended(now).filter(|_| !is_replaced));
                }
                stays
            });
        }
        while self.learned.len() > LEARNED {
            let learned = self.learned.remove(0);
            book.note_learned(&learned, true);
        }
    }
}

impl Slot {
    /// It came with another value; whether that is news.
    fn alter(&mut self, value: &[u8], was: &[u8], sent: &Sent<'_>) -> bool {
        let is_known = |state: &State| matches!(&state.what, What::Altered { cookie, .. } if cookie.value == value);
        if self.since(sent.start).0.any(is_known) {
            return false;
        }
        let cookie = Arc::new(Cookie { value: value.to_vec(), ..(*self.cookie).clone() });
        let what = What::Altered { cookie, was: was.to_vec() };
        self.put(
            State { what, of: None, sure: true, over: sent.connection, at: *sent.made.end() },
            |_| true,
        );
        true
    }
}

impl Learned {
    /// That it is gone, where this server asked for that.
    fn ended(&self, now: SystemTime) -> Option<Absent> {
        let asked = self.asked.as_ref()?;
        let ago = now.duration_since(asked.at).unwrap_or_default();
        let reason = Reason::Deleted { by: asked.path.to_string(), ago };
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
    /// Whether the browser may take that state in after it made this request.
    fn may_precede(&self, state: &State) -> bool {
        state.at > self.start && !self.is_after(state)
    }

    /// Whether it was made after the answer that brought this state about, which sent the browser here.
    fn is_after(&self, state: &State) -> bool {
        self.follows.contains(&(state.at, state.over))
    }

    /// Whether its host and its path are those of this cookie.
    fn is_for(&self, cookie: &Cookie) -> bool {
        is_of_host(self.request.host(), &cookie.domain, cookie.host_only)
            && path_match(&cookie.path, self.request.path())
    }

    /// Whether its host is of the site that this cookie is of.
    pub(super) fn is_of_site(&self, cookie: &Cookie) -> bool {
        PublicSuffixes::default().is_one_site(self.request.host(), &cookie.domain)
    }

    /// Whether a browser leaves out no cookie that it has for this host and path.
    pub(super) fn brings_all(&self) -> bool {
        let is_near = match self.cause.site {
            Site::SameOrigin | Site::SameSite | Site::User => true,
            Site::Untold | Site::CrossSite => false,
        };
        let goes_along = !self.cause.may_omit && self.cause.way != Way::Preflight;
        is_near && goes_along && self.cause.storage.is_none() && !self.has_more
    }
}
