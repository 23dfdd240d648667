//! Where a request goes while the wire is on: the classroom's own pages, or the lesson, which alone is watched.
//!
//! A router with the lesson as its fallback, behind a layer, would cost every request of the lesson a look at routes that are
//! not meant, an extension for its connection, and some boxes.

use std::{net::SocketAddr, sync::Arc};

use ::wire::Connection;
use axum::{Router, extract::Request};
use loopback::{Answer, Answers};
use tower_service::Service;

use super::{Wire, guard::Peer, record};

/// What answers, whatever the connection.
pub(crate) struct Watched {
    pub(crate) wire: Arc<Wire>,
    /// All under `/classroom`.
    pub(crate) own: Router,
    pub(crate) lesson: Router,
}

impl Watched {
    /// What answers over a connection that has just been opened, to this address.
    pub(crate) fn open(self: &Arc<Self>, address: SocketAddr) -> Answers {
        let (watched, connection) = (Arc::clone(self), Connection::new());
        Arc::new(move |request| watched.answer(address, &connection, request))
    }

    fn answer(&self, address: SocketAddr, connection: &Connection, mut request: Request) -> Answer {
        let path = request.uri().path();
        if path == "/classroom" || path.starts_with("/classroom/") {
            request.extensions_mut().insert(Peer(address));
            return Box::pin(self.own.clone().call(request));
        }
        let (wire, lesson) = (Arc::clone(&self.wire), self.lesson.clone());
        Box::pin(record(wire, connection.clone(), request, lesson))
    }
}
