//! The check of `only-the-shop`: a browser by the rules of RFC 6265bis walks through the site.

use only_the_shop::app;
use probe::{
    Apart, Browser, MARKUP, Passed, Reply, Server, Visit, byte_strangers, encode, get, post,
    strangers,
};

const NAME: &str = "only_the_shop";
const ADD: &str = "/shop/cart/add";
const EMPTY: &str = "/shop/cart/empty";
/// The pages of the shop, and the others.
const SHOP: [&str; 4] = ["/shop", "/shop/", "/shop/cart", "/shop/tea/green"];
const OTHERS: [&str; 3] = ["/", "/shopping", "/admin"];

/// How many carts the browser keeps.
fn carts(browser: &Browser) -> usize {
    browser.cookies().iter().filter(|cookie| cookie.name == NAME.as_bytes()).count()
}

/// Puts one thing into the cart.
fn add(browser: &mut Browser, server: &Server) -> Visit {
    let visit = browser.post(&server.url(ADD), &[]);
    assert!(
        carts(browser) == 1,
        "Expected the browser to keep one cookie `{NAME}` once a thing is in the cart. It keeps {}.\n\n{visit}",
        carts(browser)
    );
    visit
}

/// The number of things that a page says to be in the cart; `None` where it says that no cart came.
fn said(reply: &Reply) -> Option<u128> {
    let text = reply.page().text();
    let number = |(at, _): (usize, &str)| text[..at].rsplit(' ').next()?.parse().ok();
    match text.match_indices(" in the cart").find_map(number) {
        Some(number) if reply.status == 200 => Some(number),
        None if reply.status == 200 && text.contains("No cart came") => None,
        _ => panic!(
            "Expected every page to say \"N in the cart\" or \"No cart came\". {} says neither, and answers {}.\n\n{}",
            reply.address().path(),
            reply.status,
            reply.with_text("in the cart")
        ),
    }
}

/// The page must say this number; the cause may be in what was done before.
fn must_say(reply: &Reply, things: Option<u128>, why: &str, before: &dyn std::fmt::Display) {
    let words = |things| match things {
        Some(things) => format!("{things} in the cart"),
        None => "No cart came".to_owned(),
    };
    let said = said(reply);
    assert!(
        said == things,
        "Expected {} to say {:?}, and it says {:?}. {why}\n\nBefore. {before}\nThe page. {}",
        reply.address().path(),
        words(things),
        words(said),
        reply.with_text("in the cart")
    );
}

