//! The jar: the storage model and the retrieval model of RFC 6265bis (§5.7, §5.8), each step with its reason.

use crate::retrieval::{concerns, remark, withheld};
use crate::storage::{
    check_connection, check_http_prefix, check_prefix, check_same_site, expiry_of, path_of,
};
use crate::{
    Api, Cookie, Note, PublicSuffixes, Reason, Request, SameSite, SameSiteContext, SetCookie,
    domain_match, is_ip_address, path_match,
};
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::time::SystemTime;

/// How much a jar holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cookies that share a domain.
    pub per_domain: usize,
    /// Cookies in all.
    pub total: usize,
    /// Cookies that are gone, but remembered.
    pub gone: usize,
}

impl Limits {
    /// Chromium's numbers; the specification asks for at least 50 and 3000 (RFC 6265bis §6.1).
    pub const CHROMIUM: Limits = Limits { per_domain: 180, total: 3300, gone: 64 };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::CHROMIUM
    }
}

/// Whose rules a jar follows where the two differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// RFC 6265bis to the letter.
    Specification,
    /// RFC 6265bis as Chromium 156 was seen to run it:
    /// - A cookie set anew with another value is a new one: it goes to the end of the header, and its age starts again.
    ///   The specification keeps its creation time (§5.7), Chromium only where the value stays the same.
    /// - A tab inside a name or a value voids the line. The specification lets it pass (§5.6).
    /// - `Domain=.` is rejected. The specification takes it for no `Domain` at all (§5.6.3).
    /// - Names that start with `__Http-` need `Secure` and `HttpOnly`; `__Host-Http-` needs what `__Host-` does as well.
    #[default]
    Chromium,
}

/// Whether the browser lets cookies into requests that another site causes within its page.
///
/// That is a setting (RFC 6265bis §7.1): Chromium allows them, but not in incognito windows; Debian's build blocks them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ThirdPartyCookies {
    /// They come and go, if they are `SameSite=None`.
    #[default]
    Allowed,
    /// They neither come nor go.
    Blocked,
}

/// What became of a `Set-Cookie` line. Its `Display` is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A new cookie.
    Stored(Receipt),
    /// A new cookie in the place of this old one of the same name, domain and path.
    Replaced(Receipt, Cookie),
    /// The line's end is in the past: it deleted this cookie.
    Deleted(Receipt, Cookie),
    /// The line's end is in the past, but it matches no cookie, and why.
    DeletedNothing(Receipt, Reason),
    /// The line was ignored, and why.
    Rejected(Reason),
}

impl Stored {
    /// The cookie that the line describes, defaults filled in; `None` where it was rejected.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Stored::Stored(receipt)
            | Stored::Replaced(receipt, _)
            | Stored::Deleted(receipt, _)
            | Stored::DeletedNothing(receipt, _) => Some(receipt),
            Stored::Rejected(_) => None,
        }
    }

    /// Why nothing came of the line, where nothing did.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Stored::DeletedNothing(_, reason) | Stored::Rejected(reason) => Some(reason),
            _ => None,
        }
    }
}

/// The cookie that a line describes, with the defaults that the user agent filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The cookie.
    pub cookie: Cookie,
    /// What was ignored and what was filled in.
    pub notes: Vec<Note>,
}

/// Whether a request carries a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Sent,
    /// It doesn't, and this rule holds it back.
    Withheld(Reason),
    /// The jar no longer has it.
    Gone(Reason),
}

/// What the jar decides for one cookie and one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The cookie.
    pub cookie: Cookie,
    /// What happens to it.
    pub outcome: Outcome,
    /// What else there is to say, of a cookie that is sent: an exception, a doubt.
    pub note: Option<Reason>,
}

/// A cookie that the jar no longer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The cookie.
    pub cookie: Cookie,
    /// Since when.
    pub at: SystemTime,
    cause: Cause,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Expired,
    Deleted { by: String },
    Evicted { limit: usize },
    Removed,
    SessionEnded,
}

