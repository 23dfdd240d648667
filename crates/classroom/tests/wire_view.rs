//! The wire's page: who may read it, what it shows of hostile bytes, its stream, its bounds.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use std::{
    process::Command,
    time::{Duration, Instant},
};

use classroom::Watch;
use common::{Classroom, Connection};
use probe::Reply;

const PAGES: [&str; 6] = [
    "/classroom/wire",
    "/classroom/wire?frame",
    "/classroom/wire.json",
    "/classroom/wire.js",
    "/classroom/wire/exchange/1",
    "/classroom/wire/events",
];

#[test]
fn a_host_name_that_is_not_this_machines_is_refused_with_a_sentence() {
    let room = Classroom::start();
    room.connect().set("", "secret=s3cret");
    for page in PAGES {
        for host in [
            "evil.example",
            "evil.example:3009",
            "localhost.evil.example",
            "127.0.0.1.nip.example:80",
            "",
        ] {
            let reply = room.connect().send("GET", page, &[("Host", host)]);
            assert_eq!(reply.status, 403, "{page} {host} {reply}");
            assert!(reply.text().contains("for this machine alone"), "{reply}");
            assert!(!reply.text().contains("s3cret"));
        }
        let two = [("Host", "localhost"), ("Host", "evil.example")];
        assert!(matches!(room.connect().send("GET", page, &two).status, 400 | 403), "{page}");
    }
}

#[test]
fn the_wire_is_at_one_address_and_its_page_is_led_there() {
    let room = Classroom::start();
    let there = format!("127.0.0.1:{}", room.port);
    room.connect().get("/", "");
    for page in PAGES {
        let at = |host: &str| {
            let host = format!("{host}:{}", room.port);
            let mut connection = room.connect();
            connection.ask("GET", page, &[("Host", &host)]);
            connection.head()
        };
        assert_eq!(at("127.0.0.1").status, 200, "{page}");
        for host in ["localhost", "LOCALHOST", "mallory.localhost", "app.crumbs.localhost", "[::1]"]
        {
            let reply = at(host);
            if page.starts_with("/classroom/wire") && !page[15..].contains(['.', '/']) {
                assert_eq!(reply.status, 307, "{page} {host}");
                assert_eq!(reply.header("Location"), Some(&*format!("http://{there}{page}")));
            } else {
                assert_eq!(reply.status, 403, "{page} {host}");
            }
        }
    }
    let back = format!("<a href=\"http://localhost:{}/\">", room.port);
    assert!(room.wire("/classroom/wire").text().contains(&back), "to where the lesson is");
}

/// The chips of the jar that a page shows: each from what it looks like to its end.
fn chips(page: &str) -> impl Iterator<Item = &str> {
    page.split("<li class=\"chip ").skip(1).map(|chip| chip.split("</li>").next().unwrap())
}

#[test]
fn of_two_cookies_of_one_name_each_has_its_own_mark() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.get("/", "cart=4");
    browser.set("cart=4", "cart=3; Path=/shop");
    browser.get("/", "cart=4");
    let page = room.wire("/classroom/wire").text();
    let chips: Vec<_> = chips(&page).collect();
    let look = |value: &str| {
        let chip = chips.iter().find(|chip| chip.contains(&format!("</b>=<code>{value}<")));
        chip.unwrap_or_else(|| panic!("{page}")).split('"').next().unwrap().to_owned()
    };
    assert_eq!((look("3").as_str(), look("4").as_str()), ("held", "came"), "{page}");
    // The same where they have one value.
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=5; Path=/shop");
    browser.get("/admin", "cart=5");
    let page = room.wire("/classroom/wire").text();
    let mut looks: Vec<_> =
        self::chips(&page).map(|chip| chip.split('"').next().unwrap()).collect();
    looks.sort_unstable();
    assert_eq!(looks, ["came", "held"], "{page}");
}

#[test]
fn of_two_cookies_that_look_alike_both_are_shown_once_it_is_clear_that_they_are_two() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let chips = || room.wire("/classroom/wire").text().matches("</b>=<code>2<").count();
    browser.get("/", "b=2");
    browser.set("b=2", "b=2; Path=/shop");
    assert_eq!(chips(), 1, "it may be the same one");
    std::thread::sleep(Duration::from_millis(1100));
    browser.get("/", "b=2");
    assert_eq!(chips(), 2, "the one that was set is not for this path");
    browser.get("/shop", "b=2; b=2");
    assert_eq!(chips(), 2);
}

