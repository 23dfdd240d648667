//! Exercise: stay signed in.
//!
//! The log-in form has a box, *Remember me for 30 days*. Whoever ticks it is logged out when the browser closes; whoever
//! doesn't, at the library's computer, stays logged in for the next reader. Make the box do what it says:
//!
//! - Ticked: the log-in lasts for 30 days, also where the browser is closed in between, and then the browser forgets it. A visit
//!   does not move that.
//! - Not ticked: it lasts until the browser ends its session: when it closes, unless it restores its windows. Visits change nothing
//!   here either, nor does a box that was ticked at an earlier log-in: the last one counts.
//!
//! Keep: the form with its box; `GET /` says "Logged in as NAME", the whole name and as text, or "You are not logged in"; `POST
//! /login` (`username`, and `remember=on` where the box is ticked) and `POST /logout` answer 303 to a page of this server; one
//! signed cookie, `stay_signed_in`, found among whatever others come along, and good for as long as the key is the same. A log-out
//! deletes it and no other. How long the *server* believes a copy is for another exercise, `server-decides`.
//!
//! See it with `cargo course run stay-signed-in` at <http://localhost:3104>: in a spare profile of a browser that you quit
//! completely, or with the two lines of curl that it prints. Check it with `cargo course check stay-signed-in`.
//!
//! Aloud: the reader at the library closes the tab, not the browser. Who is logged in now? What can your server do about it?

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, CookieJar, Key, SameSite, time::Duration};
use serde::Deserialize;

const NAME: &str = "stay_signed_in";

/// The server, and the key that it signs with.
pub fn app(key: Key) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .with_state(key)
}

/// Says who is logged in.
async fn index(State(key): State<Key>, headers: HeaderMap) -> Response {
    match username(&key, &headers) {
        Some(name) => page(&format!(
            "<h1>Logged in as {}</h1>\n<form action=\"/logout\" method=\"post\"><button>Log out</button></form>",
            escape(&name)
        )),
        None => page(
            "<h1>You are not logged in</h1>\n<form action=\"/login\" method=\"post\"><label for=\"username\">Name</label>\n\
             <input id=\"username\" name=\"username\" required>\n\
             <label class=\"choice\"><input type=\"checkbox\" name=\"remember\"> Remember me for 30 days</label>\n\
             <button>Log in</button></form>",
        ),
    }
}

#[derive(Deserialize)]
struct Login {
    username: String,
    /// A checkbox: not in the form at all where it is not ticked.
    remember: Option<String>,
}

/// Logs in, for 30 days or until the browser closes.
async fn log_in(State(key): State<Key>, Form(login): Form<Login>) -> Response {
    if login.username.trim().is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in.").into_response();
    }
    let mut cookie = cookie();
    cookie.set_value(login.username);
    if login.remember.is_some() {
        // Without it this is a session cookie: the browser keeps it until it closes.
        cookie.set_max_age(Duration::days(30));
    }
    let mut jar = CookieJar::new();
    jar.signed_mut(&key).add(cookie);
    let line: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
    ([(header::SET_COOKIE, line)], Redirect::to("/")).into_response()
}

/// Deletes the cookie.
async fn log_out() -> impl IntoResponse {
    let mut cookie = cookie();
    cookie.make_removal();
    ([(header::SET_COOKIE, cookie.encoded().to_string())], Redirect::to("/"))
}

/// Our cookie, without a value yet.
fn cookie() -> Cookie<'static> {
    Cookie::build(NAME).path("/").http_only(true).same_site(SameSite::Lax).build()
}

/// The name in the request's cookie, where our key signed it.
fn username(key: &Key, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter();
    let cookie = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse_encoded)
        .flatten()
        .find(|cookie| cookie.name() == NAME)?;
    let verified = CookieJar::new().signed(key).verify(cookie)?;
    Some(verified.value().to_owned())
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Stay signed in</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// What somebody typed, as text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
