//! The checks of the exercise `two-at-once`: they talk to the server over TCP, as a browser does.

use probe::{
    Apart, Browser, MARKUP, Passed, Reply, Server, byte_strangers, get, post, strange_cookies,
    strangers,
};

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn the_browser_keeps_two_cookies() -> Passed {
    let server = Server::of(two_at_once::app());
    for (kind, sugar) in [("green", "2"), ("black", "0")] {
        let browser = Browser::new();
        let fields = [("kind", kind), ("sugar", sugar)];
        let visit = browser.tab().post(&server.url("/tea"), &fields);
        let kept: Vec<_> = browser
            .cookies()
            .iter()
            .map(|cookie| format!("`{}`", String::from_utf8_lossy(&cookie.pair())))
            .collect();
        for expected in [format!("`tea_kind={kind}`"), format!("`tea_sugar={sugar}`")] {
            assert!(
                kept.contains(&expected),
                "Expected that a browser keeps the cookie {expected} after POST /tea. It keeps {}.\nOf each `Set-Cookie` line \
                 a browser keeps one cookie: what stands in front of the first `;`.\n\n{}",
                if kept.is_empty() { "none".to_owned() } else { kept.join(" and ") },
                visit.first()
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn a_choice_is_shown_again() -> Passed {
    let server = Server::of(two_at_once::app());
    let mut browser = Browser::new();
    for (kind, sugar) in [
        ("green", "2"),
        ("mint", "0"),
        ("black", "9"),
        ("green", "1"),
        ("mint", "10"),
        ("black", "255"),
    ] {
        let visit = browser.post(&server.url("/tea"), &[("kind", kind), ("sugar", sugar)]);
        assert!(
            shows(visit.last(), kind, sugar),
            "Expected a page that says `Kind: {kind}` and `Sugar: {sugar}` after that was chosen.\n\n{}",
            visit.with_text("Kind:")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn the_form_leads_back_to_the_page() -> Passed {
    let server = Server::of(two_at_once::app());
    let reply = server.send(post("/tea", &[("kind", "green"), ("sugar", "2")]));
    assert!(
        reply.sees_other("/"),
        "Expected that the form is answered with `303 See Other` and `Location: /`.\n\n{reply}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn a_comma_separates_nothing() -> Passed {
    let server = Server::of(two_at_once::app());
    for (cookies, kind, sugar) in [
        ("notes=milk,tea_sugar=3; tea_kind=green", Some("green"), "none yet"),
        ("tea_kind=green; notes=buy,tea_sugar=8,bread", Some("green"), "none yet"),
        ("a=1, tea_kind=mint; tea_sugar=4", Some("none yet"), "4"),
        ("notes=\"x,tea_kind=mint,tea_sugar=5\"", Some("none yet"), "none yet"),
        // What the browser kept of the old line: one cookie, and no tea of that name.
        ("tea_kind=green,tea_sugar=2", None, "none yet"),
    ] {
        let reply = server.send(get("/").cookie(cookies));
        let is_kind = match kind {
            Some(kind) => says(&reply, "Kind", kind),
            None => !reply.page().text().replace("Kind: green,", "").contains("Kind: green"),
        };
        assert!(
            is_kind && says(&reply, "Sugar", sugar),
            "Expected a page that says `Kind: {}` and `Sugar: {sugar}` for the cookies `{cookies}`, for a comma is a part of \
             a value.\n\n{}",
            kind.unwrap_or("green,tea_sugar=2"),
            reply.with_text("Kind:")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn other_cookies_and_the_order_change_nothing() -> Passed {
    let server = Server::of(two_at_once::app());
    let mut headers = vec![("both", b"tea_kind=mint; tea_sugar=1".to_vec())];
    headers.push(("the other order", b"tea_sugar=1; tea_kind=mint".to_vec()));
    let kind = strangers("tea_kind=mint").into_iter().chain(byte_strangers("tea_kind=mint"));
    let sugar = strangers("tea_sugar=1").into_iter();
    let kind = kind.map(|(what, cookies)| (what, [&cookies, &b"; tea_sugar=1"[..]].concat()));
    let sugar = sugar.map(|(what, cookies)| (what, [b"tea_kind=mint; ", &cookies[..]].concat()));
    let headers = headers.into_iter().map(|(what, cookies)| (what.to_owned(), cookies));
    for (what, cookies) in headers.chain(kind).chain(sugar) {
        let reply = server.send(get("/").cookie(cookies));
        assert!(
            shows(&reply, "mint", "1"),
            "Expected a page that says `Kind: mint` and `Sugar: 1` for both cookies, whatever stands beside them: here \
             {what}.\n\n{}",
            reply.with_text("Kind:")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn what_no_cookie_says_is_none_yet() -> Passed {
    let server = Server::of(two_at_once::app());
    let mut browser = Browser::new();
    browser.post(&server.url("/tea"), &[("kind", "green"), ("sugar", "2")]);
    for (cookies, kind, sugar) in [
        ("", "none yet", "none yet"),
        ("tea_kind=mint", "mint", "none yet"),
        ("tea_sugar=7", "none yet", "7"),
    ] {
        let reply = server.send(get("/").cookie(cookies));
        assert!(
            shows(&reply, kind, sugar),
            "Expected a page that says `Kind: {kind}` and `Sugar: {sugar}` for the cookies `{cookies}`, whatever others \
             chose before.\n\n{}",
            reply.with_text("Kind:")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn a_restart_loses_no_choice() -> Passed {
    let app = Apart::of(two_at_once::app);
    let server = app.start();
    let mut browser = Browser::new();
    let set = browser.post(&server.url("/tea"), &[("kind", "mint"), ("sugar", "3")]);
    drop(server);
    let server = app.start();
    let visit = browser.open(&server.url("/"));
    assert!(
        shows(visit.last(), "mint", "3"),
        "Expected a page that says `Kind: mint` and `Sugar: 3` after the server was restarted, for the browser has both \
         cookies.\n\nFirst, the form. {}Then, the page. {}",
        set.first(),
        visit.with_text("Kind:")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-at-once"]
fn what_a_cookie_says_is_text() -> Passed {
    let server = Server::of(two_at_once::app());
    let harmless = server.send(get("/").cookie("tea_kind=green; tea_sugar=2")).page();
    let mut headers: Vec<_> = strange_cookies().into_iter().map(|(_, cookies)| cookies).collect();
    headers.extend([MARKUP, "<i>mint</i>", "\" onclick=alert(1)"].into_iter().flat_map(|value| {
        ["tea_kind", "tea_sugar"].map(|name| format!("{name}={value}").into_bytes())
    }));
    for cookies in headers {
        let reply = server.send(get("/").cookie(cookies));
        assert!(
            reply.status == 200,
            "Expected a page, whatever the cookies say, for anyone can send any cookie.\n\n{reply}"
        );
        if let Some(what) = reply.page().foreign_markup(&harmless) {
            panic!(
                "Expected that what a cookie says is text in the page. It became {what}.\n\n{reply}"
            );
        }
    }
    Passed
}

/// Whether the page shows this choice, and no other.
fn shows(reply: &Reply, kind: &str, sugar: &str) -> bool {
    says(reply, "Kind", kind) && says(reply, "Sugar", sugar)
}

/// Whether the page says this value, once.
fn says(reply: &Reply, label: &str, value: &str) -> bool {
    let page = reply.page();
    let once = page.text().matches(&format!("{label}: ")).count() == 1;
    reply.status == 200 && once && page.says_whole(&format!("{label}: {value}"))
}
