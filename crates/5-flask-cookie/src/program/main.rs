//! Lesson 5: the article's program. Read it beside lessons/5-flask-cookie.md.
//!
//! Run it with `cargo run -p flask-cookie`, then open <http://localhost:3005>.
//!
//! This file has the routes, in the article's order, and one page more. `request.rs` makes the session an argument of a
//! handler, `verdict.rs` says what is made of its cookie, `settings.rs` reads the keys, and `taken_apart.rs` shows a
//! cookie's parts. The cookie's format is the library in the folder above: begin at `lib.rs`.

mod request;
mod settings;
mod taken_apart;
mod verdict;
mod visible;

use std::sync::Arc;

use askama::Template;
use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::get,
};
use classroom::{Lesson, Page, Stop, cookies::FOR_ONE_BROWSER};
use serde::Deserialize;

use crate::{
    request::Session,
    settings::Site,
    taken_apart::{AsText, TakenApart},
};

const LESSON: Lesson = Lesson {
    port: 3005,
    title: "The article's program",
    package: env!("CARGO_PKG_NAME"),
    cookies: &["session"],
    try_this: &["curl -i -d \"username=alice\" http://localhost:3005/login"],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let site = Site::from_environment()?;
    classroom::serve(LESSON, app(site)).await
}

fn app(site: Site) -> Router {
    Router::new()
        .route(Url::Index.path(), get(index))
        .route(Url::Login.path(), get(ask).post(login))
        .route(Url::Logout.path(), get(logout))
        .route(Url::Session.path(), get(take_apart))
        .with_state(Arc::new(site))
}

/// Every path of this server. The router, the redirects and the templates' links take them from here. Flask's
/// `url_for("indx")` fails when somebody comes by; a name that isn't here doesn't compile.
#[derive(Clone, Copy)]
enum Url {
    Index,
    Login,
    Logout,
    Session,
}

impl Url {
    const fn path(self) -> &'static str {
        match self {
            Self::Index => "/",
            Self::Login => "/login",
            Self::Logout => "/logout",
            Self::Session => "/session",
        }
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    username: Option<&'a str>,
}

/// Says who is logged in. The template escapes the name: no handler can forget it.
async fn index(session: Session) -> impl IntoResponse {
    let page = Page(Index { username: session.get_str("username") }).into_response();
    (session, page)
}

#[derive(Template)]
#[template(path = "login.html")]
struct Ask {
    lifetime: String,
    outlives_its_cookie: bool,
}

/// Shows the form.
async fn ask(session: Session) -> impl IntoResponse {
    let (lifetime, outlives_its_cookie) = (session.lifetime(), session.outlives_its_cookie());
    let page = Page(Ask { lifetime, outlives_its_cookie });
    (session, page)
}

#[derive(Deserialize)]
struct Login {
    username: String,
    /// A box: sent where it is ticked.
    remember: Option<String>,
}

/// Puts the name into the session, and leaves everything else in it as it was. Handing the session back with the response
/// is what writes the cookie.
async fn login(mut session: Session, Form(login): Form<Login>) -> impl IntoResponse {
    if login.username.trim().is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in."));
    }
    session.insert("username", login.username);
    if session.is_permanent() != login.remember.is_some() {
        session.set_permanent(login.remember.is_some());
    }
    Ok((session, Redirect::to(Url::Index.path())))
}

/// Takes the name out again. It answers GET, as in the article, and the lesson says why a program of today wouldn't.
async fn logout(mut session: Session) -> impl IntoResponse {
    session.remove("username");
    (session, Redirect::to(Url::Index.path()))
}

/// Shows what came in the cookie, what anybody can read in it, and what this server makes of it. It writes nothing.
async fn take_apart(
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    session: Session,
) -> impl IntoResponse {
    let page = TakenApart::of(&headers, &site);
    let page = if headers.get(header::ACCEPT).is_some_and(|kind| kind == "text/plain") {
        AsText { page }.to_string().into_response()
    } else {
        Page(page).into_response()
    };
    (FOR_ONE_BROWSER, session.word(), page)
}
