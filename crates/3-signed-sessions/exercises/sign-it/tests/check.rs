//! The check of `sign-it`: logs in, then comes back with cookies that this server did not write.

use std::{collections::HashMap, time::Duration};

use cookie::Key;
use probe::{
    Apart, Browser, Clock, MARKUP, Passed, Reply, Server, TYPED, Visit, byte_strangers, excerpt,
    extrapolate, forge, get, in_a_page, seed, splice, strangers, tamper,
};
use sign_it::app;

const NAME: &str = "sign_it";

/// A server with a key of its own.
fn server() -> Server {
    Server::of(app(Key::generate()))
}

/// Logs in; returns the cookie's value, and what crossed the wire.
fn log_in(browser: &mut Browser, server: &Server, username: &str) -> (String, Visit) {
    let visit = browser.post(&server.url("/login"), &[("username", username)]);
    let Some(value) = browser.value(NAME) else {
        panic!("Expected the log-in of {username:?} to set the cookie `{NAME}`.\n\n{visit}");
    };
    (value, visit)
}

/// The value of the cookie of somebody who logs in with a new browser.
fn value(server: &Server, username: &str) -> String {
    log_in(&mut Browser::new(), server, username).0
}

/// Comes back with this alone in the cookie.
fn back_with(server: &Server, value: &str) -> Reply {
    server.send(get("/").cookie(format!("{NAME}={value}")))
}

/// The page must know this name, whole. The cause may be in the log-in.
fn must_know(reply: &Reply, name: &str, why: &str, log_in: &Visit) {
    let words = format!("Logged in as {}", in_a_page(name));
    assert!(
        reply.page().says(&words),
        "Expected the page to say {:?}. {why}\n\nThe log-in. {}\nThe page. {}",
        excerpt(&words, ""),
        log_in.first(),
        reply.with_text("Logged in as")
    );
}

