//! Lesson 1 over TCP: each request is answered from itself alone, and the one thing that the server remembers is
//! everybody's.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::thread;

use probe::{MARKUP, Reply, Request, Server, TYPED, get, in_a_page, post, strange_cookies};

const ADA: [(&str, &str); 2] = [("username", "ada"), ("password", "lovelace")];

fn server() -> Server {
    Server::start(env!("CARGO_BIN_EXE_stateless-http"), &[])
}

/// Asserts that this is a page with this status, without a cookie and without markup that somebody typed.
#[track_caller]
fn assert_page(reply: &Reply, status: u16) {
    assert_eq!(reply.status, status, "{reply}");
    assert!(
        reply.is_safe_page(),
        "not a whole page without foreign markup: {}\n{reply}",
        reply.text()
    );
    assert_eq!(reply.set_cookies(), [""; 0], "this lesson sets no cookie\n{reply}");
}

/// The number that the counter's page shows.
#[track_caller]
fn counted(server: &Server) -> u64 {
    let reply = server.send(get("/counter"));
    assert_page(&reply, 200);
    let text = reply.text();
    let (before, _) = text.split_once(" so far</h1>").unwrap();
    before.rsplit_once("<h1>").unwrap().1.parse().unwrap()
}

#[test]
fn the_first_page_is_byte_for_byte_the_same_for_everyone() {
    let (server, another) = (server(), server());
    let first = server.send(get("/"));
    assert_page(&first, 200);
    let same = |request: Request| {
        let reply = server.send(request);
        assert_eq!(reply.status, 200, "{reply}");
        assert_eq!(reply.text(), first.text(), "the body differs from the first one\n{reply}");
    };
    same(get("/"));
    same(get("/?name=Ada"));
    same(get("/").header("User-Agent", "another browser").header("Accept-Language", "zh"));
    same(get("/").header("Referer", "http://localhost/members").header("If-None-Match", "*"));
    same(get("/").header("Authorization", "Basic YWRhOmxvdmVsYWNl").header("Range", "bytes=0-9"));
    for (_, cookies) in strange_cookies() {
        same(get("/").cookie(cookies));
    }
    for request in [post("/counter", &[]), post("/members", &ADA), get("/greet?name=Ada")] {
        let reply = server.send(request);
        assert!(reply.status < 400, "{reply}");
        same(get("/"));
    }
    // The frame of the wire names the port: it is the address that was asked for, not the server, that the page knows.
    let here = format!("localhost:{}", server.port());
    let reply = another.send(get("/").header("Host", here));
    assert_eq!(reply.text(), first.text(), "another server answers otherwise\n{reply}");
}

