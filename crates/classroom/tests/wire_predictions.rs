//! What the wire says of cookies that came and of those that did not, through a real server: `wire/src/model/tests` has more
//! cases, where no second has to pass.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod common;

use common::{Classroom, Connection, absent, came};
use serde_json::Value;

const CHROMIUM: (&str, &str) = (
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
);

/// What became of the lines of the latest answer.
fn set(room: &Classroom) -> Vec<String> {
    let lines = room.latest()["set"].as_array().unwrap().clone();
    lines.iter().map(|line| line["why"].as_str().unwrap().to_owned()).collect()
}

/// The cookies of the jars, as they are now: name, value and status.
fn jars(room: &Classroom) -> Vec<String> {
    let jars = room.json()["jars"].as_array().unwrap().clone();
    let cookies = jars.iter().flat_map(|jar| jar["cookies"].as_array().unwrap());
    let told = |cookie: &Value| {
        format!(
            "{}={} {}",
            cookie["name"].as_str().unwrap(),
            cookie["value"].as_str().unwrap(),
            cookie["status"].as_str().unwrap()
        )
    };
    cookies.map(told).collect()
}

/// A request as a browser sends it when a page of the same site is asked for.
fn visit(browser: &mut Connection, target: &str, cookie: &str, lines: &[&str]) {
    let mut headers = vec![
        CHROMIUM,
        ("Sec-Fetch-Site", "same-origin"),
        ("Sec-Fetch-Mode", "navigate"),
        ("Sec-Fetch-Dest", "document"),
    ];
    if !cookie.is_empty() {
        headers.push(("Cookie", cookie));
    }
    headers.extend(lines.iter().map(|line| ("x-set", *line)));
    browser.send("GET", target, &headers);
}

#[test]
fn what_was_held_back_is_named_with_its_rule() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.set("", "cart=3; Path=/shop");
    browser.get("/shopping", "");
    let latest = room.latest();
    assert_eq!(absent(&latest), ["cart held-back Path"], "{latest:#}");
    let sentence = latest["absent"][0]["sentence"].as_str().unwrap();
    assert!(sentence.contains("`/shop`") && sentence.contains("`/shopping`"), "{sentence}");
    browser.get("/shop/cart", "cart=3");
    assert_eq!(came(&room.latest()), ["cart as-set"]);
    assert!(absent(&room.latest()).is_empty());
}

#[test]
fn curl_keeps_a_path_that_browsers_ignore_for_its_length() {
    let line = format!("cart=3; Path=/{}", "a".repeat(1100));
    for (agent, told) in
        [(("User-Agent", "curl/7.88.1"), "held-back Path"), (CHROMIUM, "under-way -")]
    {
        let room = Classroom::start();
        let mut client = room.connect();
        client.send("GET", "/", &[agent, ("x-set", &line)]);
        client.send("GET", "/shop", &[agent]);
        assert_eq!(absent(&room.latest()), [format!("cart {told}")], "{agent:?}");
    }
}

#[test]
fn a_restart_forgets_what_was_set_and_a_deletion_only_asks() {
    let first = Classroom::start();
    let mut browser = first.connect();
    browser.set("", "visits=1; Path=/");
    browser.set("visits=1", "visits=; Path=/; Max-Age=0");
    assert_eq!(
        (set(&first), jars(&first)),
        (vec!["deleted".into()], vec!["visits=1 deleted".into()])
    );
    let restarted = Classroom::start();
    let mut browser = restarted.connect();
    visit(&mut browser, "/", "visits=1; jupyter=x", &["visits=; Path=/; Max-Age=0"]);
    let latest = restarted.latest();
    assert_eq!(came(&latest), ["visits not-set-here", "jupyter not-set-here"]);
    assert_eq!(set(&restarted), ["asks-to-delete"]);
    assert_eq!(jars(&restarted), ["visits=1 asked-to-delete", "jupyter=x held"]);
    assert!(absent(&latest).is_empty(), "{latest:#}");
}

#[test]
fn what_comes_at_once_after_an_answer_may_have_been_sent_before_it() {
    let room = Classroom::start();
    let mut browser = room.connect();
    visit(&mut browser, "/", "", &["visits=1; Path=/"]);
    visit(&mut browser, "/", "", &[]);
    assert_eq!(absent(&room.latest()), ["visits under-way -"]);
    visit(&mut browser, "/", "visits=1", &[]);
    assert_eq!(came(&room.latest()), ["visits as-set"], "it came, so it had arrived");
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
    assert_eq!(absent(&room.latest()), ["cart held-back Path"]);
    room.connect().get("/shopping", two);
    assert_eq!(absent(&room.latest()), ["admin held-back Path"]);
    // One connection may serve two clients in turn, through a proxy: the id decides.
    let mut shared = room.connect();
    shared.get("/shopping", one);
    shared.get("/shopping", two);
    assert_eq!(absent(&room.latest()), ["admin held-back Path"]);
    shared.get("/shopping", "");
    assert!(absent(&room.latest()).is_empty(), "no list for a client without an id");
}

