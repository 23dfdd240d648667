//! The checks of `flash-once`: they talk to the server as a browser does, and read its session cookie as Flask would.

use std::time::{SystemTime, UNIX_EPOCH};

use flask_cookie::{FlaskSession, Keys, Parts, Value};
use probe::{Browser, Passed, Server, Visit, get, post};

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
    let gone = |browser: &mut Browser, first: &Visit| {
        let again = browser.open(&server.url("/"));
        let seen = messages(&again);
        assert!(
            !seen.contains("saved "),
            "Expected that a message that was shown is not shown again, and the page says `messages: {seen}`. The page \
             that showed it first has to say that the session has changed:\n{first}\n{again}"
        );
    };
    for _ in 0..3 {
        gone(&mut browser, &first);
    }
    let waiting = session(KEY, &[("saved", 3.into()), flashes(&["saved 1", "saved 2", "saved 3"])]);
    browser.plant(&server.url("/"), format!("flash_session={waiting}; Path=/"));
    let first = browser.open(&server.url("/"));
    gone(&mut browser, &first);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn messages_that_wait_are_shown_together() -> Passed {
    let server = Server::of(flash_once::app());
    let mut browser = Browser::new();
    // Two tabs send the form, and neither has loaded the page behind it yet.
    let waiting =
        session(KEY, &[("saved", 2.into()), flashes(&["saved 1", "saved 2", "the disk is full"])]);
    browser.plant(&server.url("/"), "theme=dark; Path=/");
    browser.plant(&server.url("/"), format!("flash_session={waiting}; Path=/"));
    browser.plant(&server.url("/"), "flash=1; Path=/");
    shows(&browser.open(&server.url("/")), "saved 1, saved 2, the disk is full");
    let first = server.send(post("/save", &[]));
    let second =
        server.send(post("/save", &[]).cookie(first.pair("flash_session").unwrap_or_default()));
    let page = server.send(get("/").cookie(second.pair("flash_session").unwrap_or_default()));
    assert!(
        ["saved 1", "saved 2"].iter().all(|text| page.page().says(text)),
        "Expected a page that says `messages: saved 1, saved 2` after the form was sent twice, with no look between. It says \
         {:?}.\n\nThe second answer to the form. {second}The page. {page}",
        page.page().text()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn the_rest_of_the_session_stays() -> Passed {
    for lasting in [true, false] {
        keeps_the_rest(lasting);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn what_another_key_signed_is_no_session() -> Passed {
    let server = Server::of(flash_once::app());
    let mut browser = Browser::new();
    let forged = session("no key of this server", &[("saved", 41.into()), flashes(&["saved 41"])]);
    browser.plant(&server.url("/"), format!("flash_session={forged}; Path=/"));
    let visit = browser.open(&server.url("/"));
    let seen = messages(&visit);
    assert!(
        !seen.contains("saved 41"),
        "Expected that a session with a wrong signature counts as none, and the page shows its message: `messages: \
         {seen}`.\n\n{visit}"
    );
    shows(&save(&server, &mut browser), "saved 1");
    Passed
}

/// Whether everything but the messages is in the session as it was, after pages that showed some and none.
fn keeps_the_rest(lasting: bool) {
    let server = Server::of(flash_once::app());
    let mut browser = Browser::new();
    let mut rest = vec![
        ("saved", 7.into()),
        ("username", "Ada".into()),
        ("cart", Value::List(vec![1.into(), Value::Tuple(vec![2.into()])])),
    ];
    if lasting {
        rest.push(("_permanent", true.into()));
    }
    let with_message = [rest.clone(), vec![flashes(&["saved 7"])]].concat();
    browser
        .plant(&server.url("/"), format!("flash_session={}; Path=/", session(KEY, &with_message)));
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
        let known = |name: &str| name == "_flashes" || rest.iter().any(|(given, _)| *given == name);
        let more = after.iter().map(|(name, _)| name).find(|name| !known(name));
        assert!(
            more.is_none(),
            "Expected that the page leaves the rest of the session as it is, and it puts `{}` there: the session is \
             {}.\n\n{visit}",
            more.map_or("", String::as_str),
            after.to_json()
        );
    }
    let visit = save(&server, &mut browser);
    assert!(
        messages(&visit).contains("saved 8"),
        "Expected that the count in the session goes on, up to `saved 8`.\n\n{}",
        visit.with_text("messages:")
    );
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

/// What a reader sees behind `messages:`.
fn messages(visit: &Visit) -> String {
    let page = visit.page();
    let text = page.text();
    let Some((_, rest)) = text.split_once("messages:") else {
        panic!(
            "Expected a page that says `messages:`. It says something else.\n\n{}",
            visit.with_text("messages")
        );
    };
    let end = page.forms().iter().find_map(|form| rest.strip_suffix(form.text())).unwrap_or(rest);
    end.trim().to_owned()
}

/// Whether the page shows these messages and no others.
#[track_caller]
fn shows(visit: &Visit, expected: &str) {
    let seen = messages(visit);
    // Behind the texts may stand the form's. A comma may have a space beside it or none.
    let same = |text: &str| text.replace(", ", ",");
    let number = |text: &str| text.matches("saved ").count() + text.matches("full").count();
    let goes_on = |next: char| !expected.is_empty() && (next.is_alphanumeric() || next == ',');
    let is_it = same(&seen)
        .strip_prefix(&same(expected))
        .is_some_and(|rest| !rest.starts_with(goes_on) && number(rest) == 0);
    assert!(
        visit.last().status == 200 && is_it,
        "Expected a page that says `messages: {expected}`. It says `messages: {seen}`.\n\n{}",
        visit.with_text("messages:")
    );
}

/// Messages that wait, as Flask keeps them. What tells of no saving has another category, as Flask's `flash` can give it.
fn flashes(texts: &[&str]) -> (&'static str, Value) {
    let category = |text: &str| if text.starts_with("saved") { "message" } else { "error" };
    let pair = |text: &&str| Value::Tuple(vec![category(text).into(), (*text).into()]);
    ("_flashes", Value::List(texts.iter().map(pair).collect()))
}

/// A session cookie with these values, signed now with this key.
fn session(key: &str, values: &[(&str, Value)]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut session = FlaskSession::new();
    for (name, value) in values {
        session.insert(*name, value.clone());
    }
    Keys::new(key).map(|keys| session.dump(&keys, now)).unwrap_or_default()
}
