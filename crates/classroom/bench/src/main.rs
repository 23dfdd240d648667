//! The yardstick: lesson 3's signed `GET /` as one would write it with axum-extra's `SignedCookieJar`, with the same page.
//!
//! `bench.sh` compares it with the lesson's own server.

use askama::Template;
use axum::{
    Router,
    extract::FromRef,
    http::header,
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};
use axum_extra::extract::cookie::{Cookie, Key, SignedCookieJar};

#[derive(Clone)]
struct Keys(Key);

impl FromRef<Keys> for Key {
    fn from_ref(keys: &Keys) -> Key {
        keys.0.clone()
    }
}

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    username: Option<&'a str>,
}

async fn index(jar: SignedCookieJar) -> impl IntoResponse {
    let session = jar
        .get("signed_session")
        .and_then(|cookie| serde_json::from_str::<serde_json::Value>(cookie.value()).ok());
    let username = session.as_ref().and_then(|session| session["username"].as_str());
    let page = Index { username }.render().unwrap_or_default();
    ([(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")], Html(page))
}

async fn log_in(jar: SignedCookieJar) -> impl IntoResponse {
    let value = r#"{"issued":1700000000,"username":"Ada"}"#;
    let cookie = Cookie::build(("signed_session", value)).path("/").http_only(true);
    (jar.add(cookie), Redirect::to("/"))
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .with_state(Keys(Key::derive_from(b"a key of the bench, and of nothing else")));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://localhost:{}", listener.local_addr()?.port());
    axum::serve(listener, app).await
}
