//! What the server promises whatever its store is. `on_redb.rs` and `on_redis.rs` include this file, each with its own
//! `crate::store()`.

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use probe::{Request, Server, get, post};

use crate::{
    common::{
        expect, expect_nobody, expect_not, expect_user, handles, hash, home, latest, log_in, note,
        notes, serve, serve_with, sid, start_of_hash,
    },
    store,
};

/// A server on a store of its own.
fn start() -> (impl Sized, Server) {
    let place = store();
    let server = serve(&place.store());
    (place, server)
}

#[test]
fn nothing_is_stored_and_no_cookie_set_until_there_is_something_to_remember() {
    let (_place, server) = start();
    for path in ["/", "/login", "/sessions"] {
        let reply = server.send(get(path));
        assert_eq!(reply.status, 200, "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "looking should set no cookie. {reply}");
    }
    let reply = server.send(post("/notes", &[("note", "milk")]));
    assert_eq!(reply.status, 303, "{reply}");
    expect(&home(&server, &sid(&reply)), "<li>milk</li>");
}

#[test]
fn a_log_in_sets_one_cookie_that_holds_an_id_and_nothing_else() {
    let (_place, server) = start();
    let reply = server.send(post("/login", &[("username", "Ada")]));
    assert_eq!(reply.header("Location"), Some("/"), "{reply}");
    let lines = reply.set_cookies();
    let [line] = lines[..] else { panic!("one Set-Cookie line should come. {reply}") };
    let (pair, attributes) = line.split_once("; ").unwrap_or((line, ""));
    let id =
        pair.strip_prefix("sid=").unwrap_or_else(|| panic!("the cookie should be sid. {reply}"));
    assert_eq!(attributes, "HttpOnly; SameSite=Lax; Path=/", "{reply}");
    assert!(
        id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "128 bits in hexadecimal. {reply}"
    );
    let reply = home(&server, pair);
    expect(&reply, "<h1>Logged in as Ada</h1>");
    assert_eq!(reply.set_cookies(), [""; 0], "the browser has the id already. {reply}");
    assert_eq!(reply.header("Vary"), Some("Cookie"), "{reply}");
    assert_eq!(reply.header("Cache-Control"), Some("no-store"), "{reply}");
    assert_ne!(log_in(&server, "Ada"), pair, "each log-in has an id of its own");
}

#[test]
fn a_log_in_changes_the_id_and_the_old_one_is_nobody() {
    let (_place, server) = start();
    let planted = sid(&server.send(post("/notes", &[("note", "milk")])));
    let reply = server.send(post("/login", &[("username", "Ada")]).cookie(&planted));
    let own = sid(&reply);
    assert_ne!(
        own, planted,
        "the id from before the log-in must not become the id of the logged-in session. {reply}"
    );
    expect_user(&server, &own, "Ada");
    expect(&home(&server, &own), "<li>milk</li>");
    expect_nobody(&server, &planted);
    expect_not(&home(&server, &planted), "milk");
    let again = sid(&server.send(post("/login", &[("username", "Ada")]).cookie(&own)));
    expect_nobody(&server, &own);
    expect(&home(&server, &again), "<li>milk</li>");
}

#[test]
fn an_id_that_the_server_did_not_make_is_never_taken_over() {
    let (_place, server) = start();
    let planted = "sid=0123456789abcdef0123456789abcdef";
    let reply = server.send(post("/login", &[("username", "Ada")]).cookie(planted));
    assert_ne!(sid(&reply), planted, "{reply}");
    expect_nobody(&server, planted);
    let reply = server.send(note(planted, "milk"));
    assert_ne!(sid(&reply), planted, "{reply}");
    expect_not(&home(&server, planted), "milk");
}

#[test]
fn one_user_does_not_get_the_notes_of_another_who_was_logged_in_before() {
    let (_place, server) = start();
    let ada = log_in(&server, "Ada");
    assert_eq!(server.send(note(&ada, "a secret")).status, 303);
    let bob = sid(&server.send(post("/login", &[("username", "Bob")]).cookie(&ada)));
    expect_user(&server, &bob, "Bob");
    expect_not(&home(&server, &bob), "a secret");
    expect_nobody(&server, &ada);
}

#[test]
fn a_log_out_ends_the_session_even_for_a_copied_cookie() {
    let (_place, server) = start();
    let ada = log_in(&server, "Ada");
    let copy = ada.clone();
    let reply = server.send(post("/logout", &[]).cookie(&ada));
    assert_eq!((reply.status, reply.header("Location")), (303, Some("/")), "{reply}");
    let line = reply.set_cookies().join("|");
    assert!(
        line.starts_with("sid=; ") && line.contains("Path=/") && line.contains("Max-Age=0"),
        "{reply}"
    );
    expect_nobody(&server, &copy);
    let reply = server.send(get("/logout").cookie(&copy));
    assert_eq!(reply.status, 405, "a link must not log anybody out. {reply}");
}

#[test]
fn notes_may_be_larger_than_a_cookie_and_the_cookie_stays_small() {
    let (_place, server) = start();
    let ada = log_in(&server, "Ada");
    let long = "x".repeat(7000);
    for _ in 0..3 {
        let reply = server.send(note(&ada, &long));
        assert_eq!(reply.status, 303, "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    assert_eq!(notes(&server, &ada), [long.as_str(); 3]);
}

#[test]
fn what_is_too_large_or_no_use_is_refused_by_name_and_changes_nothing() {
    let (_place, server) = start();
    let ada = log_in(&server, "Ada");
    assert_eq!(server.send(note(&ada, &"x".repeat(8192))).status, 303);
    let reply = server.send(note(&ada, &"x".repeat(8193)));
    assert_eq!(reply.status, 413, "{reply}");
    expect(&reply, "8193 bytes");
    for _ in 1..32 {
        assert_eq!(server.send(note(&ada, &"x".repeat(8192))).status, 303);
    }
    let reply = server.send(note(&ada, "y"));
    assert_eq!(reply.status, 413, "32 notes of 8192 bytes fill the session. {reply}");
    expect(&reply, "are full");
    assert_eq!(notes(&server, &ada).len(), 32);
    for (path, form) in [
        ("/login", vec![("username", "   ")]),
        ("/login", vec![]),
        ("/notes", vec![("note", " ")]),
        ("/notes", vec![("text", "milk")]),
        ("/sessions/revoke", vec![]),
    ] {
        let reply = server.send(post(path, &form).cookie(&ada));
        assert_eq!(reply.status, 422, "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
    }
    let long = "x".repeat(101);
    let reply = server.send(post("/login", &[("username", &long)]));
    assert_eq!(reply.status, 422, "{reply}");
    let reply = server.send(
        Request::new("POST", "/notes").header("Content-Type", "application/json").body(b"{}"),
    );
    assert_eq!(reply.status, 415, "{reply}");
    let bytes = Request::new("POST", "/notes")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(b"note=%ff%fe&note=2");
    let reply = server.send(bytes);
    assert!(
        matches!(reply.status, 400 | 422),
        "two fields of one name are no form of ours. {reply}"
    );
}

#[test]
fn a_user_sees_all_browsers_and_ends_one_or_all_others() {
    let (_place, server) = start();
    let agent = |name: &str| {
        sid(&server.send(post("/login", &[("username", "Ada")]).header("User-Agent", name)))
    };
    let (laptop, phone, library) = (agent("Laptop/1"), agent("Phone/2"), agent("Library/3"));
    let bob = log_in(&server, "Bob");
    let list = server.send(get("/sessions").cookie(&laptop));
    for name in [
        "Laptop/1",
        "Phone/2",
        "Library/3",
        "This browser",
        "Logged in just now",
        "last seen just now",
    ] {
        expect(&list, name);
    }
    for cookie in [&laptop, &phone, &library] {
        // Two browsers may call themselves the same: the store's key tells them apart, here and on the wire.
        expect(&list, &format!("<code>{}…</code>", start_of_hash(cookie)));
    }
    let offered = handles(&list);
    assert_eq!(offered.len(), 2, "every browser but this one can be logged out. {list}");
    for id in [&laptop, &phone, &library] {
        expect_not(&list, id.trim_start_matches("sid="));
    }

    let reply = server.send(post("/sessions/revoke", &[("session", &offered[0])]).cookie(&bob));
    assert_eq!(reply.status, 303, "{reply}");
    expect_user(&server, &phone, "Ada");
    expect_user(&server, &library, "Ada");

    let reply = server.send(post("/sessions/revoke", &[("session", &offered[0])]).cookie(&laptop));
    assert_eq!((reply.status, reply.header("Location")), (303, Some("/sessions")), "{reply}");
    let left =
        [&phone, &library].map(|cookie| home(&server, cookie).text().contains("Logged in as Ada"));
    assert_eq!(
        left.iter().filter(|left| **left).count(),
        1,
        "one of the two should be logged out, {left:?} are left"
    );

    let reply = server.send(post("/sessions/revoke", &[("session", "others")]).cookie(&laptop));
    assert_eq!(reply.status, 303, "{reply}");
    expect_nobody(&server, &phone);
    expect_nobody(&server, &library);
    expect_user(&server, &laptop, "Ada");
    expect_user(&server, &bob, "Bob");

    let reply = server.send(post("/sessions/revoke", &[("session", "others")]));
    assert_eq!(reply.status, 403, "nobody has no others. {reply}");
    expect(&server.send(get("/sessions")), "You are not logged in here");
}

#[test]
fn the_twenty_first_browser_of_a_user_ends_the_oldest() {
    let (_place, server) = start();
    let all: Vec<_> = (0..21).map(|_| log_in(&server, "Ada")).collect();
    let left =
        all.iter().filter(|cookie| home(&server, cookie).text().contains("Logged in as Ada"));
    assert_eq!(left.count(), 20);
    expect_user(&server, &all[20], "Ada");
}

#[test]
fn a_strange_byte_elsewhere_loses_no_session_and_the_first_known_id_counts() {
    let (_place, server) = start();
    let ada = log_in(&server, "Ada");
    let bob = log_in(&server, "Bob");
    let with = |parts: &[&[u8]]| server.send(get("/").cookie(parts.concat()));
    expect(&with(&[b"x=\xff\xfe; ", ada.as_bytes()]), "Logged in as Ada");
    expect(&with(&[b"nickname=\xe7\x94\xa8; =; ;; ", ada.as_bytes(), b"; y"]), "Logged in as Ada");
    expect(
        &with(&[b"sid=; sid=ffffffffffffffffffffffffffffffff; ", ada.as_bytes()]),
        "Logged in as Ada",
    );
    expect(
        &with(&[b"sid=\xff\xff; sid=\"x\"; ", ada.as_bytes(), b"; ", bob.as_bytes()]),
        "Logged in as Ada",
    );
    expect(&with(&[bob.as_bytes(), b"; ", ada.as_bytes()]), "Logged in as Bob");
    let two_lines = get("/").cookie("theme=dark").cookie(&ada);
    expect(&server.send(two_lines), "Logged in as Ada");
    for strange in ["SID", "xsid", "sid "] {
        let pair = format!("{strange}x={}", ada.trim_start_matches("sid="));
        expect(&server.send(get("/").cookie(pair)), "You are not logged in");
    }
}

#[test]
fn nothing_that_a_client_sends_becomes_markup() {
    let (_place, server) = start();
    let script = "<script>alert(1)</script>\"'用户";
    let reply = server.send(post("/login", &[("username", script)]).header("User-Agent", script));
    let cookie = sid(&reply);
    assert_eq!(server.send(note(&cookie, script)).status, 303);
    for path in ["/", "/sessions"] {
        let reply = server.send(get(path).cookie(&cookie));
        expect_not(&reply, "<script>alert");
        expect(&reply, "alert(1)");
        expect(&reply, "用户");
    }
    let agent = get("/sessions").cookie(&cookie).header("User-Agent", b"\xff\x80");
    assert_eq!(server.send(agent).status, 200);
}

#[test]
fn behind_tls_the_cookie_is_host_only_and_secure() {
    let place = store();
    let server = serve_with(&place.store(), &[("SECURE", "on")]);
    let reply = server.send(post("/login", &[("username", "Ada")]));
    let line = reply.set_cookies().join("|");
    assert!(line.starts_with("__Host-sid="), "{reply}");
    assert!(line.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{reply}");
    let pair = reply.pair("__Host-sid").unwrap_or_default().to_owned();
    expect_user(&server, &pair, "Ada");
    expect_nobody(&server, pair.trim_start_matches("__Host-"));
    let reply = server.send(post("/logout", &[]).cookie(&pair));
    let line = reply.set_cookies().join("|");
    assert!(
        line.starts_with("__Host-sid=;") && line.contains("Secure"),
        "browsers take no __Host- without it. {reply}"
    );
}

#[test]
fn a_session_outlives_the_server() {
    let place = store();
    let server = serve(&place.store());
    let ada = log_in(&server, "Ada");
    assert_eq!(server.send(note(&ada, "milk")).status, 303);
    drop(server);
    let server = serve(&place.store());
    expect_user(&server, &ada, "Ada");
    assert_eq!(notes(&server, &ada), ["milk"]);
}

#[test]
fn a_session_that_is_not_used_ends() {
    let place = store();
    let server = serve_with(&place.store(), &[("IDLE_SECONDS", "1")]);
    let ada = log_in(&server, "Ada");
    thread::sleep(std::time::Duration::from_millis(2100));
    expect_nobody(&server, &ada);
}

#[test]
fn requests_at_the_same_time_lose_nothing() {
    let (_place, server) = start();
    let ada = log_in(&server, "Ada");
    let (kept, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for client in 0..32 {
            let (server, ada, kept, refused) = (&server, &ada, &kept, &refused);
            scope.spawn(move || {
                for change in 0..CHANGES {
                    let reply = server.send(note(ada, &format!("{client}-{change}")));
                    match reply.status {
                        303 => kept.fetch_add(1, Ordering::Relaxed),
                        409 => {
                            expect(&reply, "Nothing was changed");
                            assert_eq!(reply.header("Retry-After"), Some("2"), "{reply}");
                            refused.fetch_add(1, Ordering::Relaxed)
                        }
                        _ => panic!("a change is stored or refused. {reply}"),
                    };
                }
            });
        }
    });
    let mut stored = notes(&server, &ada);
    let all = stored.len();
    stored.sort();
    stored.dedup();
    assert_eq!(stored.len(), all, "no note twice");
    assert_eq!(
        all,
        kept.into_inner(),
        "every acknowledged note is there, and no other ({refused:?} were refused)"
    );
    assert!(all >= 32 * CHANGES / 2, "only {all} of {} changes were stored", 32 * CHANGES);
}

/// Of each of the 32 clients. `cargo bench -p server-sessions --bench measure -- parallel` does 200.
const CHANGES: usize = 10;

#[test]
fn a_log_out_beats_the_requests_under_way() {
    let (_place, server) = start();
    for _ in 0..10 {
        race_with_log_out(&server);
    }
}

/// Four clients write while one logs out: afterwards the session is gone, whoever came last.
fn race_with_log_out(server: &Server) {
    let ada = log_in(server, "Ada");
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..4 {
            let (ada, over) = (&ada, &over);
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let reply = server.send(note(ada, "milk"));
                    // After the log-out a note starts a session of its own, under another id.
                    assert!(matches!(reply.status, 303 | 409), "{reply}");
                }
            });
        }
        thread::sleep(std::time::Duration::from_millis(30));
        let reply = server.send(post("/logout", &[]).cookie(&ada));
        assert_eq!(reply.status, 303, "{reply}");
        thread::sleep(std::time::Duration::from_millis(20));
        over.store(true, Ordering::Relaxed);
    });
    expect_nobody(server, &ada);
    assert_eq!(notes(server, &ada), [""; 0], "nobody should bring the session back");
}

