//! Lesson 4 over TCP: how long a cookie lasts and where it is sent, as a known cookie jar does it and as the pages say it.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::thread;

use cookie::Cookie;
use probe::{
    Address, MARKUP, Page, Reply, Request, Server, TYPED, get, in_a_page, post, strange_cookies,
};
use ureq::Agent;

/// Two hosts of one site.
const APP: &str = "app.crumbs.localhost";
const EVIL: &str = "evil.crumbs.localhost";
const PAGES: [&str; 4] = ["/shop", "/shop/cart", "/shopping", "/admin"];

fn server() -> Server {
    Server::start(env!("CARGO_BIN_EXE_cookie-attributes"), &[])
}

/// A form of the workbench with nothing special in it but these fields.
fn form<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form = fields.to_vec();
    for (name, value) in [("name", "cart"), ("value", "3"), ("lifetime", "session")] {
        if !fields.iter().any(|(given, _)| *given == name) {
            form.push((name, value));
        }
    }
    form
}

/// The one line that the workbench answers to a form with these fields.
#[track_caller]
fn line(server: &Server, fields: &[(&str, &str)]) -> String {
    let reply = server.send(post("/cookies", &form(fields)).cookie("workbench=none"));
    assert_eq!((reply.status, reply.header("Location")), (303, Some("/")), "{reply}");
    let lines = reply.set_cookies();
    assert_eq!(lines.len(), 2, "one line for the form, one that tells browsers apart\n{reply}");
    assert!(lines[1].starts_with("workbench="), "{reply}");
    lines[0].to_owned()
}

/// Asserts that this is a page with this status and without markup that somebody typed.
#[track_caller]
fn assert_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply}");
    assert!(
        reply.is_safe_page(),
        "not a whole page without foreign markup: {}\n{reply}",
        reply.text()
    );
}

fn visit(agent: &Agent, server: &Server, path: &str) -> String {
    agent.get(server.url(path)).call().unwrap().body_mut().read_to_string().unwrap()
}

/// Sends a form and returns the page that it leads to.
fn submit(agent: &Agent, server: &Server, path: &str, form: &[(&str, &str)]) -> String {
    let mut answer = agent.post(server.url(path)).send_form(form.iter().copied()).unwrap();
    answer.body_mut().read_to_string().unwrap()
}

fn set(agent: &Agent, server: &Server, fields: &[(&str, &str)]) -> String {
    submit(agent, server, "/cookies", &form(fields))
}

/// The rows of the table under this heading, without the workbench's own cookie, as a reader sees them: cells and all with
/// one space between words.
fn rows(page: &str, heading: &str) -> Vec<String> {
    let page = Page::of(&Address::of("http://localhost/"), page);
    let elements = page.all().iter();
    let after = elements.skip_while(|at| at.name() != "h2" || at.text() != heading).skip(1);
    let section = after.take_while(|element| element.name() != "h2");
    let rows = section.filter(|element| element.name() == "tr").map(|row| row.text().to_owned());
    // The table's head, and the workbench's own cookie.
    rows.filter(|row| !row.starts_with("Cookie ") && !row.starts_with("workbench ")).collect()
}

/// The first words of these rows, sorted: the names of the cookies.
fn names(rows: &[String]) -> Vec<&str> {
    let mut names: Vec<_> = rows.iter().filter_map(|row| row.split(' ').next()).collect();
    names.sort_unstable();
    names
}

#[test]
fn each_lifetime_of_the_workbench_is_a_max_age_in_seconds_or_none() {
    let server = server();
    for (lifetime, attribute) in [
        ("session", ""),
        ("10s", "; Max-Age=10"),
        ("1m", "; Max-Age=60"),
        ("1mo", "; Max-Age=2592000"),
        ("1y", "; Max-Age=31536000"),
        ("10y", "; Max-Age=315360000"),
    ] {
        assert_eq!(line(&server, &[("lifetime", lifetime)]), format!("cart=3{attribute}"));
        let agent = Agent::new_with_defaults();
        let page = set(&agent, &server, &[("lifetime", lifetime)]);
        assert!(page.contains("Stored <code>cart=3</code>."), "{lifetime}: {page}");
        assert_eq!(page.contains("400 days"), lifetime == "10y", "{lifetime}: {page}");
        assert_eq!(rows(&page, "Arrived"), ["cart 3 as predicted"], "{lifetime}: {page}");
    }
}

#[test]
fn the_other_fields_become_attributes_as_they_are_ticked() {
    let server = server();
    for (fields, expected) in [
        (vec![("path", "")], "cart=3"),
        (vec![("path", "/")], "cart=3; Path=/"),
        (vec![("path", "/shop")], "cart=3; Path=/shop"),
        (vec![("path", "shop")], "cart=3; Path=shop"),
        (vec![("domain", "")], "cart=3"),
        (vec![("domain", "crumbs.localhost")], "cart=3; Domain=crumbs.localhost"),
        (vec![("http_only", "on")], "cart=3; HttpOnly"),
        (vec![("secure", "on")], "cart=3; Secure"),
        (vec![("http_only", "off"), ("secure", "")], "cart=3"),
        (vec![("same_site", "")], "cart=3"),
        (vec![("same_site", "Lax")], "cart=3; SameSite=Lax"),
        (vec![("same_site", "Strict")], "cart=3; SameSite=Strict"),
        (vec![("same_site", "None")], "cart=3; SameSite=None"),
        (
            vec![
                ("lifetime", "1m"),
                ("path", "/shop"),
                ("domain", "localhost"),
                ("http_only", "on"),
                ("secure", "on"),
                ("same_site", "None"),
            ],
            "cart=3; Path=/shop; Domain=localhost; Max-Age=60; HttpOnly; Secure; SameSite=None",
        ),
    ] {
        assert_eq!(line(&server, &fields), expected, "{fields:?}");
    }
}

