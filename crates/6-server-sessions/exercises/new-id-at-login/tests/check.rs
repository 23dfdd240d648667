//! The checks of the exercise `new-id-at-login`: they talk to the server over TCP, as browsers do, and as Mallory does.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use probe::{
    Apart, Browser, MARKUP, Passed, Reply, Server, Visit, chance, computed_from, get, post,
    strangers,
};

const COOKIE: &str = "fixation_sid";

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn each_log_in_gives_a_fresh_id() -> Passed {
    let server = Server::of(new_id_at_login::app());
    let mut browser = Browser::new();
    note(&server, &mut browser, "milk");
    let mut before = vec![id(&browser)];
    for username in ["Ada", "Ada", "Bob"] {
        is_fresh(&log_in(&server, &mut browser, username), &browser, &mut before);
    }
    for invented in ["0123456789abcdef0123456789abcdef", "invented", ""] {
        let mut browser = Browser::new();
        browser.plant(&server.url("/"), format!("{COOKIE}={invented}; Path=/"));
        before.push(invented.to_owned());
        is_fresh(&log_in(&server, &mut browser, "Ada"), &browser, &mut before);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn an_id_from_before_the_log_in_is_nobody() -> Passed {
    let server = Server::of(new_id_at_login::app());
    let mut browser = Browser::new();
    note(&server, &mut browser, "milk");
    let mut before = Vec::new();
    for username in ["Ada", "Ada", "Eve"] {
        before.push(id(&browser));
        let visit = log_in(&server, &mut browser, username);
        for (number, old) in before.iter().enumerate() {
            is_nobody(&server, old, number, &visit);
        }
    }
    note(&server, &mut browser, "a secret");
    for old in before {
        // Mallory goes on with the cookie that she planted.
        let mut mallory = Browser::new();
        mallory.plant(&server.url("/"), format!("{COOKIE}={old}; Path=/"));
        note(&server, &mut mallory, "Mallory was here");
        let hers = log_in(&server, &mut mallory, "Mallory");
        let page = browser.open(&server.url("/"));
        assert!(
            !shown(hers.last()).contains("a secret") && !shown(page.last()).contains("Mallory"),
            "Expected that nothing leads from an id of before the log-in to the session: who noted something and logged \
             in with it sees the user's notes, or the user sees theirs.\n\n{}\n{}",
            hers.with_text("a secret"),
            page.with_text("Mallory was here")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn the_notes_go_along() -> Passed {
    let server = Server::of(new_id_at_login::app());
    let long = "Ada ".repeat(200) + "Lovelace";
    for username in ["Ada", "小明 & <i>co</i>", MARKUP, &long, "  Ada  B. "] {
        let mut browser = Browser::new();
        let mut notes: Vec<String> = Vec::new();
        // The second time somebody is logged in already, by the same name.
        for _ in 0..2 {
            for text in ["milk", "milk", username] {
                // The first two are the same.
                notes.push(format!("{} {text}", notes.len() / 2));
                note(&server, &mut browser, &notes[notes.len() - 1]);
            }
            let visit = log_in(&server, &mut browser, username);
            let page = shown(visit.last());
            assert!(
                page.contains(&format!("Logged in as {username}")),
                "Expected a page that says `Logged in as {username}` after this log-in.\n\n{}",
                visit.with_text("Logged in as")
            );
            let mut rest = page.as_str();
            for text in &notes {
                let Some((_, behind)) = rest.split_once(text.as_str()) else {
                    panic!(
                        "Expected that the notes from before the log-in are still there, in their order: `{text}` is \
                         not.\n\n{}",
                        visit.with_text(text)
                    );
                };
                rest = behind;
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn ids_can_not_be_guessed() -> Passed {
    let server = Apart::of(new_id_at_login::app);
    let (mut ids, mut known) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for _ in 0..3 {
        // A server that just started, and knows nothing of the others.
        let server = server.start();
        let mut connection = server.connection();
        for _ in 0..60 {
            let mut old = pair(&connection.send(post("/notes", &[("note", "milk")])));
            for _ in 0..2 {
                let login = post("/login", &[("username", "Ada")]).cookie(&old);
                let reply = connection.send(login);
                let new = pair(&reply);
                let (own, planted) = (value(&new), value(&old));
                assert!(
                    seen.insert(own.to_owned()),
                    "Expected an id that no log-in had before, here or on another server: {own} came twice.\n\n{reply}"
                );
                if let Some(how) = computed(own, planted) {
                    panic!(
                        "Expected an id that nobody can compute from the one before: {how}.\n\n{reply}"
                    );
                }
                ids.push(own.to_owned());
                known.push(planted.to_owned());
                old = new;
            }
        }
    }
    let bits = chance(&ids, &known);
    // Of 64 bits in decimal digits it finds 56 or so.
    assert!(
        bits > 50.0,
        "Expected ids with 64 bits of chance or more, as `fresh_id` gives them: {} log-ins on 3 servers show no more than \
         {bits:.0}.\nWhat stays the same, or follows from the id before the log-in or from the log-in before, is no \
         chance. Some of them, old and new:\n{}",
        ids.len(),
        known
            .iter()
            .zip(&ids)
            .take(6)
            .map(|(old, new)| format!("{old}  {new}\n"))
            .collect::<String>()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn other_sessions_stay_as_they_are() -> Passed {
    let server = Server::of(new_id_at_login::app());
    let mut others: Vec<(&str, Browser)> = Vec::new();
    for (says, username) in [
        ("Logged in as Ada", Some("Ada")),
        ("Logged in as Bob", Some("Bob")),
        ("You are not logged in", None),
    ] {
        let mut browser = Browser::new();
        if let Some(username) = username {
            log_in(&server, &mut browser, username);
        }
        note(&server, &mut browser, &format!("note of {says}"));
        others.push((says, browser));
    }
    let mut browser = Browser::new();
    for with_notes in [false, true] {
        if with_notes {
            note(&server, &mut browser, "milk");
        }
        let visit = log_in(&server, &mut browser, "Ada");
        for (says, other) in &mut others {
            let page = other.open(&server.url("/"));
            assert!(
                page.says(says) && page.says(&format!("note of {says}")),
                "Expected that another browser's session stays as it is when somebody logs in as Ada here: its page should \
                 say `{says}` and show its note.\n\n{}\nThe log-in:\n{visit}",
                page.with_text(says)
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn other_cookies_change_nothing() -> Passed {
    let server = Server::of(new_id_at_login::app());
    for index in 0..strangers(COOKIE).len() {
        let planted = pair(&server.send(post("/notes", &[("note", "milk")])));
        let (what, header) = strangers(&planted).swap_remove(index);
        let reply = server.send(post("/login", &[("username", "Ada")]).cookie(header));
        let page = server.send(get("/").cookie(pair(&reply)));
        assert!(
            shown(&page).contains("milk"),
            "Expected that the notes go along whatever other cookies come with the id ({what}).\n\n{reply}\n{}",
            page.with_text("milk")
        );
    }
    let mut browser = Browser::new();
    browser.plant(&server.url("/"), "theme=dark; Path=/");
    note(&server, &mut browser, "milk");
    let visit = log_in(&server, &mut browser, "Ada");
    assert!(
        browser.value("theme").as_deref() == Some("dark")
            && visit.first().header("Clear-Site-Data").is_none(),
        "Expected that the browser's other cookies stay as they are: it had `theme=dark` before the log-in.\n\n{visit}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn after_the_log_in_the_browser_is_sent_to_look() -> Passed {
    let server = Server::of(new_id_at_login::app());
    let planted = pair(&server.send(post("/notes", &[("note", "milk")])));
    for cookie in ["", &planted] {
        is_sent_to_look(&server.send(post("/login", &[("username", "Ada")]).cookie(cookie)));
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn a_log_out_still_ends_the_session() -> Passed {
    let server = Server::of(new_id_at_login::app());
    let mut browser = Browser::new();
    note(&server, &mut browser, "milk");
    log_in(&server, &mut browser, "Ada");
    let own = id(&browser);
    let visit = browser.post(&server.url("/logout"), &[]);
    is_sent_to_look(visit.first());
    let page = server.send(get("/").cookie(format!("{COOKIE}={own}")));
    assert!(
        browser.cookie(COOKIE).is_none() && page.page().says("You are not logged in"),
        "Expected that a log-out ends the session, as it did before: the browser has no id any more, and the one that it \
         had is nobody's.\n\n{visit}\nWhat the id still opens:\n{}",
        page.with_text("You are not logged in")
    );
    Passed
}

/// Notes something with the browser's form.
fn note(server: &Server, browser: &mut Browser, text: &str) -> Visit {
    browser.post(&server.url("/notes"), &[("note", text)])
}

/// Logs in, and expects that the page says so.
fn log_in(server: &Server, browser: &mut Browser, username: &str) -> Visit {
    let visit = browser.post(&server.url("/login"), &[("username", username)]);
    assert!(
        visit.says("Logged in as"),
        "Expected that this log-in counts: the page that it leads to should say `Logged in as {}`.\n\n{}",
        username,
        visit.with_text("Logged in as")
    );
    visit
}

/// The id that the browser has.
fn id(browser: &Browser) -> String {
    browser.value(COOKIE).unwrap_or_else(|| {
        panic!("Expected that the browser has a cookie `{COOKIE}`.\n\n{}", browser.visit())
    })
}

/// Expects that this log-in gave an id that was never there before.
fn is_fresh(visit: &Visit, browser: &Browser, before: &mut Vec<String>) {
    let new = id(browser);
    assert!(
        before.iter().all(|old| !old.eq_ignore_ascii_case(&new)),
        "Expected a fresh id at each log-in: after this one the browser has {new}, which was known before, to whoever planted \
         it.\n\n{}",
        visit.first()
    );
    before.push(new);
}

/// Expects that an old id opens nothing.
fn is_nobody(server: &Server, old: &str, number: usize, visit: &Visit) {
    let page = server.send(get("/").cookie(format!("{COOKIE}={old}")));
    assert!(
        page.page().says("You are not logged in") && !shown(&page).contains("milk"),
        "Expected that the id from before the log-in is worth nothing after it: {} still opens a session{}.\n\n{}\nThe \
         log-in:\n{}",
        old,
        if number == 0 { ", for whoever planted it" } else { "" },
        page.with_text("Logged in as"),
        visit.first()
    );
}

/// Expects `303 See Other` and the way to the first page.
fn is_sent_to_look(reply: &Reply) {
    let location = reply.header("Location").unwrap_or_default();
    let leads = reply
        .address()
        .at(location)
        .is_some_and(|to| to.authority() == reply.address().authority() && to.target() == "/");
    assert!(
        reply.status == 303 && leads,
        "Expected `303 See Other` with `Location: /`. The answer is {} with `Location: {location}`.\n\n{reply}",
        reply.status
    );
}

/// All text of the page as it was written, with its spaces.
fn shown(reply: &Reply) -> String {
    reply.page().elements("body").first().map_or_else(String::new, |body| body.source().to_owned())
}

/// The pair that the answer sets, as a browser sends it back.
fn pair(reply: &Reply) -> String {
    // Of several lines for one cookie, the last one counts.
    let lines = reply.set_cookies().into_iter().rev();
    let mut pairs = lines.filter_map(|line| line.split(';').next());
    let pair = pairs.find(|pair| pair.split('=').next() == Some(COOKIE));
    let Some(pair) = pair else {
        panic!("Expected that this answer sets the cookie `{COOKIE}`.\n\n{reply}")
    };
    pair.to_owned()
}

fn value(pair: &str) -> &str {
    pair.split_once('=').map_or("", |(_, value)| value)
}

/// How the new id is made from the old one, where that can be told; the hasher of the standard library has no key.
fn computed(new: &str, old: &str) -> Option<String> {
    let mut hasher = DefaultHasher::new();
    old.hash(&mut hasher);
    let hash = hasher.finish();
    let is_hash = [format!("{hash:016x}"), hash.to_string()].iter().any(|hash| new.contains(hash));
    is_hash.then(|| format!("`{new}` is a hash of `{old}`")).or_else(|| computed_from(new, old))
}
