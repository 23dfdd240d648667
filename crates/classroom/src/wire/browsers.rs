//! The shadow jars: what each browser was given, so that what it holds back can be predicted.
//!
//! A server can't see a cookie that was withheld. But it knows what it set, and the rules are public. Whose cookies they
//! are is the harder question: two profiles of one browser, or a private window, have the same address and the same
//! `User-Agent`. So a jar belongs to TCP connections, and a connection gets to a jar in one of these ways, best first:
//!
//! 1. The request brings an id cookie ([`BROWSER_ID`]), as in lesson 4: it names the browser.
//! 2. The connection is the one over which the jar's first cookie went out.
//! 3. The request brings a long value that only one browser was given: nobody else can have it.
//! 4. What the jar predicts to come did come, and no other jar fits as well. Another browser can look the same by chance
//!    (`visits=2` is no secret), so such a connection is told nothing of what did *not* come.
//!
//! A request that lacks what its jar predicts is no longer taken for that browser's. And where another connection of the
//! same `User-Agent` has changed a cookie since, in a jar that may be the same browser's, nothing is said of that cookie.
//! So a prediction may be missing, but no rule is blamed for what somebody else's cookies do.

use std::{
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::SystemTime,
};

use axum::http::{HeaderMap, HeaderValue, Method, header};
use cookie_rules::{
    Cookie, Decision, Family, Jar, Limits, Note, Outcome, Profile, Reason, Request, SameSite,
    SameSiteContext, SetCookie, Stored,
};

use crate::{
    browser_id::{BROWSER_ID, id_of, is_id, names_browser},
    cookies::pairs,
};

use super::{
    exchange::Kind,
    facts::{Absent, Facts, How, KnownBy, Why},
};

/// How many browsers are remembered; the one unseen for longest makes room.
const BROWSERS: usize = 64;
/// How many bytes of `Set-Cookie` lines all jars may have taken in.
const BYTES: usize = 16 * 1024 * 1024;
/// How many connections of a browser are remembered as certainly its own; a browser has six at a time.
const CORE: usize = 16;
/// A value from this length on is taken for one that nobody comes to by chance: 128 bits in Base64.
const LONG: usize = 22;
/// Chromium's for each of `localhost`, `127.0.0.1` and `[::1]`.
const LIMITS: Limits = Limits { total: 540, gone: 32, ..Limits::BROWSERS };

/// A TCP connection: its number is never used again. All requests over it share this value.
#[derive(Clone, Debug)]
pub(crate) struct Connection(Arc<Link>);

#[derive(Debug)]
struct Link {
    number: u64,
    /// The number of the browser, 0 for none. Only read and written while the jars are locked.
    browser: AtomicU64,
    /// What the last attempt to find a browser looked at.
    tried: AtomicU64,
    last: Mutex<Option<Last>>,
    /// The id that the current request brought, if no browser has it yet. A connection has one request at a time.
    new_id: Mutex<Option<Vec<u8>>>,
}

/// What was found of the connection's last request: the next one is often the same, and then so is the answer.
#[derive(Debug)]
struct Last {
    /// Stands for all of the request that the answer depends on.
    request: u64,
    /// The jar's version.
    version: u64,
    /// When the first cookie ends.
    until: Option<SystemTime>,
    facts: Arc<Facts>,
}

impl Connection {
    /// A connection that nothing is known of.
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (browser, tried) = (AtomicU64::new(0), AtomicU64::new(0));
        let (last, new_id) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Link { number, browser, tried, last, new_id }))
    }

    fn browser(&self) -> Option<u64> {
        Some(self.0.browser.load(Ordering::Relaxed)).filter(|number| *number != 0)
    }

    fn link(&self, browser: Option<u64>) {
        self.0.browser.store(browser.unwrap_or(0), Ordering::Relaxed);
    }

    fn new_id(&self) -> MutexGuard<'_, Option<Vec<u8>>> {
        self.0.new_id.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> MutexGuard<'_, Option<Last>> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether this is the first attempt to find a browser by these cookies.
    fn tries(&self, cookies: u64) -> bool {
        self.0.tried.swap(cookies | 1, Ordering::Relaxed) != cookies | 1
    }
}

