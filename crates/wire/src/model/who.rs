//! Whose request it is: one jar for each browser profile.
//!
//! Two profiles of one browser look alike, and so does a private window. What tells them apart, best first: a cookie that names
//! the browser; a connection over which it was seen; the `GET` of a `Location` that brings what that answer set; a value that
//! came to be in one jar alone since this client was last seen without it; and several values that are in one jar alone. All else
//! is *presumed*: it is said whose the request seems to be, and nothing is certain of it.

use std::time::SystemTime;

use super::{
    compare::{Compared, Pair, Sent},
    facts::{Client, How, KnownBy},
    jar::Book,
    names::{LONG, Names, is_count},
    people::{Lack, People, Person, Sender, both},
    time::{SLACK, before},
};
use cookie_rules::path_match;

/// How many pairs are looked at to tell whose they are, and how many jars.
const WITNESSES: usize = 32;
const SUSPECTS: usize = 32;
/// In one of so many cases values would agree by chance: then they are one browser's.
const SURE: u64 = 1000;
/// The same to say whose it seems to be.
const LIKELY: u64 = 5;

/// Whose request it is.
#[derive(Debug)]
pub(super) struct Found {
    /// The jar that is certainly its sender's.
    pub(super) own: Option<(usize, Compared)>,
    /// The jar that seems to be, too.
    pub(super) presumed: Option<Presumed>,
    known_by: KnownBy,
}

/// A jar that seems to be the sender's.
#[derive(Debug)]
pub(super) struct Presumed {
    pub(super) place: usize,
    pub(super) compared: Compared,
    known_by: KnownBy,
    /// There is enough to say of a cookie that it came as it was set there.
    pub(super) is_likely: bool,
}

/// How well a jar fits what came.
struct Fit {
    place: usize,
    compared: Compared,
    /// Pairs that this jar has, those of them that were set for it, and those that no other browser has.
    fitting: usize,
    given: usize,
    /// There are browsers that have cookies of these names from before this run.
    is_foreign: bool,
    agree: usize,
    long: usize,
    /// In one of so many cases that would be so by chance.
    odds: u64,
    /// How much shows that this client got what was set for that jar.
    proofs: u32,
    /// It follows that jar's `Location`, and whether it brings what that answer set.
    sent_by: bool,
    brings: bool,
    /// How many cookies of that jar came otherwise or not at all; all of them would be gone if the browser had been closed.
    against: usize,
    was_closed: bool,
}

impl Fit {
    fn is_same(&self) -> bool {
        let agrees = self.agree >= 2 && self.agree >= 2 * self.against;
        self.proofs >= 2
            || (self.brings && self.against == 0)
            || (agrees && self.odds >= SURE)
            // Whoever copies a cookie copies one.
            || (agrees && self.long > 0 && self.against == 0)
            || (self.long > 0 && self.was_closed)
    }

    fn known_by(&self) -> KnownBy {
        match (self.brings, self.long) {
            (true, _) => KnownBy::Location,
            (false, 0) => KnownBy::Fit,
            (false, _) => KnownBy::LongValue,
        }
    }
}

impl Found {
    pub(super) fn client(&self, people: &People) -> Option<Client> {
        match (&self.presumed, &self.own) {
            (Some(presumed), _) => Some(people.known[presumed.place].client(presumed.known_by)),
            (None, Some((place, _))) => Some(people.known[*place].client(self.known_by)),
            (None, None) => None,
        }
    }
}

impl People {
    /// Finds the sender's jar; whoever brings cookies gets one.
    pub(super) fn find(
        &mut self,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        names: &Names,
        book: &mut Book,
    ) -> Found {
        let named = self.by_id(sender, book).map(|place| (place, KnownBy::Id));
        let known = named.or_else(|| self.at_the_end_of(sender));
        let known = known.or_else(|| self.recognise(sender, sent, names));
        let known = known.or_else(|| {
            let place = (!sent.pairs.is_empty()).then(|| self.make(sender, sent))?;
            Some((place, sender.id.map_or(KnownBy::Nothing, |_| KnownBy::Id)))
        });
        let known = known.map(|known| self.compare_others(known, sender, sent, names, book));
        let known_by = known.map_or(KnownBy::Nothing, |(_, known_by)| known_by);
        let own = known.map(|(place, _)| (place, self.known[place].jar.compare(sent)));
        let presumed = self.presume(own.as_ref(), sender, sent, names);
        Found { own, presumed, known_by }
    }

