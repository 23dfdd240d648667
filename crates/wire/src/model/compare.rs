//! What a jar says of a request, beside what came: which pairs are which cookies, and why the others did not come.
//!
//! A cookie is *expected* in each state that the request may have found it in. What all of them agree on is said.

use std::{ops::RangeInclusive, sync::Arc, time::SystemTime};

use cookie_rules::{
    Cause, Cookie, Expected, Profile, Reason, Request, exception, expect, path_match,
};

use super::{
    facts::{How, Why},
    jar::Jar,
    slot::{Slot, State, What},
};

/// How many cookies of a host a browser keeps at the least; beyond, any of them may have been pushed out.
const ROOM: usize = 150;

/// A request, as far as a jar cares.
pub(super) struct Sent<'a> {
    pub(super) request: &'a Request,
    pub(super) cause: Cause,
    pub(super) profile: Profile,
    pub(super) pairs: &'a [(&'a [u8], &'a [u8])],
    /// Not all pairs are looked at.
    pub(super) has_more: bool,
    /// It was made at this time or later, as far as answers are concerned.
    pub(super) start: SystemTime,
    /// It was made after these answers: when they were made, and over which connection.
    pub(super) follows: &'a [(SystemTime, u64)],
    /// It was made somewhen in this time, as far as clocks are concerned.
    pub(super) made: RangeInclusive<SystemTime>,
    pub(super) connection: u64,
    /// It brought the cookie that names its browser, which lives as long as a session cookie.
    pub(super) is_named: bool,
}

/// What came of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Pair {
    /// It is this slot's cookie.
    Slot(usize, How),
    /// It is this cookie that only ever came.
    Learned(usize, Option<Reason>),
    /// It is none that the jar has.
    Free {
        /// The rule that was to keep a cookie of this name.
        rule: Option<Reason>,
        /// The jar has one of this name, and not so.
        is_other: bool,
    },
}

/// What is to be said of a slot, and whether its pair came.
#[derive(Debug, Default)]
pub(super) struct Beside {
    pub(super) pair: Option<usize>,
    pub(super) why: Option<Why>,
    /// It was to come for certain, as far as this jar knows.
    pub(super) was_to_come: bool,
    /// The request found the cookie as it is now, whatever that is.
    pub(super) is_settled: bool,
    /// Had it been there, it would have come.
    pub(super) would_come: bool,
    /// There are others like it, and fewer came: which of them are there, nobody knows.
    pub(super) is_unclear: bool,
}

/// A jar beside a request.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) pairs: Vec<Pair>,
    pub(super) slots: Vec<Beside>,
    /// Cookies that only ever came, and of which the same is true.
    pub(super) unclear: Vec<usize>,
}

impl Compared {
    /// The slots that were to come and did not.
    pub(super) fn lacking(&self) -> impl Iterator<Item = usize> {
        let lacks = |(index, slot): (usize, &Beside)| {
            (slot.was_to_come && slot.pair.is_none()).then_some(index)
        };
        self.slots.iter().enumerate().filter_map(lacks)
    }

    /// Whether all that came is this jar's, as it was set.
    pub(super) fn has_all(&self) -> bool {
        self.pairs.iter().all(|pair| matches!(pair, Pair::Slot(_, How::AsSet { .. })))
    }

    /// How many pairs this jar has with another value, or a rule was to keep.
    pub(super) fn odd(&self) -> usize {
        let is_odd = |pair: &&Pair| {
            matches!(
                pair,
                Pair::Slot(_, How::OtherValue { .. }) | Pair::Free { is_other: true, .. }
            )
        };
        self.pairs.iter().filter(is_odd).count()
    }
}

/// What is expected of a slot, all states together.
struct Outlook<'s> {
    /// The values with which it may come, and whether a rule may keep that.
    values: Vec<(&'s Arc<Cookie>, Option<Reason>)>,
    /// The latest that this jar's client was given.
    given: Vec<&'s [u8]>,
    stays: Option<Reason>,
    /// The latest state says so, for certain: then the others don't matter, where none says that it may come.
    newest_stays: bool,
    /// Why it may come though its `SameSite` speaks against it.
    exception: Option<Reason>,
    ended: Option<(Reason, SystemTime)>,
    never: bool,
    altered: Option<(&'s Arc<Cookie>, &'s [u8])>,
    /// A state in the window may be unknown, or the cookie was missing.
    open: bool,
    settled: bool,
}