#[test]
fn same_site_is_judged_by_what_the_browser_says_caused_the_request() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let lines =
        ["strict=1; SameSite=Strict", "lax=1; SameSite=Lax", "none=1; SameSite=None; Secure"];
    visit(&mut browser, "/", "", &lines);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let cross = |mode, dest| {
        [
            CHROMIUM,
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Mode", mode),
            ("Sec-Fetch-Dest", dest),
            ("Origin", "http://mallory.localhost:3009"),
        ]
    };
    let mut ask = |method: &str, headers: &[(&str, &str)], cookie: &str| {
        browser.send(method, "/", &[headers, &[("Cookie", cookie)]].concat());
        absent(&room.latest())
    };
    let page = cross("navigate", "document");
    assert_eq!(ask("GET", &page, "lax=1; none=1"), ["strict may-be-held-back SameSiteStrict"]);
    assert_eq!(
        ask("POST", &page, "none=1"),
        ["strict held-back SameSiteStrict", "lax held-back SameSiteLaxMethod"]
    );
    let denied = [&cross("cors", "empty")[..], &[("Sec-Fetch-Storage-Access", "none")]].concat();
    assert_eq!(ask("GET", &denied, "x=1").len(), 3);
    assert!(
        room.latest()["absent"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["rule"] == "StorageDenied")
    );
}

#[test]
fn an_expired_cookie_ended_and_a_refused_line_says_why() {
    let room = Classroom::start();
    let mut browser = room.connect();
    let large = format!("large={}", "x".repeat(4100));
    let lines = ["short=1; Max-Age=1", "__Host-wrong=1; Path=/x; Secure", &large];
    browser.send("GET", "/", &lines.map(|line| ("x-set", line)));
    let latest = room.latest();
    let lines = &latest["set"];
    assert_eq!(
        (&lines[0]["why"], &lines[1]["rule"], &lines[2]["rule"]),
        (&"stored".into(), &"HostPrefix".into(), &"TooLarge".into())
    );
    assert_eq!(lines[0]["domain"], "localhost");
    std::thread::sleep(std::time::Duration::from_millis(2100));
    browser.get("/", "");
    assert_eq!(absent(&room.latest()), ["short ended Expired"]);
}

#[test]
fn a_handler_that_panics_is_answered_with_a_page_and_is_on_the_wire() {
    let room = Classroom::start();
    let reply = room.connect().get("/panics", "a=1");
    assert_eq!(reply.status, 500, "{reply}");
    assert!(reply.text().contains("<h1>500 Internal Server Error</h1>"), "{reply}");
    assert!(reply.text().contains("panicked"), "{reply}");
    let latest = room.latest();
    assert_eq!((&latest["status"], &latest["target"]), (&500.into(), &"/panics".into()));
    assert_eq!(came(&latest), ["a not-set-here"]);
}

#[test]
fn a_form_reaches_its_handler_whole_and_its_password_reaches_nothing_else() {
    let room = Classroom::start();
    let long = "x".repeat(100_000);
    for text in ["name=Ada", &long] {
        let body = format!("note={text}&password=s3cret&New-Password=t4boo");
        let request = probe::Request::new("POST", "/length")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body.as_bytes());
        let reply = room.connect().send_request(request);
        assert_eq!(reply.text(), body.len().to_string());
    }
    let number = room.latest()["number"].as_u64().unwrap();
    for number in [number - 1, number] {
        let page = room.wire(&format!("/classroom/wire/exchange/{number}")).text();
        assert!(page.contains("note"), "{page}");
        assert!(!page.contains("s3cret") && !page.contains("t4boo"), "{page}");
    }
    let first = room.wire(&format!("/classroom/wire/exchange/{}", number - 1)).text();
    assert!(first.contains("name=Ada") && first.contains("New-Password"), "{first}");
    assert!(!room.wire("/classroom/wire.json").text().contains("s3cret"));
}

#[test]
fn a_password_in_an_address_or_in_authorization_is_not_kept() {
    let room = Classroom::start();
    let at_home = "http://localhost/?a=1&p%61ssword=s3cret";
    for (target, headers) in [
        ("/?password=s3cret&a=1", &[][..]),
        ("/?a=1&New-Password=s3cret", &[("Referer", at_home), ("x-location", "/?pwd=s3cret")]),
        ("/", &[("Authorization", "Basic s3cret"), ("Proxy-Authorization", "s3cret")]),
    ] {
        let mut all = headers.to_vec();
        all.push(("x-status", "303"));
        room.connect().send("GET", target, &all);
    }
    room.connect().send("POST", "/", &[("Authorization", "Bearer s3cret")]);
    let pages = ["?", ".json", "/exchange/1", "/exchange/2", "/exchange/3", "/exchange/4"];
    let [page, json, first, second, third, fourth] =
        pages.map(|page| room.wire(&format!("/classroom/wire{page}")).text());
    // How this test asks for a `Location` is no `Location`.
    let second: String = second.split("<p>").filter(|line| !line.starts_with("x-loc")).collect();
    for text in [&page, &json, &first, &second, &third, &fourth] {
        assert!(!text.contains("s3cret"), "{text}");
    }
    assert!(json.contains("/?password=…&a=1"), "{json}");
    for (text, told) in [
        (&first, "localhost:PORT/?password=PASSWORD&amp;a=1"),
        (&first, "in the place of PASSWORD"),
        (&second, "http://localhost/?a=1&amp;p%61ssword=…"),
        (&second, "/?pwd=…"),
        (&third, "Basic …"),
        (&third, "authorization: Basic PASSWORD"),
        (&fourth, "authorization: Bearer PASSWORD"),
    ] {
        let text = text.replace("&#38;", "&amp;").replace(&room.port.to_string(), "PORT");
        assert!(text.contains(told), "should say {told}: {text}");
    }
}

#[test]
fn a_client_that_goes_away_holds_nothing_open() {
    let room = Classroom::start();
    let mut browser = room.connect();
    browser.ask("GET", "/hangs", &[CHROMIUM, ("Cookie", "visits=7")]);
    std::thread::sleep(std::time::Duration::from_millis(200));
    drop(browser);
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(room.json()["count"], 0, "there was no answer");
    assert_eq!(jars(&room), ["visits=7 held"], "what the request taught stays");
}
