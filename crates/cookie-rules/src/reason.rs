//! Every rule that decides something, as a value: why a cookie was rejected, withheld, deleted or not.

use crate::{Family, SameSite};
use std::time::{Duration, SystemTime};

/// Why a decision came out as it did: one variant per rule. Its `Display` is one sentence with the values in it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant's sentence says what its fields are")]
pub enum Reason {
    /// The line holds the control character `byte`, `position` bytes after its start.
    ControlCharacter { byte: u8, position: usize },
    /// Name and value are too long together: `size` bytes.
    TooLarge { size: usize },
    /// Neither a name nor a value.
    Empty,
    /// The `Domain` isn't written in ASCII.
    DomainNotAscii { domain: Vec<u8> },
    /// The `Domain` is a public suffix.
    PublicSuffix { domain: String },
    /// The `Domain` is neither the answering `host` nor above it.
    DomainMismatch { domain: String, host: String },
    /// A `Secure` cookie from `host`, over a connection that isn't.
    SecureFromInsecure { host: String },
    /// A script sets an `HttpOnly` cookie.
    HttpOnlyFromScript,
    /// A script would replace an `HttpOnly` cookie.
    HttpOnlyOverwrite,
    /// An insecure connection would shadow the `Secure` cookie of this `path` and `domain`.
    SecureOverlay { path: String, domain: String },
    /// A same-site cookie in the answer to a cross-site request that is no top-level navigation.
    SameSiteCrossSiteResponse { same_site: SameSite },
    /// `SameSite=None` without `Secure`.
    SameSiteNoneWithoutSecure,
    /// `Partitioned` without `Secure`.
    PartitionedWithoutSecure,
    /// A name that starts with `__Secure-`, without `Secure`.
    SecurePrefix { name: Vec<u8> },
    /// A name that starts with `__Host-`, without what that promises; `fault` is the first thing that is missing.
    HostPrefix { name: Vec<u8>, fault: HostPrefixFault },
    /// A value without a name that starts with a prefix, and so would read as a name with one.
    NamelessPrefix { value: Vec<u8> },
    /// A name that starts with `__Http-` or `__Host-Http-`, without what that promises; Chromium and Firefox know the two.
    HttpPrefix { name: Vec<u8> },
    /// A tab inside a name or a value, and in Firefox inside the path: the `family` ignores such a line.
    InnerTab { family: Family },
    /// A `value` without a name, and the `family` takes none, or none with `=` in it.
    Nameless { value: Vec<u8>, family: Family },
    /// An `Expires` that not every browser reads alike.
    OddDate { value: Vec<u8> },
    /// The browser blocks third-party cookies, and this one came so.
    ThirdPartyRejected,
    /// The cookie belongs to the host `domain` alone, and the request goes to `host`.
    HostOnly { domain: String, host: String },
    /// The request's `host` is not in the cookie's `domain`.
    OtherDomain { domain: String, host: String },
    /// The request's path is not under the cookie's.
    Path { cookie_path: String, request_path: String },
    /// A `Secure` cookie, and a connection to `host` that isn't.
    SecureOnly { host: String },
    /// An `HttpOnly` cookie, and a script asks.
    HttpOnly,
    /// `SameSite=Strict`, and another site caused the request.
    SameSiteStrict,
    /// `SameSite=Lax`, or no `SameSite` at all, and another site caused a request that is no top-level navigation.
    SameSiteLax { same_site: SameSite },
    /// The same for a top-level navigation with an unsafe `method`.
    SameSiteLaxMethod { same_site: SameSite, method: String },
    /// The browser blocks third-party cookies, and this one would be.
    ThirdPartyBlocked,
    /// The browser says that a page within another site's page has none of its cookies.
    StorageDenied,
    /// A `Partitioned` cookie, and another site's page caused the request: the cookie belongs to the page around it.
    Partitioned,
    /// A script may ask that a request goes without cookies.
    CredentialsOmitted,
    /// The question whether a script may ask has no cookies.
    Preflight,
    /// Its time was over `at` this instant, `ago` from now.
    Expired { at: SystemTime, ago: Duration },
    /// A line with its expiry in the past deleted it: one in the answer to the path `by`.
    Deleted { by: String, ago: Duration },
    /// The jar was full: it holds `limit` cookies of one site, or in all.
    Evicted { limit: usize, ago: Duration },
    /// Somebody took it out of the jar: the user, a script, a closed browser.
    Removed { ago: Duration },
    /// The browser's session ended, and with it its session cookies.
    SessionEnded { ago: Duration },
    /// A line deletes a cookie of the path `asked`, but the jar's cookie of that name has the path `stored`.
    DeleteOtherPath { name: Vec<u8>, asked: String, stored: String },
    /// The same for domains, each of them with its subdomains or for that host alone.
    DeleteOtherDomain {
        name: Vec<u8>,
        asked: String,
        asked_host_only: bool,
        stored: String,
        stored_host_only: bool,
    },
    /// A line deletes a cookie, and the jar has none of that name.
    DeleteUnknown { name: Vec<u8> },
    /// Sent on the assumption that the request is same-site: nobody told.
    SameSiteUnknown { same_site: SameSite },
    /// Sent as a third-party cookie, on the assumption that the browser allows those.
    ThirdPartyAllowed,
    /// Sent with a cross-site `POST`, because it has no `SameSite` and only this `age`.
    LaxAllowingUnsafe { age: Duration },
}

