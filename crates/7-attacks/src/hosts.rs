//! The hosts of this lesson. To a browser, `app`, `evil` and `cache` under `crumbs.localhost` are three hosts of one site, and
//! `mallory.localhost` and `localhost` are two other sites.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts},
};

/// Where defences are switched, and nowhere else.
pub const CONTROL: &str = "localhost";
pub const BANK: &str = "app.crumbs.localhost";
/// A sibling of the bank: another host of its site, and in other hands.
pub const SIBLING: &str = "evil.crumbs.localhost";
/// The attacker's, another site for all of them.
pub const ATTACKER: &str = "mallory.localhost";
/// A cache that many people share, before the bank.
pub const CACHE: &str = "cache.crumbs.localhost";

/// The origins of all hosts, with the port that this request named: pages link to each other by them.
pub struct Hosts {
    pub control: String,
    pub bank: String,
    pub sibling: String,
    pub attacker: String,
    pub cache: String,
    /// Whether the page is asked for by a frame: the wire is beside the page around it.
    pub framed: bool,
}

impl<S: Sync> FromRequestParts<S> for Hosts {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let port = port(&parts.headers);
        let origin = |host: &str| format!("http://{host}{port}");
        Ok(Self {
            control: origin(CONTROL),
            bank: origin(BANK),
            sibling: origin(SIBLING),
            attacker: origin(ATTACKER),
            cache: origin(CACHE),
            framed: parts.headers.get("sec-fetch-dest").is_some_and(|dest| dest == "iframe"),
        })
    }
}

/// The host that a request names, in small letters and without its port; `None` where it names none, or two.
pub fn asked(headers: &HeaderMap) -> Option<String> {
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().filter(|_| hosts.next().is_none())?.to_str().ok()?;
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    Some(name.to_ascii_lowercase())
}

/// The page that `Referer` names.
pub fn referer(headers: &HeaderMap) -> Option<Uri> {
    headers.get(header::REFERER)?.to_str().ok()?.parse().ok()
}

/// Whether `Referer` names a page of the bank's own site, such as a sibling's.
pub fn refers_to_own_site(headers: &HeaderMap) -> bool {
    referer(headers)
        .is_some_and(|page| page.host().is_some_and(|host| host.ends_with(".crumbs.localhost")))
}

/// `:3007`, or whatever the request's `Host` says. Only a number passes.
fn port(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let port = host.and_then(|host| host.rsplit_once(':')?.1.parse::<u16>().ok());
    port.map_or_else(String::new, |port| format!(":{port}"))
}
