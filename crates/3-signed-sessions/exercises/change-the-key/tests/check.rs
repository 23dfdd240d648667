//! The check of `change-the-key`: starts the server again and again, with keys that come and go.

use std::time::{Duration, SystemTime};

use change_the_key::{Keys, app};
use cookie::Key;
use probe::{
    Apart, Browser, MARKUP, Passed, Server, TYPED, Visit, byte_strangers, excerpt, forge, get,
    in_a_page, seed, splice, strangers, tamper,
};

const NAME: &str = "change_the_key";

/// A server with the key of this name, and with these on their way out.
fn server(key: &str, fallbacks: &[&str]) -> Server {
    Server::of(app(keys(key, fallbacks)))
}

fn keys(key: &str, fallbacks: &[&str]) -> Keys {
    let key_of = |name: &str| Key::from(&seed(name));
    Keys { key: key_of(key), fallbacks: fallbacks.iter().map(|name| key_of(name)).collect() }
}

/// Names with all that means something to a cookie, a header or a page, but for markup.
fn names() -> Vec<String> {
    let typed = TYPED.into_iter().filter(|typed| *typed != MARKUP).map(str::to_owned);
    let long = "Ada Lovelace, née Byron. ".repeat(12);
    typed.chain(["\u{a0}Ada\u{a0}", "=%41\"", &long].map(str::to_owned)).collect()
}

/// A browser that has logged in there, and what crossed the wire. On this machine ports don't separate cookies: it takes its
/// log-in along to each server.
fn logged_in(server: &Server, username: &str) -> (Browser, Visit) {
    let mut browser = Browser::new();
    let visit = browser.post(&server.url("/login"), &[("username", username)]);
    assert!(
        browser.cookie(NAME).is_some(),
        "Expected the log-in of {:?} to set the cookie `{NAME}`.\n\n{visit}",
        excerpt(username, "")
    );
    (browser, visit)
}

/// Another browser, with a copy of the log-in.
fn copy(browser: &Browser) -> Browser {
    let copy = Browser::new();
    let value = browser.value(NAME).unwrap_or_default();
    copy.plant("http://localhost/", format!("{NAME}={value}; Path=/"));
    copy
}

/// Visits the first page, and must be known there, by the whole name. `cause` is where the cookie came from.
fn must_know(
    browser: &mut Browser,
    server: &Server,
    name: &str,
    why: &str,
    cause: &Visit,
) -> Visit {
    let visit = browser.open(&server.url("/"));
    let words = format!("Logged in as {}", in_a_page(name));
    assert!(
        visit.says(&words),
        "Expected the page to say {:?}. {why}\n\nBefore. {}\nNow. {}",
        excerpt(&words, ""),
        cause.first(),
        visit.with_text("Logged in as")
    );
    visit
}

