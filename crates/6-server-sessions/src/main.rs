//! Lesson 6: server-side sessions. Read it beside lessons/6-server-sessions.md.
//!
//! Run it with `cargo run -p server-sessions`, then open <http://localhost:3006>.
//!
//! This file has the routes. `session.rs` says what a session is, from the cookie to the log-out; `store/` keeps it, in a
//! file or in Redis. Beside them, `refused.rs` says what the server answers when it can't do what it was asked,
//! `settings.rs` reads the environment, and `look.rs` prints what is in the store.

mod look;
mod refused;
mod session;
mod settings;
mod store;
#[cfg(test)]
mod tests;

use std::{env, sync::Arc};

use askama::Template;
use axum::{
    Router,
    extract::Form,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use classroom::{Lesson, Page, Stop, cookies::FOR_ONE_BROWSER};
use serde::Deserialize;

use crate::{
    refused::Refused,
    session::{Browser, Session, Verdict},
    settings::Settings,
};

const LESSON: Lesson = Lesson {
    port: 3006,
    title: "Server-side sessions",
    package: env!("CARGO_PKG_NAME"),
    cookies: &["sid", "__Host-sid"],
    try_this: &["curl -i -d \"username=Ada\" http://localhost:3006/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let settings = Arc::new(Settings::from_environment()?);
    if env::args().nth(1).is_some_and(|word| word == "look") {
        return look::look(&settings).await;
    }
    tokio::spawn(session::sweep(Arc::clone(&settings)));
    classroom::serve(LESSON, app(settings)).await
}

fn app(settings: Arc<Settings>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", get(ask).post(log_in))
        .route("/logout", post(log_out))
        .route("/notes", post(add_note))
        .route("/sessions", get(browsers))
        .route("/sessions/revoke", post(revoke))
        .with_state(settings)
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    username: Option<&'a str>,
    notes: &'a [String],
    verdict: Verdict,
}

/// Says who is logged in, and what was noted. The request brought an id; the store has the rest.
async fn index(session: Session) -> impl IntoResponse {
    let (username, notes) = (session.username(), session.notes());
    let page = Page(Index { username, notes, verdict: session.verdict });
    (FOR_ONE_BROWSER, session.for_the_wire().await, page).into_response()
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

/// Logs in, under a new id. Handing the session back with the response is what writes the cookie.
async fn log_in(
    mut session: Session,
    Form(login): Form<Login>,
) -> Result<impl IntoResponse, Refused> {
    let username = login.username.trim();
    if username.is_empty() || username.chars().count() > 100 {
        return Err(Refused::Unusable("A name of 1 to 100 characters is needed to log in."));
    }
    session.log_in(username.to_owned()).await?;
    Ok((session.for_the_wire().await, session, Redirect::to("/")))
}

/// Deletes the session in the store, and the cookie in the browser.
async fn log_out(mut session: Session) -> Result<impl IntoResponse, Refused> {
    session.log_out().await?;
    Ok((session.for_the_wire().await, session, Redirect::to("/")))
}

#[derive(Deserialize)]
struct Note {
    note: String,
}

/// Adds a note, logged in or not.
async fn add_note(
    mut session: Session,
    Form(Note { note }): Form<Note>,
) -> Result<impl IntoResponse, Refused> {
    if note.trim().is_empty() {
        return Err(Refused::Unusable("A note needs at least one letter."));
    }
    session.add_note(note.trim()).await?;
    Ok((session.for_the_wire().await, session, Redirect::to("/")))
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct Browsers<'a> {
    username: Option<&'a str>,
    browsers: &'a [Browser],
}

/// Lists the browsers that this user is logged in with.
async fn browsers(session: Session) -> Result<impl IntoResponse, Refused> {
    let browsers = session.browsers().await?;
    let page = Browsers { username: session.username(), browsers: &browsers };
    Ok((FOR_ONE_BROWSER, session.for_the_wire().await, Page(page)).into_response())
}

#[derive(Deserialize)]
struct Revoke {
    session: String,
}

/// Ends one of the user's sessions, or with `session=others` all but this one.
async fn revoke(
    session: Session,
    Form(wanted): Form<Revoke>,
) -> Result<impl IntoResponse, Refused> {
    session.revoke(&wanted.session).await?;
    Ok((session.for_the_wire().await, Redirect::to("/sessions")))
}