/// The cart that the server sets, `name=value`, and the answer that sets it.
fn cart(server: &Server, things: usize) -> (String, Visit) {
    let mut browser = Browser::new();
    let visit = (0..things).map(|_| add(&mut browser, server)).last();
    let Some(visit) = visit else { panic!("a cart with nothing in it is none") };
    (format!("{NAME}={}", browser.value(NAME).unwrap_or_default()), visit)
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn each_browser_has_a_cart_of_its_own() -> Passed {
    let server = Server::of(app());
    let (mut ada, mut bob) = (Browser::new(), Browser::new());
    for things in 1..=12 {
        add(&mut ada, &server);
        if things <= 3 {
            add(&mut bob, &server);
        }
    }
    for (browser, things) in [(&mut ada, 12), (&mut bob, 3)] {
        let before = browser.visit().clone();
        let visit = browser.open(&server.url("/shop/cart"));
        must_say(
            visit.last(),
            Some(things),
            "That many were put into this browser's cart.",
            &before,
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn a_cart_outlives_a_restart_of_the_server() -> Passed {
    let app = Apart::of(app);
    let (cart, visit) = cart(&app.start(), 3);
    let server = app.start();
    let reply = server.send(get("/shop/cart").cookie(cart));
    let why =
        "The server was started again. The number is in the cookie, and the server keeps none.";
    must_say(&reply, Some(3), why, visit.first());
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn every_page_says_what_came() -> Passed {
    let server = Server::of(app());
    let (cart, visit) = cart(&server, 2);
    for path in SHOP.into_iter().chain(OTHERS) {
        let why = "The browser sent no cart.";
        must_say(&server.send(get(path)), None, why, &"Nothing was put into a cart.\n");
    }
    for path in SHOP {
        let reply = server.send(get(path).cookie(&cart));
        must_say(&reply, Some(2), "That cart came with the request.", visit.first());
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn the_shop_and_all_below_it_get_the_cart() -> Passed {
    let server = Server::of(app());
    let mut browser = Browser::new();
    let visit = add(&mut browser, &server);
    for path in SHOP.into_iter().chain([ADD, EMPTY, "/shop/x", "/shop/tea/black/"]) {
        let path_of_it = browser.cookie(NAME).map(|cookie| cookie.path).unwrap_or_default();
        assert!(
            sends(&browser, &server, path),
            "Expected {path} to get the cart. The browser holds it back, for the cookie's path is `{path_of_it}`.\n\n{}",
            visit.first()
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn no_other_page_gets_the_cart() -> Passed {
    let server = Server::of(app());
    let mut browser = Browser::new();
    let visit = add(&mut browser, &server);
    for path in OTHERS.into_iter().chain(SHOP) {
        browser.open(&server.url(path));
    }
    for path in OTHERS.into_iter().chain(["/shops/tea", "/Shop", "/shop2", "/admin/shop"]) {
        assert!(
            !sends(&browser, &server, path),
            "Expected the cart to go to the shop alone, and the browser sends it to {path} too.\n\n{}",
            visit.first()
        );
        let before = browser.cookie_header(&server.url(path));
        let visit = add(&mut browser, &server);
        assert!(
            browser.cookie_header(&server.url(path)) == before,
            "Expected that {path} can't know what is in the cart. One more thing is in it, and the browser sends other cookies \
             there than before.\n\n{}",
            visit.first()
        );
    }
    Passed
}

/// Whether the browser sends the cart to this path.
fn sends(browser: &Browser, server: &Server, path: &str) -> bool {
    let header = browser.cookie_header(&server.url(path));
    let start = format!("{NAME}=");
    String::from_utf8_lossy(&header).split("; ").any(|pair| pair.starts_with(&start))
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn an_emptied_cart_is_gone_from_the_browser() -> Passed {
    let server = Server::of(app());
    let mut browser = Browser::new();
    for things in [1, 3] {
        for _ in 0..things {
            add(&mut browser, &server);
        }
        let visit = browser.post(&server.url(EMPTY), &[]);
        assert!(
            carts(&browser) == 0,
            "Expected the browser to have no cookie `{NAME}` any more: the cart was emptied. To a browser, a deletion is about \
             the cookie of the same name *and path*.\n\n{}",
            visit.first()
        );
        let page = browser.open(&server.url("/shop/cart"));
        must_say(page.last(), None, "The cart was emptied.", visit.first());
        let visit = add(&mut browser, &server);
        let page = browser.open(&server.url("/shop/cart"));
        must_say(page.last(), Some(1), "The cart was emptied and filled again.", visit.first());
        browser.post(&server.url(EMPTY), &[]);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn adding_and_emptying_lead_to_a_page() -> Passed {
    let server = Server::of(app());
    let mut browser = Browser::new();
    for path in [ADD, EMPTY] {
        browser.post(&server.url(path), &[]).must_lead_on();
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn other_cookies_do_no_harm_and_stay() -> Passed {
    let server = Server::of(app());
    let (cart, visit) = cart(&server, 2);
    for (what, header) in strangers(&cart).into_iter().chain(byte_strangers(&cart)) {
        let why = format!("Another cookie came along: {what}.");
        let reply = server.send(get("/shop/cart").cookie(header));
        must_say(&reply, Some(2), &why, visit.first());
    }
    let mut browser = Browser::new();
    let lines = ["theme=dark; Path=/", "seen=tea; Path=/shop", "only_the_shop_too=1; Path=/shop"];
    for line in lines {
        browser.plant(&server.url("/"), line);
    }
    for path in [ADD, EMPTY] {
        let visit = browser.post(&server.url(path), &[]);
        let kept = browser.cookies();
        let clears = visit.first().header("Clear-Site-Data").is_some();
        for line in lines {
            assert!(
                !clears && kept.iter().any(|cookie| line.as_bytes().starts_with(&cookie.pair())),
                "Expected POST {path} to leave other people's cookies alone. The browser had `{line}` and has it no more.\n\n{}",
                visit.first()
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check only-the-shop"]
fn what_is_no_number_is_no_cart() -> Passed {
    let server = Server::of(app());
    let markup = encode(MARKUP);
    let none = server.send(get("/shop")).page();
    let some = server.send(get("/shop").cookie(cart(&server, 1).0)).page();
    for value in
        ["", "x", "-1", "1 0", "1e3", "99999999999999999999", "4294967295", "%", MARKUP, &markup]
    {
        let cookie = format!("{NAME}={value}");
        let reply = server.send(get("/shop").cookie(&cookie));
        said(&reply);
        let page = reply.page();
        if let (Some(markup), Some(_)) = (page.foreign_markup(&none), page.foreign_markup(&some)) {
            panic!(
                "Expected that a cookie can't write HTML into the page. The page has {markup}.\n\n{reply}"
            );
        }
        let reply = server.send(post(ADD, &[]).cookie(&cookie));
        assert!(
            reply.pair(NAME).is_some(),
            "Expected POST {ADD} to set the cookie `{NAME}`, whatever is in the one that came.\n\n{reply}"
        );
    }
    Passed
}
