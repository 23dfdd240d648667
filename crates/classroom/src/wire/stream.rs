//! The live view: an event for each exchange, so that an open view asks for the page again (server-sent events).
//!
//! A browser has six connections to a host. A view that holds one while nobody looks would in the end keep other tabs
//! from loading, so a view closes its stream when it is hidden, and the server lets a browser have no more than four:
//! the oldest is told to rest.

use std::{
    pin::Pin,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_core::Stream;
use tokio::sync::{mpsc, oneshot};

use super::{CLOSING, Wire};

/// How many streams one browser may hold, as far as its `User-Agent` tells.
const PER_AGENT: usize = 4;
/// How many streams there may be.
const STREAMS: usize = 64;
/// Exchanges that come together make one event.
const PAUSE: Duration = Duration::from_millis(120);

/// The open streams, the oldest first.
#[derive(Default)]
pub(crate) struct Streams(Vec<Open>);

struct Open {
    agent: u64,
    /// Dropping it tells the stream to rest.
    rest: oneshot::Sender<()>,
}

impl Streams {
    /// Makes room for one more stream, and adds it.
    fn open(&mut self, agent: u64) -> oneshot::Receiver<()> {
        self.0.retain(|open| !open.rest.is_closed());
        while self.0.iter().filter(|open| open.agent == agent).count() >= PER_AGENT {
            if let Some(oldest) = self.0.iter().position(|open| open.agent == agent) {
                self.0.remove(oldest);
            }
        }
        if self.0.len() >= STREAMS {
            self.0.remove(0);
        }
        let (rest, told) = oneshot::channel();
        self.0.push(Open { agent, rest });
        told
    }
}

/// What a stream sends, and nothing more than one event ahead: a client that never reads holds no memory.
struct Events(mpsc::Receiver<Bytes>);

impl Stream for Events {
    type Item = Result<Bytes, std::convert::Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|event| event.map(Ok))
    }
}

/// Answers with a stream that names the latest exchange, now and whenever there is a later one.
pub(crate) async fn events(State(wire): State<Arc<Wire>>, headers: HeaderMap) -> Response {
    let agent = wire.agent(&headers);
    let rest = wire.streams.lock().unwrap_or_else(PoisonError::into_inner).open(agent);
    let (sender, events) = mpsc::channel(1);
    tokio::spawn(send(wire, sender, rest));
    let head = [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    (head, Body::from_stream(Events(events))).into_response()
}

/// Sends until the client goes, the server stops, or the stream has to rest.
async fn send(wire: Arc<Wire>, events: mpsc::Sender<Bytes>, mut rest: oneshot::Receiver<()>) {
    let mut latest = wire.latest.subscribe();
    // Nobody was told of what came while nobody listened. From here on this stream is.
    let count = wire.memory().past().count();
    wire.announce(count);
    drop(wire);
    loop {
        let told = *latest.borrow();
        if told.number == CLOSING {
            return;
        }
        let event = Bytes::from(format!("data: {told}\n\n"));
        let closing = async {
            let _ = latest.wait_for(|latest| latest.number == CLOSING).await;
        };
        tokio::select! {
            sent = events.send(event) => if sent.is_err() { return },
            _ = &mut rest => return say_rest(&events),
            () = closing => return,
        }
        tokio::select! {
            later = latest.wait_for(|later| *later != told) => if later.is_err() { return },
            _ = &mut rest => return say_rest(&events),
            () = events.closed() => return,
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn say_rest(events: &mpsc::Sender<Bytes>) {
    let _ = events.try_send(Bytes::from_static(b"event: rest\ndata: 0\n\n"));
}
