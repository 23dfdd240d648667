//! Wrong: a map by User-Agent: thirty laptops of one kind are one visitor. Killed by: each_visitor_is_greeted_by_their_own_name

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Router,
    extract::{Form, State},
    http::HeaderMap,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use serde::Deserialize;

/// The names, by the browser that they were entered in.
type Current = Arc<Mutex<HashMap<String, String>>>;

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
async fn enter(
    State(current): State<Current>,
    headers: HeaderMap,
    Form(visitor): Form<Visitor>,
) -> Redirect {
    locked(&current).insert(key(&headers), visitor.name);
    Redirect::to("/hello")
}

/// Greets the visitor.
async fn hello(State(current): State<Current>, headers: HeaderMap) -> Response {
    match locked(&current).get(&key(&headers)) {
        Some(name) => page(&format!(
            "<h1>Hello, {}</h1>\n<p>Reload this page. Then enter another name in another browser, and reload again.</p>",
            escaped(name)
        ))
        .into_response(),
        None => Redirect::to("/").into_response(),
    }
}

/// What the visitor's browser calls itself.
fn key(headers: &HeaderMap) -> String {
    headers.get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
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
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
