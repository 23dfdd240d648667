//! A server that does with cookies whatever the query says. For the browser tests.
//!
//! - `line=a%3D1%3B+Path%3D/`: a `Set-Cookie` line, as often as you like
//! - `id=…`: sets the cookie that names the browser
//! - `ms=400`: answers after this time, and sets only then
//! - `to=http://…`: sends the browser there, with `302`, or with `code=307`
//!
//! Run it with `cargo run -p classroom --example any_cookie`.

use std::time::Duration;

use axum::{
    Router,
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    response::{AppendHeaders, Html},
    routing::any,
};
use classroom::{BROWSER_ID, Lesson, Stop};

const LESSON: Lesson = Lesson {
    port: 3009,
    title: "Any cookie",
    package: "classroom",
    cookies: &[],
    try_this: &["curl -i \"http://localhost:3009/set?line=a%3D1\""],
};

type Fields = AppendHeaders<Vec<(header::HeaderName, HeaderValue)>>;

/// The one answer to every path.
async fn answer(
    Query(query): Query<Vec<(String, String)>>,
) -> Result<(StatusCode, Fields, Html<&'static str>), StatusCode> {
    let (mut status, mut wait, mut fields) = (StatusCode::OK, 0, Vec::new());
    for (name, text) in query {
        let (name, value) = match name.as_str() {
            "line" => (header::SET_COOKIE, text),
            "id" => {
                (header::SET_COOKIE, format!("{BROWSER_ID}={text}; Path=/; HttpOnly; SameSite=Lax"))
            }
            "to" => {
                if status == StatusCode::OK {
                    status = StatusCode::FOUND;
                }
                (header::LOCATION, text)
            }
            "code" => {
                status = text.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
                continue;
            }
            "ms" => {
                wait = text.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
                continue;
            }
            _ => continue,
        };
        let value = HeaderValue::try_from(value).map_err(|_| StatusCode::BAD_REQUEST)?;
        fields.push((name, value));
    }
    tokio::time::sleep(Duration::from_millis(wait)).await;
    Ok((status, AppendHeaders(fields), Html("<!DOCTYPE html><title>Any cookie</title>")))
}

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let app = Router::new().route("/", any(answer)).route("/{*path}", any(answer));
    classroom::serve(LESSON, app).await
}
