//! The wire: every exchange of the lesson's server, with what the browser held back, and why.
//!
//! One layer around the lesson sees each request and each response. It asks the model ([`Memory`]) before the handler runs, and
//! tells it after; it hands the exchange to the terminal's trace, and keeps the last ones for the view. Everything is
//! bounded, and so is all work under the one lock. With `WIRE=off` there is no layer.

mod body;
mod guard;
pub(crate) mod layer;
mod lent;
pub(crate) mod pages;
mod stream;
mod trace;

use std::{
    convert::Infallible,
    future::poll_fn,
    hash::{BuildHasher, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::SystemTime,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tokio::sync::watch;
use tower_service::Service;

use ::wire::{
    Arrival, Asked, Body, Connection, Head, Language, Latest, Memory, Parts, Past, Ticket,
};

use crate::{
    Lesson, frame,
    pages::{self as errors, after_panic, taught},
    projected::with_projector,
    said::{Store, Word},
};
use lent::Lent;
use stream::Streams;
use trace::Trace;

/// Everything that is remembered, shared by the layer and the view.
pub(crate) struct Wire {
    lesson: Lesson,
    memory: Mutex<Memory>,
    trace: Trace,
    latest: watch::Sender<Latest>,
    streams: Mutex<Streams>,
    lent: Lent,
    hasher: RandomState,
}

/// Says to the open streams that the server stops.
const CLOSING: u64 = u64::MAX;

/// What a handler may ask of the wire, in the request's extensions.
#[derive(Clone)]
pub(crate) struct Looked(pub(crate) Arc<Asked>);

impl Wire {
    pub(crate) fn start(lesson: Lesson, projector: bool) -> Arc<Self> {
        let hasher = RandomState::new();
        let run = hasher.hash_one(()) as u32;
        let latest = watch::Sender::new(Latest { number: 0, hides: projector, run });
        Arc::new(Self {
            lesson,
            memory: Mutex::new(Memory::of_lesson(lesson.cookies)),
            trace: Trace::start(latest.clone()),
            latest,
            streams: Mutex::default(),
            lent: Lent::default(),
            hasher,
        })
    }

    /// Whether the projector is on.
    fn hides(&self) -> bool {
        self.latest.borrow().hides
    }

    /// What stands for a hidden value on a lesson's page, where the projector is on.
    fn hidden(&self) -> Option<&'static str> {
        self.hides().then_some(Language::English.labels().hidden)
    }

    /// Ends the streams: the server stops.
    pub(crate) fn close(&self) {
        self.latest.send_modify(|latest| latest.number = CLOSING);
    }

    /// All that is kept, as it is now. Whoever shows it takes as long as that takes, and holds nobody up.
    fn past(&self) -> Past {
        self.memory().past().clone()
    }

    /// What tells this run of the server from others.
    fn run(&self) -> u32 {
        self.latest.borrow().run
    }

    /// What stands for a client's `User-Agent`.
    fn agent(&self, headers: &HeaderMap) -> u64 {
        self.hasher.hash_one(headers.get(header::USER_AGENT).map(HeaderValue::as_bytes))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the model of an answer and keeps the exchange, then hands it to the trace and wakes the streams.
    fn keep(&self, ticket: &mut Ticket, asked: Arc<Asked>, body: Body, answer: Parts) {
        let exchange = self.memory().keep(ticket, asked, body, answer);
        let number = exchange.number;
        self.trace.write(exchange);
        if self.latest.receiver_count() > 0 {
            self.announce(number);
        }
    }

    /// Tells the streams of an exchange, unless they know of a later one.
    fn announce(&self, number: u64) {
        self.latest.send_if_modified(|latest| {
            let newer = latest.number < number;
            if newer {
                latest.number = number;
            }
            newer
        });
    }
}

/// A request whose answer is awaited. Where its client goes away before that, the wait ends with it.
struct Waiting<'a> {
    wire: &'a Wire,
    ticket: Option<Ticket>,
    asked: Arc<Asked>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(mut ticket) = self.ticket.take() {
            self.wire.memory().gave_up(&mut ticket, &self.asked, SystemTime::now());
        }
    }
}

/// Every exchange of the lesson passes here.
async fn record(
    wire: Arc<Wire>,
    connection: Connection,
    mut request: Request,
    mut lesson: Router,
) -> Result<Response, Infallible> {
    let host = match frame::asked_host(request.headers(), request.uri()) {
        Ok(host) => host,
        Err(answer) => return Ok(*answer),
    };
    let at = SystemTime::now();
    let (asked, ticket) = look(&wire, &request, &connection, at);
    let mut waiting = Waiting { wire: &wire, ticket: Some(ticket), asked };
    request.extensions_mut().insert(Looked(Arc::clone(&waiting.asked)));
    let reading = body::watch(&mut request);
    let asked_for = errors::Asked::of(request.method(), request.uri(), request.headers());
    let answer = with_projector(
        wire.hidden(),
        frame::with_host(host, async {
            let answer = async {
                let Ok(response) = lesson.call(request).await;
                taught(&wire.lesson, &asked_for, response).await
            };
            match or_panicked(answer).await {
                Some(response) => (response, false),
                None => (after_panic(&wire.lesson, &asked_for).await, true),
            }
        }),
    );
    let (mut response, panicked) = answer.await;
    let word = response.extensions_mut().remove::<Word>();
    let store = response.extensions_mut().remove::<Store>();
    if let Some(mut ticket) = waiting.ticket.take() {
        let parts = Parts {
            at: SystemTime::now(),
            status: response.status(),
            head: Head::of(response.headers()),
            location: response.headers().get(header::LOCATION).cloned(),
            lines: response.headers().get_all(header::SET_COOKIE).iter().cloned().collect(),
            word: word.map(|word| word.0),
            store: store.map(|store| store.0),
            panicked,
        };
        wire.keep(&mut ticket, Arc::clone(&waiting.asked), reading.kept(), parts);
    }
    Ok(response)
}

/// Documents and contents have large letters, too, while the projector is on.
pub(crate) async fn enlarge(
    State(wire): State<Arc<Wire>>,
    request: Request,
    next: Next,
) -> Response {
    with_projector(wire.hidden(), next.run(request)).await
}

/// What is known of a request before there is an answer.
fn look(
    wire: &Wire,
    request: &Request,
    connection: &Connection,
    at: SystemTime,
) -> (Arc<Asked>, Ticket) {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let arrival = Arrival::of(connection, method, uri, headers);
    let (looked, ticket) = wire.memory().look(&arrival, at);
    (Arc::new(Asked::of(arrival, looked, at)), ticket)
}

/// The response, or nothing where the handler panics: else the browser would see a connection that closed, and the wire
/// nothing at all. The terminal has the panic's own words.
async fn or_panicked<T>(response: impl Future<Output = T>) -> Option<T> {
    let mut response = pin!(response);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| response.as_mut().poll(context).map(Some)))
            .unwrap_or(Poll::Ready(None))
    })
    .await
}
