//! Lesson 3: signed sessions. Read it beside lessons/3-signed-sessions.md.
//!
//! Run it with `cargo run -p signed-sessions`, then open <http://localhost:3003>.
//!
//! This file has the routes. `session.rs` says what the cookie holds and when the server believes it; `settings.rs` reads
//! the keys.

mod session;
mod settings;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use classroom::{Lesson, Page, Stop, cookies::FOR_ONE_BROWSER, settings::in_words};
use serde::Deserialize;

use crate::{
    session::{Reading, Session, Verdict},
    settings::Settings,
};

const LESSON: Lesson = Lesson {
    port: 3003,
    title: "Signed sessions",
    package: env!("CARGO_PKG_NAME"),
    cookies: &["signed_session"],
    try_this: &["curl -i -d \"username=Ada\" http://localhost:3003/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let settings = Settings::from_environment()?;
    classroom::serve(LESSON, app(settings)).await
}

fn app(settings: Settings) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", get(ask).post(log_in))
        .route("/logout", post(log_out))
        .route("/session", get(take_apart))
        .with_state(Arc::new(settings))
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    username: Option<&'a str>,
}

/// Says who is logged in. The session came with the request; the server keeps no list.
async fn index(session: Session) -> impl IntoResponse {
    (FOR_ONE_BROWSER, session.word(), Page(Index { username: session.username() })).into_response()
}

#[derive(Template)]
#[template(path = "login.html")]
struct Ask;

/// Shows the form.
async fn ask() -> Page<Ask> {
    Page(Ask)
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

/// Puts the name into the session. Handing the session back with the response is what writes the cookie.
async fn log_in(mut session: Session, Form(login): Form<Login>) -> impl IntoResponse {
    if login.username.trim().is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in."));
    }
    session.log_in(login.username);
    Ok((session, Redirect::to("/")))
}

/// Takes the name out again, and with it the cookie.
async fn log_out(mut session: Session) -> impl IntoResponse {
    session.log_out();
    (session, Redirect::to("/"))
}

#[derive(Template)]
#[template(path = "session.html")]
struct TakenApart {
    reading: Reading,
    age_limit: String,
}

/// The same for a client that asks for text, as `curl -H "Accept: text/plain"` does.
#[derive(Template)]
#[template(path = "session.txt")]
struct TakenApartAsText {
    reading: Reading,
}

/// Shows the cookie's parts and what the server makes of them.
async fn take_apart(
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    session: Session,
) -> impl IntoResponse {
    let (word, reading) = (session.word(), session.reading);
    let page = if headers.get(header::ACCEPT).is_some_and(|kind| kind == "text/plain") {
        TakenApartAsText { reading }.to_string().into_response()
    } else {
        Page(TakenApart { reading, age_limit: in_words(settings.lifetime) }).into_response()
    };
    (FOR_ONE_BROWSER, word, page)
}
