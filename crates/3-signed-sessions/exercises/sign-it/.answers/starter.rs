//! Exercise: sign it.
//!
//! The cookie `sign_it` says who you are, and this server believes it, whoever wrote it. Open the browser's developer tools,
//! write another name into the cookie, and be somebody else. Make the server believe only what it wrote itself:
//!
//! - A cookie that was edited, written by hand, put together or computed from others, or made by a server with another key
//!   logs nobody in. That is no error: `GET /` answers 200 and says "You are not logged in".
//! - A log-in lasts as before, half an hour at least, also where the server is started again with the same key: it keeps no
//!   list.
//!
//! Keep: `GET /` says "Logged in as NAME", the whole name and as text, or "You are not logged in"; `POST /login`
//! (`username`) and `POST /logout` answer 303 to `/`; the log-in is one cookie, `sign_it`, whatever else comes with it, and a
//! log-out deletes that cookie; `app` and its argument.
//!
//! See it with `cargo course run sign-it` at <http://localhost:3103>. Check it with `cargo course check sign-it`.
//!
//! Aloud: your server now knows that it wrote this cookie. Does it know who sent it?

use axum::{
    Router,
    extract::Form,
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, Key, SameSite};
use serde::Deserialize;

const NAME: &str = "sign_it";

/// The server, and the key that it may sign with.
pub fn app(key: Key) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .with_state(key)
}

/// Says who is logged in.
async fn index(headers: HeaderMap) -> Response {
    match username(&headers) {
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

/// The name in the request's cookie.
fn username(headers: &HeaderMap) -> Option<String> {
    received(headers).map(|cookie| cookie.value().to_owned())
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

/// Writes the name into the cookie.
async fn log_in(Form(login): Form<Login>) -> impl IntoResponse {
    if login.username.trim().is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in."));
    }
    let mut cookie = cookie();
    cookie.set_value(login.username);
    Ok(([(header::SET_COOKIE, cookie.encoded().to_string())], Redirect::to("/")))
}

/// Deletes the cookie.
async fn log_out() -> impl IntoResponse {
    let mut cookie = cookie();
    cookie.make_removal();
    ([(header::SET_COOKIE, cookie.encoded().to_string())], Redirect::to("/"))
}

/// Our cookie, without a value yet.
fn cookie() -> Cookie<'static> {
    Cookie::build(NAME).path("/").http_only(true).same_site(SameSite::Lax).build()
}

/// The request's cookie of our name, percent-decoded.
fn received(headers: &HeaderMap) -> Option<Cookie<'static>> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse_encoded)
        .flatten()
        .find(|cookie| cookie.name() == NAME)
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Sign it</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// What somebody typed, as text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
