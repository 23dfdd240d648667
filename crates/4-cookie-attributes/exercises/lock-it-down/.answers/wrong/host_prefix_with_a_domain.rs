//! Wrong: `__Host-` with a `Domain`: the name promises that there is none, so that the browser refuses the cookie. Killed by: the_browser_stores_it_and_sends_it_back

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, CookieJar, Key, SameSite, time::Duration};
use serde::Deserialize;

/// Browsers honour `__Host-` only with `Secure`, `Path=/` and no `Domain`.
const NAME: &str = "__Host-lock_it_down";

/// The server, and the key that it signs with.
pub fn app(key: Key) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .with_state(key)
}

/// Says who is logged in.
async fn index(State(key): State<Key>, headers: HeaderMap) -> Response {
    match username(&key, &headers) {
        Some(name) => page(&format!(
            "<h1>Logged in as {}</h1>\n<form action=\"/logout\" method=\"post\"><button>Log out</button></form>",
            escape(&name)
        )),
        None => page(
            "<h1>You are not logged in</h1>\n<form action=\"/login\" method=\"post\"><label for=\"username\">Name</label>\n\
             <input id=\"username\" name=\"username\" required> <button>Log in</button></form>",
        ),
    }
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

/// Writes the name into the cookie, signed.
async fn log_in(State(key): State<Key>, Form(login): Form<Login>) -> Response {
    if login.username.trim().is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in.").into_response();
    }
    let cookie = locked(login.username);
    let mut jar = CookieJar::new();
    jar.signed_mut(&key).add(cookie);
    let line: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
    ([(header::SET_COOKIE, line)], Redirect::to("/")).into_response()
}

/// Deletes the cookie.
async fn log_out() -> impl IntoResponse {
    let mut cookie = locked(String::new());
    cookie.set_max_age(Duration::ZERO);
    ([(header::SET_COOKIE, cookie.to_string())], Redirect::to("/"))
}

/// Our cookie, with every lock on it.
fn locked(value: String) -> Cookie<'static> {
    Cookie::build((NAME, value))
        .path("/")
        .domain("shop.example")
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

/// The name in the request's cookie, where our key signed it.
fn username(key: &Key, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookie = lines
        .flat_map(|line| Cookie::split_parse_encoded(line.to_owned()))
        .flatten()
        .find(|cookie| cookie.name() == NAME)?;
    let verified = CookieJar::new().signed(key).verify(cookie)?;
    Some(verified.value().to_owned())
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Lock it down</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// What somebody typed, as text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