/// A request, as far as the jars care.
pub(crate) struct Asked<'a> {
    pub(crate) agent: u64,
    pub(crate) method: &'a Method,
    pub(crate) path: &'a str,
    pub(crate) headers: &'a HeaderMap,
}

impl Hash for Asked<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.agent, self.method, self.path).hash(state);
        for name in ["host", "sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"] {
            self.headers.get(name).map(HeaderValue::as_bytes).hash(state);
        }
        for line in self.headers.get_all(header::COOKIE) {
            line.as_bytes().hash(state);
        }
    }
}

impl Asked<'_> {
    /// The request as the browser knows it: with the address that it asked for, and what caused it.
    fn as_browser_sent_it(&self) -> Option<Request> {
        let field = |name: &str| self.headers.get(name).map(HeaderValue::as_bytes);
        as_browser_sent_it(self.method, self.path, field)
    }
}

/// A request as its browser knows it, from its method, its path and its header fields.
pub(crate) fn as_browser_sent_it<'a>(
    method: &Method,
    path: &str,
    field: impl Fn(&str) -> Option<&'a [u8]>,
) -> Option<Request> {
    let field = |name: &str| field(name).and_then(|value| std::str::from_utf8(value).ok());
    let url = format!("http://{}{path}", field("host")?);
    let context = SameSiteContext::from_fetch_metadata(
        method.as_str(),
        field("sec-fetch-site"),
        field("sec-fetch-mode"),
        field("sec-fetch-dest"),
    );
    Some(Request::new(method.as_str(), &url).ok()?.with_same_site(context))
}

/// All that is remembered of browsers.
#[derive(Debug, Default)]
pub(crate) struct Browsers {
    known: Vec<Browser>,
    next: u64,
    /// Counts requests and responses: a clock that never stands still.
    tick: u64,
    /// How many browsers had to make room.
    pub(crate) forgotten: u64,
    hasher: RandomState,
}

#[derive(Debug)]
struct Browser {
    number: u64,
    agent: u64,
    id: Option<Vec<u8>>,
    jar: Jar,
    /// The tick of the jar's last change.
    version: u64,
    bytes: usize,
    /// The connections that are certainly this browser's.
    core: Vec<u64>,
    /// Who set which cookie last.
    setters: Vec<Setter>,
    /// What became of its last `Set-Cookie` lines, and over which connection they went.
    outcomes: Arc<[String]>,
    outcomes_by: SetBy,
    /// When it was last seen, to find who makes room.
    seen: u64,
    /// When it last asked for a page of the lesson: what happened since is news.
    told_at: SystemTime,
    /// A jar that may have been this browser's was forgotten at this tick: what is older is in doubt.
    doubt: u64,
}

#[derive(Debug)]
struct Setter {
    cookie: u64,
    by: SetBy,
    tick: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SetBy {
    /// A connection that is certainly this browser's.
    Browser,
    /// A connection that may be another browser's.
    Connection(u64),
    /// Nobody knows.
    Stranger,
}

impl Browsers {
    /// Compares what came with what the jar of the request's browser predicts; the jar follows the browser.
    pub(crate) fn look(
        &mut self,
        connection: &Connection,
        asked: &Asked<'_>,
        kind: Kind,
        now: SystemTime,
    ) -> Arc<Facts> {
        self.tick += 1;
        let request = self.hasher.hash_one(asked);
        if let Some(facts) = self.same_as_last(connection, request, kind, now) {
            return facts;
        }
        let facts = Arc::new(self.look_closely(connection, asked, kind, now));
        *connection.last() = self.last_of(connection, request, &facts);
        facts
    }

    /// The answer to the connection's last request, where this one is the same and nothing has changed.
    fn same_as_last(
        &mut self,
        connection: &Connection,
        request: u64,
        kind: Kind,
        now: SystemTime,
    ) -> Option<Arc<Facts>> {
        let last = connection.last();
        let last = last.as_ref().filter(|last| last.request == request)?;
        let place = self.place(connection.browser()?)?;
        let browser = &mut self.known[place];
        if browser.version != last.version || last.until.is_some_and(|until| until <= now) {
            return None;
        }
        browser.seen = self.tick;
        if kind == Kind::Lesson {
            browser.told_at = now;
        }
        Some(Arc::clone(&last.facts))
    }

