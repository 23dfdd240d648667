//! The checks of the exercise `transfer-by-form`: people who are logged in fall for lures; the books say what came of it.

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::collections::HashSet;

use probe::{
    Address, Apart, Browser, Lure, Passed, Reply, Request, Server, Submission, Visit, alike,
    chance, computed_from, get,
};
use transfer_by_form::{app, lure};

const BANK: &str = "http://app.crumbs.localhost:3107/";
/// What the form has of its own: the rest is what tells whose it is.
const ORDER: [&str; 2] = ["to", "amount"];
const MALLORY: &str = "http://mallory.localhost:3107/";
const SIBLING: &str = "http://evil.crumbs.localhost:3107/";

/// Where sisters of the lure are: Mallory's site, a sibling, and places whose address looks like the server's own.
const SITES: [&str; 5] = [
    MALLORY,
    SIBLING,
    "http://app.crumbs.localhost.mallory.localhost:3107/",
    "http://evil-app.crumbs.localhost:3107/",
    "http://app.crumbs.localhost:31070/",
];

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn your_lure_works_on_the_server_as_it_was() -> Passed {
    let host = lure().address().host().to_owned();
    assert!(
        host == "mallory.localhost",
        "Expected your lure at {MALLORY}, another site than the bank. It is at {}.",
        lure().address()
    );
    for user in ["ada", "bob"] {
        let server = Server::of(as_it_was::app());
        let mut browser = Browser::through(&server);
        log_in(&mut browser, user);
        let before = balance(&server, "mallory");
        let fall = browser.fall_for(&lure());
        let after = balance(&server, "mallory");
        assert!(
            after > before && balance(&server, user) < 100,
            "Expected that {user}, who is logged in, has less money after one click on your page, and mallory more, on the \
             server as it was. Mallory had {before}, and has {after}.\n\n{fall}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn neither_your_lure_nor_its_sisters_move_money() -> Passed {
    let server = Server::of(app());
    let names = form_of(&server, "mallory").besides(&ORDER).into_iter().map(|(name, _)| name);
    let names: Vec<String> = names.collect();
    // Everybody attacks, and everybody is attacked, for little and for much.
    for (victim, attacker, amount) in
        [("ada", "mallory", "1"), ("mallory", "bob", "99"), ("bob", "ada", "100")]
    {
        let mut lures = if victim == "ada" { vec![("your lure", lure())] } else { Vec::new() };
        for at in SITES {
            lures.extend(sisters(at, &names, attacker, amount));
        }
        for old in [false, true] {
            let mut browser = Browser::through(&server);
            if old {
                browser = browser.of_old();
            }
            let how = if old { " in a browser from before 2020" } else { "" };
            for (what, lure) in &lures {
                is_in(&mut browser, victim);
                falls(&server, &mut browser, (victim, lure), what, how);
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn what_others_read_in_their_own_pages_helps_them_nothing() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server).of_old();
    log_in(&mut ada, "ada");
    let mut forms = vec![form_of(&server, "mallory"), form_of(&server, "bob")];
    // One that Ada's own page will not have, and the newest.
    ada.open(BANK);
    forms.push(form_of(&server, "mallory"));
    for form in forms.iter().filter(|form| !form.besides(&ORDER).is_empty()) {
        for at in [MALLORY, SIBLING] {
            let what =
                "the form of somebody's own page, with all that it sends to the bank for them";
            is_in(&mut ada, "ada");
            falls(&server, &mut ada, ("ada", &Lure::sending(at, "", form)), what, "");
        }
    }
    let mut phone = Browser::through(&server).of_old();
    let mut own = order_of(&mut phone, "ada");
    for number in 0..own.nearly(&ORDER).len() {
        if is_in(&mut phone, "ada") {
            own = order_shown(&mut phone, "ada");
        }
        let Some(form) = own.nearly(&ORDER).into_iter().nth(number) else { break };
        let what = "a form that sends almost what Ada's own page sends";
        falls(&server, &mut phone, ("ada", &Lure::sending(SIBLING, "", &form)), what, "");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn what_was_read_before_a_log_in_helps_nothing_after_it() -> Passed {
    let server = Server::of(app());
    for logs_out in [false, true] {
        let mut browser = Browser::through(&server).of_old();
        let mut tab = browser.tab();
        tab.open(BANK);
        let form = order_of(&mut browser, "mallory");
        if form.besides(&ORDER).is_empty() {
            // It is not the page's knowledge that protects.
            return Passed;
        }
        if logs_out {
            browser.form("/logout").send();
            log_in(&mut tab, "ada");
        } else if !sends_log_in(&mut tab, "ada").says("Logged in as ada") {
            // A page from before a log-in need not log in after it.
            continue;
        }
        let what = "the form that the bank's page had for Mallory, who was logged in before Ada in the same browser";
        falls(&server, &mut tab, ("ada", &Lure::sending(SIBLING, "", &form)), what, "");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn a_cookie_that_a_sibling_plants_helps_nothing() -> Passed {
    let server = Server::of(app());
    let mut mallory = Browser::through(&server);
    let form = order_of(&mut mallory, "mallory");
    if form.besides(&ORDER).is_empty() {
        // It is not the page's knowledge that protects.
        return Passed;
    }
    let cookies: Vec<(String, String)> = mallory
        .cookies()
        .iter()
        .map(|cookie| {
            [&cookie.name, &cookie.value].map(|part| String::from_utf8_lossy(part).into_owned())
        })
        .map(|[name, value]| (name, value))
        .collect();
    // Each of hers alone, also under names that are almost its own, and all but one: with her log-in she sends money of her own.
    let like = |(name, value): &(String, String)| {
        let value = value.clone();
        alike(name).into_iter().map(move |name| vec![(name, value.clone())])
    };
    let all_but =
        cookies.iter().map(|one| cookies.iter().filter(|other| *other != one).cloned().collect());
    for planted in
        cookies.iter().flat_map(like).chain(all_but).filter(|planted: &Vec<_>| !planted.is_empty())
    {
        for (path, first) in [("/", false), ("/", true), ("/transfer", false), ("/transfer", true)]
        {
            for old in [false, true] {
                let mut ada = Browser::through(&server);
                if old {
                    ada = ada.of_old();
                }
                log_in(&mut ada, "ada");
                let line = |(name, value): &(String, String)| {
                    format!("{name}={value}; Domain=crumbs.localhost; Path={path}; Secure")
                };
                let mut lure = Lure::sending(SIBLING, "", &form);
                for planted in &planted {
                    // The first is found first where the paths are of one length.
                    if first {
                        ada.plant_before(SIBLING, line(planted));
                    } else {
                        lure = lure.planting(&line(planted));
                    }
                }
                let what = "a sibling's page, which plants Mallory's cookies and sends the form that goes with them";
                falls(&server, &mut ada, ("ada", &lure), what, "");
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn nobody_guesses_what_your_page_knows() -> Passed {
    let server = Apart::of(app);
    let (mut tokens, mut seen) = (Vec::new(), HashSet::new());
    for _ in 0..3 {
        // A server that just started, and knows nothing of the others.
        let server = server.start();
        let mut ada = Browser::through(&server);
        let own = order_of(&mut ada, "ada");
        ada.fall_for(&Lure::sending(SIBLING, "", &own));
        if own.besides(&ORDER).is_empty() || balance(&server, "ada") == 100 {
            // It is not the page's knowledge alone that protects.
            return Passed;
        }
        for _ in 0..60 {
            let form = order_of(&mut Browser::through(&server), "ada");
            let token: String = form.besides(&ORDER).into_iter().map(|(_, value)| value).collect();
            assert!(
                seen.insert(token.clone()),
                "Expected that each log-in gets a token that no other had, here or on another server. {token:?} came twice."
            );
            tokens.push(token);
        }
    }
    let bits = chance(&tokens, &[]);
    // Of 64 bits in decimal digits it finds 56 or so.
    assert!(
        bits > 50.0,
        "Expected that the form sends 64 bits of chance or more, as `fresh_id` gives them: {} log-ins on 3 servers show no \
         more than {bits:.0}. Some of what it sends:\n{}",
        tokens.len(),
        tokens.iter().take(6).map(|token| format!("{token:?}\n")).collect::<String>()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn no_page_shows_the_id() -> Passed {
    let server = Server::of(app());
    let letters = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let [mut ada, mut other] = [(); 2].map(|()| Browser::through(&server));
    log_in(&mut other, "ada");
    log_in(&mut ada, "ada");
    let without = letters(&other.open(BANK).last().text());
    for cookie in ada.cookies() {
        let pair = String::from_utf8_lossy(&cookie.pair()).into_owned();
        let opens = asks(&server, get("/"), pair.as_bytes());
        let value = String::from_utf8_lossy(&cookie.value).into_owned();
        let page = ada.open(BANK);
        let html = page.last().text();
        // In capitals, backwards, with something between or with its halves in another order, too.
        let shown = |html: &str| computed_from(html, &letters(&value)).is_some();
        assert!(
            !opens.page().says("Logged in as") || !shown(&letters(&html)) || shown(&without),
            "Expected that the id of the session stays in its cookie, which no script can read. The page has it, or a long piece of \
             it, forwards or backwards: {value}.\n\n{page}\nIts HTML:\n{}",
            probe::excerpt(&html, "<form")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn no_other_site_reads_your_page() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    log_in(&mut ada, "ada");
    for origin in SITES.map(|at| at.trim_end_matches('/')).into_iter().chain(["null"]) {
        let request = get("/").header("Origin", origin).header("Sec-Fetch-Mode", "cors");
        let reply = asks(&server, request, &ada.cookie_header(BANK));
        let lets = |name: &str, value: &str| reply.all(name).contains(&value);
        assert!(
            !(lets("Access-Control-Allow-Origin", origin)
                && lets("Access-Control-Allow-Credentials", "true")),
            "Expected that a browser lets no script of {origin} read the bank's page with Ada's cookie: all that the page knows is in \
             it.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check transfer-by-form"]
fn honest_transfers_work_as_before() -> Passed {
    let server = Server::of(app());
    for old in [false, true] {
        let new =
            || if old { Browser::through(&server).of_old() } else { Browser::through(&server) };
        let mut ada = new();
        ada.plant(BANK, "theme=dark; Path=/");
        log_in(&mut ada, "ada");
        ada.plant(SIBLING, "seen=1; Domain=crumbs.localhost; Path=/transfer");
        let mut tab = ada.tab();
        tab.open(BANK);
        let mut bob = new();
        log_in(&mut bob, "bob");
        sends(&server, &mut tab, ("ada", "bob"), "in a second tab");
        for _ in 0..if old { 1 } else { 20 } {
            let when =
                "in the first tab, whose page is from before the second's, and again and again";
            sends(&server, &mut ada, ("ada", "bob"), when);
        }
        sends(&server, &mut bob, ("bob", "ada"), "while Ada is logged in, too");
        ada.back();
        sends(&server, &mut ada, ("ada", "mallory"), "after going back to the form");
        let mut phone = new();
        log_in(&mut phone, "ada");
        sends(&server, &mut ada, ("ada", "bob"), "while she is logged in on her phone, too");
        sends(&server, &mut phone, ("ada", "bob"), "on her phone");
        let header = ada.cookie_header(BANK);
        let visit = ada.form("/logout").send();
        let copy = asks(&server, get("/"), &header);
        assert!(
            visit.says("You are not logged in") && copy.page().says("You are not logged in"),
            "Expected \"You are not logged in\" after the log-out, and a copy of the cookie that opens nothing.\n\n{}\n{copy}",
            visit.with_text("logged in")
        );
        log_in(&mut ada, "bob");
        sends(&server, &mut ada, ("bob", "ada"), "after a log-out of Ada, in the same browser");
        sends(&server, &mut phone, ("ada", "bob"), "on her phone, after her log-out elsewhere");
        phone.reload();
        let books = USERS.map(|(user, _)| balance(&server, user));
        assert!(
            books.iter().sum::<u64>() == 300,
            "Expected that money is sent, and neither made nor lost. The balances are {books:?}."
        );
    }
    Passed
}

/// Lures at this address that the learner's has as sisters: by POST and GET, by link and image, with and without a referrer, and
/// with something of their own in the fields that the bank's form has.
fn sisters(at: &str, names: &[String], attacker: &str, amount: &str) -> Vec<(&'static str, Lure)> {
    let fields = |more: &str| {
        let own = [("to", attacker), ("amount", amount)];
        let more = names.iter().map(|name| (name.as_str(), more));
        let fields = own.into_iter().chain(more);
        fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    };
    let action = Address::of(&format!("{BANK}transfer"));
    let form = |what: &'static str, method: &str, head: &str, more: Option<&str>| {
        let mut fields = fields(more.unwrap_or_default());
        fields.truncate(if more.is_none() { 2 } else { fields.len() });
        let sent = Submission { method: method.to_owned(), action: action.clone(), fields };
        (what, Lure::sending(at, head, &sent))
    };
    let no_referrer = "<meta name=\"referrer\" content=\"no-referrer\">";
    let whole = "<meta name=\"referrer\" content=\"unsafe-url\">";
    let behind = format!("{at}?{BANK}");
    let query = format!("{BANK}transfer?to={attacker}&amount={amount}");
    let mut lures = vec![
        form("a form", "POST", "", None),
        form("a form on a page without a referrer", "POST", no_referrer, None),
        form("a form by GET", "GET", "", None),
        form("a form that leaves empty what the bank's sends", "POST", "", Some("")),
        form("a form that makes up what the bank's sends", "POST", "", Some("0")),
        form("a form by GET that makes up what the bank's sends", "GET", "", Some("0")),
        ("a link", Lure::at(at, &format!("<a href='{query}'>A prize!</a>"))),
        ("an image", Lure::at(at, &format!("<img src='{query}'>"))),
        (
            "a link on a page without a referrer",
            Lure::at(at, &format!("{no_referrer}<a href='{query}'>A prize!</a>")),
        ),
    ];
    let sent = Submission { method: "POST".to_owned(), action, fields: fields("") };
    lures.push(("a script", Lure::by_script(at, &sent)));
    lures.push((
        "a form at an address that ends with the bank's",
        Lure::sending(&behind, whole, &sent),
    ));
    lures
}

/// Falls for a lure: the books must be as before.
fn falls(
    server: &Server,
    browser: &mut Browser,
    (victim, lure): (&str, &Lure),
    what: &str,
    how: &str,
) {
    let before = balance(server, victim);
    let fall = browser.fall_for(lure);
    let after = balance(server, victim);
    assert!(
        before == after,
        "Expected that {what}, at {}, moves no money of {victim}'s{how}. They had {before}, and have {after}.\n\n{fall}",
        lure.address().origin()
    );
}

/// Logs in where a refusal logged out: nobody who is logged out shows that a lure moves no money. Says whether it did.
fn is_in(browser: &mut Browser, name: &str) -> bool {
    let out = !browser.open(BANK).says(&format!("Logged in as {name}"));
    if out {
        tries(browser, name);
    }
    out
}

/// Asks with these cookies.
fn asks(server: &Server, request: Request, cookies: &[u8]) -> Reply {
    server.send(request.header("Host", Address::of(BANK).authority()).cookie(cookies))
}

/// Logs in by the bank's page, which is then shown.
fn log_in(browser: &mut Browser, name: &str) -> Visit {
    browser.open(BANK);
    tries(browser, name)
}

/// Logs in by the page that is shown.
fn tries(browser: &mut Browser, name: &str) -> Visit {
    let visit = sends_log_in(browser, name);
    assert!(
        visit.says(&format!("Logged in as {name}")),
        "Expected \"Logged in as {name}\" after a log-in by the bank's own form.\n\n{}",
        visit.with_text("Logged in as")
    );
    visit
}

fn sends_log_in(browser: &mut Browser, name: &str) -> Visit {
    let password = USERS.iter().find(|(user, _)| *user == name).map_or("", |(_, word)| word);
    browser.form("/login").fill("name", name).fill("password", password).send()
}

/// What the books say, read by the user's own page.
fn balance(server: &Server, name: &str) -> u64 {
    let visit = log_in(&mut Browser::through(server), name);
    let text = visit.page().text();
    let number = text.split_once("Balance:").map(|(_, rest)| rest.trim_start());
    let digits = number.map(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
    digits.flatten().and_then(|digits| digits.parse().ok()).unwrap_or_else(|| {
        panic!(
            "Expected \"Balance: \" and a number in the page of {name}.\n\n{}",
            visit.with_text("Balance:")
        )
    })
}

/// Sends 1 by the form of the page that is shown: the books must say so.
fn sends(server: &Server, browser: &mut Browser, (from, to): (&str, &str), when: &str) {
    let books = || (balance(server, from), balance(server, to));
    let before = books();
    let visit = browser.form("to").fill("to", to).fill("amount", "1").send();
    let after = books();
    assert!(
        after == (before.0 - 1, before.1 + 1),
        "Expected that the bank's own form still sends 1 from {from} to {to}, {when}. They had {before:?}, and have \
         {after:?}.\n\n{}",
        visit.with_text("Balance:")
    );
    assert!(
        visit.says(&format!("Logged in as {from}")),
        "Expected the page of {from} after a transfer, {when}.\n\n{}",
        visit.with_text("Logged in as")
    );
}

/// What the bank's form sends for somebody who gives 1 to themselves, or to mallory where they are ada.
fn form_of(server: &Server, name: &str) -> Submission {
    order_of(&mut Browser::through(server), name)
}

fn order_of(browser: &mut Browser, name: &str) -> Submission {
    log_in(browser, name);
    order_shown(browser, name)
}

fn order_shown(browser: &mut Browser, name: &str) -> Submission {
    let to = if name == "ada" { "mallory" } else { name };
    let form = browser.form("to").fill("to", to).fill("amount", "1");
    form.form().submission(None).unwrap_or_else(|problem| {
        panic!("Expected a form to /transfer that can be sent: {problem}.")
    })
}
