//! What becomes of a `Set-Cookie` line in a jar.

use std::{sync::Arc, time::SystemTime};

use cookie_rules::{Cause, Cookie, Family, Reason, Receipt, Received, Site, receive};

use super::{
    compare::Sent,
    facts::SetOutcome,
    jar::{Asked, Book, Jar, Learned},
    slot::{Slot, State, What},
    time::{SLACK, before},
};

/// The answer that has the line.
#[derive(Clone, Copy)]
pub(super) struct Answering<'a> {
    /// The request, as it was sent.
    pub(super) sent: &'a Sent<'a>,
    /// The number of the exchange.
    pub(super) number: u64,
    pub(super) now: SystemTime,
    /// The jar that it is for, where this is another one, whose client may be the same browser.
    pub(super) of: Option<u64>,
    /// The client is no browser: it asks when it has read the last answer.
    pub(super) in_order: bool,
    /// When the answer was made whose `Location` the request follows.
    pub(super) follows: Option<SystemTime>,
}

impl Answering<'_> {
    /// Whether a browser took that state in before what this answer says: else nobody knows which came last.
    fn comes_after(&self, state: &State) -> bool {
        if self.of.is_some() && state.of != self.of {
            return false;
        }
        if state.over == self.sent.connection {
            return true;
        }
        let came = |cookie: &Arc<Cookie>| {
            self.sent.pairs.contains(&(cookie.name.as_slice(), cookie.value.as_slice()))
        };
        self.in_order
            || state.at <= before(self.now, SLACK)
            || self.follows.is_some_and(|answer| state.at <= answer)
            || state.what.cookie().is_some_and(came)
    }

    fn state(&self, what: What) -> State {
        State { what, of: self.of, sure: true, over: self.sent.connection, at: self.now }
    }
}

impl Jar {
    /// The jar takes a line in.
    pub(super) fn take(
        &mut self,
        line: &[u8],
        answer: &Answering<'_>,
        book: &mut Book,
    ) -> SetOutcome {
        let sent = answer.sent;
        match receive(line, sent.request, &sent.cause, &sent.profile, answer.now) {
            Received::Kept(receipt) => self.set(receipt, answer, book),
            Received::Ends(receipt) => self.end(receipt, answer, book),
            Received::Elsewhere(receipt) => SetOutcome::Elsewhere(receipt),
            Received::Refused { rule, certain: true } => {
                SetOutcome::Refused { rule, certain: true }
            }
            Received::Refused { rule, certain: false } => {
                self.perhaps(line, answer, book);
                SetOutcome::Refused { rule, certain: false }
            }
        }
    }

    fn set(&mut self, mut receipt: Receipt, answer: &Answering<'_>, book: &mut Book) -> SetOutcome {
        book.sets(&receipt.cookie);
        let slot = self.slot(&receipt.cookie);
        let old = slot.own().and_then(|state| state.what.cookie()).cloned();
        let old = old.filter(|old| slot.missing.is_none() && !old.is_expired(answer.now));
        if let Some(old) = &old
            && (old.value == receipt.cookie.value || answer.sent.profile.family != Family::Chromium)
        {
            receipt.cookie.creation = old.creation;
        }
        let what = What::Set(Arc::new(receipt.cookie.clone()));
        slot.put(answer.state(what), |state| answer.comes_after(state));
        book.note(slot);
        self.doubt_learned(&receipt.cookie.name, answer.now, book);
        match old {
            Some(old) => SetOutcome::Replaced { receipt, old },
            None => SetOutcome::Stored(receipt),
        }
    }

