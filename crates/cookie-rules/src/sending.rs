//! The retrieval model, rule by rule (RFC 6265bis §5.8.3): what keeps a cookie from a request.
//!
//! A browser knows what caused a request. A server knows what the request tells, and that may be the trace of several
//! causes: [`expect`] asks the same rules about each of them.

use crate::cause::{Cause, Referrer, Site, Storage, Way};
use crate::{
    Api, Cookie, Family, Profile, Reason, Request, SameSite, SameSiteContext, ThirdPartyCookies,
    domain_match, is_safe_method, path_match,
};
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

/// In Chromium a cookie without `SameSite` goes along with a cross-site top-level `POST` until it is older than this (RFC
/// 6265bis §5.6.7.2).
const LAX_ALLOWING_UNSAFE: Duration = Duration::from_secs(120);

/// Whether a request is to carry a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// It does, if the browser has it.
    Comes,
    /// It does not, even if the browser has it: this rule keeps it.
    Stays(Reason),
    /// The request doesn't tell enough: this rule may keep it.
    Either(Reason),
}

/// Whether `request` is to carry `cookie`, as far as it says what caused it.
///
/// `made`: the request was made somewhen in this time. What `request` itself says of its site isn't looked at.
pub fn expect(
    cookie: &Cookie,
    request: &Request,
    cause: &Cause,
    profile: &Profile,
    made: RangeInclusive<SystemTime>,
) -> Expected {
    if let Some(reason) = misplaced(cookie, request) {
        let is_disputed = may_lack_slash(cookie, request, profile, &reason);
        return if is_disputed { Expected::Either(reason) } else { Expected::Stays(reason) };
    }
    let mut answers = Answers::default();
    let host = request.host();
    let lacks_tls = may_lack_tls(cookie, request, profile);
    answers.add_doubt(lacks_tls.then(|| Reason::SecureOnly { host: host.to_owned() }));
    for now in [*made.start(), *made.end()] {
        if let Some(reason) = expired(cookie, now) {
            answers.add(Some(reason));
            continue;
        }
        // The field is sent from within another site's page alone.
        answers.add_doubt(
            Some(Reason::Partitioned).filter(|_| cookie.partitioned && cause.storage.is_some()),
        );
        let (contexts, without_cookies) = possible(cause, request.method(), profile.family);
        for &context in contexts {
            let request = Crossing { method: request.method(), context, api: Api::Http };
            answers.add(withheld_across_sites(cookie, &request, profile, now));
            if context == SameSiteContext::Unknown && cookie.same_site != SameSite::None {
                answers.add(Some(Reason::SameSiteUnknown { same_site: cookie.same_site }));
            }
        }
        if let Some(reason) = without_cookies {
            answers.add(Some(reason));
        }
    }
    answers.together()
}

/// What several possible causes say together.
#[derive(Default)]
pub(crate) struct Answers {
    comes: bool,
    stays: Option<Reason>,
}

impl Answers {
    /// Adds an answer: a rule, or none.
    pub(crate) fn add(&mut self, rule: Option<Reason>) {
        match rule {
            None => self.comes = true,
            Some(reason) => _ = self.stays.get_or_insert(reason),
        }
    }

    /// Adds a rule that not every browser has.
    pub(crate) fn add_doubt(&mut self, rule: Option<Reason>) {
        if rule.is_some() {
            self.add(rule);
            self.add(None);
        }
    }

    pub(crate) fn together(self) -> Expected {
        match (self.comes, self.stays) {
            (_, None) => Expected::Comes,
            (false, Some(reason)) => Expected::Stays(reason),
            (true, Some(reason)) => Expected::Either(reason),
        }
    }
}

