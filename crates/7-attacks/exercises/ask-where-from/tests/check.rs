//! The checks of the exercise `ask-where-from`: lures of a sibling, and each thing that a browser may say of where it comes from.

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::rc::Rc;

use ask_where_from::{app, lure};
use probe::{
    Address, Browser, Lure, Passed, Reply, Request, Server, Submission, Visit, encode, get,
};

const BANK: &str = "http://app.crumbs.localhost:3107/";
const OWN: &str = "http://app.crumbs.localhost:3107";
const MALLORY: &str = "http://mallory.localhost:3107/";
const SIBLING: &str = "http://evil.crumbs.localhost:3107/";

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn your_lure_works_on_the_server_as_it_was() -> Passed {
    let host = lure().address().host().to_owned();
    assert!(
        host == "evil.crumbs.localhost",
        "Expected your lure at {SIBLING}, a sibling of the bank. It is at {}.",
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
#[ignore = "exercise: cargo course check ask-where-from"]
fn neither_your_lure_nor_its_sisters_move_money() -> Passed {
    let server = Server::of(app());
    let order = [("to", "mallory"), ("amount", "1")];
    let order = Submission {
        method: "POST".to_owned(),
        action: Address::of(&format!("{BANK}transfer")),
        fields: order.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    };
    let by_get = Submission { method: "GET".to_owned(), ..order.clone() };
    let query = format!("{BANK}transfer?to=mallory&amount=1");
    let mut lures = vec![("your lure", lure())];
    for at in [SIBLING, MALLORY, "http://app.crumbs.localhost.mallory.localhost:3107/"] {
        lures.push(("a form", Lure::sending(at, "", &order)));
        lures.push(("a script", Lure::by_script(at, &order)));
        lures.push(("a form by GET", Lure::sending(at, "", &by_get)));
        lures.push(("a link", Lure::at(at, &format!("<a href='{query}'>A prize!</a>"))));
        lures.push(("an image", Lure::at(at, &format!("<img src='{query}'>"))));
        for policy in ["no-referrer", "origin", "unsafe-url"] {
            let head = format!("<meta name=\"referrer\" content=\"{policy}\">");
            lures.push(("a form", Lure::sending(at, &head, &order)));
        }
    }
    for old in [false, true] {
        let mut browser = Browser::through(&server);
        if old {
            browser = browser.of_old();
        }
        log_in(&mut browser, "ada");
        let how = if old { " in a browser from before 2020" } else { "" };
        for (what, lure) in &lures {
            falls(&server, &mut browser, lure, what, how);
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn sec_fetch_site_decides_where_it_is_there() -> Passed {
    let bank = Bank::new();
    for origin in [Some(OWN), Some("null"), None] {
        bank.must_do(&[("Sec-Fetch-Site", Some("same-origin")), ("Origin", origin)]);
    }
    for (said, why) in by_its_site() {
        bank.must_refuse(&said, why);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn else_the_origin_must_be_the_banks_own() -> Passed {
    let bank = Bank::new();
    bank.must_do(&[("Origin", Some(OWN))]);
    for (said, why) in by_its_origin() {
        bank.must_refuse(&said, why);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn without_both_it_refuses() -> Passed {
    let bank = Bank::new();
    for (said, why) in by_neither() {
        bank.must_refuse(&said, why);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn every_form_is_asked() -> Passed {
    let bank = Bank::new();
    let log_in = [("name", "mallory"), ("password", "malice")];
    for (said, why) in by_its_site().into_iter().chain(by_its_origin()).chain(by_neither()) {
        for sender in SENDERS {
            for who in [&bank, &bank.newcomer()] {
                let reply = who.sends(sender.post("/login", &log_in, &said), &said);
                assert!(
                    reply.status == 403 && reply.set_cookies().is_empty(),
                    "Expected 403 and no cookie where a form of somebody else logs in, with a cookie and without one: the log-in \
                     is a form as all others, and {why}. The answer is {}.\n\n{reply}",
                    reply.status
                );
            }
            let reply = bank.sends(sender.post("/logout", &[], &said), &said);
            let page = bank.sends(get("/"), &[]);
            assert!(
                reply.status == 403
                    && reply.set_cookies().is_empty()
                    && page.page().says("Logged in as ada"),
                "Expected 403 and no cookie where a form of somebody else logs out, and that ada stays logged in: the log-out is a \
                 form as all others, and {why}. The answer is {}.\n\n{reply}\n{}",
                reply.status,
                page.with_text("logged in")
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn pages_are_open_to_links_from_everywhere() -> Passed {
    let bank = Bank::new();
    for said in [
        ("Sec-Fetch-Site", Some("cross-site")),
        ("Sec-Fetch-Site", Some("same-site")),
        ("Sec-Fetch-Site", Some("none")),
        ("Sec-Fetch-Site", None),
    ] {
        let reply = bank.sends(get("/"), &[said]);
        assert!(
            reply.status == 200 && reply.page().says("Logged in as ada"),
            "Expected the page for whoever asks for it by GET, typed or by a link of any site: it changes nothing. The answer is \
             {}.\n\n{}",
            reply.status,
            reply.with_text("Logged in as")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check ask-where-from"]
fn honest_use_works_as_before() -> Passed {
    let server = Server::of(app());
    for old in [false, true] {
        let new =
            || if old { Browser::through(&server).of_old() } else { Browser::through(&server) };
        let mut ada = new();
        log_in(&mut ada, "ada");
        let mut tab = ada.tab();
        tab.open(BANK);
        let mut bob = new();
        log_in(&mut bob, "bob");
        sends(&server, &mut tab, ("ada", "bob"), "in a second tab");
        sends(&server, &mut ada, ("ada", "bob"), "in the first tab");
        sends(&server, &mut bob, ("bob", "ada"), "while Ada is logged in, too");
        ada.back();
        sends(&server, &mut ada, ("ada", "mallory"), "after going back to the form");
        if !old {
            // Such a page hides its origin: a browser says `Origin: null` for it, and `same-origin`.
            let form = "<form action=/transfer method=post><input name=to><input name=amount><button>Send</button></form>";
            ada.show(
                &format!("{BANK}quiet"),
                &format!("<meta name=referrer content=no-referrer>{form}"),
            );
            sends(
                &server,
                &mut ada,
                ("ada", "bob"),
                "on a page of the bank with `Referrer-Policy: no-referrer`",
            );
        }
        let visit = ada.form("/logout").send();
        assert!(
            visit.says("You are not logged in"),
            "Expected \"You are not logged in\" after the log-out.\n\n{}",
            visit.with_text("logged in")
        );
        log_in(&mut ada, "bob");
        sends(&server, &mut ada, ("bob", "ada"), "after a log-out of Ada, in the same browser");
    }
    Passed
}

/// The bank, and Ada's cookie: for requests that are written by hand.
struct Bank {
    server: Rc<Server>,
    cookie: Vec<u8>,
}

/// Fields of a request; those without a value are left out.
type Said<'s> = [(&'s str, Option<&'s str>)];

/// Fields with which a request is refused, and why.
type Refused = Vec<(Vec<(&'static str, Option<&'static str>)>, &'static str)>;

/// `Sec-Fetch-Site` is there, and another page's.
fn by_its_site() -> Refused {
    let why = "`Sec-Fetch-Site` is there, so it alone decides";
    let sites = ["same-site", "cross-site", "none", "unknown", "cross-origin", "other"];
    let pairs = sites.map(|site| {
        [Some(OWN), Some("null"), None]
            .map(|origin| (vec![("Sec-Fetch-Site", Some(site)), ("Origin", origin)], why))
    });
    pairs.concat()
}

/// No `Sec-Fetch-Site`, and another page's `Origin`.
fn by_its_origin() -> Refused {
    let why = "this is not the bank's whole origin, and no `Sec-Fetch-Site` is there";
    let origins = [
        "null",
        "https://app.crumbs.localhost:3107",
        "http://evil.crumbs.localhost:3107",
        "http://mallory.localhost:3107",
        "http://app.crumbs.localhost.mallory.localhost:3107",
        "http://app.crumbs.localhost:3107.mallory.localhost:3107",
        "http://app.crumbs.localhost:31070",
        "http://app.crumbs.localhost:3007",
        "http://app.crumbs.localhost",
        "http://crumbs.localhost:3107",
        "http://another-app.crumbs.localhost:3107",
        "",
    ];
    let pairs = origins.map(|origin| {
        [None, Some(BANK)]
            .map(|referer| (vec![("Origin", Some(origin)), ("Referer", referer)], why))
    });
    pairs.concat()
}

/// Neither, with a `Referer` or without.
fn by_neither() -> Refused {
    let why = "neither `Sec-Fetch-Site` nor `Origin` is there";
    [None, Some(BANK), Some(OWN), Some(SIBLING)]
        .map(|referer| (vec![("Referer", referer)], why))
        .to_vec()
}

/// Who sends a form by hand.
struct Sender {
    /// `User-Agent`.
    agent: &'static str,
    kind: &'static str,
    /// `Sec-Fetch-Mode` and `Sec-Fetch-Dest`, where there is a `Sec-Fetch-Site`.
    mode: &'static str,
    dest: &'static str,
}

/// A page's form, a page's script, and a program, which writes as it likes.
const SENDERS: [Sender; 3] = [
    Sender {
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
        kind: "application/x-www-form-urlencoded",
        mode: "navigate",
        dest: "document",
    },
    Sender {
        agent: "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
        kind: "application/x-www-form-urlencoded;charset=UTF-8",
        mode: "no-cors",
        dest: "empty",
    },
    Sender { agent: "curl/8.14.1", kind: "application/x-www-form-urlencoded", mode: "", dest: "" },
];

impl Sender {
    fn post(&self, target: &str, fields: &[(&str, &str)], said: &Said<'_>) -> Request {
        let fields =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = fields.collect::<Vec<_>>().join("&");
        let request = Request::new("POST", target)
            .header("User-Agent", self.agent)
            .header("Content-Type", self.kind)
            .body(body.as_bytes());
        let of_today =
            said.iter().any(|(name, value)| *name == "Sec-Fetch-Site" && value.is_some());
        if of_today && !self.mode.is_empty() {
            request.header("Sec-Fetch-Mode", self.mode).header("Sec-Fetch-Dest", self.dest)
        } else {
            request
        }
    }
}

impl Bank {
    fn new() -> Self {
        let server = Server::of(app());
        let mut ada = Browser::through(&server);
        log_in(&mut ada, "ada");
        Self { cookie: ada.cookie_header(BANK), server: Rc::new(server) }
    }

    /// The same bank, and no cookie yet.
    fn newcomer(&self) -> Self {
        Self { server: Rc::clone(&self.server), cookie: Vec::new() }
    }

    fn sends(&self, request: Request, said: &Said<'_>) -> Reply {
        let mut request = request.header("Host", Address::of(BANK).authority());
        for (name, value) in said {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let request = if self.cookie.is_empty() { request } else { request.cookie(&self.cookie) };
        self.server.send(request)
    }

    /// A transfer with these fields; gives the answer, and whether it was done.
    fn transfer(&self, sender: &Sender, said: &Said<'_>) -> (Reply, bool) {
        let before = balance(&self.server, "bob");
        let request = sender.post("/transfer", &[("to", "bob"), ("amount", "1")], said);
        let reply = self.sends(request, said);
        (reply, balance(&self.server, "bob") != before)
    }

    fn must_do(&self, said: &Said<'_>) {
        for sender in SENDERS {
            let (reply, done) = self.transfer(&sender, said);
            assert!(
                done,
                "Expected that a transfer with {} is done: the bank's own page sends it so. It is not.\n\n{reply}",
                written(said)
            );
        }
    }

    fn must_refuse(&self, said: &Said<'_>, why: &str) {
        for sender in SENDERS {
            let (reply, done) = self.transfer(&sender, said);
            let page = self.sends(get("/"), &[]);
            let still = reply.set_cookies().is_empty() && page.page().says("Logged in as ada");
            assert!(
                !done && reply.status == 403 && still,
                "Expected 403, and nothing done, for a transfer with {}: {why}. The answer is {}{}.\n\n{reply}",
                written(said),
                reply.status,
                match (done, still) {
                    (true, _) => ", and the money went",
                    (_, false) => ", and ada is logged out",
                    _ => "",
                }
            );
        }
    }
}

/// The fields, for a sentence.
fn written(said: &Said<'_>) -> String {
    let there = said.iter().filter_map(|(name, value)| Some(format!("`{name}: {}`", (*value)?)));
    let there: Vec<_> = there.collect();
    if there.is_empty() { "neither field".to_owned() } else { there.join(" and ") }
}

/// Falls for a lure: the books must be as before.
fn falls(server: &Server, browser: &mut Browser, lure: &Lure, what: &str, how: &str) {
    let before = balance(server, "ada");
    let fall = browser.fall_for(lure);
    let after = balance(server, "ada");
    assert!(
        before == after,
        "Expected that {what}, at {}, moves no money of Ada's{how}. She had {before}, and has {after}.\n\n{fall}",
        lure.address().origin()
    );
    let page = browser.open(BANK);
    assert!(
        page.says("Logged in as ada"),
        "Expected that {what}, at {}, changes nothing{how}: Ada stays logged in.\n\n{fall}\n{}",
        lure.address().origin(),
        page.with_text("logged in")
    );
}

/// Logs in by the bank's page, which is then shown.
fn log_in(browser: &mut Browser, name: &str) -> Visit {
    browser.open(BANK);
    let password = USERS.iter().find(|(user, _)| *user == name).map_or("", |(_, word)| word);
    let visit = browser.form("/login").fill("name", name).fill("password", password).send();
    assert!(
        visit.says(&format!("Logged in as {name}")),
        "Expected \"Logged in as {name}\" after a log-in by the bank's own form.\n\n{}",
        visit.with_text("Logged in as")
    );
    visit
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
