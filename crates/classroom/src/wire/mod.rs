//! The wire: every exchange of the lesson's server, with what the browser held back, and why.
//!
//! One layer around the lesson sees each request and each response. It asks the model ([`model`]) before the handler runs, and
//! tells it after; it hands the exchange to the terminal's trace, and keeps the last ones for the view. Everything is
//! bounded, and so is all work under the one lock. With `WIRE=off` there is no layer.

mod body;
pub(crate) mod exchange;
mod guard;
mod head;
mod lent;
mod model;
pub(crate) mod pages;
mod secret;
mod show;
mod stream;

use std::{
    future::poll_fn,
    hash::{BuildHasher, RandomState},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
    time::SystemTime,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tokio::sync::watch;

use crate::{
    Lesson,
    connection::Connection,
    frame::{self, Host},
    listener::Peer,
    pages::{self as errors, after_panic},
    projected::with_projector,
    said::{Store, Word},
    words::en,
};
use exchange::Kind;
use head::{Head, VALUE};
use lent::Lent;
pub(crate) use model::facts;
use model::{
    answers::{Answered, Taken},
    clients::Clients,
    facts::{Answer, Asked, Body, Exchange},
    past::Past,
    ticket::{Arrival, Ticket},
};
use secret::{DROPPED, without_passwords};
use show::trace::Trace;
use stream::Streams;

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

/// What the open views are told.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Latest {
    /// The number of the latest exchange; [`CLOSING`] at shut-down.
    number: u64,
    /// The projector is on.
    hides: bool,
}

/// Says to the open streams that the server stops.
const CLOSING: u64 = u64::MAX;

struct Memory {
    clients: Clients,
    past: Past,
}

/// What a handler may ask of the wire, in the request's extensions.
#[derive(Clone)]
pub(crate) struct Looked(pub(crate) Arc<Asked>);

impl Wire {
    pub(crate) fn start(lesson: Lesson, projector: bool) -> Arc<Self> {
        let latest = watch::Sender::new(Latest { number: 0, hides: projector });
        Arc::new(Self {
            lesson,
            memory: Mutex::new(Memory {
                clients: Clients::of_lesson(lesson.cookies),
                past: Past::default(),
            }),
            trace: Trace::start(latest.subscribe()),
            latest,
            streams: Mutex::default(),
            lent: Lent::default(),
            hasher: RandomState::new(),
        })
    }

    /// Whether the projector is on.
    fn hides(&self) -> bool {
        self.latest.borrow().hides
    }

    /// Ends the streams: the server stops.
    pub(crate) fn close(&self) {
        self.latest.send_modify(|latest| latest.number = CLOSING);
    }

    /// All that is kept, as it is now. Whoever shows it takes as long as that takes, and holds nobody up.
    fn past(&self) -> Past {
        self.memory().past.clone()
    }

    /// What tells this run of the server from others.
    fn run(&self) -> u32 {
        self.hasher.hash_one(()) as u32
    }

    /// What stands for a client's `User-Agent`.
    fn agent(&self, headers: &HeaderMap) -> u64 {
        self.hasher.hash_one(headers.get(header::USER_AGENT).map(HeaderValue::as_bytes))
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the model of an answer and keeps the exchange, then hands it to the trace and wakes the streams.
    fn keep(&self, ticket: &mut Ticket, mut asked: Arc<Asked>, body: Body, answer: Parts<'_>) {
        let mut memory = self.memory();
        let number = memory.past.next();
        let answered = Answered {
            number,
            lines: &answer.lines,
            location: answer.response.headers().get(header::LOCATION),
            client: &asked.client,
            came: &asked.came,
        };
        let Taken { client, lines, left_out, changes, beside } =
            memory.clients.answered(ticket, &answered, answer.at);
        if client != asked.client || body.size != Some(0) {
            let asked = Arc::make_mut(&mut asked);
            (asked.body, asked.client) = (body, client);
        }
        let answer = Answer {
            took: answer.at.duration_since(asked.at).unwrap_or_default(),
            status: answer.response.status(),
            head: answer.head,
            set: lines,
            lines_left_out: left_out,
            word: answer.word.map(|word| word.0),
            store: answer.store.map(|store| store.0.into()),
            panicked: answer.panicked,
        };
        let exchange = Arc::new(Exchange { number, asked, answer, changes, beside });
        memory.keep(Arc::clone(&exchange));
        drop(memory);
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

impl Memory {
    fn keep(&mut self, exchange: Arc<Exchange>) {
        let clients = &mut self.clients;
        for (from, into) in clients.merged() {
            self.past.merge(from, into);
        }
        self.past.keep(exchange);
        if clients.have_forgotten() {
            self.past.retain(|jar| clients.has(jar));
        }
    }
}

/// An answer, as the layer sees it.
struct Parts<'a> {
    at: SystemTime,
    response: &'a Response,
    head: Head,
    lines: Vec<HeaderValue>,
    word: Option<Word>,
    store: Option<Store>,
    panicked: bool,
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
            let mut memory = self.wire.memory();
            let changes =
                memory.clients.gave_up(&mut ticket, &self.asked.client, SystemTime::now());
            for (client, change) in changes {
                memory.past.fold(&client, &[change], 0);
            }
        }
    }
}