    /// What to remember of an answer, if it does not change with time alone.
    fn last_of(&self, connection: &Connection, request: u64, facts: &Arc<Facts>) -> Option<Last> {
        let browser = &self.known[self.place(connection.browser()?)?];
        let lasts = |how: &How| {
            matches!(
                how,
                How::BrowserId | How::Predicted(None | Some(Reason::SameSiteUnknown { .. }))
            )
        };
        let lasting = facts.absent.is_empty() && facts.came.iter().all(|came| lasts(&came.how));
        lasting.then(|| Last {
            request,
            version: browser.version,
            until: browser.jar.cookies().filter_map(|cookie| cookie.expiry).min(),
            facts: Arc::clone(facts),
        })
    }

    fn look_closely(
        &mut self,
        connection: &Connection,
        asked: &Asked<'_>,
        kind: Kind,
        now: SystemTime,
    ) -> Facts {
        let headers = asked.headers;
        let pairs: Vec<_> = pairs(headers).collect();
        let sent = asked.as_browser_sent_it();
        let context = sent.as_ref().map_or(SameSiteContext::Unknown, Request::same_site);
        let Some(sent) = &sent else {
            return Facts::unpredicted(&pairs, context);
        };
        let agent = asked.agent;
        let id = id_of(&pairs);
        *connection.new_id() = None;
        let found = match id {
            Some(id) => self.named(id).map(|place| (place, KnownBy::Id)),
            None => self.linked(connection, agent, &pairs, sent, now),
        };
        let Some((place, known_by)) = found else {
            connection.link(None);
            *connection.new_id() = id.map(<[u8]>::to_vec);
            return self.stranger(agent, &pairs, context);
        };
        let number = connection.0.number;
        let browser = &mut self.known[place];
        if matches!(known_by, KnownBy::Id | KnownBy::LongValue) {
            browser.own(number);
        }
        connection.link(Some(browser.number));
        let decisions = browser.jar.decide(sent, now);
        let compared = Compared::new(&decisions, &pairs);
        let lacks = compared.lacks();
        let mut facts = Facts {
            browser: Some(browser.number),
            known_by,
            context,
            came: Vec::new(),
            left_out: 0,
            absent: Vec::new(),
            outcomes: Arc::default(),
        };
        facts.add_all(&pairs, |index| match &compared.came[index] {
            How::Unknown | How::Predicted(_) if names_browser(pairs[index]) => How::BrowserId,
            how => how.clone(),
        });
        // Without an id, a request that lacks something may be another browser's.
        let same = known_by == KnownBy::Id || !lacks;
        facts.absent = self.absences(place, number, same, decisions, &compared, now);
        let browser = &mut self.known[place];
        if same && browser.is_certain(browser.outcomes_by, number) {
            facts.outcomes = Arc::clone(&browser.outcomes);
        }
        if known_by == KnownBy::Id {
            browser.follow(&facts.absent, now);
        } else if lacks {
            connection.link(None);
        }
        browser.follow_values(&compared, &pairs, now, self.tick, &self.hasher);
        if facts.absent.iter().any(|absent| absent.why == Why::Missing) || compared.differs() {
            browser.version = self.tick;
        }
        browser.seen = self.tick;
        if kind == Kind::Lesson {
            browser.told_at = now;
        }
        facts
    }

