//! The wire: every exchange of the lesson's server, with what the browser held back, and why.
//!
//! One layer around the lesson sees each request and each response. It asks the shadow jars ([`browsers`]) before the
//! handler runs, and tells them after; it hands the exchange to the terminal's trace, and keeps the last ones for the
//! view. Everything is bounded. With `WIRE=off` there is no layer.

pub(crate) mod browsers;
mod curl;
mod exchange;
pub(crate) mod facts;
mod guard;
mod head;
mod json;
mod model;
pub(crate) mod pages;
#[allow(dead_code, reason = "the model will feed it")]
mod show;
mod stream;
mod trace;
mod view;
#[allow(dead_code, reason = "the same")]
mod words;

use std::{
    collections::VecDeque,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicBool},
    task::Poll,
    time::SystemTime,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use cookie_rules::Stored;
use tokio::sync::watch;

use crate::{
    frame::{self, Host},
    listener::Peer,
};
use browsers::{Asked, Browsers, Connection, as_browser_sent_it};
use exchange::{Exchange, Kind, Line};
use facts::{Facts, VALUE};
use head::Head;
use stream::Streams;
use trace::Trace;

/// How many exchanges are kept.
const EXCHANGES: usize = 200;
/// How many `Set-Cookie` lines of one response are kept.
const LINES: usize = 64;

/// Everything that is remembered, shared by the layer and the view.
pub(crate) struct Wire {
    memory: Mutex<Memory>,
    trace: Trace,
    /// The number of the latest exchange; [`CLOSING`] at shut-down.
    latest: watch::Sender<u64>,
    streams: Mutex<Streams>,
    projector: AtomicBool,
}

/// Says to the open streams that the server stops.
const CLOSING: u64 = u64::MAX;

#[derive(Default)]
struct Memory {
    exchanges: VecDeque<Arc<Exchange>>,
    browsers: Browsers,
    count: u64,
}

/// What a handler may ask of the wire, in the request's extensions.
#[derive(Clone)]
pub(crate) struct Looked(pub(crate) Arc<Facts>);

impl Wire {
    pub(crate) fn start(projector: bool) -> Arc<Self> {
        Arc::new(Self {
            memory: Mutex::default(),
            trace: Trace::start(),
            latest: watch::Sender::new(0),
            streams: Mutex::default(),
            projector: AtomicBool::new(projector),
        })
    }

    /// Ends the streams: the server stops.
    pub(crate) fn close(&self) {
        self.latest.send_replace(CLOSING);
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps an exchange, hands it to the trace and wakes the streams.
    fn keep(&self, exchange: impl FnOnce(u64) -> Exchange) {
        let mut memory = self.memory();
        memory.count += 1;
        let number = memory.count;
        let exchange = Arc::new(exchange(number));
        if memory.exchanges.len() >= EXCHANGES {
            memory.exchanges.pop_front();
        }
        memory.exchanges.push_back(Arc::clone(&exchange));
        drop(memory);
        self.trace.write(exchange);
        if self.latest.receiver_count() > 0 {
            self.announce(number);
        }
    }

    /// Tells the streams of an exchange, unless they know of a later one.
    fn announce(&self, number: u64) {
        self.latest.send_if_modified(|latest| {
            let newer = *latest < number;
            if newer {
                *latest = number;
            }
            newer
        });
    }
}

/// The layer: every exchange of the lesson passes here.
pub(crate) async fn record(
    State(wire): State<Arc<Wire>>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(answer) = frame::leads_home(request.headers(), request.uri()) {
        return answer;
    }
    let at = SystemTime::now();
    let kind = Kind::of(request.uri(), request.headers());
    // In a test without a listener of ours, each request is a connection of its own.
    let connection = match request.extensions().get::<ConnectInfo<Peer>>() {
        Some(ConnectInfo(peer)) => peer.connection.clone(),
        None => Connection::new(),
    };
    let (facts, agent) = {
        let mut memory = wire.memory();
        let browsers = &mut memory.browsers;
        let agent = browsers.agent(request.headers());
        let (method, path, headers) = (request.method(), request.uri().path(), request.headers());
        (browsers.look(&connection, &Asked { agent, method, path, headers }, kind, at), agent)
    };
    request.extensions_mut().insert(Looked(Arc::clone(&facts)));
    let method = request.method().clone();
    let target = target(request.uri());
    let head = Head::of(request.headers());
    let host = request.headers().get(header::HOST).and_then(Host::of);
    let response = frame::with_host(host, or_panicked(next.run(request))).await;
    let lines: Vec<_> =
        response.headers().get_all(header::SET_COOKIE).iter().take(LINES).cloned().collect();
    let outcomes = if lines.is_empty() {
        Vec::new()
    } else {
        let path = target.split('?').next().unwrap_or(&target);
        let sent = as_browser_sent_it(&method, path, |name| head.get(name));
        sent.map_or_else(Vec::new, |sent| {
            let mut memory = wire.memory();
            memory.browsers.store(&connection, agent, &lines, &sent, SystemTime::now())
        })
    };
    let status = response.status();
    let answer = Head::of(response.headers());
    wire.keep(|number| Exchange {
        number,
        at,
        kind,
        method,
        target,
        request: head,
        facts,
        status,
        response: answer,
        set: with_outcomes(&lines, outcomes),
    });
    response
}

/// The response, or `500` where the handler panics: else the browser would see a connection that closed, and the wire
/// nothing at all. The terminal has the panic's own words.
async fn or_panicked(response: impl Future<Output = Response>) -> Response {
    let mut response = pin!(response);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| response.as_mut().poll(context))).unwrap_or_else(|_| {
            let text = "The handler of this page panicked. The terminal says where.\n";
            Poll::Ready((StatusCode::INTERNAL_SERVER_ERROR, text).into_response())
        })
    })
    .await
}

fn with_outcomes(lines: &[HeaderValue], outcomes: Vec<Stored>) -> Vec<Line> {
    let mut outcomes = outcomes.into_iter();
    let line = |line: &HeaderValue| Line {
        line: facts::cut(line.as_bytes()).to_vec(),
        stored: outcomes.next(),
    };
    lines.iter().map(line).collect()
}

/// Path and query, cut where they are longer than anybody reads.
fn target(uri: &Uri) -> String {
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    match target.char_indices().nth(VALUE) {
        Some((end, _)) => format!("{}…", &target[..end]),
        None => target.to_owned(),
    }
}
