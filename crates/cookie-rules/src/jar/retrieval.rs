//! The retrieval model, rule by rule (RFC 6265bis §5.8.3): what keeps a cookie from a request.

use crate::{
    Api, Cookie, Reason, Request, SameSite, SameSiteContext, ThirdPartyCookies, domain_match,
    is_safe_method, path_match,
};
use std::time::{Duration, SystemTime};

/// A cookie without `SameSite` goes along with a cross-site top-level `POST` until it is older than this (RFC 6265bis §5.6.7.2).
const LAX_ALLOWING_UNSAFE: Duration = Duration::from_secs(120);

/// The first rule that keeps this cookie from the request, if any (RFC 6265bis §5.8.3).
pub(super) fn withheld(
    cookie: &Cookie,
    request: &Request,
    third_party: ThirdPartyCookies,
    now: SystemTime,
) -> Option<Reason> {
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
    if cookie.http_only && request.api() == Api::Script {
        return Some(Reason::HttpOnly);
    }
    withheld_across_sites(cookie, request, now).or_else(|| {
        let blocked = request.same_site() == SameSiteContext::CrossSite
            && third_party == ThirdPartyCookies::Blocked;
        blocked.then_some(Reason::ThirdPartyBlocked)
    })
}

/// `Strict` never crosses sites; `Lax` does when the user is taken to the page by a safe method (RFC 6265bis §5.6.7.1).
fn withheld_across_sites(cookie: &Cookie, request: &Request, now: SystemTime) -> Option<Reason> {
    let same_site = cookie.same_site;
    match (same_site, request.same_site()) {
        (SameSite::None, _) | (_, SameSiteContext::SameSite | SameSiteContext::Unknown) => None,
        (SameSite::Strict, _) => Some(Reason::SameSiteStrict),
        (_, SameSiteContext::CrossSite) => Some(Reason::SameSiteLax { same_site }),
        _ if request.api() == Api::Script => Some(Reason::SameSiteLax { same_site }),
        _ if is_safe_method(request.method()) => None,
        (SameSite::Default, _) if age(cookie, now) <= LAX_ALLOWING_UNSAFE => None,
        _ => Some(Reason::SameSiteLaxMethod { same_site, method: request.method().to_owned() }),
    }
}

/// What there is to say of a cookie that is sent.
pub(super) fn remark(cookie: &Cookie, request: &Request, now: SystemTime) -> Option<Reason> {
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
