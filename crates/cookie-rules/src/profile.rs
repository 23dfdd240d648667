//! What differs from browser to browser: whose rules it follows, how much its jar holds, and a setting.

use crate::set_cookie::MAX_ATTRIBUTE_VALUE;

/// Whose rules a browser follows where the browsers differ. Each difference was [measured](crate::MEASURED);
/// `tests/measured` has the cases.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Family {
    /// RFC 6265bis to the letter, for a jar. Where a browser is to be predicted, it means one that nobody has measured
    /// here (Safari, an old one): what browsers differ in is left open.
    Specification,
    /// Chromium and what is made of it: Chrome, Edge, Brave.
    ///
    /// - A cookie set anew with another value is a new one: it goes to the end of the header, and its age starts again.
    ///   The specification keeps its creation time (§5.7), Chromium only where the value stays the same.
    /// - The last `Expires` and the last `Max-Age` count, even where they can't be read; the specification ignores those.
    /// - `Max-Age=+60` is a minute, and dates are read a little otherwise: no `21st`, but years of five digits.
    /// - A tab inside a name or a value voids the line, and so does a `=` in a value without a name.
    /// - `Domain=.` is rejected. The specification takes it for no `Domain` at all (§5.6.3).
    /// - `__Host-` allows no `Domain`, not even one that means the host alone, unless it is an address.
    /// - Names that start with `__Http-` need `Secure` and `HttpOnly`; `__Host-Http-` needs what `__Host-` does as well.
    /// - A cookie without `SameSite` goes along with another site's `POST` for two minutes.
    /// - A redirect by way of another site doesn't count: who began it does.
    #[default]
    Chromium,
    /// Firefox.
    ///
    /// - The last `Expires` and the last `Max-Age` count, as in Chromium, and `__Http-` is known.
    /// - `__Host-` needs no `Path=/` where `/` is the default path.
    /// - Every `Max-Age` that starts with `-` is in the past, and dates are read in Firefox's own way.
    /// - Without `=` the whole pair is a name; a value without a name voids the line, and so does a tab in the path.
    /// - What isn't UTF-8 in a value comes back as U+FFFD.
    /// - A cookie without `SameSite` goes along with everything that another site causes.
    /// - A redirect by way of another site counts: `Strict` doesn't come back from it.
    Firefox,
}

/// A browser, as far as cookies go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Whose rules it follows.
    pub family: Family,
    /// Whether it lets third-party cookies come and go.
    pub third_party: ThirdPartyCookies,
    /// How much its jar holds.
    pub limits: Limits,
}

impl Profile {
    /// RFC 6265bis, and any browser that isn't known.
    pub const SPECIFICATION: Profile = Profile::of(Family::Specification);
    /// Chromium, as it comes.
    pub const CHROMIUM: Profile = Profile::of(Family::Chromium);
    /// Firefox, as it comes.
    pub const FIREFOX: Profile = Profile::of(Family::Firefox);

    /// curl, as far as it was compared (7.88.1): RFC 6265bis, but an attribute may be as long as the line.
    pub const CURL: Profile = Profile {
        limits: Limits { attribute: usize::MAX, ..Limits::BROWSERS },
        ..Profile::SPECIFICATION
    };

    /// A browser of this family, as it comes.
    pub const fn of(family: Family) -> Profile {
        Profile { family, third_party: ThirdPartyCookies::Allowed, limits: Limits::BROWSERS }
    }
}

/// How much a jar holds, and takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Cookies of one site, with all of its hosts.
    pub per_site: usize,
    /// How many of them are left when there is one more.
    pub left_of_site: usize,
    /// Cookies in all.
    pub total: usize,
    /// Cookies that are gone, but remembered.
    pub gone: usize,
    /// Bytes of an attribute's value: a longer one is ignored (RFC 6265bis §5.6).
    pub attribute: usize,
}

impl Limits {
    /// What Chromium and Firefox do, measured: a site has up to 180 cookies; the 181st leaves the latest 150, and those
    /// without `Secure` go first. So of 300 cookies set one by one 176 stay. (`document.cookie` in Firefox shows its own
    /// page's cookies for a while longer.) The total is Chromium's. The specification asks for at least 50 and 3000 (RFC
    /// 6265bis §6.1).
    pub const BROWSERS: Limits = Limits {
        per_site: 180,
        left_of_site: 150,
        total: 3300,
        gone: 64,
        attribute: MAX_ATTRIBUTE_VALUE,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::BROWSERS
    }
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
