//! Every sentence that this library says, in English. Another language is another file like this one.

use crate::{HostPrefixFault, Note, Outcome, Reason, SameSite, Stored, UrlError, http_date, shown};
use std::fmt::{self, Display, Formatter, Write};
use std::time::Duration;

fn text(text: &str) -> String {
    shown(text.as_bytes())
}

/// Whole units, the largest that fits: "3 s", "2 min", "5 h", "40 days".
fn span(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds @ 7200..172_800 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

fn flag(same_site: SameSite) -> &'static str {
    match same_site {
        SameSite::Strict => "`SameSite=Strict`",
        SameSite::Lax => "`SameSite=Lax`",
        SameSite::None => "`SameSite=None`",
        SameSite::Default => "no `SameSite`, which counts as `Lax`",
    }
}

fn scope(domain: &str, host_only: bool) -> String {
    if host_only {
        format!("the host `{}` alone", text(domain))
    } else {
        format!("the domain `{}`", text(domain))
    }
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Reason::ControlCharacter { byte, position } => write!(
                f,
                "Rejected: byte {position} of the line is the control character {}, so the whole line is void.",
                shown(&[*byte])
            ),
            Reason::TooLarge { size } => {
                write!(f, "Rejected: name and value have {size} bytes together, and 4096 is the limit.")
            }
            Reason::Empty => f.write_str("Rejected: the line holds neither a name nor a value."),
            Reason::DomainNotAscii { domain } => write!(
                f,
                "Rejected: the Domain `{}` has characters beyond ASCII; such a name must come in its `xn--` form.",
                shown(domain)
            ),
            Reason::PublicSuffix { domain } => write!(
                f,
                "Rejected: the Domain `{}` is a public suffix, and a cookie for it would reach sites of many owners.",
                text(domain)
            ),
            Reason::DomainMismatch { domain, host } => write!(
                f,
                "Rejected: the Domain `{}` is neither the host `{}` nor a domain above it.",
                text(domain),
                text(host)
            ),
            Reason::SecureFromInsecure { host } => write!(
                f,
                "Rejected: the cookie is `Secure`, but the answer from `{}` came without TLS.",
                text(host)
            ),
            Reason::HttpOnlyFromScript => f.write_str("Rejected: a script can't set an `HttpOnly` cookie."),
            Reason::HttpOnlyOverwrite => {
                f.write_str("Rejected: a script can't replace the `HttpOnly` cookie of the same name, domain and path.")
            }
            Reason::SecureOverlay { path, domain } => write!(
                f,
                "Rejected: the answer came without TLS, and the jar holds a `Secure` cookie of this name for `{}{}`.",
                text(domain),
                text(path)
            ),
            Reason::SameSiteCrossSiteResponse { same_site } => write!(
                f,
                "Rejected: the cookie has {}, and it came with the answer to a request that another site caused.",
                flag(*same_site)
            ),
            Reason::SameSiteNoneWithoutSecure => {
                f.write_str("Rejected: `SameSite=None` is allowed only together with `Secure`.")
            }
            Reason::SecurePrefix { name } => write!(
                f,
                "Rejected: the name `{}` starts with `__Secure-`, but the cookie is not `Secure`.",
                shown(name)
            ),
            Reason::HostPrefix { name, fault } => {
                let fault = match fault {
                    HostPrefixFault::NotSecure => "the cookie is not `Secure`",
                    HostPrefixFault::HasDomain => "the cookie has a `Domain`",
                    HostPrefixFault::PathNotRoot => "the line doesn't say `Path=/`",
                };
                write!(f, "Rejected: the name `{}` starts with `__Host-`, but {fault}.", shown(name))
            }
            Reason::NamelessPrefix { value } => write!(
                f,
                "Rejected: the cookie has no name, and a server would take its value `{}` for a protected name.",
                shown(value)
            ),
            Reason::HttpPrefix { name } => write!(
                f,
                "Rejected: in Chromium the name `{}` promises both `Secure` and `HttpOnly`, and the line lacks one.",
                shown(name)
            ),
            Reason::InnerTab => f.write_str("Rejected: Chromium ignores a line with a tab inside a name or a value."),
            Reason::ThirdPartyRejected => f.write_str(
                "Rejected: the browser blocks third-party cookies, and this one came with a request that another site caused.",
            ),
            Reason::HostOnly { domain, host } => write!(
                f,
                "Withheld: the cookie belongs to the host `{}` alone, and this request goes to `{}`.",
                text(domain),
                text(host)
            ),
            Reason::OtherDomain { domain, host } => write!(
                f,
                "Withheld: the request's host `{}` is not in the cookie's domain `{}`.",
                text(host),
                text(domain)
            ),
            Reason::Path { cookie_path, request_path } => write!(
                f,
                "Withheld: the cookie's path `{}` is no prefix of `{}` at a `/`.",
                text(cookie_path),
                text(request_path)
            ),
            Reason::SecureOnly { host } => write!(
                f,
                "Withheld: the cookie is `Secure`, and the connection to `{}` has no TLS.",
                text(host)
            ),
            Reason::HttpOnly => f.write_str("Withheld: the cookie is `HttpOnly`, so no script may read it."),
            Reason::SameSiteStrict => {
                f.write_str("Withheld: the cookie has `SameSite=Strict`, and another site caused this request.")
            }
            Reason::SameSiteLax { same_site } => write!(
                f,
                "Withheld: the cookie has {}, and another site's page made this request instead of navigating here.",
                flag(*same_site)
            ),
            Reason::SameSiteLaxMethod { same_site, method } => write!(
                f,
                "Withheld: the cookie has {}, and another site caused this request by `{}`, which may change things.",
                flag(*same_site),
                text(method)
            ),
            Reason::ThirdPartyBlocked => f.write_str(
                "Withheld: the browser blocks third-party cookies, and another site caused this request.",
            ),
            Reason::StorageDenied => f.write_str(
                "Withheld: the browser says that a page within another site's page has no cookies of its own \
                 (`Sec-Fetch-Storage-Access`).",
            ),
            Reason::CredentialsOmitted => {
                f.write_str("Withheld: a script may ask for a request without cookies (`credentials: \"omit\"`).")
            }
            Reason::Preflight => {
                f.write_str("Withheld: the browser only asks whether a script may ask, and does so without cookies.")
            }
            Reason::PartitionedWithoutSecure => {
                f.write_str("Rejected: `Partitioned` is allowed only together with `Secure`.")
            }
            Reason::Expired { at, ago } => write!(f, "Gone: it expired {} ago, at {}.", span(*ago), http_date(*at)),
            Reason::Deleted { by, ago } => {
                write!(f, "Gone: a `Set-Cookie` from `{}` deleted it {} ago.", text(by), span(*ago))
            }
            Reason::Evicted { limit, ago } => write!(
                f,
                "Gone: the jar keeps {limit} cookies at most, and {} ago this one had to make room.",
                span(*ago)
            ),
            Reason::Removed { ago } => {
                write!(f, "Gone: {} ago the browser no longer had it, and browsers don't tell why.", span(*ago))
            }
            Reason::SessionEnded { ago } => {
                write!(f, "Gone: it was a session cookie, and the session ended {} ago.", span(*ago))
            }
            Reason::DeleteOtherPath { name, asked, stored } => write!(
                f,
                "Deleted nothing: the line is for path `{}`, and the stored cookie `{}` has path `{}`.",
                text(asked),
                shown(name),
                text(stored)
            ),
            Reason::DeleteOtherDomain { name, asked, asked_host_only, stored, stored_host_only } => write!(
                f,
                "Deleted nothing: the line is for {}, and the stored cookie `{}` is for {}.",
                scope(asked, *asked_host_only),
                shown(name),
                scope(stored, *stored_host_only)
            ),
            Reason::DeleteUnknown { name } => {
                write!(f, "Deleted nothing: the jar holds no cookie `{}` for this host.", shown(name))
            }
            Reason::SameSiteUnknown { same_site } => write!(
                f,
                "Sent, if the request is same-site: the cookie has {}, and the request doesn't say which site caused it.",
                flag(*same_site)
            ),
            Reason::ThirdPartyAllowed => f.write_str(
                "Sent, if the browser allows third-party cookies: another site caused this request.",
            ),
            Reason::LaxAllowingUnsafe { age } => write!(
                f,
                "Sent across sites by an unsafe method: the cookie has no `SameSite` and is {} old, under Chromium's 2 minutes.",
                span(*age)
            ),
        }
    }
}