/// Visits the first page, and must be nobody there.
fn must_be_nobody(browser: &mut Browser, server: &Server, why: &str) {
    let visit = browser.open(&server.url("/"));
    assert!(
        visit.says("You are not logged in") && !visit.says("Logged in as"),
        "Expected \"You are not logged in\". {why}\n\n{}",
        visit.with_text("Logged in as")
    );
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_log_in_leads_to_the_first_page() -> Passed {
    let server = server("new", &["old"]);
    let (_, visit) = logged_in(&server, "Ada");
    assert!(
        visit.first().status == 303 && visit.last().status == 200 && visit.address().path() == "/",
        "Expected POST /login to answer 303 with a Location that leads to `/`.\n\n{visit}"
    );
    must_be_nobody(&mut Browser::new(), &server, "This browser has no cookie.");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_name_is_text_of_the_page() -> Passed {
    let (before, after) = (server("old", &[]), server("new", &["old"]));
    for server in [&before, &after] {
        let harmless = logged_in(&before, "Ada").0.open(&server.url("/")).page();
        let visit = logged_in(&before, MARKUP).0.open(&server.url("/"));
        if let Some(markup) = visit.page().foreign_markup(&harmless) {
            panic!(
                "Expected a name with `<` in it as text. The page has {markup}.\n\n{}",
                visit.with_text("Logged in as")
            );
        }
    }
    let (mut browser, log_in) = logged_in(&before, MARKUP);
    must_know(&mut browser, &before, MARKUP, "That is the name, as text.", &log_in);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn other_cookies_do_no_harm() -> Passed {
    let server = server("new", &["old"]);
    let (browser, log_in) = logged_in(&server, "Ada");
    let pair = format!("{NAME}={}", browser.value(NAME).unwrap_or_default());
    for (what, header) in strangers(&pair).into_iter().chain(byte_strangers(&pair)) {
        let reply = server.send(get("/").cookie(&header));
        assert!(
            reply.page().says("Logged in as Ada"),
            "Expected \"Logged in as Ada\". Another cookie came along: {what}.\n\nThe log-in. {}\nNow. {}",
            log_in.first(),
            reply.with_text("Logged in as")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_restart_with_a_new_key_logs_nobody_out() -> Passed {
    let before = Apart::of(|| app(keys("old", &[])));
    let after = Apart::of(|| app(keys("new", &["old"])));
    let server = before.start();
    let (mut ada, log_in) = logged_in(&server, "Ada");
    drop(server);
    let why = "The server was started again with the same key, and keeps no list.";
    must_know(&mut ada, &before.start(), "Ada", why, &log_in);
    let why = "The server was started again with a new key, the old one is a fallback, and there is no list.";
    let visit = must_know(&mut ada, &after.start(), "Ada", why, &log_in);
    let why = "The server was started again with the same keys, and keeps no list.";
    must_know(&mut ada, &after.start(), "Ada", why, &visit);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn each_fallback_is_believed() -> Passed {
    let keys = ["first", "second", "third", "fourth", "fifth"];
    let reversed = ["fifth", "fourth", "third", "second", "first"];
    let after = [server("new", &keys), server("new", &reversed)];
    for key in keys {
        let (browser, log_in) = logged_in(&server(key, &[]), key);
        let pair = format!("{NAME}={}", browser.value(NAME).unwrap_or_default());
        for server in &after {
            let reply = server.send(get("/").cookie(format!("theme=dark; {pair}; visits=3")));
            assert!(
                reply.page().says(&format!("Logged in as {key}")),
                "Expected \"Logged in as {key}\". One of five fallbacks signed this cookie.\n\nThe log-in. {}\nNow. {}",
                log_in.first(),
                reply.with_text("Logged in as")
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_visit_renews_what_any_fallback_signed() -> Passed {
    let keys = ["first", "second", "third"];
    let (between, after) = (server("new", &keys), server("new", &[]));
    for key in keys {
        let before = server(key, &[]);
        for name in names() {
            let (mut browser, log_in) = logged_in(&before, &name);
            browser.plant(&between.url("/"), "theme=light; Path=/");
            let why = "A fallback signed this cookie.";
            let visit = must_know(&mut browser, &between, &name, why, &log_in);
            let why = "The visit before came after the change of key, and renewed the cookie. Now the old keys are dropped.";
            must_know(&mut browser, &after, &name, why, &visit);
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_renewed_log_in_lasts() -> Passed {
    let (mut browser, log_in) = logged_in(&server("old", &[]), "Ada");
    let expiry = |browser: &Browser| browser.cookie(NAME).and_then(|cookie| cookie.expiry);
    let given = expiry(&browser);
    let visit = browser.open(&server("new", &["old"]).url("/"));
    let minutes = |number: u64| Duration::from_secs(60 * number);
    let lasts = match (given, expiry(&browser)) {
        (None, None) => browser.cookie(NAME).is_some(),
        // It goes when the browser is closed.
        (Some(_), None) => false,
        (Some(given), Some(renewed)) => renewed + minutes(1) >= given,
        // Nobody knows when a browser is closed. A day is as good.
        (None, Some(renewed)) => renewed + minutes(1) >= SystemTime::now() + minutes(24 * 60),
    };
    assert!(
        lasts,
        "Expected the renewed cookie to last as long as that of a log-in. The browser drops it before, \
         or when it closes.\n\n\
         The log-in. {}\nThe visit. {visit}",
        log_in.first()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn only_the_new_key_signs() -> Passed {
    let (old, between, new) = (server("old", &[]), server("new", &["old"]), server("new", &[]));
    let (mut ada, log_in) = logged_in(&between, "Ada");
    // As the log-in set it: the browser has been at the first page since, and that visit may have renewed it.
    for line in log_in.first().set_cookies() {
        ada.plant(&between.url("/"), line);
    }
    let why =
        "She logged in after the change, so that the new key signed. The old one is dropped now.";
    must_know(&mut ada, &new, "Ada", why, &log_in);
    let why = "This server has the old key alone, and only the new one may sign: at a log-in";
    must_be_nobody(&mut ada, &old, &format!("{why}."));
    let (mut eve, _) = logged_in(&old, "Eve");
    eve.open(&between.url("/"));
    must_be_nobody(&mut eve, &old, &format!("{why}, and when a visit renews."));
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_dropped_key_opens_nothing() -> Passed {
    let (ada, _) = logged_in(&server("first", &[]), "Ada");
    // This program has seen the first key twice by now, and Ada has come by.
    copy(&ada).open(&server("second", &["first"]).url("/"));
    for server in [server("second", &[]), server("third", &["second"])] {
        let why = "The key that signed this cookie is neither the key nor a fallback any more.";
        must_be_nobody(&mut copy(&ada), &server, why);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_forged_cookie_is_neither_believed_nor_signed() -> Passed {
    let (old, new, foreign) = (server("old", &[]), server("new", &["old"]), server("foreign", &[]));
    let value_of = |server, name| logged_in(server, name).0.value(NAME).unwrap_or_default();
    let mut forged = vec!["Bob".to_owned(), value_of(&foreign, "Eve")];
    for value in [&value_of(&old, "Ada"), &value_of(&new, "Ada")] {
        forged.extend(forge(value, "Ada", "Bob"));
        forged.extend(tamper(value));
        forged.extend(splice(value, &value_of(&old, "Eve")));
    }
    for value in forged {
        let first = new.send(get("/").cookie(format!("{NAME}={value}")));
        assert!(
            first.page().says("You are not logged in") && !first.page().says("Logged in as"),
            "Expected \"You are not logged in\". No key of this server signed this cookie.\n\n{}",
            first.with_text("Logged in as")
        );
        let Some(pair) = first.pair(NAME) else { continue };
        let second = new.send(get("/").cookie(pair));
        assert!(
            !second.page().says("Logged in as"),
            "Expected the server to sign nothing that it can't verify. This cookie was forged, and the visit makes it a good one.\n\n\
             The visit. {first}\nThe next. {}",
            second.with_text("Logged in as")
        );
    }
    Passed
}
