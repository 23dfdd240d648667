//! Every rule that decides something, as a value: why a cookie was rejected, withheld, deleted or not.

use crate::SameSite;
use std::time::{Duration, SystemTime};

/// Why a decision came out as it did: one variant per rule. Its `Display` is one sentence with the values in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The line holds a control character.
    ControlCharacter {
        /// Which.
        byte: u8,
        /// Where in the line, from 0.
        position: usize,
    },
    /// Name and value are too long together.
    TooLarge {
        /// Their length in bytes.
        size: usize,
    },
    /// Neither a name nor a value.
    Empty,
    /// The `Domain` isn't written in ASCII.
    DomainNotAscii {
        /// As it came.
        domain: Vec<u8>,
    },
    /// The `Domain` is a public suffix.
    PublicSuffix {
        /// The `Domain`.
        domain: String,
    },
    /// The `Domain` is neither the answering host nor above it.
    DomainMismatch {
        /// The `Domain`.
        domain: String,
        /// The host that answered.
        host: String,
    },
    /// A `Secure` cookie from a connection that isn't.
    SecureFromInsecure {
        /// The host that answered.
        host: String,
    },
    /// A script sets an `HttpOnly` cookie.
    HttpOnlyFromScript,
    /// A script would replace an `HttpOnly` cookie.
    HttpOnlyOverwrite,
    /// An insecure connection would shadow a `Secure` cookie.
    SecureOverlay {
        /// The `Secure` cookie's path.
        path: String,
        /// The `Secure` cookie's domain.
        domain: String,
    },
    /// A same-site cookie in the answer to a cross-site request that is no top-level navigation.
    SameSiteCrossSiteResponse {
        /// The cookie's flag.
        same_site: SameSite,
    },
    /// `SameSite=None` without `Secure`.
    SameSiteNoneWithoutSecure,
    /// A name that starts with `__Secure-`, without `Secure`.
    SecurePrefix {
        /// The name.
        name: Vec<u8>,
    },
    /// A name that starts with `__Host-`, without what that promises.
    HostPrefix {
        /// The name.
        name: Vec<u8>,
        /// The first thing that is missing.
        fault: HostPrefixFault,
    },
    /// A value without a name that starts with a prefix, and so would read as a name with one.
    NamelessPrefix {
        /// The value.
        value: Vec<u8>,
    },

    /// A name that starts with `__Http-` or `__Host-Http-`, without what that promises; Chromium knows the two.
    HttpPrefix {
        /// The name.
        name: Vec<u8>,
    },
    /// A tab inside a name or a value; Chromium ignores such a line.
    InnerTab,
    /// The browser blocks third-party cookies, and this one came so.
    ThirdPartyRejected,

    /// The cookie belongs to one host, and the request goes to another.
    HostOnly {
        /// The cookie's host.
        domain: String,
        /// The request's.
        host: String,
    },
    /// The request's host is not in the cookie's domain.
    OtherDomain {
        /// The cookie's domain.
        domain: String,
        /// The request's host.
        host: String,
    },
    /// The request's path is not under the cookie's.
    Path {
        /// The cookie's path.
        cookie_path: String,
        /// The request's.
        request_path: String,
    },
    /// A `Secure` cookie, and a connection that isn't.
    SecureOnly {
        /// The request's host.
        host: String,
    },
    /// An `HttpOnly` cookie, and a script asks.
    HttpOnly,
    /// `SameSite=Strict`, and another site caused the request.
    SameSiteStrict,
    /// `SameSite=Lax` or none, and another site caused a request that is no top-level navigation.
    SameSiteLax {
        /// `Lax`, or `Default` where the line said nothing.
        same_site: SameSite,
    },
    /// `SameSite=Lax` or none, and another site caused a navigation with an unsafe method.
    SameSiteLaxMethod {
        /// `Lax`, or `Default` where the line said nothing.
        same_site: SameSite,
        /// The method.
        method: String,
    },

    /// The browser blocks third-party cookies, and this one would be.
    ThirdPartyBlocked,

    /// Its time is over.
    Expired {
        /// Since when.
        at: SystemTime,
        /// How long that is ago.
        ago: Duration,
    },
    /// A line with its end in the past deleted it.
    Deleted {
        /// The path of the URL whose answer had the line.
        by: String,
        /// How long that is ago.
        ago: Duration,
    },
    /// The jar was full.
    Evicted {
        /// How many cookies of one domain, or in all, it holds at most.
        limit: usize,
        /// How long that is ago.
        ago: Duration,
    },
    /// Somebody took it out of the jar: the user, a script, a closed browser.
    Removed {
        /// How long that is ago.
        ago: Duration,
    },
    /// The browser's session ended, and with it its session cookies.
    SessionEnded {
        /// How long that is ago.
        ago: Duration,
    },

    /// A line deletes a cookie, but the jar's cookie of that name has another path.
    DeleteOtherPath {
        /// The name.
        name: Vec<u8>,
        /// The line's path.
        asked: String,
        /// The stored cookie's.
        stored: String,
    },
    /// A line deletes a cookie, but the jar's cookie of that name has another domain.
    DeleteOtherDomain {
        /// The name.
        name: Vec<u8>,
        /// The line's domain.
        asked: String,
        /// Whether the line's cookie would be for that host alone.
        asked_host_only: bool,
        /// The stored cookie's domain.
        stored: String,
        /// Whether the stored cookie is for that host alone.
        stored_host_only: bool,
    },
    /// A line deletes a cookie, and the jar has none of that name.
    DeleteUnknown {
        /// The name.
        name: Vec<u8>,
    },

    /// Sent on the assumption that the request is same-site: nobody told.
    SameSiteUnknown {
        /// The cookie's flag.
        same_site: SameSite,
    },
    /// Sent as a third-party cookie, on the assumption that the browser allows those.
    ThirdPartyAllowed,
    /// Sent with a cross-site `POST`, because it is young and has no `SameSite`.
    LaxAllowingUnsafe {
        /// How old it is.
        age: Duration,
    },
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
            Reason::InnerTab => "Chromium, ParsedCookie",
            Reason::ThirdPartyRejected | Reason::ThirdPartyBlocked | Reason::ThirdPartyAllowed => {
                "RFC 6265bis §7.1"
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

/// What a user agent ignored in a line, or filled in itself. Its `Display` is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// An attribute of a name nobody knows.
    UnknownAttribute {
        /// The name.
        name: Vec<u8>,
    },
    /// An attribute whose value is too long.
    AttributeTooLong {
        /// The attribute's name.
        name: Vec<u8>,
        /// The value's length.
        size: usize,
    },
    /// An `Expires` that is no date.
    BadExpires {
        /// Its value.
        value: Vec<u8>,
    },
    /// A `Max-Age` that is no number.
    BadMaxAge {
        /// Its value.
        value: Vec<u8>,
    },
    /// A `Path` that doesn't start with `/`.
    BadPath {
        /// Its value.
        value: Vec<u8>,
    },
    /// A `SameSite` value nobody knows.
    BadSameSite {
        /// Its value.
        value: Vec<u8>,
    },
    /// The line has no `=`: all of it is a value.
    Nameless {
        /// The value.
        value: Vec<u8>,
    },
    /// Both `Max-Age` and `Expires`: the former decides.
    MaxAgeOverExpires,
    /// More notes than one wants to read.
    More {
        /// How many.
        count: usize,
    },

    /// No usable `Path`: the default path.
    DefaultPath {
        /// That path.
        path: String,
        /// The path of the URL it comes from.
        from: String,
    },
    /// No `Domain`: for this host alone.
    HostOnly {
        /// The host.
        host: String,
    },
    /// The `Domain` is the host itself, and a public suffix or an address: for this host alone.
    DomainIsHost {
        /// The host.
        host: String,
    },
    /// Neither `Max-Age` nor `Expires`: until the browser's session ends.
    Session,
    /// A persistent cookie.
    Persistent {
        /// Until when.
        until: SystemTime,
    },
    /// A persistent cookie that asked for more than 400 days.
    Capped {
        /// Until when it lives instead.
        until: SystemTime,
    },
    /// No usable `SameSite`: as `Lax`.
    SameSiteDefault,
}

impl Note {
    /// The section that holds the rule, such as `RFC 6265bis §5.6.1`.
    pub fn section(&self) -> &'static str {
        match self {
            Note::UnknownAttribute { .. }
            | Note::AttributeTooLong { .. }
            | Note::Nameless { .. }
            | Note::More { .. } => "RFC 6265bis §5.6",
            Note::BadExpires { .. } => "RFC 6265bis §5.6.1",
            Note::BadMaxAge { .. } => "RFC 6265bis §5.6.2",
            Note::BadPath { .. } => "RFC 6265bis §5.6.4",
            Note::BadSameSite { .. } | Note::SameSiteDefault => "RFC 6265bis §5.6.7",
            Note::DefaultPath { .. } => "RFC 6265bis §5.1.4",
            Note::Capped { .. } => "RFC 6265bis §5.5",
            Note::MaxAgeOverExpires
            | Note::HostOnly { .. }
            | Note::DomainIsHost { .. }
            | Note::Session
            | Note::Persistent { .. } => "RFC 6265bis §5.7",
        }
    }
}
