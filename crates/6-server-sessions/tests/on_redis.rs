//! The server on Redis: everything it promises on any store, two servers on one Redis, and a Redis that goes away.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod behaviour;
mod common;

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use common::{
    RedisServer, expect, expect_nobody, expect_not, expect_user, handles, hash, home, latest,
    log_in, note, notes, serve, serve_with, sid,
};
use probe::{Server, get, post};

fn store() -> RedisServer {
    RedisServer::start()
}

#[test]
fn two_servers_share_the_sessions_of_one_redis() {
    let redis = store();
    let (a, b) = (serve(&redis.store()), serve(&redis.store()));
    let ada = log_in(&a, "Ada");
    expect_user(&b, &ada, "Ada");
    assert_eq!(b.send(note(&ada, "milk")).status, 303);
    assert_eq!(notes(&a, &ada), ["milk"]);
    let reply = b.send(post("/logout", &[]).cookie(&ada));
    assert_eq!(reply.status, 303, "{reply}");
    expect_nobody(&a, &ada);

    let (first, second, third) = (log_in(&a, "Ada"), log_in(&b, "Ada"), log_in(&b, "Ada"));
    assert_eq!(handles(&b.send(get("/sessions").cookie(&first))).len(), 2);
    let reply = a.send(post("/sessions/revoke", &[("session", "others")]).cookie(&first));
    assert_eq!(reply.status, 303, "{reply}");
    for server in [&a, &b] {
        expect_user(server, &first, "Ada");
        expect_nobody(server, &second);
        expect_nobody(server, &third);
    }
}

#[test]
fn a_copy_of_redis_opens_no_door() {
    let redis = store();
    let server = serve(&redis.store());
    let ada = log_in(&server, "Ada");
    let keys = redis.ask("KEYS *");
    assert!(keys.contains("crumbs:session:"), "{keys}");
    assert!(!keys.contains(ada.trim_start_matches("sid=")), "the id should not be a key: {keys}");
    assert!(
        !redis.ask("INFO keyspace").contains("expires=0"),
        "Redis should know when the session ends"
    );
}

#[test]
fn a_record_that_can_not_be_read_is_no_session_and_is_removed() {
    let redis = store();
    let server = serve(&redis.store());
    let ada = log_in(&server, "Ada");
    let key: String = hash(&ada).iter().map(|byte| format!("{byte:02x}")).collect();
    redis.ask(&format!("HSET crumbs:session:{key} record junk"));
    expect_nobody(&server, &ada);
    expect_user(&server, &log_in(&server, "Ada"), "Ada");
    assert_eq!(redis.ask(&format!("EXISTS crumbs:session:{key}")), ":0\r\n");
}

#[test]
fn a_log_out_leaves_nothing_that_later_log_ins_ask_for() {
    let redis = store();
    let server = serve(&redis.store());
    for _ in 0..5 {
        let ada = log_in(&server, "Ada");
        assert_eq!(server.send(post("/logout", &[]).cookie(&ada)).status, 303);
    }
    log_in(&server, "Ada");
    assert_eq!(redis.ask("ZCARD crumbs:user:Ada"), ":1\r\n");
}

#[test]
fn a_session_may_last_longer_than_redis_can_count() {
    let redis = store();
    let most = u64::MAX.to_string();
    let server = serve_with(&redis.store(), &[("SESSION_SECONDS", &most), ("IDLE_SECONDS", &most)]);
    expect_user(&server, &log_in(&server, "Ada"), "Ada");
    assert!(!redis.ask("INFO keyspace").contains("expires=0"), "every key has an end");
}

#[test]
fn while_redis_is_away_nobody_is_logged_out_and_then_all_is_as_before() {
    let mut redis = store();
    let server = serve(&redis.store());
    let ada = log_in(&server, "Ada");
    redis.kill();
    for request in [
        get("/").cookie(&ada),
        get("/sessions").cookie(&ada),
        note(&ada, "milk"),
        post("/logout", &[]).cookie(&ada),
        post("/login", &[("username", "Bob")]),
    ] {
        let reply = server.send(request);
        assert_eq!(reply.status, 503, "{reply}");
        assert_eq!(reply.header("Retry-After"), Some("2"), "{reply}");
        assert_eq!(reply.set_cookies(), [""; 0], "no cookie may be lost over it. {reply}");
        expect(&reply, "You are not logged out");
    }
    assert_eq!(
        server.send(get("/login")).status,
        200,
        "a page that needs no session needs no store"
    );
    assert_eq!(server.send(get("/")).status, 200, "a request without an id asks the store nothing");
    redis.restart();
    wait_for(&server, &ada, Duration::from_secs(5));
    expect_user(&server, &ada, "Ada");
    assert_eq!(notes(&server, &ada), [""; 0], "what was refused was not done");
    assert!(sid(&server.send(post("/login", &[("username", "Bob")]))).starts_with("sid="));
}

#[test]
fn a_server_starts_without_redis_and_serves_as_soon_as_it_is_there() {
    let mut redis = store();
    redis.kill();
    let server = serve(&redis.store());
    let cookie = "sid=0123456789abcdef0123456789abcdef";
    assert_eq!(home(&server, cookie).status, 503);
    redis.restart();
    wait_for(&server, cookie, Duration::from_secs(5));
    expect_nobody(&server, cookie);
}

