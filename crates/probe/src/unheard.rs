//! A program whose terminal is closed: each word that it says is an error.

use std::{
    io::pipe,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use launch::PATIENCE;

/// Starts a lesson's program with these environment variables and nobody to hear it, and asks that it listens all the same.
///
/// # Panics
///
/// Where the program does not start, ends, or does not listen in time.
#[track_caller]
pub fn assert_serves_unheard(program: &str, environment: &[(&str, &str)]) {
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
    let port = port.expect("a free port on 127.0.0.1").port();
    // The other ends are closed at once.
    let closed = || pipe().expect("a pipe").1;
    let mut server = Command::new(program);
    let server = server.envs(environment.iter().copied()).env("PORT", port.to_string());
    let server = server.stdin(Stdio::null()).stdout(closed()).stderr(closed()).spawn();
    let mut server = server.expect("the program starts");
    let end = Instant::now() + PATIENCE;
    let mut listens = false;
    while !listens && Instant::now() < end && matches!(server.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(10));
        listens = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
    }
    let _ = server.kill();
    let _ = server.wait();
    assert!(listens, "the server should listen, with {environment:?}");
}
