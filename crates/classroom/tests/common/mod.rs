//! A classroom in this process, and a client that keeps its connection, as a browser does.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Response},
    routing::any,
};
use classroom::{Lesson, Seen, Server, Watch, Watched, projected};
use probe::{Reply, Request};
use serde_json::Value;
use tokio::sync::oneshot;

const LESSON: Lesson =
    Lesson { port: 3009, title: "A test", package: "test", cookies: &[], try_this: &[] };

/// How long a server may take to answer.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port, stopped when this value is dropped.
pub struct Classroom {
    pub port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Classroom {
    pub fn start() -> Self {
        Self::watching(Watch::On)
    }

    pub fn watching(watch: Watch) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (bound, port) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let server = Server::bind(LESSON, app(), 0, watch).await.unwrap();
                bound.send(server.port()).unwrap();
                server.run(async { drop(stopped.await) }).await.unwrap();
            });
        });
        let port = port.recv_timeout(PATIENCE).unwrap();
        Self { port, stop: Some(stop), thread: Some(thread) }
    }

    /// Asks the server to stop, as Ctrl-C does, and waits until it has.
    pub fn stop(&mut self) {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap();
    }

    /// A connection of its own.
    pub fn connect(&self) -> Connection {
        Connection(probe::Connection::to(self.port))
    }

    /// A page of the wire, or its JSON, as text.
    pub fn wire(&self, path: &str) -> Reply {
        self.connect().send("GET", path, &[("Host", &format!("127.0.0.1:{}", self.port))])
    }

    /// All exchanges, as programs read them.
    pub fn json(&self) -> Value {
        let reply = self.wire("/classroom/wire.json");
        serde_json::from_slice(&reply.body).unwrap_or_else(|error| panic!("{error}: {reply}"))
    }

    /// The latest exchange.
    pub fn latest(&self) -> Value {
        self.json()["exchanges"].as_array().unwrap().last().unwrap().clone()
    }
}

/// Answers anything, and says what was seen: sets the lines that the request's `x-set` fields hold, says its `x-word` to the
/// wire, and answers with its `x-status` and `x-location`. Shows `x-show` as a page shows the value of an `HttpOnly` cookie.
fn app() -> Router {
    async fn answer(watched: Watched, headers: HeaderMap, seen: Seen, _: String) -> Response {
        let field = |name: &str| {
            headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let word = field("x-word").and_then(|word| watched.say(|| word));
        let status = field("x-status").map_or(StatusCode::OK, |status| status.parse().unwrap());
        let location =
            headers.get("x-location").map(|location| (header::LOCATION, location.clone()));
        let lines = headers.get_all("x-set").iter().map(|line| (header::SET_COOKIE, line.clone()));
        let head: Vec<_> = lines.chain(location).collect();
        let shown = field("x-show")
            .map_or(String::new(), |value| format!("shown {}", projected(&value, true)));
        (status, word, AppendHeaders(head), format!("{seen:?}{shown}")).into_response()
    }
    async fn panics() -> String {
        panic!("as this test asks for")
    }
    Router::new()
        .route("/", any(answer))
        .route("/panics", any(panics))
        .route("/store", any(async || (classroom::Store::default(), "an empty one")))
        .route("/hangs", any(std::future::pending::<String>))
        .route("/length", any(|body: axum::body::Bytes| async move { body.len().to_string() }))
        .route("/{one}", any(answer))
        .route("/{one}/{two}", any(answer))
        .route("/missing", axum::routing::post(answer))
}

/// A kept-alive connection.
pub struct Connection(probe::Connection);

impl Connection {
    /// Sends a request and reads its answer.
    pub fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.0.send(request(method, target, headers))
    }

    /// The same for a request that is made already.
    pub fn send_request(&mut self, request: Request) -> Reply {
        self.0.send(request)
    }

    /// Sends a form.
    pub fn post(&mut self, target: &str, fields: &[(&str, &str)]) -> Reply {
        self.0.send(probe::post(target, fields))
    }

    /// Sends a request.
    pub fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) {
        self.0.ask(request(method, target, headers));
    }

    /// Reads the head of an answer whose body has no end.
    pub fn head(&mut self) -> Reply {
        self.0.head(b"")
    }

    /// The next line of such a body, with its end.
    pub fn line(&mut self) -> String {
        String::from_utf8(self.0.line()).unwrap()
    }

    /// `GET target` with this `Cookie` header (none where it is empty).
    pub fn get(&mut self, target: &str, cookie: &str) -> Reply {
        let cookies = [("Cookie", cookie)];
        self.send("GET", target, if cookie.is_empty() { &[] } else { &cookies })
    }

    /// Has the server set a cookie, in the answer to `/`.
    pub fn set(&mut self, cookie: &str, line: &str) -> Reply {
        let headers = [("x-set", line), ("Cookie", cookie)];
        self.send("GET", "/", if cookie.is_empty() { &headers[..1] } else { &headers })
    }
}

fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request {
    let request = Request::new(method, target);
    headers.iter().fold(request, |request, (name, value)| request.header(name, value))
}

/// The names of the cookies that did not come, each with why and by which rule: `cart withheld Path`.
pub fn absent(exchange: &Value) -> Vec<String> {
    let word =
        |value: &Value| value.as_str().filter(|word| !word.is_empty()).unwrap_or("-").to_owned();
    let absent = exchange["absent"].as_array().unwrap();
    absent
        .iter()
        .map(|cookie| {
            format!("{} {} {}", word(&cookie["name"]), word(&cookie["why"]), word(&cookie["rule"]))
        })
        .collect()
}

/// The names of the cookies that came, each with how.
pub fn came(exchange: &Value) -> Vec<String> {
    let came = exchange["came"].as_array().unwrap();
    came.iter()
        .map(|cookie| {
            format!("{} {}", cookie["name"].as_str().unwrap(), cookie["how"].as_str().unwrap())
        })
        .collect()
}
