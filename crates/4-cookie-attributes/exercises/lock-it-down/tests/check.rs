//! The check of `lock-it-down`: a browser by the rules of RFC 6265bis logs in at `https://shop.example`, and four attackers try
//! their doors. The answers come from the server, the address from us: the browser's rules look at nothing else.

use std::time::SystemTime;

use cookie::{Cookie, CookieJar, Key};
use cookie_rules::{Api, Jar, Request, SameSiteContext};
use lock_it_down::app;
use probe::{Apart, LogIns, Passed, Reply, Server, get, post, seed};

/// The name that the cookie should have, and the one that it had.
const NAMES: &[&str] = &["__Host-lock_it_down", "lock_it_down"];
const SITE: &str = "https://shop.example";
const LOCAL: &str = "http://localhost:3104";

/// A browser: it stores and sends cookies as RFC 6265bis says.
struct Browser {
    server: Server,
    jar: Jar,
    /// What the server answered to the log-in, and what the browser ignored of it.
    log_in: String,
}

impl Browser {
    /// A browser in which Ada has logged in at `site`.
    fn logged_in_at(site: &str) -> Self {
        let server = Server::of(app(Key::generate()));
        let mut browser = Self { server, jar: Jar::new(), log_in: String::new() };
        let log_in = post("/login", &[("username", "Ada")]);
        browser.log_in = browser.send(&request("POST", site, "/login"), log_in).1;
        browser
    }

    /// Sends a request to `sent`; gives the answer, and shows it.
    fn send(&mut self, sent: &Request, request: probe::Request) -> (Reply, String) {
        let cookies = self.jar.cookie_header(sent, SystemTime::now());
        let request = if cookies.is_empty() { request } else { request.cookie(cookies) };
        let reply = self.server.send(request);
        let mut shown = reply.to_string();
        for line in reply.set_cookies() {
            let stored = self.jar.store(line.as_bytes(), sent, SystemTime::now());
            if stored.reason().is_some() {
                shown.push_str(&format!("! The browser: {stored}\n"));
            }
        }
        (reply, shown)
    }

    fn visit(&mut self, site: &str) -> Reply {
        self.send(&request("GET", site, "/"), get("/")).0
    }

    /// What somebody gets who sees this request must open nothing, whatever the cookies in it are called.
    fn must_not_give_away(&self, request: &Request, expected: &str) {
        for cookie in self.jar.sent(request, SystemTime::now()) {
            let [name, value] =
                [&cookie.name, &cookie.value].map(|part| String::from_utf8_lossy(part));
            for name in NAMES.iter().copied().chain([&*name]) {
                let reply = self.server.send(get("/").cookie(format!("{name}={value}")));
                assert!(
                    !reply.page().says("Logged in as Ada"),
                    "{expected} `{}` holds it.\n\n{}",
                    String::from_utf8_lossy(&cookie.name),
                    self.log_in
                );
            }
        }
    }
}

fn request(method: &str, site: &str, path: &str) -> Request {
    Request::new(method, &format!("{site}{path}")).expect("the addresses of this file are URLs")
}

