//! The storage model, rule by rule (RFC 6265bis §5.7): what a line leaves open is filled in, what it must not do is refused.

use super::outcome::Receipt;
use super::settings::{Profile, Settings, ThirdPartyCookies};
use crate::domain::concerns;
use crate::{
    Api, Cookie, HostPrefixFault, Lifetime, Note, Reason, Request, SameSite, SameSiteContext,
    SetCookie, default_path, domain_match, is_ip_address, lifetime, path_match,
};
use std::time::SystemTime;

/// The steps of §5.7 that make a cookie of a line, or refuse to, seeing what is in the jar already.
pub(super) fn receive(
    line: &SetCookie,
    request: &Request,
    now: SystemTime,
    jar: &[Cookie],
    settings: &Settings,
) -> Result<Receipt, Reason> {
    if let Some(reason) = &line.dropped {
        return Err(reason.clone());
    }
    if line.inner_tab && settings.profile == Profile::Chromium {
        return Err(Reason::InnerTab);
    }
    let mut notes = line.notes.clone();
    let expiry = expiry_of(line, now, &mut notes);
    let (domain, host_only) = domain_of(line, request, settings, &mut notes)?;
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
    check_overlay(&cookie, request, jar)?;
    check_same_site(&cookie, request)?;
    check_prefix(&cookie, line)?;
    if settings.profile == Profile::Chromium {
        check_http_prefix(&cookie)?;
    }
    if request.same_site() == SameSiteContext::CrossSite
        && settings.third_party == ThirdPartyCookies::Blocked
    {
        return Err(Reason::ThirdPartyRejected);
    }
    if request.api() == Api::Script
        && jar.iter().any(|old| old.http_only && old.is_same_as(&cookie))
    {
        return Err(Reason::HttpOnlyOverwrite);
    }
    Ok(Receipt { cookie, notes })
}

