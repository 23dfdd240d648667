//! Lesson 4: expiry, path and the other attributes of a cookie. Read it beside lessons/4-cookie-attributes.md.
//!
//! Run it with `cargo run -p cookie-attributes`, then open <http://localhost:3004>.
//!
//! This file has the routes and the pages that cookies travel to. `workbench.rs` sets and deletes them as its forms say.
//! What was held back, and why, the classroom predicts ([`Seen`]); [`name_browser`] tells it which browser is which.
//! `remember.rs` and `locks.rs` are the lesson's other pages.

mod locks;
mod remember;
mod workbench;

use askama::Template;
use axum::{
    Router,
    http::{HeaderMap, header},
    middleware::from_fn,
    response::IntoResponse,
    routing::get,
};
use classroom::{Lesson, Page, Seen, Stop, cookies::FOR_ONE_BROWSER, name_browser};

const LESSON: Lesson = Lesson {
    port: 3004,
    title: "Expiry, path and the other attributes",
    package: env!("CARGO_PKG_NAME"),
    cookies: &[
        "cart",
        "remember",
        "workbench",
        "workbench_cross_site",
        "open",
        "http_only",
        "secure",
        "strict",
        "lax",
        "none",
        "__Host-right",
        "__Host-wrong",
    ],
    try_this: &[
        "curl -i -d \"name=cart&value=3&lifetime=1m&path=/shop\" http://localhost:3004/cookies",
    ],
};

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app()).await
}

fn app() -> Router {
    Router::new()
        .route("/", get(workbench))
        .route("/shop", get(visit))
        .route("/shop/cart", get(visit))
        .route("/shopping", get(visit))
        .route("/admin", get(visit))
        .merge(workbench::routes())
        .merge(remember::routes())
        .layer(from_fn(name_browser))
        .merge(locks::routes())
}

#[derive(Template)]
#[template(path = "workbench.html")]
struct Workbench {
    seen: Seen,
    /// Whether this is a host that may share cookies with another.
    shared: bool,
    app: String,
    evil: String,
}

/// The form that sets a cookie, and what became of the last one.
async fn workbench(headers: HeaderMap, seen: Seen) -> impl IntoResponse {
    let page = Page(Workbench {
        seen,
        shared: locks::host(&headers).ends_with(".crumbs.localhost"),
        app: locks::address(&headers, "app.crumbs.localhost", "/"),
        evil: locks::address(&headers, "evil.crumbs.localhost", "/"),
    });
    (FOR_ONE_BROWSER, page)
}

#[derive(Template)]
#[template(path = "visit.html")]
struct Visit {
    seen: Seen,
}

/// The same for a client that asks for text, as `curl -H "Accept: text/plain"` does.
#[derive(Template)]
#[template(path = "visit.txt")]
struct VisitAsText {
    seen: Seen,
}

/// Lists the cookies that came, and those that were held back. All such pages are the same but for their path.
async fn visit(headers: HeaderMap, seen: Seen) -> impl IntoResponse {
    let page = if headers.get(header::ACCEPT).is_some_and(|kind| kind == "text/plain") {
        VisitAsText { seen }.to_string().into_response()
    } else {
        Page(Visit { seen }).into_response()
    };
    (FOR_ONE_BROWSER, page)
}
