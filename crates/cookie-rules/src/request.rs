//! What a user agent knows of a request when it sends it, and again when the answer's `Set-Cookie` arrives.

use crate::domain::{ipv6, is_loopback};
use std::net::Ipv4Addr;

/// Whether the request's site is the site that caused it (RFC 6265bis §5.2).
///
/// Sites have schemes: `http://example.org` and `https://example.org` are two. `localhost` and `127.0.0.1` are two as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SameSiteContext {
    /// The same site, or the user's own act: an address typed, a bookmark.
    SameSite,
    /// Another site, by a top-level navigation with a safe method: a link, a `GET` form.
    CrossSiteNavigation,
    /// Another site, by a top-level navigation with an unsafe method: a `POST` form.
    CrossSiteUnsafeNavigation,
    /// Another site, in any other way: an image, a frame, a script's `fetch`.
    CrossSite,
    /// Nobody told us: a client that sends no `Sec-Fetch-Site`.
    Unknown,
}

impl SameSiteContext {
    /// Reads the context from a request's method and its `Sec-Fetch-Site`, `-Mode` and `-Dest` fields (W3C Fetch Metadata).
    ///
    /// Two things they can't tell: whether a frame of our own sits in another site's page, and what a chain of redirects
    /// started from. `Unknown` without `Sec-Fetch-Site`.
    ///
    /// ```
    /// use cookie_rules::SameSiteContext;
    /// let link = SameSiteContext::from_fetch_metadata("GET", Some("cross-site"), Some("navigate"), Some("document"));
    /// assert_eq!(link, SameSiteContext::CrossSiteNavigation);
    /// ```
    pub fn from_fetch_metadata(
        method: &str,
        site: Option<&str>,
        mode: Option<&str>,
        dest: Option<&str>,
    ) -> Self {
        let navigation = mode == Some("navigate") && dest == Some("document");
        match site {
            Some("same-origin" | "same-site" | "none") => SameSiteContext::SameSite,
            Some("cross-site") if navigation && is_safe_method(method) => {
                SameSiteContext::CrossSiteNavigation
            }
            Some("cross-site") if navigation => SameSiteContext::CrossSiteUnsafeNavigation,
            Some("cross-site") => SameSiteContext::CrossSite,
            _ => SameSiteContext::Unknown,
        }
    }
}

/// Whether a method promises to change nothing (RFC 9110 §9.2.1).
pub fn is_safe_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "OPTIONS" | "TRACE")
}

/// Who asks for cookies, or sets them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// HTTP itself: the `Cookie` and `Set-Cookie` header fields.
    Http,
    /// A script, by `document.cookie`: a "non-HTTP" API (RFC 6265bis §5.8.2).
    Script,
}

/// Why a text is no URL that cookies could go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlError {
    /// It doesn't start with `http://`, `https://`, `ws://` or `wss://`.
    Scheme,
    /// It names no host.
    NoHost,
    /// The host has characters that a host name can't have. Names beyond ASCII must come in their `xn--` form.
    Host(String),
    /// The port is no number up to 65535.
    Port(String),
}

impl std::error::Error for UrlError {}

/// A request: where it goes, how, and what caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
    path: String,
    method: String,
    same_site: SameSiteContext,
    api: Api,
}

impl Request {
    /// A `GET` of this URL, caused by its own site or by the user.
    ///
    /// # Errors
    /// Where `url` is no `http`, `https`, `ws` or `wss` URL.
    pub fn get(url: &str) -> Result<Request, UrlError> {
        Request::new("GET", url)
    }

    /// A request by this method (in upper case), caused by its own site or by the user.
    ///
    /// # Errors
    /// Where `url` is no `http`, `https`, `ws` or `wss` URL.
    pub fn new(method: &str, url: &str) -> Result<Request, UrlError> {
        let (scheme, rest) = scheme_of(url).ok_or(UrlError::Scheme)?;
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (host, port) = host_and_port(authority)?;
        Ok(Request {
            scheme,
            host,
            port,
            path: path_of(rest),
            method: method.to_owned(),
            same_site: SameSiteContext::SameSite,
            api: Api::Http,
        })
    }

