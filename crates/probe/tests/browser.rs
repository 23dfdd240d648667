//! What a browser of `probe` does, seen from a server that says what reached it.

use std::{collections::HashMap, time::Duration};

use axum::{
    Form, Router,
    body::Bytes,
    extract::Query,
    http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header},
    response::{AppendHeaders, Html, IntoResponse, Redirect, Response},
    routing::{any, get},
};
use probe::{Browser, Clock, SameSite, Server, Visit};

/// `/echo` and all else: what came, a line each. `/set?line=…` sets a cookie, `/to?status=303&place=/echo` redirects.
fn server() -> Server {
    async fn echo(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> String {
        let lines = headers.iter().map(|(name, value)| {
            format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes()))
        });
        format!("{method} {uri}\n{}\n{}", lines.collect::<String>(), String::from_utf8_lossy(&body))
    }
    async fn set(Query(query): Query<Vec<(String, String)>>) -> impl IntoResponse {
        AppendHeaders(
            query.into_iter().map(|(_, line)| (header::SET_COOKIE, line)).collect::<Vec<_>>(),
        )
    }
    async fn to(Query(query): Query<HashMap<String, String>>) -> Response {
        let status: u16 = query["status"].parse().expect("a status");
        let status = StatusCode::from_u16(status).expect("a status");
        (status, [(header::LOCATION, query["place"].clone())]).into_response()
    }
    async fn page(Query(query): Query<HashMap<String, String>>) -> impl IntoResponse {
        let policy = (
            HeaderName::from_static("referrer-policy"),
            query.get("policy").cloned().unwrap_or_default(),
        );
        (AppendHeaders([policy]), Html(query["html"].clone()))
    }
    Server::of(
        Router::new()
            .route("/set", get(set))
            .route("/to", any(to))
            .route("/page", get(page))
            .route("/kept", get(|| async { ([(header::CACHE_CONTROL, "private")], Html("kept")) }))
            .route("/away", get(|| async { ([(header::CACHE_CONTROL, "no-store")], Html("away")) }))
            .fallback(any(echo)),
    )
}

/// The value of a field in what the server echoed; `-` where it did not come.
fn came(visit: &Visit, field: &str) -> String {
    let text = visit.last().text();
    let value = text.lines().find_map(|line| line.strip_prefix(&format!("{field}: ")));
    value.unwrap_or("-").to_owned()
}

fn at(server: &Server, host: &str, path: &str) -> String {
    format!("http://{host}:{}{path}", server.port())
}

fn set(line: &str) -> String {
    format!("/set?line={}", probe::encode(line))
}

#[test]
fn a_typed_address_says_that_nobody_sent_us() {
    let server = server();
    let visit = Browser::new().open(&server.url("/echo"));
    let said = [
        "sec-fetch-site",
        "sec-fetch-mode",
        "sec-fetch-dest",
        "sec-fetch-user",
        "origin",
        "referer",
        "cookie",
    ]
    .map(|field| came(&visit, field));
    assert_eq!(said, ["none", "navigate", "document", "?1", "-", "-", "-"], "{visit}");
    assert!(came(&visit, "user-agent").contains("Mozilla"), "{visit}");
    assert!(came(&visit, "accept").starts_with("text/html"), "{visit}");
}

#[test]
fn a_link_says_where_it_came_from() {
    let server = server();
    let own = server.url("/echo");
    for (host, site, referer) in [
        ("localhost", "same-origin", format!("http://localhost:{}/page?q", server.port())),
        ("localhost:1", "same-site", "http://localhost:1/".to_owned()),
        ("mallory.localhost", "cross-site", "http://mallory.localhost/".to_owned()),
        ("127.0.0.1", "cross-site", "http://127.0.0.1/".to_owned()),
    ] {
        let host = if host == "localhost" {
            format!("localhost:{}", server.port())
        } else {
            host.to_owned()
        };
        let mut browser = Browser::new();
        browser
            .show(&format!("http://{host}/page?q"), &format!("<a href='{own}'>Go <b>on</b></a>"));
        let visit = browser.click("Go on");
        let said = ["sec-fetch-site", "referer", "origin", "sec-fetch-user"]
            .map(|field| came(&visit, field));
        assert_eq!(said, [site, &referer, "-", "?1"], "{host}\n{visit}");
    }
}

