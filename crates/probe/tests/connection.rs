//! One connection, several requests.

use std::convert::Infallible;

use axum::{
    Router,
    body::{Body, Bytes},
    http::StatusCode,
    routing::{any, get},
};
use probe::Server;

fn server() -> Server {
    Server::of(
        Router::new()
            .route("/", any(|| async { "hello" }))
            .route("/empty", get(|| async { StatusCode::NO_CONTENT }))
            .route("/unchanged", get(|| async { StatusCode::NOT_MODIFIED }))
            .route(
                "/chunks",
                get(|| async {
                    let parts = ["one ", "", "two\r\n0\r\n\r\n"]
                        .map(|part| Ok::<_, Infallible>(Bytes::from(part)));
                    Body::from_stream(stream(parts.to_vec()))
                }),
            ),
    )
}

/// A stream of these parts, so that the body has no length.
fn stream(
    parts: Vec<Result<Bytes, Infallible>>,
) -> impl futures_core::Stream<Item = Result<Bytes, Infallible>> {
    struct Parts(std::vec::IntoIter<Result<Bytes, Infallible>>);
    impl futures_core::Stream for Parts {
        type Item = Result<Bytes, Infallible>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(self.0.next())
        }
    }
    Parts(parts.into_iter())
}

#[test]
fn bodies_are_framed_by_length_by_chunks_or_not_at_all() {
    let server = server();
    let mut connection = server.connection();
    for (method, path, status, body) in [
        ("GET", "/", 200, "hello"),
        ("GET", "/chunks", 200, "one two\r\n0\r\n\r\n"),
        ("HEAD", "/", 200, ""),
        ("GET", "/empty", 204, ""),
        ("GET", "/unchanged", 304, ""),
        ("POST", "/", 200, "hello"),
        ("GET", "/missing", 404, ""),
    ] {
        let reply = connection.send(probe::Request::new(method, path));
        assert_eq!(
            (reply.status, reply.text().as_str()),
            (status, body),
            "{method} {path}\n{reply}"
        );
    }
}

#[test]
fn several_requests_may_be_under_way() {
    let server = server();
    let mut connection = server.connection();
    let (first, second) = (connection.ask(probe::get("/")), connection.ask(probe::get("/missing")));
    assert_eq!((connection.answer(&first).status, connection.answer(&second).status), (200, 404));
}

#[test]
fn the_last_answer_may_end_with_the_connection() {
    let server = server();
    let mut connection = server.connection();
    let reply = connection.send(probe::get("/").header("Connection", "close"));
    assert_eq!(reply.text(), "hello");
    assert_eq!(connection.line(), b"", "the server has closed it");
}