/// Comes back with this value, and must be nobody.
fn must_be_nobody(server: &Server, value: &str, what: &str) {
    let reply = back_with(server, value);
    assert!(
        !reply.page().says("Logged in as"),
        "Expected {what} to log nobody in. The server may believe only what it wrote itself, and it believes this.\n\n{}",
        reply.with_text("Logged in as")
    );
    assert!(
        reply.status == 200 && reply.page().says("You are not logged in"),
        "Expected {what} to be no error: 200, and \"You are not logged in\".\n\n{}",
        reply.with_text("You are not logged in")
    );
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_whole_name_is_remembered() -> Passed {
    let server = server();
    let long = "Ada Lovelace, née Byron. ".repeat(12);
    let unbroken = "\u{a0}Ada\u{a0}";
    let typed = TYPED.into_iter().filter(|typed| *typed != MARKUP);
    for name in typed.chain([unbroken, "=%41\"", "Ada.Eve|Bob:1--x", &*long]) {
        let (value, visit) = log_in(&mut Browser::new(), &server, name);
        let why = "That is the name, and its cookie came back as the server set it.";
        must_know(&back_with(&server, &value), name, why, &visit);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_name_is_text_of_the_page() -> Passed {
    let server = server();
    let harmless = back_with(&server, &value(&server, "Ada")).page();
    let (value, visit) = log_in(&mut Browser::new(), &server, MARKUP);
    let reply = back_with(&server, &value);
    if let Some(markup) = reply.page().foreign_markup(&harmless) {
        panic!(
            "Expected a name with `<` in it as text. The page has {markup}.\n\n{}",
            reply.with_text("Logged in as")
        );
    }
    must_know(&reply, MARKUP, "That is the name, as text.", &visit);
    let (value, visit) = log_in(&mut Browser::new(), &server, "&lt;Ada&gt;");
    let why = "That was typed, ampersands and all.";
    must_know(&back_with(&server, &value), "&lt;Ada&gt;", why, &visit);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn other_cookies_do_no_harm() -> Passed {
    let server = server();
    let (value, visit) = log_in(&mut Browser::new(), &server, "Ada");
    let pair = format!("{NAME}={value}");
    for (what, header) in strangers(&pair).into_iter().chain(byte_strangers(&pair)) {
        let why = format!("Her cookie came back, and another with it: {what}.");
        must_know(&server.send(get("/").cookie(header)), "Ada", &why, &visit);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_restart_with_the_same_key_keeps_the_log_in() -> Passed {
    let app = Apart::of(|| app(Key::from(&seed("key"))));
    let (value, visit) = log_in(&mut Browser::new(), &app.start(), "Ada");
    let why = "The server was started again with the same key, and it keeps no list.";
    must_know(&back_with(&app.start(), &value), "Ada", why, &visit);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_log_in_lasts() -> Passed {
    let server = server();
    // From now on: `Expires` comes from the machine's clock.
    let clock = Clock::real();
    clock.set(clock.now());
    let mut browser = Browser::with_clock(&clock);
    let (_, visit) = log_in(&mut browser, &server, "Ada");
    clock.forward(Duration::from_secs(1799));
    assert!(
        browser.cookie(NAME).is_some(),
        "Expected the log-in to last half an hour at least. The browser drops the cookie `{NAME}` before.\n\n{visit}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn the_forms_lead_to_the_first_page() -> Passed {
    let server = server();
    let mut browser = Browser::new();
    for (path, fields, words) in [
        ("/login", &[("username", "Ada")][..], "Logged in as Ada"),
        ("/logout", &[], "You are not logged in"),
    ] {
        let visit = browser.post(&server.url(path), fields);
        let first = visit.first();
        assert!(
            first.status == 303 && visit.last().status == 200 && visit.address().path() == "/",
            "Expected POST {path} to answer 303 with a Location that leads to `/`.\n\n{visit}"
        );
        assert!(
            visit.says(words),
            "Expected {words:?} after POST {path}.\n\n{}",
            visit.with_text(words)
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn logging_out_deletes_the_cookie_and_no_other() -> Passed {
    let server = server();
    let mut browser = Browser::new();
    browser.plant(&server.url("/"), "theme=dark; Path=/");
    log_in(&mut browser, &server, "Ada");
    let visit = browser.post(&server.url("/logout"), &[]);
    assert!(
        browser.cookie(NAME).is_none(),
        "Expected the log-out to delete the cookie `{NAME}`. The browser has it still.\n\n{visit}"
    );
    assert!(
        browser.cookie("theme").is_some() && visit.first().header("Clear-Site-Data").is_none(),
        "Expected the log-out to leave the cookie `theme` alone. It isn't ours.\n\n{visit}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn an_edited_cookie_logs_nobody_in() -> Passed {
    let server = server();
    for value in ["Bob", "\"Bob\"", ".Bob", "=Bob", "", "username=Bob"] {
        must_be_nobody(&server, value, &format!("a cookie written by hand, {value:?},"));
    }
    let value = value(&server, "Ada");
    for name in ["Bob", "aDA", "Adam", "Ad", "Eve Lovelace"] {
        for forged in forge(&value, "Ada", name) {
            must_be_nobody(&server, &forged, &format!("Ada's cookie with {name:?} for her name"));
        }
    }
    for edited in tamper(&value).into_iter().chain([format!("{value}x"), format!("x{value}")]) {
        must_be_nobody(&server, &edited, "a cookie with one changed character, or cut short,");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn two_cookies_put_together_log_nobody_in() -> Passed {
    let server = server();
    for mixed in splice(&value(&server, "Ada"), &value(&server, "Eve")) {
        must_be_nobody(&server, &mixed, "the start of one cookie with the end of another");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_cookie_computed_from_others_logs_nobody_in() -> Passed {
    let server = server();
    let [start, changed, other] = ["tomp", "tomr", "zuyp"].map(|username| value(&server, username));
    for computed in extrapolate(&start, &changed, &other) {
        let what = "a cookie that anybody can compute, without the key, from those of tomp, tomr and zuyp,";
        must_be_nobody(&server, &computed, what);
    }
    // Names between which well-known sums see no difference: with factor 31, with factor 33, and 64 bits of FNV-1a.
    for (one, other) in
        [("Aa", "BB"), ("Ab", "BA"), ("8yn0iYCKYHlIj4-BwPqk", "GReLUrM4wMqfg9yzV3KQ")]
    {
        for forged in forge(&value(&server, one), one, other) {
            let what = format!("the cookie of {one:?} with {other:?} for the name");
            must_be_nobody(&server, &forged, &what);
        }
    }
    // And a thousand names, among which a short signature can't but come twice.
    let mut signed = HashMap::new();
    for number in 0..1000 {
        let name = format!("visitor{number:03}");
        let value = value(&server, &name);
        for rest in forge(&value, &name, "VISITORXXX") {
            if let Some(earlier) = signed.insert(rest, name.clone()) {
                panic!(
                    "Expected a signature of its own for each name. That of {earlier} fits {name} too: it is so short that it \
                     is found by trying.\n\n{}",
                    back_with(&server, &value)
                );
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn another_servers_cookie_logs_nobody_in() -> Passed {
    let key = seed("key");
    let value = value(&Server::of(app(Key::from(&key))), "Ada");
    must_be_nobody(&server(), &value, "a cookie from a server with another key");
    // A cookie's key signs with its first half and encrypts with its second.
    for at in 0..32 {
        let mut other = key;
        (other[at], other[at + 32]) = (!key[at], key[at + 32] ^ 1);
        let server = Server::of(app(Key::from(&other)));
        must_be_nobody(&server, &value, "a cookie from a server whose key differs in a byte");
    }
    Passed
}