#[test]
fn what_no_page_of_the_wire_sends_is_refused() {
    let room = Classroom::start();
    room.connect().set("", "secret=s3cret; HttpOnly");
    let ask = |page: &str, headers: &[(&str, &str)]| {
        let host = format!("127.0.0.1:{}", room.port);
        let mut all = vec![("Host", &*host)];
        all.extend(headers);
        let mut connection = room.connect();
        connection.ask("GET", page, &all);
        connection.head().status
    };
    let sent = |site, mode, dest| {
        [("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)]
    };
    let origin = format!("http://127.0.0.1:{}", room.port);
    for page in PAGES {
        let is_page = !page[15..].contains(['.', '/']);
        // A script of a lesson's page; one of another port of this address; an image, a script element, a worker.
        for site in ["cross-site", "same-site"] {
            for (mode, dest) in [
                ("cors", "empty"),
                ("no-cors", "empty"),
                ("no-cors", "image"),
                ("no-cors", "script"),
                ("no-cors", "style"),
                ("navigate", "object"),
                ("navigate", "embed"),
                ("websocket", "websocket"),
            ] {
                assert_eq!(ask(page, &sent(site, mode, dest)), 403, "{page} {site} {mode} {dest}");
            }
            for dest in ["document", "iframe"] {
                let expected = if is_page { 200 } else { 403 };
                assert_eq!(
                    ask(page, &sent(site, "navigate", dest)),
                    expected,
                    "{page} {site} {dest}"
                );
            }
        }
        for foreign in [
            "http://localhost:3001",
            "http://127.0.0.1:3001",
            "http://127.0.0.1",
            "https://evil.example",
            "null",
        ] {
            assert_eq!(ask(page, &[("Origin", foreign)]), 403, "{page} {foreign}");
        }
        // Its own script, a typed address, and a program that is no browser.
        for own in [sent("same-origin", "cors", "empty"), sent("none", "navigate", "document")] {
            assert_eq!(ask(page, &own), 200, "{page} {own:?}");
            let [site, mode, dest] = own;
            assert_eq!(ask(page, &[site, mode, dest, ("Origin", &origin)]), 200, "{page} {own:?}");
        }
    }
}

#[test]
fn the_page_may_be_framed_by_a_page_of_any_lesson_and_nobody_else() {
    let room = Classroom::start();
    let reply = room.wire("/classroom/wire?frame");
    let policy = reply.header("Content-Security-Policy").unwrap_or_default();
    let ancestors = policy.split("frame-ancestors ").nth(1).unwrap_or_default();
    assert_eq!(ancestors, "http://localhost:* http://*.localhost:*", "{reply}");
}

#[test]
fn what_a_client_sent_is_shown_escaped_and_visible() {
    let room = Classroom::start();
    let mut client = room.connect();
    client.send(
        "GET",
        "/'quoted'?q=%3Cimg%3E",
        &[
            ("Cookie", "x=<script>alert(2)</script>; <b>=\u{202e}\u{9b}31m"),
            ("X-Odd", "\"><script>alert(3)</script>"),
            ("User-Agent", "<script>alert(5)</script>"),
            ("x-set", "y=<script>alert(4)</script>; Path=/<i>; Colour=<u>"),
            ("x-set", "<s>=1; Path=/<em>"),
            ("x-word", "<script>alert(6)</script>"),
        ],
    );
    // What it was given comes again, otherwise, and from elsewhere; and a form.
    client.send(
        "POST",
        "/'q'/y?%22=%3Cdfn%3E&'x'",
        &[
            ("Cookie", "y=<kbd>; <s>=<var>"),
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", "navigate"),
            ("Sec-Fetch-Dest", "document"),
            ("Origin", "http://<bdi>"),
            ("x-set", "y=<tt>; Path=/<i>"),
            ("x-status", "303"),
            ("x-location", "/<script>alert(7)</script>"),
        ],
    );
    let fields = [("<script>alert(8)</script>", "\"><script>alert(9)</script>")];
    client.post("/%3Cs%3E", &fields);
    let raws = [
        "<script>alert",
        "<img",
        "<b>=",
        "<i>;",
        "/<i>",
        "<u>",
        "<s>",
        "<q>",
        "<dfn",
        "<kbd>",
        "<var>",
        "<bdi>",
        "<tt>",
        "/<em>",
        "\u{202e}",
        "\u{9b}",
    ];
    let pages = [
        "?",
        "?frame",
        "?all",
        "?at=1",
        "?at=2",
        "?guess=0.0.0",
        "?only=%3Cscript%3Ealert(1)",
        "/exchange/1",
    ];
    for page in pages.into_iter().chain(["/exchange/2", "/exchange/3"]) {
        for language in ["en", "zh", "%3Cscript%3Ealert(1)"] {
            let divider = if page.starts_with('?') { '&' } else { '?' };
            let reply = room.wire(&format!("/classroom/wire{page}{divider}lang={language}"));
            assert_eq!(reply.status, 200, "{page}");
            for raw in raws {
                assert!(!reply.text().contains(raw), "{page} has {raw:?}: {reply}");
            }
        }
    }
    let page = room.wire("/classroom/wire/exchange/1").text();
    assert!(page.contains("\\u{202e}"), "it shows what is invisible: {page}");
    let json = room.wire("/classroom/wire.json").text();
    assert!(!json.contains('<') && !json.contains('\u{202e}'), "{json}");
    assert_eq!(room.json()["exchanges"][0]["came"].as_array().unwrap().len(), 2);
}

/// A page of the wire for a browser that prefers this language.
fn preferring(room: &Classroom, language: &str, page: &str) -> Reply {
    let host = format!("127.0.0.1:{}", room.port);
    room.connect().send("GET", page, &[("Host", &host), ("Accept-Language", language)])
}

/// The page without its tags, and without what is code or a name: prose alone.
fn prose(page: &str) -> String {
    let main = &page[page.find("<main").unwrap()..];
    let mut prose = String::new();
    let mut skipped: Vec<&str> = Vec::new();
    for part in main.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        let name = tag.split(' ').next().unwrap();
        let is_prose = !["code", "samp", "b", "span"].contains(&name.trim_start_matches('/'));
        if name.starts_with('/') {
            skipped.retain(|open| *open != &name[1..]);
        } else if !is_prose || tag.contains("lang=") || tag.contains("class=\"head") {
            skipped.push(name);
        }
        if skipped.is_empty() {
            prose.push_str(text);
            prose.push('\n');
        }
    }
    prose
}

#[test]
fn the_wire_speaks_the_language_of_its_reader_and_stays_in_the_one_that_was_asked_for() {
    const CHINESE: &str = "zh-CN,zh;q=0.9,en;q=0.8";
    let is_han = |character| matches!(character, '\u{4e00}'..='\u{9fff}');
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=1; Path=/shop; Max-Age=10");
    browser.get("/favicon.ico", "");
    browser.get("/shopping", "other=1");
    browser.post("/form", &[("a", "b"), ("password", "x")]);
    browser.get("/panics", "");
    let pages = [
        "/classroom/wire",
        "/classroom/wire?frame",
        "/classroom/wire?at=3",
        "/classroom/wire?guess=0.0.0",
        "/classroom/wire?only=Client",
        "/classroom/wire/exchange/1",
        "/classroom/wire/exchange/4",
    ];
    for page in pages {
        let divider = if page.contains('?') { '&' } else { '?' };
        let named = |code| format!("{page}{divider}lang={code}");
        for (preferred, address, is_chinese, name) in [
            ("en", page.to_owned(), false, ""),
            (CHINESE, page.to_owned(), true, ""),
            ("en", named("zh"), true, "lang=zh"),
            (CHINESE, named("en"), false, "lang=en"),
        ] {
            let reply = preferring(&room, preferred, &address);
            let text = reply.text();
            assert_eq!(reply.status, 200, "{address}");
            assert_eq!(reply.header("Vary"), Some("Accept-Language"), "{address} {reply}");
            let (language, other) = if is_chinese {
                ("<html lang=\"zh-Hans\"", "lang=\"en\" hreflang=\"en\">English</a>")
            } else {
                ("<html lang=\"en\"", "lang=\"zh-Hans\" hreflang=\"zh-Hans\">中文</a>")
            };
            for part in [language, other] {
                assert_eq!(text.matches(part).count(), 1, "{address} has one {part:?}: {text}");
            }
            let prose = prose(&text);
            assert_eq!(prose.contains(is_han), is_chinese, "{address}: {prose}");
            for word in [" the ", " of ", " is ", "cookies", "held back", "Nothing", "came", "Show"]
            {
                assert!(!is_chinese || !prose.contains(word), "{address} has {word:?}: {prose}");
            }
            // The other language is one link; all else stays in the one that the address names.
            for link in text.split(['"', '\'']).filter(|part| part.starts_with("/classroom/wire")) {
                if link.ends_with(".css")
                    || link.ends_with(".js")
                    || link == "/classroom/wire"
                        && text.contains("action=\"/classroom/wire\" data-go")
                {
                    continue;
                }
                let is_other =
                    text.contains(&format!("{link}\" {}", other.split('>').next().unwrap()));
                assert!(is_other || name.is_empty() != link.contains("lang="), "{address}: {link}");
                assert!(is_other || link.contains(name), "{address}: {link}");
            }
        }
    }
    // What a program reads is the same for everybody.
    let json = |language| preferring(&room, language, "/classroom/wire.json").text();
    assert_eq!(json(CHINESE), json("en"));
    assert!(!json(CHINESE).contains(is_han));
}

#[test]
fn what_is_no_page_of_the_wire_is_told_in_the_readers_language() {
    let room = Classroom::start();
    let at = |host: &str, page: &str, headers: &[(&str, &str)]| {
        let mut all = vec![("Host", host), ("Accept-Language", "zh-CN")];
        all.extend(headers);
        room.connect().send("GET", page, &all)
    };
    let own = format!("127.0.0.1:{}", room.port);
    let localhost = format!("localhost:{}", room.port);
    for (reply, status, says) in [
        (at("evil.example", "/classroom/wire", &[]), 403, "只给这台机器看"),
        (at(&localhost, "/classroom/wire.json", &[]), 403, "线路只在 http://127.0.0.1"),
        (at(&own, "/classroom/wire", &[("Origin", "null")]), 403, "只有线路自己的页面"),
        (at(&own, "/classroom/wire/exchange/9", &[]), 404, "没有留下这个来回"),
    ] {
        assert_eq!(reply.status, status, "{reply}");
        assert!(reply.text().contains(says), "{says}: {}", reply.text());
        assert_eq!(reply.header("Vary"), Some("Accept-Language"), "{reply}");
        assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"), "{reply}");
    }
}

#[test]
fn the_projector_hides_in_every_language_and_its_button_keeps_the_language() {
    let room = Classroom::watching(Watch::Projector);
    room.connect().set("", "sid=s3cret; HttpOnly");
    let page = room.wire("/classroom/wire?lang=zh").text();
    assert!(page.contains("（隐藏）") && !page.contains("s3cret"), "{page}");
    let exchange = room.wire("/classroom/wire/exchange/1?lang=zh").text();
    assert!(exchange.contains("set-cookie: sid=（隐藏）; HttpOnly"), "{exchange}");
    let host = format!("127.0.0.1:{}", room.port);
    let page = "/classroom/wire/projector?lang=zh";
    let reply = room.connect().send("POST", page, &[("Host", &host), ("Content-Length", "0")]);
    assert_eq!(reply.header("Location"), Some("/classroom/wire?lang=zh"), "{reply}");
}

#[test]
fn each_exchange_has_a_page_with_all_of_it() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=1; Path=/shop; Max-Age=10");
    browser.get("/favicon.ico", "");
    browser.get("/shopping", "");
    let first = room.wire("/classroom/wire/exchange/1").text();
    for part in
        ["set-cookie: cart=1; Path=/shop; Max-Age=10", "to <code>localhost</code> alone", "curl -i"]
    {
        assert!(first.contains(part), "{part}: {first}");
    }
    assert!(room.wire("/classroom/wire/exchange/2").text().contains("GET /favicon.ico"));
    let third = room.wire("/classroom/wire/exchange/3").text();
    assert!(third.contains("<code>/shopping</code> is not below it"), "{third}");
    for other in ["4", "0", "x", "-1"] {
        let reply = room.wire(&format!("/classroom/wire/exchange/{other}"));
        assert!(matches!(reply.status, 400 | 404), "{other}: {reply}");
    }
    // Its links name the run of the server: another one has other exchanges under these numbers.
    let page = room.wire("/classroom/wire?frame&lang=zh").text();
    let (_, link) = page.split_once("\"/classroom/wire/exchange/3").unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let there = room.wire(&format!("/classroom/wire/exchange/3{link}")).text();
    assert!(there.contains("<code>GET /shopping</code>"), "{there}");
    let english = format!("href=\"{}\"", link.replace("zh", "en").replace('&', "&#38;"));
    assert!(there.contains(&english), "{english}: {there}");
    let another = Classroom::start();
    another.connect().get("/1", "");
    another.connect().get("/2", "");
    another.connect().get("/3", "");
    let reply = another.wire(&format!("/classroom/wire/exchange/3{link}"));
    assert!(reply.status == 404 && reply.text().contains("没有留下这个来回"), "{reply}");
}

