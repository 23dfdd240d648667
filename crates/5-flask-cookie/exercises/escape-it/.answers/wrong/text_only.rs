//! Wrong: escapes the text and not the attribute: a quote ends it. Killed by: a_quote_in_a_name_does_not_end_the_attribute

use axum::{Router, extract::Query, response::Html, routing::get};
use serde::Deserialize;

/// The exercise's server: `GET /?name=…`.
pub fn app() -> Router {
    Router::new().route("/", get(index))
}

#[derive(Deserialize)]
struct Greeting {
    #[serde(default)]
    name: String,
}

/// Greets, and offers the name again in the form.
async fn index(Query(Greeting { name }): Query<Greeting>) -> Html<String> {
    let shown = escape(&name);
    Html(format!(
        "<!DOCTYPE html>\n<title>Escape it</title>\n<h1>Logged in as {shown}</h1>\n\
         <form><label>Name <input name=\"name\" value=\"{name}\"></label> <button>Log in</button></form>\n"
    ))
}

/// A text as HTML that shows it: each character that means something to a browser is replaced, the ampersand first.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
