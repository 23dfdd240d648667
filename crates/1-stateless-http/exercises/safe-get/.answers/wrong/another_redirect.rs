//! Wrong: 307 tells the browser to repeat the POST at the new address: the page answers 405. Killed by: after_a_clap_the_browser_is_sent_to_look

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
    Router::new().route("/", get(show)).route("/clap", post(clap)).with_state(Claps::default())
}

/// Shows the number.
async fn show(State(claps): State<Claps>) -> impl IntoResponse {
    let claps = claps.load(Ordering::Relaxed);
    let content = format!(
        "<h1>Claps: {claps}</h1>\n\
         <form method=\"post\" action=\"/clap\"><button>Clap</button></form>"
    );
    ([(header::CACHE_CONTROL, "no-store")], page(&content))
}

/// Adds one, and sends the browser back to look.
async fn clap(State(claps): State<Claps>) -> Redirect {
    claps.fetch_add(1, Ordering::Relaxed);
    Redirect::temporary("/")
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