#[test]
fn one_can_go_back_in_time_and_sees_the_jar_as_it_was() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "a=old; Path=/");
    browser.set("a=old", "a=new; Path=/");
    browser.get("/last", "a=new");
    let now = room.wire("/classroom/wire?frame").text();
    assert!(
        now.contains("3 of 3") && now.contains("href=\"/classroom/wire?frame&#38;at=2&#38;run="),
        "{now}"
    );
    let then = room.wire("/classroom/wire?frame&at=1").text();
    let jar = &then[then.find("id=\"jar\"").unwrap()..then.find("id=\"ends\"").unwrap()];
    assert!(
        jar.contains("after exchange 1") && jar.contains("old") && !jar.contains("new"),
        "{jar}"
    );
    assert!(then.contains("1 of 3") && !then.contains("/last"), "{then}");
    assert_eq!(room.wire("/classroom/wire?at=99").status, 200);
    // What is no more kept is as far back as one can go.
    for _ in 0..201 {
        browser.get("/later", "a=new");
    }
    let oldest = room.wire("/classroom/wire?at=1").text();
    assert!(oldest.contains("1 of 200") && oldest.contains("after exchange 5"), "{oldest}");
}

#[test]
fn a_chip_came_only_where_it_may_come() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let mut ask = |target: &str, headers: &[(&str, &str)]| {
        browser.send("GET", target, &[&CHROMIUM[..], headers].concat());
        std::thread::sleep(Duration::from_millis(1100));
    };
    ask("/", &[("x-set", "cart=4; Path=/shop; Max-Age=600")]);
    ask("/shop", &[]);
    // Somebody set one like it, for all paths.
    ask("/locks", &[("Cookie", "cart=4")]);
    let page = room.wire("/classroom/wire").text();
    let missing = chips(&page).find(|chip| chip.contains("/shop")).unwrap();
    assert!(missing.contains("did not come") && !missing.contains("came</em>"), "{missing}");
    // Who says that a cookie comes is right where it comes with another value.
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "visits=2; Path=/");
    browser.get("/", "visits=50");
    let told = answered(&room, "/classroom/wire?guess=1.0.0&asked=2&c=0").1;
    assert!(told.contains("Guessed right: 1 of 1."), "{told}");
}

#[test]
fn who_guesses_first_is_asked_and_then_told() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "here=1; Path=/shop");
    browser.set("", "there=1; Path=/bank");
    let page = room.wire("/classroom/wire").text();
    assert!(page.contains("data-go href=\"/classroom/wire?guess=2.0.0&#38;run="), "{page}");
    // A frame would be lost with the lesson's next page.
    let framed = room.wire("/classroom/wire?frame&shows").text();
    let opens = "<a target=\"_blank\" rel=\"noopener\" href=\"/classroom/wire?guess=2.0.0&#38;run=";
    assert!(framed.contains(opens), "{framed}");
    let nothing_new = room.wire("/classroom/wire?guess=2.0.0").text();
    assert!(!nothing_new.contains("id=\"question\""), "{nothing_new}");
    let waits = "<p id=\"guessing\">You guess first: ";
    assert!(nothing_new.contains(waits) && !page.contains(waits), "{nothing_new}");
    browser.get("/shop", "here=1");
    let asked = room.wire("/classroom/wire?guess=2.0.0").text();
    assert!(
        asked.contains("<code>GET /shop</code>") && asked.matches("type=\"checkbox\"").count() == 2,
        "{asked}"
    );
    assert!(!asked.contains("<h2><code>GET /shop"), "the answer is not there: {asked}");
    assert!(!asked.contains(waits), "{asked}");
    let half = answered(&room, "/classroom/wire?guess=2.0.0&asked=3").1;
    let told = "Exchange 3, otherwise than guessed: <code>here</code> came. Guessed right: 1 of 2.";
    assert!(half.contains(told), "{half}");
    let (there, right) = answered(&room, "/classroom/wire?guess=2.5.6&asked=3&c=0");
    assert!(right.contains("Exchange 3: all of them right. Guessed right: 7 of 8."), "{right}");
    assert!(right.contains("held back</i>"), "{right}");
    // Two that came at once are asked one after the other; what was said of the first names it.
    browser.get("/bank", "there=1");
    let still = room.wire("/classroom/wire?guess=2.0.0").text();
    assert!(
        still.contains("name=\"asked\" value=\"3\"") && !still.contains("GET /bank"),
        "{still}"
    );
    let then = room.wire(&there).text();
    assert!(then.contains("name=\"asked\" value=\"4\"") && then.contains("7 of 8"), "{then}");
    assert!(then.contains("Exchange 3: all of them right."), "{then}");
    assert_eq!(then.matches("name=\"asked\"").count(), 1, "{then}");
    assert_eq!(then.matches("name=\"c\" value=\"0\"").count(), 1, "only the question's: {then}");
    // Where there are several clients, it says whose jar is meant.
    assert!(then.contains("<legend><code>GET /bank</code>"), "{then}");
    room.connect().send("GET", "/by-curl", &[("User-Agent", "curl/8.0")]);
    let named = room.wire(&there).text();
    assert!(named.contains("<legend>Client, <code>GET /bank</code>"), "{named}");
}