    fn by_id(&mut self, sender: &Sender<'_>, book: &mut Book) -> Option<usize> {
        let id = sender.id?;
        let mut number = self.known[self.named(sender.program, id)?].number;
        let here = self.tied(sender.connection).map(|place| &self.known[place]);
        let other = here.filter(|here| here.number != number);
        let is_shared = other.is_some_and(|other| !other.ids.is_empty());
        if let Some(other) = other
            && other.ids.is_empty()
            && other.agent == sender.agent
        {
            number = self.join(other.number, number, KnownBy::Id, book);
        }
        let place = self.place(number)?;
        self.tie(sender.connection, place, KnownBy::Id);
        if is_shared {
            self.share(sender.connection);
        }
        Some(place)
    }

    /// The jar of a client that comes over a new connection, where that is certain.
    fn recognise(
        &mut self,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        names: &Names,
    ) -> Option<(usize, KnownBy)> {
        let fits = self.suspects(None, sender).into_iter();
        let fits = fits.map(|place| self.weigh(place, None, sender, sent, names));
        let (same, others): (Vec<_>, Vec<_>) = fits.partition(Fit::is_same);
        let best = same.into_iter().max_by_key(|fit| (fit.agree, fit.fitting)).or_else(|| {
            // curl's next call is over a new connection: whose file of cookies it reads, these tell.
            let is_file = |fit: &Fit| fit.given > 0 && fit.against == 0;
            let mut files = others.into_iter().filter(is_file);
            let file = files.next().filter(|_| !sender.program.is_browser())?;
            files.next().is_none().then_some(file)
        })?;
        let known_by = best.known_by();
        self.tie(sender.connection, best.place, known_by);
        Some((best.place, known_by))
    }

    /// What a client's request shows of jars that may be its, too: that they are, or that they are not. Gives its place then, and
    /// how it is known: by its connection no better than what showed that.
    fn compare_others(
        &mut self,
        (place, mut known_by): (usize, KnownBy),
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        names: &Names,
        book: &mut Book,
    ) -> (usize, KnownBy) {
        let mut number = self.known[place].number;
        let suspects = self.suspects(Some(place), sender).into_iter();
        let suspects: Vec<_> = suspects.map(|place| self.known[place].number).collect();
        for other in suspects {
            let (Some(place), Some(suspect)) = (self.place(number), self.place(other)) else {
                continue;
            };
            let mut fit = self.weigh(suspect, Some(place), sender, sent, names);
            let pair = both(number, other);
            fit.proofs += self.proofs.get(&pair).copied().unwrap_or_default();
            if fit.is_same() {
                number = self.join(number, other, fit.known_by(), book);
                if known_by == KnownBy::Connection {
                    known_by = fit.known_by();
                }
            } else if self.are_two(place, suspect, sent, names) {
                self.part(number, other, book);
            } else {
                if fit.proofs > 0 {
                    self.proofs.insert(pair, fit.proofs);
                }
                self.remember_lacks(place, &fit, sent, names);
            }
        }
        (self.place(number).unwrap_or(place), known_by)
    }

    /// The jars that may be the sender's, the latest first.
    fn suspects(&self, own: Option<usize>, sender: &Sender<'_>) -> Vec<usize> {
        let mut suspects: Vec<usize> = match own {
            Some(own) => self.alike(own).collect(),
            None => {
                let all = self.known.iter().enumerate();
                let fits = all.filter(|(_, person)| {
                    person.agent == sender.agent && !person.is_other(sender.id)
                });
                fits.map(|(place, _)| place).collect()
            }
        };
        suspects.sort_by_key(|place| std::cmp::Reverse(self.known[*place].seen));
        suspects.truncate(SUSPECTS);
        suspects
    }

