//! Every sentence that this library says, in English. Another language is another file like this one.

use crate::{
    Family, HostPrefixFault, Measured, Note, Outcome, Reason, SameSite, Stored, UrlError,
    http_date, shown,
};
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
        SameSite::Default => "no `SameSite`, which counts as `Lax` in Chromium and by RFC 6265bis",
    }
}

fn scope(domain: &str, host_only: bool) -> String {
    if host_only {
        format!("the host `{}` alone", text(domain))
    } else {
        format!("the domain `{}`", text(domain))
    }
}

impl Reason {
    /// The rule as a clause that goes on after "because" or a colon: no capital, no full stop.
    ///
    /// ```
    /// use cookie_rules::Reason;
    /// assert_eq!(Reason::SameSiteStrict.because(), "the cookie has `SameSite=Strict`, and another site caused this request");
    /// ```
    pub fn because(&self) -> String {
        match self {
            Reason::ControlCharacter { byte, position } => format!(
                "byte {position} of the line is the control character {}, so the whole line is void",
                shown(&[*byte])
            ),
            Reason::TooLarge { size } => format!("name and value have {size} bytes together, and 4096 is the limit"),
            Reason::Empty => "the line holds neither a name nor a value".to_owned(),
            Reason::Nameless { value, family: Family::Firefox } => {
                format!("Firefox takes no value without a name, and `{}` has none", shown(value))
            }
            Reason::Nameless { value, .. } => {
                format!("Chromium takes no value without a name that has a `=` in it, as `{}` has", shown(value))
            }
            Reason::InnerTab { family: Family::Firefox } => {
                "Firefox ignores a line with a tab inside the path".to_owned()
            }
            Reason::InnerTab { .. } => "Chromium ignores a line with a tab inside a name or a value".to_owned(),
            Reason::OddDate { value } => format!(
                "browsers don't read the Expires `{}` alike: only dates like `Sun, 06 Nov 1994 08:49:37 GMT` are read alike",
                shown(value)
            ),
            Reason::DomainNotAscii { domain } => format!(
                "the Domain `{}` has characters beyond ASCII; such a name must come in its `xn--` form",
                shown(domain)
            ),
            Reason::PublicSuffix { domain } => format!(
                "the Domain `{}` is a public suffix, and a cookie for it would reach sites of many owners",
                text(domain)
            ),
            Reason::DomainMismatch { domain, host } => format!(
                "the Domain `{}` is neither the host `{}` nor a domain above it",
                text(domain),
                text(host)
            ),
            Reason::SecureFromInsecure { host } => format!(
                "the cookie is `Secure`, but the answer from `{}` came without TLS",
                text(host)
            ),
            Reason::HttpOnlyFromScript => "a script can't set an `HttpOnly` cookie".to_owned(),
            Reason::HttpOnlyOverwrite => {
                "a script can't replace the `HttpOnly` cookie of the same name, domain and path".to_owned()
            }
            Reason::SecureOverlay { path, domain } => format!(
                "the answer came without TLS, and the jar holds a `Secure` cookie of this name for `{}{}`",
                text(domain),
                text(path)
            ),
            Reason::SameSiteCrossSiteResponse { same_site } => format!(
                "the cookie has {}, and it came with the answer to a request that another site caused and that was no top-level navigation",
                flag(*same_site)
            ),
            Reason::SameSiteNoneWithoutSecure => "`SameSite=None` is allowed only together with `Secure`".to_owned(),
            Reason::PartitionedWithoutSecure => "`Partitioned` is allowed only together with `Secure`".to_owned(),
            Reason::SecurePrefix { name } => format!(
                "the name `{}` starts with `__Secure-`, but the cookie is not `Secure`",
                shown(name)
            ),
            Reason::HostPrefix { name, fault } => {
                let fault = match fault {
                    HostPrefixFault::NotSecure => "the cookie is not `Secure`",
                    HostPrefixFault::HasDomain => "the cookie has a `Domain`",
                    HostPrefixFault::PathNotRoot => "the line doesn't say `Path=/`",
                };
                format!("the name `{}` starts with `__Host-`, but {fault}", shown(name))
            }
            Reason::NamelessPrefix { value } => format!(
                "the cookie has no name, and a server would take its value `{}` for a protected name",
                shown(value)
            ),
            Reason::HttpPrefix { name } => format!(
                "in Chromium and Firefox the name `{}` promises both `Secure` and `HttpOnly`, and the line lacks one",
                shown(name)
            ),
            Reason::ThirdPartyRejected => {
                "the browser blocks third-party cookies, and this one came with a request that another site caused"
                    .to_owned()
            }
            Reason::HostOnly { domain, host } => format!(
                "the cookie belongs to the host `{}` alone, and this request goes to `{}`",
                text(domain),
                text(host)
            ),
            Reason::OtherDomain { domain, host } => format!(
                "the request's host `{}` is not in the cookie's domain `{}`",
                text(host),
                text(domain)
            ),
            Reason::Path { cookie_path, request_path } => format!(
                "the cookie's path is `{}`, and `{}` is neither that nor below it",
                text(cookie_path),
                text(request_path)
            ),
            Reason::SecureOnly { host } => format!(
                "the cookie is `Secure`, and the connection to `{}` has no TLS",
                text(host)
            ),
            Reason::HttpOnly => "the cookie is `HttpOnly`, so no script may read it".to_owned(),
            Reason::SameSiteStrict => {
                "the cookie has `SameSite=Strict`, and another site caused this request".to_owned()
            }
            Reason::SameSiteLax { same_site } => format!(
                "the cookie has {}, and another site's page made this request instead of navigating here",
                flag(*same_site)
            ),
            Reason::SameSiteLaxMethod { same_site, method } => format!(
                "the cookie has {}, and another site caused this request by `{}`, which may change things",
                flag(*same_site),
                text(method)
            ),
            Reason::ThirdPartyBlocked => {
                "the browser blocks third-party cookies, and another site caused this request".to_owned()
            }
            Reason::StorageDenied => {
                "another site's page caused this request, or is around the frame that did, and the browser says that it \
                 keeps this site's cookies from it (`Sec-Fetch-Storage-Access`)"
                    .to_owned()
            }
            Reason::Partitioned => {
                "the cookie is `Partitioned`, so it belongs to the page that it was set in, and another site's page caused this request"
                    .to_owned()
            }
            Reason::CredentialsOmitted => {
                "a script's request may go without cookies: it may ask for that (`credentials: \"omit\"`), or its page may sit \
                 within another site's"
                    .to_owned()
            }
            Reason::Preflight => {
                "the browser only asks whether a script may ask, and asks that without cookies".to_owned()
            }
            Reason::Expired { at, ago } => format!("it expired {} ago, at {}", span(*ago), http_date(*at)),
            Reason::Deleted { by, ago } => {
                format!("a `Set-Cookie` from `{}` deleted it {} ago", text(by), span(*ago))
            }
            Reason::Evicted { limit, ago } => format!(
                "the jar keeps {limit} cookies at most, and {} ago this one had to make room",
                span(*ago)
            ),
            Reason::Removed { ago } => {
                format!("{} ago the browser no longer had it, and browsers don't tell why", span(*ago))
            }
            Reason::SessionEnded { ago } => {
                format!("it was a session cookie, and the session ended {} ago", span(*ago))
            }
            Reason::DeleteOtherPath { name, asked, stored } => format!(
                "the line is for path `{}`, and the stored cookie `{}` has path `{}`",
                text(asked),
                shown(name),
                text(stored)
            ),
            Reason::DeleteOtherDomain { name, asked, asked_host_only, stored, stored_host_only } => format!(
                "the line is for {}, and the stored cookie `{}` is for {}",
                scope(asked, *asked_host_only),
                shown(name),
                scope(stored, *stored_host_only)
            ),
            Reason::DeleteUnknown { name } => {
                format!("the jar holds no cookie `{}` for this host", shown(name))
            }
            Reason::SameSiteUnknown { same_site } => format!(
                "the cookie has {}, and the request doesn't say which site caused it",
                flag(*same_site)
            ),
            Reason::ThirdPartyAllowed => "another site caused this request".to_owned(),
            Reason::LaxAllowingUnsafe { age } => format!(
                "the cookie has no `SameSite` and is {} old, under Chromium's 2 minutes",
                span(*age)
            ),
        }
    }

