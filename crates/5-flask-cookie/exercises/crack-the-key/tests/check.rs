//! The checks of `crack-the-key`: they send cookies that were signed with a word, and try to find the server's own key.

use std::{
    collections::{BTreeSet, HashMap},
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{Router, body::Body, http::Request};
use flask_cookie::{FlaskSession, Keys, Parts, Value};
use probe::{Apart, Passed, Reply, Server, get, post};
use tower_service::Service;

/// So many servers that two of them have the same key where it has no more than two bytes of chance.
const SERVERS: usize = 1000;

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn a_weak_key_is_found_from_one_cookie() -> Passed {
    let server = Server::of(crack_the_key::app());
    let cart = Value::List(vec![1.into(), "tea".into()]);
    for word in crack_the_key::WORDS {
        for (values, at) in [
            (vec![("username", "guest".into())], 1_735_689_600),
            (vec![("username", "艾达".into())], 0),
            (vec![("username", "Ada ".repeat(200).into())], 4_000_000_000),
            (vec![("cart", cart.clone()), ("_permanent", true.into())], 1_735_689_600),
            (vec![], 1_735_689_600),
        ] {
            let cookie = session(word, &values, at);
            let reply = crack(&server, &cookie);
            let page = reply.page().text();
            let mut found = page.split("the key is: ").skip(1);
            let is_it = found
                .next()
                .and_then(|rest| rest.strip_prefix(word))
                .is_some_and(|rest| !rest.starts_with(|next: char| !next.is_whitespace()));
            assert!(
                reply.status == 200 && is_it && found.next().is_none(),
                "Expected `the key is: {word}` for a cookie that this word signed {at} seconds after 1970 began. {} Its session is \
                 {}.\n\n{}",
                says_else(&reply),
                Parts::split(&cookie)
                    .and_then(|parts| parts.json())
                    .map_or_else(|_| String::new(), |json| probe::excerpt(&json, "")),
                reply.with_text("the key is")
            );
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn a_key_that_is_no_word_is_not_found() -> Passed {
    let server = Server::of(crack_the_key::app());
    let (guest, ada) = (signed("secret", "guest", 7), signed("secret", "Ada", 7));
    let edited: Vec<_> = guest.split('.').take(2).chain(ada.split('.').skip(2)).collect();
    for (what, cookie) in [
        ("another key signed this cookie", signed("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT", "guest", 7)),
        ("a longer word signed this cookie", signed("secret1", "guest", 7)),
        ("a word signed another session than this one", edited.join(".")),
        ("this is no cookie", "no cookie".to_owned()),
        ("this is nothing", String::new()),
        ("this has the shape of a cookie", "a.b.c".to_owned()),
    ] {
        let reply = crack(&server, &cookie);
        let page = reply.page();
        assert!(
            reply.status == 200 && page.says("no word") && !page.says("the key is:"),
            "Expected `no word`, for {what}. {}\n\n{}",
            says_else(&reply),
            reply.with_text("key")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn a_guest_gets_a_session() -> Passed {
    let server = Server::of(crack_the_key::app());
    let start = nanoseconds() / 1_000_000_000;
    let mut signatures: HashMap<String, String> = HashMap::new();
    for _ in 0..10 {
        let (cookie, reply) = cookie(&server);
        let parts = Parts::split(&cookie).ok();
        let session = parts.and_then(|parts| parts.unverified_session().ok()).unwrap_or_default();
        assert!(
            session.get_str("username") == Some("guest"),
            "Expected the session of a guest in the cookie `cracked`: {{\"username\":\"guest\"}}. It is {}.\n\n{reply}",
            session.to_json()
        );
        let at = parts.and_then(|parts| parts.signed_at().ok()).unwrap_or_default();
        assert!(
            u128::from(at) >= start && u128::from(at) <= nanoseconds() / 1_000_000_000,
            "Expected a cookie that was signed now. It says that it was signed {at} seconds after 1970 began.\n\n{reply}"
        );
        let (text, signature) = cookie.rsplit_once('.').unwrap_or_default();
        let before = signatures.entry(text.to_owned()).or_insert_with(|| signature.to_owned());
        assert!(
            before == signature,
            "Expected one key for as long as a server runs, or it can't read its own cookies. It signed {text} with {before}, \
             and then with {signature}.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn nobody_finds_the_servers_own_key() -> Passed {
    // Somebody may know when a server started, to the microsecond.
    let started = |_| {
        let before = nanoseconds();
        let server = crack_the_key::app();
        (server, before, nanoseconds())
    };
    let mut servers: Vec<_> = (0..SERVERS).map(started).collect();
    servers.sort_by_key(|(_, before, after)| after - before);
    let (before, after) = (servers[0].1, servers[0].2);
    let mut servers: Vec<Router> = servers.into_iter().map(|(server, ..)| server).collect();
    let cookies = cookies(&mut servers, 0);
    let first = &cookies[0];
    // The time is taken at the beginning of what takes much longer where nothing is optimized.
    if let Some(key) = times(before, after.min(before + 3000)).find(|key| signed_it(key, first)) {
        panic!(
            "Expected a key that nobody finds. The server's own key is the time when it started, `{}`: whoever knows about \
             when that was tries them all, against the cookie cracked={first}.",
            key.escape_ascii()
        );
    }
    for cookie in cookies.iter().take(3) {
        if let Some(guess) = guesses().find(|guess| signed_it(guess, cookie)) {
            panic!(
                "Expected a key that is in no list. The server's own key is {guess:?}: it was found from the cookie \
                 cracked={cookie} without one more request."
            );
        }
    }
    // Only signatures of the same text, in the same second, can be compared: ask until enough of them were.
    let mut compared = 0;
    for round in 0..60 {
        let mut seen: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for (at, cookie) in self::cookies(&mut servers, round * 137).into_iter().enumerate() {
            let (text, signature) = cookie.rsplit_once('.').unwrap_or_default();
            let others = seen.entry(text.to_owned()).or_default();
            compared += others.len();
            if let Some(other) = others.insert(signature.to_owned(), at) {
                panic!(
                    "Expected another key for each server, and of {SERVERS} servers number {other} and number {at} have \
                     the same one: both signed {text} with {signature}. Where that happens, there are so few keys that one \
                     can try them all."
                );
            }
        }
        if compared > SERVERS * SERVERS / 2 {
            return Passed;
        }
    }
    panic!(
        "Expected that GET / signs the session of a guest, the same text in each server: {compared} of them were the same."
    );
}

#[test]
#[ignore = "exercise: cargo course check crack-the-key"]
fn a_new_start_has_a_new_key() -> Passed {
    let app = Apart::of(crack_the_key::app);
    let (one, other) = (app.start(), app.start());
    for _ in 0..200 {
        let (cookie, _) = cookie(&one);
        let (same, reply) = self::cookie(&other);
        let (text, signature) = cookie.rsplit_once('.').unwrap_or_default();
        if same.rsplit_once('.').is_some_and(|(other, _)| other == text) {
            assert!(
                !same.ends_with(signature),
                "Expected another key for each server. The program was started twice, and both servers sign {text} with \
                 {signature}: whoever starts a copy knows the key.\n\n{reply}"
            );
            return Passed;
        }
    }
    panic!("Expected that GET / signs the session of a guest, the same text in each server.");
}

/// What the server finds for a cookie.
fn crack(server: &Server, cookie: &str) -> Reply {
    server.send(post("/crack", &[("cookie", cookie)]))
}

/// A cookie of this user and this second, signed with this secret.
fn signed(secret: &str, username: &str, at: u64) -> String {
    session(secret, &[("username", username.into())], at)
}

/// A cookie with these values, of this second, signed with this secret.
fn session(secret: &str, values: &[(&str, Value)], at: u64) -> String {
    let mut session = FlaskSession::new();
    for (name, value) in values {
        session.insert(*name, value.clone());
    }
    Keys::new(secret).map(|keys| session.dump(&keys, at)).unwrap_or_default()
}

/// Whether this secret signed the cookie.
fn signed_it(secret: impl AsRef<[u8]>, cookie: &str) -> bool {
    Keys::new(secret)
        .is_ok_and(|keys| Parts::split(cookie).is_ok_and(|parts| parts.signed_by(&keys).is_some()))
}

/// Keys made of the times between two, in nanoseconds since 1970: in every unit, whole and within a second, as a number or its
/// bytes.
fn times(from: u128, to: u128) -> impl Iterator<Item = Vec<u8>> {
    let units = [1, 1_000, 1_000_000, 1_000_000_000];
    let mut keys = BTreeSet::new();
    for at in from..=to {
        for time in units.into_iter().flat_map(|unit| [at / unit, at % 1_000_000_000 / unit]) {
            keys.insert(time.to_string().into_bytes());
            keys.insert(time.to_le_bytes().to_vec());
        }
    }
    keys.into_iter()
}

/// Now, in nanoseconds since 1970.
fn nanoseconds() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()
}

/// What is wrong with an answer that does not say what it should.
fn says_else(reply: &Reply) -> String {
    match reply.status {
        200 => "The page says something else.".to_owned(),
        0 => "The server closed the connection without an answer.".to_owned(),
        status => format!("The answer is {status}."),
    }
}

/// What an attacker tries first: the words, and what people make of them.
fn guesses() -> impl Iterator<Item = String> {
    crack_the_key::WORDS.into_iter().flat_map(|word| {
        let made =
            [word.to_owned(), word.to_uppercase(), word.repeat(2), word.chars().rev().collect()];
        made.into_iter().chain((0..100).map(move |number| format!("{word}{number}")))
    })
}

/// The cookie of a server.
#[track_caller]
fn cookie(server: &Server) -> (String, Reply) {
    let reply = server.send(get("/"));
    let Some(cookie) = reply.pair("cracked").and_then(|pair| pair.strip_prefix("cracked=")) else {
        panic!("Expected that GET / sets the cookie `cracked`.\n\n{reply}")
    };
    (cookie.to_owned(), reply)
}

/// The cookies of servers that are asked in this process, without a network, from this one on.
fn cookies(servers: &mut [Router], first: usize) -> Vec<String> {
    let number = servers.len();
    servers.rotate_left(first % number);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("no runtime: {error}"));
    let cookies = servers.iter_mut().map(|server| {
        let Ok(answer) = runtime.block_on(server.call(Request::new(Body::empty())));
        let lines =
            answer.headers().get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let cookie =
            lines.filter_map(|line| line.strip_prefix("cracked=")?.split(';').next()).next();
        cookie.map(str::to_owned).unwrap_or_else(|| {
            panic!(
                "Expected that GET / sets the cookie `cracked`. Its heads are {:?}.",
                answer.headers()
            )
        })
    });
    cookies.collect()
}