/// The layer: every exchange of the lesson passes here.
pub(crate) async fn record(
    State(wire): State<Arc<Wire>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(answer) = frame::not_here(request.headers(), request.uri()) {
        return answer;
    }
    let at = SystemTime::now();
    // In a test without a listener of ours, each request is a connection of its own.
    let connection = match request.extensions().get::<ConnectInfo<Peer>>() {
        Some(ConnectInfo(peer)) => peer.connection.clone(),
        None => Connection::new(),
    };
    let (asked, ticket) = look(&wire, &request, &connection, at);
    let mut waiting = Waiting { wire: &wire, ticket: Some(ticket), asked };
    request.extensions_mut().insert(Looked(Arc::clone(&waiting.asked)));
    let host = request.headers().get(header::HOST).and_then(Host::of);
    let reading = body::watch(&mut request);
    let asked_for = errors::Asked::of(request.method(), request.uri(), request.headers());
    let hidden = wire.hides().then_some(en::LABELS.hidden);
    let answer = with_projector(
        hidden,
        frame::with_host(host, async {
            match or_panicked(next.run(request)).await {
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
            head: Head::of(response.headers()),
            lines: response.headers().get_all(header::SET_COOKIE).iter().cloned().collect(),
            word,
            store,
            panicked,
            response: &response,
        };
        wire.keep(&mut ticket, Arc::clone(&waiting.asked), reading.kept(), parts);
    }
    response
}

/// What is known of a request before there is an answer.
fn look(
    wire: &Wire,
    request: &Request,
    connection: &Connection,
    at: SystemTime,
) -> (Arc<Asked>, Ticket) {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
    let (method, uri) = (request.method(), request.uri());
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let kind = Kind::of(uri, headers);
    let arrival = Arrival { connection, method, authority: host, target, headers, kind };
    let head = Head::of(headers);
    let (looked, ticket) = wire.memory().clients.look(&arrival, at);
    let asked = Asked {
        at,
        kind,
        method: method.clone(),
        authority: host.to_owned(),
        target: shortened(&String::from_utf8_lossy(&without_passwords(target.as_bytes(), DROPPED))),
        head,
        body: Body::default(),
        client: looked.client,
        cause: looked.cause,
        follows: looked.follows,
        came: looked.came,
        left_out: looked.left_out,
        absent: looked.absent,
        last_set: looked.last_set,
    };
    (Arc::new(asked), ticket)
}

/// The response, or nothing where the handler panics: else the browser would see a connection that closed, and the wire
/// nothing at all. The terminal has the panic's own words.
async fn or_panicked(response: impl Future<Output = Response>) -> Option<Response> {
    let mut response = pin!(response);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| response.as_mut().poll(context).map(Some)))
            .unwrap_or(Poll::Ready(None))
    })
    .await
}

/// The start of a target, where it is longer than anybody reads.
fn shortened(target: &str) -> String {
    match target.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &target[..end]),
        None => target.to_owned(),
    }
}
