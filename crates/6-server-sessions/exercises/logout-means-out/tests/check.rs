//! The checks of the exercise `logout-means-out`: they talk to the server over TCP, as browsers do, and as whoever has a copy
//! of a cookie.

use probe::{Browser, MARKUP, Passed, Reply, Server, Visit, get, post, strangers};

const COOKIE: &str = "logout_sid";

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn no_copy_of_a_cookie_opens_the_session() -> Passed {
    let server = Server::of(logout_means_out::app());
    // The log-out comes with the first id, with one in the middle, and with the newest.
    for with in [0, 1, 8] {
        let mut browser = Browser::new();
        let copies = ada(&server, &mut browser);
        browser.set_value(COOKIE, &copies[with]);
        log_in(&server, &mut Browser::new(), "Bob");
        let visit = browser.post(&server.url("/logout"), &[]);
        for (number, copy) in copies.iter().enumerate() {
            is_nobody(&server, copy, &format!("copied when Ada had {number} notes"), &visit);
        }
        // Ada goes on, and so does whoever has a copy.
        let again = ada(&server, &mut browser);
        for copy in &copies {
            let mut other = Browser::new();
            other.plant(&server.url("/"), format!("{COOKIE}={copy}; Path=/"));
            let theirs = note(&server, &mut other, "by somebody else");
            let hers = browser.open(&server.url("/"));
            assert!(
                !shown(theirs.last()).contains("a secret") && !hers.says("by somebody else"),
                "Expected that a cookie from before the log-out has nothing to do with the session that Ada began \
                 afterwards.\n\n{}\n{}",
                theirs.with_text("a secret"),
                hers.with_text("by somebody else")
            );
        }
        for own in &again {
            let page = opens(&server, own);
            assert!(
                page.page().says("Logged in as Ada"),
                "Expected that Ada can log in again after her log-out.\n\n{}",
                page.with_text("Logged in as Ada")
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn a_visitor_without_a_name_is_out_too() -> Passed {
    let server = Server::of(logout_means_out::app());
    let mut browser = Browser::new();
    note(&server, &mut browser, "a secret");
    let copy = id(&browser);
    let visit = browser.post(&server.url("/logout"), &[]);
    is_nobody(&server, &copy, "of a visitor with notes, who never logged in", &visit);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn the_browser_forgets_the_cookie() -> Passed {
    let server = Server::of(logout_means_out::app());
    let mut browser = Browser::new();
    ada(&server, &mut browser);
    let visit = browser.post(&server.url("/logout"), &[]);
    assert!(
        browser.cookie(COOKIE).is_none() && visit.says("You are not logged in"),
        "Expected that the browser has no cookie `{COOKIE}` any more after the log-out{}.\n\n{}",
        browser
            .value(COOKIE)
            .map_or_else(String::new, |value| format!(": it still has {COOKIE}={value}")),
        visit.with_text("You are not logged in")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn everybody_else_stays_logged_in() -> Passed {
    let server = Server::of(logout_means_out::app());
    let mut phone = Browser::new();
    let mut others: Vec<(&str, Vec<String>)> = vec![("Logged in as Ada", ada(&server, &mut phone))];
    for (says, username) in [("Logged in as Bob", Some("Bob")), ("You are not logged in", None)] {
        let mut browser = Browser::new();
        if let Some(username) = username {
            log_in(&server, &mut browser, username);
        }
        note(&server, &mut browser, "a secret");
        others.push((says, vec![id(&browser)]));
    }
    // With a name, without one, and with no session at all.
    for who in 0..3 {
        let mut browser = Browser::new();
        match who {
            0 => drop(ada(&server, &mut browser)),
            1 => drop(note(&server, &mut browser, "milk")),
            _ => {}
        }
        // Somebody else's session is the newest.
        let mut later = Browser::new();
        log_in(&server, &mut later, "Bob");
        note(&server, &mut later, "a secret");
        others.push(("Logged in as Bob", vec![id(&later)]));
        let visit = browser.post(&server.url("/logout"), &[]);
        for (says, ids) in &others {
            for id in ids {
                let page = opens(&server, id);
                assert!(
                    page.page().says(says) && shown(&page).contains("a secret"),
                    "Expected that nobody but this browser is logged out: another one's page should still say `{says}`, \
                     and show its note.\n\n{}\nThe log-out:\n{}",
                    page.with_text(says),
                    visit.first()
                );
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn a_log_out_leads_to_the_first_page_whoever_asks() -> Passed {
    let server = Server::of(logout_means_out::app());
    let ada = ada(&server, &mut Browser::new());
    let newest = format!("{COOKIE}={}", ada[ada.len() - 1]);
    for (who, cookie) in [
        ("who is logged in", newest.as_str()),
        ("who has just logged out", &newest),
        ("whose id the server never made", "logout_sid=0123456789abcdef0123456789abcdef"),
        ("whose cookie is empty", "logout_sid="),
        ("who has no cookie", ""),
    ] {
        let reply = server.send(post("/logout", &[]).cookie(cookie));
        let location = reply.header("Location").unwrap_or_default();
        let leads = reply
            .address()
            .at(location)
            .is_some_and(|to| to.authority() == reply.address().authority() && to.target() == "/");
        assert!(
            reply.status == 303 && leads,
            "Expected `303 See Other` with `Location: /` at a log-out, also for somebody {who}. The answer is {} with \
             `Location: {location}`.\n\n{reply}",
            reply.status
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn other_cookies_change_nothing() -> Passed {
    let server = Server::of(logout_means_out::app());
    for index in 0..strangers(COOKIE).len() {
        let copies = ada(&server, &mut Browser::new());
        let newest = format!("{COOKIE}={}", copies[copies.len() - 1]);
        let (what, header) = strangers(&newest).swap_remove(index);
        let reply = server.send(post("/logout", &[]).cookie(header));
        let page = opens(&server, &copies[copies.len() - 1]);
        assert!(
            page.page().says("You are not logged in"),
            "Expected that a log-out counts whatever other cookies come with the id ({what}): the session is still \
             open.\n\n{reply}\n{}",
            page.with_text("You are not logged in")
        );
    }
    let mut browser = Browser::new();
    browser.plant(&server.url("/"), "theme=dark; Path=/");
    ada(&server, &mut browser);
    let visit = browser.post(&server.url("/logout"), &[]);
    assert!(
        browser.value("theme").as_deref() == Some("dark")
            && visit.first().header("Clear-Site-Data").is_none(),
        "Expected that the browser's other cookies stay as they are: it had `theme=dark` before the log-out.\n\n{visit}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn each_id_works_until_the_log_out() -> Passed {
    let server = Server::of(logout_means_out::app());
    let long = "Ada ".repeat(200) + "Lovelace";
    for text in ["Ada", "小明 & <i>co</i>", MARKUP, &long, "  Ada  B. "] {
        let mut browser = Browser::new();
        let mut ids = Vec::new();
        log_in(&server, &mut browser, text);
        ids.push(id(&browser));
        for _ in 0..2 {
            note(&server, &mut browser, &format!("{text} notes"));
            ids.push(id(&browser));
        }
        for id in &ids {
            let page = opens(&server, id);
            let shown = shown(&page);
            assert!(
                shown.contains(&format!("Logged in as {text}"))
                    && shown.matches(&format!("{text} notes")).count() == 2,
                "Expected that every id of a session works until the log-out, and that its page shows name and notes as they \
                 were typed: `Logged in as {text}`, and twice `{text} notes`.\n\n{}",
                page.with_text("Logged in as")
            );
        }
    }
    Passed
}

/// Logs Ada in and notes something three times. Gives the browser's id after each: four, the newest last.
fn ada(server: &Server, browser: &mut Browser) -> Vec<String> {
    log_in(server, browser, "Ada");
    let mut ids = vec![id(browser)];
    for _ in 0..8 {
        note(server, browser, "a secret");
        ids.push(id(browser));
    }
    ids
}

fn log_in(server: &Server, browser: &mut Browser, username: &str) {
    let visit = browser.post(&server.url("/login"), &[("username", username)]);
    assert!(
        visit.says("Logged in as"),
        "Expected that this log-in counts: the page that it leads to should say `Logged in as {username}`.\n\n{}",
        visit.with_text("Logged in as")
    );
}

fn note(server: &Server, browser: &mut Browser, text: &str) -> Visit {
    browser.post(&server.url("/notes"), &[("note", text)])
}

/// The id that the browser has.
fn id(browser: &Browser) -> String {
    browser.value(COOKIE).unwrap_or_else(|| {
        panic!("Expected that the browser has a cookie `{COOKIE}`.\n\n{}", browser.visit())
    })
}

/// What whoever has this id sees.
fn opens(server: &Server, id: &str) -> Reply {
    server.send(get("/").cookie(format!("{COOKIE}={id}")))
}

/// Expects that an id opens nothing after this log-out.
fn is_nobody(server: &Server, id: &str, which: &str, visit: &Visit) {
    let page = opens(server, id);
    assert!(
        page.page().says("You are not logged in") && !shown(&page).contains("a secret"),
        "Expected that a copy of a cookie opens nothing after the log-out. This one, {which}, still does.\n\n{}\nThe \
         log-out:\n{}",
        page.with_text("Logged in as"),
        visit.first()
    );
}

/// All text of the page as it was written, with its spaces.
fn shown(reply: &Reply) -> String {
    reply.page().elements("body").first().map_or_else(String::new, |body| body.source().to_owned())
}