/// Answers a question, as a form does. Gives the address where the answer leads, and the page there.
fn answered(room: &Classroom, answer: &str) -> (String, String) {
    let reply = room.wire(answer);
    let there = reply.header("Location").unwrap_or(answer).to_owned();
    let page = room.wire(&there);
    assert_eq!(page.status, 200, "{page}");
    (there, page.text())
}

#[test]
fn a_score_outlives_the_server_and_is_of_no_exchange_of_another_run() {
    let guessing = |room: &Classroom| {
        let mut browser = room.connect();
        browser.set("", "here=1; Path=/shop");
        let page = room.wire("/classroom/wire").text();
        let (_, start) = page.split_once("href=\"/classroom/wire?guess=").unwrap();
        let start = start.split('"').next().unwrap().replace("&#38;", "&");
        browser.get("/shop", "here=1");
        format!("/classroom/wire?guess={start}")
    };
    let first = Classroom::start();
    let start = guessing(&first);
    let (there, page) = answered(&first, &format!("{start}&asked=2&c=0"));
    assert!(page.contains("Exchange 2: all of them right. Guessed right: 1 of 1."), "{page}");
    // The server is started again under the open view: no exchange yet, then as many as before.
    let second = Classroom::start();
    let empty = second.wire(&there).text();
    assert!(empty.contains("Guessed right: 1 of 1.") && !empty.contains("all of them"), "{empty}");
    guessing(&second);
    let again = second.wire(&there).text();
    assert!(again.contains("Guessed right: 1 of 1.") && !again.contains("all of them"), "{again}");
    assert!(again.contains("name=\"asked\" value=\"2\""), "{again}");
    // An answer to a question of the run before counts for nothing.
    let (_, late) = answered(&second, &format!("{start}&asked=2"));
    assert!(!late.contains("Guessed right") && late.contains("value=\"2\""), "{late}");
}

#[test]
fn what_this_server_only_asked_to_delete_stays_in_the_jar() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.get("/shop", "deep=1");
    browser.set("", "deep=; Max-Age=0; Path=/");
    let wire = room.wire("/classroom/wire").text();
    assert!(wire.contains("exchange 2 asked to delete it"), "{wire}");
    assert!(!wire.contains("that this run of the server did not set"), "{wire}");
}

#[test]
fn what_tells_browsers_apart_is_called_so_where_this_lesson_sets_it_alone() {
    const ID: &str = "workbench=00112233445566778899aabbccddeeff";
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.get("/", ID);
    let elsewhere = room.wire("/classroom/wire").text();
    assert!(elsewhere.contains("none of this server&#39;s, 1 other"), "{elsewhere}");
    assert!(elsewhere.contains("1 more that this run of the server did not set"), "{elsewhere}");
    assert!(!elsewhere.contains("this browser from others"), "{elsewhere}");
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", &format!("{ID}; Path=/"));
    browser.get("/", ID);
    let alone = room.wire("/classroom/wire").text();
    assert!(alone.contains("only what tells this browser from others"), "{alone}");
    assert!(alone.contains("1 that tells this browser from others"), "{alone}");
    browser.set(ID, "a=1; Path=/");
    browser.get("/", &format!("{ID}; a=1"));
    let beside = room.wire("/classroom/wire").text();
    assert!(beside.contains("and what tells this browser from others"), "{beside}");
    browser.get("/", &format!("{ID}; x=1"));
    let with_another = room.wire("/classroom/wire").text();
    assert!(with_another.contains("none of this server&#39;s, 2 others"), "{with_another}");
}

#[test]
fn beside_a_jar_stands_what_a_link_can_show_and_what_is_gone_has_its_path() {
    let room = Classroom::start();
    let curl = |set: &str| {
        let headers = [("User-Agent", "curl/8.0"), ("x-set", set)];
        room.connect().send("GET", "/", &headers);
    };
    let jar = |page: &str| {
        let page = room.wire(page).text();
        page.split_once("<section id=\"jar\"")
            .map(|(_, jar)| jar.split("</section>").next().unwrap().to_owned())
    };
    curl("a=1; Path=/");
    let mut browser = room.connect();
    browser.set("", "b=1; Path=/shop");
    browser.set("", "b=; Max-Age=0; Path=/shop");
    let beside = jar("/classroom/wire").unwrap();
    assert!(
        beside
            .contains("See the jar of: <a data-go href=\"/classroom/wire?only=curl\">curl</a></p>"),
        "{beside}"
    );
    let (_, gone) = beside.split_once("<li class=\"chip gone\">").unwrap();
    assert!(gone.split("</li>").next().unwrap().contains("/shop"), "{gone}");
    // A request of nobody's doesn't take the place of the one jar that has this name.
    room.connect().send("GET", "/", &[("User-Agent", "curl/8.0")]);
    let one = jar("/classroom/wire?only=curl").unwrap();
    assert!(one.contains("The jar of curl") && one.contains("<b>a</b>"), "{one}");
    // Of two jars of one name an address shows one alone: the latest exchange's.
    curl("a=2; Path=/");
    let here = jar("/classroom/wire").unwrap();
    assert!(here.contains("The jar of curl") && !here.contains(">curl<"), "{here}");
    assert!(here.contains(">Client</a></p>"), "{here}");
    browser.set("", "b=2; Path=/shop");
    let beside = jar("/classroom/wire").unwrap();
    assert!(!beside.contains("curl") && !beside.contains("See the jar"), "{beside}");
    let nobodys = room.connect().send("GET", "/", &[("User-Agent", "curl/8.0")]);
    assert_eq!(nobodys.status, 200);
    let whose = jar("/classroom/wire?only=curl").unwrap();
    assert!(whose.contains("Nothing tells whose jar") && !whose.contains("<b>a</b>"), "{whose}");
}

#[test]
fn what_is_heard_says_that_others_came_and_no_separator_stands_alone() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let heard = || {
        let page = room.wire("/classroom/wire").text();
        let (_, heard) = page.split_once("id=\"said\"").unwrap();
        heard.split('<').next().unwrap().to_owned()
    };
    browser.get("/", "");
    assert!(heard().contains("No cookie came"), "{}", heard());
    browser.get("/", "other=1");
    let jar = room.wire("/classroom/wire").text();
    assert!(jar.contains("None of this server") && !jar.contains("Empty, as far"), "{jar}");
    assert!(heard().contains("Came: none of this server&#39;s, 1 other."), "{}", heard());
    let mut curl = |target: &str, headers: &[(&str, &str)]| {
        let agent = [("User-Agent", "curl/7.88.1")];
        browser.send("GET", target, &[&agent, headers].concat());
    };
    curl("/", &[("Cookie", "other=1"), ("x-set", "a=1; Path=/")]);
    curl("/", &[("Cookie", "other=1; a=2")]);
    assert!(heard().contains("Came: a and 1 other"), "{}", heard());
    let altered = room.wire("/classroom/wire").text();
    assert!(altered.contains("may not hold for it · every path"), "{altered}");
}