    /// What comes of it, as the start of a sentence.
    fn verdict(&self) -> &'static str {
        match self {
            Reason::HostOnly { .. }
            | Reason::OtherDomain { .. }
            | Reason::Path { .. }
            | Reason::SecureOnly { .. }
            | Reason::HttpOnly
            | Reason::SameSiteStrict
            | Reason::SameSiteLax { .. }
            | Reason::SameSiteLaxMethod { .. }
            | Reason::ThirdPartyBlocked
            | Reason::StorageDenied
            | Reason::Partitioned
            | Reason::CredentialsOmitted
            | Reason::Preflight => "Held back",
            Reason::Expired { .. }
            | Reason::Deleted { .. }
            | Reason::Evicted { .. }
            | Reason::Removed { .. }
            | Reason::SessionEnded { .. } => "Gone",
            Reason::DeleteOtherPath { .. }
            | Reason::DeleteOtherDomain { .. }
            | Reason::DeleteUnknown { .. } => "Deleted nothing",
            Reason::SameSiteUnknown { .. } => "Sent, if the request is same-site",
            Reason::ThirdPartyAllowed => "Sent, if the browser allows third-party cookies",
            Reason::LaxAllowingUnsafe { .. } => "Sent across sites by an unsafe method",
            _ => "Rejected",
        }
    }
}

impl Display for Reason {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}.", self.verdict(), self.because())
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
                "Filled in: it asks for more than 400 days, and browsers keep no cookie longer (nor does curl from \
                 8.12.0 on), so it lasts until {}.",
                http_date(*until)
            ),
            Note::SameSiteDefault => {
                f.write_str("Filled in: no usable SameSite, so it counts as `Lax` in Chromium and by RFC 6265bis.")
            }
        }
    }
}

/// What is known of Safari, which was not measured. WebKit's bug 281149 is about `Secure` on `localhost` (a change of March 2026,
/// for macOS 26, waits for the system); its page on tracking prevention about third-party cookies.
pub const SAFARI: &str = "Safari was not measured: it may drop `Secure` cookies on `http://localhost` (WebKit's bug 281149) \
     and keeps cookies out of what other sites embed (webkit.org/tracking-prevention), so nothing is certain here but what \
     RFC 6265bis has every browser do.";

impl Display for Measured {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Measured { chromium, firefox, date } = self;
        write!(f, "measured with Chromium {chromium} and Firefox {firefox} on {date}")
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
