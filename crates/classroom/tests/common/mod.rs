//! A classroom in this process, and a client that keeps its connection, as a browser does.
#![allow(clippy::unwrap_used, reason = "a test may fail")]
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpStream},
    sync::mpsc,
    thread::{self, JoinHandle},
    time::Duration,
};

use axum::{
    Router,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::AppendHeaders,
    routing::any,
};
use classroom::{Lesson, Seen, Server, Watch};
use serde_json::Value;
use tokio::sync::oneshot;

const LESSON: Lesson = Lesson {
    port: 3009,
    title: "A test",
    package: "test",
    document: "# A test",
    drawings: &[],
    try_this: &[],
};

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
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Connection { port: self.port, stream: BufReader::new(stream) }
    }

    /// A page of the wire, or its JSON, as text.
    pub fn wire(&self, path: &str) -> Reply {
        self.connect().send("GET", path, &[("Host", &format!("127.0.0.1:{}", self.port))])
    }

    /// All exchanges, as programs read them.
    pub fn json(&self) -> Value {
        let reply = self.wire("/classroom/wire.json");
        serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{error}: {}", reply.body))
    }

    /// The latest exchange.
    pub fn latest(&self) -> Value {
        self.json()["exchanges"].as_array().unwrap().last().unwrap().clone()
    }
}

/// Answers anything: sets the lines that the request's `x-set` fields hold, and says what was seen.
fn app() -> Router {
    async fn answer(
        headers: HeaderMap,
        seen: Seen,
    ) -> (AppendHeaders<Vec<(HeaderName, HeaderValue)>>, String) {
        let lines = headers.get_all("x-set").iter().cloned();
        (AppendHeaders(lines.map(|line| (header::SET_COOKIE, line)).collect()), format!("{seen:?}"))
    }
    Router::new()
        .route("/", any(answer))
        .route("/{one}", any(answer))
        .route("/{one}/{two}", any(answer))
        .route("/missing", axum::routing::post(answer))
}

/// A kept-alive connection.
pub struct Connection {
    pub port: u16,
    pub stream: BufReader<TcpStream>,
}

/// An answer.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Connection {
    /// Sends the head of a request.
    pub fn ask(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) {
        let mut head = format!("{method} {target} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
            head.push_str(&format!("Host: localhost:{}\r\n", self.port));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
    }

    /// Sends a request and reads its answer.
    pub fn send(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) -> Reply {
        self.ask(method, target, headers);
        self.read()
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

    pub fn head(&mut self) -> String {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            let read = self.stream.read_line(&mut line).unwrap();
            if read == 0 || line == "\r\n" {
                return head;
            }
            head.push_str(&line);
        }
    }

    fn read(&mut self) -> Reply {
        let head = self.head();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let length = head
            .lines()
            .find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok()
            })
            .unwrap_or(0);
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        Reply { status, head, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

/// The names of the cookies that did not come, each with why and by which rule: `cart withheld Path`.
pub fn absent(exchange: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
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
