//! What differs from browser to browser: how much a jar holds, whose rules it follows, and a setting.

use crate::PublicSuffixes;

/// How much a jar holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cookies that share a domain.
    pub per_domain: usize,
    /// Cookies in all.
    pub total: usize,
    /// Cookies that are gone, but remembered.
    pub gone: usize,
}

impl Limits {
    /// Chromium's numbers; the specification asks for at least 50 and 3000 (RFC 6265bis §6.1).
    pub const CHROMIUM: Limits = Limits { per_domain: 180, total: 3300, gone: 64 };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::CHROMIUM
    }
}

/// Whose rules a jar follows where the two differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// RFC 6265bis to the letter.
    Specification,
    /// RFC 6265bis as Chromium 156 was seen to run it:
    /// - A cookie set anew with another value is a new one: it goes to the end of the header, and its age starts again.
    ///   The specification keeps its creation time (§5.7), Chromium only where the value stays the same.
    /// - A tab inside a name or a value voids the line. The specification lets it pass (§5.6).
    /// - `Domain=.` is rejected. The specification takes it for no `Domain` at all (§5.6.3).
    /// - Names that start with `__Http-` need `Secure` and `HttpOnly`; `__Host-Http-` needs what `__Host-` does as well.
    #[default]
    Chromium,
}

/// Whether the browser lets cookies into requests that another site causes within its page.
///
/// That is a setting (RFC 6265bis §7.1): Chromium allows them, but not in incognito windows; Debian's build blocks them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ThirdPartyCookies {
    /// They come and go, if they are `SameSite=None`.
    #[default]
    Allowed,
    /// They neither come nor go.
    Blocked,
}

/// What a jar was told of its browser.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    pub limits: Limits,
    pub profile: Profile,
    pub public_suffixes: PublicSuffixes,
    pub third_party: ThirdPartyCookies,
}
