//! The checks of the exercise `forget-me`: they talk to the server over TCP, as a browser does.

use std::time::SystemTime;

use cookie_rules::Jar;
use probe::{Reply, Request, Server};

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn who_says_a_name_is_remembered() {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new(&server);
    asks(&browser.get("/"));
    for (name, team) in [("Ada", "red"), ("小明", "blue")] {
        browser.say(name, team);
        greets(&browser.get("/"), name, team);
    }
    greets(&browser.get("/?again"), "小明", "blue");
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn the_browser_has_no_cookie_left() {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new(&server);
    browser.say("Ada", "red");
    let reply = browser.leave();
    let kept: Vec<_> = browser
        .jar
        .cookies()
        .map(|cookie| {
            let pair = String::from_utf8_lossy(&cookie.pair()).into_owned();
            format!("`{pair}`, with the path {}", cookie.path)
        })
        .collect();
    assert!(
        kept.is_empty(),
        "Expected that the browser has no cookie left after POST /desk/leave. It still has {}.\nA line deletes the cookie \
         of its own name and its own path, and only if its end is over.\n\n{reply}",
        kept.join(", and ")
    );
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn the_desk_asks_again() {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new(&server);
    browser.say("Ada", "red");
    let _ = browser.leave();
    for path in ["/desk/left", "/", "/desk/left?again"] {
        let reply = browser.get(path);
        let sent = String::from_utf8_lossy(&browser.sent).into_owned();
        assert!(
            sent.is_empty(),
            "Expected that the browser sends no cookie to {path} any more. It sent `{sent}`.\n\n{reply}"
        );
    }
    asks(&browser.get("/"));
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn other_cookies_stay() {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new(&server);
    browser.say("Ada", "red");
    let place = cookie_rules::Request::get(&server.url("/"))
        .unwrap_or_else(|error| panic!("no address: {error:?}"));
    for line in ["lunch=soup; Path=/", "desk=oak; Path=/desk"] {
        browser.jar.store(line.as_bytes(), &place, SystemTime::now());
    }
    let reply = browser.leave();
    let _ = browser.get("/desk/left");
    let sent = String::from_utf8_lossy(&browser.sent).into_owned();
    assert!(
        sent.contains("lunch=soup")
            && sent.contains("desk=oak")
            && reply.header("Clear-Site-Data").is_none(),
        "Expected that the cookies `lunch` and `desk`, which are not this exercise's, stay. After POST /desk/leave the \
         browser sent `{sent}`.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn who_was_forgotten_can_be_remembered_again() {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new(&server);
    browser.say("Ada", "red");
    let _ = browser.leave();
    browser.say("Bob", "blue");
    greets(&browser.get("/"), "Bob", "blue");
}

/// Whether the page greets this guest.
fn greets(reply: &Reply, name: &str, team: &str) {
    let text = reply.text();
    assert!(
        reply.status == 200
            && text.contains(&format!("Hello, {name}"))
            && text.contains(&format!("Team: {team}")),
        "Expected a page that says `Hello, {name}` and `Team: {team}`. It is:\n{text}\n\n{reply}"
    );
}

/// Whether the page greets nobody.
fn asks(reply: &Reply) {
    let text = reply.text();
    assert!(
        reply.status == 200 && !text.contains("Hello, ") && !text.contains("Team: "),
        "Expected a page that greets nobody. It is:\n{text}\n\n{reply}"
    );
}

impl Browser<'_> {
    /// Sends the form of the desk.
    fn say(&mut self, name: &str, team: &str) {
        let reply = self.post("/desk", &[("name", name), ("team", team)]);
        assert!(
            reply.status == 303 && reply.header("Location") == Some("/"),
            "Expected that POST /desk is answered with `303 See Other` and `Location: /`.\n\n{reply}"
        );
    }

    /// Presses the button.
    fn leave(&mut self) -> Reply {
        let reply = self.post("/desk/leave", &[]);
        assert!(
            reply.status == 303 && reply.header("Location") == Some("/desk/left"),
            "Expected that POST /desk/leave is answered with `303 See Other` and `Location: /desk/left`.\n\n{reply}"
        );
        reply
    }
}

/// A browser: it keeps cookies by the rules of RFC 6265bis and sends them back.
struct Browser<'s> {
    server: &'s Server,
    jar: Jar,
    /// The `Cookie` header of the last request; empty where there was none.
    sent: Vec<u8>,
}

impl<'s> Browser<'s> {
    fn new(server: &'s Server) -> Self {
        Self { server, jar: Jar::new(), sent: Vec::new() }
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
        self.sent = self.jar.cookie_header(&place, now);
        if !self.sent.is_empty() {
            request = request.cookie(&self.sent);
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