/// What may be the truth behind a cause: the contexts in which the browser may have seen the request, the strictest first,
/// and why it may have left out all cookies.
pub(crate) fn possible(
    cause: &Cause,
    method: &str,
    family: Family,
) -> (&'static [SameSiteContext], Option<Reason>) {
    use SameSiteContext::*;
    if cause.way == Way::Preflight {
        return (&[], Some(Reason::Preflight));
    }
    match cause.storage {
        Some(Storage::Denied) => return (&[], Some(Reason::StorageDenied)),
        Some(Storage::Active) => return (&[CrossSite], None),
        None => {}
    }
    let omitted = cause.may_omit.then_some(Reason::CredentialsOmitted);
    // Where a redirect by way of another site comes home, Chromium looks at who began. Firefox looks at the way.
    let chain = family != Family::Firefox;
    match (cause.site, cause.way) {
        (Site::SameOrigin | Site::SameSite, _) => (&[SameSite], omitted),
        (Site::User, _) if family == Family::Chromium => (&[SameSite], omitted),
        (Site::User, _) => (&[CrossSiteNavigation, SameSite], omitted),
        (Site::CrossSite, Way::Page) if is_safe_method(method) => {
            // Who began is whose page `Referer` names. It keeps its word on the way through redirects.
            match (family, cause.referrer) {
                (Family::Chromium, Some(Referrer::Own)) => (&[SameSite], None),
                (Family::Chromium, Some(Referrer::Foreign)) => (&[CrossSiteNavigation], None),
                // Firefox calls it so, too, where a form of one sibling is answered by another with a 303 to a third.
                (Family::Firefox, Some(Referrer::Own)) => (&[CrossSiteNavigation, SameSite], None),
                (Family::Firefox, _) => (&[CrossSiteNavigation], None),
                _ => (&[CrossSiteNavigation, SameSite], None),
            }
        }
        (Site::CrossSite, Way::Page)
            if !chain || (cause.foreign_origin && family == Family::Chromium) =>
        {
            (&[CrossSiteUnsafeNavigation], None)
        }
        (Site::CrossSite, Way::Page) => (&[CrossSiteUnsafeNavigation, SameSite], None),
        (Site::CrossSite, _) => {
            let contexts: &[SameSiteContext] =
                if chain { &[CrossSite, SameSite] } else { &[CrossSite] };
            (contexts, omitted.or(Some(Reason::ThirdPartyBlocked)))
        }
        (Site::Untold, _) if family == Family::Specification => (&[Unknown], None),
        // A WebSocket of Chromium's tells nothing.
        (Site::Untold, _) => (&[CrossSite, SameSite], Some(Reason::ThirdPartyBlocked)),
    }
}

/// What lets a cookie come though its `SameSite` would keep it: Chromium's two minutes.
pub fn exception(
    cookie: &Cookie,
    request: &Request,
    cause: &Cause,
    profile: &Profile,
    now: SystemTime,
) -> Option<Reason> {
    let crosses = cause.site == Site::CrossSite && !is_safe_method(request.method());
    (crosses && is_excepted(cookie, profile, now))
        .then(|| Reason::LaxAllowingUnsafe { age: age(cookie, now) })
}

fn is_excepted(cookie: &Cookie, profile: &Profile, now: SystemTime) -> bool {
    cookie.same_site == SameSite::Default
        && profile.family == Family::Chromium
        && age(cookie, now) <= LAX_ALLOWING_UNSAFE
}

/// The first rule that keeps this cookie from the request, if any (RFC 6265bis §5.8.3).
pub(crate) fn withheld(
    cookie: &Cookie,
    request: &Request,
    profile: &Profile,
    now: SystemTime,
) -> Option<Reason> {
    let (method, context, api) = (request.method(), request.same_site(), request.api());
    misplaced(cookie, request)
        .or_else(|| withheld_across_sites(cookie, &Crossing { method, context, api }, profile, now))
}

