//! axum-extra's `SignedCookieJar`, with what lesson 3's cookie holds.

use askama::Template;
use axum::{
    Router,
    extract::FromRef,
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};
use axum_extra::extract::cookie::{Cookie, Key, SignedCookieJar};

use super::{FOR_ONE_BROWSER, Index, KEY};

#[derive(Clone)]
struct Keys(Key);

impl FromRef<Keys> for Key {
    fn from_ref(keys: &Keys) -> Key {
        keys.0.clone()
    }
}

pub fn app() -> Router {
    let keys = Keys(Key::derive_from(KEY));
    Router::new().route("/", get(index)).route("/login", post(log_in)).with_state(keys)
}

async fn index(jar: SignedCookieJar) -> impl IntoResponse {
    let session = jar
        .get("signed_session")
        .and_then(|cookie| serde_json::from_str::<serde_json::Value>(cookie.value()).ok());
    let username = session.as_ref().and_then(|session| session["username"].as_str());
    (FOR_ONE_BROWSER, Html(Index { username }.render().unwrap_or_default()))
}

async fn log_in(jar: SignedCookieJar) -> impl IntoResponse {
    let value = r#"{"issued":1700000000,"username":"Ada"}"#;
    let cookie = Cookie::build(("signed_session", value)).path("/").http_only(true);
    (jar.add(cookie), Redirect::to("/"))
}