#[test]
fn an_empty_store_is_shown_as_one() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.get("/", "");
    assert!(!room.wire("/classroom/wire").text().contains("id=\"store\""));
    browser.get("/store", "");
    let page = room.wire("/classroom/wire").text();
    assert!(page.contains("id=\"store\"") && page.contains("Nothing is kept."), "{page}");
}

#[test]
fn of_what_may_be_otherwise_no_life_is_counted_down() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let chip = |room: &Classroom| {
        let page = room.wire("/classroom/wire").text();
        chips(&page).next().unwrap_or_else(|| panic!("{page}")).to_owned()
    };
    browser.set("", "a=1; Path=/; Max-Age=600");
    assert!(chip(&room).contains("10 min left") && chip(&room).contains("data-until"));
    browser.get("/", "a=2");
    let altered = chip(&room);
    assert!(altered.contains("with another value") && altered.contains("every path"), "{altered}");
    assert!(!altered.contains("left") && !altered.contains("data-until"), "{altered}");
    // Whether curl keeps a jar, nobody can see.
    room.connect().send("GET", "/", &[("User-Agent", "curl/8.0"), ("x-set", "a=1; Path=/")]);
    let page = room.wire("/classroom/wire").text();
    assert!(page.contains("a call without <code>-c</code> writes nothing down"), "{page}");
    assert!(page.contains("<p id=\"ends\" aria-hidden=\"true\"><span>Client</span>"), "{page}");
}

#[test]
fn of_a_long_value_that_was_changed_one_sees_what_was_changed() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let signed = |payload: &str| format!("s=kZ7Qv0nq2m1yHc8u4TtWb5rE{payload}");
    browser.set("", &format!("{}; Path=/", signed("Ada")));
    browser.get("/", &signed("Mal"));
    let page = room.wire("/classroom/wire").text();
    let chip = chips(&page).next().unwrap();
    assert!(chip.contains("<b>s</b>=<code>…b5rEMal</code> <em>came</em>"), "{chip}");
}

#[test]
fn a_form_its_redirect_and_where_it_leads_are_one_group() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.get("/form", "");
    browser.send(
        "POST",
        "/log-in",
        &[("x-set", "sid=1; Path=/"), ("x-status", "303"), ("x-location", "/in")],
    );
    browser.get("/in", "sid=1");
    browser.get("/next", "sid=1");
    let page = room.wire("/classroom/wire").text();
    let order: Vec<_> =
        page.split("<h2><code>").skip(1).map(|part| part.split('<').next().unwrap()).collect();
    assert_eq!(order, ["GET /next", "POST /log-in", "GET /in", "GET /form"], "{page}");
    assert_eq!(page.matches("class=\"group\"").count(), 3, "{page}");
}

#[test]
fn clients_are_told_apart_and_one_alone_can_be_looked_at() {
    let room = Classroom::start();
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    room.connect().send("GET", "/by-firefox", &[("User-Agent", firefox), ("x-set", "a=1; Path=/")]);
    assert!(!room.wire("/classroom/wire").text().contains("Everybody"), "there is one alone");
    room.connect().send("GET", "/by-curl", &[("User-Agent", "curl/8.0")]);
    let page = room.wire("/classroom/wire").text();
    assert!(page.contains("Everybody") && page.contains("only=Firefox+1"), "{page}");
    let one = room.wire("/classroom/wire?only=Firefox+1").text();
    assert!(one.contains("/by-firefox") && !one.contains("/by-curl"), "{one}");
    let host = format!("127.0.0.1:{}", room.port);
    let own = room
        .connect()
        .send("GET", "/classroom/wire", &[("Host", &host), ("User-Agent", firefox)])
        .text();
    assert!(own.contains("This browser only (Firefox 1)"), "{own}");
}

const CHROMIUM: [(&str, &str); 4] = [
    (
        "User-Agent",
        "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0 Safari/537.36",
    ),
    ("Sec-Fetch-Site", "none"),
    ("Sec-Fetch-Mode", "navigate"),
    ("Sec-Fetch-Dest", "document"),
];

#[test]
fn each_name_on_the_ladder_has_its_view_and_in_it_is_nobody_else() {
    let room = Classroom::start();
    let ask = |connection: &mut Connection, target: &str, headers: &[(&str, &str)]| {
        connection.send("GET", target, &[&CHROMIUM[..], headers].concat());
    };
    let (mut one, mut private) = (room.connect(), room.connect());
    ask(&mut one, "/one", &[("x-set", "visits=1; Path=/")]);
    // It may be that one, as far as anything tells.
    ask(&mut private, "/private", &[("x-set", "visits=1; Path=/")]);
    room.connect().send("GET", "/by-curl", &[("User-Agent", "curl/8.0")]);
    let page = |query: &str| room.wire(&format!("/classroom/wire{query}")).text();
    let everybody = page("");
    let (_, show) = everybody.split_once("<p>Show: ").unwrap();
    let show = show.split("</p>").next().unwrap();
    let names = ["Chromium 1", "Chromium", "curl"];
    for (name, target) in names.into_iter().zip(["/one", "/private", "/by-curl"]) {
        assert!(show.contains(&format!(">{name}</a>")), "{name}: {show}");
        let only = page(&format!("?only={}", name.replace(' ', "+")));
        let targets: Vec<_> = only.split("<h2><code>GET ").skip(1).collect();
        assert_eq!(targets.len(), 1, "{name}: {only}");
        assert!(targets[0].starts_with(target), "{name}: {only}");
        assert!(only.contains(&format!("role=\"status\">{name}: GET {target}.")), "{name}: {only}");
        assert!(only.contains(&format!("aria-current=\"true\">{name}</a>")), "{name}: {only}");
        let ends = format!("<p id=\"ends\" aria-hidden=\"true\"><span>{name}</span>");
        assert!(only.contains(&ends), "{name}: {only}");
    }
    assert!(
        everybody.contains("<p id=\"ends\" aria-hidden=\"true\"><span>Client</span>"),
        "{everybody}"
    );
    // A name that nobody has by now: who had none has got a number, or the server was started again.
    let nobody = page("?only=Chromium+7");
    assert_eq!(nobody.matches("<h2><code>GET ").count(), 3, "{nobody}");
    assert!(nobody.contains("aria-current=\"true\">Everybody</a>"), "{nobody}");
}

