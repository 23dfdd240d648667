//! The checks of the exercise `planted-by-a-sibling`: a sibling plants cookies, and then Ada types her card number. Who reads it?

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::collections::BTreeSet;

use planted_by_a_sibling::{app, lure};
use probe::{Address, Browser, Lure, MARKUP, Passed, Server, Visit, get};

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
    let world = World::of(&server);
    for lure in world.lures(&lure()) {
        for ada in ["is logged in", "logs in later", "has logged out"] {
            world.tries(&lure, ada);
        }
    }
    Passed
}

/// Never the only killer: the sisters of the lure plant values that open nothing, too, where an answer has two cookies. This one
/// says it plainly.
#[test]
#[ignore = "exercise: cargo course check planted-by-a-sibling"]
fn a_planted_cookie_locks_nobody_out() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    log_in(&mut ada, "ada");
    let own: BTreeSet<String> = names(&ada).into_iter().collect();
    let more = ["planted_sid", "theme"].map(str::to_owned);
    for name in own.iter().chain(&more) {
        for (path, value) in [("/", "junk"), ("/account", "junk"), ("/account", "")] {
            let line = format!("{name}={value}; Domain=crumbs.localhost; Path={path}");
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
    let mut before = BTreeSet::new();
    for _ in 0..3 {
        log_in(&mut ada, "ada");
        let header = ada.cookie_header(ACCOUNT);
        for old in &before {
            let old: &Vec<u8> = old;
            let page = server
                .send(get("/account").header("Host", Address::of(HOME).authority()).cookie(old));
            assert!(
                !page.page().says("Logged in as"),
                "Expected that the cookies from before a log-in open nothing after it, for somebody may have them.\n\n{}",
                page.with_text("Logged in as")
            );
        }
        before.insert(header);
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
    let copy =
        server.send(get("/account").header("Host", Address::of(HOME).authority()).cookie(&header));
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

/// The shop, and what Mallory brings along.
struct World<'s> {
    server: &'s Server,
    /// Names and values of the cookies of her browser, in which she is logged in.
    hers: Vec<(String, String)>,
}

impl<'s> World<'s> {
    fn of(server: &'s Server) -> Self {
        let mut mallory = Browser::through(server);
        mallory.open(HOME);
        log_in(&mut mallory, "mallory");
        let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
        let cookies = mallory.cookies();
        let hers = cookies.iter().map(|cookie| (text(&cookie.name), text(&cookie.value)));
        Self { server, hers: hers.collect() }
    }

    /// The learner's lure, and its sisters: all of Mallory's cookies, with Mallory's values under other names, too.
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
                let bare = name.trim_start_matches("__Host-").trim_start_matches("__Secure-");
                for name in [
                    name.clone(),
                    bare.to_owned(),
                    "planted_sid".to_owned(),
                    format!("__Secure-{bare}"),
                    format!("__host-{bare}"),
                    format!("__HOST-{bare}"),
                    format!("x{name}"),
                    format!("{name}x"),
                    format!("__Host{bare}"),
                    format!("={name}"),
                    format!("a={name}"),
                    format!("%{:02X}{}", name.as_bytes()[0], &name[1..]),
                    format!("a=1&{name}"),
                ] {
                    lures.push(Lure::at(SIBLING, "").planting(&line(&name, value)));
                }
            }
        }
        lures
    }

    /// Ada opens a lure, logs in before or after it or not, and then types a card number.
    fn tries(&self, lure: &Lure, who: &str) {
        let mut ada = Browser::through(self.server);
        if who != "logs in later" {
            log_in(&mut ada, "ada");
        }
        if who == "has logged out" {
            ada.open(ACCOUNT);
            ada.form("/logout").send();
        }
        let fall = ada.fall_for(lure);
        if who == "logs in later" {
            ada.open(HOME);
            ada.form("name").fill("name", "ada").fill("password", "engine").send();
        }
        let page = ada.open(ACCOUNT);
        let says = match who {
            "has logged out" => "You are not logged in",
            _ => "Logged in as ada",
        };
        assert!(
            page.says(says),
            "Expected \"{says}\" at /account in the browser of Ada, who {who}, whatever a sibling planted.\n\n{fall}\nHer \
             account then. {}",
            page.with_text("logged in")
        );
        if says == "You are not logged in" {
            return;
        }
        let sent = ada.form("card").fill("card", "4000 1234").send();
        assert!(
            sent.says("Logged in as ada") && sent.says("Card: 4000 1234"),
            "Expected that the card number that Ada types is kept for her, whatever a sibling planted.\n\n{fall}\nThen. {}",
            sent.with_text("Card:")
        );
    }
}

/// Logs in by the shop's page; the account is then shown.
fn log_in(browser: &mut Browser, name: &str) -> Visit {
    browser.open(HOME);
    let password = USERS.iter().find(|(user, _)| *user == name).map_or("", |(_, word)| word);
    let visit = browser.form("name").fill("name", name).fill("password", password).send();
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
