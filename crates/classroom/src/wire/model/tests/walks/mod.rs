//! Random walks against simulated browsers: what is said is held beside what the browsers really have, and why.
//!
//! A browser has a jar that follows the rules, six connections, and a queue behind them: the `Cookie` header is fixed when a
//! request is made, and may wait for a connection. Scripts, hands and other ports change the jar behind the server's back.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::{Duration, SystemTime},
};

use cookie_rules::{
    Api, Cause, Cookie, Expected, Jar, Profile, Request, SameSiteContext, Stored, expect,
};

use super::{CHROMIUM, FIREFOX, Open, World, how, why};
use crate::{
    connection::Connection,
    wire::model::facts::{How, SetOutcome, Why},
};

/// Numbers by chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn one_in(&mut self, of: u64) -> bool {
        self.below(of) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }

    fn seconds(&mut self, least: f64, most: f64) -> Duration {
        let part = self.below(1_000_000) as f64 / 1_000_000.0;
        Duration::from_secs_f64(least + (most - least) * part)
    }
}

/// A cookie as a jar tells it from others.
type Key = (Vec<u8>, String, String);

fn key(cookie: &Cookie) -> Key {
    (cookie.name.clone(), cookie.domain.clone(), cookie.path.clone())
}

/// A browser profile.
struct Browser {
    agent: &'static str,
    jar: Jar,
    /// Keys that this run of the server wrote last; not those that somebody else wrote.
    by_server: BTreeSet<Key>,
    /// Keys that this server ever set here, and name and value.
    given: BTreeSet<Key>,
    values: BTreeSet<(Vec<u8>, Vec<u8>)>,
    free: Vec<Connection>,
    open: usize,
    queue: VecDeque<Made>,
}

/// A request whose header is fixed.
#[derive(Clone)]
struct Made {
    browser: usize,
    method: &'static str,
    target: String,
    context: SameSiteContext,
    headers: Vec<String>,
    omits: bool,
    at: SystemTime,
    request: Request,
    /// What it carries: each cookie.
    sent: Vec<Cookie>,
    /// All of the jar, and which of it the server wrote last.
    jar: Vec<Cookie>,
    by_server: BTreeSet<Key>,
    slow: bool,
}

enum Event {
    Arrives(Made, Connection),
    Answers(Box<Open>, Made, Connection, Vec<String>),
    /// The browser reads an answer: its lines, and what was said of each.
    Reads(Made, Connection, Vec<String>, Vec<SetOutcome>),
}

#[derive(Default, Debug)]
struct Tally {
    requests: usize,
    cookies: usize,
    predicted: usize,
    unpredicted: BTreeMap<String, usize>,
    faults: Vec<String>,
}

struct Walk {
    chance: Chance,
    world: World,
    browsers: Vec<Browser>,
    events: BTreeMap<(SystemTime, u64), Event>,
    next: u64,
    tally: Tally,
    /// A person's pace, and nobody else who writes.
    is_ordinary: bool,
    has_windows: bool,
    values: u64,
}

const PATHS: [&str; 5] = ["/", "/shop", "/shop/cart", "/shopping", "/admin"];

impl Browser {
    fn new(agent: &'static str) -> Self {
        let profile = if agent == FIREFOX { Profile::FIREFOX } else { Profile::CHROMIUM };
        Self {
            agent,
            jar: Jar::new().with_profile(profile),
            by_server: BTreeSet::new(),
            given: BTreeSet::new(),
            values: BTreeSet::new(),
            free: Vec::new(),
            open: 0,
            queue: VecDeque::new(),
        }
    }
}

