//! The checks of the exercise `logged-in-as-mallory`: people fall for lures, and then keep a note. Whose is it?

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::collections::HashSet;

use logged_in_as_mallory::{app, lure};
use probe::{
    Address, Apart, Browser, Lure, MARKUP, Passed, Server, Submission, Visit, alike, chance, get,
};

const HOME: &str = "http://app.crumbs.localhost:3107/";
/// What the form has of its own: the rest is what tells whose it is.
const OWN: [&str; 2] = ["name", "password"];
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
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn your_lure_works_on_the_server_as_it_was() -> Passed {
    let host = lure().address().host().to_owned();
    assert!(
        host == "mallory.localhost",
        "Expected your lure at {MALLORY}, another site than the notes'. It is at {}.",
        lure().address()
    );
    let server = Server::of(as_it_was::app());
    for was_in in [false, true] {
        let mut ada = Browser::through(&server);
        if was_in {
            log_in(&mut ada, "ada");
        }
        let fall = ada.fall_for(&lure());
        let page = ada.open(HOME);
        assert!(
            page.says("Logged in as mallory"),
            "Expected that who {} is logged in as mallory after one click on your page, on the server as it was.\n\n{fall}\nThe \
             page of the notes then. {}",
            if was_in { "was logged in as ada" } else { "was not logged in" },
            page.with_text("logged in")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn neither_your_lure_nor_its_sisters_log_anybody_in() -> Passed {
    let server = Server::of(app());
    let form = form_of(&mut Browser::through(&server));
    let names: Vec<String> = form.besides(&OWN).into_iter().map(|(name, _)| name).collect();
    let mut lures = vec![("your lure", lure())];
    // Everybody attacks.
    for user in USERS {
        for at in SITES {
            lures.extend(sisters(at, &names, user));
        }
    }
    for old in [false, true] {
        for before in
            ["never came here", "has the form before her", "is logged in", "has logged out"]
        {
            let mut ada = newcomer(&server, old);
            match before {
                "has the form before her" => drop(ada.open(HOME)),
                "is logged in" => drop(log_in(&mut ada, "ada")),
                "has logged out" => {
                    log_in(&mut ada, "ada");
                    ada.form("/logout").send();
                }
                _ => {}
            }
            let who =
                format!("who {before}{}", if old { ", in a browser from before 2020" } else { "" });
            for (what, lure) in &lures {
                falls(&mut ada, lure, what, &who, before == "is logged in");
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn what_mallory_reads_and_plants_helps_her_nothing() -> Passed {
    let server = Server::of(app());
    let mut mallory = Browser::through(&server);
    let form = form_of(&mut mallory);
    if form.besides(&OWN).is_empty() {
        // It is not the page's knowledge that protects.
        return Passed;
    }
    let what = "the form of Mallory's own page, with all that it sends for her";
    for at in [MALLORY, SIBLING] {
        for came in [false, true] {
            for old in [false, true] {
                let mut ada = newcomer(&server, old);
                if came {
                    ada.open(HOME);
                }
                falls(&mut ada, &Lure::sending(at, "", &form), what, who(came), false);
            }
        }
    }
    let text = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
    let cookies = mallory.cookies();
    let cookies: Vec<_> =
        cookies.iter().map(|cookie| (text(&cookie.name), text(&cookie.value))).collect();
    // All of hers, and each alone, under names that are almost its own, too.
    let like = |(name, value): &(String, String)| {
        let value = value.clone();
        alike(name).into_iter().map(move |name| vec![(name, value.clone())])
    };
    for planted in cookies.iter().flat_map(like).chain([cookies.clone()]) {
        for (path, first) in [("/", false), ("/", true), ("/login", false), ("/login", true)] {
            for (came, old) in [(false, false), (false, true), (true, false), (true, true)] {
                let mut ada = newcomer(&server, old);
                if came {
                    ada.open(HOME);
                }
                let mut lure = Lure::sending(SIBLING, "", &form);
                for (name, value) in &planted {
                    let line =
                        format!("{name}={value}; Domain=crumbs.localhost; Path={path}; Secure");
                    // One that was there before all others comes first.
                    if first {
                        ada.plant_before(SIBLING, line);
                    } else {
                        lure = lure.planting(&line);
                    }
                }
                let what =
                    "a page that plants Mallory's cookies and sends the form that goes with them";
                falls(&mut ada, &lure, what, who(came), false);
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn almost_what_your_page_knows_is_not_enough() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server).of_old();
    for number in 0..form_of(&mut ada).nearly(&OWN).len() {
        let Some(form) = form_of(&mut ada).nearly(&OWN).into_iter().nth(number) else { break };
        let what = "a form that sends almost what the form before Ada sends";
        falls(&mut ada, &Lure::sending(SIBLING, "", &form), what, who(true), false);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn no_other_site_reads_your_page() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    ada.open(HOME);
    for origin in SITES.map(|at| at.trim_end_matches('/')).into_iter().chain(["null"]) {
        let request =
            get("/").header("Host", Address::of(HOME).authority()).header("Origin", origin);
        let reply =
            server.send(request.header("Sec-Fetch-Mode", "cors").cookie(ada.cookie_header(HOME)));
        let lets = |name: &str, value: &str| reply.all(name).contains(&value);
        assert!(
            !(lets("Access-Control-Allow-Origin", origin)
                && lets("Access-Control-Allow-Credentials", "true")),
            "Expected that a browser lets no script of {origin} read the page with Ada's cookie: all that the page knows is in \
             it.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn nobody_guesses_what_your_page_knows() -> Passed {
    let server = Apart::of(app);
    let (mut tokens, mut seen) = (Vec::new(), HashSet::new());
    for _ in 0..3 {
        // A server that just started, and knows nothing of the others.
        let server = server.start();
        let mut ada = Browser::through(&server);
        let own = form_of(&mut ada);
        ada.fall_for(&Lure::sending(SIBLING, "", &own));
        if own.besides(&OWN).is_empty() || !ada.open(HOME).says("Logged in as mallory") {
            // It is not the page's knowledge alone that protects.
            return Passed;
        }
        for _ in 0..60 {
            let form = form_of(&mut Browser::through(&server));
            let token: String = form.besides(&OWN).into_iter().map(|(_, value)| value).collect();
            assert!(
                seen.insert(token.clone()),
                "Expected that each newcomer's form has something in it that no other has, here or on another server. {token:?} \
                 came twice."
            );
            tokens.push(token);
        }
    }
    let bits = chance(&tokens, &[]);
    // Of 64 bits in decimal digits it finds 56 or so.
    assert!(
        bits > 50.0,
        "Expected that the form sends 64 bits of chance or more, as `fresh_id` gives them: the forms of {} newcomers on 3 \
         servers show no more than {bits:.0}. Some of what they send:\n{}",
        tokens.len(),
        tokens.iter().take(6).map(|token| format!("{token:?}\n")).collect::<String>()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn each_log_in_gives_a_new_id() -> Passed {
    let server = Server::of(app());
    let mut ada = Browser::through(&server);
    ada.open(HOME);
    let mut before: HashSet<Vec<u8>> = ada.cookies().iter().map(probe::Cookie::pair).collect();
    for _ in 0..3 {
        log_in(&mut ada, "ada");
        for pair in &before {
            let page =
                server.send(get("/").header("Host", Address::of(HOME).authority()).cookie(pair));
            assert!(
                !page.page().says("Logged in as"),
                "Expected that no cookie from before a log-in is logged in after it, for somebody may have it.\n\n{}",
                page.with_text("Logged in as")
            );
        }
        before.extend(ada.cookies().iter().map(probe::Cookie::pair));
        ada.form("/logout").send();
        ada.open(HOME);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check logged-in-as-mallory"]
fn honest_log_ins_work_as_before() -> Passed {
    let server = Server::of(app());
    for old in [false, true] {
        let new = || newcomer(&server, old);
        let mut ada = new();
        ada.plant(SIBLING, "seen=1; Domain=crumbs.localhost; Path=/login");
        ada.open(HOME);
        let mut tab = ada.tab();
        tab.open(HOME);
        tries(
            &mut ada,
            "ada",
            "engine",
            "in the first of two tabs, whose page is from before the second's",
        );
        tries(&mut tab, "ada", "engine", "in the second tab, whose page is from before that");
        ada.reload();
        let text = format!("milk of {}{MARKUP}", if old { "old" } else { "new" });
        let page = ada.form("note").fill("note", &text).send();
        assert!(
            page.says(&text),
            "Expected the note {text:?} as text in the page.\n\n{}",
            page.with_text("milk")
        );
        let mut bob = new();
        bob.open(HOME);
        let wrong = bob.form("name").fill("name", "bob").fill("password", "engine").send();
        assert!(
            !bob.tab().open(HOME).says("Logged in as"),
            "Expected that a wrong password logs nobody in.\n\n{wrong}"
        );
        bob.back();
        tries(&mut bob, "bob", "builder", "after a wrong password, and back to the form");
        let page = bob.open(HOME);
        assert!(
            !page.says("milk"),
            "Expected that bob sees his own notes, and not ada's.\n\n{}",
            page.with_text("milk")
        );
        let visit = ada.form("/logout").send();
        assert!(
            visit.says("You are not logged in"),
            "Expected \"You are not logged in\" after the log-out.\n\n{}",
            visit.with_text("logged in")
        );
        tries(&mut ada, "bob", "builder", "after a log-out of ada, in the same browser");
        let visit = new().open(HOME);
        assert!(
            visit.says("You are not logged in"),
            "Expected \"You are not logged in\" for a newcomer.\n\n{}",
            visit.with_text("logged in")
        );
    }
    Passed
}

/// Lures at this address that the learner's has as sisters: with and without a referrer, and with something of their own in the
/// fields that the server's form has.
fn sisters(
    at: &str,
    names: &[String],
    (user, password): (&str, &str),
) -> Vec<(&'static str, Lure)> {
    let form = |what: &'static str, head: &str, more: Option<&str>| {
        let own = [("name", user), ("password", password)];
        let more = names.iter().filter_map(|name| Some((name.as_str(), more?)));
        let fields = own.into_iter().chain(more);
        let sent = Submission {
            method: "POST".to_owned(),
            action: Address::of(&format!("{HOME}login")),
            fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        };
        (what, sent, head.to_owned())
    };
    let no_referrer = "<meta name=\"referrer\" content=\"no-referrer\">";
    let whole = "<meta name=\"referrer\" content=\"unsafe-url\">";
    let forms = [
        form("a form", "", None),
        form("a form on a page without a referrer", no_referrer, None),
        form("a form that leaves empty what the server's sends", "", Some("")),
        form("a form that makes up what the server's sends", "", Some("0")),
    ];
    let (_, sent, _) = form("", "", Some(""));
    let by_get = Submission { method: "GET".to_owned(), ..sent.clone() };
    let query = format!("{HOME}login?name={user}&password={password}");
    let more = [
        (
            "a form at an address that ends with the server's",
            Lure::sending(&format!("{at}?{HOME}"), whole, &sent),
        ),
        ("a script", Lure::by_script(at, &sent)),
        ("a form by GET", Lure::sending(at, "", &by_get)),
        ("a link", Lure::at(at, &format!("<a href='{query}'>A prize!</a>"))),
        ("an image", Lure::at(at, &format!("<img src='{query}'>"))),
    ];
    let lures = forms.into_iter().map(|(what, sent, head)| (what, Lure::sending(at, &head, &sent)));
    lures.chain(more).collect()
}

/// A browser without cookies; one from before 2020, where it is `old`.
fn newcomer(server: &Server, old: bool) -> Browser {
    let browser = Browser::through(server);
    if old { browser.of_old() } else { browser }
}

fn who(came: bool) -> &'static str {
    if came { "who has the form before her" } else { "who never came here" }
}

/// Falls for a lure: the page must say then what it said before.
fn falls(browser: &mut Browser, lure: &Lure, what: &str, who: &str, is_in: bool) {
    let fall = browser.fall_for(lure);
    let page = browser.open(HOME);
    let says = if is_in { "Logged in as ada" } else { "You are not logged in" };
    assert!(
        page.says(says),
        "Expected that {what}, at {}, leaves Ada as she was, {who}: her page should say \"{says}\".\n\n{fall}\nHer page \
         then. {}",
        lure.address().origin(),
        page.with_text("logged in")
    );
}

/// Logs in by the server's page, which is then shown.
fn log_in(browser: &mut Browser, name: &str) -> Visit {
    browser.open(HOME);
    let password = USERS.iter().find(|(user, _)| *user == name).map_or("", |(_, word)| word);
    tries(browser, name, password, "by the server's own form")
}

/// Logs in by the form of the page that is shown.
fn tries(browser: &mut Browser, name: &str, password: &str, when: &str) -> Visit {
    let visit = browser.form("name").fill("name", name).fill("password", password).send();
    assert!(
        visit.says(&format!("Logged in as {name}")),
        "Expected \"Logged in as {name}\" after a log-in {when}.\n\n{}",
        visit.with_text("Logged in as")
    );
    visit
}

/// What the server's form sends where Mallory logs in, in a browser that then is logged out.
fn form_of(browser: &mut Browser) -> Submission {
    browser.open(HOME);
    let form = browser.form("name").fill("name", "mallory").fill("password", "malice");
    form.form()
        .submission(None)
        .unwrap_or_else(|problem| panic!("Expected a form to /login that can be sent: {problem}."))
}