    /// Puts the response's cookies into the jar of the request's browser, and says what becomes of each line.
    pub(crate) fn store(
        &mut self,
        connection: &Connection,
        agent: u64,
        lines: &[HeaderValue],
        sent: &Request,
        now: SystemTime,
    ) -> Vec<Stored> {
        self.tick += 1;
        let number = connection.0.number;
        let parsed: Vec<_> =
            lines.iter().map(|line| SetCookie::parse(line.as_bytes(), Family::Chromium)).collect();
        let new_id = parsed
            .iter()
            .find(|line| line.name == BROWSER_ID.as_bytes() && is_id(&line.value))
            .map(|line| line.value.clone())
            .or_else(|| connection.new_id().take());
        let linked = connection.browser().and_then(|browser| self.place(browser));
        let named = new_id
            .as_ref()
            .and_then(|id| self.known.iter().position(|browser| browser.id.as_ref() == Some(id)));
        let place = match (named.or(linked), &new_id) {
            (Some(place), None) => place,
            (Some(place), Some(id)) if self.known[place].takes(id, number) => {
                self.known[place].id = Some(id.clone());
                place
            }
            (_, id) => {
                let id = id.clone();
                self.make(agent, id, number, now)
            }
        };
        let tick = self.tick;
        let browser = &mut self.known[place];
        connection.link(Some(browser.number));
        browser.seen = tick;
        browser.version = tick;
        let by = browser.set_by(number);
        let mut outcomes = Vec::with_capacity(parsed.len());
        for (line, raw) in parsed.iter().zip(lines) {
            browser.bytes += raw.len();
            let stored = browser.jar.store_parsed(line, sent, now);
            if let Some(receipt) = stored.receipt() {
                browser.note(key(&self.hasher, &receipt.cookie), by, tick);
            }
            outcomes.push(stored);
        }
        let is_lessons = |line: &SetCookie| !names_browser((&line.name, &line.value));
        browser.outcomes = std::iter::zip(&parsed, &outcomes)
            .filter(|(line, _)| is_lessons(line))
            .map(|(_, stored)| told(stored))
            .collect();
        browser.outcomes_by = by;
        self.make_room();
        outcomes
    }

    /// What stands for the request's `User-Agent`.
    pub(crate) fn agent(&self, headers: &HeaderMap) -> u64 {
        self.hasher.hash_one(headers.get(header::USER_AGENT).map(HeaderValue::as_bytes))
    }

    /// How many browsers are remembered.
    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    fn place(&self, number: u64) -> Option<usize> {
        self.known.iter().position(|browser| browser.number == number)
    }

    /// The browser with this id. One that is new gets a jar with its first cookie.
    fn named(&self, id: &[u8]) -> Option<usize> {
        self.known.iter().position(|browser| browser.id.as_deref() == Some(id))
    }

    /// The browser of a connection that brought no id.
    fn linked(
        &self,
        connection: &Connection,
        agent: u64,
        pairs: &[(&[u8], &[u8])],
        sent: &Request,
        now: SystemTime,
    ) -> Option<(usize, KnownBy)> {
        if let Some(place) = connection.browser().and_then(|browser| self.place(browser)) {
            let browser = &self.known[place];
            if browser.agent == agent {
                let own = browser.core.contains(&connection.0.number);
                return Some((place, if own { KnownBy::Connection } else { KnownBy::Fit }));
            }
        }
        connection.link(None);
        if pairs.is_empty() || !connection.tries(self.hasher.hash_one((agent, pairs, self.next))) {
            return None;
        }
        self.fitting(agent, pairs, sent, now)
    }

    /// The one browser whose prediction fits what came over a new connection.
    fn fitting(
        &self,
        agent: u64,
        pairs: &[(&[u8], &[u8])],
        sent: &Request,
        now: SystemTime,
    ) -> Option<(usize, KnownBy)> {
        let mut best: Option<(usize, usize)> = None;
        let mut tied = false;
        for (place, browser) in self.known.iter().enumerate() {
            if browser.agent != agent {
                continue;
            }
            let decisions = browser.jar.predict(sent, now);
            let compared = Compared::new(&decisions, pairs);
            let size = compared.as_predicted();
            if size == 0 || compared.lacks() || compared.differs() {
                continue;
            }
            if let Some(value) = compared.long_value(pairs)
                && self.holders(value) == 1
            {
                return Some((place, KnownBy::LongValue));
            }
            match best {
                Some((_, other)) if other == size => tied = true,
                Some((_, other)) if other > size => {}
                _ => (best, tied) = (Some((place, size)), false),
            }
        }
        best.filter(|_| !tied).map(|(place, _)| (place, KnownBy::Fit))
    }