/// A client with a jar, at a host below `localhost`: it sends `pairs`, and gets what the page says as text.
#[track_caller]
fn visit_at(server: &Server, host: &str, pairs: &str) -> String {
    let host = format!("{host}:{}", server.port());
    let request = get("/shop").header("Host", &host).header("Accept", "text/plain");
    server.send(request.cookie(pairs)).text()
}

/// Sets a cookie at a host below `localhost`, as the browser of this id.
#[track_caller]
fn set_at(server: &Server, host: &str, id: &str, fields: &[(&str, &str)]) {
    let host = format!("{host}:{}", server.port());
    let request = post("/cookies", &form(fields)).header("Host", &host);
    let reply = server.send(request.cookie(format!("workbench={id}")));
    assert_eq!(reply.status, 303, "{reply}");
}

#[test]
fn a_domain_shares_a_cookie_with_the_hosts_below_it_and_without_one_it_is_for_its_host_alone() {
    let server = server();
    let id = "0123456789abcdef0123456789abcdef";
    set_at(&server, APP, id, &[("name", "team"), ("path", "/"), ("domain", "crumbs.localhost")]);
    set_at(&server, APP, id, &[("name", "own"), ("path", "/")]);
    let there = visit_at(&server, EVIL, &format!("workbench={id}; team=3"));
    assert!(there.contains("team=3: arrived, as predicted"), "{there}");
    assert!(
        there.contains("own: Held back. It belongs to `app.crumbs.localhost` alone"),
        "{there}"
    );
    let foreign = visit_at(&server, EVIL, &format!("workbench={id}; own=3"));
    assert!(!foreign.contains("own=3: arrived, as predicted"), "{foreign}");
    let home = visit_at(&server, APP, &format!("workbench={id}; team=3; own=3"));
    assert_eq!(home.matches("arrived, as predicted").count(), 2, "{home}");
}

#[test]
fn hosts_of_one_site_share_the_id_and_localhost_shares_none() {
    let server = server();
    for (host, domain) in [
        (APP, "; Domain=crumbs.localhost"),
        (EVIL, "; Domain=crumbs.localhost"),
        ("crumbs.localhost", "; Domain=crumbs.localhost"),
        ("APP.Crumbs.localhost", "; Domain=crumbs.localhost"),
        ("mallory.localhost", "; Domain=mallory.localhost"),
        ("localhost", ""),
    ] {
        let request =
            post("/cookies", &form(&[])).header("Host", format!("{host}:{}", server.port()));
        let reply = server.send(request);
        let [_, id] = &reply.set_cookies()[..] else { panic!("{reply}") };
        assert!(id.starts_with("workbench="), "{reply}");
        assert!(
            id.ends_with(&format!("; Path=/{domain}; HttpOnly; SameSite=Lax")),
            "{host}: {reply}"
        );
    }
}

#[test]
fn a_domain_that_nobody_may_share_is_refused_or_is_this_host_alone() {
    let server = server();
    let agent = Agent::new_with_defaults();
    let page = set(&agent, &server, &[("path", "/"), ("domain", "crumbs.localhost")]);
    assert!(page.contains("is neither the host"), "{page}");
    let id = "0123456789abcdef0123456789abcdef";
    set_at(&server, "localhost", id, &[("path", "/"), ("domain", "localhost")]);
    let home = visit_at(&server, "localhost", &format!("workbench={id}; cart=3"));
    assert!(home.contains("cart=3: arrived, as predicted"), "{home}");
    let there = visit_at(&server, APP, &format!("workbench={id}; cart=3"));
    assert!(!there.contains("cart=3: arrived, as predicted"), "{there}");
}

#[test]
fn a_delete_with_another_domain_deletes_nothing() {
    let server = server();
    let line = |fields: &[(&str, &str)]| {
        let reply = server.send(post("/cookies/delete", fields));
        reply.set_cookies().first().map(|line| (*line).to_owned())
    };
    let shared = [("name", "team"), ("path", "/"), ("domain", "crumbs.localhost")];
    assert_eq!(line(&shared).as_deref(), Some("team=; Path=/; Domain=crumbs.localhost; Max-Age=0"));
    assert_eq!(line(&shared[..2]).as_deref(), Some("team=; Path=/; Max-Age=0"));
}

#[test]
fn the_workbench_says_where_a_domain_can_be_tried() {
    let server = server();
    let page = |host: &str| {
        let host = format!("{host}:{}", server.port());
        server.send(get("/").header("Host", &host)).text()
    };
    let at_home = page("localhost");
    assert!(at_home.contains(&format!("href=\"http://{APP}:{}/\"", server.port())), "{at_home}");
    let there = page("App.Crumbs.localhost");
    assert!(there.contains(&format!("href=\"http://{EVIL}:{}/\"", server.port())), "{there}");
}

#[test]
fn a_name_and_a_value_in_any_script_stay_one_pair_and_come_back() {
    let server = server();
    for typed in TYPED {
        let fields = [("name", typed), ("value", typed)];
        let line = line(&server, &fields);
        assert!(
            line.bytes().all(|byte| byte.is_ascii_graphic() && !b";,\"\\".contains(&byte)),
            "{line:?} holds what no cookie may hold (RFC 6265bis section 4.1.1)"
        );
        let cookie = Cookie::parse_encoded(line.clone()).unwrap();
        assert_eq!((cookie.name(), cookie.value()), (typed, typed), "{line:?}");
        let agent = Agent::new_with_defaults();
        let page = set(&agent, &server, &fields);
        let [row] = &rows(&page, "Arrived")[..] else {
            panic!("{typed:?} is not one cookie: {page}")
        };
        assert!(row.ends_with(" as predicted"), "{row}");
    }
}

