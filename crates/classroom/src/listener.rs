//! One listener on both loopback addresses.
//!
//! `localhost` names two addresses, `127.0.0.1` and `[::1]`, and browsers may try `[::1]` first. A server that listens on
//! only one of them leaves the other to whatever program comes first: the browser would show that program's page.

use std::{
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
};

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};

use ::wire::Connection;

/// Who is at the other end of a connection. All requests over it share this value.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    pub(crate) connection: Connection,
}

impl Peer {
    /// Of a connection that has just been opened.
    pub(crate) fn of(address: SocketAddr) -> Self {
        Self { address, connection: Connection::new() }
    }
}

/// Listens on a port of `127.0.0.1` and, where the machine has it, of `[::1]`.
pub(crate) struct Loopback {
    v4: TcpListener,
    v6: Option<TcpListener>,
    port: u16,
}

impl Loopback {
    /// Binds `port` on both addresses; port 0 takes one that is free on both.
    ///
    /// # Errors
    ///
    /// Whatever the system says of the address that could not be bound, `AddrInUse` above all. A machine without IPv6
    /// is no error.
    pub(crate) async fn bind(port: u16) -> io::Result<Self> {
        const ATTEMPTS: u8 = 20;
        let mut attempt = 1;
        loop {
            match Self::bind_both(port).await {
                // The port that was free on 127.0.0.1 may be taken on [::1]; the next one may not.
                Err(error)
                    if port == 0 && error.kind() == ErrorKind::AddrInUse && attempt < ATTEMPTS =>
                {
                    attempt += 1
                }
                result => return result,
            }
        }
    }

    async fn bind_both(port: u16) -> io::Result<Self> {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let port = v4.local_addr()?.port();
        let v6 = match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
            Ok(listener) => Some(listener),
            Err(error) if has_no_ipv6(&error) => None,
            Err(error) => return Err(error),
        };
        Ok(Self { v4, v6, port })
    }

    /// The port that was bound.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// A port that is taken, or that needs rights, exists; an address that the machine doesn't have is no reason to stop.
fn has_no_ipv6(error: &io::Error) -> bool {
    !matches!(error.kind(), ErrorKind::AddrInUse | ErrorKind::PermissionDenied)
}

impl Listener for Loopback {
    type Io = TcpStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (TcpStream, SocketAddr) {
        match &mut self.v6 {
            None => Listener::accept(&mut self.v4).await,
            Some(v6) => tokio::select! {
                connection = Listener::accept(&mut self.v4) => connection,
                connection = Listener::accept(v6) => connection,
            },
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.v4.local_addr()
    }
}
