//! The check of `stay-signed-in`: a browser by the rules of RFC 6265bis is closed, opened, and left alone for weeks.

use std::time::{Duration, SystemTime};

use cookie::Key;
use cookie_rules::{Jar, Request};
use probe::{Reply, Server, get, post};
use stay_signed_in::app;

const DAY: Duration = Duration::from_secs(86_400);

/// A browser with a clock of its own: it stores and sends cookies as RFC 6265bis says.
struct Browser {
    server: Server,
    jar: Jar,
    now: SystemTime,
    /// What the server answered to the log-in.
    log_in: String,
}

impl Browser {
    /// A browser that has logged in as Ada.
    fn logged_in(fields: &[(&str, &str)]) -> Self {
        let server = Server::of(app(Key::generate()));
        let mut browser =
            Self { server, jar: Jar::new(), now: SystemTime::now(), log_in: String::new() };
        let fields = [&[("username", "Ada")], fields].concat();
        let reply = browser.send("POST", "/login", post("/login", &fields));
        browser.log_in = reply.to_string();
        browser
    }

    fn send(&mut self, method: &str, path: &str, request: probe::Request) -> Reply {
        let sent = Request::new(method, &self.server.url(path))
            .expect("the server's own address is a URL");
        let cookies = self.jar.cookie_header(&sent, self.now);
        let request = if cookies.is_empty() { request } else { request.cookie(cookies) };
        let reply = self.server.send(request);
        for line in reply.set_cookies() {
            self.jar.store(line.as_bytes(), &sent, self.now);
        }
        reply
    }

    /// Quits the browser and starts it again: its session ends.
    fn close_and_open(&mut self) {
        self.jar.end_session(self.now);
    }

    fn must_be_known(&mut self, why: &str) {
        let reply = self.send("GET", "/", get("/"));
        assert!(
            reply.text().contains("Logged in as Ada"),
            "Expected \"Logged in as Ada\": {why}\n\nThe log-in. {}\nNow. {reply}",
            self.log_in
        );
    }

    fn must_be_nobody(&mut self, why: &str) {
        let reply = self.send("GET", "/", get("/"));
        assert!(
            reply.text().contains("You are not logged in"),
            "Expected \"You are not logged in\": {why}\n\nThe log-in. {}\nNow. {reply}",
            self.log_in
        );
    }
}

const TICKED: &[(&str, &str)] = &[("remember", "on")];
const NOT_TICKED: &[(&str, &str)] = &[];

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_log_in_is_known_on_the_next_page() {
    for fields in [TICKED, NOT_TICKED] {
        let mut browser = Browser::logged_in(fields);
        browser.must_be_known("Ada logged in a moment ago, and the browser is open.");
        browser.now += Duration::from_secs(3600);
        browser.must_be_known("Ada logged in an hour ago, and the browser is open still.");
    }
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn with_the_box_closing_the_browser_changes_nothing() {
    let mut browser = Browser::logged_in(TICKED);
    browser.close_and_open();
    browser.must_be_known("the box was ticked, and the browser was closed and opened again.");
    browser.now += 29 * DAY;
    browser.close_and_open();
    browser.must_be_known("the box was ticked 29 days ago; it said 30.");
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn with_the_box_it_ends_after_30_days() {
    let mut browser = Browser::logged_in(TICKED);
    browser.now += 31 * DAY;
    browser.must_be_nobody(
        "the box said 30 days, and they were over yesterday. The browser was never closed; it should have dropped the cookie.",
    );
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn without_the_box_closing_the_browser_ends_it() {
    let mut browser = Browser::logged_in(NOT_TICKED);
    browser.close_and_open();
    browser.must_be_nobody("the box was not ticked, and the browser was closed. Whoever opens it now is somebody else.");
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn logging_out_ends_both() {
    for fields in [TICKED, NOT_TICKED] {
        let mut browser = Browser::logged_in(fields);
        let reply = browser.send("POST", "/logout", post("/logout", &[]));
        assert!(browser.jar.is_empty(), "Expected the log-out to delete the cookie.\n\n{reply}");
        browser.must_be_nobody("Ada logged out.");
    }
}
