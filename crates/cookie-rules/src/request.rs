//! What a user agent knows of a request when it sends it, and again when the answer's `Set-Cookie` arrives.

use crate::is_loopback;
use crate::url::{Url, UrlError};

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

/// A request: where it goes, how, and what caused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    url: Url,
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
        Ok(Request {
            url: Url::parse(url)?,
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
        Ok(Request { url: self.url.join(reference)?, ..self.clone() })
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
        self.url.scheme
    }

    /// The host in lower case; an IPv6 address in brackets.
    pub fn host(&self) -> &str {
        &self.url.host
    }

    /// The port, where the URL names one. No rule about cookies looks at it.
    pub fn port(&self) -> Option<u16> {
        self.url.port
    }

    /// The path without the query; at least `/`.
    pub fn path(&self) -> &str {
        &self.url.path
    }

    /// `GET`, `POST` and so on.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Which site caused it, as far as anybody told.
    pub fn same_site(&self) -> SameSiteContext {
        self.same_site
    }

    /// Whether HTTP itself asks, or a script.
    pub fn api(&self) -> Api {
        self.api
    }

    /// Whether `Secure` cookies may come and go: over TLS, or on this machine itself.
    ///
    /// The specification leaves "secure" to the user agent (RFC 6265bis §5.8.3). Chromium and Firefox count loopback hosts in.
    pub fn is_secure(&self) -> bool {
        self.has_tls() || is_loopback(&self.url.host)
    }

    pub(crate) fn has_tls(&self) -> bool {
        matches!(self.url.scheme, "https" | "wss")
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
