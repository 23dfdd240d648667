//! The checks of the exercise `everybodys-page`: people ask for pages over one cache. Who sees whose?

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::time::Duration;

use axum::Router;
use everybodys_page::{app, lure};
use probe::{
    Browser, Clock, Fall, Lure, MARKUP, Passed, Request, Server, Visit, behind_a_cache, chance, get,
};

const HOME: &str = "http://app.crumbs.localhost:3107/";
const LABEL: &str = "http://app.crumbs.localhost:3107/label";
const PRICES: &str = "http://app.crumbs.localhost:3107/prices";
const MALLORY: &str = "http://mallory.localhost:3107/";
const SIBLING: &str = "http://evil.crumbs.localhost:3107/";

/// What nobody but Ada should read.
const ADDRESS: &str = "12 Engine Street";

#[test]
#[ignore = "exercise: cargo course check everybodys-page"]
fn your_lure_works_on_the_server_as_it_was() -> Passed {
    let host = lure().address().host().to_owned();
    assert!(
        host == "mallory.localhost",
        "Expected your lure at {MALLORY}, another site than the shop. It is at {}.",
        lure().address()
    );
    let world = World::of(as_it_was::app());
    let mut ada = world.ada();
    let fall = ada.fall_for(&lure());
    let pages = world.mallory_asks(&fall);
    assert!(
        pages.iter().any(|page| page.says(ADDRESS)),
        "Expected that Mallory, who asks over the cache for what one click on your page asked for, reads Ada's address, {ADDRESS:?}, \
         on the server as it was. She doesn't.\n\n{fall}{}",
        shown(&pages)
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check everybodys-page"]
fn neither_your_lure_nor_its_sisters_give_a_page_away() -> Passed {
    let mut lures = vec![lure()];
    for at in [MALLORY, SIBLING] {
        for to in [
            HOME,
            LABEL,
            &format!("{HOME}?x"),
            &format!("{LABEL}?x=1"),
            &format!("{HOME}?x.css"),
            &format!("{HOME}?{}", "from=a-prize&".repeat(20)),
            &format!("{LABEL}?{}", "from=a-prize&".repeat(20)),
        ] {
            lures.push(Lure::at(at, &format!("<a href='{to}'>A prize!</a>")));
            lures.push(Lure::at(at, &format!("<img src='{to}'>")));
            lures.push(Lure::at(
                at,
                &format!("<form action='{to}'><input name=y><button>A prize!</button></form>"),
            ));
        }
    }
    let world = World::of(app());
    let mut ada = world.ada();
    for lure in lures {
        world.clock.forward(Duration::from_secs(3600));
        let fall = ada.fall_for(&lure);
        let pages = world.mallory_asks(&fall);
        if let Some(page) = pages.iter().find(|page| page.last().text().contains(ADDRESS)) {
            panic!(
                "Expected that nobody but Ada reads her address, {ADDRESS:?}, whatever page of hers the cache was asked for. Mallory \
                 asked for the same one.\n\n{fall}{}",
                shown(std::slice::from_ref(page))
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check everybodys-page"]
fn it_makes_no_difference_how_a_page_is_asked_for() -> Passed {
    let world = World::of(app());
    let ada = world.ada();
    let own = ada.cookie_header(HOME);
    let long = [&own[..], b"; more=", &[b'x'; 1000]].concat();
    for how in WAYS {
        for (target, url) in [("/", HOME), ("/label", LABEL)] {
            for cookie in [&own, &long] {
                world.clock.forward(Duration::from_secs(3600));
                let hers = world.server.send(how(get(target)).cookie(cookie));
                // As Ada asked, but for the cookie; and as a browser asks.
                let theirs =
                    [world.server.send(how(get(target))), world.browser().open(url).last().clone()];
                if let Some(page) = theirs.iter().find(|page| page.text().contains(ADDRESS)) {
                    panic!(
                        "Expected that nobody but Ada reads her address, {ADDRESS:?}, however her browser asks for the page. Mallory \
                         asked for the same one.\n\n{hers}\nMallory asks. {}",
                        page.with_text(ADDRESS)
                    );
                }
            }
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check everybodys-page"]
fn a_newcomers_cookie_is_nobody_elses() -> Passed {
    let world = World::of(app());
    let ids = (0..180).map(|_| {
        let mut browser = world.browser();
        browser.open(HOME);
        String::from_utf8_lossy(&browser.cookie_header(HOME)).into_owned()
    });
    let ids: Vec<String> = ids.collect();
    let bits = chance(&ids, &[]);
    // Of 64 bits in decimal digits it finds 56 or so.
    assert!(
        bits > 50.0,
        "Expected that nobody guesses a newcomer's cookie: `fresh_id` gives 128 bits of chance, and those of {} newcomers show no more \
         than {bits:.0}. Some of them:\n{}",
        ids.len(),
        ids.iter().take(6).map(|id| format!("{id:?}\n")).collect::<String>()
    );
    for to in [HOME, LABEL, PRICES, &format!("{HOME}?x")] {
        let world = World::of(app());
        let lure = Lure::at(MALLORY, &format!("<a href='{to}'>A prize!</a>"));
        let mut ada = world.browser();
        let first = ada.fall_for(&lure);
        // Before and after the other one has a cookie of their own.
        let mut mallory = world.browser();
        let hers = mallory.fall_for(&lure);
        ada.open(HOME);
        mallory.open(HOME);
        gives(&mut ada, ADDRESS);
        let page = mallory.open(HOME);
        let label = mallory.open(LABEL);
        assert!(
            !page.says(ADDRESS) && !label.says(ADDRESS),
            "Expected that two newcomers, who ask for {to} one after the other, are two customers. The second one reads the \
             address that the first one gave then.\n\nThe first. {first}\nThe second. {hers}\nLater. {}",
            page.with_text("Deliver to:")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check everybodys-page"]
fn the_cache_still_answers_for_the_prices() -> Passed {
    let world = World::of(app());
    let (mut ada, mut other, mut newcomer) = (world.ada(), world.ada(), world.browser());
    let first = ada.open(PRICES);
    ada.show(HOME, "<a href='/prices'>Prices</a>");
    world.clock.forward(Duration::from_secs(5));
    let lure = Lure::at(MALLORY, &format!("<a href='{PRICES}'>Cheap!</a>"));
    let by_a_lure = world.browser().of_old().fall_for(&lure);
    let visits = [
        (newcomer.open(PRICES), "a newcomer"),
        (other.open(PRICES), "another customer"),
        (ada.click("Prices"), "Ada again, by a link of the shop's own"),
    ];
    let visits = visits.iter().map(|(visit, who)| (visit.last(), *who));
    let by_a_lure =
        by_a_lure.click().map(|visit| (visit.last(), "who comes by a link of another site"));
    let long = format!("more={}", "x".repeat(1000));
    let after = WAYS.map(|how| {
        world.clock.forward(Duration::from_secs(3600));
        drop(world.server.send(how(get("/prices")).cookie(&long)));
        world.browser().open(PRICES).last().clone()
    });
    let after = after
        .iter()
        .map(|reply| (reply, "a newcomer, after somebody with another browser and many cookies"));
    for (reply, who) in visits.chain(by_a_lure).chain(after) {
        assert!(
            reply.page().says("Bread 2") && reply.header("Age").is_some(),
            "Expected that the cache answers for the prices once it has them, whoever asks, after five seconds as well (here {who}): they \
             are the same for everybody. Its answers have an `Age`; this is the shop's own.\n\nThe first time. {first}\nThen. {reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check everybodys-page"]
fn each_sees_their_own_page() -> Passed {
    let world = World::of(app());
    let mut ada = world.browser();
    ada.plant(HOME, "theme=dark; Path=/");
    let page = ada.open(HOME);
    assert!(
        page.says("Deliver to: nobody yet"),
        "Expected \"Deliver to: nobody yet\" for a newcomer.\n\n{}",
        page.with_text("Deliver to:")
    );
    let text = format!("小 street {MARKUP}");
    gives(&mut ada, &text);
    // Somebody without a cookie asks first.
    world.browser().open(LABEL);
    let mut tab = ada.tab();
    sees(&mut tab, &text, "in a second tab");
    let mut bob = world.browser();
    bob.open(HOME);
    gives(&mut bob, "7 Builder Road");
    sees(&mut bob, "7 Builder Road", "for another customer");
    sees(&mut ada, &text, "for the first customer, after another one was here");
    ada.open(HOME);
    ada.open(PRICES);
    ada.back();
    gives(&mut ada, ADDRESS);
    sees(&mut ada, ADDRESS, "after going back and giving another address");
    sees(&mut tab, ADDRESS, "in the other tab, where the address was given in the first");
    sees(&mut bob, "7 Builder Road", "for the other customer");
    Passed
}

/// How a page may be asked for: by an old program, by old browsers, and by those of today, as a page and as a part of one; by
/// no link, by one of the shop's own, and by one of another site.
const WAYS: [fn(Request) -> Request; 9] = [
    |request| asked(request, "curl/8.14.1", &[]),
    |request| asked(request, FIREFOX, &[]),
    |request| asked(request, FIREFOX, &[("Referer", HOME)]),
    |request| asked(request, FIREFOX, &[("Referer", MALLORY)]),
    |request| asked(request, FIREFOX, &[("Sec-Fetch-Site", "none"), ("Sec-Fetch-User", "?1")]),
    |request| {
        let said = [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-User", "?1"), ("Referer", HOME)];
        asked(request, FIREFOX, &said)
    },
    |request| {
        let said =
            [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-User", "?1"), ("Referer", LABEL)];
        asked(request, FIREFOX, &said)
    },
    |request| {
        let said =
            [("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Dest", "empty"), ("Referer", HOME)];
        asked(request, FIREFOX, &said)
    },
    |request| {
        let said =
            [("Sec-Fetch-Site", "same-site"), ("Sec-Fetch-Dest", "iframe"), ("Referer", SIBLING)];
        asked(request, FIREFOX, &said)
    },
];

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";

fn asked(request: Request, agent: &str, said: &[(&str, &str)]) -> Request {
    let request =
        request.header("Host", probe::Address::of(HOME).authority()).header("User-Agent", agent);
    said.iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// A shop behind a cache.
struct World {
    server: Server,
    clock: Clock,
}

impl World {
    fn of(app: Router) -> Self {
        let clock = Clock::at(1_777_593_600);
        Self { server: Server::of(behind_a_cache(app, &clock)), clock }
    }

    fn browser(&self) -> Browser {
        Browser::through(&self.server)
    }

    /// Ada, who gave her address a while ago: the cache has nothing of it any more.
    fn ada(&self) -> Browser {
        self.clock.forward(Duration::from_secs(3600));
        let mut ada = self.browser();
        ada.open(HOME);
        gives(&mut ada, ADDRESS);
        ada.open(LABEL);
        self.clock.forward(Duration::from_secs(3600));
        ada
    }

    /// What Mallory gets, who asks for all that a click asked for: without a cookie, and with one of her own.
    fn mallory_asks(&self, fall: &Fall) -> Vec<Visit> {
        let mut pages = Vec::new();
        for visit in fall.images().iter().chain(fall.click()) {
            for exchange in visit.exchanges() {
                let address = exchange.address().to_string();
                let mut mallory = self.browser();
                pages.push(mallory.open(&address));
                pages.push(mallory.open(&address));
            }
        }
        pages
    }
}

fn shown(pages: &[Visit]) -> String {
    let pages = pages.iter().map(|page| format!("Mallory asks. {}", page.with_text(ADDRESS)));
    pages.collect()
}

/// Gives an address by the form of the page that is shown, and sees it.
fn gives(browser: &mut Browser, address: &str) {
    let visit = browser.form("address").fill("address", address).send();
    assert!(
        visit.says(&format!("Deliver to: {address}")),
        "Expected \"Deliver to: {address}\" after that was sent by the shop's own form.\n\n{}",
        visit.with_text("Deliver to:")
    );
}

/// Both pages show this address.
fn sees(browser: &mut Browser, address: &str, when: &str) {
    for (at, words) in [(HOME, "Deliver to:"), (LABEL, "Parcel for:")] {
        let page = browser.open(at);
        assert!(
            page.says(&format!("{words} {address}")),
            "Expected \"{words} {address}\" {when}.\n\n{}",
            page.with_text(words)
        );
    }
}
