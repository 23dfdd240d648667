//! The storage model, rule by rule (RFC 6265bis §5.7): what a line leaves open is filled in, what it must not do is refused.

use crate::cause::{Cause, Site, Storage, Way};
use crate::domain::concerns;
use crate::sending::{Answers, Expected, may_lack_tls, possible};
use crate::{
    Api, Cookie, Family, HostPrefixFault, Lifetime, Note, Profile, PublicSuffixes, Reason, Receipt,
    Request, SameSite, SameSiteContext, SetCookie, ThirdPartyCookies, default_path, domain_match,
    is_ip_address, lifetime, path_match,
};
use std::time::{Duration, SystemTime};

/// What becomes of a line where nobody knows the jar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// The browser keeps this cookie.
    Kept(Receipt),
    /// The line's end is in the past: whatever the jar holds of this name, domain and path is deleted.
    Ends(Receipt),
    /// The line is refused, by this rule.
    Refused {
        /// The rule.
        rule: Reason,
        /// Whether that is certain. Where it is not, the request doesn't tell enough of what caused it.
        certain: bool,
    },
    /// The request came from within another site's page, where this site has no cookies: the cookie goes into a jar that
    /// belongs to that page.
    Elsewhere(Receipt),
}

/// What becomes of a `Set-Cookie` line in the answer to `request`, as far as the request says what caused it. `now` is when
/// the answer was made.
///
/// The rules that look into the jar are left out: on loopback hosts, where every connection counts as secure, there is none.
pub fn receive(
    line: &[u8],
    request: &Request,
    cause: &Cause,
    profile: &Profile,
    now: SystemTime,
) -> Received {
    let line = SetCookie::within(line, profile.family, profile.limits.attribute);
    let receipt = match cookie_of(&line, request, now, profile.family, &PublicSuffixes::default()) {
        Ok(receipt) => receipt,
        Err(rule) => {
            let certain = profile.family != Family::Specification || !is_disputed(&rule, &line);
            return Received::Refused { rule, certain };
        }
    };
    let cookie = &receipt.cookie;
    let refused = |context| check_context(cookie, context, Api::Http, profile).err();
    match cause.storage {
        Some(_) if cookie.partitioned => return Received::Elsewhere(receipt),
        Some(Storage::Denied) => {
            let rule = match profile.family {
                Family::Firefox => refused(SameSiteContext::CrossSite),
                Family::Specification | Family::Chromium => Some(Reason::StorageDenied),
            };
            return match rule {
                Some(rule) => Received::Refused { rule, certain: true },
                None => Received::Elsewhere(receipt),
            };
        }
        _ => {}
    }
    let (contexts, without_cookies) = possible(cause, request.method(), profile.family);
    let mut answers = Answers::default();
    contexts.iter().for_each(|context| answers.add(refused(*context)));
    if cause.site == Site::CrossSite && cause.storage.is_none() && cause.way != Way::Preflight {
        // A page that asks itself by way of another site. Firefox sends no `Strict` there, but takes one.
        answers.add(None);
    }
    if let Some(rule) = without_cookies {
        answers.add(Some(rule));
    }
    let host = request.host();
    let lacks_tls = may_lack_tls(cookie, request, profile);
    answers.add_doubt(lacks_tls.then(|| Reason::SecureFromInsecure { host: host.to_owned() }));
    if line.max_age.is_none()
        && let Some(value) = line.odd_date
    {
        answers.add_doubt(Some(Reason::OddDate { value }));
    }
    match answers.together() {
        Expected::Stays(rule) => Received::Refused { rule, certain: true },
        Expected::Either(rule) => Received::Refused { rule, certain: false },
        Expected::Comes if cookie.is_expired(now) => Received::Ends(receipt),
        Expected::Comes => Received::Kept(receipt),
    }
}

/// Whether browsers differ in this rule. curl knows no `SameSite`, and older browsers that do took `None` without `Secure`. To
/// Firefox the path of a `__Host-` cookie may be the default one.
fn is_disputed(rule: &Reason, line: &SetCookie) -> bool {
    match rule {
        Reason::SameSiteNoneWithoutSecure => true,
        Reason::HostPrefix { fault: HostPrefixFault::PathNotRoot, .. } => {
            !line.path.as_ref().is_some_and(|path| path.starts_with(b"/"))
        }
        _ => false,
    }
}

/// The steps of §5.7 that make a cookie of a line, or refuse to, seeing what is in the jar already.
pub(crate) fn receive_into(
    jar: &[Cookie],
    line: &SetCookie,
    request: &Request,
    now: SystemTime,
    profile: &Profile,
    public_suffixes: &PublicSuffixes,
) -> Result<Receipt, Reason> {
    let receipt = cookie_of(line, request, now, profile.family, public_suffixes)?;
    let cookie = &receipt.cookie;
    if cookie.http_only && request.api() == Api::Script {
        return Err(Reason::HttpOnlyFromScript);
    }
    check_overlay(cookie, request, jar)?;
    check_context(cookie, request.same_site(), request.api(), profile)?;
    if request.api() == Api::Script && jar.iter().any(|old| old.http_only && old.is_same_as(cookie))
    {
        return Err(Reason::HttpOnlyOverwrite);
    }
    Ok(receipt)
}