#[test]
fn what_a_known_cookie_jar_sends_is_what_the_pages_predicted() {
    let (server, agent) = (server(), Agent::new_with_defaults());
    for (name, path) in [
        ("root", "/"),
        ("shop", "/shop"),
        ("slash", "/shop/"),
        ("cart", "/shop/cart"),
        ("shopping", "/shopping"),
        ("admin", "/admin"),
        ("upper", "/Shop"),
        ("default", ""),
        ("relative", "shop"),
    ] {
        set(&agent, &server, &[("name", name), ("value", "1"), ("path", path)]);
    }
    let mut all =
        vec!["root", "shop", "slash", "cart", "shopping", "admin", "upper", "default", "relative"];
    all.sort_unstable();
    let everywhere = ["default", "relative", "root"];
    for (page, more) in [
        ("/shop", &["shop"][..]),
        ("/shop/cart", &["cart", "shop", "slash"]),
        ("/shopping", &["shopping"]),
        ("/admin", &["admin"]),
        ("/", &[]),
    ] {
        let text = visit(&agent, &server, page);
        let (arrived, held_back) = (rows(&text, "Arrived"), rows(&text, "Held back"));
        let mut expected = [&everywhere, more].concat();
        expected.sort_unstable();
        assert_eq!(names(&arrived), expected, "what came to {page}: {text}");
        for row in &arrived {
            assert!(row.ends_with(" 1 as predicted"), "{page} should have predicted this: {row}");
        }
        for row in &held_back {
            assert!(
                row.contains(&format!("and {page} is not below it")) && row.ends_with("§5.1.4"),
                "{page} should say why this stayed behind: {row}"
            );
        }
        assert_eq!(rows(&text, "Gone"), [""; 0], "nothing was deleted: {text}");
        let mut accounted = [names(&arrived), names(&held_back)].concat();
        accounted.sort_unstable();
        assert_eq!(accounted, all, "{page} should account for each cookie: {text}");
    }
}

#[test]
fn two_cookies_of_one_name_and_two_paths_are_two_cookies() {
    let (server, agent) = (server(), Agent::new_with_defaults());
    set(&agent, &server, &[("value", "1"), ("path", "/")]);
    set(&agent, &server, &[("value", "2"), ("path", "/shop")]);
    let shop = visit(&agent, &server, "/shop");
    let mut arrived = rows(&shop, "Arrived");
    arrived.sort_unstable();
    assert_eq!(arrived, ["cart 1 as predicted", "cart 2 as predicted"], "{shop}");
    assert_eq!(rows(&shop, "Held back"), [""; 0], "{shop}");
    let admin = visit(&agent, &server, "/admin");
    assert_eq!(rows(&admin, "Arrived"), ["cart 1 as predicted"], "{admin}");
    let held_back = rows(&admin, "Held back");
    assert_eq!(held_back.len(), 1, "the one with Path=/shop stayed behind: {admin}");
    assert!(
        held_back[0].starts_with("cart Path /shop Held back. Its path is /shop"),
        "{held_back:?}"
    );
}

#[test]
fn a_delete_with_the_path_of_the_cookie_deletes_it() {
    let (server, agent) = (server(), Agent::new_with_defaults());
    set(&agent, &server, &[("path", "/shop")]);
    let page = submit(&agent, &server, "/cookies/delete", &[("name", "cart"), ("path", "/shop")]);
    assert!(page.contains("Deleted <code>cart=3</code>."), "{page}");
    let shop = visit(&agent, &server, "/shop");
    assert_eq!(rows(&shop, "Arrived"), [""; 0], "{shop}");
    let gone = rows(&shop, "Gone");
    assert_eq!(gone.len(), 1, "{shop}");
    assert!(
        gone[0].starts_with(
            "cart Path /shop Ended. The answer to /cookies/delete asked to delete it."
        ),
        "{gone:?}"
    );
}

#[test]
fn a_delete_with_another_path_does_nothing_and_the_page_says_why() {
    let (server, agent) = (server(), Agent::new_with_defaults());
    set(&agent, &server, &[("path", "/shop")]);
    for (path, asked) in [("/", "/"), ("", "/cookies"), ("/shop/", "/shop/"), ("/Shop", "/Shop")] {
        let fields = [("name", "cart"), ("path", path)];
        let reply = server.send(post("/cookies/delete", &fields));
        assert_eq!((reply.status, reply.header("Location")), (303, Some("/")), "{reply}");
        let page = submit(&agent, &server, "/cookies/delete", &fields);
        let why = format!(
            "Asks to delete <code>cart</code>. This line is for the path <code>{asked}</code>. The one that this server set has the \
             path <code>/shop</code>: if it is still there, it stays."
        );
        assert!(page.contains(&why), "should say {why:?}: {page}");
        let shop = visit(&agent, &server, "/shop");
        assert_eq!(rows(&shop, "Arrived"), ["cart 3 as predicted"], "a jar keeps it too: {shop}");
    }
    let page = submit(&agent, &server, "/cookies/delete", &[("name", "card"), ("path", "/shop")]);
    assert!(
        page.contains("Asks to delete <code>card</code>. The browser deletes it if it"),
        "no server knows: {page}"
    );
}