impl Display for Note {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Note::UnknownAttribute { name } => write!(f, "Ignored: browsers know no attribute `{}`.", shown(name)),
            Note::AttributeTooLong { name, size } => write!(
                f,
                "Ignored: the value of `{}` has {size} bytes, and 1024 is the limit for an attribute.",
                shown(name)
            ),
            Note::BadExpires { value } => write!(f, "Ignored: the Expires `{}` is no date.", shown(value)),
            Note::BadMaxAge { value } => {
                write!(f, "Ignored: the Max-Age `{}` is no whole number of seconds.", shown(value))
            }
            Note::BadPath { value } => write!(
                f,
                "Ignored: the Path `{}` doesn't start with `/`, so the default path takes its place.",
                shown(value)
            ),
            Note::BadSameSite { value } => write!(
                f,
                "Ignored: the SameSite `{}` is none of `Strict`, `Lax` and `None`, so the default takes its place.",
                shown(value)
            ),
            Note::Nameless { value } => {
                write!(f, "The cookie has no name: `{}` is its value.", shown(value))
            }
            Note::MaxAgeOverExpires => f.write_str("Ignored: Expires, because Max-Age decides where both are there."),
            Note::More { count } => write!(f, "And {count} more notes."),
            Note::DefaultPath { path, from } => write!(
                f,
                "Filled in: no Path, so `{}`, which is `{}` up to its last `/`.",
                text(path),
                text(from)
            ),
            Note::HostOnly { host } => write!(f, "Filled in: no Domain, so the host `{}` alone.", text(host)),
            Note::DomainIsHost { host } => write!(
                f,
                "Filled in: the Domain is `{}` itself, which nothing may share, so that host alone.",
                text(host)
            ),
            Note::Session => {
                f.write_str("Filled in: neither Max-Age nor Expires, so it lasts until the browser's session ends.")
            }
            Note::Persistent { until } => write!(f, "It lasts until {}.", http_date(*until)),
            Note::Capped { until } => write!(
                f,
                "Filled in: it asks for more than 400 days, and browsers keep no cookie longer, so it lasts until {}.",
                http_date(*until)
            ),
            Note::SameSiteDefault => f.write_str("Filled in: no usable SameSite, so it counts as `Lax`."),
        }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Sent => f.write_str("Sent."),
            Outcome::Withheld(reason) | Outcome::Gone(reason) => reason.fmt(f),
        }
    }
}

