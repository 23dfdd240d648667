//! Exercise any-name: what somebody typed stands in a header as it is.
//!
//! You say what you want to be called, and the cookie `called` keeps it. With `Ada` that works. With `Ada; Max-Age=0` the browser
//! drops the cookie: the `;` ended the value, and what came after it became an attribute. 小明 is forgotten at once, and a line
//! break makes the server answer with an error.
//!
//! Fix it:
//! - `POST /name` with the field `name` answers `303 See Other` with `Location: /`, for every name, and sets one cookie,
//!   `called`. Its line is ASCII, and its attributes are the same whatever was typed.
//! - `GET /name` answers with the name as plain text, exactly as it was typed, up to 200 characters of any script; `GET /`
//!   greets with it, as text. Without the cookie, `GET /name` answers with nothing.
//! - The cookie alone holds the name, so a restart loses nothing. Other cookies may stand before and behind it.
//! - Somebody may send a cookie that this server never wrote: it is shown somehow, as text, and never an error.
//!
//! The crate `cookie` is there to be used, and so is any encoding you like.
//!
//! Run it with `cargo course run any-name`, then open <http://localhost:3102>. Check it with `cargo course check any-name`.
//!
//! Aloud: the browser doesn't know that the value is encoded, and no rule of the specification says how. So who must agree with
//! whom, and what happens when a second program on this host reads the cookie?

use axum::{
    Router,
    extract::Form,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use serde::Deserialize;

/// The server: a page, and the name as plain text.
pub fn app() -> Router {
    Router::new().route("/", get(index)).route("/name", get(name).post(save))
}

/// What the form sends.
#[derive(Deserialize)]
struct Chosen {
    name: String,
}

/// Sets the cookie.
async fn save(Form(chosen): Form<Chosen>) -> impl IntoResponse {
    let line = format!("called={}; Path=/", chosen.name);
    ([(header::SET_COOKIE, line)], Redirect::to("/"))
}

/// What the browser wants to be called.
fn called(headers: &HeaderMap) -> Option<String> {
    // What is not ASCII is no cookie of this server, and hides none.
    let lines = headers.get_all(header::COOKIE).iter();
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let mut pairs = pairs
        .filter(|pair| pair.is_ascii())
        .filter_map(|pair| str::from_utf8(pair).ok()?.trim().split_once('='));
    pairs.find(|(name, _)| *name == "called").map(|(_, value)| value.to_owned())
}

/// The name as plain text.
async fn name(headers: HeaderMap) -> impl IntoResponse {
    (FOR_ONE_BROWSER, called(&headers).unwrap_or_default())
}

/// Greets, and asks.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let name = called(&headers).unwrap_or("stranger".to_owned());
    let content = format!(
        "<h1>Hello, {}</h1>\n<form method=\"post\" action=\"/name\">\n\
         <label for=\"name\">What do you want to be called?</label>\n\
         <input id=\"name\" name=\"name\" maxlength=\"60\" autocomplete=\"off\">\n\
         <button>Save</button>\n</form>\n<p><a href=\"/name\">The name as plain text</a></p>",
        escaped(&name)
    );
    (FOR_ONE_BROWSER, page(&content))
}

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// A page. What is typed is escaped before it comes here.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Names · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
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
