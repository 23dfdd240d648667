//! Addresses of pages, resolved as a browser resolves them.

use std::fmt;

use cookie_rules::PublicSuffixes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// What a browser percent-encodes in a query.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'\'');

/// The address of a page: an `http` or `https` URL, written as a browser writes it.
///
/// ```
/// use probe::Address;
///
/// let page = Address::of("http://localhost:3101/shop/cart?old=1");
/// assert_eq!(page.at("pay?name=A b#top").map(|address| address.to_string()).as_deref(),
///            Some("http://localhost:3101/shop/pay?name=A%20b"));
/// assert_eq!(page.at("/").map(|address| address.target()).as_deref(), Some("/"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    url: cookie_rules::Request,
    query: Option<String>,
}

impl Address {
    /// A whole address, such as one from [`Server::url`](crate::Server::url).
    ///
    /// # Panics
    ///
    /// Where it is none.
    #[must_use]
    #[track_caller]
    pub fn of(url: &str) -> Self {
        match Self::parse(url) {
            Ok(address) => address,
            Err(error) => panic!("`{url}` is no address of a page: {error:?}"),
        }
    }

    pub(crate) fn parse(url: &str) -> Result<Self, cookie_rules::UrlError> {
        Ok(Self { url: cookie_rules::Request::get(url.trim())?, query: query_of(url) })
    }

    /// The address that `reference` (an `href`, an `action`, a `Location`) means in the page at this one. `None` where it
    /// leads to no page: `mailto:…`, `javascript:…`.
    #[must_use]
    pub fn at(&self, reference: &str) -> Option<Self> {
        let reference: String = reference
            .trim_matches(|character: char| character <= ' ')
            .chars()
            .filter(|character| !matches!(character, '\t' | '\n' | '\r'))
            .collect();
        let scheme = reference.split(['/', '?', '#']).next().unwrap_or_default();
        if scheme.contains(':') && !reference.contains("://") {
            return None;
        }
        let url = self.url.at(&reference).ok()?;
        let same = reference.is_empty() || reference.starts_with('#');
        let query = if same { self.query.clone() } else { query_of(&reference) };
        Some(Self { url, query })
    }

    /// The same address with this query in the place of its own.
    #[must_use]
    pub(crate) fn with_query(&self, query: &str) -> Self {
        Self { url: self.url.clone(), query: Some(query.to_owned()) }
    }

    /// The path, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// What stands behind the `?`, percent-encoded; `None` where there is no `?`.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Path and query, as a request line has them.
    #[must_use]
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path()),
            None => self.path().to_owned(),
        }
    }

    /// The host, without the port.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host()
    }

    /// The port, 80 or 443 where the address names none.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.port().unwrap_or(if self.url.scheme() == "https" { 443 } else { 80 })
    }

    /// Scheme, host and port: `http://localhost:3101`.
    #[must_use]
    pub fn origin(&self) -> String {
        format!("{}://{}", self.url.scheme(), self.authority())
    }

    /// Host and port, as a `Host` field has them.
    #[must_use]
    pub fn authority(&self) -> String {
        match self.url.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// Scheme and registrable domain: two addresses of one site differ in nothing else that SameSite looks at.
    /// `app.crumbs.localhost` and `evil.crumbs.localhost` are one site, `localhost` and `127.0.0.1` are two.
    #[must_use]
    pub fn site(&self) -> String {
        let suffixes = PublicSuffixes::default();
        format!("{}://{}", self.url.scheme(), suffixes.site_of(self.host()))
    }

    /// What `cookie-rules` knows of a request by this method to this address.
    pub(crate) fn request(&self, method: &str) -> cookie_rules::Request {
        // An address that was parsed is one that can be parsed.
        cookie_rules::Request::new(method, &format!("{}{}", self.origin(), self.path()))
            .unwrap_or_else(|error| panic!("{self}: {error:?}"))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.target())
    }
}

fn query_of(reference: &str) -> Option<String> {
    let (_, query) = reference.split('#').next()?.split_once('?')?;
    Some(utf8_percent_encode(query, QUERY).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_resolved_against_the_page() {
        let page = Address::of("http://localhost:3101/a/b?x=1#y");
        for (reference, expected) in [
            ("hello?name=小", "http://localhost:3101/a/hello?name=%E5%B0%8F"),
            ("/hello", "http://localhost:3101/hello"),
            ("", "http://localhost:3101/a/b?x=1"),
            ("#top", "http://localhost:3101/a/b?x=1"),
            ("?", "http://localhost:3101/a/b?"),
            ("../c", "http://localhost:3101/c"),
            (" /hel\nlo ", "http://localhost:3101/hello"),
            ("//mallory.localhost:1/x", "http://mallory.localhost:1/x"),
            ("http://127.0.0.1:5", "http://127.0.0.1:5/"),
            ("/a%20b?to=http://x/", "http://localhost:3101/a%20b?to=http://x/"),
        ] {
            let found = page.at(reference).map(|address| address.to_string());
            assert_eq!(found.as_deref(), Some(expected), "{reference:?}");
        }
        for none in ["mailto:a@b", "javascript:alert(1)", "ftp://localhost/"] {
            assert_eq!(page.at(none), None, "{none}");
        }
    }

    #[test]
    fn a_site_is_a_scheme_and_a_registrable_domain() {
        for (url, site) in [
            ("http://localhost:3101/", "http://localhost"),
            ("http://app.crumbs.localhost:1/", "http://crumbs.localhost"),
            ("http://crumbs.localhost/", "http://crumbs.localhost"),
            ("http://mallory.localhost/", "http://mallory.localhost"),
            ("http://127.0.0.1:1/", "http://127.0.0.1"),
            ("https://www.example.org/", "https://example.org"),
        ] {
            assert_eq!(Address::of(url).site(), site, "{url}");
        }
    }
}
