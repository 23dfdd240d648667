//! The check of `lock-it-down`: a browser by the rules of RFC 6265bis logs in at `https://shop.example`, and four attackers try
//! their doors. The answers come from the server, the address from us: the browser's rules look at nothing else.

use std::time::SystemTime;

use cookie::Key;
use cookie_rules::{Api, Jar, Request, SameSiteContext};
use lock_it_down::app;
use probe::{Reply, Server, get, post};

/// The end of the cookie's name: a prefix may stand before it.
const NAME: &str = "lock_it_down";
const SITE: &str = "https://shop.example";

/// A browser: it stores and sends cookies as RFC 6265bis says.
struct Browser {
    server: Server,
    jar: Jar,
    /// What the server answered to the log-in.
    log_in: String,
}

impl Browser {
    /// A browser that has logged in at `site`.
    fn logged_in_at(site: &str) -> Self {
        let server = Server::of(app(Key::generate()));
        let mut browser = Self { server, jar: Jar::new(), log_in: String::new() };
        let log_in = post("/login", &[("username", "Ada")]);
        let reply = browser.send(&request("POST", site, "/login"), log_in);
        browser.log_in = reply.to_string();
        let kept = browser.jar.cookies().filter(|cookie| is_ours(&cookie.name)).count();
        let refused: String = reply
            .set_cookies()
            .iter()
            .map(|line| {
                Jar::new()
                    .store(line.as_bytes(), &request("POST", site, "/login"), now())
                    .to_string()
            })
            .collect();
        assert!(
            kept == 1,
            "Expected the browser to store the log-in's cookie at {site}. The rules say: {refused}\n\n{reply}"
        );
        browser
    }

    fn send(&mut self, sent: &Request, request: probe::Request) -> Reply {
        let cookies = self.jar.cookie_header(sent, now());
        let request = if cookies.is_empty() { request } else { request.cookie(cookies) };
        let reply = self.server.send(request);
        for line in reply.set_cookies() {
            self.jar.store(line.as_bytes(), sent, now());
        }
        reply
    }

    /// Whether the log-in's cookie goes with this request.
    fn carries(&self, request: &Request) -> bool {
        self.jar.sent(request, now()).iter().any(|cookie| is_ours(&cookie.name))
    }
}

fn is_ours(name: &[u8]) -> bool {
    name.ends_with(NAME.as_bytes())
}

fn now() -> SystemTime {
    SystemTime::now()
}

fn request(method: &str, site: &str, path: &str) -> Request {
    Request::new(method, &format!("{site}{path}")).expect("the addresses of this file are URLs")
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn the_browser_stores_it_and_sends_it_back() {
    for site in [SITE, "http://localhost:3104"] {
        let mut browser = Browser::logged_in_at(site);
        let reply = browser.send(&request("GET", site, "/"), get("/"));
        assert!(
            reply.text().contains("Logged in as Ada"),
            "Expected \"Logged in as Ada\" on the next page of {site}.\n\nThe log-in. {}\nNow. {reply}",
            browser.log_in
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_script_cannot_read_it() {
    let browser = Browser::logged_in_at(SITE);
    assert!(
        !browser.carries(&request("GET", SITE, "/").with_api(Api::Script)),
        "Expected `document.cookie` to hide the log-in from scripts, and it shows it: a script in the page can send it \
         anywhere.\n\n{}",
        browser.log_in
    );
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn it_does_not_travel_in_the_clear() {
    let browser = Browser::logged_in_at(SITE);
    assert!(
        !browser.carries(&request("GET", "http://shop.example", "/")),
        "Expected the browser to keep the log-in back from http://shop.example: without TLS, everybody on the way can read \
         it.\n\n{}",
        browser.log_in
    );
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn another_sites_form_does_not_carry_it() {
    let browser = Browser::logged_in_at(SITE);
    for cause in [SameSiteContext::CrossSiteUnsafeNavigation, SameSiteContext::CrossSite] {
        assert!(
            !browser.carries(&request("POST", SITE, "/transfer").with_same_site(cause)),
            "Expected a POST that another site's page caused to come without the log-in. Whoever visits that page acts at \
             this site, unasked. (Without SameSite, browsers let such a form through for two minutes.)\n\n{}",
            browser.log_in
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn a_neighbour_of_the_same_domain_cannot_plant_it() {
    let mut browser = Browser::logged_in_at(SITE);
    let name = browser
        .jar
        .cookies()
        .find(|cookie| is_ours(&cookie.name))
        .map(|cookie| cookie.name.clone());
    let name = String::from_utf8_lossy(&name.unwrap_or_default()).into_owned();
    let plants = [
        (
            "https://blog.shop.example",
            format!("{name}=planted; Domain=shop.example; Path=/; Secure"),
        ),
        (
            "https://blog.shop.example",
            format!("{name}=planted; Domain=shop.example; Path=/account; Secure; HttpOnly"),
        ),
        ("http://shop.example", format!("{name}=planted; Path=/account")),
    ];
    for (from, line) in plants {
        let stored = browser.jar.store(line.as_bytes(), &request("GET", from, "/"), now());
        assert!(
            browser.jar.cookies().all(|cookie| cookie.value != b"planted"),
            "Expected the browser to refuse this line from {from}: your name for the cookie must be one that nobody but \
             {SITE} itself can set.\n  Set-Cookie: {line}\nThe rules say: {stored}\n\n{}",
            browser.log_in
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check lock-it-down"]
fn logging_out_deletes_it() {
    for site in [SITE, "http://localhost:3104"] {
        let mut browser = Browser::logged_in_at(site);
        let reply = browser.send(&request("POST", site, "/logout"), post("/logout", &[]));
        assert!(
            browser.jar.is_empty(),
            "Expected the log-out to delete the cookie, and the browser still has it: a line that deletes must keep what the \
             name promises, or the browser ignores it.\n\n{reply}"
        );
    }
}
