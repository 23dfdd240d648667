//! A simulated browser: a jar that follows the rules, and six connections to each host with a queue behind them. The `Cookie` header is fixed when
//! a request is made, and may wait for a connection.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::SystemTime,
};

use cookie_rules::{Cookie, Jar, Profile, PublicSuffixes, Request, SameSiteContext};

use super::super::{CHROMIUM, FIREFOX};
use crate::connection::Connection;

/// A cookie as a jar tells it from others.
pub(super) type Key = (Vec<u8>, String, bool, String);

pub(super) fn key(cookie: &Cookie) -> Key {
    (cookie.name.clone(), cookie.domain.clone(), cookie.host_only, cookie.path.clone())
}

/// A browser profile.
pub(super) struct Browser {
    pub(super) agent: &'static str,
    pub(super) jar: Jar,
    /// Keys that this run of the server wrote last; not those that somebody else wrote.
    pub(super) by_server: BTreeSet<Key>,
    /// Names and values that this run of the server ever set here.
    pub(super) given: BTreeSet<(Vec<u8>, Vec<u8>)>,
    /// When this run of the server, and when somebody else, wrote or removed a cookie of this name last.
    pub(super) own: BTreeMap<Vec<u8>, SystemTime>,
    pub(super) others: BTreeMap<Vec<u8>, SystemTime>,
    /// The hosts of the pages in its two tabs.
    pub(super) tabs: [Option<&'static str>; 2],
    pub(super) roads: BTreeMap<&'static str, Road>,
}

/// The way to a host.
#[derive(Default)]
pub(super) struct Road {
    pub(super) free: Vec<Connection>,
    pub(super) open: usize,
    pub(super) queue: VecDeque<Made>,
}

/// What is asked for.
#[derive(Clone)]
pub(super) struct Wish {
    pub(super) method: &'static str,
    pub(super) host: &'static str,
    pub(super) target: String,
    pub(super) way: Way,
    /// The host of the page that asks; `None` where somebody typed the address.
    pub(super) from: Option<&'static str>,
    /// The hosts that sent the browser on.
    pub(super) by_way_of: Vec<&'static str>,
    pub(super) tab: usize,
    pub(super) is_slow: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Page,
    Fetch,
    /// A script's `fetch` with `credentials: omit`.
    Omits,
    Image,
}

/// A request whose header is fixed.
#[derive(Clone)]
pub(super) struct Made {
    pub(super) browser: usize,
    pub(super) wish: Wish,
    pub(super) headers: Vec<String>,
    pub(super) omits: bool,
    pub(super) at: SystemTime,
    pub(super) request: Request,
    /// What it carries: each cookie.
    pub(super) sent: Vec<Cookie>,
    /// All of the jar, and which of it the server wrote last.
    pub(super) jar: Vec<Cookie>,
    pub(super) by_server: BTreeSet<Key>,
}

fn relation(one: &str, other: &str) -> &'static str {
    let suffixes = PublicSuffixes::default();
    match (one == other, suffixes.site_of(one) == suffixes.site_of(other)) {
        (true, _) => "same-origin",
        (_, true) => "same-site",
        _ => "cross-site",
    }
}

impl Browser {
    pub(super) fn new(agent: &'static str) -> Self {
        let profile = if agent == FIREFOX { Profile::FIREFOX } else { Profile::CHROMIUM };
        Self {
            agent,
            jar: Jar::new().with_profile(profile),
            by_server: BTreeSet::new(),
            given: BTreeSet::new(),
            own: BTreeMap::new(),
            others: BTreeMap::new(),
            tabs: [None; 2],
            roads: BTreeMap::new(),
        }
    }

    pub(super) fn is_idle(&self) -> bool {
        self.roads.values().all(|road| road.open == 0 && road.queue.is_empty())
    }

    /// Whether this run of the server wrote the cookies of this name last.
    pub(super) fn is_servers(&self, name: &[u8]) -> bool {
        self.own.get(name) > self.others.get(name)
    }

    pub(super) fn profile(&self) -> Profile {
        if self.agent == FIREFOX { Profile::FIREFOX } else { Profile::CHROMIUM }
    }

    /// Fixes the header of a request.
    pub(super) fn make(&mut self, browser: usize, wish: Wish, now: SystemTime) -> Made {
        use SameSiteContext::{
            CrossSite, CrossSiteNavigation, CrossSiteUnsafeNavigation, SameSite,
        };
        let all = wish.by_way_of.iter().copied().chain([wish.host]);
        let worst = |from| {
            let order = ["same-origin", "same-site", "cross-site"];
            let told = all.clone().map(|host| relation(from, host));
            told.max_by_key(|told| order.iter().position(|one| one == told)).unwrap()
        };
        let site = wish.from.map_or("none", worst);
        let is_firefox = self.agent == FIREFOX;
        // Chromium looks at who began, Firefox at the way.
        let crosses = match wish.from {
            Some(from) if !is_firefox => relation(from, wish.host) == "cross-site",
            Some(_) => site == "cross-site",
            None => {
                is_firefox
                    && wish.by_way_of.iter().any(|host| relation(host, wish.host) == "cross-site")
            }
        };
        let context = match (crosses, wish.way) {
            (false, _) => SameSite,
            (true, Way::Page) if wish.method == "GET" => CrossSiteNavigation,
            (true, Way::Page) => CrossSiteUnsafeNavigation,
            (true, _) => CrossSite,
        };
        let (mode, dest) = match wish.way {
            Way::Page => ("navigate", "document"),
            Way::Fetch | Way::Omits => ("cors", "empty"),
            Way::Image => ("no-cors", "image"),
        };
        let mut headers = vec![
            format!("user-agent: {}", self.agent),
            format!("sec-fetch-site: {site}"),
            format!("sec-fetch-mode: {mode}"),
            format!("sec-fetch-dest: {dest}"),
        ];
        if let Some(from) = wish.from {
            headers.push(format!("referer: http://{from}:3000/"));
            if wish.method == "POST" {
                headers.push(format!("origin: http://{from}:3000"));
            }
        }
        let omits = wish.way == Way::Omits || context == CrossSite;
        if context == CrossSite {
            headers.push("sec-fetch-storage-access: none".to_owned());
        }
        let url = format!("http://{}:3000{}", wish.host, wish.target);
        let request = Request::new(wish.method, &url).unwrap().with_same_site(context);
        let sent: Vec<Cookie> = if omits {
            Vec::new()
        } else {
            self.jar.sent(&request, now).into_iter().cloned().collect()
        };
        if !sent.is_empty() {
            let pairs: Vec<_> =
                sent.iter().map(|one| String::from_utf8(one.pair()).unwrap()).collect();
            headers.push(format!("cookie: {}", pairs.join("; ")));
        }
        self.jar.sweep(now);
        let (jar, by_server) = (self.jar.cookies().cloned().collect(), self.by_server.clone());
        Made { browser, wish, headers, omits, at: now, request, sent, jar, by_server }
    }
}

/// Whether a request to this host may have it.
pub(super) fn is_on(cookie: &Cookie, host: &str) -> bool {
    if cookie.host_only {
        cookie.domain == host
    } else {
        cookie_rules::domain_match(host, &cookie.domain)
    }
}

/// Both families.
pub(super) const BOTH: [&str; 2] = [CHROMIUM, FIREFOX];