#[test]
fn a_form_and_where_its_answer_leads_have_one_name() {
    const SID: &str = "sid=083d0851b071c6a7f2b45e6d9c8a7b31";
    let room = Classroom::start();
    let (mut one, mut copy) = (room.connect(), room.connect());
    let send =
        |connection: &mut Connection, method: &str, target: &str, headers: &[(&str, &str)]| {
            connection.send(method, target, &[&CHROMIUM[..], headers].concat());
        };
    send(&mut one, "GET", "/log-in", &[("x-set", &format!("{SID}; Path=/"))]);
    send(&mut copy, "GET", "/", &[]);
    let ends = [
        ("Cookie", SID),
        ("x-set", "sid=; Max-Age=0; Path=/"),
        ("x-status", "303"),
        ("x-location", "/out"),
    ];
    send(&mut copy, "POST", "/log-out", &ends);
    send(&mut copy, "GET", "/out", &[]);
    let page = room.wire("/classroom/wire").text();
    let group = page.split("<li id=\"x").find(|group| group.contains("POST /log-out")).unwrap();
    let names: Vec<_> = group
        .split("<p class=\"quiet\"><b>")
        .skip(1)
        .map(|name| name.split('<').next().unwrap())
        .collect();
    assert_eq!(names, ["Chromium", "Chromium"], "{group}");
    // And the page of all of it knows no better.
    let detail = room.wire("/classroom/wire/exchange/3").text();
    assert!(detail.contains("\"quiet\">Chromium, told by"), "{detail}");
    assert!(!detail.contains("SameSite"), "what ends comes with no request: {detail}");
    send(&mut copy, "GET", "/", &[("Cookie", SID)]);
    let names = room.wire("/classroom/wire").text();
    let detail = room.wire("/classroom/wire/exchange/5").text();
    assert!(
        names.contains("<b>Chromium 1?</b>") && detail.contains("\"quiet\">Chromium 1?, told by"),
        "{detail}"
    );
}

#[test]
fn the_view_does_not_watch_the_classroom_and_folds_what_comes_on_the_side() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.get("/shop", "");
    for target in ["/favicon.ico", "/.well-known/x", "/classroom/style.css"] {
        browser.get(target, "");
    }
    for own in ["", "lesson", "lesson/2-raw-cookies", "img/2-raw-cookies.svg", "who", "nothing"] {
        browser.get(&format!("/classroom/{own}"), "");
    }
    browser.send("GET", "/ahead", &[("Sec-Purpose", "prefetch;prerender")]);
    for page in &PAGES[..5] {
        room.wire(page);
    }
    assert_eq!(room.json()["count"], 4);
    let body = room.wire("/classroom/wire?frame").text();
    assert!(body.contains("Other requests (icons and the like): 2"), "{body}");
    // What is fetched ahead may change the jar, and nothing else comes when it is looked at.
    assert_eq!(body.matches("<h2><code>").count(), 2, "{body}");
    assert!(body.contains("fetched ahead, before anybody asked for it"), "{body}");
}

#[test]
fn a_page_is_the_same_for_any_two_requests_and_frames_the_wire() {
    let room = Classroom::start();
    let there = format!("127.0.0.1:{}", room.port);
    // A page of ours that has the lessons' layout.
    let page = |headers: &[(&str, &str)]| room.connect().send("GET", "/missing", headers).text();
    let here = page(&[]);
    assert_eq!(here, page(&[("Cookie", "a=1"), ("User-Agent", "Other/2")]));
    assert!(
        here.contains(&format!("<iframe src=\"http://{there}/classroom/wire?frame&amp;shows\"")),
        "{here}"
    );
    let other = page(&[("Host", &format!("app.crumbs.localhost:{}", room.port))]);
    assert_eq!(here, other, "whatever the host of the lesson");
    assert!(!page(&[("Host", "evil.example")]).contains("<iframe"));
}

#[test]
fn a_path_without_a_route_is_on_the_wire_and_has_a_page() {
    let room = Classroom::start();
    let reply = room.connect().get("/no/such/path", "a=1");
    assert!(reply.status == 404 && reply.text().contains("<h1>404 Not Found</h1>"), "{reply}");
    assert_eq!(room.latest()["target"], "/no/such/path");
}

/// Of the 45 KB that a lesson's page may weigh with its frame, and all that both load, this is what is the lesson's own.
const LESSON_PAGE: usize = 7_000;

#[test]
fn a_frame_of_ten_exchanges_and_fourteen_cookies_is_light_with_all_it_loads() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let names: Vec<_> = (0..14).map(|number| format!("cookie{number}")).collect();
    let attributes = [
        "Path=/; HttpOnly; SameSite=Lax; Max-Age=3600",
        "Path=/shop",
        "Path=/; Secure; SameSite=Strict",
    ];
    let lines: Vec<_> = names
        .iter()
        .enumerate()
        .map(|(at, name)| format!("{name}=value-{at}; {}", attributes[at % 3]))
        .collect();
    let lines: Vec<_> = lines.iter().map(|line| ("x-set", line.as_str())).collect();
    browser.send("GET", "/", &lines);
    let cookies: Vec<_> =
        (0..14).filter(|at| at % 3 != 1).map(|at| format!("{}=value-{at}", names[at])).collect();
    for number in 0..9 {
        let word = format!("Verdict: valid, signed {number} s ago; logged in as Ada.");
        browser.send("GET", "/account", &[("Cookie", &cookies.join("; ")), ("x-word", &word)]);
    }
    let size = |path: &str| room.wire(path).body.len();
    let drawn = room.wire("/classroom/wire?frame").text().matches("<h2><code>").count();
    assert_eq!(drawn, 10, "the frame shows all ten");
    let frame = size("/classroom/wire?frame");
    let style = room.connect().get("/classroom/style.css", "").body.len();
    let all = frame + size("/classroom/wire.css") + size("/classroom/wire.js") + style;
    assert!(all + LESSON_PAGE <= 45_000, "{all} bytes, {frame} of them the frame's HTML");
}

#[test]
fn a_frame_is_small_however_much_was_sent() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let lines: Vec<_> =
        (0..20).map(|number| format!("cookie{number}=value; Path=/; HttpOnly")).collect();
    let lines: Vec<_> = lines.iter().map(|line| ("x-set", line.as_str())).collect();
    for _ in 0..20 {
        browser.send("GET", "/", &lines);
    }
    let frame = room.wire("/classroom/wire?frame").text();
    assert!(frame.len() < 30_000, "{} bytes", frame.len());
    for _ in 0..20 {
        browser.get("/", "a=1");
    }
    let frame = room.wire("/classroom/wire?frame").text();
    assert!(
        frame.len() < 30_000 && frame.matches("<h2><code>").count() >= 5,
        "{} bytes",
        frame.len()
    );
}