impl Gone {
    /// Why it is gone, told at `now`.
    pub fn reason(&self, now: SystemTime) -> Reason {
        let ago = now.duration_since(self.at).unwrap_or_default();
        match &self.cause {
            Cause::Expired => Reason::Expired { at: self.at, ago },
            Cause::Deleted { by } => Reason::Deleted { by: by.clone(), ago },
            Cause::Evicted { limit } => Reason::Evicted { limit: *limit, ago },
            Cause::Removed => Reason::Removed { ago },
            Cause::SessionEnded => Reason::SessionEnded { ago },
        }
    }
}

/// A cookie jar (the specification's "cookie store"): bounded, and it remembers some of what is gone.
#[derive(Clone, Debug, Default)]
pub struct Jar {
    /// In the order of their creation.
    cookies: Vec<Cookie>,
    gone: VecDeque<Gone>,
    limits: Limits,
    public_suffixes: PublicSuffixes,
    profile: Profile,
    third_party: ThirdPartyCookies,
}

impl Jar {
    /// An empty jar with Chromium's limits.
    pub fn new() -> Jar {
        Jar::default()
    }

    /// An empty jar with these limits.
    pub fn with_limits(limits: Limits) -> Jar {
        Jar { limits, ..Jar::default() }
    }

    /// The same jar with this idea of what a public suffix is.
    #[must_use]
    pub fn with_public_suffixes(mut self, public_suffixes: PublicSuffixes) -> Jar {
        self.public_suffixes = public_suffixes;
        self
    }

