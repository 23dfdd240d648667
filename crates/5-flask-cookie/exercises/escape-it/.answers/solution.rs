//! Exercise: escape it. The handler makes its page without a template, as the article's does, and forgot `escape`: what
//! somebody types as a name becomes part of the page.
//!
//! Fix it: every name is shown whole and as it was typed, in the heading (`h1`) and in the field, whatever is in it. Don't
//! refuse a name, and don't change it. How you write a character in HTML is up to you: what counts is what a browser reads.
//!
//! Run it with `cargo course run escape-it`, then open <http://localhost:3105>. Check it with `cargo course check escape-it`.
//!
//! Aloud: a template escapes everything by itself. How does it know what not to escape?

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
    let name = escape(&name);
    Html(format!(
        "<!DOCTYPE html>\n<title>Escape it</title>\n<h1>Logged in as {name}</h1>\n\
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
