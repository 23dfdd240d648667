//! Lesson 2: raw cookies. Read it beside lessons/2-raw-cookies.md.
//!
//! Run it with `cargo run -p raw-cookies`, then open <http://localhost:3002>.

use askama::Template;
use axum::{
    Router,
    extract::Form,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect},
    routing::{get, post},
};
use classroom::{
    Lesson, Page, Stop,
    cookies::{FOR_ONE_BROWSER, LONGEST, size},
    visible,
};
use cookie::Cookie;
use serde::Deserialize;

const LESSON: Lesson = Lesson {
    port: 3002,
    title: "Raw cookies",
    package: env!("CARGO_PKG_NAME"),
    cookies: &["visits", "theme", "nickname"],
    try_this: &[
        "curl -i http://localhost:3002/cookies",
        "curl -b \"visits=41\" http://localhost:3002/cookies",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app()).await
}

fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/cookies", get(cookies))
        .route("/preferences", post(save_preferences))
        .route("/forget", post(forget))
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index {
    visits: u64,
    dark: bool,
    nickname: Option<String>,
    received: Vec<(String, String)>,
}

/// Counts this browser's visits. The count lives in the browser: the server only adds one.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let received = received(&headers);
    let visits = value(&received, "visits")
        .and_then(|count| count.parse().ok())
        .unwrap_or(0_u64)
        .saturating_add(1);
    let page = Page(Index {
        visits,
        dark: value(&received, "theme") == Some("dark"),
        nickname: value(&received, "nickname").map(decoded).filter(|name| !name.is_empty()),
        received,
    });
    (FOR_ONE_BROWSER, [(header::SET_COOKIE, format!("visits={visits}; Path=/"))], page)
}

#[derive(Template)]
#[template(path = "cookies.html")]
struct Cookies {
    received: Vec<(String, String)>,
}

/// Every pair that arrived, as it arrived. It sets nothing, so looking doesn't count. A browser asks for HTML, and gets a
/// page; whoever doesn't, such as curl, gets text, a line each.
async fn cookies(headers: HeaderMap) -> impl IntoResponse {
    let received = received(&headers);
    let accept = headers.get(header::ACCEPT).map(|kinds| String::from_utf8_lossy(kinds.as_bytes()));
    if accept.is_some_and(|kinds| kinds.contains("text/html")) {
        return (FOR_ONE_BROWSER, Page(Cookies { received }).into_response());
    }
    let lines = received.into_iter().map(|(name, value)| match name.as_str() {
        "" => value,
        _ => format!("{name}={value}"),
    });
    // A terminal obeys some of what can't be seen.
    let text: String = lines.map(|line| visible(line.as_bytes()) + "\n").collect();
    (FOR_ONE_BROWSER, text.into_response())
}

/// Every pair of the request's `Cookie` headers, in the order they came. What is not UTF-8 or has no name is kept and
/// shown: one strange byte must not lose the other cookies. White space is trimmed where it is ASCII: any other, such as
/// U+3000, belongs to the value.
fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()))
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) => {
                (name.trim_ascii_end().to_owned(), value.trim_ascii_start().to_owned())
            }
            None => (String::new(), pair.into_owned()),
        })
        .collect()
}

/// The value of the first pair with this name.
fn value<'a>(received: &'a [(String, String)], name: &str) -> Option<&'a str> {
    received.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// A value as it was before it was percent-encoded. What is no encoding stays as it came.
fn decoded(value: &str) -> String {
    // The crate would take U+3000 off the ends of a value. An encoding is ASCII.
    if !value.is_ascii() {
        return value.to_owned();
    }
    Cookie::parse_encoded(format!("v={value}"))
        .map_or_else(|_| value.to_owned(), |cookie| cookie.value().to_owned())
}

#[derive(Deserialize)]
struct Preferences {
    theme: String,
    nickname: String,
}

/// Sets two cookies: two `Set-Cookie` lines, never one line with a comma. The values are percent-encoded, for a `;` would
/// end one, and a server may send nothing but ASCII in it.
async fn save_preferences(Form(chosen): Form<Preferences>) -> impl IntoResponse {
    let theme = Cookie::build(("theme", chosen.theme)).path("/");
    let nickname = Cookie::build(("nickname", chosen.nickname)).path("/");
    let lines = [theme, nickname].map(|cookie| cookie.build().encoded().to_string());
    if lines.iter().any(|line| size(line) > LONGEST) {
        return Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            "A browser drops a cookie with more than 4096 bytes in its name and value, and says nothing.",
        ));
    }
    Ok((AppendHeaders(lines.map(|line| (header::SET_COOKIE, line))), Redirect::to("/")))
}

/// Deletes all three. No line deletes one cookie: the server sets each again, with an expiry in the past.
async fn forget() -> impl IntoResponse {
    let lines = ["visits", "theme", "nickname"]
        .map(|name| (header::SET_COOKIE, format!("{name}=; Path=/; Max-Age=0")));
    (AppendHeaders(lines), Redirect::to("/cookies"))
}
