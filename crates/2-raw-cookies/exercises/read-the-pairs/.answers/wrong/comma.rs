//! Wrong: it splits at `,` too, as the article writes it: a comma in one value begins another cookie. Killed by: only_a_semicolon_separates_pairs

use axum::{
    Router,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse},
    routing::get,
};

/// The server: one page.
pub fn app() -> Router {
    Router::new().route("/", get(index))
}

/// Whether the browser asks for the dark look.
fn is_dark(headers: &HeaderMap) -> bool {
    value(headers, "look").as_deref() == Some("dark")
}

/// The nickname, where there is one.
fn nick(headers: &HeaderMap) -> Option<String> {
    value(headers, "nick")
}

/// The value of the first pair with this name, in whichever line it came. What is not UTF-8 is replaced.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| matches!(*byte, b';' | b',')))
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()))
        .filter_map(|pair| {
            pair.split_once('=').map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()))
        })
        .find(|(given, _)| given == name)
        .map(|(_, value)| value)
}

/// Shows what the cookies decide.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let look = if is_dark(&headers) { "dark" } else { "light" };
    let nick = nick(&headers).unwrap_or("nobody".to_owned());
    let content = format!(
        "<h1>Look: {look}</h1>\n<p>Nick: {}</p>\n\
         <p>This page sets no cookie. Send it some with curl, or in your browser's developer tools.</p>",
        escaped(&nick)
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
         <title>Pairs · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}

/// Text as HTML: what is typed can't become a tag or end an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