/// The cookie's domain and whether it is for that host alone.
fn domain_of(
    line: &SetCookie,
    request: &Request,
    settings: &Settings,
    notes: &mut Vec<Note>,
) -> Result<(String, bool), Reason> {
    let host = request.host();
    let asked = line.domain.as_deref().unwrap_or_default();
    if !asked.is_ascii() {
        return Err(Reason::DomainNotAscii { domain: asked.to_vec() });
    }
    let domain = match asked {
        b"." if settings.profile == Profile::Specification => String::new(),
        asked => String::from_utf8_lossy(asked).into_owned(),
    };
    if domain.is_empty() {
        notes.push(Note::HostOnly { host: host.to_owned() });
        return Ok((host.to_owned(), true));
    }
    let public_suffix = settings.public_suffixes.contains(&domain);
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
fn check_overlay(cookie: &Cookie, request: &Request, jar: &[Cookie]) -> Result<(), Reason> {
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
    match jar.iter().find(shadowed) {
        Some(old) => {
            Err(Reason::SecureOverlay { path: old.path.clone(), domain: old.domain.clone() })
        }
        None => Ok(()),
    }
}

/// Names the cookie that the author of the line may have meant.
pub(super) fn why_nothing_was_deleted(
    cookie: &Cookie,
    request: &Request,
    jar: &[Cookie],
) -> Reason {
    let name = cookie.name.clone();
    let mut namesakes =
        jar.iter().filter(|old| old.name == cookie.name && concerns(&old.domain, request.host()));
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

/// When the cookie ends, and a note that says so.
fn expiry_of(line: &SetCookie, now: SystemTime, notes: &mut Vec<Note>) -> Option<SystemTime> {
    let lifetime = lifetime(line.max_age, line.expires, now);
    match lifetime {
        Lifetime::Session => notes.push(Note::Session),
        Lifetime::Until(until) => notes.push(Note::Persistent { until }),
        Lifetime::CappedAt(until) => notes.push(Note::Capped { until }),
        Lifetime::Past(_) => {}
    }
    lifetime.expiry()
}

/// The path that the line names, or the default path (RFC 6265bis §5.1.4).
fn path_of(line: &SetCookie, request: &Request, notes: &mut Vec<Note>) -> String {
    match &line.path {
        Some(path) => String::from_utf8_lossy(path).into_owned(),
        None => {
            let path = default_path(request.path()).to_owned();
            notes.push(Note::DefaultPath { path: path.clone(), from: request.path().to_owned() });
            path
        }
    }
}

/// `Secure` needs a secure connection, `HttpOnly` needs HTTP.
fn check_connection(cookie: &Cookie, request: &Request) -> Result<(), Reason> {
    if cookie.secure && !request.is_secure() {
        return Err(Reason::SecureFromInsecure { host: request.host().to_owned() });
    }
    if cookie.http_only && request.api() == Api::Script {
        return Err(Reason::HttpOnlyFromScript);
    }
    Ok(())
}

/// Another site may cause a same-site cookie to be set only by opening a page.
fn check_same_site(cookie: &Cookie, request: &Request) -> Result<(), Reason> {
    if cookie.same_site == SameSite::None {
        return if cookie.secure { Ok(()) } else { Err(Reason::SameSiteNoneWithoutSecure) };
    }
    let across = match request.same_site() {
        SameSiteContext::CrossSite => true,
        SameSiteContext::CrossSiteNavigation | SameSiteContext::CrossSiteUnsafeNavigation => {
            request.api() == Api::Script
        }
        SameSiteContext::SameSite | SameSiteContext::Unknown => false,
    };
    if across {
        Err(Reason::SameSiteCrossSiteResponse { same_site: cookie.same_site })
    } else {
        Ok(())
    }
}

/// Names that promise something (RFC 6265bis §5.4).
fn check_prefix(cookie: &Cookie, line: &SetCookie) -> Result<(), Reason> {
    let name = || cookie.name.clone();
    if cookie.name.is_empty()
        && (has_prefix(&cookie.value, b"__Secure-") || has_prefix(&cookie.value, b"__Host-"))
    {
        return Err(Reason::NamelessPrefix { value: cookie.value.clone() });
    }
    if has_prefix(&cookie.name, b"__Secure-") && !cookie.secure {
        return Err(Reason::SecurePrefix { name: name() });
    }
    if has_prefix(&cookie.name, b"__Host-") {
        let fault = if !cookie.secure {
            Some(HostPrefixFault::NotSecure)
        } else if names_domain(cookie, line) {
            Some(HostPrefixFault::HasDomain)
        } else if line.path.as_deref() != Some(b"/") {
            Some(HostPrefixFault::PathNotRoot)
        } else {
            None
        };
        if let Some(fault) = fault {
            return Err(Reason::HostPrefix { name: name(), fault });
        }
    }
    Ok(())
}

/// Whether the line has a `Domain`. §4.1.3.2 wants none; §5.7 lets one pass that a public suffix or an address has for
/// itself, since that makes a host-only cookie. Chromium lets only the address pass, and so do we.
fn names_domain(cookie: &Cookie, line: &SetCookie) -> bool {
    !cookie.host_only
        || (line.domain.as_ref().is_some_and(|domain| !domain.is_empty())
            && !is_ip_address(&cookie.domain))
}

/// Names that promise to be out of scripts' reach. Chromium knows them; RFC 6265bis doesn't.
fn check_http_prefix(cookie: &Cookie) -> Result<(), Reason> {
    let promises = |text: &[u8]| has_prefix(text, b"__Http-") || has_prefix(text, b"__Host-Http-");
    if cookie.name.is_empty() && promises(&cookie.value) {
        return Err(Reason::NamelessPrefix { value: cookie.value.clone() });
    }
    if promises(&cookie.name) && !(cookie.secure && cookie.http_only) {
        return Err(Reason::HttpPrefix { name: cookie.name.clone() });
    }
    Ok(())
}

/// Prefixes count in any case, because some servers compare names so (RFC 6265bis §5.4).
fn has_prefix(text: &[u8], prefix: &[u8]) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
