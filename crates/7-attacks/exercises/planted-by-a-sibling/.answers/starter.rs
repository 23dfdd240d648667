//! Exercise planted-by-a-sibling: the cookie is a good one. It is somebody else's.
//!
//! Everything is done here that one does for a session: a random id, a new one at each log-in, `HttpOnly`, `Secure`,
//! `SameSite=Strict`. But a sibling, `http://evil.crumbs.localhost:3107`, may set cookies for the whole domain, and the server
//! sees names and values, not who set them. Mallory logs in at home, and plants *her* id in Ada's browser, for `/account`
//! alone. Ada is still logged in; her account is Mallory's, and her card number goes there. That is called cookie tossing.
//!
//! First attack it. Write `lure`: a page of the sibling, and `planting("…")` with a `Set-Cookie` line. `probe::MALLORYS_ID` in it
//! stands for the value of Mallory's own cookie. Ada is logged in and opens the page. When she then opens her account and types
//! her card number, Mallory can read it in hers. The check's browser runs no scripts.
//!
//! Then defend it, in the server below: no cookie that a sibling can set opens an account.
//! - That holds for whatever Mallory's browser has of this server, under any name, for any path, planted before or after Ada's
//!   log-in, and while she is logged out.
//! - What a sibling plants does not lock Ada out, either: her own cookie still opens her account.
//! - Each log-in still gives a new id, which nobody can guess (64 bits of chance or more) and no script can read. An id from
//!   before it opens nothing.
//!
//! Keep: `GET /` has the form that sends `name` and `password` to `POST /login`; `GET /account` says "Logged in as NAME" and
//! "Card: …", or "You are not logged in"; `POST /account/card` (`card`) and `POST /logout`. The names of cookies are yours.
//!
//! See both sides with `cargo course run planted-by-a-sibling`: <http://localhost:3107> leads to them. Check it with
//! `cargo course check planted-by-a-sibling`.
//!
//! Aloud: why can't the server tell Ada's cookie from a planted one by its path or its domain?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use probe::Lure;
use serde::Deserialize;

/// Where the shop is.
pub const SHOP: &str = "http://app.crumbs.localhost:3107";

/// The sibling, where Mallory may write pages: another origin, and the same site.
pub const SIBLING: &str = "http://evil.crumbs.localhost:3107/";

/// What you lay out for customers of the shop.
pub fn lure() -> Lure {
    let html = format!(
        "<h1>A prize!</h1>
        <p>It is at <a href=\"{SHOP}/account\">your account</a>.</p>"
    );
    Lure::at(SIBLING, &html)
}

const COOKIE: &str = "planted_sid";

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

#[derive(Default)]
struct Shop {
    cards: HashMap<&'static str, String>,
    /// Who is logged in, by the id of the session. A restart forgets them all.
    sessions: HashMap<String, &'static str>,
}

type Shared = Arc<Mutex<Shop>>;

/// The server. It is vulnerable on purpose.
pub fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/account", get(account))
        .route("/account/card", post(keep_card))
        .with_state(Shared::default())
}

async fn index() -> Response {
    page(
        "<h1>A shop</h1>
        <p><a href=\"/account\">Your account</a>
        <form action=\"/login\" method=\"post\">
        <p><label>Name <input name=\"name\"></label> ada, bob or mallory
        <p><label>Password <input name=\"password\"></label> engine, builder or malice
        <p><button>Log in</button>
        </form>",
    )
}

async fn account(State(shop): State<Shared>, headers: HeaderMap) -> Response {
    let shop = lock(&shop);
    let Some(user) = known(&shop, &headers) else {
        return page("<h1>You are not logged in</h1>\n<p><a href=\"/\">Log in</a>");
    };
    let card = shop.cards.get(user).map_or("none", String::as_str);
    page(&format!(
        "<h1>Logged in as {user}</h1>
        <p>Card: {}</p>
        <form action=\"/account/card\" method=\"post\">
        <p><label>Card number <input name=\"card\"></label> <button>Keep it</button>
        </form>
        <form action=\"/logout\" method=\"post\"><button>Log out</button></form>",
        escape(card)
    ))
}

#[derive(Deserialize)]
struct LogIn {
    name: String,
    password: String,
}

async fn log_in(
    State(shop): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<LogIn>,
) -> Response {
    let typed = (form.name.as_str(), form.password.as_str());
    let Some((user, _)) = USERS.into_iter().find(|user| *user == typed) else {
        return refused("Wrong name or password");
    };
    let mut shop = lock(&shop);
    for old in ids(&headers) {
        shop.sessions.remove(old);
    }
    let id = fresh_id();
    let cookie = format!("{COOKIE}={id}; HttpOnly; Secure; SameSite=Strict; Path=/");
    shop.sessions.insert(id, user);
    ([(header::SET_COOKIE, cookie)], Redirect::to("/account")).into_response()
}

async fn log_out(State(shop): State<Shared>, headers: HeaderMap) -> Response {
    let mut shop = lock(&shop);
    for id in ids(&headers) {
        shop.sessions.remove(id);
    }
    let cookie = format!("{COOKIE}=; HttpOnly; Secure; SameSite=Strict; Path=/; Max-Age=0");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

#[derive(Deserialize)]
struct Card {
    card: String,
}

async fn keep_card(
    State(shop): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Card>,
) -> Response {
    let mut shop = lock(&shop);
    let Some(user) = known(&shop, &headers) else {
        return refused("You are not logged in");
    };
    shop.cards.insert(user, form.card);
    Redirect::to("/account").into_response()
}

fn lock(shop: &Shared) -> MutexGuard<'_, Shop> {
    shop.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is logged in.
fn known(shop: &Shop, headers: &HeaderMap) -> Option<&'static str> {
    ids(headers).find_map(|id| shop.sessions.get(id).copied())
}

/// The values of the request's cookies of our name.
fn ids(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    // One by one: a sibling's cookie that is no text hides no other.
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let pairs = pairs.filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
    pairs.filter(|(name, _)| name.trim_ascii() == COOKIE).map(|(_, value)| value.trim_ascii())
}

/// 128 bits from the operating system: nobody guesses them.
fn fresh_id() -> String {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A shop</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

fn refused(why: &str) -> Response {
    (StatusCode::FORBIDDEN, page(&format!("<h1>{why}</h1><p><a href=\"/\">Back</a>")))
        .into_response()
}

/// What somebody typed, as text of a page.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
