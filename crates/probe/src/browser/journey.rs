//! One request and the redirects behind it: what a browser says with each, and which cookies go along.

use std::io::Write;

use cookie_rules::{Outcome, SameSiteContext, is_safe_method};

use super::Profile;
use crate::{Address, Reply, Request, Server};

/// How many redirects a browser follows.
const REDIRECTS: usize = 20;

/// Chromium's, whose rules the jar follows too.
const USER_AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// A page for this tab.
    Page,
    /// An image within a page.
    Image,
    /// What a page's script asks for, and may not read.
    Script,
}

/// A request, and who caused it.
#[derive(Clone, Debug)]
pub(super) struct Journey {
    pub(super) method: String,
    pub(super) to: Address,
    /// The form's fields, encoded.
    pub(super) body: Option<String>,
    /// The page that caused it; `None` for the user's own act at the address bar.
    pub(super) from: Option<Origin>,
    pub(super) purpose: Use,
    /// Whether it asks again for what the tab shows.
    pub(super) again: bool,
}

/// A page that causes requests.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub(super) address: Address,
    /// Its referrer policy; empty for the browser's own, `strict-origin-when-cross-origin`.
    pub(super) policy: String,
}

impl Journey {
    /// The way to a page.
    pub(super) fn page(
        method: &str,
        to: Address,
        body: Option<String>,
        from: Option<Origin>,
    ) -> Self {
        Self { method: method.to_owned(), to, body, from, purpose: Use::Page, again: false }
    }

    /// Goes there and wherever the answers lead; gives also the last leg alone, which is what a reload asks for again.
    pub(super) fn go(&self, profile: &Profile) -> (Vec<Reply>, Self) {
        let mut stage = Stage {
            journey: self,
            method: self.method.clone(),
            to: self.to.clone(),
            body: self.body.clone(),
            passed: Vec::new(),
        };
        let mut exchanges = Vec::new();
        loop {
            let reply = stage.exchange(profile);
            let next = stage.redirected(&reply);
            exchanges.push(reply);
            match next {
                None => {
                    let Stage { method, to, body, .. } = stage;
                    return (exchanges, Self { method, to, body, ..self.clone() });
                }
                Some(_) if exchanges.len() > REDIRECTS => {
                    panic!(
                        "The answers send a browser round in a circle: {REDIRECTS} redirects, and the last is\n{}",
                        exchanges[REDIRECTS]
                    );
                }
                Some(next) => stage = next,
            }
        }
    }
}

/// One request of a journey.
struct Stage<'j> {
    journey: &'j Journey,
    method: String,
    to: Address,
    body: Option<String>,
    /// The addresses before this one.
    passed: Vec<Address>,
}

impl<'j> Stage<'j> {
    fn exchange(&self, profile: &Profile) -> Reply {
        let rules = self.to.request(&self.method).with_same_site(self.context());
        let (held_back, cookies) = profile.with(|jar, now| {
            let decisions = jar.predict(&rules, now).into_iter();
            // Why another site's page is not enough; of one's own pages, the cookies that come say it.
            let because_of_site =
                decisions.filter(|_| rules.same_site() != SameSiteContext::SameSite);
            let held_back = because_of_site.filter_map(|decision| match decision.outcome {
                Outcome::Withheld(reason) => {
                    let name = String::from_utf8_lossy(&decision.cookie.name).into_owned();
                    Some(format!("The browser: `{name}`. {reason}"))
                }
                _ => None,
            });
            (held_back.collect::<Vec<_>>(), jar.cookie_header(&rules, now))
        });
        let request = self.request(&cookies, profile.says_where);
        let mut reply = send(profile.leads_to.unwrap_or(self.to.port()), &self.to, request);
        reply.notes.extend(held_back);
        profile.keep(&mut reply, &rules);
        reply
    }

    /// The header fields, as Chromium orders and words them; without Fetch Metadata, as before 2020, unless it `says_where`.
    fn request(&self, cookies: &[u8], says_where: bool) -> Request {
        let purpose = self.journey.purpose;
        let page = purpose == Use::Page;
        let mut request =
            Request::new(&self.method, &self.to.target()).header("Host", self.to.authority());
        if self.journey.again {
            request = request.header("Cache-Control", "max-age=0");
        }
        if let Some(origin) = self.origin() {
            request = request.header("Origin", origin);
        }
        if let Some(body) = &self.body {
            let charset = if purpose == Use::Script { ";charset=UTF-8" } else { "" };
            request = request
                .header("Content-Type", format!("application/x-www-form-urlencoded{charset}"))
                .body(body.as_bytes());
        }
        request = request.header("User-Agent", USER_AGENT);
        let (accept, dest) = match purpose {
            Use::Page => (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
                "document",
            ),
            Use::Image => ("image/avif,image/webp,image/svg+xml,image/*,*/*;q=0.8", "image"),
            Use::Script => ("*/*", "empty"),
        };
        request = request.header("Accept", accept);
        if says_where {
            request = request
                .header("Sec-Fetch-Site", self.site())
                .header("Sec-Fetch-Mode", if page { "navigate" } else { "no-cors" });
            if page {
                request = request.header("Sec-Fetch-User", "?1");
            }
            request = request.header("Sec-Fetch-Dest", dest);
            if !page && self.context() == SameSiteContext::CrossSite {
                request = request.header("Sec-Fetch-Storage-Access", "none");
            }
        }
        if let Some(referer) = self.referer() {
            request = request.header("Referer", referer);
        }
        if cookies.is_empty() { request } else { request.cookie(cookies) }
    }