impl<'s> Outlook<'s> {
    fn of(slot: &'s Slot, sent: &Sent<'_>, is_full: bool) -> Self {
        let start = slot.start(sent.start, sent.follows);
        let (states, complete) = slot.since(start);
        let mut outlook = Self {
            values: Vec::new(),
            given: Vec::new(),
            stays: None,
            newest_stays: false,
            exception: exception(
                &slot.cookie,
                sent.request,
                &sent.cause,
                &sent.profile,
                *sent.made.end(),
            ),
            ended: None,
            never: false,
            altered: None,
            open: !complete || slot.missing.is_some() || is_full,
            settled: slot.is_settled(start),
        };
        // Where it comes again, nobody knows who set that, nor how.
        if slot.missing.is_some() {
            return outlook;
        }
        for state in slot.now().iter().filter(|state| state.of.is_none()) {
            if let What::Set(cookie) = &state.what {
                outlook.given.push(&cookie.value);
            }
        }
        for state in states {
            let is_newest = outlook.is_empty();
            outlook.add(&state.what, sent, state.at);
            outlook.newest_stays |=
                is_newest && outlook.stays.is_some() && state.sure && state.of.is_none();
        }
        // Where another answer deleted it at the same time, nobody knows which came last.
        let is_deleted = |state: &State| matches!(state.what, What::Deleted { .. });
        outlook.newest_stays &= !slot.now().iter().any(is_deleted);
        outlook
    }

    fn add(&mut self, what: &'s What, sent: &Sent<'_>, at: SystemTime) {
        match what {
            What::Never => self.never = true,
            What::Altered { cookie, was } => self.altered = Some((cookie, was)),
            What::Deleted { path, at, .. } => {
                let ago = sent.made.end().duration_since(*at).unwrap_or_default();
                self.ended = Some((Reason::Deleted { by: path.to_string(), ago }, *at));
            }
            What::Set(cookie) if cookie.is_expired(*sent.made.start()) => {
                let at = cookie.expiry.unwrap_or(at);
                let ago = sent.made.end().duration_since(at).unwrap_or_default();
                self.ended = Some((Reason::Expired { at, ago }, at));
            }
            What::Set(cookie) => {
                // At the edge of its time nothing is said of it, unless it comes.
                self.open |= cookie.is_expired(*sent.made.end());
                match expect(cookie, sent.request, &sent.cause, &sent.profile, sent.made.clone()) {
                    Expected::Comes => self.values.push((cookie, None)),
                    Expected::Either(reason) => self.values.push((cookie, Some(reason))),
                    Expected::Stays(reason) => match reason {
                        Reason::Expired { at, .. } => self.ended = Some((reason, at)),
                        reason => self.stays = Some(reason),
                    },
                }
            }
        }
    }

    /// Whether every state says that it comes.
    fn comes(&self) -> bool {
        let certain = self.values.iter().all(|(_, reason)| reason.is_none());
        certain && !self.values.is_empty() && self.is_one() && !self.open
    }

    /// Whether no state was looked at yet.
    fn is_empty(&self) -> bool {
        let nothing = self.values.is_empty() && self.stays.is_none() && self.ended.is_none();
        nothing && !self.never && self.altered.is_none()
    }

    /// Whether every state in which there is a cookie says that it comes.
    fn would_come(&self) -> bool {
        let certain = self.values.iter().all(|(_, reason)| reason.is_none());
        let else_nothing = self.stays.is_none() && self.altered.is_none();
        certain && !self.values.is_empty() && else_nothing && !self.open
    }

    /// Whether all states are of one kind.
    fn is_one(&self) -> bool {
        let kinds = [
            !self.values.is_empty(),
            self.stays.is_some(),
            self.ended.is_some() || self.never,
            self.altered.is_some(),
        ];
        kinds.iter().filter(|kind| **kind).count() <= 1
    }

    /// The rule that keeps it, where no state says that it may come.
    fn keeper(&self) -> Option<&Reason> {
        if !self.values.is_empty() || self.altered.is_some() || self.open {
            return None;
        }
        self.stays.as_ref().or(self.ended.as_ref().map(|(reason, _)| reason))
    }

    /// How a pair of this value is this cookie, if it is.
    fn how(&self, value: &[u8]) -> Option<How> {
        if let Some((cookie, was)) = self.altered
            && cookie.value == value
        {
            return Some(How::OtherValue { was: was.to_vec() });
        }
        let mut fitting = self.values.iter().filter(|(cookie, _)| cookie.value == value);
        let (cookie, reason) = fitting.next()?;
        let others = self.values.iter().any(|(cookie, _)| cookie.value != value);
        let is_open = others || self.ended.is_some() || self.never || self.altered.is_some();
        if is_open && !self.given.contains(&value) {
            return Some(How::UnderWay);
        }
        let reasons = [reason, &self.stays, &self.exception];
        let might_have_stayed = reasons.into_iter().find_map(Clone::clone);
        Some(How::AsSet { path: cookie.path.clone(), might_have_stayed })
    }