    /// How many browsers were given this value.
    fn holders(&self, value: &[u8]) -> usize {
        let has = |browser: &&Browser| {
            browser.jar.cookies().any(|cookie| cookie.value == value)
                || browser.jar.gone().any(|gone| gone.cookie.value == value)
        };
        self.known.iter().filter(has).count()
    }

    /// A request of nobody that we know.
    fn stranger(&self, agent: u64, pairs: &[(&[u8], &[u8])], context: SameSiteContext) -> Facts {
        let mut facts = Facts::unpredicted(pairs, context);
        for came in &mut facts.came {
            let alike = |cookie: &Cookie| cookie.name == came.name && cookie.value == came.value;
            let mut peers = self.known.iter().filter(|browser| browser.agent == agent);
            if peers.any(|browser| browser.jar.cookies().any(alike)) {
                came.how = How::Alike;
            }
        }
        facts
    }

    /// What can be said of the cookies that did not come.
    fn absences(
        &self,
        place: usize,
        connection: u64,
        same: bool,
        decisions: Vec<Decision>,
        compared: &Compared,
        now: SystemTime,
    ) -> Vec<Absent> {
        let browser = &self.known[place];
        let mut absent = Vec::new();
        let strictest = Strictest::of(&decisions, &compared.decided);
        for (index, decision) in decisions.into_iter().enumerate() {
            let came = compared.decided[index];
            let certain =
                || same && !came && self.is_certain(browser, connection, &decision.cookie);
            let why = match decision.outcome {
                Outcome::Sent if came => continue,
                Outcome::Sent
                    if is_untold(&decision.note) && !strictest.covers(&decision.cookie) =>
                {
                    Why::Untold
                }
                Outcome::Sent => Why::Missing,
                // What made the jar lose these is no rule that a browser follows.
                Outcome::Gone(
                    Reason::Removed { .. } | Reason::SessionEnded { .. } | Reason::Evicted { .. },
                ) => continue,
                Outcome::Withheld(reason) if certain() => Why::Withheld(reason),
                Outcome::Gone(reason) if certain() => {
                    Why::Gone { news: browser.is_news(&reason, now), reason }
                }
                _ => continue,
            };
            let Cookie { name, domain, path, .. } = decision.cookie;
            absent.push(Absent { name, domain, path, why });
        }
        absent
    }

    /// Whether the jar is certain to know what this connection's browser was last told of a cookie.
    fn is_certain(&self, browser: &Browser, connection: u64, cookie: &Cookie) -> bool {
        let key = key(&self.hasher, cookie);
        let Some(setter) = browser.setters.iter().find(|setter| setter.cookie == key) else {
            return false;
        };
        if !browser.is_certain(setter.by, connection) || setter.tick < browser.doubt {
            return false;
        }
        !self.known.iter().any(|other| {
            other.may_be(browser)
                && other.setters.iter().any(|late| late.cookie == key && late.tick > setter.tick)
        })
    }

    fn make(&mut self, agent: u64, id: Option<Vec<u8>>, connection: u64, now: SystemTime) -> usize {
        self.next += 1;
        self.known.push(Browser {
            number: self.next,
            agent,
            id,
            jar: Jar::new().with_profile(Profile { limits: LIMITS, ..Profile::CHROMIUM }),
            version: self.tick,
            bytes: 0,
            core: vec![connection],
            setters: Vec::new(),
            outcomes: Arc::default(),
            outcomes_by: SetBy::Stranger,
            seen: self.tick,
            told_at: now,
            doubt: 0,
        });
        self.known.len() - 1
    }