#[test]
fn a_cookie_that_a_browser_refuses_is_set_and_the_page_says_why() {
    let (server, agent) = (server(), Agent::new_with_defaults());
    let long = "x".repeat(4096);
    for (fields, why) in [
        (
            vec![("same_site", "None")],
            "<code>SameSite=None</code> is allowed only together with <code>Secure</code>",
        ),
        (
            vec![("name", "__Host-x")],
            "starts with <code>__Host-</code>, but the cookie is not <code>Secure</code>",
        ),
        (
            vec![("name", "__Secure-x")],
            "starts with <code>__Secure-</code>, but the cookie is not <code>Secure</code>",
        ),
        (
            vec![("name", "__Host-x"), ("secure", "on")],
            "the line doesn&#39;t say <code>Path=/</code>",
        ),
        (
            vec![("value", &*long)],
            "Name and value have 4100 bytes together, and 4096 is the limit.",
        ),
    ] {
        let page = set(&agent, &server, &fields);
        assert!(page.contains(why), "should say {why:?}: {page}");
    }
    let too_long = "x".repeat(8193);
    let reply = server.send(post("/cookies", &form(&[("value", &too_long)])));
    assert_page(&reply, 413);
    assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
}

#[test]
fn two_browsers_with_one_user_agent_never_see_each_others_list() {
    let server = server();
    let foreign = |page: &str| page.contains("apples") || page.contains("pears");
    let (one, two) = (Agent::new_with_defaults(), Agent::new_with_defaults());
    set(&one, &server, &[("name", "apples"), ("path", "/admin")]);
    for path in PAGES.into_iter().chain(["/", "/locks/arrived"]) {
        let page = visit(&two, &server, path);
        assert!(
            !foreign(&page),
            "a browser without a cookie sees another's list on {path}: {page}"
        );
    }
    set(&two, &server, &[("name", "pears"), ("path", "/admin")]);
    for path in PAGES.into_iter().chain(["/"]) {
        let (first, second) = (visit(&one, &server, path), visit(&two, &server, path));
        assert!(first.contains("apples") && !first.contains("pears"), "{path}: {first}");
        assert!(second.contains("pears") && !second.contains("apples"), "{path}: {second}");
    }
    for forged in ["workbench=", "workbench=0", "workbench=00000000000000000000000000000000"] {
        let reply = server.send(get("/shop").cookie(forged));
        assert_page(&reply, 200);
        assert!(!foreign(&reply.text()), "{reply}");
    }
}

#[test]
fn two_clients_at_once_keep_two_lists() {
    let server = server();
    thread::scope(|scope| {
        for name in ["ada", "grace"] {
            let server = &server;
            scope.spawn(move || {
                let agent = Agent::new_with_defaults();
                for value in ["1", "2", "3", "4", "5"] {
                    let page = set(&agent, server, &[("name", name), ("value", value)]);
                    assert_eq!(rows(&page, "Arrived"), [format!("{name} {value} as predicted")]);
                }
            });
        }
    });
}

#[test]
fn a_name_that_a_client_made_up_for_itself_is_not_taken() {
    let server = server();
    let reply = server.send(post("/cookies", &form(&[])).cookie("workbench=mine"));
    let own = reply.pair("workbench").unwrap_or_else(|| panic!("should get a new one\n{reply}"));
    assert_eq!(own.len(), "workbench=".len() + 32, "128 random bits in hex\n{reply}");
    let again = server.send(post("/cookies", &form(&[])).cookie(own));
    assert_eq!(again.pair("workbench"), None, "a known browser keeps its name\n{again}");
    assert!(
        reply.set_cookies()[1].ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "it tells browsers apart, so no script and no other site may use it\n{reply}"
    );
}

#[test]
fn a_browser_has_one_name_and_only_the_locks_give_it_to_other_sites_requests() {
    let server = server();
    let ask = |path: &str, cookie: &str| {
        server.send(get(path).header("Sec-Fetch-Site", "cross-site").cookie(cookie))
    };
    let reply = ask("/locks", "");
    let (home, cross_site) =
        (reply.pair("workbench").unwrap(), reply.pair("workbench_cross_site").unwrap());
    assert_eq!(home.rsplit('=').next(), cross_site.rsplit('=').next(), "{reply}");
    let reply = ask("/locks", cross_site);
    assert_eq!((reply.pair("workbench"), reply.pair("workbench_cross_site")), (Some(home), None));
    let reply = server.send(get("/locks").cookie(home));
    assert_eq!(reply.pair("workbench_cross_site"), None, "no browser says so\n{reply}");
    let reply = ask("/other-site", "");
    assert_eq!(reply.set_cookies(), [""; 0], "a page without cookies names nobody\n{reply}");
    let reply = server.send(post("/cookies", &form(&[])).header("Sec-Fetch-Site", "cross-site"));
    assert_eq!(reply.pair("workbench_cross_site"), None, "{reply}");
}

#[test]
fn of_many_browsers_the_one_unseen_for_longest_is_forgotten_and_starts_again() {
    let server = server();
    let (seen, unseen) = (Agent::new_with_defaults(), Agent::new_with_defaults());
    set(&seen, &server, &[("path", "/admin")]);
    set(&unseen, &server, &[("path", "/admin")]);
    assert_eq!(rows(&visit(&seen, &server, "/shop"), "Held back").len(), 1);
    // Of clients that are no browsers, eight are remembered.
    for _ in 0..7 {
        let _ = server.send(post("/cookies", &form(&[])));
    }
    let page = visit(&seen, &server, "/shop");
    assert_eq!(rows(&page, "Held back").len(), 1, "this one was seen again: {page}");
    let page = visit(&unseen, &server, "/shop");
    assert_eq!(rows(&page, "Held back"), [""; 0], "nine are too many: {page}");
    let page = set(&unseen, &server, &[("path", "/admin")]);
    assert!(page.contains("Stored <code>cart"), "the forgotten one starts again: {page}");
    assert_eq!(rows(&visit(&unseen, &server, "/shop"), "Held back").len(), 1);
}

