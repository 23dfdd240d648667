//! URLs, as far as cookies look at them: scheme, host, port and path.

use crate::domain::ipv6;
use std::net::Ipv4Addr;

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

/// A URL taken apart, in the one way in which browsers write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Url {
    pub scheme: &'static str,
    pub host: String,
    pub port: Option<u16>,
    pub path: String,
}

impl Url {
    pub fn parse(url: &str) -> Result<Url, UrlError> {
        let (scheme, rest) = scheme_of(url).ok_or(UrlError::Scheme)?;
        let end = rest.find(['/', '\\', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        let (host, port) = host_and_port(authority)?;
        Ok(Url { scheme, host, port, path: path_of(rest) })
    }

    /// What `reference` means when it stands in this URL's page.
    pub fn join(&self, reference: &str) -> Result<Url, UrlError> {
        Url::parse(&match reference {
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
        })
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