    /// The same request to the URL that `reference` means when it stands in this request's page.
    ///
    /// # Errors
    /// Where `reference` has a scheme of its own and is no URL that cookies could go to.
    pub fn at(&self, reference: &str) -> Result<Request, UrlError> {
        let absolute = match reference {
            other if scheme_of(other).is_some() => other.to_owned(),
            other if other.starts_with("//") => format!("{}:{other}", self.scheme),
            other if other.starts_with('/') => format!("{}{other}", self.origin()),
            other if other.starts_with(['?', '#']) || other.is_empty() => {
                format!("{}{}{other}", self.origin(), self.path)
            }
            other if other.contains("://") => return Err(UrlError::Scheme),
            other => {
                let folder = self.path.rfind('/').map_or("/", |slash| &self.path[..=slash]);
                format!("{}{folder}{other}", self.origin())
            }
        };
        let mut request = Request::new(&self.method, &absolute)?;
        request.same_site = self.same_site;
        request.api = self.api;
        Ok(request)
    }

    /// The same request, caused in this way.
    #[must_use]
    pub fn with_same_site(mut self, same_site: SameSiteContext) -> Request {
        self.same_site = same_site;
        self
    }

    /// The same request, through this API.
    #[must_use]
    pub fn with_api(mut self, api: Api) -> Request {
        self.api = api;
        self
    }

    /// `http`, `https`, `ws` or `wss`.
    pub fn scheme(&self) -> &str {
        self.scheme
    }

    /// The host in lower case; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, where the URL names one. No rule about cookies looks at it.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The path without the query; at least `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The method.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// What caused it.
    pub fn same_site(&self) -> SameSiteContext {
        self.same_site
    }

    /// Through which API.
    pub fn api(&self) -> Api {
        self.api
    }

    /// Whether `Secure` cookies may come and go: over TLS, or on this machine itself.
    ///
    /// The specification leaves "secure" to the user agent (RFC 6265bis §5.8.3). Chromium and Firefox count loopback hosts in.
    pub fn is_secure(&self) -> bool {
        matches!(self.scheme, "https" | "wss") || is_loopback(&self.host)
    }

    fn origin(&self) -> String {
        match self.port {
            Some(port) => format!("{}://{}:{port}", self.scheme, self.host),
            None => format!("{}://{}", self.scheme, self.host),
        }
    }
}

fn scheme_of(url: &str) -> Option<(&'static str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = ["http", "https", "ws", "wss"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(scheme))?;
    Some((scheme, rest))
}

fn host_and_port(authority: &str) -> Result<(String, Option<u16>), UrlError> {
    let authority = authority.rsplit_once('@').map_or(authority, |(_userinfo, rest)| rest);
    let (host, port) = match authority.rfind(':') {
        Some(colon) if !authority[colon..].contains(']') => {
            (&authority[..colon], &authority[colon + 1..])
        }
        _ => (authority, ""),
    };
    let port = match port {
        "" => None,
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(digits.parse().map_err(|_| UrlError::Port(digits.to_owned()))?)
        }
        other => return Err(UrlError::Port(other.to_owned())),
    };
    Ok((canonical_host(host)?, port))
}

/// Lower case, and addresses written in one way (RFC 6265bis §5.1.2).
fn canonical_host(host: &str) -> Result<String, UrlError> {
    if host.is_empty() {
        return Err(UrlError::NoHost);
    }
    if let Some(address) = ipv6(host) {
        return Ok(format!("[{address}]"));
    }
    if let Ok(address) = host.parse::<Ipv4Addr>() {
        return Ok(address.to_string());
    }
    let named = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if host.bytes().all(named) {
        Ok(host.to_ascii_lowercase())
    } else {
        Err(UrlError::Host(host.to_owned()))
    }
}

/// The path as a browser asks for it: no query, no `.` and `..`, and percent signs for what a URL can't hold.
fn path_of(rest: &str) -> String {
    let path = rest.split(['?', '#']).next().unwrap_or("").replace('\\', "/");
    let mut segments: Vec<&str> = Vec::new();
    let mut pieces = path.split('/').skip(1).peekable();
    while let Some(piece) = pieces.next() {
        let last = pieces.peek().is_none();
        match dots(piece) {
            0 => segments.push(piece),
            count => {
                if count == 2 {
                    segments.pop();
                }
                if last {
                    segments.push("");
                }
            }
        }
    }
    let mut out = String::with_capacity(path.len() + 1);
    for segment in &segments {
        out.push('/');
        encode(segment, &mut out);
    }
    if out.is_empty() { "/".to_owned() } else { out }
}

/// 1 for `.`, 2 for `..` (also percent-encoded, as the URL standard has it), 0 for a name.
fn dots(segment: &str) -> usize {
    if segment.len() > 6 {
        return 0;
    }
    match segment.to_ascii_lowercase().replace("%2e", ".").as_str() {
        "." => 1,
        ".." => 2,
        _ => 0,
    }
}

