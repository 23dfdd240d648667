//! A server that sets whatever cookie it is asked for: `GET /set?line=a%3D1%3B+Path%3D/`. For the browser tests.
//!
//! Run it with `cargo run -p classroom --example any_cookie`.

use axum::{
    Router,
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    response::{AppendHeaders, Html},
    routing::any,
};
use classroom::{BROWSER_ID, Lesson, Seen, Stop};

const LESSON: Lesson = Lesson {
    port: 3009,
    title: "Any cookie",
    package: "classroom",
    cookies: &[],
    try_this: &["curl -i \"http://localhost:3009/set?line=a%3D1\""],
};

type Lines = AppendHeaders<Vec<(header::HeaderName, HeaderValue)>>;

/// Sets each `line` of the query, and `id` as the cookie that names the browser.
async fn set(
    Query(fields): Query<Vec<(String, String)>>,
) -> Result<(Lines, Html<&'static str>), StatusCode> {
    let mut lines = Vec::new();
    for (name, text) in fields {
        let line = match name.as_str() {
            "id" => format!("{BROWSER_ID}={text}; Path=/; HttpOnly; SameSite=Lax"),
            _ => text,
        };
        let line = HeaderValue::try_from(line).map_err(|_| StatusCode::BAD_REQUEST)?;
        lines.push((header::SET_COOKIE, line));
    }
    Ok((AppendHeaders(lines), Html("<!DOCTYPE html><title>Set</title>")))
}

/// Shows nothing: what counts is the wire.
async fn look(_: Seen) -> Html<&'static str> {
    Html("<!DOCTYPE html><title>Looked</title>")
}

#[tokio::main]
async fn main() -> Result<(), Stop> {
    let app = Router::new()
        .route("/", any(look))
        .route("/{*path}", any(look))
        .route("/set", any(set))
        .route("/deep/er/set", any(set));
    classroom::serve(LESSON, app).await
}
