//! Exercise: change the key.
//!
//! This server signs its log-ins in the cookie `change_the_key`. No key should be used for ever. So once a year the
//! server is started again with a new `key`, and with the old ones in `fallbacks`. (Never with one that *leaked*: see the question
//! below.) Today that logs everybody out. Make a change of key go unnoticed:
//!
//! - A log-in that `key` or *any* of the `fallbacks` signed is believed, also after a restart with the same keys.
//! - Only `key` signs, never a fallback. What no key signed is never believed, and never signed either.
//! - A visit to `GET /` renews: whoever came by after the change stays logged in when the old key is dropped, under the same
//!   name and as long as after a log-in.
//! - A key that is in neither place opens nothing, also where this program knew it once.
//!
//! Keep: `GET /` says "Logged in as NAME", the whole name and as text, or "You are not logged in"; `POST /login` (`username`)
//! answers 303 to `/`; the log-in is one cookie, `change_the_key`, whatever else comes with it; `Keys` and `app`. The server
//! keeps no list of who is logged in.
//!
//! See it with `cargo course run change-the-key` at <http://localhost:3103>. Check it with
//! `cargo course check change-the-key`.
//!
//! Aloud: the old key has leaked, and a thief has it. Would you still make it a fallback? What does that cost, either way?

use std::sync::Arc;

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, CookieJar, Key, SameSite};
use serde::Deserialize;

const NAME: &str = "change_the_key";

/// The keys of a server.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Signs, and verifies.
    pub key: Key,
    /// Verify and never sign: keys that were in use before.
    pub fallbacks: Vec<Key>,
}

/// The server, with its keys.
pub fn app(keys: Keys) -> Router {
    Router::new().route("/", get(index)).route("/login", post(log_in)).with_state(Arc::new(keys))
}

/// Says who is logged in.
async fn index(State(keys): State<Arc<Keys>>, headers: HeaderMap) -> Response {
    let Some((name, signed_by)) = username(&keys, &headers) else {
        return page(
            "<h1>You are not logged in</h1>\n<form action=\"/login\" method=\"post\"><label for=\"username\">Name</label>\n\
             <input id=\"username\" name=\"username\" required> <button>Log in</button></form>",
        );
    };
    let page = page(&format!("<h1>Logged in as {}</h1>", escape(&name)));
    match signed_by {
        SignedBy::Key => page,
        SignedBy::Fallback => {
            ([(header::SET_COOKIE, log_in_line(&keys.key, &name))], page).into_response()
        }
    }
}

/// Which key signed a log-in.
enum SignedBy {
    Key,
    Fallback,
}

/// The name in the request's cookie, and which of our keys signed it.
fn username(keys: &Keys, headers: &HeaderMap) -> Option<(String, SignedBy)> {
    let cookie = received(headers)?;
    if let Some(name) = verify(&keys.key, &cookie) {
        return Some((name, SignedBy::Key));
    }
    let name = keys.fallbacks.iter().find_map(|key| verify(key, &cookie))?;
    Some((name, SignedBy::Fallback))
}

/// The name, where this key signed it.
fn verify(key: &Key, cookie: &Cookie<'static>) -> Option<String> {
    let verified = CookieJar::new().signed(key).verify(cookie.clone())?;
    Some(verified.value().to_owned())
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

/// Writes the name into the cookie, signed.
async fn log_in(State(keys): State<Arc<Keys>>, Form(login): Form<Login>) -> Response {
    if login.username.trim().is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in.").into_response();
    }
    let line = log_in_line(&keys.key, &login.username);
    ([(header::SET_COOKIE, line)], Redirect::to("/")).into_response()
}

/// The `Set-Cookie` line of a log-in.
fn log_in_line(key: &Key, username: &str) -> String {
    let cookie = Cookie::build((NAME, username.to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax);
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(cookie);
    jar.delta().map(|cookie| cookie.encoded().to_string()).collect()
}

/// The request's cookie of our name, percent-decoded.
fn received(headers: &HeaderMap) -> Option<Cookie<'static>> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse_encoded)
        .flatten()
        .find(|cookie| cookie.name() == NAME)
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Change the key</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// What somebody typed, as text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