#[test]
fn a_projector_shows_short_values_and_nowhere_a_long_one_or_that_of_an_httponly_cookie() {
    let long = "a-long-value-0123456789";
    let room = Classroom::watching(Watch::Projector);
    let mut browser = room.connect();
    let set = [
        ("x-set", "visits=3; Path=/"),
        ("x-set", "sid=s3cret; Path=/; HttpOnly"),
        ("x-set", &format!("session={long}; Path=/")),
        ("x-set", &format!("{long}-without-a-name; Path=/")),
        ("x-set", &format!("__Host-{long}-without-a-name; Path=/")),
    ];
    browser.send("GET", "/", &set);
    let cookies = format!("visits=3; sid=s3cret; session={long}");
    browser.send(
        "GET",
        &format!("/?from={long}"),
        &[("Cookie", &cookies), ("Authorization", "Basic czNjcmV0")],
    );
    browser.send("GET", "/", &[("Cookie", &cookies), ("x-set", "sid=t4boo; Path=/; HttpOnly")]);
    browser.post("/", &[("paste", long)]);
    browser.get("/", &format!("visits=3; sid=forged; session={long}"));
    // Nobody knows whose jar this is of.
    let agent = ("User-Agent", "Mozilla/5.0 (X11) Gecko/20100101 Firefox/153.0");
    room.connect().send("GET", "/", &[agent, ("Cookie", "sid=stolen")]);
    let own = format!("http://127.0.0.1:{}", room.port);
    let change = |origin: &str, query: &str| {
        let host = ("Host", &own["http://".len()..]);
        let target = format!("/classroom/wire/projector?{query}");
        room.connect().send("POST", &target, &[host, ("Origin", origin)])
    };
    let pages =
        ["?", "?frame", "?all", "?at=2", "?guess=0.0.0", ".json", "/exchange/1", "/exchange/2"];
    let pages =
        pages.into_iter().chain(["/exchange/3", "/exchange/4", "/exchange/5", "/exchange/6"]);
    let pages: Vec<_> = pages.map(|page| format!("/classroom/wire{page}")).collect();
    let is_hidden = |page: &String| {
        let body: String = room.wire(page).text();
        // How this test asks for cookies is no cookie.
        let body: String = body.split("<p>").filter(|line| !line.starts_with("x-set")).collect();
        !["s3cret", "t4boo", "forged", "stolen", "a-long-value", "czNjcmV0"]
            .iter()
            .any(|secret| body.contains(secret))
    };
    let all_hidden = || pages.iter().filter(|page| !is_hidden(page)).collect::<Vec<_>>();
    assert_eq!(all_hidden(), Vec::<&String>::new());
    for page in [&pages[0], &pages[5], &pages[7]] {
        assert!(room.wire(page).text().contains("visits"), "{page} shows what is short");
    }
    assert_eq!(change("https://evil.example", "").status, 403);
    assert_eq!(change(&own, "").status, 303);
    assert!(pages.iter().all(|page| !is_hidden(page)), "asked for, they are shown");
    assert_eq!(
        change(&own, "on&frame&only=curl").header("Location"),
        Some("/classroom/wire?frame&only=curl")
    );
    assert_eq!(all_hidden(), Vec::<&String>::new());
}

#[test]
fn what_is_open_learns_at_once_that_the_projector_is_on() {
    let room = Classroom::start();
    let host = format!("127.0.0.1:{}", room.port);
    let switch = |query: &str| {
        let target = format!("/classroom/wire/projector?{query}");
        room.connect().send("POST", &target, &[("Host", &host)])
    };
    let frame = |page: &str| room.wire(&format!("/classroom/wire?frame{page}")).text();
    let stale = |page: &str| frame(page).contains("id=\"stale\"");
    let lesson = || room.connect().get("/missing", "").text();
    assert!(lesson().contains("?frame&amp;shows\""));
    let mut events = stream(&room, "A");
    assert_eq!(next_event(&mut events), "data: 1");
    assert_eq!([stale("&shows"), stale("&hides"), stale("")], [false, true, false]);

    let back = switch("on&frame&shows");
    assert_eq!(back.header("Location"), Some("/classroom/wire?frame&shows"));
    assert_eq!(next_event(&mut events), "data: 1 hidden");
    assert!(frame("").contains("data-latest=\"1 hidden in "));
    assert_eq!([stale("&shows"), stale("&hides"), stale("")], [true, false, false]);
    assert!(frame("&shows").contains("still shows"), "{}", frame("&shows"));
    assert!(lesson().contains("?frame&amp;hides\""));
}

#[test]
fn a_lessons_own_page_knows_of_the_projector() {
    for (watch, told) in [(Watch::On, "shown s3cret"), (Watch::Projector, "shown (hidden)")] {
        let room = Classroom::watching(watch);
        let page = room.connect().send("GET", "/", &[("x-show", "s3cret")]).text();
        assert!(page.ends_with(told), "{page}");
        for path in ["/missing", "/classroom/", "/classroom/lesson", "/classroom/missing"] {
            let page = room.connect().get(path, "").text();
            let is_large = page.contains("class=\"projector\"");
            assert_eq!(is_large, watch == Watch::Projector, "{path}: {page}");
        }
    }
}

#[test]
fn with_the_wire_off_nothing_of_it_is_there() {
    let room = Classroom::watching(Watch::Off);
    let body = room.connect().set("", "cart=3; Path=/shop").text();
    assert!(body.contains("watched: false"), "{body}");
    assert!(room.connect().get("/shopping", "a=1").text().contains("WIRE=off"));
    assert!(!room.connect().get("/missing", "").text().contains("<iframe"));
    // Asked for where the wire would be, and where the lesson is.
    for path in PAGES.iter().chain(&["/classroom/wire.css", "/classroom/wire/projector"]) {
        let reply = room.wire(path);
        assert_eq!(reply.status, 307, "{path} should be nobody's there\n{reply}");
        for method in ["GET", "POST"] {
            let reply = room.connect().send(method, path, &[]);
            assert_eq!(reply.status, 404, "{method} {path} should be nobody's\n{reply}");
        }
    }
}

fn next_event(stream: &mut Connection) -> String {
    // Chunked: sizes and blank lines between.
    loop {
        let line = stream.line();
        assert_ne!(line, "", "the stream ended");
        if line.starts_with("data: ") || line.starts_with("event: ") {
            let line = line.trim_end();
            // Without the run of the server.
            return line.split_once(" in ").map_or(line.to_owned(), |(latest, run)| {
                assert!(run.parse::<u32>().is_ok(), "{line}");
                latest.to_owned()
            });
        }
    }
}

fn stream(room: &Classroom, agent: &str) -> Connection {
    let mut connection = room.connect();
    let host = format!("127.0.0.1:{}", room.port);
    let head = [("Host", &*host), ("User-Agent", agent)];
    connection.ask("GET", "/classroom/wire/events", &head);
    let head = connection.head();
    assert_eq!(head.header("Content-Type"), Some("text/event-stream"), "{head}");
    connection
}

#[test]
fn a_view_and_its_stream_name_the_run_and_the_latest_exchange_alike() {
    let rooms = [Classroom::start(), Classroom::start()];
    let told = rooms.each_ref().map(|room| {
        room.connect().get("/", "");
        let mut events = stream(room, "A");
        let told = loop {
            let line = events.line();
            if let Some(told) = line.strip_prefix("data: ") {
                break told.trim_end().to_owned();
            }
        };
        let page = room.wire("/classroom/wire").text();
        assert!(page.contains(&format!("data-latest=\"{told}\"")), "{told}: {page}");
        told
    });
    assert_ne!(told[0], told[1], "a server that was started again counts from 1");
}

#[test]
fn an_open_view_is_told_of_each_new_exchange() {
    let room = Classroom::start();
    let mut events = stream(&room, "A");
    assert_eq!(next_event(&mut events), "data: 0");
    room.connect().get("/", "");
    assert_eq!(next_event(&mut events), "data: 1");
    room.connect().get("/", "");
    assert_eq!(next_event(&mut events), "data: 2");
}

#[test]
fn a_view_that_opens_again_is_told_of_what_came_meanwhile() {
    let room = Classroom::start();
    for round in 1..4 {
        for _ in 0..2 {
            room.connect().get("/", "");
        }
        let mut events = stream(&room, "A");
        assert_eq!(next_event(&mut events), format!("data: {}", 3 * round - 1));
        room.connect().get("/", "");
        assert_eq!(next_event(&mut events), format!("data: {}", 3 * round));
    }
}

#[test]
fn of_seven_streams_of_one_browser_the_oldest_rest_and_pages_still_load() {
    let room = Classroom::start();
    let mut streams: Vec<_> = (0..7).map(|_| stream(&room, "A")).collect();
    for old in &mut streams[..3] {
        assert_eq!(next_event(old), "data: 0");
        assert_eq!(next_event(old), "event: rest");
    }
    let mut other = stream(&room, "B");
    for live in streams[3..].iter_mut().chain([&mut other]) {
        assert_eq!(next_event(live), "data: 0");
    }
    room.connect().get("/", "");
    for live in streams[3..].iter_mut().chain([&mut other]) {
        assert_eq!(next_event(live), "data: 1");
    }
}