    /// What SameSite looks at. As in Chromium, redirects on the way don't count, only who caused the request.
    fn context(&self) -> SameSiteContext {
        match &self.journey.from {
            Some(from) if from.address.site() != self.to.site() => match self.journey.purpose {
                Use::Image | Use::Script => SameSiteContext::CrossSite,
                Use::Page if is_safe_method(&self.method) => SameSiteContext::CrossSiteNavigation,
                Use::Page => SameSiteContext::CrossSiteUnsafeNavigation,
            },
            _ => SameSiteContext::SameSite,
        }
    }

    /// `Sec-Fetch-Site`: the farthest address that the request has been to counts (W3C Fetch Metadata §2.3).
    fn site(&self) -> &'static str {
        let Some(from) = &self.journey.from else { return "none" };
        let all = || self.passed.iter().chain([&self.to]);
        if all().any(|address| address.site() != from.address.site()) {
            "cross-site"
        } else if all().any(|address| address.origin() != from.address.origin()) {
            "same-site"
        } else {
            "same-origin"
        }
    }

    /// `Origin` goes with what is no GET; `null` where the page says no referrer, or where the request came through a
    /// third origin (WHATWG Fetch §3.1).
    fn origin(&self) -> Option<String> {
        let from = self.journey.from.as_ref().filter(|_| self.method != "GET")?;
        let own = from.address.origin();
        let stops: Vec<_> = self.passed.iter().chain([&self.to]).map(Address::origin).collect();
        let tainted = stops.windows(2).any(|pair| pair[0] != own && pair[1] != pair[0]);
        let hidden = match from.policy.as_str() {
            "no-referrer" => true,
            "same-origin" => self.to.origin() != own,
            _ => false,
        };
        Some(if tainted || hidden { "null".to_owned() } else { own })
    }

    fn referer(&self) -> Option<String> {
        let from = self.journey.from.as_ref()?;
        let same = self.to.origin() == from.address.origin();
        match from.policy.as_str() {
            "no-referrer" => None,
            "same-origin" if !same => None,
            "origin" | "strict-origin" => Some(format!("{}/", from.address.origin())),
            "unsafe-url" | "no-referrer-when-downgrade" => Some(from.address.to_string()),
            _ if same => Some(from.address.to_string()),
            _ => Some(format!("{}/", from.address.origin())),
        }
    }

    /// The request that a redirect leads to: a `303`, and a `301` or `302` after a POST, ask by GET; `307` and `308` keep the
    /// method and the body (WHATWG Fetch §4.4).
    fn redirected(&self, reply: &Reply) -> Option<Self> {
        let location = reply
            .header("Location")
            .filter(|_| matches!(reply.status, 301 | 302 | 303 | 307 | 308))?;
        let to = self.to.at(location).unwrap_or_else(|| {
            panic!("The answer leads to `{location}`, which is no page.\n\n{reply}")
        });
        let by_get = match reply.status {
            303 => self.method != "HEAD",
            301 | 302 => self.method == "POST",
            _ => false,
        };
        let (method, body) = if by_get {
            ("GET".to_owned(), None)
        } else {
            (self.method.clone(), self.body.clone())
        };
        let passed = self.passed.iter().chain([&self.to]).cloned().collect();
        Some(Self { journey: self.journey, method, to, body, passed })
    }
}

/// Sends a request to a host of this machine, over a connection of its own to this port.
fn send(port: u16, to: &Address, request: Request) -> Reply {
    let here = to.host() == "localhost"
        || to.host().ends_with(".localhost")
        || to.host().starts_with("127.");
    assert!(
        here && to.origin().starts_with("http://"),
        "This browser visits `localhost` and its subdomains alone, by http, and not {to}."
    );
    let bytes = request.bytes(to.port());
    let mut stream = crate::server::connect(port);
    let _ = stream.write_all(&bytes);
    Server::answer(stream, &bytes)
}
