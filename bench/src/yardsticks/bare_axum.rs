//! axum alone: it reads no cookie, and believes everybody to be Ada.

use askama::Template;
use axum::{
    Router,
    http::header::SET_COOKIE,
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};

use super::{FOR_ONE_BROWSER, Index};

pub fn app() -> Router {
    Router::new().route("/", get(index)).route("/login", post(log_in))
}

async fn index() -> impl IntoResponse {
    (FOR_ONE_BROWSER, Html(Index { username: Some("Ada") }.render().unwrap_or_default()))
}

async fn log_in() -> impl IntoResponse {
    ([(SET_COOKIE, "user=Ada; Path=/")], Redirect::to("/"))
}
