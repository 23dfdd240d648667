//! Exercise safe-get: a link claps, and so does every program that follows it.
//!
//! This page counts applause, and it works: `GET /` says `Claps: N`, its link leads to `/clap`, and that adds one and sends
//! the browser back. But a link is an invitation to look. A browser may fetch it before you click, a search engine follows
//! it, a messenger opens it for a preview. Each of them claps here.
//!
//! Fix it:
//! - No `GET` and no `HEAD` of any address changes the number, whoever sends it.
//! - `POST /clap` adds one and answers `303 See Other` with `Location: /`, so that a reload claps no more.
//! - The page has a form with the method `post` and the action `/clap`, a button sends it each time it is pressed, and the
//!   page still says `Claps: N`, from `Claps: 0` on.
//!
//! Run it with `cargo course run safe-get`, then open <http://localhost:3101>. Check it with `cargo course check safe-get`.
//!
//! Aloud: the server can't see whether a person clicked or a program looked ahead. Who promises what about `GET`, then, and
//! what may happen where the promise is broken by a link that says "delete"?

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Redirect},
    routing::get,
};

/// How often people clapped: one number for everyone.
type Claps = Arc<AtomicU64>;

/// The server: a page, and what its link does.
pub fn app() -> Router {
    Router::new().route("/", get(show)).route("/clap", get(clap)).with_state(Claps::default())
}

/// Shows the number.
async fn show(State(claps): State<Claps>) -> impl IntoResponse {
    let claps = claps.load(Ordering::Relaxed);
    let content = format!(
        "<h1>Claps: {claps}</h1>\n\
         <p>Did you like it? <a href=\"/clap\">Clap</a></p>"
    );
    ([(header::CACHE_CONTROL, "no-store")], page(&content))
}

/// Adds one, and sends the browser back to look.
async fn clap(State(claps): State<Claps>) -> Redirect {
    claps.fetch_add(1, Ordering::Relaxed);
    Redirect::to("/")
}

/// A page of the exercise.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Applause · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}
