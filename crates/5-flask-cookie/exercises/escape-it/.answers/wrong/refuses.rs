//! Wrong: refuses what it does not like; somebody is called that. Killed by: any_markup_in_a_name_is_text

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
    let name = if name.contains(['<', '&', '"', '\'']) { String::new() } else { name };
    Html(format!(
        "<!DOCTYPE html>\n<title>Escape it</title>\n<h1>Logged in as {name}</h1>\n\
         <form><label>Name <input name=\"name\" value=\"{name}\"></label> <button>Log in</button></form>\n"
    ))
}
