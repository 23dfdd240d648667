//! Wrong: the name is under the signature, and nobody compares it with the name that the value came in. Killed by: a_nickname_in_the_place_of_a_role_makes_no_admin

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
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let cookie = lines
        .flat_map(|line| Cookie::split_parse_encoded(line.to_owned()))
        .flatten()
        .find(|cookie| cookie.name() == name)?;
    let verified = CookieJar::new().signed(key).verify(cookie)?;
    verified.value().split_once('=').map(|(_, value)| value.to_owned())
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
