//! The check of `server-decides`: copies the cookie, moves the clock, and comes back.

use std::{sync::Arc, time::Duration};

use cookie::{Cookie, CookieJar, Key};
use probe::{Apart, Browser, Clock, LogIn, LogIns, Passed, Server, forge, seed, splice, tamper};
use server_decides::{Settings, app};

const NAMES: &[&str] = &["server_decides"];
/// When everything here starts, in seconds since 1970: the 1st of May 2026.
const START: u64 = 1_777_593_600;
const LIFETIME: u64 = 1800;
const YEAR: u64 = 365 * 86_400;
/// When people log in, in seconds after the start: an end that is rounded to minutes or to half hours differs in some.
const LOG_INS: [u64; 8] = [0, 1, 7, 59, 777, 1201, 1799, YEAR + 13];

/// What the server needs, with a clock that stands at so many seconds after the start until the check moves it.
fn settings(key: Key, after: u64) -> (Settings, Clock) {
    let clock = Clock::at(START + after);
    let now = clock.clone();
    (Settings { key, now: Arc::new(move || now.now()) }, clock)
}

/// A server, and its clock.
fn server() -> (Server, Clock) {
    let (settings, clock) = settings(Key::generate(), 0);
    (Server::of(app(settings)), clock)
}

/// Sets the clock to so many seconds after the start.
fn set(clock: &Clock, after: u64) {
    clock.set(std::time::UNIX_EPOCH + Duration::from_secs(START + after));
}

