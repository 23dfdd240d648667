//! Domains: which hosts a cookie belongs to (RFC 6265bis §5.1.2, §5.1.3), and which names nobody may own (public suffixes).

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether `host` is `domain` or a name below it (RFC 6265bis §5.1.3). Both are in lower case already.
///
/// ```
/// use cookie_rules::domain_match;
/// assert!(domain_match("example.org", "example.org"));
/// assert!(domain_match("www.example.org", "example.org"));
/// assert!(!domain_match("badexample.org", "example.org"));
/// assert!(!domain_match("127.0.0.1", "0.0.1"));
/// ```
pub fn domain_match(host: &str, domain: &str) -> bool {
    if host == domain {
        return true;
    }
    match host.strip_suffix(domain) {
        None => false,
        Some(rest) => rest.ends_with('.') && !domain.is_empty() && !is_ip_address(host),
    }
}

/// Whether a cookie of this domain goes to this host: to its domain alone, or to those below it, too
/// (RFC 6265bis §5.8.3).
///
/// ```
/// use cookie_rules::is_of_host;
/// assert!(is_of_host("www.example.org", "example.org", false));
/// assert!(!is_of_host("www.example.org", "example.org", true));
/// ```
pub fn is_of_host(host: &str, domain: &str, host_only: bool) -> bool {
    if host_only { host == domain } else { domain_match(host, domain) }
}

/// Whether this host is an address (`127.0.0.1`, `[::1]`) and not a name.
pub fn is_ip_address(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok() || ipv6(host).is_some()
}

/// Whether this host always means this machine: `localhost`, names below it, `127.0.0.0/8`, `[::1]`.
///
/// Browsers treat these as trustworthy without TLS, as W3C Secure Contexts §3.1 asks.
pub fn is_loopback(host: &str) -> bool {
    let name = host.strip_suffix('.').unwrap_or(host);
    name == "localhost"
        || name.ends_with(".localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || ipv6(host).is_some_and(|address| address.is_loopback())
}

/// Whether somebody who looks at `host` would ask about a cookie of `domain`.
pub(crate) fn concerns(domain: &str, host: &str) -> bool {
    domain_match(host, domain)
        || domain_match(domain, host)
        || (is_loopback(domain) && is_loopback(host))
}

/// The address in brackets, as a URL writes it.
pub(crate) fn ipv6(host: &str) -> Option<Ipv6Addr> {
    host.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// Which domains nobody may set a cookie for, because many owners share them (RFC 6265bis §5.7).
///
/// Browsers ship a list of ten thousand. This library ships none: by default a name of one label (`org`, `localhost`) is one.
#[derive(Clone, Debug, Default)]
pub enum PublicSuffixes {
    /// Every name of a single label.
    #[default]
    SingleLabels,
    /// Every name of a single label, and these.
    AlsoThese(BTreeSet<String>),
    /// Whatever this function takes for one: a browser brings its list so.
    Function(fn(&str) -> bool),
}

impl PublicSuffixes {
    /// Whether nobody may set a cookie for `domain`, which is in lower case.
    pub fn contains(&self, domain: &str) -> bool {
        let single_label = !domain.is_empty() && !domain.contains('.');
        match self {
            PublicSuffixes::SingleLabels => single_label,
            PublicSuffixes::AlsoThese(names) => single_label || names.contains(domain),
            PublicSuffixes::Function(is_suffix) => is_suffix(domain),
        }
    }

    /// The part of a host that its site has in common: the name right below a public suffix, or the host as a whole where it
    /// is an address or a public suffix itself.
    ///
    /// ```
    /// use cookie_rules::PublicSuffixes;
    /// let suffixes = PublicSuffixes::default();
    /// assert_eq!(suffixes.site_of("app.crumbs.localhost"), "crumbs.localhost");
    /// assert_eq!(suffixes.site_of("localhost"), "localhost");
    /// assert_eq!(suffixes.site_of("127.0.0.1"), "127.0.0.1");
    /// ```
    pub fn site_of<'h>(&self, host: &'h str) -> &'h str {
        let mut site = host;
        while let Some((_, above)) = site.split_once('.')
            && !is_ip_address(host)
            && !self.contains(above)
        {
            site = above;
        }
        site
    }

    /// Whether two hosts are of one site.
    pub fn is_one_site(&self, one: &str, other: &str) -> bool {
        self.site_of(one) == self.site_of(other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_matches_itself_alone() {
        assert!(domain_match("127.0.0.1", "127.0.0.1"));
        assert!(!domain_match("127.0.0.1", "0.1"));
        assert!(domain_match("[::1]", "[::1]"));
    }

    #[test]
    fn no_host_matches_the_empty_domain() {
        assert!(!domain_match("example.org", ""));
        assert!(!domain_match("example.org.", ""));
    }

    #[test]
    fn loopback_names_and_addresses_are_known() {
        for host in ["localhost", "a.localhost", "localhost.", "127.0.0.1", "127.8.9.1", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.org", "notlocalhost", "localhost.org", "128.0.0.1", "::1", "[::2]"] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
