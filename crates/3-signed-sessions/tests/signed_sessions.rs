//! Lesson 3 over TCP: who holds a cookie that this server signed is logged in, and nobody else.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::{
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cookie::{Cookie, CookieJar, Key};
use probe::{
    Element, MARKUP, Reply, Request, Server, TYPED, assert_serves_unheard, get, in_a_page, post,
    strange_cookies,
};

const PROGRAM: &str = env!("CARGO_BIN_EXE_signed-sessions");
const KEY: &str = "a key for tests, of more than 32 bytes";
const OLD_KEY: &str = "an older key, that is on its way out....";

fn server() -> Server {
    Server::start(PROGRAM, &[("SECRET_KEY", KEY)])
}

/// Logs in and returns the cookie as a browser sends it back: `signed_session=…`.
#[track_caller]
fn log_in(server: &Server, username: &str) -> String {
    let reply = server.send(post("/login", &[("username", username)]));
    assert_eq!(reply.status, 303, "{reply}");
    reply.pair("signed_session").unwrap_or_else(|| panic!("no session\n{reply}")).to_owned()
}

/// A session cookie with any payload, signed with the key that this text makes.
fn signed(key: &str, payload: &str) -> String {
    let mut jar = CookieJar::new();
    let cookie = Cookie::new("signed_session", payload.to_owned());
    jar.signed_mut(&Key::derive_from(key.as_bytes())).add(cookie);
    jar.get("signed_session").unwrap().encoded().to_string()
}

