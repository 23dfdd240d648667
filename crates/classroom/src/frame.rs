//! The hosts of this machine, and what is served at which.
//!
//! A lesson is at `localhost`, or at a name under it, such as `mallory.localhost`. The wire is at `127.0.0.1`, and nothing
//! else is: cookies belong to hosts, so the wire carries none of a lesson and does not change what it shows; and a script
//! of a lesson's page, which belongs to another origin, can't read it. A page's template asks [`wire_frame`]; the layer
//! around the lesson knows the request's `Host`.

use std::{borrow::Cow, fmt, future::Future};

use crate::reading::{BY_LANGUAGE, Wanted};
use askama::filters::HtmlSafe;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{AsciiSet, utf8_percent_encode};

/// A loopback host and port, as a `Host` header names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    /// `localhost`, or a name under it.
    Localhost,
    /// `127.0.0.1`: the wire's.
    V4,
    /// `[::1]`.
    V6,
}

/// The address of the wire at this port, as text where it is shown: a page that only asks whether it is there makes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireAddress(Option<u16>);

/// A port as an address has it: nothing where it is the usual one.
struct ColonPort(Option<u16>);

tokio::task_local! {
    static HOST: Option<Host>;
}

/// Runs a handler so that its page knows the host that it was asked for.
pub(crate) fn with_host<F: Future>(
    host: Option<Host>,
    handler: F,
) -> impl Future<Output = F::Output> {
    HOST.scope(host, handler)
}

/// Whether the request that is being answered is watched. With `WIRE=off` none is.
pub(crate) fn is_watched() -> bool {
    HOST.try_with(|_| ()).is_ok()
}

/// The address of the wire view for the page that is being rendered: `None` where the view is off (`WIRE=off`), or where
/// the page was asked for by a name that is not this machine's own.
///
/// For the layout, which lessons' templates extend.
#[must_use]
pub fn wire_frame() -> Option<WireAddress> {
    HOST.try_with(|host| host.map(Host::wire)).ok().flatten()
}

/// The host that a request asks for, or the answer where that has no page of a lesson: an address of this machine leads to
/// `localhost`, and any other name is refused.
///
/// A page of another site can have its own name point to `127.0.0.1` (DNS rebinding), and its script could then read what
/// the lesson answers. No browser leaves `Host` out.
pub(crate) fn asked_host(headers: &HeaderMap, uri: &Uri) -> Result<Option<Host>, Box<Response>> {
    let words = || Wanted::of(uri.query().unwrap_or_default(), headers).words();
    let mut first = None;
    for named in headers.get_all(header::HOST) {
        let Some(host) = Host::of(named) else {
            let says = words().other_host(named.as_bytes());
            let answer = (StatusCode::MISDIRECTED_REQUEST, BY_LANGUAGE, says).into_response();
            return Err(Box::new(answer));
        };
        first.get_or_insert(host);
    }
    let Some(host) = first.filter(|host| host.name != Name::Localhost) else { return Ok(first) };
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let target = if target.starts_with('/') { target } else { "/" };
    let home = host.home(&in_ascii(target));
    let says = words().at_home(&home, &host.wire().to_string());
    // The method stays, and no browser learns this by heart.
    let head = (BY_LANGUAGE, [(header::LOCATION, home)]);
    Err(Box::new((StatusCode::TEMPORARY_REDIRECT, head, says).into_response()))
}

impl Host {
    /// Reads a `Host` header; `None` where it names anything but this machine.
    pub(crate) fn of(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let (name, port) = match text.rfind(':') {
            Some(colon) if !text[colon..].contains(']') => (&text[..colon], &text[colon + 1..]),
            _ => (text, ""),
        };
        let name = match name {
            "localhost" => Name::Localhost,
            "127.0.0.1" => Name::V4,
            "[::1]" => Name::V6,
            name if is_local(name) => Name::Localhost,
            _ => return None,
        };
        let port = if port.is_empty() { None } else { Some(port.parse().ok()?) };
        Some(Self { name, port })
    }

    /// Whether the wire is served at this host.
    pub(crate) fn has_wire(self) -> bool {
        self.name == Name::V4
    }

    /// The address of the wire.
    pub(crate) fn wire(self) -> WireAddress {
        WireAddress(self.port)
    }

    /// The address of this path where the lesson's pages are.
    pub(crate) fn home(self, path: &str) -> String {
        format!("http://localhost{}{path}", ColonPort(self.port))
    }
}

// Our own words, and digits.
impl HtmlSafe for WireAddress {}

impl fmt::Display for WireAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("http://127.0.0.1")?;
        ColonPort(self.0).fmt(f)?;
        f.write_str("/classroom/wire")
    }
}

impl fmt::Display for ColonPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// A target, percent-encoded where it is not ASCII: a terminal that shows a `Location` obeys some of it.
pub(crate) fn in_ascii(target: &str) -> Cow<'_, str> {
    utf8_percent_encode(target, &AsciiSet::EMPTY).into()
}

/// Whether this is `localhost` or a name under it (RFC 6761 §6.3).
fn is_local(name: &str) -> bool {
    let mut labels = name.rsplit('.');
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    labels.next().is_some_and(|last| last.eq_ignore_ascii_case("localhost")) && labels.all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(host: &str) -> Option<String> {
        Some(Host::of(&HeaderValue::from_str(host).ok()?)?.wire().to_string())
    }

    #[test]
    fn the_wire_is_at_one_address_whatever_the_host() {
        for host in [
            "localhost:3004",
            "LocalHost:3004",
            "mallory.localhost:3004",
            "A_b-1.crumbs.LOCALHOST:3004",
            "127.0.0.1:3004",
            "[::1]:3004",
        ] {
            let there = Some("http://127.0.0.1:3004/classroom/wire".to_owned());
            assert_eq!(wire(host), there, "{host}");
        }
        for host in ["localhost", "app.localhost", "127.0.0.1", "[::1]"] {
            assert_eq!(wire(host), Some("http://127.0.0.1/classroom/wire".to_owned()), "{host}");
        }
    }

    #[test]
    fn a_name_that_is_not_this_machines_has_no_view() {
        for host in [
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org:3004",
            "127.0.0.1.localhost.example.org",
            "notlocalhost",
            ".localhost",
            "a..localhost",
            "a b.localhost",
            "localhost.",
            "127.0.0.2",
            "localhost:x",
            "localhost:99999",
            "localhost:3004:1",
            "[::1",
            "",
            "user@localhost",
            "user@a.localhost",
        ] {
            assert_eq!(wire(host), None, "{host}");
        }
    }

    #[test]
    fn what_is_asked_of_an_address_leads_to_localhost_and_keeps_its_path() {
        let home = |host: &str, target: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_str(host).ok()?);
            let answer = asked_host(&headers, &target.parse().ok()?).err()?;
            answer.headers().get(header::LOCATION)?.to_str().ok().map(str::to_owned)
        };
        let there = |address: &str| Some(address.to_owned());
        assert_eq!(home("127.0.0.1:3001", "/a?b=c"), there("http://localhost:3001/a?b=c"));
        assert_eq!(home("[::1]", "//evil.example/"), there("http://localhost//evil.example/"));
        assert_eq!(home("127.0.0.1:1", "*"), there("http://localhost:1/"));
        assert_eq!(home("127.0.0.1:1", "http://evil.example/x"), there("http://localhost:1/x"));
        for host in ["localhost:3001", "app.localhost", "127.0.0.1.example.org", "example.org", ""]
        {
            assert_eq!(home(host, "/"), None, "{host}");
        }
    }
}
