//! Lesson 1: stateless HTTP. Read it beside lessons/1-stateless-http.md.
//!
//! Run it with `cargo run -p stateless-http`, then open <http://localhost:3001>.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use askama::Template;
use axum::{
    Router,
    extract::{Form, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::get,
};
use classroom::{Lesson, Page, Stop};
use serde::Deserialize;

const LESSON: Lesson = Lesson {
    port: 3001,
    title: "Stateless HTTP",
    package: env!("CARGO_PKG_NAME"),
    cookies: &[],
    try_this: &[
        "curl -i http://localhost:3001/counter",
        "curl -d \"\" http://localhost:3001/counter",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app()).await
}

fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/greet", get(greet))
        .route("/members", get(ask).post(enter))
        .route("/counter", get(show_count).post(count))
        .with_state(Count::default())
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index;

/// The same body for everyone, always: it looks at nothing in the request.
async fn index() -> Page<Index> {
    Page(Index)
}

#[derive(Deserialize, Template)]
#[template(path = "greet.html")]
struct Greeting {
    name: String,
}

/// Greets whoever the address names. All the context there is came in this one request.
async fn greet(Query(greeting): Query<Greeting>) -> Page<Greeting> {
    Page(greeting)
}

#[derive(Template)]
#[template(path = "ask.html")]
struct Ask {
    refused: bool,
}

/// Asks for a name and a password. It asks every time: no request says that an earlier one had them right.
async fn ask() -> Page<Ask> {
    Page(Ask { refused: false })
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

#[derive(Template)]
#[template(path = "members.html")]
struct Members {
    username: String,
}

/// Shows the members' page for this request only, or asks again.
async fn enter(Form(sent): Form<Credentials>) -> impl IntoResponse {
    if sent.username == "ada" && sent.password == "lovelace" {
        Ok(Page(Members { username: sent.username }))
    } else {
        Err((StatusCode::FORBIDDEN, Page(Ask { refused: true })))
    }
}

/// The server may remember. But nothing in a request says who sent it, so there is one number for the whole world.
type Count = Arc<AtomicU64>;

#[derive(Template)]
#[template(path = "counter.html")]
struct Counter {
    count: u64,
}

/// Shows the number. Looking changes nothing; a stored copy would soon be wrong, so nobody may keep one.
async fn show_count(State(count): State<Count>) -> impl IntoResponse {
    let count = count.load(Ordering::Relaxed);
    ([(header::CACHE_CONTROL, "no-store")], Page(Counter { count }))
}

/// Adds one, then sends the browser to look, so that a reload looks again and doesn't count again.
async fn count(State(count): State<Count>) -> Redirect {
    count.fetch_add(1, Ordering::Relaxed);
    Redirect::to("/counter")
}