#[test]
fn a_client_that_is_not_ours_logs_in_notes_and_logs_out() {
    let (_place, server) = start();
    let browser = ureq::Agent::new_with_defaults();
    let page = |answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>| {
        answer.unwrap().body_mut().read_to_string().unwrap()
    };
    let home = || page(browser.get(server.url("/")).call());
    assert!(home().contains("You are not logged in"));
    assert!(
        page(browser.post(server.url("/login")).send_form([("username", "Ada")]))
            .contains("Logged in as Ada")
    );
    assert!(
        page(browser.post(server.url("/notes")).send_form([("note", "milk")]))
            .contains("<li>milk</li>")
    );
    assert!(page(browser.get(server.url("/sessions")).call()).contains("This browser"));
    assert!(
        page(browser.post(server.url("/logout")).send_empty()).contains("You are not logged in")
    );
    assert!(!home().contains("milk"));
}

#[test]
fn the_wire_has_what_the_store_made_of_the_id() {
    let (_place, server) = start();
    let said = |request: Request| {
        let _ = server.send(request);
        latest(&server)["word"].as_str().unwrap_or("no word").to_owned()
    };
    assert_eq!(said(get("/")), "Verdict: no id came. Now not logged in.");
    let log_in = post("/login", &[("username", "Ada")]);
    assert_eq!(said(log_in), "Verdict: no id came. Now logged in as Ada, under a new id.");
    let ada = crate::common::log_in(&server, "Ada");
    for path in ["/", "/sessions"] {
        let word = said(get(path).cookie(&ada));
        assert_eq!(word, "Verdict: the store knows this id. Now logged in as Ada.", "{path}");
    }
    assert_eq!(said(note(&ada, "milk")), "Verdict: the store knows this id. Now logged in as Ada.");
    let unknown = "Verdict: the store doesn't know this id. Now not logged in.";
    for id in ["sid=0123456789abcdef0123456789abcdef", "sid=made up"] {
        assert_eq!(said(get("/").cookie(id)), unknown);
    }
    let log_out = post("/logout", &[]).cookie(&ada);
    assert_eq!(said(log_out), "Verdict: the store knows this id. Now not logged in.");
    assert_eq!(said(get("/").cookie(&ada)), unknown);
    // A refusal has its word, too.
    let end = post("/sessions/revoke", &[("session", "others")]).cookie(&ada);
    assert_eq!(said(end), unknown);
}

