//! The jar: the storage model and the retrieval model of RFC 6265bis (§5.7, §5.8), each step with its reason.
//!
//! The rules themselves are in `storing.rs` and `sending.rs`.

mod outcome;

pub use outcome::{Decision, Gone, Outcome, Receipt, Stored};

use crate::domain::concerns;
use crate::sending::{remark, withheld};
use crate::storing::{receive_into, why_nothing_was_deleted};
use crate::{Cookie, Family, Limits, Profile, PublicSuffixes, Reason, Request, SetCookie};
use outcome::Departure;
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::time::SystemTime;

/// A cookie jar (the specification's "cookie store"): bounded, and it remembers some of what is gone.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    /// In the order of their creation.
    cookies: Vec<Cookie>,
    gone: VecDeque<Gone>,
    profile: Profile,
    public_suffixes: PublicSuffixes,
}

impl Jar {
    /// An empty jar of Chromium's.
    pub fn new() -> Jar {
        Jar::default()
    }

    /// The same jar, of this browser.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Jar {
        self.profile = profile;
        self
    }

    /// The same jar with this idea of what a public suffix is.
    #[must_use]
    pub fn with_public_suffixes(mut self, public_suffixes: PublicSuffixes) -> Jar {
        self.public_suffixes = public_suffixes;
        self
    }

    /// The cookies, oldest creation first. An expired one stays until the next [`Jar::store`], [`Jar::decide`] or [`Jar::sweep`].
    pub fn cookies(&self) -> impl Iterator<Item = &Cookie> {
        self.cookies.iter()
    }

    /// How many [`cookies`](Jar::cookies) there are: an expired one counts until it is swept.
    pub fn len(&self) -> usize {
        self.cookies.len()
    }

    /// Whether there is none of them.
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// What is gone, the latest last: as many as [`Limits::gone`] lets the jar remember.
    pub fn gone(&self) -> impl Iterator<Item = &Gone> {
        self.gone.iter()
    }

    /// Receives a `Set-Cookie` line in the answer to `request` (RFC 6265bis §5.6, §5.7).
    pub fn store(&mut self, line: &[u8], request: &Request, now: SystemTime) -> Stored {
        let Profile { family, limits, .. } = self.profile;
        self.store_parsed(&SetCookie::within(line, family, limits.attribute), request, now)
    }

    /// The same for a line that is taken apart already.
    pub fn store_parsed(&mut self, line: &SetCookie, request: &Request, now: SystemTime) -> Stored {
        self.sweep(now);
        let received =
            receive_into(&self.cookies, line, request, now, &self.profile, &self.public_suffixes);
        match received {
            Err(reason) => Stored::Rejected(reason),
            Ok(receipt) if receipt.cookie.is_expired(now) => self.delete(receipt, request, now),
            Ok(receipt) => self.put(receipt, now),
        }
    }

    /// Puts a cookie in, in the place of the one that it replaces, if any.
    fn put(&mut self, mut receipt: Receipt, now: SystemTime) -> Stored {
        self.gone.retain(|gone| !gone.cookie.is_same_as(&receipt.cookie));
        let Some(index) = self.cookies.iter().position(|old| old.is_same_as(&receipt.cookie))
        else {
            self.cookies.push(receipt.cookie.clone());
            self.remove_excess(&receipt.cookie.domain, now);
            return Stored::Stored(receipt);
        };
        if self.keeps_creation(&self.cookies[index], &receipt.cookie) {
            receipt.cookie.creation = self.cookies[index].creation;
            let old = std::mem::replace(&mut self.cookies[index], receipt.cookie.clone());
            return Stored::Replaced(receipt, old);
        }
        let old = self.cookies.remove(index);
        self.cookies.push(receipt.cookie.clone());
        Stored::Replaced(receipt, old)
    }

    fn delete(&mut self, receipt: Receipt, request: &Request, now: SystemTime) -> Stored {
        let cookie = &receipt.cookie;
        if let Some(index) = self.cookies.iter().position(|old| old.is_same_as(cookie)) {
            let old = self.cookies.remove(index);
            self.remember(old.clone(), now, Departure::Deleted { by: request.path().to_owned() });
            return Stored::Deleted(receipt, old);
        }
        let reason = why_nothing_was_deleted(cookie, request, &self.cookies);
        Stored::DeletedNothing(receipt, reason)
    }

    /// Whether a cookie set anew keeps its creation time.
    fn keeps_creation(&self, old: &Cookie, new: &Cookie) -> bool {
        self.profile.family != Family::Chromium || old.value == new.value
    }

    /// Decides for each cookie whether `request` carries it (RFC 6265bis §5.8.3), as [`Jar::predict`] does, and then
    /// does what sending does: expired cookies leave the jar, and those sent are marked as used.
    pub fn decide(&mut self, request: &Request, now: SystemTime) -> Vec<Decision> {
        self.touch(request, now);
        self.predict(request, now)
    }

    /// What [`Jar::decide`] would say, leaving the jar as it is.
    ///
    /// First the cookies that are sent, in the order of the header: longer paths first, then older ones. Then those that
    /// the host or a name above or below it has, but that are withheld. Last those that are gone.
    /// `localhost` and `127.0.0.1` show each other's cookies as withheld, because people take the two for one.
    pub fn predict(&self, request: &Request, now: SystemTime) -> Vec<Decision> {
        let (mut sent, mut withheld_ones, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for cookie in self.cookies.iter().filter(|cookie| concerns(&cookie.domain, request.host()))
        {
            if let Some(at) = cookie.expiry.filter(|expiry| *expiry <= now) {
                let ago = now.duration_since(at).unwrap_or_default();
                gone.push(Decision::new(cookie, Outcome::Gone(Reason::Expired { at, ago })));
            } else if let Some(reason) = withheld(cookie, request, &self.profile, now) {
                withheld_ones.push(Decision::new(cookie, Outcome::Withheld(reason)));
            } else {
                sent.push(Decision {
                    note: remark(cookie, request, now),
                    ..Decision::new(cookie, Outcome::Sent)
                });
            }
        }
        // The sort is stable, and the jar is in the order of creation.
        sent.sort_by_key(|decision| Reverse(decision.cookie.path.len()));
        for old in self.gone.iter().rev().filter(|old| concerns(&old.cookie.domain, request.host()))
        {
            gone.push(Decision::new(&old.cookie, Outcome::Gone(old.reason(now))));
        }
        sent.append(&mut withheld_ones);
        sent.append(&mut gone);
        sent
    }

    /// The cookies that `request` carries, in the order of the header, leaving the jar as it is: [`Jar::predict`] for those in a hurry.
    pub fn sent(&self, request: &Request, now: SystemTime) -> Vec<&Cookie> {
        let goes = |cookie: &&Cookie| {
            !cookie.is_expired(now) && withheld(cookie, request, &self.profile, now).is_none()
        };
        let mut sent: Vec<&Cookie> = self.cookies.iter().filter(goes).collect();
        // The sort is stable, and the jar is in the order of creation.
        sent.sort_by_key(|cookie| Reverse(cookie.path.len()));
        sent
    }

    /// The value of the `Cookie` header field that `request` carries; empty where it carries none (RFC 6265bis §5.8.3).
    pub fn cookie_header(&mut self, request: &Request, now: SystemTime) -> Vec<u8> {
        self.touch(request, now);
        let pairs: Vec<Vec<u8>> = self.sent(request, now).into_iter().map(Cookie::pair).collect();
        pairs.join(&b"; "[..])
    }

    /// What sending does to the jar: expired cookies leave it, and those sent are marked as used.
    fn touch(&mut self, request: &Request, now: SystemTime) {
        self.sweep(now);
        let profile = self.profile;
        for cookie in self
            .cookies
            .iter_mut()
            .filter(|cookie| withheld(cookie, request, &profile, now).is_none())
        {
            cookie.last_access = now;
        }
    }

    /// Puts a cookie into the jar as it is, in the place of the one that it replaces: the jar follows the browser.
    ///
    /// Its place in the header comes from its creation time.
    pub fn insert(&mut self, cookie: Cookie, now: SystemTime) -> Option<Cookie> {
        self.gone.retain(|gone| !gone.cookie.is_same_as(&cookie));
        let old = self
            .cookies
            .iter()
            .position(|old| old.is_same_as(&cookie))
            .map(|index| self.cookies.remove(index));
        let place = self.cookies.partition_point(|other| other.creation <= cookie.creation);
        let domain = cookie.domain.clone();
        self.cookies.insert(place, cookie);
        self.remove_excess(&domain, now);
        old
    }

    /// Takes the cookies of this name, domain and path out, host-only or not: the jar follows the browser.
    pub fn remove(
        &mut self,
        name: &[u8],
        domain: &str,
        path: &str,
        now: SystemTime,
    ) -> Vec<Cookie> {
        self.take(now, &Departure::Removed, |cookie| {
            cookie.name == name && cookie.domain == domain && cookie.path == path
        })
    }

    /// Ends the session: session cookies leave the jar (RFC 6265bis §5.7).
    pub fn end_session(&mut self, now: SystemTime) -> Vec<Cookie> {
        self.take(now, &Departure::SessionEnded, |cookie| cookie.expiry.is_none())
    }

    /// Takes out what has expired at `now`, and remembers it.
    pub fn sweep(&mut self, now: SystemTime) {
        for cookie in
            self.cookies.extract_if(.., |cookie| cookie.is_expired(now)).collect::<Vec<_>>()
        {
            let at = cookie.expiry.unwrap_or(now);
            self.remember(cookie, at, Departure::Expired);
        }
    }

    fn take(
        &mut self,
        now: SystemTime,
        cause: &Departure,
        which: impl Fn(&Cookie) -> bool,
    ) -> Vec<Cookie> {
        let taken: Vec<Cookie> = self.cookies.extract_if(.., |cookie| which(cookie)).collect();
        for cookie in &taken {
            self.remember(cookie.clone(), now, cause.clone());
        }
        taken
    }

    fn remember(&mut self, cookie: Cookie, at: SystemTime, cause: Departure) {
        self.gone.retain(|gone| !gone.cookie.is_same_as(&cookie));
        self.gone.push_back(Gone { cookie, at, cause });
        while self.gone.len() > self.profile.limits.gone {
            self.gone.pop_front();
        }
    }

    /// "Remove excess cookies" (RFC 6265bis §5.7). What has expired is out already.
    fn remove_excess(&mut self, domain: &str, now: SystemTime) {
        let Limits { per_site, left_of_site, total, .. } = self.profile.limits;
        let suffixes = self.public_suffixes.clone();
        let shares = |cookie: &Cookie| suffixes.is_one_site(&cookie.domain, domain);
        let sharing = self.cookies.iter().filter(|cookie| shares(cookie)).count();
        if sharing > per_site {
            for _ in left_of_site..sharing {
                self.evict(shares, per_site, now);
            }
        }
        while self.cookies.len() > total {
            self.evict(|_| true, total, now);
        }
    }

    /// Cookies without `Secure` go first, then those that were not used for the longest time.
    fn evict(&mut self, among: impl Fn(&Cookie) -> bool, limit: usize, now: SystemTime) {
        let candidates = self.cookies.iter().enumerate().filter(|(_, cookie)| among(cookie));
        if let Some((index, _)) =
            candidates.min_by_key(|(_, cookie)| (cookie.secure, cookie.last_access))
        {
            let cookie = self.cookies.remove(index);
            self.remember(cookie, now, Departure::Evicted { limit });
        }
    }
}