impl Walk {
    fn new(seed: u64, is_ordinary: bool, agents: &[&'static str]) -> Self {
        Self {
            chance: Chance(seed),
            world: World::new(),
            browsers: agents.iter().map(|agent| Browser::new(agent)).collect(),
            events: BTreeMap::new(),
            next: 0,
            tally: Tally::default(),
            is_ordinary,
            has_windows: false,
            values: 0,
        }
    }

    fn run(mut self, steps: usize) -> Tally {
        for _ in 0..steps {
            self.step();
            let pause = if self.is_ordinary {
                self.chance.seconds(2.5, 6.0)
            } else if self.chance.one_in(10) {
                self.chance.seconds(0.0, 0.5)
            } else {
                self.chance.seconds(0.8, 6.0)
            };
            self.until(self.world.now + pause);
        }
        self.until(self.world.now + Duration::from_secs(20));
        self.tally
    }

    /// Lets happen what happens until then.
    fn until(&mut self, end: SystemTime) {
        while let Some(entry) = self.events.first_entry().filter(|entry| entry.key().0 <= end) {
            let ((at, _), event) = entry.remove_entry();
            self.world.now = at;
            match event {
                Event::Arrives(made, connection) => self.arrives(made, connection),
                Event::Answers(open, made, connection, lines) => {
                    self.answers(*open, made, connection, lines);
                }
                Event::Reads(made, connection, lines, said) => {
                    self.reads(&made, connection, &lines, &said);
                }
            }
        }
        self.world.now = end;
    }

    fn after(&mut self, pause: Duration, event: Event) {
        self.next += 1;
        self.events.insert((self.world.now + pause, self.next), event);
    }

    fn step(&mut self) {
        let browser = usize::try_from(self.chance.below(self.browsers.len() as u64)).unwrap();
        match self.chance.below(20) {
            0 if !self.is_ordinary => self.writes_behind_the_servers_back(browser),
            1 if !self.is_ordinary && self.chance.one_in(5) => {
                // More than there are connections, to slow pages.
                for number in 0..8 {
                    let target = format!("/slow?{number}");
                    self.make(browser, "GET", target, "fetch", true);
                }
            }
            2 if !self.is_ordinary => {
                let path = self.chance.of(&PATHS);
                self.make(browser, "GET", path.to_owned(), "fetch", false);
                self.make(browser, "GET", path.to_owned(), "page", false);
            }
            3 if self.chance.one_in(3) => self.closes(browser),
            4 if self.has_windows && self.browsers.len() < 5 => self.opens_a_window(browser),
            5 => self.make(browser, "GET", "/".to_owned(), "typed", false),
            6 => self.make(browser, "GET", "/shop".to_owned(), "link", false),
            7 => self.make(browser, "POST", "/shop".to_owned(), "foreign form", false),
            8 => self.make(browser, "GET", "/".to_owned(), "foreign image", false),
            9 if !self.is_ordinary => {
                self.make(browser, "GET", "/".to_owned(), "omits", false);
            }
            10 | 11 => self.make(browser, "POST", "/".to_owned(), "page", false),
            _ => {
                let path = self.chance.of(&PATHS);
                self.make(browser, "GET", path.to_owned(), "page", false);
            }
        }
    }

    /// A script, a hand, another port.
    fn writes_behind_the_servers_back(&mut self, browser: usize) {
        let now = self.world.now;
        let name = self.chance.of(&["visits", "theme", "cart", "strict", "jupyter"]);
        let path = self.chance.of(&["/", "/shop"]);
        let value = self.chance.below(1000);
        let browser = &mut self.browsers[browser];
        let request = Request::get("http://localhost:8888/").unwrap();
        match self.chance.below(3) {
            0 => {
                let line = format!("{name}=other{value}; Path={path}");
                let stored =
                    browser.jar.store(line.as_bytes(), &request.with_api(Api::Script), now);
                if let Some(receipt) = stored.receipt() {
                    browser.by_server.remove(&key(&receipt.cookie));
                }
            }
            1 => {
                let line = format!("{name}=port{value}; Path={path}; HttpOnly");
                if let Some(receipt) = browser.jar.store(line.as_bytes(), &request, now).receipt() {
                    browser.by_server.remove(&key(&receipt.cookie));
                }
            }
            _ => {
                let cookie = browser.jar.cookies().next().cloned();
                if let Some(cookie) = cookie {
                    browser.jar.remove(&cookie.name, &cookie.domain, &cookie.path, now);
                    browser.by_server.remove(&key(&cookie));
                }
            }
        }
    }

    /// The browser is closed, and opened again: session cookies are gone.
    fn closes(&mut self, browser: usize) {
        let now = self.world.now;
        let browser = &mut self.browsers[browser];
        if browser.open > 0 || !browser.queue.is_empty() {
            return;
        }
        browser.free.clear();
        for cookie in browser.jar.end_session(now) {
            browser.by_server.remove(&key(&cookie));
        }
    }

    /// A private window with a cookie that somebody copied.
    fn opens_a_window(&mut self, browser: usize) {
        let mut window = Browser::new(self.browsers[browser].agent);
        let stolen = self.browsers[browser].jar.cookies().find(|cookie| cookie.name == b"session");
        if let Some(cookie) = stolen {
            window.jar.insert(cookie.clone(), self.world.now);
        }
        self.browsers.push(window);
    }

    fn make(
        &mut self,
        browser: usize,
        method: &'static str,
        target: String,
        cause: &str,
        slow: bool,
    ) {
        use SameSiteContext::{
            CrossSite, CrossSiteNavigation, CrossSiteUnsafeNavigation, SameSite,
        };
        let (context, [site, mode, dest]) = match cause {
            "page" => (SameSite, ["same-origin", "navigate", "document"]),
            "typed" => (SameSite, ["none", "navigate", "document"]),
            "fetch" | "omits" => (SameSite, ["same-origin", "cors", "empty"]),
            "link" => (CrossSiteNavigation, ["cross-site", "navigate", "document"]),
            "foreign form" => (CrossSiteUnsafeNavigation, ["cross-site", "navigate", "document"]),
            _ => (CrossSite, ["cross-site", "no-cors", "image"]),
        };
        let url = format!("http://localhost:3000{target}");
        let request = Request::new(method, &url).unwrap().with_same_site(context);
        let now = self.world.now;
        let agent = self.browsers[browser].agent;
        let mut headers = vec![
            format!("user-agent: {agent}"),
            format!("sec-fetch-site: {site}"),
            format!("sec-fetch-mode: {mode}"),
            format!("sec-fetch-dest: {dest}"),
        ];
        if cause == "foreign form" {
            headers.push("origin: http://mallory.localhost:3000".to_owned());
        }
        let omits = cause == "omits" || context == CrossSite;
        if context == CrossSite {
            headers.push("sec-fetch-storage-access: none".to_owned());
        }
        let real = &mut self.browsers[browser];
        let sent: Vec<Cookie> = if omits {
            Vec::new()
        } else {
            real.jar.sent(&request, now).into_iter().cloned().collect()
        };
        if !sent.is_empty() {
            let pairs: Vec<_> =
                sent.iter().map(|one| String::from_utf8(one.pair()).unwrap()).collect();
            headers.push(format!("cookie: {}", pairs.join("; ")));
        }
        real.jar.sweep(now);
        let jar = real.jar.cookies().cloned().collect();
        let by_server = real.by_server.clone();
        let target = target.to_owned();
        real.queue.push_back(Made {
            browser,
            method,
            target,
            context,
            headers,
            omits,
            at: now,
            request,
            sent,
            jar,
            by_server,
            slow,
        });
        self.send(browser);
    }

    /// Sends what waits, as far as there are connections.
    fn send(&mut self, browser: usize) {
        while self.browsers[browser].open < 6
            && let Some(made) = self.browsers[browser].queue.pop_front()
        {
            let real = &mut self.browsers[browser];
            real.open += 1;
            // A browser takes an idle connection, where it has one.
            let often = if self.is_ordinary { 60 } else { 10 };
            let connection = if real.free.is_empty() || self.chance.one_in(often) {
                Connection::new()
            } else {
                real.free.remove(0)
            };
            let travels = self.chance.seconds(0.001, 0.2);
            self.after(travels, Event::Arrives(made, connection));
        }
    }

    fn arrives(&mut self, made: Made, connection: Connection) {
        let headers: Vec<_> = made.headers.iter().map(String::as_str).collect();
        let open = self.world.ask(&connection, made.method, &made.target, &headers);
        self.judge(&open, &made);
        let takes =
            if made.slow { self.chance.seconds(1.0, 2.5) } else { self.chance.seconds(0.001, 0.1) };
        let lines = self.lines();
        self.after(takes, Event::Answers(Box::new(open), made, connection, lines));
    }

    /// What an answer sets, by chance.
    fn lines(&mut self) -> Vec<String> {
        let count = self.chance.of(&[0, 0, 1, 1, 2, 3]);
        let line = |walk: &mut Self| {
            walk.values += 1;
            let value = walk.values;
            match walk.chance.below(11) {
                0 | 1 => format!("visits={value}; Path=/"),
                2 => format!("theme={value}; Path=/; Max-Age=100000"),
                3 => format!("cart={value}; Path=/shop"),
                4 => format!("session={value:032}; Path=/; HttpOnly; SameSite=Lax; Max-Age=9000"),
                5 => format!("strict={value}; Path=/; SameSite=Strict"),
                6 => format!("none={value}; Path=/; SameSite=None; Secure"),
                7 => format!("short={value}; Path=/; Max-Age=4"),
                8 => "visits=; Path=/; Max-Age=0".to_owned(),
                9 => "cart=; Path=/; Max-Age=0".to_owned(),
                _ => format!("__Host-bad={value}; Path=/shop; Secure"),
            }
        };
        (0..count).map(|_| line(self)).collect()
    }

    fn answers(&mut self, mut open: Open, made: Made, connection: Connection, lines: Vec<String>) {
        let texts: Vec<_> = lines.iter().map(String::as_str).collect();
        let (said, _) = self.world.answer(&mut open, &texts, None);
        let said = said.into_iter().map(|line| line.outcome).collect();
        let travels = self.chance.seconds(0.001, 0.2);
        self.after(travels, Event::Reads(made, connection, lines, said));
    }

    fn reads(
        &mut self,
        made: &Made,
        connection: Connection,
        lines: &[String],
        said: &[SetOutcome],
    ) {
        let now = self.world.now;
        let real = &mut self.browsers[made.browser];
        for (line, said) in lines.iter().zip(said) {
            // An answer without credentials sets nothing.
            let stored = (!made.omits).then(|| real.jar.store(line.as_bytes(), &made.request, now));
            if let Some(receipt) = stored.as_ref().and_then(Stored::receipt) {
                real.by_server.insert(key(&receipt.cookie));
                if !receipt.cookie.is_expired(now) {
                    real.given.insert(key(&receipt.cookie));
                    real.values.insert((receipt.cookie.name.clone(), receipt.cookie.value.clone()));
                }
            }
            let kept = matches!(stored, Some(Stored::Stored(_) | Stored::Replaced(..)));
            let is_true = match said {
                SetOutcome::Stored(_) | SetOutcome::Replaced { .. } => kept,
                SetOutcome::Refused { certain: true, .. } => !kept,
                SetOutcome::Deleted { .. } => !kept,
                _ => true,
            };
            if !is_true {
                self.tally.faults.push(format!("{line}: said {said:?}, was {stored:?}"));
            }
        }
        real.open -= 1;
        real.free.push(connection);
        self.send(made.browser);
    }

    /// Holds what is said of a request beside what the browser had when it made it.
    fn judge(&mut self, open: &Open, made: &Made) {
        self.tally.requests += 1;
        let looked = &open.looked;
        let real = &self.browsers[made.browser];
        let mut faults = Vec::new();
        let mut told: BTreeSet<Key> = BTreeSet::new();
        for absent in &looked.absent {
            let this = (absent.name.clone(), absent.domain.clone(), absent.path.clone());
            let held = made.jar.iter().find(|cookie| key(cookie) == this);
            let is_servers = held.is_some() && made.by_server.contains(&this);
            let came = made.sent.iter().any(|cookie| key(cookie) == this);
            let is_false = match &absent.why {
                Why::HeldBack(_) => (came && is_servers) || !real.given.contains(&this),
                Why::Ended { .. } => is_servers,
                Why::Missing => {
                    !real.given.contains(&this) || (!made.omits && made.by_server.contains(&this))
                }
                Why::MayBeHeldBack(_) | Why::UnderWay => false,
            };
            if is_false {
                faults.push(format!(
                    "{} {}",
                    String::from_utf8_lossy(&absent.name),
                    why(&absent.why)
                ));
            }
            if matches!(absent.why, Why::HeldBack(_)) {
                told.insert(this);
            }
        }
        for (came, cookie) in looked.came.iter().zip(&made.sent) {
            let is_servers = made.by_server.contains(&key(cookie));
            let given = real.values.contains(&(cookie.name.clone(), cookie.value.clone()));
            let is_false = match &came.how {
                How::AsSet { .. } => !given && !self.was_copied(made.browser, cookie),
                How::OtherValue { .. } | How::AgainstRules { .. } => is_servers,
                How::NotSetHere => is_servers,
                How::UnderWay | How::Alike | How::BrowserId => false,
            };
            if is_false {
                faults.push(format!("{} {}", String::from_utf8_lossy(&came.name), how(&came.how)));
            }
            if matches!(came.how, How::AsSet { .. } | How::BrowserId) {
                told.insert(key(cookie));
            } else if is_servers {
                *self.tally.unpredicted.entry(how(&came.how)).or_default() += 1;
            }
        }
        if !faults.is_empty() {
            let jar: Vec<_> = made
                .jar
                .iter()
                .map(|one| {
                    let by = if made.by_server.contains(&key(one)) { "" } else { "!" };
                    format!("{by}{} {}", String::from_utf8_lossy(&one.pair()), one.path)
                })
                .collect();
            self.tally.faults.push(format!(
                "request {} of browser {}: {} {} {:?} {}: {faults:?}; jar {jar:?}; client {:?}; {:?}",
                self.tally.requests, made.browser, made.method, made.target, made.context,
                made.headers.last().unwrap(), looked.client, looked.absent.iter().map(|a| format!("{}={} {}", String::from_utf8_lossy(&a.name), String::from_utf8_lossy(&a.value), why(&a.why))).collect::<Vec<_>>()
            ));
        }
        // Every cookie of this server that the browser has: was it predicted?
        let field = |name: &str| {
            let lines = made.headers.iter().filter_map(|line| line.split_once(": "));
            let mut lines = lines.filter(|(known, _)| *known == name);
            lines.next().map(|(_, value)| value.as_bytes())
        };
        let cause = Cause::of(made.method, "localhost:3000", field);
        let profile = if real.agent == FIREFOX { Profile::FIREFOX } else { Profile::CHROMIUM };
        for cookie in made.jar.iter().filter(|cookie| made.by_server.contains(&key(cookie))) {
            // What the request leaves open nobody can predict.
            let expected = expect(cookie, &made.request, &cause, &profile, made.at..=made.at);
            if matches!(expected, Expected::Either(_)) {
                continue;
            }
            self.tally.cookies += 1;
            if told.contains(&key(cookie)) {
                self.tally.predicted += 1;
            } else if !made.sent.iter().any(|sent| key(sent) == key(cookie)) {
                let said = looked.absent.iter().find(|absent| absent.name == cookie.name);
                let said = said.map_or("silence".to_owned(), |absent| why(&absent.why));
                *self
                    .tally
                    .unpredicted
                    .entry(format!("absent {said} {:?}", made.context))
                    .or_default() += 1;
            }
        }
    }

    /// Whether another browser was given this cookie, and it was copied from there.
    fn was_copied(&self, browser: usize, cookie: &Cookie) -> bool {
        let pair = (cookie.name.clone(), cookie.value.clone());
        let others = self.browsers.iter().enumerate().filter(|(other, _)| *other != browser);
        others.into_iter().any(|(_, other)| other.values.contains(&pair))
    }
}

fn walk(name: &str, is_ordinary: bool, agents: &[&'static str], steps: usize, least: f64) {
    let mut all = Tally::default();
    for seed in 1..=8 {
        let tally =
            Walk::new(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed), is_ordinary, agents).run(steps);
        all.requests += tally.requests;
        all.cookies += tally.cookies;
        all.predicted += tally.predicted;
        all.faults.extend(tally.faults.into_iter().map(|fault| format!("seed {seed}: {fault}")));
        for (what, count) in tally.unpredicted {
            *all.unpredicted.entry(what).or_default() += count;
        }
    }
    let part = all.predicted as f64 / all.cookies as f64;
    println!(
        "{name}: {} requests, {} cookies, {:.2} % predicted; else {:?}",
        all.requests,
        all.cookies,
        part * 100.0,
        all.unpredicted
    );
    assert!(all.requests >= 8 * steps / 2 && all.cookies > all.requests, "{all:?}");
    assert!(
        all.faults.is_empty(),
        "{} false: {:#?}",
        all.faults.len(),
        &all.faults[..all.faults.len().min(6)]
    );
    assert!(part >= least, "{part}: {:?}", all.unpredicted);
}

#[test]
fn in_ordinary_walks_nearly_all_is_predicted_and_nothing_false_is_said() {
    walk("Chromium", true, &[CHROMIUM], 400, 0.99);
    walk("Firefox", true, &[FIREFOX], 400, 0.99);
}

#[test]
fn in_random_walks_most_is_predicted_and_nothing_false_is_said() {
    walk("Chromium", false, &[CHROMIUM], 600, 0.9);
    walk("Firefox", false, &[FIREFOX], 600, 0.9);
    walk("both", false, &[CHROMIUM, FIREFOX], 600, 0.9);
}

#[test]
fn of_two_profiles_that_look_alike_nothing_false_is_said() {
    walk("two profiles", false, &[CHROMIUM, CHROMIUM], 600, 0.9);
}