/// The cookie that the line makes, or why its own text keeps it from making one.
fn cookie_of(
    line: &SetCookie,
    request: &Request,
    now: SystemTime,
    family: Family,
    public_suffixes: &PublicSuffixes,
) -> Result<Receipt, Reason> {
    if let Some(reason) = &line.dropped {
        return Err(reason.clone());
    }
    if line.inner_tab {
        return Err(Reason::InnerTab { family });
    }
    let mut notes = line.notes.clone();
    let expiry = expiry_of(line, now, family, &mut notes);
    let (domain, host_only) = domain_of(line, request, family, public_suffixes, &mut notes)?;
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
        partitioned: line.partitioned,
    };
    if cookie.secure && !request.is_secure() {
        return Err(Reason::SecureFromInsecure { host: request.host().to_owned() });
    }
    if cookie.same_site == SameSite::None && !cookie.secure {
        return Err(Reason::SameSiteNoneWithoutSecure);
    }
    if cookie.partitioned && !cookie.secure && family != Family::Specification {
        return Err(Reason::PartitionedWithoutSecure);
    }
    check_prefix(&cookie, line, family)?;
    if family != Family::Specification {
        check_http_prefix(&cookie)?;
    }
    Ok(Receipt { cookie, notes })
}

/// The cookie's domain and whether it is for that host alone.
fn domain_of(
    line: &SetCookie,
    request: &Request,
    family: Family,
    public_suffixes: &PublicSuffixes,
    notes: &mut Vec<Note>,
) -> Result<(String, bool), Reason> {
    let host = request.host();
    let asked = line.domain.as_deref().unwrap_or_default();
    if !asked.is_ascii() {
        return Err(Reason::DomainNotAscii { domain: asked.to_vec() });
    }
    let domain = match asked {
        b"." if family == Family::Specification => String::new(),
        asked => String::from_utf8_lossy(asked).into_owned(),
    };
    if domain.is_empty() {
        notes.push(Note::HostOnly { host: host.to_owned() });
        return Ok((host.to_owned(), true));
    }
    let public_suffix = public_suffixes.contains(&domain);
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
pub(crate) fn why_nothing_was_deleted(
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
fn expiry_of(
    line: &SetCookie,
    now: SystemTime,
    family: Family,
    notes: &mut Vec<Note>,
) -> Option<SystemTime> {
    let expires = match family {
        Family::Specification => line.expires,
        Family::Chromium | Family::Firefox => line.expires.map(|expires| counted(expires, now)),
    };
    let lifetime = lifetime(line.max_age, expires, now);
    match lifetime {
        Lifetime::Session => notes.push(Note::Session),
        Lifetime::Until(until) => notes.push(Note::Persistent { until }),
        Lifetime::CappedAt(until) => notes.push(Note::Capped { until }),
        Lifetime::Past(_) => {}
    }
    lifetime.expiry()
}

/// Browsers count an `Expires` from the answer's `Date`, in case that their clock and the server's differ. A `Date` has
/// whole seconds, so what is left of this second comes on top.
fn counted(expires: SystemTime, now: SystemTime) -> SystemTime {
    let second = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    expires.checked_add(Duration::from_nanos(second.subsec_nanos().into())).unwrap_or(expires)
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

/// Another site may cause a same-site cookie to be set only by opening a page.
fn check_context(
    cookie: &Cookie,
    context: SameSiteContext,
    api: Api,
    profile: &Profile,
) -> Result<(), Reason> {
    let across = match context {
        SameSiteContext::CrossSite => true,
        SameSiteContext::CrossSiteNavigation | SameSiteContext::CrossSiteUnsafeNavigation => {
            api == Api::Script
        }
        SameSiteContext::SameSite | SameSiteContext::Unknown => false,
    };
    let free = cookie.same_site == SameSite::None
        || (cookie.same_site == SameSite::Default && profile.family == Family::Firefox);
    if across && !free {
        return Err(Reason::SameSiteCrossSiteResponse { same_site: cookie.same_site });
    }
    if context == SameSiteContext::CrossSite && profile.third_party == ThirdPartyCookies::Blocked {
        return Err(Reason::ThirdPartyRejected);
    }
    Ok(())
}

/// Names that promise something (RFC 6265bis §5.4).
fn check_prefix(cookie: &Cookie, line: &SetCookie, family: Family) -> Result<(), Reason> {
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
        } else if names_domain(cookie, line, family) {
            Some(HostPrefixFault::HasDomain)
        } else if !names_root(cookie, line, family) {
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
/// itself, since that makes a host-only cookie, and so does Firefox. Chromium lets only the address pass, without a dot.
fn names_domain(cookie: &Cookie, line: &SetCookie, family: Family) -> bool {
    let named = line.domain.as_ref().is_some_and(|domain| !domain.is_empty());
    let passes = family != Family::Chromium || (is_ip_address(&cookie.domain) && !line.domain_dot);
    !cookie.host_only || (named && !passes)
}

/// Whether the path is `/`, and the line says so. To Firefox a line without a usable `Path` is as good, where `/` is the default.
fn names_root(cookie: &Cookie, line: &SetCookie, family: Family) -> bool {
    match family {
        Family::Firefox => cookie.path == "/",
        _ => line.path.as_deref() == Some(b"/"),
    }
}

/// Names that promise to be out of scripts' reach. Chromium and Firefox know them; RFC 6265bis doesn't.
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
