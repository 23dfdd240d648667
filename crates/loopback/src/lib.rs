//! Serves to this machine alone, by one listener on both loopback addresses.
//!
//! `localhost` names two addresses, `127.0.0.1` and `[::1]`, and browsers may try `[::1]` first. A server that listens on
//! only one of them leaves the other to whatever program comes first: the browser would show that program's page.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    io::{self, ErrorKind},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::Response,
    serve::{IncomingStream, Listener},
};
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service;

/// A future in a box. Its type says nothing of who made it: so the compiler makes a server's code here, once.
pub type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// What becomes of a request.
pub type Answer = Boxed<Result<Response, Infallible>>;

/// Answers the requests of a connection.
pub type Answers = Arc<dyn Fn(Request) -> Answer + Send + Sync>;

/// Gives what answers over a connection that has just been opened, to this address.
pub type Opens = Box<dyn FnMut(SocketAddr) -> Answers + Send>;

/// Listens on a port of `127.0.0.1` and, where the machine has it, of `[::1]`.
pub struct Loopback {
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
    pub async fn bind(port: u16) -> io::Result<Self> {
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
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Answers requests until `stop` is ready, then lets open ones finish.
    ///
    /// # Errors
    ///
    /// What the system says of a listener that fails.
    pub fn serve(self, opens: Opens, stop: Boxed<()>) -> Boxed<io::Result<()>> {
        Box::pin(axum::serve(self, Opening(opens)).with_graceful_shutdown(stop).into_future())
    }
}

/// [`Opens`] as a service, as `axum` asks for it.
struct Opening(Opens);

/// [`Answers`] as a service.
#[derive(Clone)]
struct Open(Answers);

impl Service<IncomingStream<'_, Loopback>> for Opening {
    type Response = Open;
    type Error = Infallible;
    type Future = Ready<Result<Open, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, Loopback>) -> Self::Future {
        ready(Ok(Open((self.0)(*stream.remote_addr()))))
    }
}

impl Service<Request> for Open {
    type Response = Response;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Answer {
        (self.0)(request)
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