#[test]
fn a_client_with_a_cookie_jar_is_never_given_a_cookie() {
    let server = server();
    let agent = ureq::Agent::new_with_defaults();
    for path in ["/", "/greet?name=Ada", "/members", "/counter", "/classroom/lesson"] {
        let answer = agent.get(server.url(path)).call().unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
    assert_eq!(agent.post(server.url("/members")).send_form(ADA).unwrap().status(), 200);
    assert_eq!(agent.post(server.url("/counter")).send_empty().unwrap().status(), 200);
    let jar = agent.cookie_jar_lock();
    let cookies: Vec<_> = jar.iter().map(|cookie| cookie.to_string()).collect();
    assert!(cookies.is_empty(), "the jar should be empty and holds {cookies:?}");
}

#[test]
fn a_greeting_takes_the_name_from_the_address_and_forgets_it() {
    let server = server();
    let reply = server.send(get("/greet?name=Ada"));
    assert_page(&reply, 200);
    assert!(reply.text().contains("<h1>Hello, Ada</h1>"), "{reply}");
    let reply = server.send(get("/"));
    assert!(!reply.text().contains("Ada"), "the next page should not know the name\n{reply}");
}

#[test]
fn a_name_in_any_script_and_with_any_character_is_shown_as_it_was_typed() {
    let server = server();
    for typed in TYPED {
        let encoded: String = typed.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let reply = server.send(get(&format!("/greet?name={encoded}")));
        assert_page(&reply, 200);
        assert!(
            reply.page().heading() == format!("Hello, {}", in_a_page(typed)),
            "should greet {typed:?}: {}\n{reply}",
            reply.text()
        );
        assert_eq!(reply.header("Set-Cookie"), None, "{typed:?} became a header\n{reply}");
    }
    let reply = server.send(get("/greet?name=%FF%FEAda"));
    assert_page(&reply, 200);
    assert!(reply.text().contains("\u{fffd}Ada"), "bytes that are no text are replaced\n{reply}");
}

#[test]
fn a_greeting_without_exactly_one_name_is_an_error_that_says_so() {
    let server = server();
    for (query, says) in
        [("", "name"), ("?", "name"), ("?Name=Ada", "name"), ("?name=Ada&name=Eve", "duplicate")]
    {
        let reply = server.send(get(&format!("/greet{query}")));
        assert_page(&reply, 400);
        assert!(reply.text().contains(says), "should say {says:?}: {}\n{reply}", reply.text());
    }
    let reply = server.send(get("/greet?name="));
    assert_page(&reply, 200);
}

#[test]
fn the_members_page_is_for_the_request_that_has_the_password_and_no_other() {
    let server = server();
    let reply = server.send(post("/members", &ADA));
    assert_page(&reply, 200);
    assert!(reply.text().contains("<h1>Welcome, ada</h1>"), "{reply}");
    let reply = server.send(get("/members"));
    assert_page(&reply, 200);
    assert!(reply.text().contains("<h1>Members only</h1>"), "should ask again\n{reply}");
    let reply = server.send(get("/members?username=ada&password=lovelace"));
    assert!(reply.text().contains("<h1>Members only</h1>"), "the form is a POST\n{reply}");
}

#[test]
fn a_wrong_name_or_password_is_refused_with_the_form() {
    let server = server();
    for (username, password) in [
        ("ada", "wrong"),
        ("eve", "lovelace"),
        ("", ""),
        ("ada", ""),
        ("ADA", "lovelace"),
        ("ada ", "lovelace"),
        ("ada", "lovelace\0"),
        (MARKUP, MARKUP),
    ] {
        let reply =
            server.send(post("/members", &[("username", username), ("password", password)]));
        assert_page(&reply, 403);
        let text = reply.text();
        assert!(text.contains("role=\"alert\"") && text.contains("<form"), "{text}\n{reply}");
        assert!(!text.contains("Welcome"), "{username:?} with {password:?} got in\n{reply}");
    }
}

#[test]
fn a_form_with_a_missing_or_repeated_field_is_an_error_that_names_it() {
    let server = server();
    for (body, says) in [
        ("", "username"),
        ("username=ada", "password"),
        ("password=lovelace", "username"),
        ("username=ada&password=wrong&password=lovelace", "duplicate field `password`"),
        ("username=ada&username=ada&password=lovelace", "duplicate field `username`"),
    ] {
        let request = post("/members", &[]).body(body.as_bytes());
        let reply = server.send(request);
        assert_page(&reply, 422);
        assert!(reply.text().contains(says), "should say {says:?}: {}\n{reply}", reply.text());
    }
}

#[test]
fn a_body_that_is_no_form_is_an_error_that_says_what_to_send() {
    let server = server();
    let body = br#"{"username":"ada","password":"lovelace"}"#;
    for kind in ["application/json", "text/plain", MARKUP] {
        let request = Request::new("POST", "/members").header("Content-Type", kind).body(body);
        let reply = server.send(request);
        assert_page(&reply, 415);
        assert!(reply.text().contains("application/x-www-form-urlencoded"), "{reply}");
    }
    let reply =
        server.send(Request::new("POST", "/members").body(b"username=ada&password=lovelace"));
    assert_page(&reply, 415);
}

#[test]
fn a_body_that_is_too_large_is_an_error_and_the_server_goes_on() {
    let server = server();
    let long = "x".repeat(3 * 1024 * 1024);
    let reply = server.send(post("/members", &[("username", &long), ("password", "lovelace")]));
    assert!(reply.status == 413 || reply.status == 0, "should refuse 3 MB\n{reply}");
    assert_page(&server.send(get("/")), 200);
}

#[test]
fn a_connection_that_stays_open_is_no_identity() {
    let server = server();
    let mut connection = server.connection();
    let welcome = connection.send(post("/members", &ADA));
    assert!(welcome.page().says("Welcome, ada"), "{welcome}");
    let next = connection.send(get("/members"));
    assert!(next.page().says("Members only"), "the same connection should be asked again\n{next}");
}

#[test]
fn the_counter_is_one_number_for_the_whole_world() {
    let server = server();
    assert_eq!(counted(&server), 0, "a new server starts at 0");
    assert_eq!(counted(&server), 0, "looking should not count");
    let (one, two) = (ureq::Agent::new_with_defaults(), ureq::Agent::new_with_defaults());
    for (agent, expected) in [(&one, "1 so far"), (&two, "2 so far"), (&one, "3 so far")] {
        let mut answer = agent.post(server.url("/counter")).send_empty().unwrap();
        let page = answer.body_mut().read_to_string().unwrap();
        assert!(page.contains(expected), "should show {expected:?}: {page}");
    }
}

#[test]
fn adding_one_answers_303_to_a_page_that_nobody_keeps() {
    let server = server();
    let reply = server.send(post("/counter", &[]));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(reply.header("Location"), Some("/counter"), "{reply}");
    let reply = server.send(get("/counter"));
    assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
}

#[test]
fn many_clients_at_once_lose_no_count() {
    let server = server();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    let reply = server.send(post("/counter", &[]));
                    assert_eq!(reply.status, 303, "{reply}");
                }
            });
        }
    });
    assert_eq!(counted(&server), 100, "4 clients added 25 each");
}