#[test]
fn the_wire_has_the_store_beside_the_jar_and_in_it_no_id() {
    let (_place, server) = start();
    let rows = || -> Vec<(String, String)> {
        let exchange = latest(&server);
        let text = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
        let rows = exchange["store"].as_array().unwrap();
        rows.iter().map(|row| (text(row, "key"), text(row, "what"))).collect()
    };
    let key = |cookie: &str| -> String {
        hash(cookie)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let _ = server.send(get("/"));
    assert_eq!(rows(), []);
    let ada = log_in(&server, "Ada");
    let bob = log_in(&server, "Bob");
    let reply = server.send(note(&ada, "milk"));
    assert_eq!(reply.status, 303, "{reply}");
    let mut expected = vec![(key(&ada), "Ada, 1 note".to_owned()), (key(&bob), "Bob".to_owned())];
    assert_eq!(rows(), expected, "this browser's own comes first");
    expected.reverse();
    let _ = home(&server, &bob);
    assert_eq!(rows(), expected);
    let reply = server.send(post("/logout", &[]).cookie(&bob));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(rows(), expected[1..]);
    for _ in 0..25 {
        let _ = log_in(&server, "Many");
        let _ = log_in(&server, "Others");
    }
    let _ = home(&server, &ada);
    assert_eq!(rows().len(), 20);
    assert_eq!(rows()[0], expected[1]);
}
