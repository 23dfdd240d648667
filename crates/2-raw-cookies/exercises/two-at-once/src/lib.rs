//! Exercise two-at-once: two cookies on one line, with a comma, as the article writes it.
//!
//! You choose a tea, and the next page shows your choice. It works, in this server's own pages. But look at what crosses the
//! wire: the server sends one `Set-Cookie` line with a comma, the browser keeps *one* cookie with a strange value, and the
//! server splits that at the comma when it comes back. So another cookie with a comma in it can change your tea.
//!
//! Fix it:
//! - `POST /tea` with the fields `kind` and `sugar` sets two cookies, `tea_kind` and `tea_sugar`, with nothing but the choice
//!   as their values, and still answers `303 See Other` with `Location: /`. `sugar` is any number that fits a `u8`, though the
//!   form offers 0 to 9.
//! - `GET /` says `Kind: green` and `Sugar: 2`, or `none yet` for what no cookie says: the cookies of this browser, in any
//!   order, with others before and behind them. The server keeps nothing.
//! - A comma in a cookie's value separates nothing, and markup in it is text.
//!
//! Run it with `cargo course run two-at-once`, then open <http://localhost:3102>. Check it with
//! `cargo course check two-at-once`.
//!
//! Aloud: a header field whose value is a list may be sent as one line with commas or as several lines, and means the same
//! (RFC 9110 §5.3). Why not this one? Think of what `Expires` looks like.

use axum::{
    Router,
    extract::Form,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect},
    routing::{get, post},
};
use serde::Deserialize;

/// The server: a page with the choice, and where the form goes.
pub fn app() -> Router {
    Router::new().route("/", get(index)).route("/tea", post(choose))
}

/// The teas there are: what else somebody sends is refused.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Green,
    Black,
    Mint,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Green => "green",
            Kind::Black => "black",
            Kind::Mint => "mint",
        }
    }
}

/// What the form sends.
#[derive(Deserialize)]
struct Tea {
    kind: Kind,
    sugar: u8,
}

/// Sets both cookies.
async fn choose(Form(tea): Form<Tea>) -> impl IntoResponse {
    let line = format!("tea_kind={},tea_sugar={}; Path=/", tea.kind.name(), tea.sugar);
    ([(header::SET_COOKIE, line)], Redirect::to("/"))
}

/// Every pair that came.
fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| matches!(byte, b';' | b',')))
        .filter_map(|pair| str::from_utf8(pair).ok()?.trim().split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Shows the choice.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let received = received(&headers);
    let shown = |name: &str| {
        let found = received.iter().find(|(given, _)| given == name);
        found.map_or("none yet".to_owned(), |(_, value)| escaped(value))
    };
    let content = format!(
        "<h1>Your tea</h1>\n<p>Kind: {}</p>\n<p>Sugar: {}</p>\n<form method=\"post\" action=\"/tea\">\n\
         <label for=\"kind\">Kind</label>\n<select id=\"kind\" name=\"kind\">\n\
         <option>green</option><option>black</option><option>mint</option>\n</select>\n\
         <label for=\"sugar\">Spoons of sugar</label>\n\
         <input id=\"sugar\" name=\"sugar\" type=\"number\" min=\"0\" max=\"9\" value=\"1\">\n\
         <button>Choose</button>\n</form>",
        shown("tea_kind"),
        shown("tea_sugar")
    );
    (FOR_ONE_BROWSER, page(&content))
}

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// A page. What is typed is escaped before it comes here.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Tea · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
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
