//! What a user agent does with a line that is good but not whole: it ignores, and fills in.

use std::time::SystemTime;

/// What a user agent ignored in a line, or filled in itself. Its `Display` is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant's sentence says what its fields are")]
pub enum Note {
    /// An attribute of a name nobody knows.
    UnknownAttribute { name: Vec<u8> },
    /// The attribute `name`, whose value is too long: `size` bytes.
    AttributeTooLong { name: Vec<u8>, size: usize },
    /// An `Expires` that is no date.
    BadExpires { value: Vec<u8> },
    /// A `Max-Age` that is no number.
    BadMaxAge { value: Vec<u8> },
    /// A `Path` that doesn't start with `/`.
    BadPath { value: Vec<u8> },
    /// A `SameSite` value nobody knows.
    BadSameSite { value: Vec<u8> },
    /// The line has no `=`: all of it is a value.
    Nameless { value: Vec<u8> },
    /// Both `Max-Age` and `Expires`: the former decides.
    MaxAgeOverExpires,
    /// More notes than one wants to read: `count` of them.
    More { count: usize },
    /// No usable `Path`: the default `path`, made of the path of the URL the line came `from`.
    DefaultPath { path: String, from: String },
    /// No `Domain`: for this host alone.
    HostOnly { host: String },
    /// The `Domain` is the host itself, and a public suffix or an address: for this host alone.
    DomainIsHost { host: String },
    /// Neither `Max-Age` nor `Expires`: until the browser's session ends.
    Session,
    /// `Max-Age` or `Expires`: it outlives the session, `until` then.
    Persistent { until: SystemTime },
    /// A persistent cookie that asked for more than 400 days, and lives `until` then instead. curl caps from 8.12.0 on
    /// (curl/curl#15937).
    Capped { until: SystemTime },
    /// No usable `SameSite`: as `Lax` in Chromium and by RFC 6265bis; not in Firefox and Safari.
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
