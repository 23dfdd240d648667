//! The checks of the exercise `everybodys-page`: people ask for pages over one cache. Who sees whose?

#[path = "../.answers/starter.rs"]
#[allow(dead_code, reason = "of the server as it was, only the server is used")]
mod as_it_was;

use std::time::Duration;

use axum::Router;
use everybodys_page::{app, lure};
use probe::{Browser, Clock, Fall, Lure, MARKUP, Passed, Server, Visit, behind_a_cache};

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
        for to in
            [HOME, LABEL, &format!("{HOME}?x"), &format!("{LABEL}?x=1"), &format!("{HOME}?x.css")]
        {
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
fn a_newcomers_cookie_is_nobody_elses() -> Passed {
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
    let (mut ada, other, newcomer) = (world.ada(), world.ada(), world.browser());
    let first = ada.open(PRICES);
    for (mut browser, who) in
        [(newcomer, "a newcomer"), (other, "another customer"), (ada, "Ada again")]
    {
        let page = browser.open(PRICES);
        assert!(
            page.says("Bread 2") && page.last().header("Age").is_some(),
            "Expected that the cache answers for the prices once it has them, whoever asks (here {who}): they are the same for \
             everybody. Its answers have an `Age`; this is the shop's own.\n\nThe first time. {first}\nThen. {page}"
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