    /// Whether it comes with this value for certain, if it is there.
    fn comes_as(&self, value: &[u8]) -> bool {
        let mut values = self.values.iter();
        values.any(|(cookie, reason)| cookie.value == value && reason.is_none())
    }

    /// Whether there is a cookie in every state.
    fn is_held(&self) -> bool {
        self.ended.is_none() && !self.never
    }

    /// The value that a cookie of this name was to have.
    fn was(&self) -> Option<Vec<u8>> {
        let altered = self.altered.map(|(_, was)| was.to_vec());
        altered.or_else(|| self.values.first().map(|(cookie, _)| cookie.value.clone()))
    }

    /// Why it did not come, where that is to be said. `told` is when its client was last told.
    fn why(self, has_more: bool, told: SystemTime) -> Option<Why> {
        if self.comes() {
            return (!has_more).then_some(Why::Missing);
        }
        if self.open || self.altered.is_some() {
            return None;
        }
        let may_have_come = !self.values.is_empty();
        if may_have_come && !self.is_one() && (self.ended.is_some() || self.never) {
            return (!self.settled).then_some(Why::UnderWay);
        }
        if may_have_come {
            let mut reasons = self.values.into_iter().filter_map(|(_, reason)| reason);
            return reasons.next().or(self.stays).map(Why::MayBeHeldBack);
        }
        match (self.stays, self.ended) {
            (Some(reason), _) if self.newest_stays => Some(Why::HeldBack(reason)),
            (Some(reason), None) if !self.never => Some(Why::HeldBack(reason)),
            (None, Some((reason, at))) if self.settled => {
                Some(Why::Ended { reason, news: at > told })
            }
            _ => None,
        }
    }
}

impl Jar {
    pub(super) fn compare(&self, sent: &Sent<'_>) -> Compared {
        let is_full = self.is_full(sent);
        let outlooks: Vec<_> =
            self.slots.iter().map(|slot| Outlook::of(slot, sent, is_full)).collect();
        let mut pairs = vec![None; sent.pairs.len()];
        let mut pair_of = vec![None; self.slots.len()];
        // The most certain first: a pair that must be this cookie, one that may be, and one that has only its name.
        let certain = |outlook: &Outlook<'_>| outlook.comes() && outlook.values.len() == 1;
        for is_turn in [true, false] {
            for (index, outlook) in outlooks.iter().enumerate() {
                if certain(outlook) != is_turn
                    || (outlook.values.is_empty() && outlook.altered.is_none())
                {
                    continue;
                }
                let name = &self.slots[index].cookie.name;
                let fits = |pair: &usize| {
                    sent.pairs[*pair].0 == name && outlook.how(sent.pairs[*pair].1).is_some()
                };
                let free = (0..pairs.len()).filter(|pair| pairs[*pair].is_none()).find(fits);
                if let Some(pair) = free {
                    pairs[pair] = outlook.how(sent.pairs[pair].1).map(|how| Pair::Slot(index, how));
                    pair_of[index] = Some(pair);
                }
            }
        }
        let is_near =
            |slot: &Slot| !slot.cookie.host_only || slot.cookie.domain == sent.request.host();
        // Of several cookies of one name, what keeps the one that had this value. It may be one that was missing, and what
        // another host has alone is another one.
        let keeper = |(name, value): (&[u8], &[u8]), pair_of: &[Option<usize>]| {
            let all = outlooks.iter().zip(&self.slots).zip(pair_of);
            let namesakes = all.filter(|((_, slot), pair)| {
                slot.cookie.name == name
                    && pair.is_none()
                    && (is_near(slot) || slot.cookie.value == value)
            });
            if namesakes.clone().any(|((_, slot), _)| slot.missing.is_some()) {
                return None;
            }
            let kept = namesakes.filter_map(|((outlook, slot), _)| Some((slot, outlook.keeper()?)));
            let kept = kept.min_by_key(|(slot, _)| slot.cookie.value != value);
            kept.map(|(_, rule)| rule.clone())
        };
        let mut of_learned = vec![false; self.learned.len()];
        for (pair, (name, value)) in sent.pairs.iter().enumerate() {
            let known = self.learned.iter().position(|learned| {
                learned.is(name, sent.request.host()) && learned.value == *value
            });
            if let Some(learned) = known.filter(|index| !of_learned[*index])
                && pairs[pair].is_none()
            {
                of_learned[learned] = true;
                pairs[pair] = Some(Pair::Learned(learned, keeper((name, value), &pair_of)));
            }
        }
        for (pair, told) in pairs.iter_mut().enumerate().filter(|(_, told)| told.is_none()) {
            let name = sent.pairs[pair].0;
            // Where several of one name came, nobody knows which of them this one is.
            let is_alone = sent.pairs.iter().filter(|(other, _)| *other == name).count() == 1;
            let may_be = |index: &usize| {
                let outlook = &outlooks[*index];
                self.slots[*index].cookie.name == name
                    && pair_of[*index].is_none()
                    && (outlook.comes()
                        || (outlook.settled && outlook.is_held() && outlook.was().is_some()))
            };
            let slot = (0..outlooks.len()).find(may_be).filter(|_| is_alone);
            *told = Some(match slot.and_then(|index| Some((index, outlooks[index].was()?))) {
                Some((index, was)) => {
                    pair_of[index] = Some(pair);
                    Pair::Slot(index, How::OtherValue { was })
                }
                None => {
                    let rule = keeper(sent.pairs[pair], &pair_of);
                    let host = sent.request.host();
                    let is_other =
                        rule.is_some() || self.learned.iter().any(|one| one.is(name, host));
                    Pair::Free { rule, is_other }
                }
            });
        }
        let mut pairs: Vec<_> = pairs.into_iter().flatten().collect();
        let (slots_like, learned_like) = self.fewer_than_are_alike(sent, &outlooks, &mut pairs);
        let slots = outlooks.into_iter().zip(pair_of).zip(&self.slots).enumerate();
        let slots = slots.map(|(index, ((outlook, pair), slot))| {
            if slots_like.contains(&index) {
                return Beside { pair, is_unclear: true, ..Beside::default() };
            }
            Beside {
                pair,
                was_to_come: outlook.comes() && !sent.has_more,
                is_settled: outlook.settled,
                would_come: outlook.would_come() && !sent.has_more,
                is_unclear: false,
                // Of what belongs to another host alone there is nothing to say, unless an id shows that it is this browser's.
                why: match pair {
                    None if is_near(slot) || (sent.is_named && sent.is_of_site(&slot.cookie)) => {
                        outlook.why(sent.has_more, self.told)
                    }
                    _ => None,
                },
            }
        });
        Compared { slots: slots.collect(), pairs, unclear: learned_like }
    }

