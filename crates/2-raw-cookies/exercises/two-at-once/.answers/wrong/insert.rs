//! Wrong: an array of headers is inserted, so the second line takes the place of the first: only the sugar is kept. Killed by: each_cookie_has_a_line_of_its_own, the_browser_keeps_two_cookies

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

/// Sets both cookies, each with a line of its own.
async fn choose(Form(tea): Form<Tea>) -> impl IntoResponse {
    let lines = [
        (header::SET_COOKIE, format!("tea_kind={}; Path=/", tea.kind.name())),
        (header::SET_COOKIE, format!("tea_sugar={}; Path=/", tea.sugar)),
    ];
    (lines, Redirect::to("/"))
}

/// Every pair that came.
fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
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
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
