//! The check of `server-decides`: copies the cookie, moves the clock, and comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cookie::{Cookie, CookieJar, Key};
use cookie_rules::{Jar, Request};
use probe::{Reply, Server, get, post};
use server_decides::{Settings, app};

const NAME: &str = "server_decides";
/// When everything here starts, in seconds since 1970: the 1st of May 2026.
const START: u64 = 1_777_593_600;
const LIFETIME: u64 = 1800;
const YEAR: u64 = 365 * 86_400;

/// A server whose clock the check sets.
struct Clocked {
    server: Server,
    key: Key,
    seconds: Arc<AtomicU64>,
}

impl Clocked {
    fn new() -> Self {
        let seconds = Arc::new(AtomicU64::new(START));
        let key = Key::generate();
        let clock = Arc::clone(&seconds);
        let now = Arc::new(move || UNIX_EPOCH + Duration::from_secs(clock.load(Ordering::SeqCst)));
        Self { server: Server::of(app(Settings { key: key.clone(), now })), key, seconds }
    }

    /// Sets the clock to so many seconds after the start.
    fn at(&self, after: u64) -> &Self {
        self.seconds.store(START + after, Ordering::SeqCst);
        self
    }

    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    fn log_in(&self, username: &str) -> Reply {
        self.server.send(post("/login", &[("username", username)]))
    }

    /// Logs in; returns a whole `Cookie` header with every cookie that was set.
    fn copy(&self, username: &str) -> String {
        let reply = self.log_in(username);
        assert!(
            reply.pair(NAME).is_some(),
            "Expected a log-in to set the cookie `{NAME}`.\n\n{reply}"
        );
        pairs(&reply).join("; ")
    }

    fn visit(&self, cookie: &str) -> Reply {
        self.server.send(get("/").cookie(cookie))
    }

    fn must_be_known(&self, cookie: &str, name: &str, why: &str) -> Reply {
        let reply = self.visit(cookie);
        assert!(
            reply.text().contains(&format!("Logged in as {name}")),
            "Expected \"Logged in as {name}\": {why}\n\n{reply}"
        );
        reply
    }

    fn must_be_nobody(&self, cookie: &str, why: &str) {
        let reply = self.visit(cookie);
        assert!(
            reply.text().contains("You are not logged in"),
            "Expected \"You are not logged in\": {why}\n\n{reply}"
        );
    }
}

/// What a browser sends back of this reply.
fn pairs(reply: &Reply) -> Vec<String> {
    let pair = |line: &str| line.split(';').next().unwrap_or(line).trim().to_owned();
    reply.set_cookies().into_iter().map(pair).collect()
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_log_in_is_believed_for_30_minutes() {
    let server = Clocked::new();
    for name in ["Ada", "小明"] {
        let cookie = server.at(0).copy(name);
        for after in [0, 1, 900, LIFETIME - 1] {
            let why = format!("that log-in was {after} seconds ago, and lasts for {LIFETIME}.");
            server.at(after).must_be_known(&cookie, name, &why);
        }
    }
    let cookie = server.at(YEAR).copy("Ada");
    let why = "that log-in was a moment ago; that there was another a year before does not matter.";
    server.must_be_known(&cookie, "Ada", why);
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_copied_cookie_ends_after_30_minutes() {
    let server = Clocked::new();
    let cookie = server.at(0).copy("Ada");
    for after in [YEAR, LIFETIME + 1, LIFETIME] {
        let why = format!(
            "that log-in was {after} seconds ago, and lasts for {LIFETIME}. The browser has dropped the cookie; this is a copy, \
             which only the server can end."
        );
        server.at(after).must_be_nobody(&cookie, &why);
    }
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn visits_do_not_move_the_end() {
    let server = Clocked::new();
    let first = server.at(0).copy("Ada");
    let mut kept = first.clone();
    for after in [600, 1200, LIFETIME - 1] {
        let reply =
            server.at(after).must_be_known(&kept, "Ada", "the 30 minutes are not over yet.");
        if !pairs(&reply).is_empty() {
            kept = pairs(&reply).join("; ");
        }
    }
    let why = "the log-in was 30 minutes ago. That Ada came by in between does not make it younger: else a thief who comes by \
               often enough stays for ever.";
    for cookie in [kept, first] {
        server.at(LIFETIME).must_be_nobody(&cookie, why);
    }
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_fresher_time_beside_the_signature_opens_nothing() {
    let server = Clocked::new();
    let old = server.at(0).copy("Ada");
    let fresh = server.at(YEAR).copy("Eve");
    let why = "Ada's log-in was a year ago. The thief has put a fresher time into her cookie, or beside it; only what is under \
               one signature with her name counts.";
    // Every time in Ada's cookie is replaced by a later one.
    for forged in
        [START + YEAR, START + YEAR + LIFETIME, 9_999_999_999].map(|time| with_time(&old, time))
    {
        server.must_be_nobody(&forged, why);
    }
    // Ada's cookies with Eve's beside them, and each piece of Ada's with each of Eve's.
    for forged in [format!("{old}; {fresh}"), format!("{fresh}; {old}")] {
        let reply = server.visit(&forged);
        assert!(
            !reply.text().contains("Logged in as Ada"),
            "Expected nobody to be logged in as Ada: {why}\n\n{reply}"
        );
    }
    for at in NAME.len() + 1..old.len().min(fresh.len()) {
        for forged in
            [format!("{}{}", &old[..at], &fresh[at..]), format!("{}{}", &fresh[..at], &old[at..])]
        {
            let reply = server.visit(&forged);
            assert!(
                !reply.text().contains("Logged in as Ada"),
                "Expected nobody to be logged in as Ada: {why}\n\n{reply}"
            );
        }
    }
}

/// The header with every number of nine digits or more replaced.
fn with_time(cookie: &str, time: u64) -> String {
    let (mut forged, mut digits) = (String::new(), String::new());
    for character in cookie.chars().chain(['\n']) {
        if character.is_ascii_digit() {
            digits.push(character);
            continue;
        }
        forged.push_str(&if digits.len() >= 9 { time.to_string() } else { digits.clone() });
        digits.clear();
        forged.push(character);
    }
    forged.trim_end().to_owned()
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_log_in_without_a_time_opens_nothing() {
    let server = Clocked::new();
    let mut jar = CookieJar::new();
    jar.signed_mut(&server.key).add(Cookie::new(NAME, "{\"username\":\"Ada\"}"));
    let cookie: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
    let why = "this log-in is from before your change. It is well signed and says no time, so that nobody can know when it ends.";
    server.must_be_nobody(&cookie, why);
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn the_browser_forgets_it_too() {
    let server = Clocked::new();
    let reply = server.at(0).log_in("Ada");
    let request = Request::new("POST", &server.server.url("/login"))
        .expect("the server's own address is a URL");
    let mut jar = Jar::new();
    for line in reply.set_cookies() {
        jar.store(line.as_bytes(), &request, server.now());
    }
    for (after, expected) in [(LIFETIME - 1, "keep"), (LIFETIME + 1, "drop")] {
        jar.sweep(server.at(after).now());
        assert!(
            (if jar.is_empty() { "drop" } else { "keep" }) == expected,
            "Expected the browser to {expected} the cookie {after} seconds after the log-in, which lasts for {LIFETIME}.\n\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_clock_that_is_set_back_does_no_harm() {
    let server = Clocked::new();
    let cookie = server.at(60).copy("Ada");
    let reply = server.at(0).visit(&cookie);
    assert!(
        reply.status == 200,
        "Expected a page: the server's clock was set back by a minute after the log-in, as clocks are.\n\n{reply}"
    );
}
