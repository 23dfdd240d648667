//! A lure, and who falls for it: in the browser of this crate, and as it is served to a real one.

use axum::{
    Form, Router,
    http::{HeaderMap, Uri, header},
    response::Html,
    routing::{any, post},
};
use probe::{Address, Browser, Lure, MALLORYS_ID, Server, Submission, get};
use std::collections::HashMap;

const BANK: &str = "http://app.crumbs.localhost:3107";
const SIBLING: &str = "http://evil.crumbs.localhost:3107/";
const MALLORY: &str = "http://mallory.localhost:3107/a?b";

/// Answers the fields of each request, a line each, and sets cookies at `/in`.
fn app() -> Router {
    let cookies = [
        "strict=1; SameSite=Strict",
        "none=1; SameSite=None; Secure",
        "__Host-h=1; Secure; Path=/; SameSite=Lax",
    ];
    let log_in = axum::response::AppendHeaders(cookies.map(|line| (header::SET_COOKIE, line)));
    Router::new().route("/in", any((log_in, "in"))).fallback(any(
        |uri: Uri, headers: HeaderMap| async move {
            let fields = headers
                .iter()
                .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")));
            format!("{uri}\n{}", fields.collect::<Vec<_>>().join("\n"))
        },
    ))
}

fn came(text: &str, field: &str) -> String {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    lines.into_iter().find(|(name, _)| *name == field).map_or("-", |(_, value)| value).to_owned()
}

fn form(head: &str) -> String {
    format!(
        "{head}<form action={BANK}/echo method=post><input name=a value=1><button>A prize!</button></form>"
    )
}

#[test]
fn a_form_says_where_it_is_and_carries_what_its_site_may() {
    let server = Server::of(app());
    for (at, head, expected) in [
        (
            MALLORY,
            "",
            [
                "cross-site",
                "http://mallory.localhost:3107",
                "http://mallory.localhost:3107/",
                "none=1",
            ],
        ),
        (
            SIBLING,
            "",
            [
                "same-site",
                "http://evil.crumbs.localhost:3107",
                SIBLING,
                "strict=1; none=1; __Host-h=1",
            ],
        ),
        (
            SIBLING,
            "<meta name=Referrer content=no-referrer>",
            ["same-site", "null", "-", "strict=1; none=1; __Host-h=1"],
        ),
        (
            MALLORY,
            "<meta name=referrer content=unsafe-url>",
            ["cross-site", "http://mallory.localhost:3107", MALLORY, "none=1"],
        ),
    ] {
        let mut browser = Browser::through(&server);
        browser.open(&format!("{BANK}/in"));
        let fall = browser.fall_for(&Lure::at(at, &form(head)));
        let text = fall.click().map(|visit| visit.last().text()).unwrap_or_default();
        let said =
            ["sec-fetch-site", "origin", "referer", "cookie"].map(|field| came(&text, field));
        assert_eq!(said, expected, "{fall}");
        let held_back = fall.to_string().contains("! The browser: `strict`. Held back: ");
        assert_eq!(held_back, at == MALLORY, "{fall}");
        let text = browser.of_old().fall_for(&Lure::at(at, &form(head)));
        let text = text.click().map(|visit| visit.last().text()).unwrap_or_default();
        assert_eq!([came(&text, "sec-fetch-site"), came(&text, "origin")], ["-", expected[1]]);
    }
}

#[test]
fn one_click_is_all_and_images_need_none() {
    let server = Server::of(app());
    let mut browser = Browser::through(&server);
    browser.open(&format!("{BANK}/in"));
    let html = format!(
        "<img src={BANK}/image><form action={BANK}/x><input name=a><input name=b></form><a href={BANK}/link>x</a>"
    );
    let fall = browser.fall_for(&Lure::at(SIBLING, &html));
    let images: Vec<_> = fall.images().iter().map(|visit| visit.last().text()).collect();
    assert_eq!(images.len(), 1, "{fall}");
    assert_eq!(came(&images[0], "cookie"), "strict=1; none=1; __Host-h=1", "{fall}");
    let clicked = fall.click().map(|visit| visit.address().to_string());
    assert_eq!(clicked, Some(format!("{BANK}/link")), "nobody can send that form: {fall}");
    let fall = browser.fall_for(&Lure::at(MALLORY, "<h1>Kittens</h1>"));
    assert!(
        fall.click().is_none() && fall.to_string().contains("It has no image, no link"),
        "{fall}"
    );
}