#[test]
fn the_server_stops_at_once_with_streams_open() {
    let mut room = Classroom::start();
    let mut open: Vec<_> = (0..3).map(|_| stream(&room, "A")).collect();
    let start = Instant::now();
    room.stop();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    for stream in &mut open {
        while !stream.line().is_empty() {}
    }
}

#[test]
fn a_client_that_never_reads_its_stream_holds_nobody_up() {
    let room = Classroom::start();
    let _deaf: Vec<_> = (0..80)
        .map(|number| {
            let mut deaf = room.connect();
            let agent = format!("Deaf/{number}");
            let head = [("Host", "127.0.0.1"), ("User-Agent", &agent)];
            deaf.ask("GET", "/classroom/wire/events", &head);
            deaf
        })
        .collect();
    let start = Instant::now();
    let mut browser = room.connect();
    for _ in 0..2000 {
        browser.set("a=1", "a=1; Path=/");
    }
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    assert_eq!(room.json()["exchanges"].as_array().unwrap().len(), 200);
}

#[test]
fn two_hundred_slow_readers_hold_no_more_than_a_bound() {
    const MOST: usize = 32 * 1024 * 1024;
    let room = Classroom::start();
    let mut browser = room.connect();
    let cookies = |from| {
        let pair = |number| format!("c{number}={}", "x".repeat(4000));
        (from..from + 10).map(pair).collect::<Vec<_>>().join("; ")
    };
    for from in (0..1200).step_by(20) {
        let (some, more) = (cookies(from), cookies(from + 10));
        browser.send("GET", "/", &[("Cookie", &some), ("Cookie", &more)]);
    }
    let ask = |page: &str| {
        let mut reader = room.connect();
        reader.ask("GET", page, &[("Host", "127.0.0.1")]);
        let head = reader.head();
        (reader, head)
    };
    let (mut readers, mut held) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        let (mut reader, head) = ask("/classroom/wire.json");
        if head.status == 503 {
            let line = reader.line();
            assert!(line.contains("Close some of them"), "{line}");
        } else {
            held.push(head.header("Content-Length").unwrap().parse::<usize>().unwrap());
        }
        readers.push(reader);
    }
    assert!(held.iter().sum::<usize>() <= MOST && held.len() > 1, "{held:?} bytes are held");
    assert_eq!(ask("/classroom/wire?frame").1.status, 200, "small pages are for everybody");
    drop(readers);
    let start = Instant::now();
    while ask("/classroom/wire.json").1.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(10), "nobody reads any more");
    }
}

#[test]
fn a_flood_of_new_browsers_is_bounded_and_the_view_says_what_it_dropped() {
    let room = Classroom::start();
    let mut client = room.connect();
    for number in 0..10_000 {
        let agent = format!("Flood/{number}");
        client.send("GET", "/", &[("User-Agent", &agent), ("x-set", "a=1; Path=/shop")]);
    }
    let json = room.json();
    assert_eq!(json["count"], 10_000);
    assert_eq!(json["exchanges"].as_array().unwrap().len(), 200);
    // No browser has such a name, and whatever is none has few jars.
    assert_eq!(json["jars"].as_array().unwrap().len(), 8);
    let page = room.wire("/classroom/wire").text();
    assert!(page.contains("10000 exchanges so far; the last 200 are kept"), "{page}");
    let start = Instant::now();
    room.connect().get("/", "");
    assert!(start.elapsed() < Duration::from_millis(200));
}

#[test]
fn thirty_browsers_at_once_each_keep_their_own_list() {
    let room = Classroom::start();
    std::thread::scope(|scope| {
        for number in 0..30 {
            let room = &room;
            scope.spawn(move || {
                let mut browser = room.connect();
                let agent = format!(
                    "Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{number}.0 Safari/537.36"
                );
                let head = [
                    ("User-Agent", agent.as_str()),
                    ("Sec-Fetch-Site", "same-origin"),
                    ("Sec-Fetch-Mode", "navigate"),
                    ("Sec-Fetch-Dest", "document"),
                ];
                let line = format!("own{number}=1; Path=/shop");
                browser.send("GET", "/", &[&head[..], &[("x-set", &*line)]].concat());
                // What was set a moment ago may be younger than a request.
                std::thread::sleep(Duration::from_millis(1100));
                for _ in 0..20 {
                    let body = browser.send("GET", "/", &head).text();
                    assert_eq!(body.matches("Missing {").count(), 1, "{body}");
                    assert!(body.contains(&format!("\"own{number}\"")), "{body}");
                }
            });
        }
    });
}

#[test]
fn the_curl_command_sends_the_same_cookies_again() {
    let room = Classroom::start();
    let hostile = [
        ("a=1; b=2", true),
        ("n=%E5%A4%8F; m=it's", true),
        ("q=\"x\"; d=$HOME; t=`id`; e=!; s=a\\b; p=%PATH%", false),
        ("x='; y=' $(id) '", false),
    ];
    for (cookie, portable) in hostile {
        room.connect().get("/shop?a=[1]&b={2}", cookie);
        let number = room.latest()["number"].to_string();
        let page = room.wire(&format!("/classroom/wire/exchange/{number}")).text();
        let start =
            page.find("<div class=\"curl\"><code>").unwrap() + "<div class=\"curl\"><code>".len();
        let command = &page[start..start + page[start..].find("</code>").unwrap()];
        let command = ["&amp;/&", "&#38;/&", "&#34;/\"", "&#39;/'", "&#60;/<", "&#62;/>"]
            .iter()
            .fold(command.to_owned(), |text, pair| {
                let (from, to) = pair.split_at(pair.rfind('/').unwrap());
                text.replace(from, &to[1..])
            });
        assert_eq!(!page[start..].contains("For sh alone"), portable, "{command}");
        if Command::new("curl").arg("--version").output().is_err() {
            assert!(std::env::var_os("CI").is_none(), "no curl on this machine");
            eprintln!("NOT RUN: no curl on this machine, so the command was not tried");
            return;
        }
        let output = Command::new("sh").args(["-c", &command]).output().unwrap();
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        let sent: Vec<_> = room.latest()["came"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                format!("{}={}", pair["name"].as_str().unwrap(), pair["value"].as_str().unwrap())
            })
            .collect();
        assert_eq!(sent.join("; "), cookie, "{command}");
        assert_eq!(room.latest()["target"], "/shop?a=[1]&b={2}");
    }
}

#[test]
fn over_a_request_that_may_be_anybodys_stands_nobodys_jar() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "a=1; Path=/");
    let page = || room.wire("/classroom/wire").text();
    assert!(page().contains("The jar of Client"), "{}", page());
    room.connect().send("GET", "/", &[("User-Agent", "curl/8.0")]);
    assert!(page().contains("Nothing tells whose jar the newest request is from"), "{}", page());
    assert!(!page().contains("The jar of "), "{}", page());
    assert!(page().contains(">Client</a>"), "{}", page());
    // What came from before this run, and is set again with the same value, is one chip.
    browser.send("GET", "/", &[("Cookie", "a=1; b=2"), ("x-set", "b=2; Path=/")]);
    assert_eq!(page().matches("<b>b</b>=<code>2</code>").count(), 1, "{}", page());
}