fn encode(segment: &str, out: &mut String) {
    for character in segment.chars() {
        if character.is_ascii_graphic()
            && !matches!(character, '"' | '<' | '>' | '`' | '{' | '}' | '^')
        {
            out.push(character);
        } else {
            let mut buffer = [0; 4];
            for byte in character.encode_utf8(&mut buffer).bytes() {
                out.push_str(&format!("%{byte:02X}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail")]
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let request = Request::get("HTTP://User:pw@LocalHost:3004/Shop/cart?x=/y#z").unwrap();
        assert_eq!(
            (request.scheme(), request.host(), request.port()),
            ("http", "localhost", Some(3004))
        );
        assert_eq!(request.path(), "/Shop/cart");
        assert_eq!(Request::get("https://example.org").unwrap().path(), "/");
        assert_eq!(Request::get("https://example.org?q").unwrap().path(), "/");
        assert_eq!(Request::get("http://[0:0::1]:80/").unwrap().host(), "[::1]");
    }

    #[test]
    fn a_path_is_normalized_as_browsers_do() {
        for (given, path) in [
            ("/a/../b", "/b"),
            ("/a/./b", "/a/b"),
            ("/a/b/..", "/a/"),
            ("/a/.", "/a/"),
            ("/..", "/"),
            ("/a//b", "/a//b"),
            ("/%2e%2E/x", "/x"),
            ("/f%6Fo", "/f%6Fo"),
            ("/a b/ü", "/a%20b/%C3%BC"),
            ("/a\\b", "/a/b"),
        ] {
            assert_eq!(
                Request::get(&format!("http://localhost{given}")).unwrap().path(),
                path,
                "{given}"
            );
        }
    }

    #[test]
    fn what_is_no_url_is_an_error() {
        assert_eq!(Request::get("/shop"), Err(UrlError::Scheme));
        assert_eq!(Request::get("ftp://localhost/"), Err(UrlError::Scheme));
        assert_eq!(Request::get("http:///shop"), Err(UrlError::NoHost));
        assert_eq!(Request::get("http://:80/"), Err(UrlError::NoHost));
        assert_eq!(Request::get("http://a b/"), Err(UrlError::Host("a b".to_owned())));
        assert_eq!(Request::get("http://a:99999/"), Err(UrlError::Port("99999".to_owned())));
        assert_eq!(Request::get("http://a:x/"), Err(UrlError::Port("x".to_owned())));
    }

    #[test]
    fn a_reference_is_resolved_against_the_page() {
        let page = Request::get("http://localhost:3004/shop/cart?x").unwrap();
        for (reference, host, path) in [
            ("/bar?q", "localhost", "/bar"),
            ("pay", "localhost", "/shop/pay"),
            ("../x", "localhost", "/x"),
            ("?q", "localhost", "/shop/cart"),
            ("//other/x", "other", "/x"),
            ("https://third/", "third", "/"),
        ] {
            let next = page.at(reference).unwrap();
            assert_eq!((next.host(), next.path()), (host, path), "{reference}");
        }
        assert_eq!(page.at("ftp://x/"), Err(UrlError::Scheme));
    }

    #[test]
    fn loopback_counts_as_secure_and_other_hosts_need_tls() {
        for (url, secure) in [
            ("http://localhost:3004/", true),
            ("http://127.0.0.1/", true),
            ("http://[::1]/", true),
            ("http://home.example.org/", false),
            ("https://home.example.org/", true),
        ] {
            assert_eq!(Request::get(url).unwrap().is_secure(), secure, "{url}");
        }
    }

    #[test]
    fn fetch_metadata_tells_the_context() {
        use SameSiteContext::*;
        for (method, site, mode, dest, context) in [
            ("GET", Some("none"), Some("navigate"), Some("document"), SameSite),
            ("POST", Some("same-origin"), Some("navigate"), Some("document"), SameSite),
            ("GET", Some("same-site"), Some("no-cors"), Some("image"), SameSite),
            ("GET", Some("cross-site"), Some("navigate"), Some("document"), CrossSiteNavigation),
            (
                "POST",
                Some("cross-site"),
                Some("navigate"),
                Some("document"),
                CrossSiteUnsafeNavigation,
            ),
            ("GET", Some("cross-site"), Some("navigate"), Some("iframe"), CrossSite),
            ("GET", Some("cross-site"), Some("cors"), Some("empty"), CrossSite),
            ("GET", None, Some("navigate"), Some("document"), Unknown),
            ("GET", Some("?"), None, None, Unknown),
        ] {
            assert_eq!(
                SameSiteContext::from_fetch_metadata(method, site, mode, dest),
                context,
                "{method} {site:?} {mode:?} {dest:?}"
            );
        }
    }
}