fn ours(name: &[u8]) -> bool {
    NAMES.iter().any(|ours| ours.as_bytes() == name)
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn the_browser_stores_it_and_sends_it_back() -> Passed {
    for site in [SITE, LOCAL] {
        let mut browser = Browser::logged_in_at(site);
        let reply = browser.visit(site);
        assert!(
            reply.page().says("Logged in as Ada"),
            "Expected \"Logged in as Ada\" on the next page of {site}: the browser has to store the cookie and send it back.\n\n\
             The log-in. {}\nNow. {}",
            browser.log_in,
            reply.with_text("Logged in as")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_script_cannot_read_it() -> Passed {
    Browser::logged_in_at(SITE).must_not_give_away(
        &request("GET", SITE, "/").with_api(Api::Script),
        "Expected `document.cookie` to hide the log-in from scripts: a script in the page can send it anywhere.",
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn it_does_not_travel_in_the_clear() -> Passed {
    Browser::logged_in_at(SITE).must_not_give_away(
        &request("GET", "http://shop.example", "/"),
        "Expected the browser to keep the log-in back from http://shop.example: without TLS, everybody on the way can read it.",
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn another_sites_form_does_not_carry_it() -> Passed {
    let browser = Browser::logged_in_at(SITE);
    for cause in [SameSiteContext::CrossSiteUnsafeNavigation, SameSiteContext::CrossSite] {
        browser.must_not_give_away(
            &request("POST", SITE, "/transfer").with_same_site(cause),
            "Expected a POST that another site's page caused to come without the log-in: whoever visits that page acts at this \
             site, unasked. (Without SameSite, Firefox lets such a form through, and Chromium does for two minutes.)",
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_neighbour_of_the_same_domain_cannot_plant_it() -> Passed {
    let key = Key::generate();
    let server = Server::of(app(key.clone()));
    let mallory = LogIns::at(&server, NAMES).of("Mallory");
    // Mallory has cookies of his own: today's, and one from before your change.
    let mut jar = CookieJar::new();
    jar.signed_mut(&key).add(Cookie::new(NAMES[1], "Mallory"));
    let before: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
    let values = [mallory.value(), before.split_once('=').map_or("", |(_, value)| value)];
    // The last is `__Host-` once it is percent-decoded, and for a browser no such name.
    let others = ["__Secure-lock_it_down", "__Host-lock_it_down2", "__%48ost-lock_it_down"];
    for name in NAMES.iter().copied().chain(others) {
        for value in values {
            let lines = [
                (
                    "https://blog.shop.example",
                    format!("{name}={value}; Domain=shop.example; Path=/; Secure"),
                ),
                (
                    "https://blog.shop.example",
                    format!("={name}={value}; Domain=shop.example; Path=/; Secure; HttpOnly"),
                ),
                ("http://shop.example", format!("{name}={value}; Path=/")),
            ];
            for (from, line) in lines {
                let mut browser = Browser {
                    server: Server::of(app(key.clone())),
                    jar: Jar::new(),
                    log_in: String::new(),
                };
                let planted = browser.jar.store(
                    line.as_bytes(),
                    &request("GET", from, "/"),
                    SystemTime::now(),
                );
                let reply = browser.visit(SITE);
                assert!(
                    !reply.page().says("Logged in as"),
                    "Expected nobody to be logged in by a cookie `{name}`: a neighbour can plant one of that name, and here \
                     did.\n  {from} said Set-Cookie: {line}\n  {planted}\n\nMallory's own log-in. {}\nThen in Ada's browser. {}",
                    mallory.reply,
                    reply.with_text("Logged in as")
                );
            }
        }
    }
    assert!(
        mallory.pair.starts_with("__Host-lock_it_down="),
        "Expected the cookie to be called `__Host-lock_it_down`.\n\n{}",
        mallory.reply
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn logging_out_deletes_it_and_no_other() -> Passed {
    for site in [SITE, LOCAL] {
        let mut browser = Browser::logged_in_at(site);
        let home = request("GET", site, "/");
        let others = ["theme=dark; Path=/", "__Host-other=1; Path=/; Secure"];
        for line in others {
            browser.jar.store(line.as_bytes(), &home, SystemTime::now());
        }
        let (_, shown) = browser.send(&request("POST", site, "/logout"), post("/logout", &[]));
        assert!(
            !browser.jar.cookies().any(|cookie| ours(&cookie.name)),
            "Expected the log-out to delete the cookie, and the browser still has it: a line that deletes must keep what the \
             name promises, or the browser ignores it.\n\n{shown}"
        );
        let kept: Vec<_> = browser.jar.cookies().map(cookie_rules::Cookie::pair).collect();
        for line in others {
            assert!(
                kept.iter().any(|pair| line.as_bytes().starts_with(pair)),
                "Expected the log-out to leave other cookies alone. The browser had `{line}` and has it no more.\n\n{shown}"
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn logging_in_and_out_lead_to_a_page() -> Passed {
    let server = Server::of(app(Key::generate()));
    LogIns::at(&server, NAMES).must_lead_on(&["/login", "/logout"]);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_name_is_shown_whole_and_as_text() -> Passed {
    let server = Server::of(app(Key::generate()));
    LogIns::at(&server, NAMES).must_show_whole_names_as_text();
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_cookie_that_nobody_signed_logs_nobody_in() -> Passed {
    let (server, other_key) = (Server::of(app(Key::generate())), Server::of(app(Key::generate())));
    LogIns::at(&server, NAMES).must_believe_no_edited_cookie(&other_key);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn other_cookies_do_no_harm() -> Passed {
    let server = Server::of(app(Key::generate()));
    LogIns::at(&server, NAMES).must_find_its_cookie_among_strangers();
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_restart_with_the_same_key_logs_nobody_out() -> Passed {
    let app = Apart::of(|| app(Key::from(&seed("key"))));
    let ada = LogIns::at(&app.start(), NAMES).of("Ada");
    let server = app.start();
    let why = "the server was started again with the same key, and it keeps no list.";
    LogIns::at(&server, NAMES).must_know(&ada, &ada.pair, why);
    Passed
}