#[test]
fn a_sibling_is_the_same_site() {
    let server = server();
    let mut browser = Browser::new();
    browser.show(
        "http://evil.crumbs.localhost/",
        &format!("<a href='{}'>x</a>", at(&server, "app.crumbs.localhost", "/echo")),
    );
    let visit = browser.click("x");
    assert_eq!(came(&visit, "sec-fetch-site"), "same-site", "{visit}");
    assert_eq!(came(&visit, "host"), format!("app.crumbs.localhost:{}", server.port()), "{visit}");
}

#[test]
fn same_site_is_judged_by_who_caused_the_request() {
    let server = server();
    let clock = Clock::at(1_777_593_600);
    let mut browser = Browser::with_clock(&clock);
    for line in [
        "strict=1; SameSite=Strict",
        "lax=1; SameSite=Lax",
        "none=1; SameSite=None; Secure",
        "open=1",
    ] {
        browser.open(&server.url(&set(line)));
    }
    let cookies = |browser: &mut Browser, host: &str, act: &str| {
        let own = server.url("/echo");
        browser.show(&format!("http://{host}/"), &format!("<a href='{own}'>link</a><form action='{own}' method=post><input name=x></form><img src='{own}'>"));
        let visit = match act {
            "link" => browser.click("link"),
            "form" => browser.form("x").send(),
            _ => browser.images().remove(0),
        };
        came(&visit, "cookie")
    };
    let all = "strict=1; lax=1; none=1; open=1";
    assert_eq!(cookies(&mut browser, "mallory.localhost", "link"), "lax=1; none=1; open=1");
    assert_eq!(cookies(&mut browser, "mallory.localhost", "form"), "none=1; open=1");
    assert_eq!(cookies(&mut browser, "mallory.localhost", "image"), "-");
    clock.forward(Duration::from_secs(121));
    assert_eq!(
        cookies(&mut browser, "mallory.localhost", "form"),
        "none=1",
        "what is not stated is young no more"
    );
    for act in ["link", "form", "image"] {
        assert_eq!(cookies(&mut browser, "localhost:1", act), all, "{act}");
    }
    assert_eq!(came(&browser.open(&server.url("/echo")), "cookie"), all);
}

#[test]
fn a_post_says_its_origin() {
    let server = server();
    let form = format!(
        "<form action='{}' method=post><input name=x value='a b'></form>",
        server.url("/echo")
    );
    let mut browser = Browser::new();
    browser.show("http://mallory.localhost/", &form);
    let visit = browser.form("x").send();
    assert_eq!(came(&visit, "origin"), "http://mallory.localhost", "{visit}");
    assert!(visit.last().text().ends_with("\n\nx=a+b"), "{}", visit.last().text());
    let visit = browser.post(&server.url("/echo"), &[("y", "1")]);
    let said = ["origin", "sec-fetch-site", "content-type"].map(|field| came(&visit, field));
    let own = format!("http://localhost:{}", server.port());
    assert_eq!(said, [own.as_str(), "same-origin", "application/x-www-form-urlencoded"], "{visit}");
}

#[test]
fn a_page_without_referrer_hides_its_origin_too() {
    let server = server();
    let mut browser = Browser::new();
    let html = probe::encode("<form action=/echo method=post><input name=x></form>");
    browser.open(&server.url(&format!("/page?policy=no-referrer&html={html}")));
    let visit = browser.form("x").send();
    let said = ["origin", "referer", "sec-fetch-site"].map(|field| came(&visit, field));
    assert_eq!(said, ["null", "-", "same-origin"], "{visit}");
}

