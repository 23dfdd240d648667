//! Servers in processes of their own: they forget, and they end.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::{Router, routing::get};
use probe::{Apart, Server};

/// Counts in a `static`, which outlives a router and not a process.
fn counter(word: &'static str) -> Router {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    Router::new().route(
        "/",
        get(move || async move {
            format!("{word} {} {}", COUNT.fetch_add(1, Ordering::SeqCst), std::process::id())
        }),
    )
}

fn said(server: &Server) -> Vec<String> {
    server.send(probe::get("/")).text().split(' ').map(str::to_owned).collect()
}

#[test]
fn a_restart_forgets_everything() {
    let app = Apart::of(|| counter("one"));
    let server = app.start();
    assert_eq!((&said(&server)[1], &said(&server)[1]), (&"0".to_owned(), &"1".to_owned()));
    drop(server);
    let server = app.start();
    assert_eq!(said(&server)[..2], ["one", "0"]);
    assert_ne!(said(&server)[2], std::process::id().to_string(), "it is no thread of ours");
}

#[test]
fn several_servers_of_one_test_are_several_processes() {
    let (one, two, three) = (
        Apart::of(|| counter("one")),
        Apart::of(|| counter("two")),
        Apart::of(|| counter("three")),
    );
    let servers = [three.start(), one.start(), two.start(), one.start()];
    let words: Vec<_> = servers.iter().map(said).collect();
    for (said, word) in words.iter().zip(["three", "one", "two", "one"]) {
        assert_eq!(said[..2], [word, "0"]);
    }
    let mut processes: Vec<_> = words.iter().map(|said| &said[2]).collect();
    processes.sort();
    processes.dedup();
    assert_eq!(processes.len(), 4, "{words:?}");
}

#[test]
fn a_server_that_is_begun_late_is_reached_through_the_test_before_it() {
    let first = Apart::of(|| counter("first")).start();
    assert_eq!(said(&first)[..2], ["first", "0"]);
    let second = Apart::of(|| counter("second")).start();
    assert_eq!(said(&second)[..2], ["second", "0"]);
    assert_eq!(said(&first)[1], "1", "the first goes on");
}

#[test]
#[ignore = "tried by `cargo test -- --include-ignored`, as exercises' tests are"]
fn an_ignored_test_has_its_server_too() {
    assert_eq!(said(&Apart::of(|| counter("ignored")).start())[..2], ["ignored", "0"]);
}

#[test]
fn a_seed_is_the_same_in_the_servers_process() {
    let app = || Router::new().route("/", get(|| async { format!("{:?}", probe::seed("key")) }));
    let server = Apart::of(app).start();
    assert_eq!(server.send(probe::get("/")).text(), format!("{:?}", probe::seed("key")));
    let _ = counter("");
}

#[cfg(unix)]
#[test]
fn a_server_ends_with_the_process_that_started_it() {
    let app = Apart::of(|| {
        // A test within the server's process starts a server of its own, and is killed.
        Router::new().route("/", get(|| async { std::process::id().to_string() }))
    });
    let outer = Apart::of(move || {
        let inner = app.start();
        let port = inner.port();
        std::mem::forget(inner);
        Router::new().route("/", get(move || async move { port.to_string() }))
    });
    let server = outer.start();
    let port: u16 = server.send(probe::get("/")).text().parse().expect("a port");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    server.signal("KILL");
    let ended = launch::within(launch::PATIENCE, || {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err().then_some(())
    });
    assert!(ended.is_some(), "the inner server outlives its parent");
}

#[test]
#[should_panic(expected = "the answer is wrong")]
fn what_stops_the_servers_process_is_said() {
    let app = Apart::of(|| panic!("the answer is wrong"));
    let _ = app.start();
}
