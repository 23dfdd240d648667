//! Exercise forget-me: a way out that the browser ignores.
//!
//! At the front desk you say your name and your team, and two cookies keep them: `desk_name` and `desk_team`. The button
//! *Forget me* leads to a page that says you are forgotten. It lies: go back to the desk, and you are greeted as before. The
//! response does ask the browser to delete two cookies. They aren't the two that it has.
//!
//! Fix it:
//! - After `POST /desk/leave` the browser has neither cookie left, at no path, and sends none: not where only one of them came,
//!   nor beside other cookies. An empty cookie is a cookie.
//! - `POST /desk/leave` still answers `303 See Other` with `Location: /desk/left`; all other cookies stay as they are.
//! - `POST /desk` with the fields `name` and `team` still answers `303 See Other` with `Location: /`, and sets both cookies
//!   for the whole server, so that `GET /` says `Hello, NAME`, whole and as text, and `Team: red`; and it does so again for
//!   somebody who was forgotten. The server keeps nothing.
//!
//! Run it with `cargo course run forget-me`, then open <http://localhost:3102>. Check it with `cargo course check forget-me`.
//!
//! Aloud: the browser has deleted its cookies. Somebody copied them an hour ago. Does this server still greet that somebody,
//! and what would it have to remember in order not to?

use axum::{
    Router,
    extract::Form,
    http::{HeaderMap, HeaderName, header},
    response::{AppendHeaders, Html, IntoResponse, Redirect},
    routing::{get, post},
};
use cookie::Cookie;
use serde::Deserialize;

/// The server: the desk, the two forms, and the page after leaving.
pub fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/desk", post(remember))
        .route("/desk/leave", post(forget))
        .route("/desk/left", get(left))
}

/// The teams there are: what else somebody sends is refused.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Team {
    Red,
    Blue,
}

/// What the form sends.
#[derive(Deserialize)]
struct Guest {
    name: String,
    team: Team,
}

/// Sets both cookies. The name is what somebody typed, so it is percent-encoded.
async fn remember(Form(guest): Form<Guest>) -> impl IntoResponse {
    let team = match guest.team {
        Team::Red => "red",
        Team::Blue => "blue",
    };
    let name = Cookie::build(("desk_name", guest.name)).path("/").build().encoded().to_string();
    let lines = [name, format!("desk_team={team}; Path=/")];
    (AppendHeaders(lines.map(|line| (header::SET_COOKIE, line))), Redirect::to("/"))
}

/// Deletes both cookies: sets each again, with an expiry in the past.
async fn forget() -> impl IntoResponse {
    let lines =
        ["desk_name", "desk_team"].map(|name| (header::SET_COOKIE, format!("{name}=; Max-Age=0")));
    (AppendHeaders(lines), Redirect::to("/desk/left"))
}

/// Says that it is done. It sets nothing and looks at nothing.
async fn left() -> Html<String> {
    page("<h1>You are forgotten</h1>\n<p>Are you? <a href=\"/\">Back to the desk</a></p>")
}

/// Greets a guest, or asks who it is.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let content = match (value(&headers, "desk_name"), value(&headers, "desk_team")) {
        (None, None) => "<h1>Who are you?</h1>\n<form method=\"post\" action=\"/desk\">\n\
             <label for=\"name\">Your name</label>\n\
             <input id=\"name\" name=\"name\" required maxlength=\"60\" autocomplete=\"off\">\n\
             <label for=\"team\">Your team</label>\n<select id=\"team\" name=\"team\">\n\
             <option>red</option><option>blue</option>\n</select>\n<button>Remember me</button>\n</form>"
            .to_owned(),
        (name, team) => format!(
            "<h1>Hello, {}</h1>\n<p>Team: {}</p>\n\
             <form method=\"post\" action=\"/desk/leave\"><button>Forget me</button></form>",
            escaped(&name.as_deref().map(decoded).unwrap_or_default()),
            escaped(&team.unwrap_or_default())
        ),
    };
    (FOR_ONE_BROWSER, page(&content))
}

/// A value as it was before it was percent-encoded. What is no encoding stays as it came.
fn decoded(value: &str) -> String {
    Cookie::parse_encoded(format!("v={value}"))
        .map_or_else(|_| value.to_owned(), |cookie| cookie.value().to_owned())
}

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// Every pair of the request's `Cookie` headers, as in the lesson: split at `;`, then at the first `=`.
fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()))
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.trim_ascii_end().to_owned(), value.trim_ascii_start().to_owned()))
        })
        .collect()
}

/// The value of the first pair with this name.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    received(headers).into_iter().find(|(given, _)| given == name).map(|(_, value)| value)
}

/// A page. What is typed is escaped before it comes here.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>The desk · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}

/// Text as HTML: what is typed can't become a tag or end an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
