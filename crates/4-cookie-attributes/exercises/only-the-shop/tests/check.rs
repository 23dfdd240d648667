//! The check of `only-the-shop`: a browser by the rules of RFC 6265bis walks through the site.

use std::time::SystemTime;

use cookie_rules::{Jar, Outcome, Request};
use only_the_shop::app;
use probe::{Reply, Server, get, post};

const NAME: &str = "only_the_shop";

/// A browser: it stores and sends cookies as RFC 6265bis says.
struct Browser {
    server: Server,
    jar: Jar,
}

impl Browser {
    fn new() -> Self {
        Self { server: Server::of(app()), jar: Jar::new() }
    }

    fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, get(path))
    }

    fn post(&mut self, path: &str) -> Reply {
        self.send("POST", path, post(path, &[]))
    }

    fn send(&mut self, method: &str, path: &str, request: probe::Request) -> Reply {
        let now = SystemTime::now();
        let sent = self.request(method, path);
        let cookies = self.jar.cookie_header(&sent, now);
        let request = if cookies.is_empty() { request } else { request.cookie(cookies) };
        let reply = self.server.send(request);
        for line in reply.set_cookies() {
            self.jar.store(line.as_bytes(), &sent, now);
        }
        reply
    }

    fn request(&self, method: &str, path: &str) -> Request {
        Request::new(method, &self.server.url(path)).expect("the server's own address is a URL")
    }

    /// Why the cart does not go to this page; `None` where it does.
    fn held_back(&self, path: &str) -> Option<String> {
        let decisions = self.jar.predict(&self.request("GET", path), SystemTime::now());
        let mut ours = decisions.iter().filter(|decision| decision.cookie.name == NAME.as_bytes());
        if ours.clone().any(|decision| decision.outcome == Outcome::Sent) {
            return None;
        }
        Some(match ours.next().map(|decision| &decision.outcome) {
            Some(Outcome::Withheld(reason) | Outcome::Gone(reason)) => reason.to_string(),
            _ => "the browser has no such cookie".to_owned(),
        })
    }

    /// How many carts the browser keeps.
    fn carts(&self) -> usize {
        self.jar.cookies().filter(|cookie| cookie.name == NAME.as_bytes()).count()
    }
}

/// A browser with one thing in the cart, and what the server answered to it.
fn with_a_cart() -> (Browser, Reply) {
    let mut browser = Browser::new();
    let reply = browser.post("/shop/cart/add");
    assert!(
        browser.carts() == 1,
        "Expected the browser to keep a cookie `{NAME}` once a thing is in the cart.\n\n{reply}"
    );
    (browser, reply)
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn things_in_the_cart_are_counted() {
    let (mut browser, _) = with_a_cart();
    for things in 2..=4 {
        browser.post("/shop/cart/add");
        let reply = browser.get("/shop/cart");
        assert!(
            reply.text().contains(&format!("{things} in the cart")),
            "Expected \"{things} in the cart\" on /shop/cart, after as many were put there.\n\n{reply}"
        );
    }
    assert!(
        browser.carts() == 1,
        "Expected one cart, however often something is added.\n\n{}",
        browser.get("/shop/cart")
    );
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn the_shop_and_all_below_it_get_the_cart() {
    let (browser, reply) = with_a_cart();
    for path in [
        "/shop",
        "/shop/",
        "/shop/cart",
        "/shop/cart/add",
        "/shop/cart/empty",
        "/shop/tea/green",
        "/shop/x",
    ] {
        if let Some(reason) = browser.held_back(path) {
            panic!(
                "Expected {path} to get the cart, and the browser holds it back. {reason}\n\n{reply}"
            );
        }
    }
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn no_other_page_gets_the_cart() {
    let (mut browser, reply) = with_a_cart();
    for path in ["/", "/shopping", "/admin", "/shops/tea", "/Shop", "/admin/shop"] {
        assert!(
            browser.held_back(path).is_some(),
            "Expected the cart to go to the shop alone, and the browser sends it to {path} too.\n\n{reply}"
        );
    }
    let reply = browser.get("/shopping");
    assert!(
        reply.text().contains("No cart came"),
        "Expected /shopping to say \"No cart came\": the browser sent none.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn an_emptied_cart_is_gone_from_the_browser() {
    let (mut browser, _) = with_a_cart();
    let reply = browser.post("/shop/cart/empty");
    assert!(
        browser.carts() == 0,
        "Expected the browser to have no cookie `{NAME}` any more: the cart was emptied. To a browser, a deletion is about the \
         cookie of the same name *and path*.\n\n{reply}"
    );
    browser.post("/shop/cart/add");
    let reply = browser.get("/shop/cart");
    assert!(
        browser.carts() == 1 && reply.text().contains("1 in the cart"),
        "Expected one cart with one thing in it, after it was emptied and filled again.\n\n{reply}"
    );
}
