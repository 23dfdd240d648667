//! Exercise two-strangers: the server greets whoever came last, whoever asks.
//!
//! You enter your name, and the next page says `Hello, NAME`. Alone on your laptop it works. But the name is kept in a
//! variable of the server, and nothing in a request says whose turn it is: when Bob enters, Ada's page greets Bob.
//!
//! Fix it, without cookies (they come in lesson 2):
//! - `POST /enter` with the field `name` answers `303 See Other`, and the page that it sends the browser to says
//!   `Hello, NAME`: for this visitor, whoever else came in the meantime, and again at each reload.
//! - Every name comes back whole and as it was typed, in any script, with any sign in it; markup in it is text.
//! - Whoever comes to `GET /hello` without having entered a name must not see anybody's: send them to the form at `/`.
//!
//! Two visitors may look the same to you: one address, one browser. `percent_encoded` below is there to be used.
//!
//! Run it with `cargo course run two-strangers`, then open <http://localhost:3101> in two browsers. Check it with
//! `cargo course check two-strangers`.
//!
//! Aloud: now the request says who is greeted. Who can write such a request, and what would that mean for a members' page?

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::{Form, State},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

/// Who is here: the name that somebody entered.
type Current = Arc<Mutex<Option<String>>>;

/// The server: it asks for a name, and greets.
pub fn app() -> Router {
    Router::new()
        .route("/", get(ask))
        .route("/enter", post(enter))
        .route("/hello", get(hello))
        .with_state(Current::default())
}

/// What the form sends.
#[derive(Deserialize)]
struct Visitor {
    #[serde(default)]
    name: String,
}

/// Asks for a name.
async fn ask() -> Html<String> {
    page(
        "<h1>Who are you?</h1>\n<form method=\"post\" action=\"/enter\">\n\
         <label for=\"name\">Your name</label>\n\
         <input id=\"name\" name=\"name\" required autocomplete=\"off\">\n\
         <button>Enter</button>\n</form>",
    )
}

/// Takes a name, and sends the browser on to be greeted.
async fn enter(State(current): State<Current>, Form(visitor): Form<Visitor>) -> Redirect {
    *locked(&current) = Some(visitor.name);
    Redirect::to("/hello")
}

/// Greets the visitor.
async fn hello(State(current): State<Current>) -> Response {
    match locked(&current).as_deref() {
        Some(name) => page(&format!(
            "<h1>Hello, {}</h1>\n<p>Reload this page. Then enter another name in another browser, and reload again.</p>",
            escaped(name)
        ))
        .into_response(),
        None => Redirect::to("/").into_response(),
    }
}

/// The value inside a lock, even where another request panicked while it held it.
fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Text as it may stand in an address: every byte but ASCII letters and digits becomes `%` and two hexadecimal digits.
pub fn percent_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

/// A page. What is typed is escaped before it comes here.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Hello · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}

/// Text as HTML: what is typed can't become a tag or end an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