    fn end(&mut self, receipt: Receipt, answer: &Answering<'_>, book: &mut Book) -> SetOutcome {
        let cookie = &receipt.cookie;
        let path: Arc<str> = answer.sent.request.path().into();
        let (mut is_altered, mut deleted) = (false, None);
        if let Some(slot) = self.slots.iter_mut().find(|slot| slot.cookie.is_same_as(cookie))
            && let Some(state) = slot.own()
            && let Some(held) = state.what.cookie().cloned()
        {
            is_altered = matches!(state.what, What::Altered { .. });
            let old = Arc::clone(&held);
            let (path, by, at) = (Arc::clone(&path), answer.number, answer.now);
            let what = What::Deleted { cookie: held, path, by, at };
            // What came with another value may be another cookie, at another path.
            let is_before = |state: &State| !is_altered && answer.comes_after(state);
            slot.put(answer.state(what), is_before);
            book.note(slot);
            deleted = (!is_altered).then_some(old);
        }
        let host = answer.sent.request.host();
        self.doubt_learned(&cookie.name, answer.now, book);
        let mut was_learned = false;
        for learned in self.learned.iter_mut().filter(|learned| learned.may_be(cookie, host)) {
            was_learned = true;
            let (by, path, at) = (answer.number, Arc::clone(&path), answer.now);
            learned.asked = Some(Asked { by, path, at });
            book.note_learned(learned, false);
        }
        if deleted.is_none() && !is_altered && !answer.in_order {
            // Should another answer set it at this moment, nobody knows which the browser takes in last.
            let slot = self.slot(cookie);
            let gone = match slot.own().map(|state| &state.what) {
                // It is gone since then, and not since now.
                Some(deleted @ What::Deleted { .. }) => deleted.clone(),
                _ => What::Never,
            };
            slot.put(answer.state(gone), |state| answer.comes_after(state));
            book.note(slot);
        }
        if let Some(old) = deleted {
            return SetOutcome::Deleted { receipt, old };
        }
        if !was_learned
            && !is_altered
            && let Some(rule) = self.meant(cookie, answer.now)
        {
            return SetOutcome::OtherCookie { receipt, rule };
        }
        let came = answer.sent.pairs.iter().any(|(name, _)| *name == cookie.name);
        SetOutcome::AsksToDelete { receipt, came }
    }

    /// This server sets one of this name: what only came of that name may be that, or may have been changed meanwhile.
    pub(super) fn doubt_learned(&mut self, name: &[u8], now: SystemTime, book: &mut Book) {
        let is_plain = |learned: &&mut Learned| learned.name == name && !learned.is_doubtful;
        for learned in self.learned.iter_mut().filter(is_plain) {
            (learned.is_doubtful, learned.at) = (true, now);
            book.note_learned(learned, false);
        }
    }

    /// A line that may have been taken in, and may have been refused.
    fn perhaps(&mut self, line: &[u8], answer: &Answering<'_>, book: &mut Book) {
        let sent = answer.sent;
        let near = Cause { site: Site::SameOrigin, ..Cause::default() };
        let what = match receive(line, sent.request, &near, &sent.profile, answer.now) {
            Received::Kept(receipt) => What::Set(Arc::new(receipt.cookie)),
            Received::Ends(receipt) => {
                let path = sent.request.path().into();
                What::Deleted {
                    cookie: Arc::new(receipt.cookie),
                    path,
                    by: answer.number,
                    at: answer.now,
                }
            }
            Received::Refused { .. } | Received::Elsewhere(_) => return,
        };
        let (What::Set(cookie) | What::Deleted { cookie, .. }) = &what else { return };
        let is_new = !self.slots.iter().any(|slot| slot.cookie.is_same_as(cookie));
        if is_new && matches!(what, What::Deleted { .. }) {
            return;
        }
        book.sets(cookie);
        let slot = self.slot(&Arc::clone(cookie));
        // Over no connection: that it did not happen says nothing of whose the connection is.
        slot.put(State { sure: false, over: 0, ..answer.state(what) }, |_| false);
        book.note(slot);
    }

    /// The slot of a cookie, an empty one where there is none.
    fn slot(&mut self, cookie: &Cookie) -> &mut Slot {
        let place = self.slots.iter().position(|slot| slot.cookie.is_same_as(cookie));
        let place = place.unwrap_or_else(|| {
            self.slots.push(Slot::new(Arc::new(cookie.clone())));
            self.slots.len() - 1
        });
        &mut self.slots[place]
    }

    /// The cookie of this name that the author of a line may have meant to delete, by what it differs in.
    fn meant(&self, cookie: &Cookie, now: SystemTime) -> Option<Reason> {
        let is_held = |slot: &&Slot| slot.missing.is_none() && !slot.has_ended(now);
        let held = self.slots.iter().filter(is_held).map(|slot| &slot.cookie);
        let mut namesakes = held.filter(|other| other.name == cookie.name);
        let is_near = |other: &&Arc<Cookie>| {
            other.domain == cookie.domain && other.host_only == cookie.host_only
        };
        let name = cookie.name.clone();
        if let Some(other) = namesakes.clone().find(is_near) {
            let (asked, stored) = (cookie.path.clone(), other.path.clone());
            return Some(Reason::DeleteOtherPath { name, asked, stored });
        }
        namesakes.next().map(|other| Reason::DeleteOtherDomain {
            name,
            asked: cookie.domain.clone(),
            asked_host_only: cookie.host_only,
            stored: other.domain.clone(),
            stored_host_only: other.host_only,
        })
    }
}
