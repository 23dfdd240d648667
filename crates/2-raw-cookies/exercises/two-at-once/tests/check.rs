//! The checks of the exercise `two-at-once`: they talk to the server over TCP, as a browser does.

use std::time::SystemTime;

use cookie_rules::Jar;
use probe::{Reply, Request, Server};

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn a_choice_is_shown_again() {
    let server = Server::of(two_at_once::app());
    let mut browser = Browser::new(&server);
    says(&browser.get("/"), "none yet", "none yet");
    for (kind, sugar) in [("green", "2"), ("mint", "0"), ("black", "9")] {
        browser.choose(kind, sugar);
        says(&browser.get("/"), kind, sugar);
    }
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn each_cookie_has_a_line_of_its_own() {
    let server = Server::of(two_at_once::app());
    let reply = Browser::new(&server).choose("green", "2");
    let mut names: Vec<_> = reply
        .set_cookies()
        .iter()
        .filter_map(|line| line.split('=').next())
        .map(str::trim)
        .collect();
    names.sort_unstable();
    assert!(
        names == ["tea_kind", "tea_sugar"],
        "Expected two `Set-Cookie` lines, one for tea_kind and one for tea_sugar.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn the_browser_keeps_two_cookies() {
    let server = Server::of(two_at_once::app());
    for (kind, sugar) in [("green", "2"), ("black", "0")] {
        let mut browser = Browser::new(&server);
        let reply = browser.choose(kind, sugar);
        let mut kept: Vec<_> = browser
            .jar
            .cookies()
            .map(|cookie| String::from_utf8_lossy(&cookie.pair()).into_owned())
            .collect();
        kept.sort_unstable();
        assert!(
            kept == [format!("tea_kind={kind}"), format!("tea_sugar={sugar}")],
            "Expected that a browser keeps two cookies. It keeps what stands in front of the first `;` of each line, as \
             one cookie: {}.\n\n{reply}",
            kept.join(" and ")
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn a_comma_in_another_cookie_separates_nothing() {
    let server = Server::of(two_at_once::app());
    let cookies =
        ["notes=milk,tea_sugar=3; tea_kind=green", "tea_kind=green; notes=buy,tea_sugar=8,bread"];
    for cookie in cookies {
        let reply = server.send(probe::get("/").cookie(cookie));
        says(&reply, "green", "none yet");
    }
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn the_order_of_the_pairs_does_not_matter() {
    let server = Server::of(two_at_once::app());
    for cookie in [
        "tea_kind=mint; tea_sugar=1",
        "tea_sugar=1; tea_kind=mint",
        "x=1;tea_sugar=1;tea_kind=mint",
    ] {
        says(&server.send(probe::get("/").cookie(cookie)), "mint", "1");
    }
}

/// Whether the page shows this choice.
fn says(reply: &Reply, kind: &str, sugar: &str) {
    let text = reply.text();
    let (kind, sugar) = (format!("Kind: {kind}"), format!("Sugar: {sugar}"));
    assert!(
        reply.status == 200
            && text.contains(&format!("{kind}<"))
            && text.contains(&format!("{sugar}<")),
        "Expected a page that says `{kind}` and `{sugar}`. It is:\n{text}\n\n{reply}"
    );
}

impl Browser<'_> {
    /// Sends the form.
    fn choose(&mut self, kind: &str, sugar: &str) -> Reply {
        let reply = self.post("/tea", &[("kind", kind), ("sugar", sugar)]);
        assert!(
            reply.status == 303 && reply.header("Location") == Some("/"),
            "Expected that the form is answered with `303 See Other` and `Location: /`.\n\n{reply}"
        );
        reply
    }
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

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.send(path, probe::post(path, fields))
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