#[test]
fn a_cookie_deleted_by_hand_is_gone_without_a_rule_to_blame() {
    let (server, agent) = (server(), Agent::new_with_defaults());
    set(&agent, &server, &[]);
    agent.cookie_jar_lock().remove("localhost", "/", "cart").unwrap();
    let near = agent.get(server.url("/shop")).header("Sec-Fetch-Site", "same-origin");
    let page = near.call().unwrap().body_mut().read_to_string().unwrap();
    let gone = rows(&page, "Gone");
    assert_eq!(names(&gone), ["cart"], "{page}");
    assert!(gone[0].contains("It may have been deleted"), "{gone:?}");
}

#[test]
fn a_cookie_that_this_server_never_set_is_named_as_that() {
    for path in PAGES {
        let server = server();
        let known = server.send(post("/cookies", &form(&[])));
        let known = known.pair("workbench").unwrap();
        for (cookie, says) in [
            ("_xsrf=2; alone".to_owned(), "nothing in this request tells whose it is"),
            (format!("_xsrf=2; {known}"), "not set here for your browser"),
            (format!("{known}; _xsrf=2; cart=4"), "not set here for your browser"),
        ] {
            let reply = server.send(get(path).cookie(cookie));
            assert_page(&reply, 200);
            let arrived = rows(&reply.text(), "Arrived");
            assert!(arrived[0].starts_with(&format!("_xsrf 2 {says}")), "{arrived:?}\n{reply}");
            assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
            assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
        }
    }
}

#[test]
fn a_client_that_asks_for_text_is_told_the_same_as_text() {
    let server = server();
    let known = server.send(post("/cookies", &form(&[("path", "/shop")])));
    let cookies = format!("{}; {}", known.pair("cart").unwrap(), known.pair("workbench").unwrap());
    let text = |path: &str, cookies: &str| {
        let reply = server.send(get(path).header("Accept", "text/plain").cookie(cookies));
        assert_eq!(reply.status, 200, "{reply}");
        assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"), "{reply}");
        assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
        reply.text()
    };
    let shop = text("/shop", &cookies);
    assert!(shop.contains("cart=3: arrived, as predicted\n"), "{shop}");
    let admin = text("/admin", known.pair("workbench").unwrap());
    assert!(
        admin.contains("cart: Held back. Its path is `/shop`, and `/admin` is not below it.\n")
            && !admin.contains("arrived, as predicted"),
        "{admin}"
    );
    let hostile = text("/shop", &format!("a=\u{9b}31m; {MARKUP}={MARKUP}"));
    assert!(
        !hostile.chars().any(|character| character.is_control() && character != '\n'),
        "{hostile:?}"
    );
}

