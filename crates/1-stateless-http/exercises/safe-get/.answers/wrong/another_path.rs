//! Wrong: POST claps, but a link to another path still claps by GET. Killed by: looking_changes_nothing

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Router,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};

/// How often people clapped: one number for everyone.
type Claps = Arc<AtomicU64>;

/// The server: a page, and what its link does.
pub fn app() -> Router {
    Router::new()
        .route("/", get(show))
        .route("/clap", post(clap))
        .route("/clap/quick", get(clap))
        .with_state(Claps::default())
}

/// Shows the number.
async fn show(State(claps): State<Claps>) -> impl IntoResponse {
    let claps = claps.load(Ordering::Relaxed);
    let content = format!(
        "<h1>Claps: {claps}</h1>\n\
         <form method=\"post\" action=\"/clap\"><button>Clap</button></form>\n<p><a href=\"/clap/quick\">Without a form</a></p>"
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