impl Display for Stored {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Stored::Stored(receipt) => write!(f, "Stored `{}`.", shown(&receipt.cookie.pair())),
            Stored::Replaced(_, old) => {
                f.write_str("Stored, in place of `")?;
                f.write_str(&shown(&old.pair()))?;
                f.write_str("`.")
            }
            Stored::Deleted(_, old) => write!(f, "Deleted `{}`.", shown(&old.pair())),
            Stored::DeletedNothing(_, reason) | Stored::Rejected(reason) => reason.fmt(f),
        }
    }
}

impl Display for UrlError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            UrlError::Scheme => {
                f.write_str("The URL must start with `http://`, `https://`, `ws://` or `wss://`.")
            }
            UrlError::NoHost => f.write_str("The URL names no host."),
            UrlError::Host(host) => write!(
                f,
                "`{}` is no host name; one with characters beyond ASCII must come in its `xn--` form.",
                text(host)
            ),
            UrlError::Port(port) => {
                f.write_str("The port `")?;
                f.write_str(&text(port))?;
                f.write_char('`')?;
                f.write_str(" is no number up to 65535.")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_its_largest_unit() {
        for (seconds, told) in
            [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days")]
        {
            assert_eq!(span(Duration::from_secs(seconds)), told);
        }
    }
}
