//! What the wire says of cookies that came and of those that did not, and above all what it must not say.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::{thread, time::Duration};

use common::{Classroom, absent, came};

const AGENT: (&str, &str) = ("User-Agent", "Browser/1");

#[test]
fn what_was_held_back_is_named_with_its_rule() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=3; Path=/shop");
    browser.get("/shopping", "");
    let latest = room.latest();
    assert_eq!(absent(&latest), ["cart withheld Path"], "{latest:#}");
    let sentence = latest["absent"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("`/shop` is no prefix of `/shopping`"), "{sentence}");
    browser.get("/shop/cart", "cart=3");
    assert_eq!(came(&room.latest()), ["cart predicted"]);
    assert!(absent(&room.latest()).is_empty());
}

#[test]
fn a_client_that_looks_the_same_is_told_nothing_of_anothers_cookies() {
    let room = Classroom::start();
    room.connect().send(
        "GET",
        "/",
        &[AGENT, ("x-set", "cart=3; Path=/shop"), ("x-set", "theme=dark; Path=/")],
    );
    let mut window = room.connect();
    let page = window.send("GET", "/shopping", &[AGENT]).text();
    let latest = room.latest();
    assert!(absent(&latest).is_empty() && latest["browser"].is_null(), "{latest:#}");
    assert!(!page.contains("cart") && !page.contains("theme"), "{page}");
}

#[test]
fn a_value_that_two_may_have_by_chance_proves_nothing() {
    let room = Classroom::start();
    let mut one = room.connect();
    one.set("", "nickname=Ada; Path=/");
    one.send(
        "GET",
        "/",
        &[
            ("Cookie", "nickname=Ada"),
            ("x-set", "visits=1; Path=/"),
            ("x-set", "nickname=; Path=/; Max-Age=0"),
        ],
    );
    // The other profile got `visits=1` from an earlier run of the server, and has kept its nickname deleted for years.
    room.connect().get("/", "visits=1");
    let latest = room.latest();
    assert_eq!(came(&latest), ["visits predicted"], "{latest:#}");
    assert!(absent(&latest).is_empty(), "{latest:#}");
    one.get("/", "visits=1");
    assert_eq!(absent(&room.latest()), ["nickname gone Deleted"]);
}

#[test]
fn a_long_value_that_only_one_browser_has_proves_whose_it_is() {
    let room = Classroom::start();
    let long = "session=0123456789abcdef0123456789abcdef";
    let mut one = room.connect();
    one.set("", &format!("{long}; Path=/"));
    one.set(long, "cart=3; Path=/shop");
    room.connect().get("/shopping", long);
    let latest = room.latest();
    assert_eq!(latest["known_by"], "LongValue");
    assert_eq!(absent(&latest), ["cart withheld Path"], "{latest:#}");
}

#[test]
fn two_browsers_with_one_long_value_are_not_told_apart_by_it() {
    let room = Classroom::start();
    let long = "session=0123456789abcdef0123456789abcdef";
    let (mut one, mut two) = (room.connect(), room.connect());
    one.set("", &format!("{long}; Path=/"));
    one.set(long, "cart=3; Path=/shop");
    two.set("", &format!("{long}; Path=/"));
    room.connect().get("/shopping", long);
    let latest = room.latest();
    assert!(absent(&latest).is_empty() && latest["browser"].is_null(), "{latest:#}");
    assert_eq!(came(&latest), ["session alike"]);
}

#[test]
fn an_id_cookie_names_the_browser_over_any_connection() {
    let room = Classroom::start();
    let (one, two) = (
        "workbench=00112233445566778899aabbccddeeff",
        "workbench=ffeeddccbbaa99887766554433221100",
    );
    let line = |id: &str| format!("{id}; Path=/; HttpOnly; SameSite=Lax");
    room.connect().send("GET", "/", &[("x-set", "cart=3; Path=/shop"), ("x-set", &line(one))]);
    room.connect().send("GET", "/", &[("x-set", "admin=1; Path=/admin"), ("x-set", &line(two))]);
    room.connect().get("/shopping", one);
    assert_eq!(absent(&room.latest()), ["cart withheld Path"]);
    room.connect().get("/shopping", two);
    assert_eq!(absent(&room.latest()), ["admin withheld Path"]);
    // One connection may serve two clients in turn, through a proxy: the id decides.
    let mut shared = room.connect();
    shared.get("/shopping", one);
    shared.get("/shopping", two);
    assert_eq!(absent(&room.latest()), ["admin withheld Path"]);
    shared.get("/shopping", "");
    assert_eq!(
        absent(&room.latest()),
        ["workbench untold -"],
        "no list for a client without an id"
    );
}

#[test]
fn what_should_have_come_and_did_not_is_blamed_on_no_rule() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "visits=1; Path=/");
    browser.set("visits=1", "cart=3; Path=/shop");
    let own = [("Sec-Fetch-Site", "same-origin")];
    browser.send("GET", "/shopping", &own);
    let latest = room.latest();
    assert_eq!(absent(&latest), ["visits missing -"], "{latest:#}");
    browser.send("GET", "/shopping", &own);
    assert!(
        absent(&room.latest()).is_empty(),
        "once it lacked something, it is taken for another browser"
    );
}

#[test]
fn another_value_than_predicted_is_named_and_the_jar_follows() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "visits=1; Path=/");
    browser.get("/", "visits=9");
    assert_eq!(came(&room.latest()), ["visits other-value"]);
    browser.get("/", "visits=9");
    assert_eq!(came(&room.latest()), ["visits predicted"]);
}