/// A session of Ada's that was issued this long ago.
fn issued(ago: Duration) -> String {
    let issued = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() - ago;
    signed(KEY, &format!(r#"{{"username":"Ada","issued":{}}}"#, issued.as_secs()))
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

#[track_caller]
fn assert_logged_in(server: &Server, cookie: impl AsRef<[u8]>, username: &str) {
    let reply = server.send(get("/").cookie(cookie));
    assert_page(&reply, 200);
    let heading = format!("Logged in as {}", in_a_page(username));
    assert_eq!(reply.page().heading(), heading, "{reply}");
    assert_eq!(reply.set_cookies(), [""; 0], "reading writes nothing\n{reply}");
}

/// Asserts that the first page knows nobody. A cookie that is not believed is no error.
#[track_caller]
fn assert_not_logged_in(server: &Server, cookie: impl AsRef<[u8]>) {
    let reply = server.send(get("/").cookie(cookie));
    assert_page(&reply, 200);
    let page = reply.page();
    assert_eq!(page.heading(), "You are not logged in", "somebody got in\n{reply}");
    assert!(!page.says("Logged in as"), "somebody got in\n{}", reply.with_text("Logged in as"));
}

/// Asserts that the wire has this word of the server's on the latest exchange.
#[track_caller]
fn assert_word(server: &Server, word: &str) {
    let wire = server.wire();
    let seen: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
    let latest = seen["exchanges"].as_array().unwrap().last().unwrap();
    assert_eq!(latest["word"], word, "{wire}");
}

#[track_caller]
fn assert_verdict(server: &Server, cookie: impl AsRef<[u8]>, verdict: &str) {
    let reply = server.send(get("/session").cookie(cookie));
    assert_page(&reply, 200);
    assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
    assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
    assert_eq!(reply.page().texts("strong").first(), Some(&verdict), "{reply}");
}

#[test]
fn nobody_is_logged_in_at_first() {
    let server = server();
    let reply = server.send(get("/"));
    assert_page(&reply, 200);
    assert!(reply.text().contains("<h1>You are not logged in</h1>"), "{reply}");
    assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
    assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
    let form = server.send(get("/login"));
    assert_page(&form, 200);
    assert!(form.text().contains("name=\"username\""), "{form}");
}

#[test]
fn logging_in_sets_one_cookie_that_scripts_and_other_sites_cannot_use() {
    let server = server();
    let reply = server.send(post("/login", &[("username", "Ada")]));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(reply.header("Location"), Some("/"), "{reply}");
    let [line] = reply.set_cookies()[..] else { panic!("should be one cookie\n{reply}") };
    let mut attributes: Vec<_> = line.split("; ").skip(1).collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax"], "{reply}");
    let payload = Cookie::parse_encoded(line).unwrap().value()[44..].to_owned();
    assert!(payload.starts_with(r#"{"username":"Ada","issued":1"#), "{payload} is readable JSON");
    assert_logged_in(&server, reply.pair("signed_session").unwrap(), "Ada");
}

#[test]
fn a_client_with_a_cookie_jar_logs_in_stays_logged_in_and_logs_out() {
    let server = server();
    let agent = ureq::Agent::new_with_defaults();
    let page =
        |mut answer: ureq::http::Response<ureq::Body>| answer.body_mut().read_to_string().unwrap();
    for username in TYPED {
        let form = [("username", username)];
        let reply = page(agent.post(server.url("/login")).send_form(form).unwrap());
        assert!(reply.contains("<h1>Logged in as "), "{username:?}: {reply}");
        let again = page(agent.get(server.url("/")).call().unwrap());
        assert_eq!(again, reply, "the next page should know {username:?} too");
    }
    let reply = page(agent.post(server.url("/logout")).send_empty().unwrap());
    assert!(reply.contains("<h1>You are not logged in</h1>"), "{reply}");
    assert_eq!(agent.cookie_jar_lock().iter().count(), 0, "logging out should empty the jar");
}

#[test]
fn a_name_in_any_script_and_with_any_character_comes_back_as_it_was_typed() {
    let server = server();
    for username in TYPED {
        let cookie = log_in(&server, username);
        assert!(
            cookie.bytes().all(|byte| byte.is_ascii_graphic() && !b";,\"\\".contains(&byte)),
            "{cookie:?} holds what no cookie value may hold (RFC 6265bis section 4.1.1)"
        );
        assert_logged_in(&server, &cookie, username);
        assert_verdict(&server, &cookie, "Valid.");
    }
}

#[test]
fn two_clients_at_once_are_two_people() {
    let server = server();
    thread::scope(|scope| {
        for username in ["Ada", "Grace"] {
            let server = &server;
            scope.spawn(move || {
                let cookie = log_in(server, username);
                (0..20).for_each(|_| assert_logged_in(server, &cookie, username));
            });
        }
    });
}

#[test]
fn logging_in_again_replaces_the_name() {
    let server = server();
    let ada = log_in(&server, "Ada");
    let reply = server.send(post("/login", &[("username", "Grace")]).cookie(ada));
    assert_logged_in(&server, reply.pair("signed_session").unwrap(), "Grace");
}

#[test]
fn logging_out_deletes_the_cookie_and_a_link_cannot_do_it() {
    let server = server();
    for cookie in [log_in(&server, "Ada"), "signed_session=forged".to_owned(), "a=1".to_owned()] {
        let reply = server.send(post("/logout", &[]).cookie(cookie));
        assert_eq!((reply.status, reply.header("Location")), (303, Some("/")), "{reply}");
        let [line] = reply.set_cookies()[..] else { panic!("should be one line\n{reply}") };
        assert!(line.starts_with("signed_session=; "), "{reply}");
        assert!(line.contains("; Path=/") && line.contains("; Max-Age=0"), "{reply}");
    }
    let reply = server.send(get("/logout"));
    assert_page(&reply, 405);
}

#[test]
fn a_session_that_is_cut_anywhere_logs_nobody_in() {
    let server = server();
    let cookie = log_in(&server, "Ada Лавлейс");
    let value = cookie.strip_prefix("signed_session=").unwrap();
    for end in 0..value.len() {
        assert_not_logged_in(&server, format!("signed_session={}", &value[..end]));
        assert_not_logged_in(&server, format!("signed_session={}", &value[end + 1..]));
        let without_one = format!("signed_session={}{}", &value[..end], &value[end + 1..]);
        assert_not_logged_in(&server, without_one);
    }
    for name in 0..cookie.len() - value.len() {
        assert_not_logged_in(&server, &cookie[name + 1..]);
    }
}

/// The cookie with one byte changed: each bit of it, and some bytes that mean something; and where it was changed.
fn changed(cookie: &str) -> Vec<(usize, Vec<u8>)> {
    let bytes = cookie.as_bytes();
    let mut changed = Vec::new();
    for place in 0..bytes.len() {
        let byte = bytes[place];
        let others = (0..8).map(|bit| byte ^ (1 << bit)).chain(*b"A0%;= \"");
        for other in others.filter(|other| *other != byte && !other.is_ascii_control()) {
            let mut copy = bytes.to_vec();
            copy[place] = other;
            changed.push((place, copy));
        }
    }
    changed
}

/// Whether only upper and lower case of a hex digit in a percent escape differ: both spell the same byte.
fn is_case_of_an_escape(cookie: &str, place: usize, changed: &[u8]) -> bool {
    let escapes = cookie[..place].rfind('%').is_some_and(|escape| place - escape <= 2);
    escapes && changed[place].eq_ignore_ascii_case(&cookie.as_bytes()[place])
}

#[test]
fn a_session_with_any_byte_changed_logs_nobody_in() {
    let server = server();
    let cookie = log_in(&server, "Ada Лавлейс");
    for (place, copy) in changed(&cookie) {
        if !is_case_of_an_escape(&cookie, place, &copy) {
            assert_not_logged_in(&server, copy);
        }
    }
    for more in ["A", "0", "%20", "=", "\"", "}", "%00"] {
        assert_not_logged_in(&server, format!("{cookie}{more}"));
    }
}

#[test]
fn only_the_case_of_a_percent_escapes_hex_digits_may_be_changed() {
    let server = server();
    let cookie = log_in(&server, "Ada Лавлейс");
    let copies: Vec<_> = changed(&cookie)
        .into_iter()
        .filter(|(place, copy)| is_case_of_an_escape(&cookie, *place, copy))
        .collect();
    assert!(copies.len() > 10, "{cookie} should have escapes with letters");
    for (_, copy) in copies {
        assert_logged_in(&server, copy, "Ada Лавлейс");
    }
}

#[test]
fn a_name_with_the_signature_of_another_logs_nobody_in() {
    let server = server();
    let (ada, eve) = (log_in(&server, "Ada"), log_in(&server, "Eve"));
    let signature_of = |cookie: &str| {
        cookie
            .split_once("%7B")
            .map(|(signature, payload)| (signature.to_owned(), payload.to_owned()))
            .unwrap()
    };
    let ((_, payload), (signature, _)) = (signature_of(&ada), signature_of(&eve));
    assert_not_logged_in(&server, format!("{signature}%7B{payload}"));
    assert_not_logged_in(&server, r#"signed_session={"username":"Ada","issued":9999999999}"#);
    assert_not_logged_in(&server, format!("{eve}{payload}"));
}

#[test]
fn a_cookie_of_another_name_is_no_session() {
    let server = server();
    let value = log_in(&server, "Ada").split_once('=').unwrap().1.to_owned();
    for name in ["session", "Signed_session", "signed_session2", "xsigned_session", ""] {
        assert_not_logged_in(&server, format!("{name}={value}"));
        assert_verdict(&server, format!("{name}={value}"), "None.");
    }
}

#[test]
fn one_strange_pair_logs_nobody_out() {
    let server = server();
    let session = log_in(&server, "Ada");
    for (_, cookies) in strange_cookies() {
        let line = [&cookies, b"; ".as_slice(), session.as_bytes(), b"; ", &cookies].concat();
        assert_logged_in(&server, &line, "Ada");
        assert_not_logged_in(&server, &cookies);
        assert_verdict(&server, &cookies, "None.");
        let stray = [b"signed_session=".as_slice(), &cookies, b"; ", session.as_bytes()].concat();
        assert_logged_in(&server, &stray, "Ada");
    }
    let reply = server.send(get("/").cookie("a=1").cookie(&session));
    assert!(reply.text().contains("Logged in as Ada"), "a second Cookie header counts\n{reply}");
}

#[test]
fn of_two_sessions_the_first_that_is_believed_counts() {
    let server = server();
    let (ada, eve) = (log_in(&server, "Ada"), log_in(&server, "Eve"));
    assert_logged_in(&server, format!("{ada}; {eve}"), "Ada");
    assert_logged_in(&server, format!("signed_session=stray; {eve}; {ada}"), "Eve");
    assert_logged_in(&server, format!("{}; {ada}", signed(OLD_KEY, "{}")), "Ada");
    assert_verdict(&server, format!("signed_session=stray; {ada}"), "Valid.");
}

#[test]
fn eight_cookies_of_the_name_are_tried_and_no_more() {
    let server = server();
    let ada = log_in(&server, "Ada");
    let strays = |count| "signed_session=stray; ".repeat(count);
    assert_logged_in(&server, format!("{}{ada}", strays(7)), "Ada");
    assert_not_logged_in(&server, format!("{}{ada}", strays(8)));
}

#[test]
fn the_verdict_on_each_kind_of_cookie_is_shown_with_its_parts() {
    let environment = [("SECRET_KEY", KEY), ("SECRET_KEY_FALLBACKS", OLD_KEY)];
    let server = Server::start(PROGRAM, &environment);
    let facts = r#"{"username":"Ada","issued":9999999999}"#;
    let month = Duration::from_secs(31 * 86_400);
    assert_verdict(&server, "", "None.");
    assert_verdict(&server, "a=1", "None.");
    assert_verdict(&server, log_in(&server, "Ada"), "Valid.");
    assert_verdict(&server, signed(KEY, facts), "Valid.");
    assert_verdict(&server, issued(month - Duration::from_secs(60)), "Valid.");
    assert_verdict(&server, issued(month + Duration::from_secs(60)), "Too old.");
    assert_verdict(&server, signed(KEY, r#"{"username":"Ada","issued":0}"#), "Too old.");
    assert_verdict(&server, signed(OLD_KEY, facts), "Valid, signed by a fallback.");
    assert_verdict(&server, signed(OLD_KEY, r#"{"username":"Ada","issued":0}"#), "Too old.");
    assert_verdict(
        &server,
        signed("a key that this server never heard of", facts),
        "Doesn't verify.",
    );
    for broken in ["", "short", "%", "%ff", "%00", &"x".repeat(5000)] {
        assert_verdict(&server, format!("signed_session={broken}"), "Doesn't verify.");
    }
    assert_verdict(&server, b"signed_session=\xff\xfe", "Doesn't verify.");
    for other in ["", "hello", "[]", r#"{"username":"Ada"}"#, r#"{"username":1,"issued":1}"#] {
        assert_verdict(&server, signed(KEY, other), "Unreadable.");
        assert_not_logged_in(&server, signed(KEY, other));
    }
    for negative in [r#"{"username":"Ada","issued":-1}"#, r#"{"username":"Ada","issued":1e9}"#] {
        assert_verdict(&server, signed(KEY, negative), "Unreadable.");
    }
}

#[test]
fn a_cookie_is_taken_apart_into_signature_and_payload() {
    let server = server();
    let cookie = log_in(&server, MARKUP);
    let reply = server.send(get("/session").cookie(&cookie));
    assert_page(&reply, 200);
    let value = Cookie::parse_encoded(cookie).unwrap().value().to_owned();
    let (signature, payload) = value.split_at(44);
    let page = reply.page();
    let codes: Vec<_> = page.elements("code").into_iter().map(Element::source).collect();
    assert!(codes.contains(&signature), "{signature}\n{reply}");
    assert!(codes.contains(&payload), "{payload}\n{reply}");
    assert!(reply.text().contains("signed, not encrypted"), "{reply}");

    let changed = format!("signed_session=x{value}");
    let reply = server.send(get("/session").cookie(changed));
    let says = "Or was it signed with another key, before a restart, say? The cookie doesn't tell.";
    assert!(reply.page().says(says), "{}", reply.with_text(says));
    // Nobody changed this one: the server has another key.
    let other =
        Server::start(PROGRAM, &[("SECRET_KEY", "another key, as after a restart without one")]);
    let reply = other.send(get("/session").cookie(log_in(&server, "Ada")));
    assert!(reply.page().says(says), "{}", reply.with_text(says));
    assert!(!reply.page().says("Which half was changed"), "{reply}");
}

#[test]
fn a_client_that_asks_for_text_gets_the_same_verdict_as_text() {
    let server = server();
    for (cookie, says) in [
        (String::new(), "Verdict: no session came\n"),
        (log_in(&server, "Ada"), "Verdict: valid\n"),
        (format!("{}x", log_in(&server, "Ada")), "Verdict: doesn't verify\n"),
        (issued(Duration::from_secs(32 * 86_400)), "Verdict: too old\n"),
        (signed(KEY, "hello"), "Verdict: unreadable\n"),
        // The sender chooses these bytes: they must not write lines of their own, or move a terminal's cursor.
        ("signed_session=%1b[31m%0aVerdict: valid".to_owned(), "Verdict: doesn't verify\n"),
        (signed(KEY, "\u{9b}31m\u{202e}\nVerdict: valid"), "Verdict: unreadable\n"),
    ] {
        let reply = server.send(get("/session").header("Accept", "text/plain").cookie(cookie));
        assert_eq!(reply.status, 200, "{reply}");
        assert_eq!(reply.header("Content-Type"), Some("text/plain; charset=utf-8"), "{reply}");
        assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
        let text = reply.text();
        assert!(text.starts_with(says), "should start with {says:?}: {text}\n{reply}");
        assert_eq!(
            text.matches("\nVerdict").count(),
            0,
            "should be one verdict: {text:?}\n{reply}"
        );
        let harmful = |character: char| {
            (character.is_control() && character != '\n') || character == '\u{202e}'
        };
        assert!(!text.contains(harmful), "an escape sequence got through: {text:?}\n{reply}");
    }
}

#[test]
fn a_cookie_that_does_not_verify_is_replaced_at_the_next_write() {
    let server = server();
    let reply = server.send(post("/login", &[("username", "Ada")]).cookie("signed_session=forged"));
    assert_eq!(reply.status, 303, "{reply}");
    assert_logged_in(&server, reply.pair("signed_session").unwrap(), "Ada");
}

#[test]
fn after_a_rotation_old_sessions_still_verify_and_new_ones_have_the_new_key() {
    let before = Server::start(PROGRAM, &[("SECRET_KEY", OLD_KEY)]);
    let session = log_in(&before, "Ada");
    let fallbacks = format!("\n  {OLD_KEY}  \r\n\n{KEY}\n");
    let new_key = "a new key that nobody but this server has";
    let environment = [("SECRET_KEY", new_key), ("SECRET_KEY_FALLBACKS", &*fallbacks)];
    let during = Server::start(PROGRAM, &environment);
    assert_logged_in(&during, &session, "Ada");
    assert_verdict(&during, &session, "Valid, signed by a fallback.");
    assert_logged_in(&during, issued(Duration::ZERO), "Ada");
    let renewed = log_in(&during, "Ada");
    let after = Server::start(PROGRAM, &[("SECRET_KEY", new_key)]);
    assert_logged_in(&after, &renewed, "Ada");
    assert_not_logged_in(&after, &session);
    assert_verdict(&after, &session, "Doesn't verify.");
}

#[test]
fn the_server_refuses_a_session_past_the_age_that_it_was_told() {
    let minute = Server::start(PROGRAM, &[("SECRET_KEY", KEY), ("SESSION_SECONDS", " 60 ")]);
    assert_logged_in(&minute, issued(Duration::from_secs(5)), "Ada");
    assert_not_logged_in(&minute, issued(Duration::from_secs(120)));
    assert_verdict(&minute, issued(Duration::from_secs(120)), "Too old.");
    let reply = minute.send(get("/session").cookie(issued(Duration::ZERO)));
    assert!(reply.text().contains("no more than 60 seconds ago"), "{}\n{reply}", reply.text());

    let default = server();
    assert_logged_in(&default, issued(Duration::from_secs(120)), "Ada");
    let reply = default.send(get("/session").cookie(issued(Duration::ZERO)));
    assert!(reply.text().contains("no more than 31 days ago"), "{}\n{reply}", reply.text());

    let forever = u64::MAX.to_string();
    let forever = Server::start(PROGRAM, &[("SECRET_KEY", KEY), ("SESSION_SECONDS", &forever)]);
    assert_logged_in(&forever, signed(KEY, r#"{"username":"Ada","issued":0}"#), "Ada");
    assert_verdict(&forever, log_in(&forever, "Ada"), "Valid.");
}

#[test]
fn a_session_that_no_browser_would_keep_is_a_clear_error_and_sets_nothing() {
    let server = server();
    // A signature may hold `/`, which takes three bytes as `%2F`: so the longest name varies from one second to the next.
    let (mut kept, mut refused) = (0, 0);
    for length in 3930..4000 {
        let reply = server.send(post("/login", &[("username", &"x".repeat(length))]));
        match reply.pair("signed_session") {
            Some(pair) => {
                kept += 1;
                let size = pair.len() - "=".len();
                assert!(size <= 4096, "a browser drops these {size} bytes\n{reply}");
            }
            None => {
                refused += 1;
                assert_page(&reply, 413);
                let text = reply.text();
                let size =
                    text.split_once("takes ").and_then(|(_, rest)| rest.split_once(" bytes"));
                let size: usize = size.unwrap().0.parse().unwrap();
                assert!((4097..4250).contains(&size), "{length} letters: {text}\n{reply}");
            }
        }
    }
    assert!(kept > 10 && refused > 10, "should meet the limit: {kept} kept, {refused} refused");
    for username in ["x".repeat(4097), "夏".repeat(1000), "\"".repeat(1500)] {
        let reply = server.send(post("/login", &[("username", &username)]));
        assert_page(&reply, 413);
        assert!(reply.text().contains("4096 bytes"), "{}\n{reply}", reply.text());
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
        assert_eq!(reply.header("Location"), None, "{reply}");
    }
}

#[test]
fn a_form_without_exactly_one_name_logs_nobody_in() {
    let server = server();
    let session = log_in(&server, "Ada");
    for (body, says) in [
        ("", "username"),
        ("user=Ada", "username"),
        ("username=Ada&username=Eve", "duplicate field"),
        ("username=", "A name is needed"),
        ("username=%20%09%0A", "A name is needed"),
        ("username=%E3%80%80", "A name is needed"),
    ] {
        let reply = server.send(post("/login", &[]).body(body.as_bytes()).cookie(&session));
        assert_page(&reply, 422);
        assert!(reply.text().contains(says), "should say {says:?}: {}\n{reply}", reply.text());
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    let reply = server.send(Request::new("POST", "/login").body(b"username=Ada"));
    assert_page(&reply, 415);
    assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
}

#[test]
fn a_path_answers_the_methods_that_it_names_and_no_other() {
    let server = server();
    for (path, allowed) in [
        ("/", "GET,HEAD"),
        ("/login", "GET,HEAD,POST"),
        ("/logout", "POST"),
        ("/session", "GET,HEAD"),
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
    assert_page(&server.send(get("/session/").cookie(log_in(&server, "Ada"))), 404);
}

#[test]
fn without_a_key_a_run_signs_with_a_random_one_and_says_what_that_means() {
    let (one, two) = (Server::start(PROGRAM, &[]), Server::start(PROGRAM, &[]));
    let session = log_in(&one, "Ada");
    assert_logged_in(&one, &session, "Ada");
    assert_not_logged_in(&two, &session);
    assert_verdict(&two, &session, "Doesn't verify.");
    let warning = one.errors();
    assert_eq!(warning.lines().count(), 1, "one line should say it: {warning}");
    assert!(warning.contains("SECRET_KEY is not set") && warning.contains("random"), "{warning}");
}

#[test]
fn a_server_whose_terminal_is_closed_still_serves() {
    assert_serves_unheard(PROGRAM, &[]);
}

#[test]
fn with_a_key_a_restart_logs_nobody_out() {
    let session = log_in(&server(), "Ada");
    let restarted = server();
    assert_logged_in(&restarted, &session, "Ada");
    assert_eq!(restarted.errors(), "", "there is nothing to warn of");
}

#[test]
fn bad_settings_stop_the_server_with_one_line_that_says_what_to_do() {
    let short = &KEY[..31];
    let blanks = " ".repeat(40);
    let old = format!("{OLD_KEY}\nshort");
    for (environment, says) in [
        (vec![("SECRET_KEY", "")], "SECRET_KEY is 0 bytes long and must have at least 32"),
        (vec![("SECRET_KEY", short)], "SECRET_KEY is 31 bytes long and must have at least 32"),
        (vec![("SECRET_KEY", &blanks)], "SECRET_KEY is 0 bytes long and must have at least 32"),
        (
            vec![("SECRET_KEY", KEY), ("SECRET_KEY_FALLBACKS", &old)],
            "SECRET_KEY_FALLBACKS is 5 bytes",
        ),
        (vec![("SECRET_KEY", KEY), ("SESSION_SECONDS", "")], "SESSION_SECONDS=\"\" is no time"),
        (vec![("SECRET_KEY", KEY), ("SESSION_SECONDS", "0")], "SESSION_SECONDS=\"0\" is no time"),
        (vec![("SECRET_KEY", KEY), ("SESSION_SECONDS", "-1")], "is no time"),
        (vec![("SECRET_KEY", KEY), ("SESSION_SECONDS", "1.5")], "is no time"),
        (vec![("SECRET_KEY", KEY), ("SESSION_SECONDS", "1 day")], "is no time"),
        (vec![("SECRET_KEY", KEY), ("SESSION_SECONDS", "99999999999999999999")], "is no time"),
    ] {
        let ended = probe::run(PROGRAM, &[], &environment);
        assert_eq!(ended.code, Some(1), "{environment:?}: {ended:?}");
        assert_eq!(ended.errors.lines().count(), 1, "{environment:?}: {ended:?}");
        assert!(ended.errors.contains(says), "should say {says:?}: {ended:?}");
        assert!(!ended.errors.contains(KEY), "the key is a secret: {ended:?}");
        assert_eq!(ended.output, "", "{ended:?}");
    }
    let just = Server::start(PROGRAM, &[("SECRET_KEY", &KEY[..32])]);
    assert_logged_in(&just, log_in(&just, "Ada"), "Ada");
}

#[test]
fn blanks_around_a_key_are_no_part_of_it() {
    let session = log_in(&server(), "Ada");
    let spaced = format!(" {KEY}\n");
    let server = Server::start(PROGRAM, &[("SECRET_KEY", &spaced)]);
    assert_verdict(&server, &session, "Valid.");
    let rotated =
        Server::start(PROGRAM, &[("SECRET_KEY", OLD_KEY), ("SECRET_KEY_FALLBACKS", &spaced)]);
    assert_verdict(&rotated, &session, "Valid, signed by a fallback.");
}

#[test]
fn a_comma_between_fallbacks_is_warned_of_for_it_makes_one_key_of_two() {
    let fallbacks = format!("{}\n{},{}", "a".repeat(32), "b".repeat(32), "c".repeat(32));
    let server =
        Server::start(PROGRAM, &[("SECRET_KEY", KEY), ("SECRET_KEY_FALLBACKS", &fallbacks)]);
    let warning = server.errors_with("comma");
    assert_eq!(warning.lines().count(), 1, "{warning}");
    assert!(warning.contains("comma") && warning.contains("one key"), "{warning}");
    assert!(!warning.contains("bbb"), "a key is a secret: {warning}");
}

#[test]
fn the_key_that_the_error_offers_is_long_enough_and_fresh_each_time() {
    let offer = || {
        let ended = probe::run(PROGRAM, &[], &[("SECRET_KEY", "short")]);
        ended.errors.trim().rsplit(' ').next().unwrap().to_owned()
    };
    let (one, two) = (offer(), offer());
    assert_eq!(one.len(), 64, "32 random bytes in hex: {one}");
    assert_ne!(one, two, "the same key for everybody is no key");
    let server = Server::start(PROGRAM, &[("SECRET_KEY", &one)]);
    assert_logged_in(&server, log_in(&server, "Ada"), "Ada");
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    let pages = ["/login", "/session"];
    probe::assert_no_script_reads_the_wire(&server(), &pages);
}

#[test]
fn the_wire_has_the_servers_verdict_on_the_cookie_and_who_is_logged_in() {
    let server = Server::start(PROGRAM, &[("SECRET_KEY", KEY), ("SECRET_KEY_FALLBACKS", OLD_KEY)]);
    let ada = log_in(&server, "Ada");
    assert_word(&server, "Verdict: no session came. Now logged in as Ada.");
    let month = Duration::from_secs(32 * 86_400);
    for (cookie, word) in [
        (String::new(), "Verdict: no session came. Now not logged in."),
        (ada.clone(), "Verdict: valid. Now logged in as Ada."),
        (
            signed(OLD_KEY, r#"{"username":"Ada","issued":9999999999}"#),
            "Verdict: valid, signed by a fallback. Now logged in as Ada.",
        ),
        (ada.replace("Ada", "Bob"), "Verdict: doesn't verify. Now not logged in."),
        (issued(month), "Verdict: too old. Now not logged in."),
        (signed(KEY, "{}"), "Verdict: unreadable. Now not logged in."),
        (
            signed(KEY, "{\"username\":\"\u{202e}<b>\",\"issued\":9999999999}"),
            "Verdict: valid. Now logged in as \\u{202e}<b>.",
        ),
    ] {
        for path in ["/", "/session"] {
            assert_page(&server.send(get(path).cookie(&cookie)), 200);
            assert_word(&server, word);
        }
    }
    let reply = server.send(post("/logout", &[]).cookie(&ada));
    assert_eq!(reply.status, 303, "{reply}");
    assert_word(&server, "Verdict: valid. Now not logged in.");
}

#[test]
fn on_the_projector_no_page_shows_what_would_log_somebody_in() {
    let server = Server::start(PROGRAM, &[("SECRET_KEY", KEY), ("WIRE", "projector")]);
    let ada = log_in(&server, "Ada");
    let cookie = Cookie::parse_encoded(&ada).unwrap();
    let signature = &cookie.value()[..44];
    for accept in ["text/html", "text/plain"] {
        let reply = server.send(get("/session").header("Accept", accept).cookie(&ada));
        assert_eq!(reply.status, 200, "{reply}");
        let text = reply.text();
        assert!(!text.contains(signature), "{}", reply.with_text(signature));
        assert!(text.contains("(hidden)") && text.contains("Ada"), "{text}");
    }
}