/// Every cookie that a log-in set, as a thief copies them.
fn copy(log_in: &LogIn) -> Vec<String> {
    let pairs = log_in.reply.set_cookies().into_iter().filter_map(|line| line.split(';').next());
    pairs.map(|pair| pair.trim().to_owned()).collect()
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_log_in_is_believed_for_30_minutes() -> Passed {
    let (server, clock) = server();
    let log_ins = LogIns::at(&server, NAMES);
    for start in LOG_INS {
        set(&clock, start);
        let ada = log_ins.of("Ada");
        for after in [0, 1, 900, LIFETIME - 1] {
            set(&clock, start + after);
            let why = format!("that log-in was {after} seconds ago, and lasts for {LIFETIME}.");
            log_ins.must_know(&ada, &ada.pair, &why);
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_copied_cookie_ends_after_30_minutes() -> Passed {
    let (server, clock) = server();
    let log_ins = LogIns::at(&server, NAMES);
    for start in LOG_INS {
        for after in [YEAR, LIFETIME + 1, LIFETIME] {
            set(&clock, start);
            let ada = log_ins.of("Ada");
            set(&clock, start + after);
            let what = format!(
                "a copy of a log-in of {after} seconds ago, for it lasts for {LIFETIME}: the browser has dropped the cookie, and \
                 only the server can end a copy"
            );
            log_ins.must_be_nobody(copy(&ada).join("; "), &what);
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn visits_do_not_move_the_end() -> Passed {
    let (server, clock) = server();
    let log_ins = LogIns::at(&server, NAMES);
    let first = log_ins.of("Ada");
    let mut kept = copy(&first);
    for after in [300, 900, 1500] {
        set(&clock, after);
        let cookies = kept.join("; ");
        log_ins.must_know(&first, &cookies, "the 30 minutes are not over yet.");
        let reply = log_ins.visit(&cookies);
        let renewed = copy(&LogIn { reply, ..first.clone() });
        if !renewed.is_empty() {
            kept = renewed;
        }
    }
    set(&clock, LIFETIME + 300);
    for cookies in [kept, copy(&first)] {
        log_ins.must_be_nobody(
            cookies.join("; "),
            "a log-in of 35 minutes ago. That she came by in between does not make it younger: else a thief who comes by often \
             enough stays for ever",
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn each_log_in_has_its_own_end() -> Passed {
    let (server, clock) = server();
    let log_ins = LogIns::at(&server, NAMES);
    let mut browser = Browser::with_clock(&clock);
    let log_in = |browser: &mut Browser| {
        let reply = browser.post(&server.url("/login"), &[("username", "Ada")]).first().clone();
        let pair = format!("{}={}", NAMES[0], browser.value(NAMES[0]).unwrap_or_default());
        LogIn { username: "Ada".to_owned(), pair, reply }
    };
    let first = log_in(&mut browser);
    set(&clock, 1000);
    let second = log_in(&mut browser);
    set(&clock, 2000);
    let why =
        "her second log-in was 1000 seconds ago. That there was one before it does not matter.";
    log_ins.must_know(&second, &second.pair, why);
    let what = "a copy of Ada's first log-in, of 2000 seconds ago. That she logged in again since then doesn't prolong it";
    log_ins.must_be_nobody(&first.pair, what);
    set(&clock, 2500);
    log_in(&mut browser);
    let why =
        "that log-in was 1500 seconds ago. That she logged in again since then doesn't end it.";
    log_ins.must_know(&second, &second.pair, why);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_fresher_time_beside_the_signature_opens_nothing() -> Passed {
    let (server, clock) = server();
    let log_ins = LogIns::at(&server, NAMES);
    let old = copy(&log_ins.of("Ada"));
    set(&clock, YEAR);
    let fresh = copy(&log_ins.of("Eve"));
    let thief = |cookies: &str| {
        let reply = log_ins.visit(cookies);
        assert!(
            !reply.page().says("Logged in as Ada"),
            "Expected nobody to be logged in as Ada, whose log-in was a year ago. The thief has put a fresher time into her \
             cookie, or beside it; only what is under one signature with her name counts.\n\n{}",
            reply.with_text("Logged in as")
        );
    };
    for (at, pair) in old.iter().enumerate() {
        let (name, value) = pair.split_once('=').unwrap_or_default();
        let others: Vec<_> = old.iter().filter(|other| *other != pair).cloned().collect();
        let with =
            |value: &str| thief(&[&[format!("{name}={value}")], &others[..]].concat().join("; "));
        thief(&others.join("; "));
        for value in tamper(value).into_iter().chain(later(value)) {
            with(&value);
        }
        if let Some((_, eves)) = fresh.get(at).and_then(|pair| pair.split_once('=')) {
            with(eves);
            splice(value, eves).iter().for_each(|value| with(value));
        }
    }
    let (old, fresh) = (old.join("; "), fresh.join("; "));
    thief(&format!("{old}; {fresh}"));
    thief(&format!("{fresh}; {old}"));
    Passed
}

/// The value with a later time for each that may be in it: of the log-in or of its end, in seconds, milliseconds or
/// microseconds, decimal or hexadecimal, or as a date.
fn later(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    for at in [START, START + LIFETIME] {
        for unit in [1, 1000, 1_000_000] {
            let (then, soon) = (at * unit, (at + YEAR) * unit);
            for (then, soon) in [
                (then.to_string(), soon.to_string()),
                (format!("{then:x}"), format!("{soon:x}")),
                (format!("{then:X}"), format!("{soon:X}")),
                (then.to_string(), (at * unit * 5).to_string()),
            ] {
                all.extend(forge(value, &then, &soon));
            }
        }
    }
    all.extend(forge(value, "2026", "2027"));
    all.extend(forge(value, "2026", "2036"));
    all
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_log_in_without_a_time_opens_nothing() -> Passed {
    let key = Key::generate();
    let (settings, _) = settings(key.clone(), 0);
    let server = Server::of(app(settings));
    let mut jar = CookieJar::new();
    jar.signed_mut(&key).add(Cookie::new(NAMES[0], "{\"username\":\"Ada\"}"));
    let cookie: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
    LogIns::at(&server, NAMES).must_be_nobody(
        cookie,
        "a log-in from before your change. It is well signed and says no time, so that nobody can know when it ends",
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn the_browser_forgets_it_too() -> Passed {
    let (server, clock) = server();
    for start in [0, 777] {
        set(&clock, start);
        let mut browser = Browser::with_clock(&clock);
        let log_in = browser.post(&server.url("/login"), &[("username", "Ada")]);
        for (after, kept) in [(900, true), (LIFETIME - 1, true), (LIFETIME + 1, false)] {
            set(&clock, start + after);
            assert!(
                browser.cookie(NAMES[0]).is_some() == kept,
                "Expected the browser to {} the cookie {after} seconds after the log-in, which lasts for {LIFETIME}.\n\n\
                 The log-in. {}\nThe last visit. {}",
                if kept { "keep" } else { "drop" },
                log_in.first(),
                browser.visit().last()
            );
            browser.open(&server.url("/"));
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_clock_that_is_set_back_does_no_harm() -> Passed {
    let (server, clock) = server();
    let log_ins = LogIns::at(&server, NAMES);
    for back in [1, 60, YEAR] {
        set(&clock, YEAR);
        let ada = log_ins.of("Ada");
        set(&clock, YEAR - back);
        let reply = log_ins.visit(&ada.pair);
        assert!(
            reply.status == 200,
            "Expected a page: the server's clock was set back by {back} seconds after the log-in, as clocks are.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_restart_neither_ends_nor_prolongs_it() -> Passed {
    let key = || Key::from(&seed("key"));
    let [first, later, over] =
        [0, 1000, 2000].map(|after| Apart::of(|| app(settings(key(), after).0)));
    let ada = LogIns::at(&first.start(), NAMES).of("Ada");
    let server = later.start();
    let why = "the server was started again with the same key, 1000 seconds after the log-in. It keeps no list.";
    LogIns::at(&server, NAMES).must_know(&ada, &ada.pair, why);
    let server = over.start();
    let what = "a log-in of 2000 seconds ago, at a server that was started again since then";
    LogIns::at(&server, NAMES).must_be_nobody(&ada.pair, what);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn logging_in_leads_to_a_page() -> Passed {
    LogIns::at(&server().0, NAMES).must_lead_on(&["/login"]);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_name_is_shown_whole_and_as_text() -> Passed {
    LogIns::at(&server().0, NAMES).must_show_whole_names_as_text();
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn a_cookie_that_nobody_signed_logs_nobody_in() -> Passed {
    LogIns::at(&server().0, NAMES).must_believe_no_edited_cookie(&server().0);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check server-decides"]
fn other_cookies_do_no_harm() -> Passed {
    LogIns::at(&server().0, NAMES).must_find_its_cookie_among_strangers();
    Passed
}
