//! Wrong: empties the whole session with the messages. Killed by: the_rest_of_the_session_stays

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Router,
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Redirect},
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
    let mut session = load(&headers);
    let messages = texts(session.get(FLASHES));
    session.clear();
    (saved(&session), format!("messages: {}\n", messages.join(", ")))
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