    /// Where several cookies have one name and one value, and fewer came than were to come, nobody knows which: the slots, and
    /// those that only ever came. Of the pairs that came, it is said that they are like one of them.
    fn fewer_than_are_alike(
        &self,
        sent: &Sent<'_>,
        outlooks: &[Outlook<'_>],
        pairs: &mut [Pair],
    ) -> (Vec<usize>, Vec<usize>) {
        let (mut slots_like, mut learned_like) = (Vec::new(), Vec::new());
        for (pair, (name, value)) in pairs.iter_mut().zip(sent.pairs) {
            let Pair::Slot(_, how @ How::AsSet { .. }) = pair else { continue };
            let is_like = |index: &usize| {
                self.slots[*index].cookie.name == *name && outlooks[*index].comes_as(value)
            };
            let is_like_learned = |index: &usize| {
                let learned = &self.learned[*index];
                learned.is(name, sent.request.host())
                    && learned.value == *value
                    && !learned.is_doubtful
                    && path_match(&learned.path, sent.request.path())
            };
            let slots: Vec<_> = (0..outlooks.len()).filter(is_like).collect();
            let learned: Vec<_> = (0..self.learned.len()).filter(is_like_learned).collect();
            let came = sent.pairs.iter().filter(|came| **came == (*name, *value)).count();
            if slots.is_empty() || slots.len() + learned.len() <= came {
                continue;
            }
            *how = How::Alike;
            slots_like.extend(slots);
            learned_like.extend(learned);
        }
        (slots_like, learned_like)
    }

    /// Whether there are so many cookies that the browser may have pushed some out.
    fn is_full(&self, sent: &Sent<'_>) -> bool {
        let others = sent.pairs.len();
        let held = self.slots.iter().filter(|slot| !slot.has_ended(*sent.made.start())).count();
        sent.has_more || held.max(others) >= ROOM || held + self.learned.len() >= ROOM
    }
}

impl Pair {
    pub(super) fn is_slot(&self) -> bool {
        matches!(self, Pair::Slot(..))
    }
}
