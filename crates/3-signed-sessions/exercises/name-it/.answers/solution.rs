//! Exercise: name it.
//!
//! This server signs two cookies: `name_it_nickname`, which you choose, and `name_it_role`, which it decides. Choose the
//! nickname `admin`, copy its signed value into `name_it_role` with the developer tools, and open `/admin`. The signature is
//! right, and it says nothing about *which* cookie it belongs to. Make a value count only in the cookie it was signed for:
//!
//! - No nickname makes an admin, whatever it is and wherever it is put. Only the password does: a role that nobody signed, or
//!   that was edited, or signed with another key, is none. And no role is a nickname, nor is what nobody signed.
//! - Every nickname stays allowed, `admin` too, and comes back whole. A log-in and a nickname outlive a restart with the same
//!   key: the server keeps no list of what it gave away.
//!
//! Keep: `POST /nickname` (`nickname`) and `POST /login` (`password`) answer 303 to a page of this server, and each sets its
//! own cookie of the two and leaves the other alone; any password makes a guest, and `sesame` an admin; `GET /` says "Hello,
//! NICKNAME", as text; `GET /admin` answers 200 to an admin and 403 to others, whatever other cookies come along; `app` and its
//! argument.
//!
//! See it with `cargo course run name-it` at <http://localhost:3103>. Check it with `cargo course check name-it`.
//!
//! Aloud: a site signs links to confirm an address and links to reset a password, with one key. What must be under the signature?

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, CookieJar, Key, SameSite};
use serde::Deserialize;

const NICKNAME: &str = "name_it_nickname";
const ROLE: &str = "name_it_role";

/// The server, and the key that it signs with.
pub fn app(key: Key) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/nickname", post(choose_nickname))
        .route("/login", post(log_in))
        .route("/admin", get(admin))
        .with_state(key)
}

/// Greets by nickname, and has both forms.
async fn index(State(key): State<Key>, headers: HeaderMap) -> Response {
    let nickname = verified(&key, &headers, NICKNAME).unwrap_or_else(|| "stranger".to_owned());
    page(&format!(
        "<h1>Hello, {}</h1>\n<form action=\"/nickname\" method=\"post\"><label for=\"nickname\">Nickname</label>\n\
         <input id=\"nickname\" name=\"nickname\" required> <button>Choose</button></form>\n\
         <form action=\"/login\" method=\"post\"><label for=\"password\">Password</label>\n\
         <input id=\"password\" name=\"password\" type=\"password\"> <button>Log in</button></form>\n\
         <p><a href=\"/admin\">For admins</a></p>",
        escape(&nickname)
    ))
}

#[derive(Deserialize)]
struct Nickname {
    nickname: String,
}

/// Any nickname will do.
async fn choose_nickname(State(key): State<Key>, Form(form): Form<Nickname>) -> impl IntoResponse {
    ([(header::SET_COOKIE, signed(&key, NICKNAME, &form.nickname))], Redirect::to("/"))
}

#[derive(Deserialize)]
struct Password {
    password: String,
}

/// Decides the role. The password is in the source to keep the exercise short.
async fn log_in(State(key): State<Key>, Form(form): Form<Password>) -> impl IntoResponse {
    let role = if form.password == "sesame" { "admin" } else { "guest" };
    ([(header::SET_COOKIE, signed(&key, ROLE, role))], Redirect::to("/admin"))
}

/// For admins alone.
async fn admin(State(key): State<Key>, headers: HeaderMap) -> Response {
    let role = verified(&key, &headers, ROLE);
    if role.is_some_and(|role| role.trim().eq_ignore_ascii_case("admin")) {
        page("<h1>The admins' page</h1>")
    } else {
        (StatusCode::FORBIDDEN, page("<h1>For admins alone</h1>\n<p><a href=\"/\">Log in</a></p>"))
            .into_response()
    }
}

/// The `Set-Cookie` line of a cookie whose name and value are signed.
fn signed(key: &Key, name: &'static str, value: &str) -> String {
    let cookie = Cookie::build((name, format!("{name}={value}")))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax);
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(cookie);
    jar.delta().map(|cookie| cookie.encoded().to_string()).collect()
}

/// The value of the request's cookie of this name, where our key signed it for this name.
fn verified(key: &Key, headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter();
    let cookie = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse_encoded)
        .flatten()
        .find(|cookie| cookie.name() == name)?;
    let verified = CookieJar::new().signed(key).verify(cookie)?;
    verified.value().strip_prefix(name)?.strip_prefix('=').map(str::to_owned)
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Name it</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// What somebody typed, as text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