#[test]
fn a_form_with_a_missing_repeated_or_unknown_field_value_sets_nothing() {
    let server = server();
    let long = format!("name=cart&value=3&lifetime=1m&path=/{}", "x".repeat(2048));
    for (path, body, says) in [
        ("/cookies", "", "name"),
        ("/cookies", "name=cart&value=3", "lifetime"),
        ("/cookies", "name=cart&lifetime=1m", "value"),
        ("/cookies", "value=3&lifetime=1m", "name"),
        ("/cookies", "name=cart&value=3&value=4&lifetime=1m", "duplicate field `value`"),
        ("/cookies", "name=cart&value=3&lifetime=1m&path=/&path=/a", "duplicate field `path`"),
        ("/cookies", "name=cart&value=3&lifetime=2m", "unknown variant `2m`"),
        ("/cookies", "name=cart&value=3&lifetime=", "unknown variant"),
        ("/cookies", "name=cart&value=3&lifetime=1m&same_site=Loose", "unknown variant `Loose`"),
        ("/cookies", "name=&value=3&lifetime=1m", "needs a name"),
        ("/cookies", "name=workbench&value=3&lifetime=1m", "Choose another"),
        ("/cookies", "name=cart&value=3&lifetime=1m&path=/a;+Secure", "without `;`"),
        ("/cookies", "name=cart&value=3&lifetime=1m&path=/a%0D%0AX:+1", "printable ASCII"),
        ("/cookies", "name=cart&value=3&lifetime=1m&path=/%00", "printable ASCII"),
        ("/cookies", "name=cart&value=3&lifetime=1m&path=/%E7%94%A8", "Percent-encode"),
        ("/cookies", &long, "2048"),
        ("/cookies/delete", "", "name"),
        ("/cookies/delete", "name=", "needs a name"),
        ("/cookies/delete", "name=workbench", "Choose another"),
        ("/cookies/delete", "name=cart&name=card", "duplicate field `name`"),
        ("/cookies/delete", "name=cart&path=/;", "without `;`"),
        ("/remember", "", "username"),
        ("/remember", "username=", "A name is needed"),
        ("/remember", "username=+&remember=on", "A name is needed"),
        ("/remember", "username=Ada&username=Eve", "duplicate field `username`"),
        ("/remember", "username=Ada&remember=on&remember=on", "duplicate field `remember`"),
    ] {
        let reply = server.send(post(path, &[]).body(body.as_bytes()));
        assert_page(&reply, 422);
        assert!(reply.page().says(says), "should say {says:?}\n{}", reply.with_text(says));
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    for path in ["/cookies", "/cookies/delete", "/remember"] {
        let reply = server.send(Request::new("POST", path).body(b"name=cart&username=Ada"));
        assert_page(&reply, 415);
    }
}

#[test]
fn no_page_lets_markup_through() {
    let server = server();
    let path = format!("/shop/{MARKUP}");
    let fields = [("name", MARKUP), ("value", MARKUP), ("path", &*path)];
    let reply = server.send(post("/cookies", &form(&fields)));
    assert_eq!(reply.status, 303, "{reply}");
    let known = reply.pair("workbench").unwrap().to_owned();
    let repeated = server.send(post("/cookies", &form(&fields)).cookie(&known));
    assert_eq!(repeated.status, 303, "{repeated}");
    for page in
        PAGES.into_iter().chain(["/", "/locks", "/locks/arrived", "/remember", "/other-site"])
    {
        assert_page(&server.send(get(page).cookie(&known)), 200);
        let typed = format!("{known}; {MARKUP}={MARKUP}; {MARKUP}; remember={MARKUP}");
        assert_page(&server.send(get(page).cookie(typed)), 200);
        let elsewhere = server.send(get(page).header("Host", MARKUP));
        assert_eq!(elsewhere.header("Content-Type"), Some("text/plain; charset=utf-8"));
        assert_eq!(elsewhere.status, 421, "{elsewhere}");
        assert_page(&server.send(get(page).header("Sec-Fetch-Site", MARKUP)), 200);
    }
    let other = [("name", MARKUP), ("path", "/elsewhere\"'><script>alert(1)</script>")];
    let _ = server.send(post("/cookies/delete", &other).cookie(&known));
    let reply = server.send(get("/").cookie(&known));
    assert_page(&reply, 200);
    assert!(reply.page().says("This line is for the path /elsewhere"), "{reply}");
    for reply in [
        server.send(post("/cookies", &form(&[("lifetime", MARKUP)]))),
        server.send(post("/cookies", &form(&[("same_site", MARKUP)]))),
        server.send(get("/%3Cscript%3Ealert(1)")),
    ] {
        assert_page(&reply, reply.status);
        assert!(reply.status >= 400, "{reply}");
    }
}

#[test]
fn one_strange_pair_loses_no_other() {
    let server = server();
    let login = server.send(post("/remember", &[("username", "Ada"), ("remember", "on")]));
    let remember = login.pair("remember").unwrap();
    for (what, cookies) in strange_cookies() {
        let line = [&cookies, b"; ".as_slice(), remember.as_bytes(), b"; ", &cookies].concat();
        for path in PAGES.into_iter().chain(["/", "/locks", "/locks/arrived", "/other-site"]) {
            let reply = server.send(get(path).cookie(&line).cookie("second=1"));
            assert_page(&reply, 200);
        }
        let reply = server.send(get("/remember").cookie(&line));
        assert_page(&reply, 200);
        let text = reply.text();
        assert!(
            text.contains("<h1>Remembered: Ada</h1>"),
            "{what} lost the log-in: {text}\n{reply}"
        );
        let reply = server.send(get("/shop").cookie(&cookies).cookie("last=1"));
        let arrived = rows(&reply.text(), "Arrived");
        assert!(arrived.last().is_some_and(|row| row.starts_with("last 1 ")), "{what}\n{reply}");
    }
    let many: Vec<_> = (0..200).map(|number| format!("c{number}=1")).collect();
    let reply = server.send(get("/shop").cookie(many.join("; ")));
    assert_eq!(rows(&reply.text(), "Arrived").len(), 200, "{reply}");
}

#[test]
fn a_log_in_is_remembered_for_thirty_days_or_until_the_browser_closes() {
    let server = server();
    let attributes = |fields: &[(&str, &str)]| {
        let reply = server.send(post("/remember", fields));
        assert_eq!((reply.status, reply.header("Location")), (303, Some("/remember")), "{reply}");
        let line = reply.set_cookies().into_iter().find(|line| line.starts_with("remember="));
        let line = line.unwrap_or_else(|| panic!("no remember cookie\n{reply}"));
        let mut attributes: Vec<_> = line.split("; ").skip(1).map(str::to_owned).collect();
        attributes.sort_unstable();
        attributes
    };
    let long = ["HttpOnly", "Max-Age=2592000", "Path=/", "SameSite=Lax"];
    let short = ["HttpOnly", "Path=/", "SameSite=Lax"];
    assert_eq!(attributes(&[("username", "Ada"), ("remember", "on")]), long);
    assert_eq!(attributes(&[("username", "Ada")]), short);
    assert_eq!(attributes(&[("username", "Ada"), ("remember", "off")]), short);
}

#[test]
fn a_client_with_a_cookie_jar_is_remembered_by_any_name() {
    let server = server();
    let reply = server.send(get("/remember"));
    assert_page(&reply, 200);
    assert!(reply.text().contains("<h1>Nobody is remembered</h1>"), "{reply}");
    for username in TYPED {
        let agent = Agent::new_with_defaults();
        let fields = [("username", username), ("remember", "on")];
        let page = submit(&agent, &server, "/remember", &fields);
        let reply = server.send(post("/remember", &fields));
        let raw = server.send(get("/remember").cookie(reply.pair("remember").unwrap()));
        assert_page(&raw, 200);
        assert_eq!(raw.page().heading(), format!("Remembered: {}", in_a_page(username)), "{raw}");
        assert!(page.contains("<h1>Remembered: "), "{username:?}: {page}");
    }
    let reply = server.send(post("/remember", &[("username", &"x".repeat(5000))]));
    assert_page(&reply, 413);
    assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
}

#[test]
fn a_remember_cookie_may_have_4096_bytes_in_name_and_value() {
    let server = server();
    let mut longest = 0;
    // Each name is tried with a signature of its own, in which `/` takes three bytes: some come near to the limit.
    for length in (3920..4020).chain(3960..4000) {
        let fields = [("username", &*"x".repeat(length)), ("remember", "on")];
        let reply = server.send(post("/remember", &fields));
        let Some(pair) = reply.pair("remember") else {
            assert_page(&reply, 413);
            continue;
        };
        longest = longest.max(pair.len() - "=".len());
    }
    assert!(
        (4090..=4096).contains(&longest),
        "a browser keeps 4096 bytes, here {longest} were set"
    );
}

#[test]
fn a_remember_cookie_that_is_cut_or_changed_remembers_nobody() {
    let (server, another) = (server(), server());
    let login = server.send(post("/remember", &[("username", "Ada"), ("remember", "on")]));
    let cookie = login.pair("remember").unwrap();
    let mut copies: Vec<Vec<u8>> = (0..cookie.len()).map(|end| cookie[..end].into()).collect();
    for place in 0..cookie.len() {
        for bit in 0..8 {
            let mut copy = cookie.as_bytes().to_vec();
            copy[place] ^= 1 << bit;
            // The case of a percent escape's hex digits is the one thing that may change: lesson 3's tests pin it.
            let escapes = cookie[..place].rfind('%').is_some_and(|escape| place - escape <= 2);
            let is_case = escapes && copy[place].eq_ignore_ascii_case(&cookie.as_bytes()[place]);
            if !is_case && !copy[place].is_ascii_control() {
                copies.push(copy);
            }
        }
    }
    for copy in copies {
        let reply = server.send(get("/remember").cookie(copy));
        assert_page(&reply, 200);
        assert!(
            reply.text().contains("<h1>Nobody is remembered</h1>"),
            "{}\n{reply}",
            reply.text()
        );
    }
    let reply = another.send(get("/remember").cookie(cookie));
    assert!(reply.text().contains("Nobody is remembered"), "another run, another key\n{reply}");
    let reply = server.send(get("/remember").cookie(format!("remember=stray; {cookie}")));
    assert!(reply.text().contains("Remembered: Ada"), "a stray one logs nobody out\n{reply}");
}

#[test]
fn the_locks_are_eight_cookies_of_which_a_browser_refuses_one() {
    let server = server();
    let reply = server.send(get("/locks"));
    assert_page(&reply, 200);
    let names: Vec<_> =
        reply.set_cookies().iter().filter_map(|line| line.split('=').next()).collect();
    let locks =
        ["open", "http_only", "secure", "strict", "lax", "none", "__Host-right", "__Host-wrong"];
    assert_eq!(names[..8], locks, "{reply}");
    for line in &reply.set_cookies()[..8] {
        assert!(reply.text().contains(line), "the page should show {line:?}\n{reply}");
    }
    // Not every program keeps what is `Secure` without TLS; Chromium does.
    let chromium = |path| {
        get(path)
            .header("User-Agent", "Mozilla/5.0 AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36")
            .header("Sec-Fetch-Site", "none")
            .header("Sec-Fetch-Mode", "navigate")
            .header("Sec-Fetch-Dest", "document")
    };
    let locks = server.send(chromium("/locks"));
    let known = locks.pair("workbench").unwrap();
    let page = server.send(chromium("/").cookie(known)).text();
    assert_eq!(page.matches("<li>Stored <code>").count(), 7, "{page}");
    assert!(
        page.contains(
            "starts with <code>__Host-</code>, but the line doesn&#39;t say <code>Path=/</code>"
        ),
        "{page}"
    );
    let other = format!("http://mallory.localhost:{}/other-site", server.port());
    assert!(reply.text().contains(&format!("href=\"{other}\"")), "should lead to {other}\n{reply}");
}

#[test]
fn what_comes_from_the_other_site_is_named_with_what_it_held_back() {
    let server = server();
    let locks = server.send(get("/locks"));
    let sent: Vec<_> = ["open", "http_only", "secure", "lax", "none", "__Host-right", "workbench"]
        .iter()
        .map(|name| locks.pair(name).unwrap())
        .collect();
    let from = |request: Request, site: &str, mode: &str, destination: &str| {
        request
            .header("Sec-Fetch-Site", site)
            .header("Sec-Fetch-Mode", mode)
            .header("Sec-Fetch-Dest", destination)
    };
    let arrived = get("/locks/arrived").cookie(sent.join("; "));
    let link = server.send(from(arrived.clone(), "cross-site", "navigate", "document"));
    assert_page(&link, 200);
    assert!(link.text().contains("<code>GET</code>"), "{link}");
    assert!(link.text().contains("another site: you followed its link or sent its form"), "{link}");
    let held_back = rows(&link.text(), "Held back");
    assert_eq!(names(&held_back), ["strict"], "{link}");
    assert!(held_back[0].contains("It is SameSite=Strict"), "{held_back:?}");

    let form = Request::new("POST", "/locks/arrived").cookie("none=1");
    let form = server.send(from(form, "cross-site", "navigate", "document"));
    assert_page(&form, 200);
    assert!(form.text().contains("<code>POST</code>"), "{form}");
    assert_eq!(names(&rows(&form.text(), "Arrived")), ["none"], "{form}");

    let fetch = server.send(from(get("/locks/arrived"), "cross-site", "cors", "empty"));
    assert!(
        fetch.text().contains("another site: one of its pages asked for it, such as by a script"),
        "{fetch}"
    );
    let origin = format!("http://mallory.localhost:{}", server.port());
    assert_eq!(fetch.header("Access-Control-Allow-Origin"), Some(&*origin), "{fetch}");
    assert_eq!(fetch.header("Access-Control-Allow-Credentials"), Some("true"), "{fetch}");

    for (site, says) in [
        ("same-origin", "a page of this site"),
        ("same-site", "a page of this site"),
        ("none", "you: an address typed, or a bookmark"),
    ] {
        let reply = server.send(from(arrived.clone(), site, "navigate", "document"));
        assert!(reply.text().contains(says), "{site} is {says:?}\n{reply}");
    }
    let reply = server.send(arrived);
    assert!(reply.text().contains("does not say what caused the request"), "{reply}");
    assert_eq!(reply.set_cookies(), [""; 0], "looking sets nothing\n{reply}");
}

#[test]
fn the_other_site_leads_back_by_the_other_host_and_takes_only_a_port_from_the_request() {
    let server = server();
    let port = server.port();
    let here = server.send(get("/other-site"));
    assert_page(&here, 200);
    let other = format!("href=\"http://mallory.localhost:{port}/other-site\"");
    assert!(here.text().contains(&other), "should hold {other}\n{here}");
    for (host, back) in [
        (format!("mallory.localhost:{port}"), format!("http://localhost:{port}/locks/arrived")),
        ("mallory.localhost".to_owned(), "http://localhost/locks/arrived".to_owned()),
    ] {
        let there = server.send(get("/other-site").header("Host", &host));
        assert_page(&there, 200);
        for place in
            [format!("href=\"{back}\""), format!("action=\"{back}\""), format!("fetch(\"{back}\"")]
        {
            assert!(
                there.text().contains(&place),
                "should hold {place}: {}\n{there}",
                there.text()
            );
        }
        assert_eq!(there.set_cookies(), [""; 0], "{there}");
    }
    for host in ["mallory.localhost:99999", "mallory.localhost:80@evil.example"] {
        assert_eq!(server.send(get("/other-site").header("Host", host)).status, 421, "{host}");
    }
}

#[test]
fn a_path_answers_the_methods_that_it_names_and_no_other() {
    let server = server();
    for (path, allowed) in [
        ("/", "GET,HEAD"),
        ("/shop", "GET,HEAD"),
        ("/shop/cart", "GET,HEAD"),
        ("/shopping", "GET,HEAD"),
        ("/admin", "GET,HEAD"),
        ("/cookies", "POST"),
        ("/cookies/delete", "POST"),
        ("/remember", "GET,HEAD,POST"),
        ("/locks", "GET,HEAD"),
        ("/locks/arrived", "GET,HEAD,POST"),
        ("/other-site", "GET,HEAD"),
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "BREW"] {
            if allowed.contains(method) {
                continue;
            }
            let reply = server.send(Request::new(method, path));
            assert_page(&reply, 405);
            assert_eq!(reply.header("Allow"), Some(allowed), "{reply}");
            assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
        }
    }
    for path in ["/shop/", "/shop/other", "/Shop", "/locks/", "/cookies/"] {
        assert_page(&server.send(get(path)), 404);
    }
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    let pages = [
        "/shop",
        "/shop/cart",
        "/shopping",
        "/admin",
        "/remember",
        "/locks",
        "/locks/arrived",
        "/other-site",
    ];
    probe::assert_no_script_reads_the_wire(&server(), &pages);
}

