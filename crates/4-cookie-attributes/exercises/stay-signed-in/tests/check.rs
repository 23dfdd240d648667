//! The check of `stay-signed-in`: a browser by the rules of RFC 6265bis is closed, opened, and left alone for weeks.

use std::time::{Duration, UNIX_EPOCH};

use cookie::Key;
use probe::{Apart, Browser, Clock, LogIns, Passed, Server, Visit, seed};
use stay_signed_in::app;

const NAME: &str = "stay_signed_in";
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

type Fields = [(&'static str, &'static str)];
const TICKED: &Fields = &[("username", "Ada"), ("remember", "on")];
const NOT_TICKED: &Fields = &[("username", "Ada")];

/// Ada at her browser, whose clock stands until she moves it. The server's goes with the machine's.
struct Ada {
    server: Server,
    browser: Browser,
    log_in: Visit,
}

impl Ada {
    /// Has logged in.
    fn logged_in(server: Server, fields: &Fields) -> Self {
        let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut browser = Browser::with_clock(&Clock::at(now.as_secs()));
        let log_in = browser.post(&server.url("/login"), fields);
        Self { server, browser, log_in }
    }

    /// Logs in again.
    fn log_in(&mut self, fields: &Fields) {
        self.log_in = self.browser.post(&self.server.url("/login"), fields);
    }

    fn wait(&self, time: Duration) {
        self.browser.clock().forward(time);
    }

    /// Opens the page, with the cookie of ours alone: it says all that there is to say.
    fn must_see(&mut self, words: &str, why: &str) {
        for other in self.browser.cookies().iter().filter(|cookie| cookie.name != NAME.as_bytes()) {
            self.browser.remove(&String::from_utf8_lossy(&other.name));
        }
        let visit = self.browser.open(&self.server.url("/"));
        assert!(
            visit.says(words),
            "Expected {words:?}: {why}\n\nThe log-in. {}\nNow. {}",
            self.log_in.first(),
            visit.with_text("Logged in as")
        );
    }

    fn must_be_known(&mut self, why: &str) {
        self.must_see("Logged in as Ada", why);
    }

    fn must_be_nobody(&mut self, why: &str) {
        self.must_see("You are not logged in", why);
    }
}

fn server() -> Server {
    Server::of(app(Key::generate()))
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_log_in_is_known_while_the_browser_is_open() -> Passed {
    for fields in [TICKED, NOT_TICKED] {
        let mut ada = Ada::logged_in(server(), fields);
        ada.must_be_known("she logged in a moment ago, and the browser is open.");
        ada.wait(HOUR);
        ada.must_be_known("she logged in an hour ago, and the browser is open still.");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_closed_browser_changes_nothing_with_the_box() -> Passed {
    let mut ada = Ada::logged_in(server(), TICKED);
    for days in [0, 1, 28] {
        ada.wait(days * DAY);
        ada.browser.close();
        ada.must_be_known("the box was ticked, and the browser was closed and opened again.");
    }
    ada.wait(DAY - HOUR);
    ada.browser.close();
    ada.must_be_known("the box was ticked, and its 30 days are over in an hour.");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn with_the_box_it_ends_after_30_days() -> Passed {
    for visits in [0, 2] {
        let mut ada = Ada::logged_in(server(), TICKED);
        for _ in 0..visits {
            ada.wait(10 * DAY);
            ada.browser.open(&ada.server.url("/"));
        }
        ada.wait((30 - 10 * visits) * DAY + HOUR);
        ada.must_be_nobody(
            "the box said 30 days, and they were over an hour ago: the browser should have dropped the cookie, whether it was \
             closed or not, and whether she came by or not.",
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_closed_browser_ends_it_without_the_box() -> Passed {
    for visits in [0, 2] {
        let mut ada = Ada::logged_in(server(), NOT_TICKED);
        for _ in 0..visits {
            ada.wait(HOUR);
            ada.browser.open(&ada.server.url("/"));
        }
        ada.browser.close();
        ada.must_be_nobody(
            "the box was not ticked, and the browser was closed. Whoever opens it now is somebody else.",
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn the_last_log_in_counts() -> Passed {
    let mut ada = Ada::logged_in(server(), TICKED);
    ada.log_in(NOT_TICKED);
    ada.browser.close();
    ada.must_be_nobody("the box was ticked at the first log-in, and not at the last one.");
    ada.log_in(NOT_TICKED);
    ada.log_in(TICKED);
    ada.browser.close();
    ada.must_be_known("the box was not ticked at the first log-in, and ticked at the last one.");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn the_box_in_the_page_does_what_it_says() -> Passed {
    let server = server();
    for ticked in [true, false] {
        let mut browser = Browser::new();
        let visit = browser.open(&server.url("/"));
        let form = browser.form("/login").fill("username", "Ada");
        let boxes = form.form().controls().iter().filter(|control| control.name == "remember");
        let Some(value) = boxes.map(|control| control.value.clone()).next_back() else {
            panic!(
                "Expected a box `remember` in the page's form to /login.\n\n{}",
                visit.with_text("Remember")
            );
        };
        let form = if ticked { form.fill("remember", &value) } else { form.clear("remember") };
        let visit = form.send();
        browser.close();
        assert!(
            browser.cookie(NAME).is_some() == ticked,
            "Expected the browser to {} the cookie `{NAME}` when it closes: the page's form was sent with the box {}.\n\n{}",
            if ticked { "keep" } else { "drop" },
            if ticked { "ticked" } else { "not ticked" },
            visit.first()
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn logging_out_deletes_it_and_no_other() -> Passed {
    for fields in [TICKED, NOT_TICKED] {
        let mut ada = Ada::logged_in(server(), fields);
        let home = ada.server.url("/");
        let others = ["theme=dark; Path=/", "stay_signed_in_too=1; Path=/; Max-Age=9999"];
        for line in others {
            ada.browser.plant(&home, line);
        }
        let visit = ada.browser.post(&ada.server.url("/logout"), &[]);
        assert!(
            ada.browser.cookie(NAME).is_none(),
            "Expected the log-out to delete the cookie `{NAME}`, and the browser has it still.\n\n{visit}"
        );
        let kept = ada.browser.cookies();
        for line in others {
            assert!(
                kept.iter().any(|cookie| line.as_bytes().starts_with(&cookie.pair())),
                "Expected the log-out to leave other cookies alone. The browser had `{line}` and has it no more.\n\n{visit}"
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_restart_with_the_same_key_logs_nobody_out() -> Passed {
    let app = Apart::of(|| app(Key::from(&seed("key"))));
    let mut ada = Ada::logged_in(app.start(), TICKED);
    let server = app.start();
    ada.server = server;
    ada.must_be_known("the server was started again with the same key, and it keeps no list.");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn logging_in_and_out_lead_to_a_page() -> Passed {
    let server = server();
    let mut browser = Browser::new();
    for fields in [TICKED, NOT_TICKED] {
        browser.post(&server.url("/login"), fields).must_lead_on();
        browser.post(&server.url("/logout"), &[]).must_lead_on();
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_name_is_shown_whole_and_as_text() -> Passed {
    LogIns::at(&server(), &[NAME]).must_show_whole_names_as_text();
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn a_cookie_that_nobody_signed_logs_nobody_in() -> Passed {
    LogIns::at(&server(), &[NAME]).must_believe_no_edited_cookie(&server());
    Passed
}

#[test]
#[ignore = "exercise: cargo course check stay-signed-in"]
fn other_cookies_do_no_harm() -> Passed {
    LogIns::at(&server(), &[NAME]).must_find_its_cookie_among_strangers();
    Passed
}
