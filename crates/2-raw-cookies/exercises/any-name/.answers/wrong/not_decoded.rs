//! Wrong: it encodes on write and doesn't decode on read: the page greets %E5%B0%8F%E6%98%8E. Killed by: any_script_comes_back

use axum::{
    Router,
    extract::Form,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect},
    routing::get,
};
use cookie::Cookie;
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

/// Sets the cookie. The name may hold any character, so it is percent-encoded.
async fn save(Form(chosen): Form<Chosen>) -> impl IntoResponse {
    let cookie = Cookie::build(("called", chosen.name)).path("/").build();
    ([(header::SET_COOKIE, cookie.encoded().to_string())], Redirect::to("/"))
}

/// What the browser wants to be called.
fn called(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
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
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
