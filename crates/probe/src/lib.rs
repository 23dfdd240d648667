//! For tests alone: starts a server on a free port, talks to it over TCP as a client that is not ours would, and records
//! both heads, so that a failure can show what crossed the wire.
//!
//! ```
//! use axum::{Router, routing::get};
//!
//! let server = probe::Server::of(Router::new().route("/", get(|| async { "hello" })));
//! let reply = server.send(probe::get("/"));
//! assert_eq!(reply.status, 200, "{reply}");
//! assert_eq!(reply.text(), "hello", "{reply}");
//! ```

mod message;
mod passed;
mod samples;
mod server;

pub use message::{Reply, Request, get, post};
pub use passed::Passed;
pub use samples::{MARKUP, TYPED, strange_cookies};
pub use server::{Ended, Server, run};
