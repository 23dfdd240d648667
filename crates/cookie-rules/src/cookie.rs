//! A stored cookie, with the fields that RFC 6265bis §5.7 names.

use std::time::SystemTime;

/// When a cookie goes along with requests that another site caused: the same-site-flag (RFC 6265bis §5.6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SameSite {
    /// Never.
    Strict,
    /// With top-level navigations by a safe method (a link, a `GET` form).
    Lax,
    /// Always; such a cookie must be `Secure`.
    None,
    /// The line says nothing, or nothing known: as `Lax`.
    Default,
}

/// A cookie in a jar. Name and value are bytes: no rule asks them to be text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cookie {
    /// Its name; empty for a nameless cookie.
    pub name: Vec<u8>,
    /// Its value, quotes and all.
    pub value: Vec<u8>,
    /// The host that it belongs to, or the domain whose hosts it belongs to, in lower case.
    pub domain: String,
    /// Whether it belongs to that one host and to no name below it.
    pub host_only: bool,
    /// The path that it belongs to. Bytes that are no UTF-8 are replaced; no browser asks for such a path.
    pub path: String,
    /// When it first came. Of two with equally long paths the older one is sent first (RFC 6265bis §5.8.3).
    pub creation: SystemTime,
    /// When it was last set or sent: in a full jar, the one unused for longest makes room.
    pub last_access: SystemTime,
    /// When it expires; `None` for a session cookie.
    pub expiry: Option<SystemTime>,
    /// Whether it is sent over secure connections alone.
    pub secure: bool,
    /// Whether it is hidden from scripts.
    pub http_only: bool,
    /// Whether it goes along with requests that another site caused.
    pub same_site: SameSite,
    /// Whether it is kept apart for each site that has it in a frame of its page (CHIPS).
    pub partitioned: bool,
}

impl Cookie {
    /// Whether its time is over at `now`; at the very instant of its expiry it is.
    pub fn is_expired(&self, now: SystemTime) -> bool {
        self.expiry.is_some_and(|expiry| expiry <= now)
    }

    /// Whether the two are one cookie to a jar: the same name, domain, host-only-flag and path (RFC 6265bis §5.7).
    /// One that is partitioned is another than one that isn't.
    pub fn is_same_as(&self, other: &Cookie) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.host_only == other.host_only
            && self.path == other.path
            && self.partitioned == other.partitioned
    }

    /// The pair as a `Cookie` header holds it: `name=value`, or the value alone where it has no name (RFC 6265bis §5.8.3).
    pub fn pair(&self) -> Vec<u8> {
        let mut pair = Vec::with_capacity(self.name.len() + 1 + self.value.len());
        if !self.name.is_empty() {
            pair.extend_from_slice(&self.name);
            pair.push(b'=');
        }
        pair.extend_from_slice(&self.value);
        pair
    }
}
