//! Where a page finds its wire view: at the other of the two names of this machine.
//!
//! Cookies belong to hosts, so a view at `127.0.0.1` carries none of a lesson at `localhost`, and does not change what it
//! shows. A page's template asks [`wire_frame`]; the layer around the lesson knows the request's `Host`.

use std::future::Future;

use axum::http::HeaderValue;

/// A loopback host and port, as a `Host` header names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    name: Name,
    port: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Localhost,
    V4,
    V6,
}

tokio::task_local! {
    static HOST: Option<Host>;
}

/// Runs a handler so that its page knows the host that it was asked for.
pub(crate) async fn with_host<F: Future>(host: Option<Host>, handler: F) -> F::Output {
    HOST.scope(host, handler).await
}

/// The address of the wire view for the page that is being rendered: `None` where the view is off (`WIRE=off`), or where
/// the page was asked for by a name that is not this machine's own.
///
/// For the layout, which lessons' templates extend.
#[must_use]
pub fn wire_frame() -> Option<String> {
    HOST.try_with(|host| host.map(|host| host.other())).ok().flatten()
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
            "127.0.0.1" => Name::V4,
            "[::1]" => Name::V6,
            name if name.eq_ignore_ascii_case("localhost") => Name::Localhost,
            _ => return None,
        };
        let port = if port.is_empty() { None } else { Some(port.parse().ok()?) };
        Some(Self { name, port })
    }

    fn other(self) -> String {
        let name = match self.name {
            Name::Localhost | Name::V6 => "127.0.0.1",
            Name::V4 => "localhost",
        };
        match self.port {
            Some(port) => format!("http://{name}:{port}/classroom/wire"),
            None => format!("http://{name}/classroom/wire"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(host: &str) -> Option<String> {
        Host::of(&HeaderValue::from_str(host).ok()?).map(Host::other)
    }

    #[test]
    fn the_view_is_at_the_other_name() {
        let there = |host: &str| Some(format!("http://{host}/classroom/wire"));
        assert_eq!(other("localhost:3004"), there("127.0.0.1:3004"));
        assert_eq!(other("LocalHost:3004"), there("127.0.0.1:3004"));
        assert_eq!(other("127.0.0.1:3004"), there("localhost:3004"));
        assert_eq!(other("[::1]:3004"), there("127.0.0.1:3004"));
        assert_eq!(other("localhost"), there("127.0.0.1"));
    }

    #[test]
    fn a_name_that_is_not_this_machines_has_no_view() {
        for host in [
            "example.org",
            "localhost.example.org",
            "127.0.0.1.example.org:3004",
            "127.0.0.2",
            "localhost:x",
            "localhost:99999",
            "localhost:3004:1",
            "[::1",
            "",
            "user@localhost",
        ] {
            assert_eq!(other(host), None, "{host}");
        }
    }
}
