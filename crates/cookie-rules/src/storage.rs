//! The storage model, rule by rule (RFC 6265bis §5.7): what a line leaves open is filled in, what it must not do is refused.

use crate::{
    Api, Cookie, HostPrefixFault, Lifetime, Note, Reason, Request, SameSite, SameSiteContext,
    SetCookie, default_path, is_ip_address, lifetime,
};
use std::time::SystemTime;

/// When the cookie ends, and a note that says so.
pub(crate) fn expiry_of(
    line: &SetCookie,
    now: SystemTime,
    notes: &mut Vec<Note>,
) -> Option<SystemTime> {
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
pub(crate) fn path_of(line: &SetCookie, request: &Request, notes: &mut Vec<Note>) -> String {
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
pub(crate) fn check_connection(cookie: &Cookie, request: &Request) -> Result<(), Reason> {
    if cookie.secure && !request.is_secure() {
        return Err(Reason::SecureFromInsecure { host: request.host().to_owned() });
    }
    if cookie.http_only && request.api() == Api::Script {
        return Err(Reason::HttpOnlyFromScript);
    }
    Ok(())
}

/// Another site may cause a same-site cookie to be set only by opening a page.
pub(crate) fn check_same_site(cookie: &Cookie, request: &Request) -> Result<(), Reason> {
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
pub(crate) fn check_prefix(cookie: &Cookie, line: &SetCookie) -> Result<(), Reason> {
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
pub(crate) fn check_http_prefix(cookie: &Cookie) -> Result<(), Reason> {
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
