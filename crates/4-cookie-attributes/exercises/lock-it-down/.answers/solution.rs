//! Exercise: lock it down.
//!
//! This server's log-in is in a signed cookie, `lock_it_down`. Nobody can forge it, and four kinds of people can take it or use
//! it. Lock all four doors, so that the *browser* keeps them out:
//!
//! - A script in the page (an advertisement, a comment with a tag in it) can't read the cookie.
//! - It never travels over an unencrypted network, where everybody can read along. (`http://localhost` is an exception that
//!   most browsers make.)
//! - A form on another site, sent from there to yours, doesn't carry it.
//! - A neighbour of the same domain, or somebody on the unencrypted network, can't plant a cookie of that name. For that the
//!   *name* must begin with `__Host-`, and the browser must find what such a name promises.
//!
//! Browsers must still store it, and *Log out* must still delete it. A cookie of the old name opens nothing any more: a
//! neighbour can plant that one.
//!
//! Keep: `GET /` says "Logged in as NAME", the whole name and as text, or "You are not logged in"; `POST /login` (`username`) and
//! `POST /logout` answer 303 to a page of this server; one signed cookie, believed as long as the key is the same, whatever
//! other cookies come along; those are left alone. Only the cookie's name changes, to `__Host-lock_it_down`.
//!
//! See it with `cargo course run lock-it-down` at <http://localhost:3104>: `document.cookie` in the console, and the attributes
//! on the wire. Other sites and neighbours are in lesson 4, at `/locks`. Check it with `cargo course check lock-it-down`.
//!
//! Aloud: which of the four locks still helps where somebody has already copied the cookie?

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
        .secure(true)
        .http_only(true)
        .same_site(SameSite::Lax)
        .build()
}

/// The name in the request's cookie, where our key signed it.
fn username(key: &Key, headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter();
    // A name counts as it came. Percent-decoded, `__%48ost-` would be `__Host-`, and anybody may set that.
    let (_, value) = lines
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .filter_map(|pair| str::from_utf8(pair).ok()?.trim().split_once('='))
        .find(|(name, _)| *name == NAME)?;
    let cookie = Cookie::parse_encoded(format!("{NAME}={value}")).ok()?;
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