    /// The same jar, following these rules.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Jar {
        self.profile = profile;
        self
    }

    /// The same jar with this setting for third-party cookies.
    #[must_use]
    pub fn with_third_party_cookies(mut self, third_party: ThirdPartyCookies) -> Jar {
        self.third_party = third_party;
        self
    }

    /// The cookies, oldest creation first. An expired one stays until the next [`Jar::store`], [`Jar::decide`] or [`Jar::sweep`].
    pub fn cookies(&self) -> impl Iterator<Item = &Cookie> {
        self.cookies.iter()
    }

    /// How many cookies there are.
    pub fn len(&self) -> usize {
        self.cookies.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.cookies.is_empty()
    }

    /// What is gone, the latest last.
    pub fn gone(&self) -> impl Iterator<Item = &Gone> {
        self.gone.iter()
    }

    /// Receives a `Set-Cookie` line in the answer to `request` (RFC 6265bis §5.6, §5.7).
    pub fn store(&mut self, line: &[u8], request: &Request, now: SystemTime) -> Stored {
        self.store_parsed(&SetCookie::parse(line), request, now)
    }

    /// The same for a line that is taken apart already.
    pub fn store_parsed(&mut self, line: &SetCookie, request: &Request, now: SystemTime) -> Stored {
        self.sweep(now);
        match self.receive(line, request, now) {
            Err(reason) => Stored::Rejected(reason),
            Ok(receipt) if receipt.cookie.is_expired(now) => self.delete(receipt, request, now),
            Ok(receipt) => self.put(receipt, now),
        }
    }

    /// The steps of §5.7 that make a cookie of a line, or refuse to.
    fn receive(
        &self,
        line: &SetCookie,
        request: &Request,
        now: SystemTime,
    ) -> Result<Receipt, Reason> {
        if let Some(reason) = &line.dropped {
            return Err(reason.clone());
        }
        if line.inner_tab && self.profile == Profile::Chromium {
            return Err(Reason::InnerTab);
        }
        let mut notes = line.notes.clone();
        let expiry = expiry_of(line, now, &mut notes);
        let (domain, host_only) = self.domain_of(line, request, &mut notes)?;
        let path = path_of(line, request, &mut notes);
        let same_site = line.same_site.unwrap_or(SameSite::Default);
        if same_site == SameSite::Default {
            notes.push(Note::SameSiteDefault);
        }
        let cookie = Cookie {
            name: line.name.clone(),
            value: line.value.clone(),
            domain,
            host_only,
            path,
            creation: now,
            last_access: now,
            expiry,
            secure: line.secure,
            http_only: line.http_only,
            same_site,
        };
        check_connection(&cookie, request)?;
        self.check_overlay(&cookie, request)?;
        check_same_site(&cookie, request)?;
        check_prefix(&cookie, line)?;
        if self.profile == Profile::Chromium {
            check_http_prefix(&cookie)?;
        }
        if request.same_site() == SameSiteContext::CrossSite
            && self.third_party == ThirdPartyCookies::Blocked
        {
            return Err(Reason::ThirdPartyRejected);
        }
        if request.api() == Api::Script
            && self.cookies.iter().any(|old| old.http_only && old.is_same_as(&cookie))
        {
            return Err(Reason::HttpOnlyOverwrite);
        }
        Ok(Receipt { cookie, notes })
    }

    /// The cookie's domain and whether it is for that host alone.
    fn domain_of(
        &self,
        line: &SetCookie,
        request: &Request,
        notes: &mut Vec<Note>,
    ) -> Result<(String, bool), Reason> {
        let host = request.host();
        let asked = line.domain.as_deref().unwrap_or_default();
        if !asked.is_ascii() {
            return Err(Reason::DomainNotAscii { domain: asked.to_vec() });
        }
        let domain = match asked {
            b"." if self.profile == Profile::Specification => String::new(),
            asked => String::from_utf8_lossy(asked).into_owned(),
        };
        if domain.is_empty() {
            notes.push(Note::HostOnly { host: host.to_owned() });
            return Ok((host.to_owned(), true));
        }
        let public_suffix = self.public_suffixes.contains(&domain);
        if domain == host && (public_suffix || is_ip_address(host)) {
            notes.push(Note::DomainIsHost { host: host.to_owned() });
            return Ok((domain, true));
        }
        if public_suffix {
            return Err(Reason::PublicSuffix { domain });
        }
        if !domain_match(host, &domain) {
            return Err(Reason::DomainMismatch { domain, host: host.to_owned() });
        }
        Ok((domain, false))
    }

    /// "Leave secure cookies alone": without TLS, nobody shadows a `Secure` cookie.
    fn check_overlay(&self, cookie: &Cookie, request: &Request) -> Result<(), Reason> {
        if cookie.secure || request.is_secure() {
            return Ok(());
        }
        let shadowed = |old: &&Cookie| {
            old.secure
                && old.name == cookie.name
                && (domain_match(&old.domain, &cookie.domain)
                    || domain_match(&cookie.domain, &old.domain))
                && path_match(&old.path, &cookie.path)
        };
        match self.cookies.iter().find(shadowed) {
            Some(old) => {
                Err(Reason::SecureOverlay { path: old.path.clone(), domain: old.domain.clone() })
            }
            None => Ok(()),
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
            self.remember(old.clone(), now, Cause::Deleted { by: request.path().to_owned() });
            return Stored::Deleted(receipt, old);
        }
        let reason = self.why_nothing_was_deleted(cookie, request);
        Stored::DeletedNothing(receipt, reason)
    }

    /// Names the cookie that the author of the line may have meant.
    fn why_nothing_was_deleted(&self, cookie: &Cookie, request: &Request) -> Reason {
        let name = cookie.name.clone();
        let mut namesakes = self
            .cookies
            .iter()
            .filter(|old| old.name == cookie.name && concerns(&old.domain, request.host()));
        let same_domain =
            |old: &&Cookie| old.domain == cookie.domain && old.host_only == cookie.host_only;
        if let Some(old) = namesakes.clone().find(same_domain) {
            return Reason::DeleteOtherPath {
                name,
                asked: cookie.path.clone(),
                stored: old.path.clone(),
            };
        }
        match namesakes.next() {
            None => Reason::DeleteUnknown { name },
            Some(old) => Reason::DeleteOtherDomain {
                name,
                asked: cookie.domain.clone(),
                asked_host_only: cookie.host_only,
                stored: old.domain.clone(),
                stored_host_only: old.host_only,
            },
        }
    }

    /// Whether a cookie set anew keeps its creation time.
    fn keeps_creation(&self, old: &Cookie, new: &Cookie) -> bool {
        self.profile == Profile::Specification || old.value == new.value
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
                gone.push(decision(cookie, Outcome::Gone(Reason::Expired { at, ago })));
            } else if let Some(reason) = withheld(cookie, request, self.third_party, now) {
                withheld_ones.push(decision(cookie, Outcome::Withheld(reason)));
            } else {
                sent.push(Decision {
                    note: remark(cookie, request, now),
                    ..decision(cookie, Outcome::Sent)
                });
            }
        }
        // The sort is stable, and the jar is in the order of creation.
        sent.sort_by_key(|decision| Reverse(decision.cookie.path.len()));
        for old in self.gone.iter().rev().filter(|old| concerns(&old.cookie.domain, request.host()))
        {
            gone.push(decision(&old.cookie, Outcome::Gone(old.reason(now))));
        }
        sent.append(&mut withheld_ones);
        sent.append(&mut gone);
        sent
    }

    /// The cookies that `request` carries, in the order of the header, leaving the jar as it is: [`Jar::predict`] for those in a hurry.
    pub fn sent(&self, request: &Request, now: SystemTime) -> Vec<&Cookie> {
        let goes = |cookie: &&Cookie| {
            !cookie.is_expired(now) && withheld(cookie, request, self.third_party, now).is_none()
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
        let third_party = self.third_party;
        for cookie in self
            .cookies
            .iter_mut()
            .filter(|cookie| withheld(cookie, request, third_party, now).is_none())
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
        self.take(now, &Cause::Removed, |cookie| {
            cookie.name == name && cookie.domain == domain && cookie.path == path
        })
    }

    /// Ends the session: session cookies leave the jar (RFC 6265bis §5.7).
    pub fn end_session(&mut self, now: SystemTime) -> Vec<Cookie> {
        self.take(now, &Cause::SessionEnded, |cookie| cookie.expiry.is_none())
    }

    /// Takes out what has expired at `now`, and remembers it.
    pub fn sweep(&mut self, now: SystemTime) {
        for cookie in
            self.cookies.extract_if(.., |cookie| cookie.is_expired(now)).collect::<Vec<_>>()
        {
            let at = cookie.expiry.unwrap_or(now);
            self.remember(cookie, at, Cause::Expired);
        }
    }

    fn take(
        &mut self,
        now: SystemTime,
        cause: &Cause,
        which: impl Fn(&Cookie) -> bool,
    ) -> Vec<Cookie> {
        let taken: Vec<Cookie> = self.cookies.extract_if(.., |cookie| which(cookie)).collect();
        for cookie in &taken {
            self.remember(cookie.clone(), now, cause.clone());
        }
        taken
    }

    fn remember(&mut self, cookie: Cookie, at: SystemTime, cause: Cause) {
        self.gone.retain(|gone| !gone.cookie.is_same_as(&cookie));
        self.gone.push_back(Gone { cookie, at, cause });
        while self.gone.len() > self.limits.gone {
            self.gone.pop_front();
        }
    }

    /// "Remove excess cookies" (RFC 6265bis §5.7). What has expired is out already.
    fn remove_excess(&mut self, domain: &str, now: SystemTime) {
        let shares = |cookie: &Cookie| cookie.domain == domain;
        while self.cookies.iter().filter(|cookie| shares(cookie)).count() > self.limits.per_domain {
            self.evict(shares, self.limits.per_domain, now);
        }
        while self.cookies.len() > self.limits.total {
            self.evict(|_| true, self.limits.total, now);
        }
    }

    /// Cookies without `Secure` go first, then those that were not used for the longest time.
    fn evict(&mut self, among: impl Fn(&Cookie) -> bool, limit: usize, now: SystemTime) {
        let candidates = self.cookies.iter().enumerate().filter(|(_, cookie)| among(cookie));
        if let Some((index, _)) =
            candidates.min_by_key(|(_, cookie)| (cookie.secure, cookie.last_access))
        {
            let cookie = self.cookies.remove(index);
            self.remember(cookie, now, Cause::Evicted { limit });
        }
    }
}

fn decision(cookie: &Cookie, outcome: Outcome) -> Decision {
    Decision { cookie: cookie.clone(), outcome, note: None }
}