/// A log-in, a snapshot, a log-out, and a Redis that is killed and started again.
fn log_out_and_kill(redis: &mut RedisServer) -> (Server, String) {
    let server = serve(&redis.store());
    let ada = log_in(&server, "Ada");
    assert_eq!(redis.ask("SAVE"), "+OK\r\n");
    assert_eq!(server.send(post("/logout", &[]).cookie(&ada)).status, 303);
    expect_nobody(&server, &ada);
    redis.restart();
    wait_for(&server, &ada, Duration::from_secs(5));
    (server, ada)
}

#[test]
fn with_an_append_only_file_a_log_out_outlives_a_kill() {
    let mut redis = store();
    let (server, ada) = log_out_and_kill(&mut redis);
    expect_nobody(&server, &ada);
    redis.kill();
    assert_eq!(home(&server, &ada).status, 503);
    assert_eq!(latest(&server)["word"], "Verdict: none, for the store doesn't answer.");
    let said = server.errors_with("can't be reached");
    assert!(!said.contains("appendonly"), "{said}");
}

#[test]
fn without_one_a_kill_undoes_a_log_out_and_the_server_warns_of_it() {
    let mut redis = RedisServer::start_with(&[]);
    let (server, ada) = log_out_and_kill(&mut redis);
    // Nothing that the server could do: Redis gave it back. So it says in time what Redis needs.
    expect_user(&server, &ada, "Ada");
    let _ = server.errors_with("--appendonly yes");
}

#[test]
fn the_server_warns_of_a_redis_that_deletes_what_it_has_no_room_for() {
    for (policy, warns) in [("allkeys-lru", true), ("volatile-ttl", true), ("noeviction", false)] {
        let mut redis = store();
        redis.ask("CONFIG SET maxmemory 100mb");
        redis.ask(&format!("CONFIG SET maxmemory-policy {policy}"));
        let server = serve(&redis.store());
        let ada = log_in(&server, "Ada");
        redis.kill();
        assert_eq!(home(&server, &ada).status, 503);
        let said = server.errors_with("can't be reached");
        assert_eq!(said.contains("noeviction"), warns, "{policy}: {said}");
    }
}

#[test]
fn where_redis_does_not_answer_a_change_nobody_claims_to_know_whether_it_was_made() {
    let redis = store();
    let between = Between::start(redis.port());
    let server = serve(&between.store());
    let planted = sid(&server.send(post("/notes", &[("note", "milk")])));
    let ada = log_in(&server, "Ada");
    for (silent, request) in [
        ("HSET", post("/login", &[("username", "Bob")]).cookie(&planted)),
        ("DEL", post("/logout", &[]).cookie(&ada)),
    ] {
        between.swallow_answers_to(silent);
        let reply = server.send(request);
        assert_eq!(reply.status, 503, "{reply}");
        expect(&reply, "whether what you asked for was done");
        expect_not(&reply, "You are not logged out");
        assert_eq!(reply.header("Retry-After"), None, "nobody should send it twice. {reply}");
        between.swallow_answers_to("nothing");
    }
    expect_nobody(&server, &ada);
    expect_not(&home(&server, &planted), "milk");
}

#[test]
fn a_log_in_is_done_even_where_the_store_goes_away_before_it_makes_room() {
    let redis = store();
    let between = Between::start(redis.port());
    let server = serve(&between.store());
    let planted = sid(&server.send(post("/notes", &[("note", "milk")])));
    between.swallow_answers_to("ZRANGE");
    let reply = server.send(post("/login", &[("username", "Ada")]).cookie(&planted));
    assert_eq!(reply.status, 303, "the old id is gone, so the new one must come. {reply}");
    between.swallow_answers_to("nothing");
    expect_user(&server, &sid(&reply), "Ada");
    expect_nobody(&server, &planted);
}

/// Stands between the server and Redis. Redis gets every command; answers to some are swallowed.
struct Between {
    port: u16,
    silent: Arc<Mutex<&'static str>>,
}

impl Between {
    fn start(redis: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let silent = Arc::new(Mutex::new("nothing"));
        let words = Arc::clone(&silent);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, redis)).unwrap();
                connect(client, server, &words);
            }
        });
        Self { port, silent }
    }

    fn store(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn swallow_answers_to(&self, word: &'static str) {
        *self.silent.lock().unwrap() = word;
    }
}

/// Passes on what both say. Once a command has the word in it, this connection's answers are swallowed.
fn connect(client: TcpStream, server: TcpStream, word: &Arc<Mutex<&'static str>>) {
    let swallow = Arc::new(AtomicBool::new(false));
    let (asked, word) = (Arc::clone(&swallow), Arc::clone(word));
    let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || {
        pass_on(from, to, |command| {
            let silent = String::from_utf8_lossy(command).contains(*word.lock().unwrap());
            asked.fetch_or(silent, Ordering::SeqCst);
            true
        });
    });
    thread::spawn(move || pass_on(server, client, |_| !swallow.load(Ordering::SeqCst)));
}

/// Passes on the pieces that `passes` lets through, until one side ends.
fn pass_on(mut from: TcpStream, mut to: TcpStream, passes: impl Fn(&[u8]) -> bool) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece) {
        if passes(&piece[..length]) && to.write_all(&piece[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// Asks until the server answers with a page.
fn wait_for(server: &Server, cookie: &str, patience: Duration) {
    let start = Instant::now();
    loop {
        let reply = home(server, cookie);
        if reply.status == 200 {
            return;
        }
        assert!(start.elapsed() < patience, "still no page after {patience:?}. {reply}");
        thread::sleep(Duration::from_millis(50));
    }
}
