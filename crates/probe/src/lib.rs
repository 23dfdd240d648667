//! For tests alone: starts a server on a free port, talks to it over TCP as a client that is not ours would, and records
//! both heads, so that a failure can show what crossed the wire.
//!
//! - [`Server`] is a lesson's program, or a router of this process; [`Apart`] starts a router in a process of its own.
//! - [`get`] and [`post`] make requests byte by byte; [`Connection`] sends several over one connection.
//! - [`Browser`] keeps cookies, follows redirects, clicks and fills in forms. It shares `cookie-rules` with the wire view,
//!   and so proves nothing of what the wire view predicts.
//! - [`Page`] is what a browser reads in an answer, however its HTML is written.
//! - [`tamper`], [`almost`], [`alike`], [`forge`], [`splice`], [`extrapolate`], [`strangers`] make the cookies that nobody should believe, or stumble over;
//!   [`chance`] and [`computed_from`] tell ids that somebody could guess.
//! - [`assert_no_script_reads_the_wire`] asks of each lesson that its pages can't read what the wire shows.
//! - [`LogIns`] asks of a log-in what several exercises promise of theirs.
//! - [`Lure`] is another site's page, that an exercise's learner lays out; a browser can fall for it.
//!
//! ```
//! use axum::{Router, routing::get};
//!
//! let server = probe::Server::of(Router::new().route("/", get(|| async { "hello" })));
//! let reply = server.send(probe::get("/"));
//! assert_eq!(reply.status, 200, "{reply}");
//! assert_eq!(reply.text(), "hello", "{reply}");
//! ```

mod address;
mod apart;
mod browser;
mod cache;
mod chance;
mod clock;
mod connection;
mod log_in;
mod lure;
mod page;
mod passed;
mod reply;
mod request;
mod samples;
mod server;
mod tamper;
mod unheard;
mod wire;

pub use address::Address;
pub use apart::{Apart, seed};
pub use browser::{Browser, Fall, Filling, Visit};
pub use cache::behind_a_cache;
pub use chance::{chance, computed_from};
pub use clock::Clock;
pub use connection::Connection;
pub use cookie_rules::{Cookie, SameSite, Stored};
pub use launch::Ended;
pub use log_in::{LogIn, LogIns};
pub use lure::{Lure, MALLORYS_ID};
pub use page::{Control, Element, Form, Kind, Page, Submission, collapsed, excerpt, in_a_page};
pub use passed::Passed;
pub use reply::Reply;
pub use request::{Request, encode, get, post};
pub use samples::{MARKUP, TYPED, strange_cookies};
pub use server::{Server, run};
pub use tamper::{alike, almost, byte_strangers, extrapolate, forge, splice, strangers, tamper};
pub use unheard::assert_serves_unheard;
pub use wire::assert_no_script_reads_the_wire;
