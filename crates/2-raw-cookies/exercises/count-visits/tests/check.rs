//! The checks of the exercise `count-visits`: they talk to the server over TCP, as browsers do.

use std::time::SystemTime;

use cookie_rules::Jar;
use probe::{Reply, Request, Server};

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn a_browser_that_comes_back_counts_up() {
    let server = Server::of(count_visits::app());
    let mut browser = Browser::new(&server);
    for visit in 1..=12 {
        says(&browser.get("/"), visit);
    }
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn a_second_browser_counts_for_itself() {
    let server = Server::of(count_visits::app());
    let (mut first, mut second) = (Browser::new(&server), Browser::new(&server));
    says(&first.get("/"), 1);
    says(&first.get("/"), 2);
    let reply = second.get("/");
    assert!(
        visits(&reply) == Some(1),
        "Expected `Visits: 1` for a second browser that was never here and sends no cookie. It was told {}.\nBoth \
         browsers are of one kind and have one address.\n\n{reply}",
        told(&reply)
    );
    says(&first.get("/"), 3);
    says(&second.get("/"), 2);
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn the_browser_brings_the_count() {
    let server = Server::of(count_visits::app());
    for before in [41, 7, 1_000_000] {
        let reply = server.send(probe::get("/").cookie(format!("times_here={before}")));
        says(&reply, before + 1);
        let expected = format!("times_here={}", before + 1);
        assert!(
            reply.pair("times_here") == Some(expected.as_str()),
            "Expected that the browser is asked to keep `{expected}`.\n\n{reply}"
        );
    }
    let reply = server.send(probe::get("/").cookie("a=1; sometimes_here=8;times_here=5; z=9"));
    says(&reply, 6);
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn a_restart_loses_nothing() {
    let before = Server::of(count_visits::app());
    let mut browser = Browser::new(&before);
    says(&browser.get("/"), 1);
    says(&browser.get("/"), 2);
    let after = Server::of(count_visits::app());
    browser.server = &after;
    let reply = browser.get("/");
    assert!(
        visits(&reply) == Some(3),
        "Expected `Visits: 3` from a server that was restarted after two visits: the browser still has its count. It was \
         told {}.\n\n{reply}",
        told(&reply)
    );
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn what_is_no_number_starts_again() {
    let values: [&[u8]; 9] = [
        b"abc",
        b"",
        b"-5",
        b"1.5",
        b"1e3",
        b"0x10",
        b"99999999999999999999999",
        b"\xff",
        "٣".as_bytes(),
    ];
    for value in values {
        let server = Server::of(count_visits::app());
        let cookie = [b"times_here=".as_slice(), value].concat();
        says(&server.send(probe::get("/").cookie(cookie)), 1);
    }
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn the_largest_number_stays() {
    let server = Server::of(count_visits::app());
    for (before, after) in [(u64::MAX - 1, u64::MAX), (u64::MAX, u64::MAX)] {
        says(&server.send(probe::get("/").cookie(format!("times_here={before}"))), after);
    }
}

/// Whether the page says `Visits: N`.
fn says(reply: &Reply, expected: u64) {
    assert!(
        reply.status == 200 && visits(reply) == Some(expected),
        "Expected a page that says `Visits: {expected}`. It says {}.\n\n{reply}",
        told(reply)
    );
}

/// The number on the page, as far as there is one.
fn visits(reply: &Reply) -> Option<u64> {
    let text = reply.text();
    let number = text.split("Visits: ").nth(1)?;
    number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// What the page says of visits.
fn told(reply: &Reply) -> String {
    visits(reply).map_or("no number".to_owned(), |visits| format!("`Visits: {visits}`"))
}

/// A browser: it keeps cookies by the rules of RFC 6265bis and sends them back.
struct Browser<'s> {
    server: &'s Server,
    jar: Jar,
}

impl<'s> Browser<'s> {
    fn new(server: &'s Server) -> Self {
        Self { server, jar: Jar::new() }
    }

    fn get(&mut self, path: &str) -> Reply {
        self.send(path, probe::get(path))
    }

    fn send(&mut self, path: &str, mut request: Request) -> Reply {
        let now = SystemTime::now();
        let place = cookie_rules::Request::get(&self.server.url(path))
            .unwrap_or_else(|error| panic!("{path} is no path of this server: {error:?}"));
        let cookies = self.jar.cookie_header(&place, now);
        if !cookies.is_empty() {
            request = request.cookie(cookies);
        }
        let reply = self.server.send(request.header("User-Agent", "Mozilla/5.0"));
        let lines =
            reply.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("Set-Cookie"));
        for (_, line) in lines {
            self.jar.store(line, &place, now);
        }
        reply
    }
}
