//! A program whose terminal is closed: each word that it says is an error.

use std::{
    io::pipe,
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::Stdio,
};

use launch::{PATIENCE, within};

use crate::server::launch;

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
    let mut command =
        launch(program, &[], environment).variable("PORT", port.to_string()).command();
    let server = command.stdin(Stdio::null()).stdout(closed()).stderr(closed()).spawn();
    let mut server = server.expect("the program starts");
    let listens = within(PATIENCE, || match server.try_wait() {
        Ok(None) => TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok().then_some(true),
        _ => Some(false),
    });
    let _ = server.kill();
    let _ = server.wait();
    assert!(listens == Some(true), "the server should listen, with {environment:?}");
}