#[test]
fn a_sibling_plants_for_the_domain_and_no_host_prefix() {
    let server = Server::of(app());
    let mut browser = Browser::through(&server);
    let lure = Lure::at(SIBLING, "")
        .planting("sid=MALLORYS-ID; Domain=crumbs.localhost; Path=/account")
        .planting("__Host-sid=1; Domain=crumbs.localhost; Path=/; Secure")
        .planting("broken\r\n=1; Domain=crumbs.localhost")
        .knowing("42");
    let fall = browser.fall_for(&lure).to_string();
    assert!(fall.contains("__Host-sid") && fall.contains("! The browser: "), "{fall}");
    let header = browser.cookie_header(&format!("{BANK}/account"));
    assert_eq!(String::from_utf8_lossy(&header), "sid=42; broken=1", "{fall}");
    let other = Browser::through(&server);
    assert!(other.cookie_header(&format!("{BANK}/account")).is_empty());
}

#[test]
fn both_sides_are_served_to_a_real_browser() {
    let log_in = |Form(form): Form<HashMap<String, String>>| async move {
        let value = form.get("name").cloned().unwrap_or_default();
        ([(header::SET_COOKIE, format!("sid={value}; Path=/"))], "in")
    };
    let app =
        Router::new().route("/", any(|| async { Html("the bank") })).route("/login", post(log_in));
    let lure =
        Lure::at(MALLORY, &form("<h1>MALLORYS-ID</h1>")).planting(&format!("x={MALLORYS_ID}"));
    let server = Server::of(lure.beside(app, BANK, &[("name", "mallory & co")]));
    let at = |host: &str, path: &str| server.send(get(path).header("Host", format!("{host}:4000")));
    assert_eq!(at("app.crumbs.localhost", "/").text(), "the bank");
    assert_eq!(at("app.crumbs.localhost", "/no").status, 404);
    let page = at("mallory.localhost", "/anything");
    assert!(page.text().contains("<h1>mallory & co</h1>"), "{}", page.text());
    assert!(
        page.text().contains("action=http://app.crumbs.localhost:4000/echo"),
        "{}",
        page.text()
    );
    assert_eq!(page.set_cookies(), ["x=mallory & co"], "{page}");
    let contents = at("localhost", "/");
    assert_eq!(contents.status, 200, "{contents}");
    for link in ["http://app.crumbs.localhost:4000/", "http://mallory.localhost:4000/"] {
        assert!(contents.page().link(link).is_some(), "{}", contents.text());
    }
    assert_eq!(at("evil.crumbs.localhost", "/").status, 404);
}

#[test]
fn a_script_says_that_it_opens_no_page() {
    let server = Server::of(app());
    let sent = Submission {
        method: "POST".to_owned(),
        action: Address::of(&format!("{BANK}/echo")),
        fields: vec![("a".to_owned(), "1 2".to_owned())],
    };
    for (at, site, cookies) in [
        // The browser blocks third-party cookies.
        (MALLORY, "cross-site", None),
        (SIBLING, "same-site", Some("> Cookie: strict=1; none=1; __Host-h=1")),
    ] {
        let mut browser = Browser::through(&server);
        browser.open(&format!("{BANK}/in"));
        let fall = browser.fall_for(&Lure::by_script(at, &sent));
        let seen = fall.to_string();
        for line in [
            "> POST /echo HTTP/1.1".to_owned(),
            "> Content-Type: application/x-www-form-urlencoded;charset=UTF-8".to_owned(),
            format!("> Sec-Fetch-Site: {site}"),
            "> Sec-Fetch-Mode: no-cors".to_owned(),
            "> Sec-Fetch-Dest: empty".to_owned(),
        ] {
            assert!(seen.lines().any(|shown| shown == line), "{line}\n{seen}");
        }
        assert_eq!(seen.lines().find(|line| line.starts_with("> Cookie: ")), cookies, "{seen}");
        assert!(fall.click().is_none() && browser.page().text().is_empty(), "{seen}");
    }
}
