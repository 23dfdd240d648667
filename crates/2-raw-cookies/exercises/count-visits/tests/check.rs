//! The checks of the exercise `count-visits`: they talk to the server over TCP, as browsers do.

use std::time::{Duration, SystemTime};

use probe::{Apart, Browser, Clock, Passed, Reply, Server, byte_strangers, get, strangers};

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn a_browser_that_comes_back_counts_up() -> Passed {
    let server = Server::of(count_visits::app());
    let clock = Clock::at(now());
    let mut browser = Browser::with_clock(&clock);
    let mut before = String::new();
    for number in 1..=13 {
        let when = if number == 13 {
            clock.forward(Duration::from_secs(3600));
            "after an hour, still open"
        } else {
            "at once"
        };
        let visit = browser.open(&server.url("/"));
        assert!(
            told(visit.last()) == [number],
            "Expected `Visits: {number}` for a browser that comes {when}, visit after visit. It was told {}.\n\n{before}{visit}",
            shown(visit.last())
        );
        before = format!("The visit before this one. {visit}This visit. ");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn a_second_browser_counts_for_itself() -> Passed {
    let server = Server::of(count_visits::app());
    let (mut first, mut second) = (Browser::new(), Browser::new());
    let visit = |browser: &mut Browser, expected, who| {
        let visit = browser.open(&server.url("/"));
        assert!(
            told(visit.last()) == [expected],
            "Expected `Visits: {expected}` for {who}. It was told {}.\nBoth browsers are of one kind and have one \
             address.\n\n{visit}",
            shown(visit.last())
        );
    };
    visit(&mut first, 1, "a browser that was never here");
    visit(&mut first, 2, "a browser that comes back");
    visit(&mut second, 1, "a second browser that was never here and sends no cookie");
    visit(&mut first, 3, "the first browser, after the second one came");
    visit(&mut second, 2, "the second browser, when it comes back");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn the_browser_brings_the_count() -> Passed {
    let server = Server::of(count_visits::app());
    // 41 twice: what came before changes nothing.
    for before in [41, 7, 41, 0, 999_999, 1 << 32, 1 << 53, i64::MAX as u64] {
        counts(&server, format!("times_here={before}"), before + 1);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn other_cookies_change_nothing() -> Passed {
    let server = Server::of(count_visits::app());
    for (what, cookies) in
        strangers("times_here=41").into_iter().chain(byte_strangers("times_here=41"))
    {
        let reply = server.send(get("/").cookie(cookies));
        assert!(
            told(&reply) == [42],
            "Expected `Visits: 42` for a browser that sends `times_here=41` and another cookie ({what}). It was told \
             {}.\n\n{reply}",
            shown(&reply)
        );
    }
    let mut browser = Browser::new();
    for line in ["theme=dark; Path=/", "times=3; Path=/"] {
        browser.plant(&server.url("/"), line);
    }
    let visit = browser.open(&server.url("/"));
    for (name, value) in [("theme", "dark"), ("times", "3")] {
        assert!(
            browser.value(name).as_deref() == Some(value),
            "Expected that the browser keeps its other cookies as they are: `{name}={value}` is none of this page's. \
             After the visit the browser has {}.\n\n{visit}",
            browser
                .value(name)
                .map_or("none of that name".to_owned(), |value| format!("`{name}={value}`"))
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn a_restart_loses_nothing() -> Passed {
    let app = Apart::of(count_visits::app);
    let server = app.start();
    let mut browser = Browser::new();
    for visit in 1..=2 {
        says(browser.open(&server.url("/")).last(), visit, "a browser that was here before");
    }
    drop(server);
    let server = app.start();
    let visit = browser.open(&server.url("/"));
    assert!(
        told(visit.last()) == [3],
        "Expected `Visits: 3` from a server that was restarted after two visits, for the browser still has its count. It \
         was told {}.\n\n{visit}",
        shown(visit.last())
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn what_is_no_number_starts_again() -> Passed {
    let server = Server::of(count_visits::app());
    let values: [&[u8]; 18] = [
        b"abc",
        b"",
        b"-5",
        b"1.5",
        b"1e3",
        b"0x10",
        b"41abc",
        b"4 1",
        b"41,5",
        b"NaN",
        b"%34%31",
        b"\"41\"",
        // The first ones that are too large, with as many digits as the largest `u64`.
        b"18446744073709551616",
        b"18446744073709551617",
        b"99999999999999999999",
        b"99999999999999999999999",
        b"\xff",
        "٣".as_bytes(),
    ];
    for value in values {
        counts(&server, [b"times_here=", value].concat(), 1);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn the_largest_number_stays() -> Passed {
    let server = Server::of(count_visits::app());
    counts(&server, format!("times_here={}", u64::MAX - 1), u64::MAX);
    // From then on an answer may set the same again, or leave the cookie alone.
    let mut browser = Browser::new();
    browser.plant(&server.url("/"), format!("times_here={}; Path=/", u64::MAX));
    for _ in 0..2 {
        let visit = browser.open(&server.url("/"));
        says(visit.last(), u64::MAX, "a browser that has the largest number already");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check count-visits"]
fn no_cache_may_give_the_page_to_another_browser() -> Passed {
    let server = Server::of(count_visits::app());
    for request in [get("/"), get("/").cookie("times_here=41")] {
        let reply = server.send(request);
        let has = |header, words: &[&str]| {
            let lines = reply.all(header).join(",").to_ascii_lowercase();
            lines.split(',').any(|word| words.contains(&word.trim()))
        };
        assert!(
            has("Cache-Control", &["no-store", "private", "no-cache"])
                || has("Vary", &["cookie", "*"]),
            "Expected that the answer tells caches that it is for one browser: by `Cache-Control: no-store` or `Vary: \
             Cookie`, say. A cache may keep this answer, and give it to the next browser.\n\n{reply}"
        );
    }
    Passed
}

/// Whether the answer to this `Cookie` header says the count, and asks the browser to keep it.
fn counts(server: &Server, cookies: impl AsRef<[u8]>, expected: u64) {
    let who = format!("a browser that sends `{}`", String::from_utf8_lossy(cookies.as_ref()));
    let reply = server.send(get("/").cookie(cookies));
    says(&reply, expected, &who);
    let pair = format!("times_here={expected}");
    assert!(
        reply.pair("times_here") == Some(pair.as_str()),
        "Expected that {who} is asked to keep `{pair}`, the number of its page. It is asked to keep {}.\n\n{reply}",
        reply.pair("times_here").map_or("nothing".to_owned(), |pair| format!("`{pair}`"))
    );
}

/// Whether the page says `Visits: N`.
fn says(reply: &Reply, expected: u64, who: &str) {
    assert!(
        reply.status == 200 && told(reply) == [expected],
        "Expected `Visits: {expected}` for {who}. It was told {}.\n\n{}",
        shown(reply),
        reply.with_text("Visits:")
    );
}

/// The numbers of visits that a reader of the page sees: one, or the page says two things at once.
fn told(reply: &Reply) -> Vec<u64> {
    let text = reply.page().text();
    let numbers = text.split("Visits: ").skip(1).filter_map(|rest| {
        rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    });
    let mut numbers: Vec<_> = numbers.collect();
    numbers.dedup();
    numbers
}

/// What the page says of visits, for a message.
fn shown(reply: &Reply) -> String {
    let told: Vec<_> = told(reply).iter().map(|visits| format!("`Visits: {visits}`")).collect();
    match (reply.status, told.is_empty()) {
        (0, _) => "nothing, for the server closed the connection without an answer".to_owned(),
        (_, true) => "no number".to_owned(),
        _ => told.join(" and "),
    }
}

/// Now, in seconds.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
