//! Lesson 2 over TCP: what a browser keeps comes back, and the server believes every word of it.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::thread;

use probe::{MARKUP, Page, Reply, Request, Server, TYPED, get, in_a_page, post, strange_cookies};

fn server() -> Server {
    Server::start(env!("CARGO_BIN_EXE_raw-cookies"), &[])
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

/// Asserts that no cache may keep this answer.
#[track_caller]
fn assert_for_one_browser(reply: &Reply) {
    assert_eq!(reply.header("Vary"), Some("Cookie"), "a cookie decided this answer\n{reply}");
    assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
}

/// The first page as a client with a cookie jar gets it.
fn page(agent: &ureq::Agent, server: &Server) -> String {
    agent.get(server.url("/")).call().unwrap().body_mut().read_to_string().unwrap()
}

/// What is in a client's jar, as `name=value`, sorted.
fn jar(agent: &ureq::Agent) -> Vec<String> {
    let jar = agent.cookie_jar_lock();
    let mut pairs: Vec<_> =
        jar.iter().map(|cookie| format!("{}={}", cookie.name(), cookie.value())).collect();
    pairs.sort();
    pairs
}

#[test]
fn a_first_visit_is_greeted_and_given_a_count() {
    let server = server();
    let reply = server.send(get("/"));
    assert_page(&reply, 200);
    assert_for_one_browser(&reply);
    assert_eq!(reply.set_cookies(), ["visits=1; Path=/"], "{reply}");
    assert!(reply.text().contains("<h1>Welcome</h1>"), "{reply}");
    assert!(reply.text().contains("No cookie came with this request."), "{reply}");
}

#[test]
fn a_browser_that_comes_back_is_counted() {
    let (server, agent) = (server(), ureq::Agent::new_with_defaults());
    assert!(page(&agent, &server).contains("first visit"));
    for visit in 2..5 {
        let page = page(&agent, &server);
        let expected = format!("visit number <strong>{visit}</strong>");
        assert!(page.contains(&expected), "should hold {expected:?}: {page}");
        assert!(page.contains("<h1>Welcome back</h1>"), "{page}");
    }
    assert_eq!(jar(&agent), ["visits=4"]);
}

#[test]
fn two_browsers_at_once_count_apart() {
    let server = server();
    let agents = [ureq::Agent::new_with_defaults(), ureq::Agent::new_with_defaults()];
    thread::scope(|scope| {
        for (agent, visits) in agents.iter().zip([7, 4]) {
            let server = &server;
            scope.spawn(move || (0..visits).for_each(|_| drop(page(agent, server))));
        }
    });
    assert_eq!(jar(&agents[0]), ["visits=7"]);
    assert_eq!(jar(&agents[1]), ["visits=4"]);
}

#[test]
fn the_server_keeps_nothing_so_another_server_counts_on() {
    let agent = ureq::Agent::new_with_defaults();
    for visit in 1..4 {
        let fresh = server();
        let _ = page(&agent, &fresh);
        assert_eq!(jar(&agent), [format!("visits={visit}")], "cookies don't know ports");
    }
}

#[test]
fn a_count_that_overflows_stays_where_it_is() {
    let server = server();
    let most = u64::MAX;
    for (sent, set) in [(most - 1, most), (most, most)] {
        let reply = server.send(get("/").cookie(format!("visits={sent}")));
        assert_page(&reply, 200);
        assert_eq!(reply.pair("visits"), Some(&*format!("visits={set}")), "{reply}");
    }
}

#[test]
fn a_count_that_is_no_number_starts_again() {
    let server = server();
    let too_large = "18446744073709551616";
    for count in [
        "",
        "many",
        "-1",
        "1.5",
        "1e3",
        "0x10",
        "\"4\"",
        "%34",
        "四",
        "4\u{3000}",
        too_large,
        MARKUP,
    ] {
        let reply = server.send(get("/").cookie(format!("visits={count}")));
        assert_page(&reply, 200);
        assert_eq!(reply.pair("visits"), Some("visits=1"), "{count:?} is no count\n{reply}");
    }
    let reply = server.send(get("/").cookie("Visits=4; visits2=5; xvisits=6"));
    assert_eq!(reply.pair("visits"), Some("visits=1"), "other names are other cookies\n{reply}");
}

#[test]
fn the_pairs_come_as_text_in_the_order_they_were_sent_and_looking_sets_nothing() {
    let server = server();
    for (cookie, expected) in [
        ("b=2; a=1", "b=2\na=1\n"),
        ("a=1;b=2 ; c = 3", "a=1\nb=2\nc=3\n"),
        ("a=1; a=2", "a=1\na=2\n"),
        ("a=b=c; =nameless; alone; empty=", "a=b=c\nnameless\nalone\nempty=\n"),
        ("; ;;", ""),
        ("a=\"1; 2\", b=3", "a=\"1\n2\", b=3\n"),
        ("имя=значение", "имя=значение\n"),
        // Of white space, spaces and tabs alone are no part of a pair.
        ("a =\t1 ;\tb=2", "a=1\nb=2\n"),
        (
            "\u{3000}a=1; b=\u{3000}2\u{3000}; c\u{3000}=3",
            "\u{3000}a=1\nb=\u{3000}2\u{3000}\nc\u{3000}=3\n",
        ),
        ("a=%D0%90", "a=%D0%90\n"),
    ] {
        let reply = server.send(get("/cookies").cookie(cookie));
        assert_eq!(reply.status, 200, "{reply}");
        assert_eq!(reply.text(), expected, "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
        assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"), "{reply}");
        assert_for_one_browser(&reply);
    }
    let reply = server.send(get("/cookies"));
    assert_eq!((reply.status, reply.text().as_str()), (200, ""), "{reply}");
}

#[test]
fn a_browser_gets_the_pairs_on_a_page_of_the_lesson_which_sets_nothing() {
    let server = server();
    let accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    for (cookies, shown) in [
        ("", "No cookie came with this request."),
        ("visits=4; <b>=1", "<code>visits</code></td><td><code>4</code>"),
    ] {
        let reply = server.send(get("/cookies").header("Accept", accept).cookie(cookies));
        assert_page(&reply, 200);
        assert_for_one_browser(&reply);
        assert_eq!(reply.page().heading(), "What your browser sent", "{reply}");
        assert!(reply.text().contains(shown), "{}", reply.with_text(shown));
        assert!(reply.text().contains("<iframe"), "the wire is beside it\n{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    let reply = server.send(get("/cookies").header("Accept", "*/*").cookie("visits=4"));
    assert_eq!(reply.text(), "visits=4\n", "curl gets text\n{reply}");
}

#[test]
fn two_cookie_headers_are_read_one_after_the_other() {
    let server = server();
    let reply = server.send(get("/cookies").cookie("a=1; b=2").cookie("c=3"));
    assert_eq!(reply.text(), "a=1\nb=2\nc=3\n", "{reply}");
    let reply = server.send(get("/").cookie("a=1").cookie("visits=4"));
    assert_eq!(reply.pair("visits"), Some("visits=5"), "{reply}");
}

#[test]
fn of_two_cookies_with_one_name_the_first_counts_and_both_are_shown() {
    let server = server();
    let reply = server.send(get("/").cookie("visits=4; visits=70"));
    assert_eq!(reply.pair("visits"), Some("visits=5"), "{reply}");
    for value in ["4", "70"] {
        assert!(reply.text().contains(&format!("<code>{value}</code>")), "{reply}");
    }
}

#[test]
fn one_strange_pair_loses_no_other() {
    let server = server();
    for (what, cookies) in strange_cookies() {
        let line = [b"visits=4; ", cookies.as_slice(), b"; nickname=Ada"].concat();
        let reply = server.send(get("/").cookie(line));
        assert_page(&reply, 200);
        assert_eq!(reply.pair("visits"), Some("visits=5"), "{what}\n{reply}");
        assert!(reply.text().contains("<h1>Welcome back, Ada</h1>"), "{what}\n{reply}");
        let reply = server.send(get("/cookies").cookie(&cookies).cookie("last=1"));
        assert_eq!(reply.status, 200, "{what}\n{reply}");
        assert!(reply.text().ends_with("last=1\n"), "{what}: {}\n{reply}", reply.text());
    }
}

#[test]
fn two_hundred_cookies_and_sixteen_kilobytes_are_all_shown() {
    let server = server();
    let many: Vec<_> = (0..200).map(|number| format!("c{number}=v{number}")).collect();
    let reply = server.send(get("/cookies").cookie(many.join("; ")));
    assert_eq!(reply.text().lines().collect::<Vec<_>>(), many, "{reply}");
    let long = format!("long={}", "x".repeat(16 * 1024));
    let reply = server.send(get("/cookies").cookie(&long));
    assert_eq!(reply.text(), format!("{long}\n"), "{reply}");
}

#[test]
fn a_control_character_in_a_cookie_header_never_reaches_a_page() {
    let server = server();
    for byte in (0..0x20).chain([0x7f]).filter(|byte| !b"\t\r\n".contains(byte)) {
        let reply = server.send(get("/cookies").cookie([b'a', b'=', byte]));
        assert_eq!(reply.status, 400, "byte {byte:#04x} is no part of a header\n{reply}");
    }
}

#[test]
fn what_a_terminal_would_obey_is_text_that_one_can_see() {
    let server = server();
    for (sent, told) in [
        ("a=\u{9b}31m", "a=\\u{9b}31m\n"),
        ("\u{202e}a=2\u{85}; b=1", "\\u{202e}a=2\\u{85}\nb=1\n"),
        ("a=1\t2", "a=1\\t2\n"),
    ] {
        let reply = server.send(get("/cookies").cookie(sent));
        assert_eq!(reply.text(), told, "{reply}");
    }
}

#[test]
fn the_page_says_of_each_pair_who_may_have_set_it() {
    let server = server();
    let reply = server.send(get("/").cookie("theme=dark; _xsrf=2"));
    assert_page(&reply, 200);
    let text = reply.text();
    let row = |name: &str| {
        let (_, row) = text.split_once(&format!("<tr><td><code>{name}</code>")).unwrap();
        row.split("</tr>").next().unwrap().to_owned()
    };
    assert!(row("theme").contains("this lesson"), "{}\n{reply}", row("theme"));
    assert!(row("_xsrf").contains("another server on localhost"), "{}\n{reply}", row("_xsrf"));
}

#[test]
fn preferences_are_two_cookies_on_two_lines() {
    let server = server();
    let reply = server.send(post("/preferences", &[("theme", "dark"), ("nickname", "Ada")]));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(reply.header("Location"), Some("/"), "{reply}");
    assert_eq!(reply.set_cookies(), ["theme=dark; Path=/", "nickname=Ada; Path=/"], "{reply}");
}

#[test]
fn a_nickname_in_any_script_and_with_any_character_comes_back_as_it_was_typed() {
    let server = server();
    for typed in TYPED {
        let agent = ureq::Agent::new_with_defaults();
        let form = [("theme", "light"), ("nickname", typed)];
        let reply = server.send(post("/preferences", &form));
        assert_eq!(reply.set_cookies().len(), 2, "{typed:?} broke a line\n{reply}");
        let value = reply.pair("nickname").unwrap().split_once('=').unwrap().1;
        assert!(
            value.bytes().all(|byte| byte.is_ascii_graphic() && !b";,\"\\".contains(&byte)),
            "{value:?} holds what no cookie value may hold (RFC 6265bis section 4.1.1)\n{reply}"
        );
        let mut answer = agent.post(server.url("/preferences")).send_form(form).unwrap();
        let page = answer.body_mut().read_to_string().unwrap();
        let reply = server.send(get("/").cookie(format!("nickname={value}")));
        assert_page(&reply, 200);
        let heading = format!("Welcome, {}", in_a_page(typed));
        assert_eq!(reply.page().heading(), heading, "{reply}");
        let page = Page::of(&reply.address(), &page);
        assert_eq!(page.heading(), heading, "a client with a jar should be greeted so too");
        assert_eq!(jar(&agent)[0], format!("nickname={value}"), "the jar keeps it as it was sent");
    }
}

#[test]
fn a_nickname_that_is_no_encoding_is_shown_as_it_came() {
    let server = server();
    for (sent, shown) in [
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("%ff", "%ff"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("Ада", "Ада"),
        ("\u{3000}小明\u{a0}", "\u{3000}小明\u{a0}"),
        ("%3Cscript%3Ealert(1)%3C/script%3E", "<script>alert(1)</script>"),
    ] {
        let reply = server.send(get("/").cookie(format!("nickname={sent}")));
        assert_page(&reply, 200);
        assert_eq!(reply.page().heading(), format!("Welcome, {shown}"), "{reply}");
    }
    let reply = server.send(get("/").cookie("nickname="));
    assert!(reply.text().contains("<h1>Welcome</h1>"), "an empty name is none\n{reply}");
}

#[test]
fn the_theme_turns_the_page_dark_and_no_other_value_does() {
    let server = server();
    for (theme, dark) in
        [("dark", true), ("light", false), ("Dark", false), ("dark2", false), (MARKUP, false)]
    {
        let set = server.send(post("/preferences", &[("theme", theme), ("nickname", "")]));
        let reply = server.send(get("/").cookie(set.pair("theme").unwrap()));
        assert_page(&reply, 200);
        assert_eq!(reply.text().contains("data-theme=\"dark\""), dark, "{theme:?}\n{reply}");
    }
}

#[test]
fn saving_preferences_is_a_visit_too() {
    let (server, agent) = (server(), ureq::Agent::new_with_defaults());
    let _ = page(&agent, &server);
    let form = [("theme", "dark"), ("nickname", "Ada")];
    agent.post(server.url("/preferences")).send_form(form).unwrap();
    assert_eq!(jar(&agent), ["nickname=Ada", "theme=dark", "visits=2"]);
}

#[test]
fn a_nickname_that_no_browser_would_keep_is_an_error_and_sets_nothing() {
    let server = server();
    for nickname in ["x".repeat(5000), "夏".repeat(1000)] {
        let form = [("theme", "dark"), ("nickname", &*nickname)];
        let reply = server.send(post("/preferences", &form));
        assert_page(&reply, 413);
        assert!(reply.text().contains("4096 bytes"), "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
}

#[test]
fn only_name_and_value_count_and_of_them_4096_bytes_are_kept() {
    let server = server();
    for (bytes, status) in [(4096, 303), (4097, 413)] {
        let nickname = "x".repeat(bytes - "nickname".len());
        let reply =
            server.send(post("/preferences", &[("theme", "dark"), ("nickname", &nickname)]));
        assert_eq!(reply.status, status, "{bytes} bytes\n{reply}");
        let theme = "x".repeat(bytes - "theme".len());
        let reply = server.send(post("/preferences", &[("theme", &theme), ("nickname", "Ada")]));
        assert_eq!(reply.status, status, "{bytes} bytes\n{reply}");
    }
}

#[test]
fn a_form_with_a_missing_or_repeated_field_sets_nothing_and_names_it() {
    let server = server();
    for (body, says) in [
        ("", "theme"),
        ("theme=dark", "nickname"),
        ("nickname=Ada", "theme"),
        ("theme=dark&nickname=Ada&nickname=Eve", "duplicate field `nickname`"),
        ("theme=dark&theme=light&nickname=Ada", "duplicate field `theme`"),
    ] {
        let reply = server.send(post("/preferences", &[]).body(body.as_bytes()));
        assert_page(&reply, 422);
        assert!(reply.text().contains(says), "should say {says:?}: {}\n{reply}", reply.text());
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    let reply = server.send(Request::new("POST", "/preferences").body(b"theme=dark&nickname=Ada"));
    assert_page(&reply, 415);
}

#[test]
fn forgetting_deletes_the_lessons_cookies_and_leaves_the_others() {
    let server = server();
    let reply = server.send(post("/forget", &[]));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(reply.header("Location"), Some("/cookies"), "{reply}");
    let deletes = ["visits", "theme", "nickname"].map(|name| format!("{name}=; Path=/; Max-Age=0"));
    assert_eq!(reply.set_cookies(), deletes, "{reply}");

    let agent = ureq::Agent::new_with_defaults();
    let foreign = ureq::Cookie::parse("foreign=1", &server.url("/").parse().unwrap()).unwrap();
    agent.cookie_jar_lock().insert(foreign, &server.url("/").parse().unwrap()).unwrap();
    let form = [("theme", "dark"), ("nickname", "Ada")];
    agent.post(server.url("/preferences")).send_form(form).unwrap();
    assert_eq!(jar(&agent), ["foreign=1", "nickname=Ada", "theme=dark", "visits=1"]);
    let mut answer = agent.post(server.url("/forget")).send_empty().unwrap();
    assert_eq!(answer.body_mut().read_to_string().unwrap(), "foreign=1\n");
    assert_eq!(jar(&agent), ["foreign=1"]);
    assert!(page(&agent, &server).contains("first visit"));
}

#[test]
fn anyone_can_write_a_cookie_by_hand() {
    let server = server();
    let reply = server.send(get("/").cookie("nickname=Ada; visits=41"));
    assert!(reply.text().contains("<h1>Welcome back, Ada</h1>"), "{reply}");
    assert_eq!(reply.pair("visits"), Some("visits=42"), "{reply}");
}

#[test]
fn a_path_answers_the_methods_that_it_names_and_no_other() {
    let server = server();
    for (path, allowed) in
        [("/", "GET,HEAD"), ("/cookies", "GET,HEAD"), ("/preferences", "POST"), ("/forget", "POST")]
    {
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
    let reply = server.send(get("/preferences/1").cookie("visits=1"));
    assert_page(&reply, 404);
    assert_eq!(reply.set_cookies(), [""; 0], "a page that is not there counts nothing\n{reply}");
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    let pages = ["/cookies"];
    probe::assert_no_script_reads_the_wire(&server(), &pages);
}

#[test]
fn on_the_projector_a_long_value_is_hidden_and_a_short_one_shown() {
    let server = Server::start(env!("CARGO_BIN_EXE_raw-cookies"), &[("WIRE", "projector")]);
    let cookies = "visits=4; theme=dark; token=0123456789abcdef0123456789abcdef";
    for path in ["/", "/cookies"] {
        let reply = server.send(get(path).header("Accept", "text/html").cookie(cookies));
        assert_page(&reply, 200);
        for shown in ["<code>4</code>", "<code>dark</code>", "<code>(hidden)</code>"] {
            assert!(reply.text().contains(shown), "{}", reply.with_text(shown));
        }
        assert!(!reply.text().contains("0123456789abcdef"), "{reply}");
    }
}