#[test]
fn no_cookie_header_however_strange_disturbs_a_page() {
    let server = server();
    for (what, cookies) in strange_cookies() {
        for path in ["/greet?name=Ada", "/members", "/counter"] {
            let reply = server.send(get(path).cookie(&cookies).cookie("second=1"));
            assert_eq!(reply.status, 200, "{what}\n{reply}");
            assert_page(&reply, 200);
        }
    }
}

#[test]
fn a_path_answers_the_methods_that_it_names_and_no_other() {
    let server = server();
    for (path, allowed) in [
        ("/", "GET,HEAD"),
        ("/greet?name=Ada", "GET,HEAD"),
        ("/members", "GET,HEAD,POST"),
        ("/counter", "GET,HEAD,POST"),
    ] {
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
            if allowed.contains(method) {
                continue;
            }
            let reply = server.send(Request::new(method, path));
            assert_page(&reply, 405);
            assert_eq!(reply.header("Allow"), Some(allowed), "{reply}");
            assert!(reply.text().contains(method), "should name the method\n{reply}");
        }
    }
    let (head, whole) = (server.send(Request::new("HEAD", "/")), server.send(get("/")));
    assert_eq!((head.status, head.body.len()), (200, 0), "{head}");
    assert_eq!(head.header("Content-Length"), whole.header("Content-Length"), "{head}");
}

#[test]
fn an_unknown_path_is_a_page_that_shows_it_escaped() {
    let server = server();
    for path in ["/nowhere", "/greet/", "//", "/members/1", "/%00", "/%E7%94%A8", "/a/../greet"] {
        let reply = server.send(get(path));
        assert_page(&reply, 404);
        assert!(reply.page().says(path), "should show {path}\n{reply}");
    }
    for path in [format!("/{MARKUP}").replace(' ', "+"), "/%3Cscript%3Ealert(1)".to_owned()] {
        let reply = server.send(get(&path));
        assert!(reply.status == 404 || reply.status == 400, "{reply}");
        assert!(!reply.text().contains("<script>alert"), "markup got through\n{reply}");
    }
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    let pages = ["/greet?name=Ada", "/members", "/counter"];
    probe::assert_no_script_reads_the_wire(&server(), &pages);
}