#[test]
fn redirects_are_followed_each_in_its_way() {
    let server = server();
    let mut browser = Browser::new();
    for (status, method) in [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
    {
        let visit = browser.post(
            &server.url(&format!("/a/../to?status={status}&place=echo%3Fname=x%20y")),
            &[("k", "v")],
        );
        assert_eq!((visit.first().status, visit.exchanges().len()), (status, 2), "{visit}");
        let text = visit.last().text();
        assert!(text.starts_with(&format!("{method} /echo?name=x%20y\n")), "{text}");
        assert_eq!(text.ends_with("\nk=v"), method == "POST", "{text}");
        assert_eq!(came(&visit, "content-type") == "-", method == "GET", "{visit}");
        assert_eq!(visit.address().to_string(), server.url("/echo?name=x%20y"));
    }
}

#[test]
fn cookies_are_applied_on_each_hop_and_a_way_through_another_site_is_told() {
    let (server, other) = (server(), server());
    let mut browser = Browser::new();
    browser.open(&server.url(&set("strict=1; SameSite=Strict")));
    let back = probe::encode(&server.url("/echo"));
    let away = at(&other, "mallory.localhost", &format!("/to?status=302&place={back}"));
    browser.open(
        &server
            .url(&format!("/page?html={}", probe::encode(&format!("<a href='{away}'>away</a>")))),
    );
    let visit = browser.click("away");
    // As Chromium does it: the site counts the whole way, SameSite does not.
    assert_eq!(came(&visit, "sec-fetch-site"), "cross-site", "{visit}");
    assert_eq!(came(&visit, "cookie"), "strict=1", "{visit}");
    assert!(!visit.first().to_string().contains("Cookie"), "the other host gets none\n{visit}");
    let form = at(&other, "mallory.localhost", &format!("/to?status=307&place={back}"));
    let visit = browser.open(&server.url(&format!(
        "/page?html={}",
        probe::encode(&format!("<form action='{form}' method=post><input name=x></form>"))
    )));
    assert_eq!(visit.last().status, 200);
    let visit = browser.form("x").send();
    assert_eq!(came(&visit, "origin"), "null", "it came through a third origin\n{visit}");
}

#[test]
#[should_panic(expected = "in a circle")]
fn a_circle_of_redirects_ends() {
    let circle = Server::of(Router::new().route("/", get(|| async { Redirect::to("/") })));
    Browser::new().open(&circle.url("/"));
}

#[test]
#[should_panic(expected = "and not https://example.org/")]
fn no_other_machine_is_asked() {
    Browser::new().open(&server().url("/to?status=302&place=https://example.org/"));
}

#[test]
fn a_deletion_in_any_way_is_one() {
    let server = server();
    for way in
        ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT", "Max-Age=0; Path=/"]
    {
        let mut browser = Browser::new();
        browser.open(&server.url(&set("a=1; Path=/; HttpOnly; Max-Age=60")));
        let cookie = browser.cookie("a").expect("the browser keeps it");
        assert_eq!(
            (&cookie.value[..], cookie.http_only, cookie.same_site),
            (&b"1"[..], true, SameSite::Default)
        );
        browser.open(&server.url(&set(&format!("a=; {way}"))));
        assert_eq!(browser.cookie("a"), None, "{way}");
    }
    let mut browser = Browser::new();
    browser.open(&server.url(&set("a=1; Path=/shop")));
    let visit = browser.open(&server.url(&set("a=; Path=/; Max-Age=0")));
    assert!(browser.value("a").is_some(), "another path is another cookie");
    assert!(visit.to_string().contains("\n! The browser: "), "and the exchange says why:\n{visit}");
}

#[test]
fn time_is_the_clocks() {
    let server = server();
    let clock = Clock::at(1_777_593_600);
    let mut browser = Browser::with_clock(&clock);
    browser.open(&server.url(&set("a=1; Max-Age=60")));
    clock.forward(Duration::from_secs(59));
    assert_eq!(browser.value("a").as_deref(), Some("1"));
    clock.forward(Duration::from_secs(1));
    assert_eq!(browser.value("a"), None);
}

#[test]
fn closing_the_browser_drops_session_cookies_alone() {
    let server = server();
    let mut browser = Browser::new();
    browser.open(&server.url(&format!(
        "{}&line={}",
        set("session=1"),
        probe::encode("lasting=1; Max-Age=60")
    )));
    let other = browser.tab();
    browser.close();
    assert_eq!((browser.value("session"), browser.value("lasting").as_deref()), (None, Some("1")));
    assert_eq!(other.value("session"), None, "tabs share the jar");
    assert_eq!(Browser::new().cookies(), [], "another browser does not");
}

#[test]
fn developer_tools_plant_change_and_order_cookies() {
    let server = server();
    let mut browser = Browser::new();
    browser.open(&server.url(&set("ours=1; HttpOnly")));
    browser.plant(&server.url("/"), "behind=1");
    browser.plant_before(&server.url("/"), b"before=\xff");
    browser.set_value("ours", "Bob");
    assert_eq!(browser.cookie_header(&server.url("/")), b"before=\xff; ours=Bob; behind=1");
    assert!(browser.cookie("ours").is_some_and(|cookie| cookie.http_only), "all else stays");
    let visit = browser.open(&server.url("/echo"));
    assert!(
        visit.to_string().contains("\n> Cookie: before=\\xff; ours=Bob; behind=1\n"),
        "{visit}"
    );
    browser.remove("ours");
    assert_eq!(browser.cookie("ours"), None);
    let sibling = at(&server, "evil.crumbs.localhost", "/");
    let _ = browser.plant(&sibling, "id=mallory; Domain=crumbs.localhost; Path=/account");
    assert_eq!(
        browser.cookie_header(&at(&server, "app.crumbs.localhost", "/account")),
        b"id=mallory"
    );
    assert!(
        browser
            .plant(&sibling, "__Host-id=x; Domain=crumbs.localhost; Secure; Path=/")
            .reason()
            .is_some()
    );
}

#[test]
fn tabs_have_a_page_of_their_own_and_back_shows_what_was_kept() {
    let server = server();
    let mut browser = Browser::new();
    browser.open(&server.url("/kept"));
    browser.open(&server.url("/away"));
    browser.open(&server.url("/echo"));
    let mut tab = browser.tab();
    tab.open(&server.url("/away"));
    assert_eq!(browser.visit().address().path(), "/echo");
    let visit = browser.back();
    assert!(
        visit.says("away") && visit.to_string().contains("max-age=0"),
        "`no-store` is asked for again\n{visit}"
    );
    let visit = browser.back();
    assert!(
        visit.says("kept") && !visit.to_string().contains("max-age=0"),
        "this one is kept\n{visit}"
    );
    let again = browser.reload();
    assert!(again.to_string().contains("Cache-Control: max-age=0"), "{again}");
    browser.open(&server.url("/echo"));
    assert!(browser.back().says("kept"), "going on drops what lay ahead");
}

#[test]
fn a_form_is_sent_as_it_stands() {
    let server = server();
    let html = "<form action=sent method=post><input type=hidden name=token value='t&amp;1'><input name=line value=old>\
                <textarea name=area>\nfirst</textarea><input type=checkbox name=box value=a checked><input type=checkbox name=box value=b>\
                <input type=radio name=one value=x checked><input type=radio name=one value=y><select name=choice><option>s<option value=2 selected>two</select>\
                <input name=off disabled value=1><button name=do value=save>Save</button><button name=do value=del formaction=/gone formmethod=get>Delete</button></form>\
                <form action=/other><input name=q value=1></form>";
    let mut browser = Browser::new();
    browser.show(&server.url("/deep/page"), html);
    let mut sent = |filling: fn(&mut Browser) -> Visit| {
        let visit = filling(&mut browser);
        let text = visit.last().text();
        browser.back();
        let (head, body) = text
            .split_once("\n\n")
            .map(|(head, body)| (head.lines().next().unwrap_or("").to_owned(), body.to_owned()))
            .unwrap_or_default();
        format!("{head} {body}")
    };
    assert_eq!(
        sent(|browser| browser.form("token").send()),
        "POST /deep/sent token=t%261&line=old&area=first&box=a&one=x&choice=2&do=save"
    );
    assert_eq!(
        sent(|browser| browser
            .form("sent")
            .fill("line", "a\nb +é")
            .fill("area", "a\nb")
            .fill("box", "b")
            .fill("one", "y")
            .fill("choice", "s")
            .force("token", "x")
            .force("more", "1")
            .press("Save")),
        "POST /deep/sent token=x&line=ab+%2B%C3%A9&area=a%0D%0Ab&box=a&box=b&one=y&choice=s&do=save&more=1"
    );
    assert_eq!(
        sent(|browser| browser
            .form_where(|form| form.value("token").is_some())
            .clear("box")
            .press("Delete")),
        "GET /gone?token=t%261&line=old&area=first&one=x&choice=2&do=del "
    );
    assert_eq!(sent(|browser| browser.form("/other").fill("q", "a b").send()), "GET /other?q=a+b ");
}

#[test]
#[should_panic(expected = "Expected a field `nick`")]
fn a_field_that_is_missing_is_said() {
    let mut browser = Browser::new();
    browser.show("http://localhost/", "<form><input name=name></form>");
    let _ = browser.form("name").fill("nick", "x").send();
}

#[test]
#[should_panic(expected = "The page shows: Nothing to click")]
fn a_link_that_is_missing_is_said_with_the_page() {
    let mut browser = Browser::new();
    browser.show("http://localhost/", "<p>Nothing to <b>click</b>");
    let _ = browser.click("Log out");
}

#[test]
fn two_tabs_send_at_once() {
    let server = server();
    let browser = Browser::new();
    let _ = browser.plant(&server.url("/"), "sid=1");
    let texts: Vec<_> = std::thread::scope(|scope| {
        let tabs = (0..8).map(|number| {
            let (mut tab, url) = (browser.tab(), server.url("/echo"));
            scope.spawn(move || tab.post(&url, &[("note", &number.to_string())]).last().text())
        });
        tabs.collect::<Vec<_>>().into_iter().map(|tab| tab.join().expect("an answer")).collect()
    });
    assert!(texts.iter().all(|text| text.contains("cookie: sid=1")), "{texts:?}");
}

#[test]
fn a_form_extractor_reads_what_a_form_sends() {
    async fn greet(Form(form): Form<HashMap<String, String>>) -> String {
        form["name"].clone()
    }
    let server = Server::of(Router::new().route("/", axum::routing::post(greet)));
    for name in probe::TYPED {
        let visit = Browser::new().post(&server.url("/"), &[("name", name)]);
        let lines = name.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        assert_eq!(visit.last().text(), lines, "{name:?}");
    }
}

#[test]
fn a_reload_after_a_redirect_asks_for_the_last_address_alone() {
    let app = Router::new()
        .route("/enter", axum::routing::post(async || Redirect::to("/hello")))
        .route("/hello", get(async || Html("<p>hello</p>")));
    let server = Server::of(app);
    let mut browser = Browser::new();
    browser.post(&server.url("/enter"), &[("name", "Ada")]);
    for _ in 0..2 {
        let again = browser.reload();
        assert_eq!(again.exchanges().len(), 1, "the form must not be sent again\n{again}");
        assert!(again.says("hello"), "{again}");
    }
}