#[test]
fn the_wire_has_the_servers_verdict_on_the_cookie_that_remembers() {
    let server = server();
    let reply = server.send(post("/remember", &[("username", "Ada"), ("remember", "on")]));
    let ada = reply.pair("remember").unwrap().to_owned();
    for (cookie, begin, end) in [
        ("", "Verdict: no cookie came; nobody is remembered.", ""),
        (&ada, "Verdict: valid until ", " GMT; remembered: Ada."),
        (&ada.replace("Ada", "Bob"), "Verdict: doesn't verify; nobody is remembered.", ""),
    ] {
        assert_page(&server.send(get("/remember").cookie(cookie)), 200);
        let wire = server.wire();
        let seen: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
        let word = seen["exchanges"].as_array().unwrap().last().unwrap()["word"].as_str();
        assert!(word.is_some_and(|word| word.starts_with(begin) && word.ends_with(end)), "{wire}");
    }
}

#[test]
fn on_the_projector_the_tables_hide_long_values_and_those_of_httponly_cookies() {
    let server = Server::start(env!("CARGO_BIN_EXE_cookie-attributes"), &[("WIRE", "projector")]);
    let fields = [("name", "key"), ("value", "hush7"), ("path", "/"), ("http_only", "on")];
    let reply = server.send(post("/cookies", &form(&fields)));
    let id = reply.pair("workbench").unwrap().to_owned();
    let cookies = format!("cart=3; key=hush7; {id}");
    for accept in ["text/html", "text/plain"] {
        let reply = server.send(get("/shop").header("Accept", accept).cookie(&cookies));
        let text = reply.text();
        assert!(text.contains("cart") && text.contains('3'), "{text}\n{reply}");
        for secret in ["hush7", id.trim_start_matches("workbench=")] {
            assert!(!text.contains(secret), "{secret}: {}", reply.with_text(secret));
        }
        assert!(text.contains("(hidden)"), "{text}");
    }
    // What became of the line, the line that deletes it, and the form that set it tell it neither.
    for path in ["/cookies", "/cookies/delete"] {
        if path == "/cookies/delete" {
            let fields = [("name", "key"), ("path", "/")];
            let _ = server.send(post(path, &form(&fields)).cookie(&cookies));
        }
        let page = server.send(get("/").cookie(&id)).text();
        assert!(page.contains("key=(hidden)") && !page.contains("hush7"), "{page}");
    }
    let wire = format!("127.0.0.1:{}", server.port());
    for path in [
        "/classroom/wire",
        "/classroom/wire?frame",
        "/classroom/wire/exchange/1",
        "/classroom/wire.json",
    ] {
        let shown = server.send(get(path).header("Host", &wire)).text();
        assert!(shown.contains("key") && !shown.contains("hush7"), "{path}: {shown}");
    }
}
