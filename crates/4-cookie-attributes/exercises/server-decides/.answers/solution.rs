//! Exercise: the server decides.
//!
//! A log-in here is for 30 minutes: the cookie `server_decides` has a `Max-Age`, and the browser drops it in time. But a copy
//! has no browser. Whoever saved the cookie is logged in next year. Make the server itself end a log-in:
//!
//! - For 30 minutes it is believed: after 1799 seconds it is, after 1800 it isn't, whenever the log-in was. The browser is asked to
//!   forget it then, too.
//! - The 30 minutes run from the log-in, whatever happens in between: a visit does not move the expiry, nor does a restart with the
//!   same key. A new log-in has its own, and leaves an older one's as it is.
//! - What the server goes by is under the signature. Log-ins from before your change say no time: they open nothing.
//!
//! Keep: `GET /` says "Logged in as NAME", the whole name and as text, or "You are not logged in"; `POST /login` (`username`)
//! answers 303 to a page of this server; one signed cookie, `server_decides`, found among whatever others come along;
//! `Settings` and `app`. The time is `(settings.now)()`, which the check sets, and may set back: that is no error. The server
//! keeps no list.
//!
//! See it with `cargo course run server-decides` at <http://localhost:3104>: there the server's clock runs a minute a second, and
//! the browser's does not. Log in, wait 31 seconds, reload. Check it with `cargo course check server-decides`.
//!
//! Aloud: Ada logs out after five minutes. For how long does a thief's copy work? What would the server need to know to end it?

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, CookieJar, Key, SameSite, time};
use serde::{Deserialize, Serialize};

const NAME: &str = "server_decides";
/// How long a log-in lasts, in seconds.
const LIFETIME: u32 = 30 * 60;

/// What the server needs.
#[derive(Clone)]
pub struct Settings {
    /// Signs, and verifies.
    pub key: Key,
    /// The clock.
    pub now: Arc<dyn Fn() -> SystemTime + Send + Sync>,
}

/// The server, with its key and its clock.
pub fn app(settings: Settings) -> Router {
    Router::new().route("/", get(index)).route("/login", post(log_in)).with_state(settings)
}

/// What the cookie says under its signature.
#[derive(Deserialize, Serialize)]
struct Facts {
    username: String,
    /// Seconds since 1970, by this server's clock.
    ends: u64,
}

/// Says who is logged in.
async fn index(State(settings): State<Settings>, headers: HeaderMap) -> Response {
    match read(&settings, &headers) {
        Some(facts) => page(&format!("<h1>Logged in as {}</h1>", escape(&facts.username))),
        None => page(
            "<h1>You are not logged in</h1>\n<form action=\"/login\" method=\"post\"><label for=\"username\">Name</label>\n\
             <input id=\"username\" name=\"username\" required> <button>Log in for 30 minutes</button></form>",
        ),
    }
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

/// Logs in, for 30 minutes.
async fn log_in(State(settings): State<Settings>, Form(login): Form<Login>) -> Response {
    if login.username.trim().is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in.").into_response();
    }
    let ends = seconds(&settings) + u64::from(LIFETIME);
    match signed(&settings, &Facts { username: login.username, ends }) {
        Some(line) => ([(header::SET_COOKIE, line)], Redirect::to("/")).into_response(),
        None => (StatusCode::INTERNAL_SERVER_ERROR, "This can't be written.").into_response(),
    }
}

/// The `Set-Cookie` line of a log-in.
fn signed(settings: &Settings, facts: &Facts) -> Option<String> {
    let cookie = Cookie::build((NAME, serde_json::to_string(facts).ok()?))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(LIFETIME.into()));
    let mut jar = CookieJar::new();
    jar.signed_mut(&settings.key).add(cookie);
    Some(jar.delta().map(|cookie| cookie.encoded().to_string()).collect())
}

/// What the request's cookie says, where our key signed it and its end is not reached.
fn read(settings: &Settings, headers: &HeaderMap) -> Option<Facts> {
    let lines = headers.get_all(header::COOKIE).iter();
    let cookie = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse_encoded)
        .flatten()
        .find(|cookie| cookie.name() == NAME)?;
    let verified = CookieJar::new().signed(&settings.key).verify(cookie)?;
    let facts: Facts = serde_json::from_str(verified.value()).ok()?;
    // At the very second of the end it is over.
    Some(facts).filter(|facts| seconds(settings) < facts.ends)
}

/// The server's time, in seconds since 1970.
fn seconds(settings: &Settings) -> u64 {
    (settings.now)().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>The server decides</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// What somebody typed, as text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