    fn weigh(
        &self,
        place: usize,
        own: Option<usize>,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        names: &Names,
    ) -> Fit {
        let person = &self.known[place];
        let compared = person.jar.compare(sent);
        let lacking = compared.lacking().count();
        let ends = |slot: usize| person.jar.slots[slot].cookie.expiry.is_none();
        let was_closed =
            compared.odd() == 0 && !self.is_open(person.number) && compared.lacking().all(ends);
        let mut fit = Fit {
            place,
            fitting: 0,
            given: 0,
            // It brings one of ours that this run has not set.
            is_foreign: sent
                .pairs
                .iter()
                .any(|(name, value)| names.is_set(name) && !names.is_given(name, value)),
            agree: 0,
            long: 0,
            odds: 1,
            proofs: 0,
            sent_by: sender.sent_by == Some(person.number),
            brings: false,
            against: compared.odd() + lacking,
            was_closed,
            compared,
        };
        for (pair, (name, value)) in fit.compared.pairs.iter().zip(sent.pairs).take(WITNESSES) {
            let given = match pair {
                Pair::Slot(index, _) => person.jar.slots[*index].is_given(value),
                _ => None,
            };
            let is_own = own.is_some_and(|own| self.known[own].jar.is_given(name, value));
            if (given.is_none() && !matches!(pair, Pair::Learned(_, None))) || is_own {
                continue;
            }
            fit.fitting += 1;
            fit.given += usize::from(given.is_some());
            fit.is_foreign |= names.is_foreign(name);
            let others = || {
                let all = self.known.iter().enumerate();
                let others = all.filter(|(at, _)| *at != place && Some(*at) != own);
                others.map(|(_, other)| other).filter(|other| other.agent == person.agent)
            };
            let are_two = |other: &Person| self.are_distinct(other.number, person.number);
            if others().any(|other| are_two(other) && other.jar.has(name, value)) {
                continue;
            }
            let is_long = value.len() >= LONG;
            fit.agree += 1;
            fit.long += usize::from(is_long);
            fit.odds = fit.odds.saturating_mul(names.odds(name, value));
            let Some(at) = given else { continue };
            fit.brings |= fit.sent_by
                && sent.follows.iter().any(|(answer, _)| *answer == at)
                && !others().any(|other| other.jar.has(name, value));
            let Pair::Slot(index, _) = pair else { continue };
            let cookie = &person.jar.slots[*index].cookie;
            let last = own.and_then(|own| self.known[own].last_came(sent.request.host()));
            let came_without = last.is_some_and(|last| {
                last.at < at
                    && last.whole.as_ref().is_some_and(|whole| path_match(&cookie.path, whole))
                    && !last.pairs.contains(&names.hash_of(name, value))
            });
            let had_another = own.is_some_and(|own| {
                let mut slots = self.known[own].jar.slots.iter();
                let slot = slots.find(|slot| slot.cookie.is_same_as(cookie));
                let state = slot.and_then(|slot| slot.own());
                state.is_some_and(|state| SystemTime::UNIX_EPOCH < state.at && state.at < at)
            });
            let is_news = came_without || had_another;
            if is_news && !others().any(|other| other.jar.is_given(name, value)) {
                // Two that don't seem to be one may have come to the same count by chance.
                let is_doubtful =
                    names.is_foreign(name) || own.is_some_and(|own| self.are_unlike(own, place));
                let is_weak = is_long || (is_count(value) && is_doubtful);
                fit.proofs += if is_weak { 1 } else { 2 };
            }
        }
        fit
    }

    /// Whether what came over a connection of the one shows that the other is another browser.
    fn are_two(&self, one: usize, other: usize, sent: &Sent<'_>, names: &Names) -> bool {
        let (one, other) = (&self.known[one], &self.known[other]);
        sent.pairs.iter().take(WITNESSES).any(|(name, value)| {
            let own = one.jar.slots.iter().filter(|slot| slot.cookie.name == *name);
            let mut own = own.filter_map(|slot| Some((slot, slot.is_given(value)?)));
            let pair = names.hash_of(name, value);
            own.any(|(slot, at)| {
                // It has this still, though the other was given another one since.
                let mut theirs = other.jar.slots.iter();
                let theirs = theirs.find(|theirs| theirs.cookie.is_same_as(&slot.cookie));
                let is_older = theirs.and_then(|theirs| theirs.own()).is_some_and(|state| {
                    state.sure
                        && at < before(state.at, SLACK)
                        && state.at <= sent.start
                        && state.what.cookie().is_none_or(|cookie| cookie.value != *value)
                        && !self.is_given_since(before(state.at, SLACK), one, name, value)
                });
                // It has this still, though the other came without it since.
                let lacked = self.lacks.iter().any(|lack| {
                    (lack.holder, lack.without, lack.pair) == (one.number, other.number, pair)
                        && at < lack.at
                        && lack.at <= sent.start
                        && !self.is_given_since(before(lack.at, 2 * SLACK), one, name, value)
                });
                is_older || lacked
            })
        })
    }

