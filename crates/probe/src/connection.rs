//! One connection for several requests.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
};

use crate::{Reply, Request, server::connect};

/// A kept-alive HTTP/1.1 connection: [`Server::connection`](crate::Server::connection) opens one.
///
/// ```
/// use axum::{Router, routing::get};
///
/// let server = probe::Server::of(Router::new().route("/", get(|| async { "hello" })));
/// let mut connection = server.connection();
/// for _ in 0..2 {
///     assert_eq!(connection.send(probe::get("/")).text(), "hello");
/// }
/// ```
#[derive(Debug)]
pub struct Connection {
    stream: BufReader<TcpStream>,
    port: u16,
}

impl Connection {
    /// Opens one to this port of `127.0.0.1`, for a server that is no [`Server`](crate::Server).
    ///
    /// # Panics
    ///
    /// Where nobody listens.
    #[must_use]
    #[track_caller]
    pub fn to(port: u16) -> Self {
        Self { stream: BufReader::new(connect(port)), port }
    }

    /// Sends a request and reads its answer, framed by `Content-Length` or by chunks; a body that has neither ends with the
    /// connection.
    ///
    /// # Panics
    ///
    /// Where the server has closed the connection, or does not answer in time.
    #[track_caller]
    pub fn send(&mut self, request: Request) -> Reply {
        let bytes = self.ask(request);
        self.answer(&bytes)
    }

    /// Sends a request without waiting for its answer, and returns what went over the wire: several may be under way.
    ///
    /// # Panics
    ///
    /// Where the server has closed the connection.
    #[track_caller]
    pub fn ask(&mut self, request: Request) -> Vec<u8> {
        let bytes = request.kept_alive().bytes(self.port);
        if let Err(error) = self.stream.get_mut().write_all(&bytes) {
            panic!("the server closed the connection ({error})");
        }
        bytes
    }

    /// Reads the next answer; `request` is what [`Connection::ask`] returned.
    ///
    /// # Panics
    ///
    /// Where the server closes the connection before its head has come, or does not answer in time.
    #[track_caller]
    pub fn answer(&mut self, request: &[u8]) -> Reply {
        let mut response = self.head(request);
        // Answers such as `103 Early Hints` come before the one that counts.
        while response.status / 100 == 1 {
            response = self.head(request);
        }
        let bodiless = request.starts_with(b"HEAD ") || matches!(response.status, 204 | 304);
        if !bodiless {
            response.body = self.body(&response);
        }
        response
    }

    /// Reads a head alone: for an answer whose body never ends, such as a stream of events. Go on with [`Connection::line`].
    ///
    /// # Panics
    ///
    /// As [`Connection::answer`].
    #[track_caller]
    pub fn head(&mut self, request: &[u8]) -> Reply {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let line = self.line();
            assert!(!line.is_empty(), "the server closed the connection without an answer");
            head.extend(line);
        }
        Reply::parse(request, &head)
    }

    /// Reads a line with its end; empty where the server has closed the connection.
    ///
    /// # Panics
    ///
    /// Where none comes in time.
    #[track_caller]
    pub fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        match self.stream.read_until(b'\n', &mut line) {
            Ok(_) => line,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => line,
            Err(error) => panic!("no line came in time ({error})"),
        }
    }

    fn body(&mut self, head: &Reply) -> Vec<u8> {
        if head.is_chunked() {
            return self.chunks();
        }
        match head.header("Content-Length").map(str::parse) {
            Some(Ok(length)) => self.exactly(length),
            _ => {
                let mut body = Vec::new();
                let read = self.stream.read_to_end(&mut body);
                assert!(read.is_ok(), "the answer does not end: {read:?}\n{head}");
                body
            }
        }
    }

    fn chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = String::from_utf8_lossy(&self.line()).into_owned();
            let size = line.split(';').next().unwrap_or_default().trim();
            let Ok(size) = usize::from_str_radix(size, 16) else {
                panic!("{line:?} is no size of a chunk");
            };
            if size == 0 {
                while !matches!(&self.line()[..], b"\r\n" | b"\n" | b"") {}
                return body;
            }
            body.extend(self.exactly(size));
            self.line();
        }
    }

    fn exactly(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        let read = self.stream.read_exact(&mut bytes);
        assert!(read.is_ok(), "the answer ends before its {length} bytes have come: {read:?}");
        bytes
    }
}
