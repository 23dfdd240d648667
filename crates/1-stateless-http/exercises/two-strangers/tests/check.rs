//! The checks of the exercise `two-strangers`: they talk to the server over TCP, as browsers do.

use std::time::SystemTime;

use cookie_rules::Jar;
use probe::{Reply, Request, Server};

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn a_visitor_is_greeted_by_name() {
    let server = Server::of(two_strangers::app());
    let mut browser = Browser::new(&server);
    let place = browser.enter("Ada");
    greets(&browser.get(&place), "Ada");
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn each_visitor_is_greeted_by_their_own_name() {
    let server = Server::of(two_strangers::app());
    let (mut first, mut second) = (Browser::new(&server), Browser::new(&server));
    let (name, other) = two_names();
    let place = first.enter(&name);
    let other_place = second.enter(&other);
    for _ in 0..2 {
        let reply = first.get(&place);
        assert!(
            !reply.text().contains(&other),
            "Expected a greeting for {name}, who followed their own answer. The page greets {other}, who entered \
             later.\nBoth have one address and one kind of browser: only what their requests carry can tell them \
             apart.\n\n{reply}"
        );
        greets(&reply, &name);
        greets(&second.get(&other_place), &other);
    }
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn a_reload_greets_again() {
    let server = Server::of(two_strangers::app());
    let mut browser = Browser::new(&server);
    let place = browser.enter("Ada");
    for _ in 0..3 {
        greets(&browser.get(&place), "Ada");
    }
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn who_never_entered_is_nobody() {
    let server = Server::of(two_strangers::app());
    let _ = Browser::new(&server).enter("Ada");
    let reply = Browser::new(&server).get("/hello");
    assert!(
        (200..500).contains(&reply.status) && !reply.text().contains("Ada"),
        "Expected that a browser that never entered a name is sent to the form. It was greeted as somebody else, or got \
         an error.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn a_name_comes_back_as_it_was_typed() {
    let server = Server::of(two_strangers::app());
    for name in ["小明", "Ada Lovelace", "Ada+Bob=2", "#1 at 100%", "a;b,c?d/e\\f", "%41da"] {
        let mut browser = Browser::new(&server);
        let place = browser.enter(name);
        greets(&browser.get(&place), name);
    }
    let mut browser = Browser::new(&server);
    let place = browser.enter("<i>Tom</i> & co");
    let reply = browser.get(&place);
    let text = reply.text();
    assert!(
        text.contains("Tom") && text.contains("co") && !text.contains("<i>"),
        "Expected that `<i>Tom</i> & co` is shown as text: escaped, and whole. The page is:\n{text}\n\n{reply}"
    );
}

/// Two names that no answer can know by heart.
fn two_names() -> (String, String) {
    let number = std::process::id();
    (format!("Ada{number}"), format!("Bob{number}"))
}

/// Whether the page says `Hello, NAME`.
fn greets(reply: &Reply, name: &str) {
    let text = reply.text();
    assert!(
        reply.status == 200 && text.contains(&format!("Hello, {name}")),
        "Expected a page that says `Hello, {name}`. It is:\n{text}\n\n{reply}"
    );
}

impl Browser<'_> {
    /// Enters a name, and returns the path that the server sends the browser to.
    fn enter(&mut self, name: &str) -> String {
        let reply = self.post("/enter", &[("name", name)]);
        assert!(
            reply.status == 303,
            "Expected `303 See Other` after the form, and a page to look at.\n\n{reply}"
        );
        let location = reply.header("Location").unwrap_or_default();
        let path = location.strip_prefix(self.server.url("").as_str()).unwrap_or(location);
        assert!(
            path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic()),
            "Expected a `Location` that is a path of this server, in ASCII and without spaces: anything else must be \
             percent-encoded.\n\n{reply}"
        );
        path.split('#').next().unwrap_or_default().to_owned()
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
