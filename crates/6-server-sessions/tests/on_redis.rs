//! The server on Redis: everything it promises on any store, two servers on one Redis, and a Redis that goes away.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod behaviour;
mod common;

use std::{
    thread,
    time::{Duration, Instant},
};

use common::{
    RedisServer, expect, expect_nobody, expect_user, handles, hash, home, log_in, note, notes,
    serve, serve_with, sid,
};
use probe::{get, post};

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

/// Asks until the server answers with a page.
fn wait_for(server: &probe::Server, cookie: &str, patience: Duration) {
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
