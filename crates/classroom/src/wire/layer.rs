//! Where a request goes while the wire is on: the classroom's own pages, or the lesson, which alone is watched.
//!
//! It is a service of its own. A router with the lesson as its fallback, behind a layer, costs every request of the lesson a
//! look at routes that are not meant, an extension for its connection, and some boxes.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{Router, extract::Request, response::Response, serve::IncomingStream};
use tower_service::Service;

use super::{Wire, record};
use crate::listener::{Loopback, Peer};

/// What answers, whatever the connection.
#[derive(Clone)]
pub(crate) struct Watched<L> {
    pub(crate) wire: Arc<Wire>,
    /// All under `/classroom`.
    pub(crate) own: Router,
    pub(crate) lesson: L,
}

/// What answers over one connection.
#[derive(Clone)]
pub(crate) struct Connected<L> {
    peer: Peer,
    watched: Watched<L>,
}

impl<L: Clone> Service<IncomingStream<'_, Loopback>> for Watched<L> {
    type Response = Connected<L>;
    type Error = Infallible;
    type Future = Ready<Result<Connected<L>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, stream: IncomingStream<'_, Loopback>) -> Self::Future {
        ready(Ok(Connected { peer: Peer::of(*stream.remote_addr()), watched: self.clone() }))
    }
}

impl<L> Service<Request> for Connected<L>
where
    L: Service<Request, Response = Response, Error = Infallible, Future: Send>
        + Clone
        + Send
        + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.watched.lesson.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let Watched { wire, own, lesson } = &mut self.watched;
        let path = request.uri().path();
        if path == "/classroom" || path.starts_with("/classroom/") {
            request.extensions_mut().insert(self.peer.clone());
            return Box::pin(own.call(request));
        }
        // The one that is ready, and not its copy.
        let copy = lesson.clone();
        let lesson = std::mem::replace(lesson, copy);
        Box::pin(record(Arc::clone(wire), self.peer.connection.clone(), request, lesson))
    }
}