#[test]
fn a_cookie_of_another_port_is_named_and_one_of_an_earlier_run_too() {
    let first = Classroom::start();
    first.connect().set("", "visits=1; Path=/");
    first.connect().set("visits=1", "cart=3; Path=/shop");
    let restarted = Classroom::start();
    restarted.connect().get("/shopping", "visits=1; jupyter=x");
    let latest = restarted.latest();
    assert_eq!(came(&latest), ["visits unknown", "jupyter unknown"]);
    assert!(absent(&latest).is_empty(), "{latest:#}");
}

#[test]
fn two_cookies_of_one_name_keep_their_paths_apart() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.send("GET", "/", &[("x-set", "a=1; Path=/"), ("x-set", "a=2; Path=/shop")]);
    browser.get("/shop", "a=2; a=1");
    assert_eq!(came(&room.latest()), ["a predicted", "a predicted"]);
    browser.get("/", "a=1");
    assert_eq!(absent(&room.latest()), ["a withheld Path"]);
}

#[test]
fn a_change_over_another_connection_puts_the_older_word_in_doubt() {
    let room = Classroom::start();
    let mut one = room.connect();
    one.set("", "cart=3; Path=/shop");
    one.get("/", "");
    assert_eq!(absent(&room.latest()), ["cart withheld Path"]);
    // This may be the same browser: nothing in the request says that it is not.
    room.connect().send("GET", "/", &[("x-set", "cart=; Path=/shop; Max-Age=0")]);
    one.get("/", "");
    assert!(absent(&room.latest()).is_empty(), "{:#}", room.latest());
}

#[test]
fn a_cookie_that_came_though_a_rule_should_have_held_it_is_not_called_held_back() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=3; Path=/shop");
    browser.get("/", "cart=3");
    let latest = room.latest();
    assert_eq!(came(&latest), ["cart against-prediction"]);
    assert!(absent(&latest).is_empty());
}

#[test]
fn same_site_is_judged_by_what_the_browser_says_caused_the_request() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let lines =
        ["strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "none=1; SameSite=None; Secure"];
    browser.send("GET", "/", &lines.map(|line| ("x-set", line)));
    let cross = |mode, dest| {
        [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]
    };
    let cookie = |value| [("Cookie", value)];
    browser.send(
        "GET",
        "/",
        &[&cross("navigate", "document")[..], &cookie("lax=1; none=1")].concat(),
    );
    assert_eq!(absent(&room.latest()), ["strict withheld SameSiteStrict"]);
    browser.send("POST", "/", &[&cross("navigate", "document")[..], &cookie("none=1")].concat());
    assert_eq!(
        absent(&room.latest()),
        ["strict withheld SameSiteStrict", "lax withheld SameSiteLaxMethod"]
    );
    browser.send("GET", "/", &[&cross("cors", "empty")[..], &cookie("none=1")].concat());
    assert_eq!(
        absent(&room.latest()),
        ["strict withheld SameSiteStrict", "lax withheld SameSiteLax"]
    );
}

#[test]
fn without_sec_fetch_nothing_is_blamed_on_same_site() {
    let room = Classroom::start();
    let mut client = room.connect();
    client.send(
        "GET",
        "/",
        &[("x-set", "lax=1; SameSite=Lax"), ("x-set", "none=1; SameSite=None; Secure")],
    );
    client.get("/", "none=1");
    assert_eq!(absent(&room.latest()), ["lax untold -"]);
}

#[test]
fn the_two_names_of_this_machine_are_two_hosts() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "a=1");
    browser.send("GET", "/", &[("Host", &format!("app.localhost:{}", room.port))]);
    assert_eq!(absent(&room.latest()), ["a withheld HostOnly"]);
}

#[test]
fn an_expired_cookie_is_gone_and_a_refused_line_says_why() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let large = format!("large={}", "x".repeat(4100));
    browser.send(
        "GET",
        "/",
        &[
            ("x-set", "short=1; Max-Age=1"),
            ("x-set", "__Host-wrong=1; Path=/x; Secure"),
            ("x-set", &large),
        ],
    );
    let set = &room.latest()["set"];
    assert_eq!(
        (&set[0]["why"], &set[1]["rule"], &set[2]["rule"]),
        (&"stored".into(), &"HostPrefix".into(), &"TooLarge".into())
    );
    thread::sleep(Duration::from_millis(1100));
    browser.get("/", "");
    assert_eq!(absent(&room.latest()), ["short gone Expired"]);
}

#[test]
fn a_delete_with_another_path_does_nothing_and_says_so() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=3; Path=/shop");
    browser.set("", "cart=; Path=/; Max-Age=0");
    let set = &room.latest()["set"][0];
    assert_eq!((&set["why"], &set["rule"]), (&"deleted-nothing".into(), &"DeleteOtherPath".into()));
    browser.get("/shop", "cart=3");
    assert_eq!(came(&room.latest()), ["cart predicted"]);
}

#[test]
fn requests_on_the_side_do_not_use_up_the_news() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "a=1; Path=/");
    browser.set("a=1", "a=; Path=/; Max-Age=0");
    browser.get("/classroom/style.css", "");
    browser.get("/", "");
    let page = room.wire("/classroom/wire").text();
    let first = page.split("<details").next().unwrap();
    assert!(first.contains("<b>Gone</b>"), "{first}");
    browser.get("/", "");
    let page = room.wire("/classroom/wire").text();
    let first = page.split("<details").next().unwrap();
    assert!(!first.contains("<b>Gone</b>"), "told once, later on request: {first}");
}
