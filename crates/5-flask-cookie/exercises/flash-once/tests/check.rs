//! The checks of `flash-once`: they talk to the server as a browser does, and read its session cookie as Flask would.

use std::time::{SystemTime, UNIX_EPOCH};

use flask_cookie::{FlaskSession, Keys, Parts, Value};
use probe::{Browser, Passed, Server, Visit};

/// The key that the exercise signs with.
const KEY: &str = "the exercise's key, which is in the source";

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn a_message_is_shown_once() -> Passed {
    let server = Server::of(flash_once::app());
    let mut browser = Browser::new();
    shows(&browser.open(&server.url("/")), "");
    let first = save(&server, &mut browser);
    shows(&first, "saved 1");
    for _ in 0..3 {
        let again = browser.open(&server.url("/"));
        let seen = messages(&again);
        assert!(
            seen.is_empty(),
            "Expected that a message that was shown is not shown again, and the page says `messages: {seen}`. The page \
             that showed it first has to say that the session has changed:\n{first}\n{again}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn messages_that_wait_are_shown_together() -> Passed {
    let server = Server::of(flash_once::app());
    let mut browser = Browser::new();
    // Two tabs send the form, and neither has loaded the page behind it yet.
    let waiting = session(&[("saved", 2.into()), flashes(&["saved 1", "saved 2"])]);
    browser.plant(&server.url("/"), format!("flash_session={waiting}; Path=/"));
    shows(&browser.open(&server.url("/")), "saved 1, saved 2");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn the_rest_of_the_session_stays() -> Passed {
    let server = Server::of(flash_once::app());
    let mut browser = Browser::new();
    let rest = [
        ("saved", 7.into()),
        ("username", "Ada".into()),
        ("cart", Value::List(vec![1.into(), Value::Tuple(vec![2.into()])])),
        ("_permanent", true.into()),
    ];
    let with_message = [rest.to_vec(), vec![flashes(&["saved 7"])]].concat();
    browser.plant(&server.url("/"), format!("flash_session={}; Path=/", session(&with_message)));
    for (at, visit) in
        [browser.open(&server.url("/")), browser.open(&server.url("/"))].iter().enumerate()
    {
        let kept = browser.value("flash_session").unwrap_or_default();
        let after =
            Parts::split(&kept).and_then(|parts| parts.unverified_session()).unwrap_or_default();
        for (name, value) in &rest {
            assert!(
                after.get(name) == Some(value),
                "Expected that `{name}` stays in the session as it was, and after page {} the session is {}.\n\n{visit}",
                at + 1,
                after.to_json()
            );
        }
    }
    let visit = save(&server, &mut browser);
    assert!(
        messages(&visit).contains("saved 8"),
        "Expected that the count in the session goes on, up to `saved 8`.\n\n{}",
        visit.with_text("messages:")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn each_browser_sees_its_own_messages() -> Passed {
    let server = Server::of(flash_once::app());
    for _ in 0..3 {
        let mut browser = Browser::new();
        shows(&save(&server, &mut browser), "saved 1");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn after_the_form_the_browser_is_sent_to_look() -> Passed {
    let server = Server::of(flash_once::app());
    let visit = Browser::new().post(&server.url("/save"), &[]);
    let reply = visit.first();
    let leads = reply.header("Location").and_then(|to| reply.address().at(to));
    assert!(
        reply.status == 303 && leads.is_some_and(|to| to.target() == "/"),
        "Expected `303 See Other` and `Location: /` after the form, and the answer is {}.\n\n{reply}",
        reply.status
    );
    Passed
}

/// Sends the form, and gives the page behind it.
fn save(server: &Server, browser: &mut Browser) -> Visit {
    browser.post(&server.url("/save"), &[])
}

/// What the page says behind `messages:`, up to the next line or element.
fn messages(visit: &Visit) -> String {
    let page = visit.page();
    let elements =
        ["p", "li", "div", "main", "body"].into_iter().flat_map(|name| page.elements(name));
    let mut texts: Vec<String> = elements.map(|element| element.text().to_owned()).collect();
    texts.push(page.text());
    texts.retain(|text| text.contains("messages:"));
    let Some(text) = texts.into_iter().min_by_key(String::len) else {
        panic!(
            "Expected a page that says `messages:`. It says something else.\n\n{}",
            visit.with_text("messages")
        );
    };
    text.split_once("messages:").map_or_else(String::new, |(_, rest)| rest.trim().to_owned())
}

/// Whether the page shows these messages and no others.
#[track_caller]
fn shows(visit: &Visit, expected: &str) {
    let seen = messages(visit);
    assert!(
        visit.last().status == 200 && seen == expected,
        "Expected a page that says `messages: {expected}`. It says `messages: {seen}`.\n\n{}",
        visit.with_text("messages:")
    );
}

/// Messages that wait, as Flask keeps them.
fn flashes(texts: &[&str]) -> (&'static str, Value) {
    let pair = |text: &&str| Value::Tuple(vec!["message".into(), (*text).into()]);
    ("_flashes", Value::List(texts.iter().map(pair).collect()))
}

/// A session cookie with these values, as this server would sign it now.
fn session(values: &[(&str, Value)]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut session = FlaskSession::new();
    for (name, value) in values {
        session.insert(*name, value.clone());
    }
    Keys::new(KEY).map(|keys| session.dump(&keys, now)).unwrap_or_default()
}
