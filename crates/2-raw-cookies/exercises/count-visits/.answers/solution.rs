//! Exercise count-visits: the server counts visits, everybody's in one number.
//!
//! `GET /` says `Visits: N`, and each reload adds one. On your own it looks right. But the number is the server's, and it is one
//! for all: a second browser is told that it has been here before, and a restart forgets everybody.
//!
//! Fix it, so that each browser keeps its own number:
//! - The count is kept in a cookie called `times_here`. A browser without it is told `Visits: 1`; one that sends
//!   `times_here=41` is told `Visits: 42`, and gets `times_here=42` back. The server keeps nothing.
//! - A cookie can say anything. What is no number, or none that fits a `u64`, starts again at 1. The largest `u64` stays.
//! - Other cookies may stand before and behind it, with any bytes in them. They change nothing, and stay.
//! - The page is for one browser, as it was: no cache may give it to another.
//!
//! `received` and `value` below are those of the lesson, there to be used.
//!
//! Run it with `cargo course run count-visits`, then open <http://localhost:3102> in two browsers. Check it with
//! `cargo course check count-visits`.
//!
//! Aloud: the server keeps nothing now, so a restart loses nothing. What has it given up for that? Try
//! `curl -b "times_here=1000000" http://localhost:3102/`.

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

/// Counts this browser's visits. The browser brings the count; the server adds one and hands it back.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let before = value(&headers, "times_here").and_then(|count| count.parse::<u64>().ok());
    let visits = before.unwrap_or(0).saturating_add(1);
    let content = format!(
        "<h1>Visits: {visits}</h1>\n<p>Reload this page. Then open it in another browser, and restart the server.</p>"
    );
    (
        FOR_ONE_BROWSER,
        [(header::SET_COOKIE, format!("times_here={visits}; Path=/"))],
        page(&content),
    )
}

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// Every pair of the request's `Cookie` headers, as in the lesson: split at `;`, then at the first `=`.
pub fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()))
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.trim_ascii_end().to_owned(), value.trim_ascii_start().to_owned()))
        })
        .collect()
}

/// The value of the first pair with this name.
pub fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    received(headers).into_iter().find(|(given, _)| given == name).map(|(_, value)| value)
}

/// A page of the exercise.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Visits · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}
