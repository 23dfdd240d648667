//! The checks of the exercise `planted-by-a-sibling`: a sibling plants cookies, and then Ada types her card number. Who reads it?

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::collections::BTreeSet;

use planted_by_a_sibling::{app, lure};
use probe::{Address, Browser, Lure, MARKUP, Passed, Reply, Server, Visit, alike, chance, get};

const HOME: &str = "http://app.crumbs.localhost:3107/";
const ACCOUNT: &str = "http://app.crumbs.localhost:3107/account";
const SIBLING: &str = "http://evil.crumbs.localhost:3107/";

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn your_lure_works_on_the_server_as_it_was() -> Passed {
    let host = lure().address().host().to_owned();
    assert!(
        host == "evil.crumbs.localhost",
        "Expected your lure at {SIBLING}, a sibling of the shop. It is at {}.",
        lure().address()
    );
    let server = Server::of(as_it_was::app());
    let mut mallory = Browser::through(&server);
    log_in(&mut mallory, "mallory");
    let lure = lure().knowing(&mallory.value("planted_sid").unwrap_or_default());
    let mut ada = Browser::through(&server);
    log_in(&mut ada, "ada");
    let fall = ada.fall_for(&lure);
    let page = ada.open(ACCOUNT);
    assert!(
        page.says("Logged in as mallory"),
        "Expected that Ada, who is logged in and then opens your page, has Mallory's account before her at /account, on the \
         server as it was.\n\n{fall}\nHer account then. {}",
        page.with_text("Logged in as")
    );
    let sent = ada.form("card").fill("card", "4000 1234").send();
    let hers = mallory.open(ACCOUNT);
    assert!(
        hers.says("4000 1234"),
        "Expected that Mallory reads the card number that Ada then types at /account.\n\n{sent}\nMallory's account. {}",
        hers.with_text("Card:")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn no_planted_cookie_opens_an_account() -> Passed {
    let server = Server::of(app());
    for (victim, attacker) in [("ada", "mallory"), ("bob", "ada")] {
        let world = World::of(&server, victim, attacker);
        let lures = world.lures(&lure());
        for lure in &lures {
            for when in ["is logged in", "logs in later", "has logged out"] {
                world.tries(&mut Browser::through(&server), lure, when);
            }
        }
        for at in 0..lures.len() {
            let mut browser = Browser::through(&server);
            log_in(&mut browser, victim);
            let world = World::of(&server, victim, attacker);
            world.tries(
                &mut browser,
                &world.lures(&lure())[at],
                "had logged in before the attacker",
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn a_planted_cookie_locks_nobody_out() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    log_in(&mut ada, "ada");
    let own: BTreeSet<String> = names(&ada).into_iter().map(|name| name + "=").collect();
    // The last has no name, and no `=` on its way.
    let more = ["planted_sid=", "theme=", ""].map(str::to_owned);
    for name in own.iter().chain(&more) {
        for (path, value) in
            [("/", "junk"), ("/account", "junk"), ("/account", ""), ("/account", "caf\u{e9}")]
        {
            let line = format!("{name}{value}; Domain=crumbs.localhost; Path={path}");
            let fall = ada.fall_for(&Lure::at(SIBLING, "").planting(&line));
            let page = ada.open(ACCOUNT);
            assert!(
                page.says("Logged in as ada"),
                "Expected that Ada's own cookie still opens her account beside one that a sibling plants and that is nobody's.\n\n\
                 {fall}\n{}",
                page.with_text("logged in")
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn each_log_in_still_gives_a_new_id() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    let mut before = BTreeSet::<Vec<u8>>::new();
    for _ in 0..3 {
        log_in(&mut ada, "ada");
        let header = ada.cookie_header(ACCOUNT);
        for old in &before {
            let page = account(&server, old);
            assert!(
                !page.page().says("Logged in as"),
                "Expected that the cookies from before a log-in open nothing after it, for somebody may have them.\n\n{}",
                page.with_text("Logged in as")
            );
        }
        before.insert(header);
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let ids = (0..180).map(|_| {
        let mut ada = Browser::through(&server);
        log_in(&mut ada, "ada");
        text(ada.cookie_header(ACCOUNT))
    });
    let ids: Vec<String> = ids.collect();
    let bits = chance(&ids, &[]);
    // Of 64 bits in decimal digits it finds 56 or so.
    assert!(
        bits > 50.0,
        "Expected that nobody guesses the id of a session: `fresh_id` gives 128 bits of chance, and the cookies of {} log-ins show \
         no more than {bits:.0}. Some of them:\n{}",
        ids.len(),
        ids.iter().take(6).map(|id| format!("{id:?}\n")).collect::<String>()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn no_planted_value_becomes_an_id() -> Passed {
    const KNOWN: &str = "0123456789abcdef0123456789abcdef";
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    log_in(&mut ada, "ada");
    let own = names(&ada);
    let old = ["planted_sid".to_owned()];
    for name in own.iter().flat_map(|name| alike(name)).chain(old) {
        let mut ada = Browser::through(&server);
        let line = format!("{name}={KNOWN}; Domain=crumbs.localhost; Path=/; Secure");
        let fall = ada.fall_for(&Lure::at(SIBLING, "").planting(&line));
        let visit = log_in(&mut ada, "ada");
        for name in &own {
            let page = account(&server, format!("{name}={KNOWN}").as_bytes());
            assert!(
                !page.page().says("Logged in as"),
                "Expected that each log-in makes an id of its own. Ada's has a value that a sibling planted before, so Mallory knows \
                 it, and is in Ada's account.\n\n{fall}\nAda's log-in. {visit}\nThen Mallory asks. {}",
                page.with_text("Logged in as")
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn honest_use_works_as_before() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    ada.plant(HOME, "theme=dark; Path=/");
    log_in(&mut ada, "ada");
    let readable: Vec<_> = ada.cookies().into_iter().filter(|cookie| !cookie.http_only).collect();
    let pairs: Vec<_> = readable.iter().map(probe::Cookie::pair).collect();
    let copy = account(&server, &pairs.join(&b"; "[..]));
    assert!(
        !copy.page().says("Logged in as"),
        "Expected that a script can't read what opens an account: the cookies without `HttpOnly` open it.\n\n{}\n{}",
        ada.visit(),
        copy.with_text("Logged in as")
    );
    let mut tab = ada.tab();
    let mut bob = Browser::through(&server);
    for (browser, user, when) in [
        (&mut tab, "ada", "in a second tab"),
        (&mut ada, "ada", "in the first tab"),
        (&mut bob, "bob", "while Ada is logged in, too"),
    ] {
        if user == "bob" {
            log_in(browser, user);
        }
        let card = format!("{user} {when} {MARKUP}");
        browser.open(ACCOUNT);
        let page = browser.form("card").fill("card", &card).send();
        assert!(
            page.says(&format!("Logged in as {user}")) && page.says(&card),
            "Expected the account of {user} with the card {card:?}, {when}.\n\n{}",
            page.with_text("Logged in as")
        );
    }
    ada.back();
    let page = ada.form("card").fill("card", "after back").send();
    assert!(
        page.says("Logged in as ada") && page.says("Card: after back"),
        "Expected that Ada's form works after going back.\n\n{}",
        page.with_text("Card:")
    );
    let header = ada.cookie_header(ACCOUNT);
    let visit = ada.form("/logout").send();
    let page = ada.open(ACCOUNT);
    let copy = account(&server, &header);
    assert!(
        page.says("You are not logged in") && copy.page().says("You are not logged in"),
        "Expected \"You are not logged in\" after the log-out, and a copy of the cookie that opens nothing.\n\n{visit}\n{}",
        page.with_text("logged in")
    );
    let left = names(&ada);
    assert!(
        left == ["theme"],
        "Expected that a log-out deletes the shop's cookies, and leaves all others alone. The browser has {left:?}.\n\n{visit}"
    );
    log_in(&mut ada, "bob");
    Passed
}

/// The shop, somebody who suspects nothing, and what the attacker brings along.
struct World<'s> {
    server: &'s Server,
    victim: &'s str,
    attacker: &'s str,
    /// Names and values of the cookies of the attacker's browser, in which they are logged in.
    hers: Vec<(String, String)>,
}

impl<'s> World<'s> {
    fn of(server: &'s Server, victim: &'s str, attacker: &'s str) -> Self {
        let mut browser = Browser::through(server);
        log_in(&mut browser, attacker);
        let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
        let cookies = browser.cookies();
        let hers = cookies.iter().map(|cookie| (text(&cookie.name), text(&cookie.value)));
        Self { server, victim, attacker, hers: hers.collect() }
    }

    /// The learner's lure, and its sisters: all of the attacker's cookies, with their values under other names, too.
    fn lures(&self, own: &Lure) -> Vec<Lure> {
        let mut lures: Vec<Lure> =
            self.hers.iter().map(|(_, value)| own.clone().knowing(value)).collect();
        for path in ["/account", "/account/", "/"] {
            let line = |name: &str, value: &str| {
                format!("{name}={value}; Domain=crumbs.localhost; Path={path}; Secure; HttpOnly")
            };
            let all = self.hers.iter();
            lures.push(all.fold(Lure::at(SIBLING, ""), |lure, (name, value)| {
                lure.planting(&line(name, value))
            }));
            for (name, value) in &self.hers {
                for name in alike(name).into_iter().chain(["planted_sid".to_owned()]) {
                    lures.push(Lure::at(SIBLING, "").planting(&line(&name, value)));
                }
            }
        }
        lures
    }

    /// The victim opens a lure, logs in before or after it or not, and then types a card number.
    fn tries(&self, browser: &mut Browser, lure: &Lure, when: &str) {
        let (victim, attacker) = (self.victim, self.attacker);
        if matches!(when, "is logged in" | "has logged out") {
            log_in(browser, victim);
        }
        let mut tab = browser.tab();
        if when == "has logged out" {
            tab.open(ACCOUNT);
            browser.open(ACCOUNT);
            browser.form("/logout").send();
        }
        let fall = browser.fall_for(lure);
        if when == "logs in later" {
            sends(browser, victim);
        }
        let page = browser.open(ACCOUNT);
        let says = match when {
            "has logged out" => "You are not logged in".to_owned(),
            _ => format!("Logged in as {victim}"),
        };
        assert!(
            page.says(&says),
            "Expected \"{says}\" at /account in the browser of {victim}, who {when}, whatever of {attacker}'s a sibling \
             planted.\n\n{fall}\nThe account then. {}",
            page.with_text("logged in")
        );
        if when == "has logged out" {
            let sent = tab.form("card").fill("card", "4000 5678").send();
            let pairs = self.hers.iter().map(|(name, value)| format!("{name}={value}"));
            let theirs = account(self.server, pairs.collect::<Vec<_>>().join("; ").as_bytes());
            assert!(
                !theirs.page().says("4000 5678"),
                "Expected that the card number that {victim} types in a page from before the log-out is kept for nobody. It is in the \
                 account of {attacker}.\n\n{fall}\nThen. {sent}\n{}",
                theirs.with_text("Card:")
            );
            return;
        }
        let sent = browser.form("card").fill("card", "4000 1234").send();
        assert!(
            sent.says(&says) && sent.says("Card: 4000 1234"),
            "Expected that the card number that {victim} types is kept for {victim}, whatever of {attacker}'s a sibling \
             planted.\n\n{fall}\nThen. {}",
            sent.with_text("Card:")
        );
    }
}

/// The account, asked for with these cookies.
fn account(server: &Server, cookies: &[u8]) -> Reply {
    server.send(get("/account").header("Host", Address::of(HOME).authority()).cookie(cookies))
}

/// Sends the log-in form of the shop's page.
fn sends(browser: &mut Browser, name: &str) -> Visit {
    browser.open(HOME);
    let password = USERS.iter().find(|(user, _)| *user == name).map_or("", |(_, word)| word);
    browser.form("name").fill("name", name).fill("password", password).send()
}

/// Logs in by the shop's page; the account is then shown.
fn log_in(browser: &mut Browser, name: &str) -> Visit {
    let visit = sends(browser, name);
    assert!(
        visit.says(&format!("Logged in as {name}")),
        "Expected \"Logged in as {name}\" after a log-in by the shop's own form.\n\n{}",
        visit.with_text("Logged in as")
    );
    visit
}

/// The names of the browser's cookies.
fn names(browser: &Browser) -> Vec<String> {
    let cookies = browser.cookies();
    cookies.iter().map(|cookie| String::from_utf8_lossy(&cookie.name).into_owned()).collect()
}