/// What a `__Host-` cookie lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostPrefixFault {
    /// `Secure`.
    NotSecure,
    /// It has a `Domain`.
    HasDomain,
    /// `Path=/`, written out.
    PathNotRoot,
}

impl Reason {
    /// The section that holds the rule, such as `RFC 6265bis §5.1.4`.
    pub fn section(&self) -> &'static str {
        match self {
            Reason::ControlCharacter { .. } | Reason::TooLarge { .. } => "RFC 6265bis §5.6",
            Reason::Empty
            | Reason::DomainNotAscii { .. }
            | Reason::PublicSuffix { .. }
            | Reason::SecureFromInsecure { .. }
            | Reason::HttpOnlyFromScript
            | Reason::HttpOnlyOverwrite
            | Reason::SecureOverlay { .. }
            | Reason::SameSiteCrossSiteResponse { .. }
            | Reason::SameSiteNoneWithoutSecure
            | Reason::Expired { .. }
            | Reason::Deleted { .. }
            | Reason::Evicted { .. }
            | Reason::SessionEnded { .. }
            | Reason::DeleteOtherPath { .. }
            | Reason::DeleteOtherDomain { .. }
            | Reason::DeleteUnknown { .. } => "RFC 6265bis §5.7",
            Reason::SecurePrefix { .. }
            | Reason::HostPrefix { .. }
            | Reason::NamelessPrefix { .. } => "RFC 6265bis §5.4",
            Reason::HttpPrefix { .. } => "draft-ietf-httpbis-layered-cookies, cookie name prefixes",
            Reason::InnerTab { .. } | Reason::Nameless { .. } => "RFC 6265bis §5.6, and measured",
            Reason::OddDate { .. } => "RFC 6265bis §5.1.1",
            Reason::ThirdPartyRejected | Reason::ThirdPartyBlocked | Reason::ThirdPartyAllowed => {
                "RFC 6265bis §7.1"
            }
            Reason::StorageDenied => "Storage Access Headers, Sec-Fetch-Storage-Access",
            Reason::CredentialsOmitted => "Fetch §2.2.5, credentials mode",
            Reason::Preflight => "Fetch §4.8, CORS-preflight fetch",
            Reason::Partitioned | Reason::PartitionedWithoutSecure => {
                "CHIPS, the Partitioned attribute"
            }
            Reason::DomainMismatch { .. } | Reason::OtherDomain { .. } => "RFC 6265bis §5.1.3",
            Reason::Path { .. } => "RFC 6265bis §5.1.4",
            Reason::HostOnly { .. } | Reason::SecureOnly { .. } | Reason::HttpOnly => {
                "RFC 6265bis §5.8.3"
            }
            Reason::SameSiteStrict
            | Reason::SameSiteLax { .. }
            | Reason::SameSiteLaxMethod { .. } => "RFC 6265bis §5.6.7.1",
            Reason::SameSiteUnknown { .. } => "RFC 6265bis §5.2",
            Reason::LaxAllowingUnsafe { .. } => "RFC 6265bis §5.6.7.2",
            Reason::Removed { .. } => "RFC 6265bis §7.3",
        }
    }
}
