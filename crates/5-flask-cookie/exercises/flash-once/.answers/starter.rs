//! Exercise: flash once. `POST /save` puts a message into the session, and the next page shows it: *saved*. So do all pages
//! after it.
//!
//! Fix it: `GET /` shows each message once, as Flask's `flash` does, also where two wait, and leaves the rest of the session as
//! it is. Each browser sees its own messages.
//!
//! Keep: `POST /save` answers 303 with `Location: /`; `GET /` says `messages: ` and the texts, with commas between; the session
//! in `flash_session`, and its key.
//!
//! Run it with `cargo course run flash-once`, then open <http://localhost:3105>. Check it with
//! `cargo course check flash-once`.
//!
//! Aloud: two tabs load the page at the same moment. How often is the message shown, and who could count?

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Router,
    http::{HeaderMap, header},
    response::{AppendHeaders, Html, IntoResponse, Redirect},
    routing::{get, post},
};
use flask_cookie::{FlaskSession, Keys, SessionCookie, Value};

/// Where Flask keeps messages: a list of pairs of category and text.
const FLASHES: &str = "_flashes";

/// The exercise's server: `POST /save`, then `GET /`.
pub fn app() -> Router {
    Router::new().route("/", get(index)).route("/save", post(save))
}

/// Saves nothing, and says so to the next page. It also counts, in the same session.
async fn save(headers: HeaderMap) -> impl IntoResponse {
    let mut session = load(&headers);
    let count = match session.get("saved") {
        Some(Value::Int(count)) => count.saturating_add(1),
        _ => 1,
    };
    session.insert("saved", count);
    let message = Value::Tuple(vec!["message".into(), format!("saved {count}").into()]);
    let mut messages = match session.remove(FLASHES) {
        Some(Value::List(messages)) => messages,
        _ => Vec::new(),
    };
    messages.push(message);
    session.insert(FLASHES, messages);
    (saved(&session), Redirect::to("/"))
}

/// Shows the messages that wait.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let session = load(&headers);
    let messages = texts(session.get(FLASHES));
    (saved(&session), page(&messages))
}

/// The page with these messages, which are this server's own words, and the form.
fn page(messages: &[String]) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<title>Flash once</title>\n<p>messages: {}</p>\n\
         <form method=\"post\" action=\"/save\"><button>Save</button></form>\n",
        messages.join(", ")
    ))
}

/// The texts of these messages.
fn texts(messages: Option<&Value>) -> Vec<String> {
    let Some(Value::List(messages)) = messages else { return Vec::new() };
    let text = |message: &Value| match message {
        Value::Tuple(pair) => pair.get(1)?.as_str().map(str::to_owned),
        _ => None,
    };
    messages.iter().filter_map(text).collect()
}

/// This exercise's cookie has a name of its own.
fn site() -> (SessionCookie, Option<Keys>, u64) {
    let cookie = SessionCookie { name: "flash_session".to_owned(), ..SessionCookie::default() };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    (cookie, Keys::new("the exercise's key, which is in the source").ok(), now)
}

/// The session that came, or a fresh one.
fn load(headers: &HeaderMap) -> FlaskSession {
    let (site, keys, now) = site();
    let line = headers.get(header::COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    let cookie = line.split("; ").find_map(|pair| pair.strip_prefix("flash_session="));
    cookie
        .zip(keys)
        .and_then(|(cookie, keys)| site.load(cookie, &keys, now).ok())
        .unwrap_or_default()
}

/// The `Set-Cookie` line that keeps the session, where it was changed.
fn saved(session: &FlaskSession) -> AppendHeaders<Option<(header::HeaderName, String)>> {
    let (site, keys, now) = site();
    let line = keys.and_then(|keys| site.save(session, &keys, now));
    AppendHeaders(line.map(|line| (header::SET_COOKIE, line)))
}