/// The rules that look at host, path, connection and API: what caused the request doesn't matter.
fn misplaced(cookie: &Cookie, request: &Request) -> Option<Reason> {
    let host = request.host();
    if cookie.host_only && host != cookie.domain {
        return Some(Reason::HostOnly { domain: cookie.domain.clone(), host: host.to_owned() });
    }
    if !domain_match(host, &cookie.domain) {
        return Some(Reason::OtherDomain { domain: cookie.domain.clone(), host: host.to_owned() });
    }
    if !path_match(&cookie.path, request.path()) {
        let (cookie_path, request_path) = (cookie.path.clone(), request.path().to_owned());
        return Some(Reason::Path { cookie_path, request_path });
    }
    if cookie.secure && !request.is_secure() {
        return Some(Reason::SecureOnly { host: host.to_owned() });
    }
    (cookie.http_only && request.api() == Api::Script).then_some(Reason::HttpOnly)
}

/// Not every browser takes a loopback host without TLS for secure: Safari doesn't, nor does curl.
pub(crate) fn may_lack_tls(cookie: &Cookie, request: &Request, profile: &Profile) -> bool {
    profile.family == Family::Specification && cookie.secure && !request.has_tls()
}

/// Not every client keeps a path as it was written: curl takes its last slash off (measured with 7.88.1).
fn may_lack_slash(cookie: &Cookie, request: &Request, profile: &Profile, rule: &Reason) -> bool {
    profile.family == Family::Specification
        && matches!(rule, Reason::Path { .. })
        && cookie.path.strip_suffix('/') == Some(request.path())
}

fn expired(cookie: &Cookie, now: SystemTime) -> Option<Reason> {
    let at = cookie.expiry.filter(|expiry| *expiry <= now)?;
    Some(Reason::Expired { at, ago: now.duration_since(at).unwrap_or_default() })
}

/// What the rules about sites look at.
struct Crossing<'r> {
    method: &'r str,
    context: SameSiteContext,
    api: Api,
}

/// `Strict` never crosses sites; `Lax` does when the user is taken to the page by a safe method (RFC 6265bis §5.6.7.1).
fn withheld_across_sites(
    cookie: &Cookie,
    request: &Crossing<'_>,
    profile: &Profile,
    now: SystemTime,
) -> Option<Reason> {
    let same_site = cookie.same_site;
    let reason = match (same_site, request.context) {
        (_, SameSiteContext::SameSite | SameSiteContext::Unknown) => None,
        (SameSite::None, _) => None,
        (SameSite::Default, _) if profile.family == Family::Firefox => None,
        (SameSite::Strict, _) => Some(Reason::SameSiteStrict),
        (_, SameSiteContext::CrossSite) => Some(Reason::SameSiteLax { same_site }),
        _ if request.api == Api::Script => Some(Reason::SameSiteLax { same_site }),
        _ if is_safe_method(request.method) => None,
        _ if is_excepted(cookie, profile, now) => None,
        _ => Some(Reason::SameSiteLaxMethod { same_site, method: request.method.to_owned() }),
    };
    let blocked = request.context == SameSiteContext::CrossSite
        && profile.third_party == ThirdPartyCookies::Blocked;
    reason.or_else(|| blocked.then_some(Reason::ThirdPartyBlocked))
}

/// What there is to say of a cookie that is sent.
pub(crate) fn remark(cookie: &Cookie, request: &Request, now: SystemTime) -> Option<Reason> {
    match (cookie.same_site, request.same_site()) {
        (SameSite::None, SameSiteContext::CrossSite) => Some(Reason::ThirdPartyAllowed),
        (SameSite::None, _) => None,
        (same_site, SameSiteContext::Unknown) => Some(Reason::SameSiteUnknown { same_site }),
        (
            SameSite::Default,
            SameSiteContext::CrossSiteNavigation | SameSiteContext::CrossSiteUnsafeNavigation,
        ) if !is_safe_method(request.method()) => {
            Some(Reason::LaxAllowingUnsafe { age: age(cookie, now) })
        }
        _ => None,
    }
}