    /// Whether another that looks like this one was given this since then.
    fn is_given_since(&self, since: SystemTime, one: &Person, name: &[u8], value: &[u8]) -> bool {
        let is_other = |other: &&Person| other.agent == one.agent && other.number != one.number;
        self.known.iter().filter(is_other).any(|person| {
            let slots = person.jar.slots.iter().filter(|slot| slot.cookie.name == name);
            slots.filter_map(|slot| slot.is_given(value)).any(|at| at >= since)
        })
    }

    fn remember_lacks(&mut self, place: usize, fit: &Fit, sent: &Sent<'_>, names: &Names) {
        const LACKS: usize = 256;
        let (without, holder) = (self.known[place].number, &self.known[fit.place]);
        for slot in fit.compared.lacking() {
            let slot = &holder.jar.slots[slot];
            let Some(cookie) = slot.own().and_then(|state| state.what.cookie()) else { continue };
            let pair = names.hash_of(&cookie.name, &cookie.value);
            if self.lacks.len() >= LACKS {
                self.lacks.pop_front();
            }
            let (holder, at) = (holder.number, *sent.made.end());
            self.lacks.push_back(Lack { without, holder, pair, at });
        }
    }

    /// Whose it seems to be.
    fn presume(
        &self,
        own: Option<&(usize, Compared)>,
        sender: &Sender<'_>,
        sent: &Sent<'_>,
        names: &Names,
    ) -> Option<Presumed> {
        let has_all = own.is_some_and(|(_, own)| own.has_all());
        let own = own.map(|(place, _)| *place);
        if own.is_some_and(|own| self.known[own].nth.is_some()) || !sender.program.is_browser() {
            return None;
        }
        let mut suspects = self.suspects(own, sender);
        if let Some(own) = own {
            suspects.retain(|other| !self.are_unlike(own, *other));
        }
        let numbered = suspects.iter().filter(|place| self.known[**place].nth.is_some());
        let is_alone = numbered.count() == 1;
        let fits = suspects.into_iter().map(|place| self.weigh(place, own, sender, sent, names));
        let mut fits: Vec<_> = fits.filter(|fit| fit.against == 0).collect();
        let rank = |fit: &Fit| (fit.sent_by, fit.long, fit.given, fit.fitting);
        fits.sort_by_key(|fit| std::cmp::Reverse(rank(fit)));
        if fits.len() > 1 && rank(&fits[0]) == rank(&fits[1]) {
            return None;
        }
        let fit = fits.into_iter().next()?;
        let person = &self.known[fit.place];
        let is_first = is_alone && person.nth.is_some();
        let is_likely = fit.long > 0
            || (fit.sent_by && fit.given > 0)
            || (fit.agree > 0 && fit.odds >= LIKELY)
            || (is_first && fit.given > 0 && !fit.is_foreign);
        let seems = is_likely || (is_first && fit.fitting > 0);
        // Where its own jar has all that came, and this one was given none of it, there is no reason to name another.
        let is_own = has_all && fit.given == 0;
        let known_by = fit.known_by();
        (seems && !is_own).then_some(Presumed {
            place: fit.place,
            compared: fit.compared,
            known_by,
            is_likely,
        })
    }
}

impl Presumed {
    /// How a pair came, if it is as this jar has it.
    pub(super) fn how(&self, pair: usize) -> Option<How> {
        match self.compared.pairs.get(pair)? {
            Pair::Slot(_, how @ (How::AsSet { .. } | How::UnderWay)) if self.is_likely => {
                Some(how.clone())
            }
            _ => None,
        }
    }
}