    /// Forgets whoever was not seen for longest, while there are too many, or they hold too much.
    fn make_room(&mut self) {
        let mut bytes: usize = self.known.iter().map(|browser| browser.bytes).sum();
        while self.known.len() > BROWSERS || (bytes > BYTES && self.known.len() > 1) {
            let oldest = self.known.iter().enumerate().min_by_key(|(_, browser)| browser.seen);
            let Some((place, _)) = oldest else { return };
            let gone = self.known.remove(place);
            bytes -= gone.bytes;
            self.forgotten += 1;
            for browser in &mut self.known {
                if browser.may_be(&gone) {
                    browser.doubt = self.tick;
                }
            }
        }
        if bytes > BYTES {
            // One browser alone: what was replaced long ago still counts, so count anew.
            for browser in &mut self.known {
                let weigh = |cookie: &Cookie| {
                    cookie.name.len() + cookie.value.len() + cookie.domain.len() + cookie.path.len()
                };
                browser.bytes = browser.jar.cookies().map(weigh).sum::<usize>()
                    + browser.jar.gone().map(|gone| weigh(&gone.cookie)).sum::<usize>();
            }
        }
    }
}

impl Browser {
    /// Remembers a connection as certainly this browser's.
    fn own(&mut self, connection: u64) {
        if !self.core.contains(&connection) {
            if self.core.len() >= CORE {
                self.core.remove(0);
            }
            self.core.push(connection);
        }
    }

    fn set_by(&self, connection: u64) -> SetBy {
        if self.core.contains(&connection) { SetBy::Browser } else { SetBy::Connection(connection) }
    }

    /// Whether what was set in this way reached whoever is at the end of this connection.
    fn is_certain(&self, by: SetBy, connection: u64) -> bool {
        match by {
            SetBy::Browser => self.core.contains(&connection),
            SetBy::Connection(setter) => setter == connection,
            SetBy::Stranger => false,
        }
    }

    /// Whether a response over this connection can give this browser that id.
    fn takes(&self, id: &[u8], connection: u64) -> bool {
        match &self.id {
            Some(own) => own == id,
            None => self.core.contains(&connection),
        }
    }

    /// Whether the two may be one browser: the same `User-Agent`, and not two ids.
    fn may_be(&self, other: &Browser) -> bool {
        self.number != other.number
            && self.agent == other.agent
            && (self.id.is_none() || other.id.is_none())
    }

    /// Whether this happened since the browser last asked for a page.
    fn is_news(&self, reason: &Reason, now: SystemTime) -> bool {
        match reason {
            Reason::Expired { ago, .. } | Reason::Deleted { ago, .. } => {
                *ago <= now.duration_since(self.told_at).unwrap_or_default()
            }
            _ => false,
        }
    }

    /// The jar follows the browser: what should have come and did not is no longer there.
    fn follow(&mut self, absent: &[Absent], now: SystemTime) {
        for missing in absent.iter().filter(|absent| absent.why == Why::Missing) {
            self.jar.remove(&missing.name, &missing.domain, &missing.path, now);
        }
    }

    /// The jar follows the browser: what came with another value has that value now, and nobody knows who set it.
    fn follow_values(
        &mut self,
        compared: &Compared,
        pairs: &[(&[u8], &[u8])],
        now: SystemTime,
        tick: u64,
        hasher: &RandomState,
    ) {
        for (cookie, pair) in &compared.other_values {
            let mut cookie = cookie.clone();
            cookie.value = pairs[*pair].1.to_vec();
            let key = key(hasher, &cookie);
            self.jar.insert(cookie, now);
            self.note(key, SetBy::Stranger, tick);
        }
    }