/// How long ago the cookie was created; zero where the clock went back.
fn age(cookie: &Cookie, now: SystemTime) -> Duration {
    now.duration_since(cookie.creation).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]
    use super::*;
    use crate::{Jar, Stored};

    const SECOND: Duration = Duration::from_secs(1);

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    /// What is expected of a cookie that was set now, with a request that was made within the second after so many.
    fn after(line: &str, seconds: u64, cause: Cause, method: &str, profile: Profile) -> Expected {
        let request = Request::new(method, "http://localhost/").unwrap();
        let stored = Jar::new().with_profile(profile).store(line.as_bytes(), &request, now());
        let Stored::Stored(receipt) = stored else { panic!("{line}: {stored}") };
        let made = now() + Duration::from_secs(seconds);
        expect(&receipt.cookie, &request, &cause, &profile, made..=made + SECOND)
    }

    #[test]
    fn a_cookie_that_ends_while_the_request_may_have_been_made_may_come() {
        let typed = Cause { site: Site::User, way: Way::Page, ..Cause::default() };
        let after = |seconds| after("a=1; Max-Age=60", seconds, typed, "GET", Profile::CHROMIUM);
        assert_eq!(after(58), Expected::Comes);
        assert!(matches!(after(59), Expected::Either(Reason::Expired { .. })));
        assert!(matches!(after(60), Expected::Stays(Reason::Expired { .. })));
    }

    #[test]
    fn chromiums_two_minutes_are_chromiums_alone() {
        let form = Cause {
            site: Site::CrossSite,
            way: Way::Page,
            foreign_origin: true,
            ..Cause::default()
        };
        let after = |seconds, profile| after("a=1", seconds, form, "POST", profile);
        assert_eq!(after(118, Profile::CHROMIUM), Expected::Comes);
        assert!(matches!(after(120, Profile::CHROMIUM), Expected::Either(_)));
        assert!(matches!(after(121, Profile::CHROMIUM), Expected::Stays(_)));
        assert_eq!(after(121, Profile::FIREFOX), Expected::Comes);
        assert!(matches!(after(1, Profile::SPECIFICATION), Expected::Either(_)));
    }

    #[test]
    fn the_page_that_referer_names_has_begun_a_cross_site_navigation() {
        let after = |referer: Option<&'static str>, profile| {
            let fields = [
                ("sec-fetch-site", Some("cross-site")),
                ("sec-fetch-mode", Some("navigate")),
                ("sec-fetch-dest", Some("document")),
                ("referer", referer),
            ];
            let field =
                |name: &str| fields.iter().find(|(known, _)| *known == name)?.1.map(str::as_bytes);
            let cause = Cause::of("GET", "localhost:3004", field);
            after("a=1; SameSite=Strict", 1, cause, "GET", profile)
        };
        let other = Some("http://mallory.localhost:3004/other-site");
        let own = Some("http://localhost:3004/locks");
        for (referer, profile, comes) in [
            (other, Profile::CHROMIUM, Some(false)),
            (own, Profile::CHROMIUM, Some(true)),
            (None, Profile::CHROMIUM, None),
            (own, Profile::FIREFOX, None),
            (other, Profile::FIREFOX, Some(false)),
            (None, Profile::FIREFOX, Some(false)),
            (own, Profile::SPECIFICATION, None),
        ] {
            let expected = match after(referer, profile) {
                Expected::Comes => Some(true),
                Expected::Stays(_) => Some(false),
                Expected::Either(_) => None,
            };
            assert_eq!(expected, comes, "{referer:?} {profile:?}");
        }
    }

    #[test]
    fn a_browser_that_nobody_measured_leaves_open_what_browsers_differ_in() {
        let link = Cause { site: Site::CrossSite, way: Way::Page, ..Cause::default() };
        let typed = Cause { site: Site::User, ..link };
        let untold = Cause::default();
        for (line, cause, certain) in [
            ("a=1; SameSite=Lax", typed, true),
            ("a=1; SameSite=Strict", typed, false),
            ("a=1; Secure", typed, false),
            ("a=1; SameSite=Strict", link, false),
            ("a=1", untold, false),
        ] {
            let expected = after(line, 1, cause, "GET", Profile::SPECIFICATION);
            assert_eq!(expected == Expected::Comes, certain, "{line}: {expected:?}");
            assert_eq!(matches!(expected, Expected::Either(_)), !certain, "{line}: {expected:?}");
        }
    }
}
