//! Lesson 5 over TCP: the article's program, with the session in Flask's cookie.

#![allow(clippy::unwrap_used, reason = "a test that can't go on should say where")]

use std::time::{SystemTime, UNIX_EPOCH};

use flask_cookie::{FlaskSession, Keys, Parts, Value};
use probe::{Reply, Request, Server, assert_serves_unheard, get, post};

const PROGRAM: &str = env!("CARGO_BIN_EXE_flask-cookie");
const ARTICLE: &str = "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT";
const MONTH: i64 = 31 * 86_400;

/// Names that somebody may type.
const NAMES: [&str; 9] = [
    "alice",
    "小明",
    "👩‍👩‍👧 🎉",
    "\"'\\`",
    "<script>alert(1)</script>",
    "a; Path=/x, b=c",
    "line\r\nSet-Cookie: x=1",
    "\u{0}\u{1b}[31m\u{7f}",
    " t",
];

/// The server with the article's key.
fn server() -> Server {
    Server::start(PROGRAM, &[])
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn keys(secret: &str) -> Keys {
    Keys::new(secret).unwrap()
}

/// A cookie that names this user, signed this many seconds ago.
fn signed(secret: &str, username: impl Into<Value>, ago: i64) -> String {
    let mut session = FlaskSession::new();
    session.insert("username", username);
    format!("session={}", session.dump(&keys(secret), now().saturating_add_signed(-ago)))
}

/// A cookie with this payload, well signed.
fn well_signed(payload: &str) -> String {
    // The signature covers everything before it: sign any session's time with another payload.
    let time = FlaskSession::new().dump(&keys(ARTICLE), now());
    let signed = format!("{payload}.{}", Parts::split(&time).unwrap().timestamp);
    format!("session={signed}.{}", keys(ARTICLE).sign(&signed))
}

/// The session that a reply sets, read with the article's key.
#[track_caller]
fn session_of(reply: &Reply) -> FlaskSession {
    let pair = reply.pair("session").unwrap_or_else(|| panic!("should set a session\n{reply}"));
    FlaskSession::load(&pair["session=".len()..], &keys(ARTICLE), now() + 1)
        .unwrap_or_else(|error| panic!("{error}\n{reply}"))
}

/// The path of a file of these tests.
fn in_a_file(name: &str) -> String {
    format!("{}/flask-key-{name}.txt", env!("CARGO_TARGET_TMPDIR"))
}

fn log_in(server: &Server, cookie: &str, fields: &[(&str, &str)]) -> Reply {
    let reply = server.send(post("/login", fields).cookie(cookie));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(reply.header("Location"), Some("/"), "{reply}");
    reply
}

#[track_caller]
fn assert_for_one_browser(reply: &Reply) {
    assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
    assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
}

/// Asserts that the first page says this in its heading, and sets nothing.
#[track_caller]
fn assert_heading(server: &Server, cookie: impl AsRef<[u8]>, heading: &str) {
    let reply = server.send(get("/").cookie(cookie));
    assert_eq!(reply.status, 200, "{reply}");
    assert_for_one_browser(&reply);
    let text = reply.text();
    assert!(
        text.contains(&format!("<h1>{heading}</h1>")),
        "should say {heading:?}: {text}\n{reply}"
    );
    assert_eq!(reply.set_cookies(), [""; 0], "reading writes nothing\n{reply}");
}

const NOBODY: &str = "You are not logged in";

/// What `/session` says in plain text.
fn taken_apart(server: &Server, cookie: impl AsRef<[u8]>) -> String {
    let reply = server.send(get("/session").header("Accept", "text/plain").cookie(cookie));
    assert_eq!(reply.status, 200, "{reply}");
    assert_for_one_browser(&reply);
    assert_eq!(reply.set_cookies(), [""; 0], "looking writes nothing\n{reply}");
    reply.text()
}

#[test]
fn a_first_visit_is_nobodys_and_sets_nothing() {
    let server = server();
    for cookie in ["", "theme=dark", "session=", "session", "sessions=x", "Session=x", "xsession=y"]
    {
        assert_heading(&server, cookie, NOBODY);
    }
    let form = server.send(get("/login"));
    assert_eq!(form.status, 200, "{form}");
    assert!(form.text().contains("name=\"username\""), "{form}");
    assert_eq!(form.set_cookies(), [""; 0], "{form}");
}

#[test]
fn logging_in_sets_flasks_cookie_with_flasks_attributes() {
    let server = server();
    let reply = log_in(&server, "", &[("username", "alice")]);
    assert_for_one_browser(&reply);
    let [line] = reply.set_cookies()[..] else { panic!("should be one cookie\n{reply}") };
    assert!(line.starts_with("session=eyJ1c2VybmFtZSI6ImFsaWNlIn0."), "{reply}");
    assert!(line.ends_with("; HttpOnly; Path=/"), "{reply}");
    assert_heading(&server, reply.pair("session").unwrap(), "Logged in as alice");
}

#[test]
fn any_name_comes_back_as_it_was_typed_and_escaped() {
    let server = server();
    for name in NAMES {
        let reply = log_in(&server, "", &[("username", name)]);
        assert_eq!(reply.set_cookies().len(), 1, "{reply}");
        assert_eq!(session_of(&reply).get_str("username"), Some(name), "{reply}");
        let page = server.send(get("/").cookie(reply.pair("session").unwrap())).text();
        assert!(!page.contains("<script>"), "{page}");
        assert!(page.contains("<h1>Logged in as "), "{name:?}: {page}");
    }
}

#[test]
fn a_library_with_a_cookie_jar_logs_in_and_out_as_in_the_article() {
    let server = server();
    let agent = ureq::Agent::new_with_defaults();
    let page =
        |mut answer: ureq::http::Response<ureq::Body>| answer.body_mut().read_to_string().unwrap();
    let reply = page(agent.post(server.url("/login")).send_form([("username", "小明")]).unwrap());
    assert!(reply.contains("<h1>Logged in as 小明</h1>"), "{reply}");
    let reply = page(agent.get(server.url("/logout")).call().unwrap());
    assert!(reply.contains(NOBODY), "{reply}");
    assert_eq!(agent.cookie_jar_lock().iter().count(), 0, "logging out should empty the jar");
}

#[test]
fn logging_out_deletes_the_cookie_of_a_session_that_is_empty_now() {
    let server = server();
    let reply = server.send(get("/logout").cookie(signed(ARTICLE, "alice", 0)));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(
        reply.set_cookies(),
        ["session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; HttpOnly; Path=/"],
        "{reply}"
    );
    let again = server.send(get("/logout"));
    assert_eq!((again.status, again.set_cookies()), (303, vec![]), "{again}");
}

#[test]
fn logging_out_and_in_leaves_what_others_put_into_the_session() {
    let server = server();
    let mut session = FlaskSession::new();
    session.insert("username", "alice");
    session.insert("cart", vec![Value::Bytes(vec![0, 255]), Value::Tuple(vec![1.into()])]);
    let cookie = format!("session={}", session.dump(&keys(ARTICLE), now()));
    let out = session_of(&server.send(get("/logout").cookie(&cookie)));
    assert_eq!(out.get_str("username"), None);
    assert_eq!(out.get("cart"), session.get("cart"));
    let other = session_of(&log_in(&server, &cookie, &[("username", "bob")]));
    assert_eq!(other.get_str("username"), Some("bob"));
    assert_eq!(other.get("cart"), session.get("cart"));
}

#[test]
fn a_permanent_session_is_set_anew_by_each_page_and_outlives_the_log_out() {
    let server = server();
    let reply = log_in(&server, "", &[("username", "alice"), ("remember", "1")]);
    assert!(session_of(&reply).is_permanent(), "{reply}");
    let cookie = reply.pair("session").unwrap();
    for path in ["/", "/login", "/logout"] {
        let reply = server.send(get(path).cookie(cookie));
        let [line] = reply.set_cookies()[..] else { panic!("{path} should refresh\n{reply}") };
        assert!(line.contains("; Expires=") && line.ends_with(" GMT; HttpOnly; Path=/"), "{reply}");
    }
    let out = server.send(get("/logout").cookie(cookie));
    assert_eq!(session_of(&out).to_json(), r#"{"_permanent":true}"#, "{out}");
    let short = log_in(&server, cookie, &[("username", "alice")]);
    assert!(!short.set_cookies()[0].contains("Expires"), "{short}");
}

#[test]
fn no_changed_cookie_logs_anybody_in() {
    let server = server();
    let cookie = signed(ARTICLE, "alice", 0);
    assert_heading(&server, &cookie, "Logged in as alice");
    for at in "session=".len()..cookie.len() {
        let mut changed = cookie.clone().into_bytes();
        // The last character carries two bits that belong to no byte: change more than those.
        changed[at] = if changed[at].eq_ignore_ascii_case(&b'a') { b'q' } else { b'A' };
        assert_heading(&server, &changed, NOBODY);
        assert_heading(&server, &cookie[..at], NOBODY);
    }
    assert_heading(&server, signed("another key, not the article's", "alice", 0), NOBODY);
}

#[test]
fn the_first_of_two_cookies_counts_as_in_flask_quotes_too_and_strange_bytes_beside_it_do_no_harm() {
    let server = server();
    let (alice, bob) = (signed(ARTICLE, "alice", 0), signed(ARTICLE, "bob", 0));
    assert_heading(&server, format!("{alice}; {bob}"), "Logged in as alice");
    assert_heading(&server, format!("session=x; {bob}"), NOBODY);
    let quoted = alice.replace('=', "=\"") + "\"";
    assert_heading(&server, &quoted, "Logged in as alice");
    assert_heading(&server, "session=\"\"", NOBODY);
    assert_heading(&server, &quoted[..quoted.len() - 1], NOBODY);
    assert_heading(
        &server,
        [b"a=\xff\xfe;;=; x ;".as_slice(), alice.as_bytes()].concat(),
        "Logged in as alice",
    );
    assert_heading(&server, b"session=\xff\xfe", NOBODY);
    let two = server.send(get("/").header("Cookie", "a=1").header("Cookie", &bob));
    assert!(two.text().contains("Logged in as bob"), "{two}");
    let many: Vec<_> = (0..200).map(|n| format!("c{n}={n}")).chain([alice]).collect();
    assert_heading(&server, many.join("; "), "Logged in as alice");
    assert_heading(&server, format!("session={}", "x".repeat(16 * 1024)), NOBODY);
}

#[test]
fn a_session_older_than_its_lifetime_or_from_the_future_is_nobodys() {
    let server = Server::start(PROGRAM, &[("SESSION_SECONDS", "100")]);
    assert_heading(&server, signed(ARTICLE, "alice", 90), "Logged in as alice");
    assert_heading(&server, signed(ARTICLE, "alice", 101), NOBODY);
    assert!(
        taken_apart(&server, signed(ARTICLE, "a", 200)).starts_with("Verdict: refused, expired: ")
    );
    let server = self::server();
    assert_heading(&server, signed(ARTICLE, "alice", MONTH - 10), "Logged in as alice");
    assert_heading(&server, signed(ARTICLE, "alice", MONTH + 1), NOBODY);
    assert_heading(&server, signed(ARTICLE, "alice", -600), NOBODY);
}

#[test]
fn what_is_well_signed_and_unreadable_is_a_fresh_session_and_no_error() {
    let server = server();
    // "nonsense", a zlib stream that is none, `[]`, `{"a":{" u":5}}`.
    for payload in ["bm9uc2Vuc2U", ".AAAA", "*", "", "W10", "eyJhIjp7IiB1Ijo1fX0"] {
        let cookie = well_signed(payload);
        assert_heading(&server, &cookie, NOBODY);
        assert!(taken_apart(&server, &cookie).starts_with("Verdict: refused, "), "{payload}");
        let reply = log_in(&server, &cookie, &[("username", "alice")]);
        assert_eq!(session_of(&reply).get_str("username"), Some("alice"), "{reply}");
    }
    // A name that is no text is nobody's.
    assert_heading(&server, signed(ARTICLE, 5, 0), NOBODY);
}

#[test]
fn a_fallback_verifies_and_the_next_cookie_is_signed_with_the_new_key() {
    let fallbacks = "an even older key, of many bytes\nthe key that was in use before\n";
    let server = Server::start(
        PROGRAM,
        &[("SECRET_KEY", "the key in use, new this year"), ("SECRET_KEY_FALLBACKS", fallbacks)],
    );
    for old in ["the key that was in use before", "an even older key, of many bytes"] {
        let cookie = signed(old, "alice", 0);
        assert_heading(&server, &cookie, "Logged in as alice");
        assert!(
            taken_apart(&server, &cookie).starts_with("Verdict: valid, signed by a fallback\n")
        );
        let reply = log_in(&server, &cookie, &[("username", "bob")]);
        let pair = reply.pair("session").unwrap();
        let parts = Parts::split(&pair["session=".len()..]).unwrap();
        assert!(parts.signed_by(&keys("the key in use, new this year")).is_some(), "{reply}");
    }
    assert_heading(&server, signed(ARTICLE, "alice", 0), NOBODY);
}

#[test]
fn a_session_that_no_browser_would_keep_is_an_error_and_changes_nothing() {
    let server = server();
    // No compression helps against this.
    let mut state = 1_u64;
    let random: String = (0..6000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + u8::try_from((state >> 33) % 90).unwrap())
        })
        .collect();
    for name in [random.as_str(), &"a".repeat(1_100_000)] {
        let reply = server.send(post("/login", &[("username", name)]));
        assert_eq!(reply.status, 413, "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
        assert!(
            reply.text().contains("Nothing was changed")
                || reply.text().contains("nothing was changed")
        );
    }
    // A long name that compresses well is a short cookie.
    let long = "a".repeat(100_000);
    let reply = log_in(&server, "", &[("username", &long)]);
    assert_eq!(session_of(&reply).get_str("username"), Some(long.as_str()));
}

#[test]
fn bad_forms_and_wrong_methods_have_clear_answers() {
    let server = server();
    let form = |body: &[u8]| {
        Request::new("POST", "/login")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(body)
    };
    for (request, status) in [
        (form(b""), 422),
        (form(b"username="), 422),
        (form(b"username=%20%09"), 422),
        (form(b"user=alice"), 422),
        (form(b"username=a&username=b"), 422),
        (
            Request::new("POST", "/login").header("Content-Type", "text/plain").body(b"username=a"),
            415,
        ),
        (post("/logout", &[]), 405),
        (post("/", &[]), 405),
        (Request::new("DELETE", "/session"), 405),
        (get("/indx"), 404),
    ] {
        let reply = server.send(request);
        assert_eq!(reply.status, status, "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
        assert!(reply.text().contains("</html>"), "an error is a page too\n{reply}");
    }
    // Bytes that are no UTF-8 become replacement characters, or are refused: never a broken cookie.
    let reply = server.send(form(b"username=%ff%fe"));
    assert!([303, 400, 422].contains(&reply.status), "{reply}");
}

#[test]
fn the_page_reads_a_cookie_without_the_key_and_shows_a_forged_one() {
    let server = Server::start(PROGRAM, &[("SECRET_KEY", "a key that no article prints, ever")]);
    let cookie = signed(ARTICLE, "alice", 0);
    let text = taken_apart(&server, &cookie);
    assert!(text.starts_with("Verdict: refused, bad signature: "), "{text}");
    assert!(text.contains("\nJSON: {\"username\":\"alice\"}\n"), "{text}");
    assert_eq!(taken_apart(&server, ""), "Verdict: no session came\n");
    assert!(taken_apart(&server, "session=<b>é").ends_with("\nCookie: <b>\\u{e9}\n"));
    let page = server.send(get("/session").cookie(&cookie)).text();
    assert!(page.contains("This server does not believe it"), "{page}");
    assert!(page.contains("<strong>Refused.</strong> Bad signature: it was made"), "{page}");

    let server = self::server();
    let page = server.send(get("/session")).text();
    assert!(page.contains("This server believes it"), "{page}");
    let forged =
        page.split("<code id=\"forged\">").nth(1).unwrap().split("</code>").next().unwrap();
    assert_heading(&server, format!("session={forged}"), "Logged in as admin");
    // Somebody pastes the whole pair: one verdict, which says what to do, and nothing else about it.
    let pasted = format!("session=session={forged}");
    assert_heading(&server, &pasted, NOBODY);
    assert_eq!(
        taken_apart(&server, &pasted),
        format!(
            "Verdict: refused, the value begins with \"session=\": the value is what comes after that\n\
             Cookie: session={forged}\n"
        )
    );
    let bomb = server.send(get("/session").cookie(signed(ARTICLE, "<b>".repeat(99_999), 0))).text();
    assert!(bomb.len() < 100_000 && !bomb.contains("<b>"), "{} bytes", bomb.len());
}

#[test]
fn the_form_says_that_browsers_keep_no_cookie_as_long_as_the_session_may_live() {
    const LIMIT: u64 = 400 * 86_400;
    let keep = "a browser keeps a cookie for 400 days at most";
    for (lifetime, says_so) in
        [(31 * 86_400, false), (LIMIT, false), (LIMIT + 1, true), (36_500 * 86_400, true)]
    {
        let server = Server::start(PROGRAM, &[("SESSION_SECONDS", &*lifetime.to_string())]);
        let form = server.send(get("/login"));
        assert_eq!(form.page().says(keep), says_so, "{lifetime}: {form}");
    }
}

#[test]
fn a_server_whose_terminal_is_closed_still_serves() {
    // No key, and then a short one: the server has something to say.
    for key in ["", "short"] {
        assert_serves_unheard(PROGRAM, &[("SECRET_KEY", key)]);
    }
}

#[test]
fn what_nobody_signed_is_never_called_well_signed() {
    let server = server();
    for cookie in ["session=!.!.x", "session=a.b.c", "session=*.Z3SFgA.x", "session=.AAAA.Z3SFgA.x"]
    {
        let text = taken_apart(&server, cookie);
        assert!(text.starts_with("Verdict: refused, bad signature: "), "{text}");
        assert!(!text.contains("well signed"), "{text}");
    }
}

#[test]
fn the_key_can_be_in_a_file_and_its_line_end_is_no_part_of_it() {
    let file = in_a_file("line-end");
    for (text, key) in [
        ("a key of many bytes, in a file", "a key of many bytes, in a file"),
        ("a key with a line end, of many bytes\n", "a key with a line end, of many bytes"),
        ("Windows' line end, and a blank \r\n", "Windows' line end, and a blank "),
        ("ключ, in any script 🔑\n\n", "ключ, in any script 🔑"),
    ] {
        std::fs::write(&file, text).unwrap();
        let environment = [("SECRET_KEY_FILE", file.as_str()), ("SECRET_KEY", "")];
        let server = Server::start(PROGRAM, &environment);
        assert_heading(&server, signed(key, "alice", 0), "Logged in as alice");
        assert_heading(&server, signed(ARTICLE, "alice", 0), NOBODY);
    }
}

#[test]
fn a_key_that_cant_be_had_stops_the_server_and_the_line_says_why() {
    std::fs::write(in_a_file("empty"), "\n").unwrap();
    std::fs::write(in_a_file("bytes"), b"\xff\xfe, which is no text").unwrap();
    std::fs::write(in_a_file("key"), "a key of many bytes, in a file").unwrap();
    for (key, file, why) in [
        ("", "missing", "can't be read from SECRET_KEY_FILE="),
        ("", "bytes", "UTF-8"),
        ("", "empty", "it is empty. Make one with: "),
        (
            "a key of many bytes, not in a file",
            "key",
            "SECRET_KEY and SECRET_KEY_FILE are both set",
        ),
    ] {
        let environment =
            [("SECRET_KEY", key), ("SECRET_KEY_FILE", &in_a_file(file)), ("PORT", "0")];
        let ended = probe::run(PROGRAM, &[], &environment);
        assert_ne!(ended.code, Some(0), "{file}: {}", ended.errors);
        assert!(ended.errors.contains(why), "{file}: {}", ended.errors);
    }
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    let pages = ["/login", "/session"];
    probe::assert_no_script_reads_the_wire(&server(), &pages);
}

#[test]
fn the_wire_has_the_servers_verdict_on_the_cookie_and_who_is_logged_in() {
    let old = "an older key, on its way out";
    let server = Server::start(PROGRAM, &[("SECRET_KEY", ARTICLE), ("SECRET_KEY_FALLBACKS", old)]);
    let word = || {
        let wire = server.wire();
        let seen: serde_json::Value = serde_json::from_slice(&wire.body).unwrap();
        let latest = seen["exchanges"].as_array().unwrap().last().unwrap();
        latest["word"].as_str().unwrap_or_else(|| panic!("no word\n{wire}")).to_owned()
    };
    let bad = "refused, bad signature: it was made with another key, or the cookie was changed";
    for (cookie, verdict, who) in [
        (String::new(), "no session came", "not logged in"),
        (signed(ARTICLE, "alice", 0), "valid", "logged in as alice"),
        (signed(old, "alice", 0), "valid, signed by a fallback", "logged in as alice"),
        (signed("somebody's key", "admin", 0), bad, "not logged in"),
    ] {
        for path in ["/", "/login", "/session"] {
            let reply = server.send(get(path).cookie(&cookie));
            assert_eq!(reply.status, 200, "{reply}");
            assert_eq!(word(), format!("Verdict: {verdict}. Now {who}."), "{path}");
        }
    }
    log_in(&server, "", &[("username", "bob")]);
    assert_eq!(word(), "Verdict: no session came. Now logged in as bob.");
}

#[test]
fn on_the_projector_no_page_shows_what_would_log_somebody_in() {
    let server = Server::start(PROGRAM, &[("WIRE", "projector")]);
    let cookie = signed(ARTICLE, "alice", 0);
    let Parts { signature, payload, .. } = Parts::split(&cookie).unwrap();
    for accept in ["text/html", "text/plain"] {
        let reply = server.send(get("/session").header("Accept", accept).cookie(&cookie));
        assert_eq!(reply.status, 200, "{reply}");
        assert!(!reply.text().contains(signature), "{}", reply.with_text(signature));
        assert!(!reply.text().contains(payload), "{}", reply.with_text(payload));
        // The payload of `{"username":"admin"}`: the page forges a cookie.
        assert!(!reply.text().contains("eyJ1c2VybmFtZSI6ImFkbWluIn0"), "{reply}");
        assert!(reply.text().contains("(hidden)") && reply.text().contains("alice"), "{reply}");
    }
}