    /// Remembers who set a cookie last.
    fn note(&mut self, cookie: u64, by: SetBy, tick: u64) {
        const SETTERS: usize = 600;
        self.setters.retain(|setter| setter.cookie != cookie);
        if self.setters.len() >= SETTERS {
            self.setters.remove(0);
        }
        self.setters.push(Setter { cookie, by, tick });
    }
}

/// A prediction beside what came.
struct Compared {
    /// For each pair, how it came.
    came: Vec<How>,
    /// For each decision, whether its pair came.
    decided: Vec<bool>,
    /// Cookies that came with another value, and in which pair.
    other_values: Vec<(Cookie, usize)>,
    missing: bool,
}

impl Compared {
    fn new(decisions: &[Decision], pairs: &[(&[u8], &[u8])]) -> Self {
        let mut came = vec![How::Unknown; pairs.len()];
        let mut taken = vec![false; pairs.len()];
        let mut decided = vec![false; decisions.len()];
        let free = |taken: &[bool], cookie: &Cookie, value: bool| {
            (0..pairs.len()).find(|&index| {
                !taken[index]
                    && pairs[index].0 == cookie.name
                    && (!value || pairs[index].1 == cookie.value)
            })
        };
        // Each in turn: a pair that is exactly as predicted, then one that only has the name, then what was ruled out.
        for (index, decision) in decisions.iter().enumerate() {
            if decision.outcome == Outcome::Sent
                && let Some(pair) = free(&taken, &decision.cookie, true)
            {
                (taken[pair], decided[index]) = (true, true);
                came[pair] = How::Predicted(decision.note.clone());
            }
        }
        for (index, decision) in decisions.iter().enumerate() {
            if decision.outcome != Outcome::Sent
                && let Some(pair) = free(&taken, &decision.cookie, true)
            {
                (taken[pair], decided[index]) = (true, true);
                came[pair] = How::AgainstPrediction;
            }
        }
        let mut other_values = Vec::new();
        let mut missing = false;
        for (index, decision) in decisions.iter().enumerate() {
            if decision.outcome == Outcome::Sent && !decided[index] {
                match free(&taken, &decision.cookie, false) {
                    Some(pair) => {
                        (taken[pair], decided[index]) = (true, true);
                        came[pair] = How::OtherValue;
                        other_values.push((decision.cookie.clone(), pair));
                    }
                    None => missing = true,
                }
            }
        }
        Self { came, decided, other_values, missing }
    }

    /// Whether something that was predicted did not come at all.
    fn lacks(&self) -> bool {
        self.missing
    }

    /// Whether something came with another value, or against the prediction.
    fn differs(&self) -> bool {
        self.came.iter().any(|how| matches!(how, How::OtherValue | How::AgainstPrediction))
    }

    /// How many pairs came as predicted.
    fn as_predicted(&self) -> usize {
        self.came.iter().filter(|how| matches!(how, How::Predicted(_))).count()
    }

    /// A value that came as predicted and that nobody comes to by chance.
    fn long_value<'a>(&self, pairs: &[(&'a [u8], &'a [u8])]) -> Option<&'a [u8]> {
        let pairs = pairs.iter().zip(&self.came);
        pairs
            .filter(|(_, how)| matches!(how, How::Predicted(_)))
            .map(|((_, value), _)| *value)
            .find(|value| value.len() >= LONG)
    }
}

/// The strictest `SameSite` that came: where it came, SameSite is not why something no stricter did not.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Strictest(u8);

impl Strictest {
    fn of(decisions: &[Decision], came: &[bool]) -> Self {
        let came = std::iter::zip(decisions, came).filter(|(_, came)| **came);
        came.map(|(decision, _)| Self::rank(&decision.cookie)).max().unwrap_or(Self(0))
    }

    /// Chromium lets a young cookie without `SameSite` go where `Lax` may not, so that is the less strict of the two.
    fn rank(cookie: &Cookie) -> Self {
        Self(match cookie.same_site {
            SameSite::None => 0,
            SameSite::Default => 1,
            SameSite::Lax => 2,
            SameSite::Strict => 3,
        })
    }

    fn covers(self, cookie: &Cookie) -> bool {
        Self::rank(cookie) <= self
    }
}

fn is_untold(note: &Option<Reason>) -> bool {
    matches!(note, Some(Reason::SameSiteUnknown { .. }))
}

/// What stands for a cookie's name, domain and path.
fn key(hasher: &RandomState, cookie: &Cookie) -> u64 {
    hasher.hash_one((&cookie.name, &cookie.domain, cookie.host_only, &cookie.path))
}

/// What a page says of a line: what became of it, and the cap on its age.
fn told(stored: &Stored) -> String {
    let mut notes = stored.receipt().into_iter().flat_map(|receipt| &receipt.notes);
    match notes.find(|note| matches!(note, Note::Capped { .. })) {
        Some(note) => format!("{stored} {note}"),
        None => stored.to_string(),
    }
}
