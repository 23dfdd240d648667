//! Exercise everybodys-page: a cache keeps Ada's page, and gives it to everybody.
//!
//! Before this shop stands a shared cache, as a company or a content delivery network has one (RFC 9111). Its key is the
//! URL, with the query. It keeps whatever it may, `Set-Cookie` lines as well, and what says nothing it keeps for a while.
//! The shop wants that for its prices, and says so for all pages: `s-maxage=60`.
//!
//! First attack it. Write `lure`: Mallory's page. Ada, who gave the shop her postal address, opens it and clicks once, on its first
//! button or else on its first link. Then Mallory asks for the same URL from home, without any cookie, and reads where Ada lives.
//! The check's browser runs no scripts.
//!
//! Then defend it, in the server below: what is for one browser is given to no other.
//! - That holds for each page that depends on a cookie, however it is asked for, and for each answer that *sets* one: two
//!   newcomers have no cookie, and neither may get the other's, or guess it.
//! - The price list is the same for everybody: the cache goes on answering for it, whoever asks, for some time.
//!
//! Keep: `GET /` begins a session for a newcomer and says "Deliver to: " with the postal address, or "Deliver to: nobody yet";
//! `GET /label` says "Parcel for: " with it, or "Parcel for: nobody yet"; `POST /address` (`address`), after which both show it
//! at once; `GET /prices`.
//!
//! See both sides with `cargo course run everybodys-page`: <http://localhost:3107> leads to them. What comes from the cache has an
//! `age` in the wire, under *All of it*. Check it with `cargo course check everybodys-page`.
//!
//! Aloud: `Vary: Cookie` keeps Ada's page from Mallory. Why is it not enough for a newcomer's first page?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use probe::Lure;
use serde::Deserialize;

/// Where the shop is: behind the cache.
pub const SHOP: &str = "http://app.crumbs.localhost:3107";

/// Mallory's page: another site.
pub const MALLORY: &str = "http://mallory.localhost:3107/";

/// What you lay out for customers of the shop.
pub fn lure() -> Lure {
    let html = format!(
        "<h1>A prize!</h1>
        <p>It is at <a href=\"{SHOP}/prices\">your shop</a>.</p>"
    );
    Lure::at(MALLORY, &html)
}

const COOKIE: &str = "everybodys_sid";

/// Postal addresses by the ids of sessions; empty where none was given yet. A restart forgets them all.
type Sessions = Arc<Mutex<HashMap<String, String>>>;

/// The shop. It is vulnerable on purpose.
pub fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/label", get(label))
        .route("/address", post(keep_address))
        .route("/prices", get(prices))
        .with_state(Sessions::default())
}

/// The first page. A newcomer's session begins here.
async fn index(State(sessions): State<Sessions>, headers: HeaderMap) -> Response {
    let mut sessions = lock(&sessions);
    let known = ids(&headers).find_map(|id| sessions.get(id));
    let page = page(&format!(
        "<h1>A shop</h1>
        <p>Deliver to: {}</p>
        <form action=\"/address\" method=\"post\">
        <p><label>Address <input name=\"address\"></label> <button>Keep it</button>
        </form>
        <p><a href=\"/label\">Your label</a> <a href=\"/prices\">Prices</a>",
        shown(known)
    ));
    if known.is_some() {
        return page;
    }
    let id = fresh_id();
    let cookie = format!("{COOKIE}={id}; HttpOnly; Secure; SameSite=Lax; Path=/");
    sessions.insert(id, String::new());
    ([(header::SET_COOKIE, cookie)], page).into_response()
}

/// What goes on the parcel.
async fn label(State(sessions): State<Sessions>, headers: HeaderMap) -> Response {
    let sessions = lock(&sessions);
    let known = ids(&headers).find_map(|id| sessions.get(id));
    page(&format!("<h1>Your label</h1>\n<p>Parcel for: {}</p>", shown(known)))
}

#[derive(Deserialize)]
struct Address {
    address: String,
}

async fn keep_address(
    State(sessions): State<Sessions>,
    headers: HeaderMap,
    Form(form): Form<Address>,
) -> Response {
    let mut sessions = lock(&sessions);
    if let Some(id) = ids(&headers).find(|id| sessions.contains_key(*id)) {
        sessions.insert(id.to_owned(), form.address);
    }
    Redirect::to("/").into_response()
}

/// The same for everybody.
async fn prices() -> Response {
    page("<h1>Prices</h1>\n<p>Bread 2, cheese 5, an engine 17000</p>")
}

fn lock(sessions: &Sessions) -> MutexGuard<'_, HashMap<String, String>> {
    sessions.lock().unwrap_or_else(PoisonError::into_inner)
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

/// A page, which shared caches may keep for a minute.
fn page(content: &str) -> Response {
    const KEPT: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "s-maxage=60")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A shop</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (KEPT, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// A postal address, as text of a page.
fn shown(address: Option<&String>) -> String {
    let address = address.filter(|address| !address.is_empty());
    let text = address.map_or("nobody yet", String::as_str);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
