//! Exercise ask-where-from: the browser says where a form was, if you ask.
//!
//! This bank's cookie is `SameSite=Strict`, so no form of another site carries it. A sibling's does: to a browser,
//! `http://evil.crumbs.localhost:3107` and `http://app.crumbs.localhost:3107` are two origins and one site.
//!
//! First attack it. Write `lure`: a page of the sibling. Somebody who is logged in opens it and clicks once, on its first button
//! or else on its first link; then `mallory` has some of their money. The check's browser runs no scripts.
//!
//! Then defend it, in `ask_where_from`, which sees each request before the bank does. What comes by `POST`, whatever the form:
//! - Where `Sec-Fetch-Site` is there, it alone decides. `same-origin` passes, also with `Origin: null`. All else doesn't:
//!   `same-site`, `cross-site`, `none`.
//! - Else `Origin` decides: it must be the bank's own, all of `http://app.crumbs.localhost:3107`. `null` is no origin.
//! - Where both are missing, refuse.
//! - What is refused is answered with 403, and changes nothing.
//!
//! Keep: pages are for everybody, by links from everywhere. The bank's forms work as before, in browsers that say
//! `Sec-Fetch-Site` and in those from before 2020, which don't.
//!
//! See both sides with `cargo course run ask-where-from`: <http://localhost:3107> leads to them, and the wire shows the fields.
//! Check it with `cargo course check ask-where-from`.
//!
//! Aloud: Go's `http.CrossOriginProtection` lets a request pass where both fields are missing. Who gains by that, and who loses?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    extract::{Form, Request, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    middleware::{Next, from_fn},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use probe::Lure;
use serde::Deserialize;

/// Where the bank is.
pub const BANK: &str = "http://app.crumbs.localhost:3107";

/// The sibling, where Mallory may write pages: another origin, and the same site.
pub const SIBLING: &str = "http://evil.crumbs.localhost:3107/";

/// What you lay out for people who are logged in at the bank.
pub fn lure() -> Lure {
    let html = format!(
        "<h1>A prize!</h1>
        <p>It is at <a href=\"{BANK}/\">your bank</a>.</p>"
    );
    Lure::at(SIBLING, &html)
}

const COOKIE: &str = "where_sid";

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

struct Bank {
    balances: HashMap<&'static str, u64>,
    /// By their ids. A restart forgets them all.
    sessions: HashMap<String, Session>,
}

struct Session {
    user: &'static str,
}

type Shared = Arc<Mutex<Bank>>;

/// The bank. It is vulnerable on purpose.
pub fn app() -> Router {
    let balances = USERS.iter().map(|(name, _)| (*name, 100)).collect();
    let bank = Bank { balances, sessions: HashMap::new() };
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/transfer", post(transfer))
        .layer(from_fn(ask_where_from))
        .with_state(Arc::new(Mutex::new(bank)))
}

/// Sees each request before the bank does.
async fn ask_where_from(request: Request, next: Next) -> Response {
    next.run(request).await
}

async fn index(State(bank): State<Shared>, headers: HeaderMap) -> Response {
    let bank = lock(&bank);
    let Some(session) = known(&bank, &headers) else {
        return page(
            "<h1>You are not logged in</h1>
            <form action=\"/login\" method=\"post\">
            <p><label>Name <input name=\"name\"></label> ada, bob or mallory
            <p><label>Password <input name=\"password\"></label> engine, builder or malice
            <p><button>Log in</button>
            </form>",
        );
    };
    let user = session.user;
    page(&format!(
        "<h1>Logged in as {user}</h1>
        <p>Balance: {}</p>
        <form action=\"/transfer\" method=\"post\">
        <p><label>To <input name=\"to\"></label>
        <p><label>Amount <input name=\"amount\"></label>
        <p><button>Send money</button>
        </form>
        <form action=\"/logout\" method=\"post\"><button>Log out</button></form>",
        bank.balances[user],
    ))
}

#[derive(Deserialize)]
struct LogIn {
    name: String,
    password: String,
}

async fn log_in(State(bank): State<Shared>, Form(form): Form<LogIn>) -> Response {
    let typed = (form.name.as_str(), form.password.as_str());
    let Some((user, _)) = USERS.into_iter().find(|user| *user == typed) else {
        return refused("Wrong name or password");
    };
    let id = fresh_id();
    let cookie = format!("{COOKIE}={id}; HttpOnly; Secure; SameSite=Strict; Path=/");
    lock(&bank).sessions.insert(id, Session { user });
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

async fn log_out(State(bank): State<Shared>, headers: HeaderMap) -> Response {
    let mut bank = lock(&bank);
    for id in ids(&headers) {
        bank.sessions.remove(id);
    }
    let cookie = format!("{COOKIE}=; HttpOnly; Secure; SameSite=Strict; Path=/; Max-Age=0");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

#[derive(Deserialize)]
struct Transfer {
    to: String,
    amount: u64,
}

async fn transfer(
    State(bank): State<Shared>,
    headers: HeaderMap,
    Form(order): Form<Transfer>,
) -> Response {
    let mut bank = lock(&bank);
    let Some(session) = known(&bank, &headers) else {
        return refused("You are not logged in");
    };
    let from = session.user;
    let (left, to) =
        (bank.balances[from].checked_sub(order.amount), bank.balances.contains_key(&*order.to));
    let (Some(left), true) = (left, to) else {
        return refused("So much, to them, can't be sent");
    };
    bank.balances.insert(from, left);
    if let Some(balance) = bank.balances.get_mut(&*order.to) {
        *balance += order.amount;
    }
    Redirect::to("/").into_response()
}

fn lock(bank: &Shared) -> MutexGuard<'_, Bank> {
    bank.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The session of the request.
fn known<'b>(bank: &'b Bank, headers: &HeaderMap) -> Option<&'b Session> {
    ids(headers).find_map(|id| bank.sessions.get(id))
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
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A bank</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

fn refused(why: &str) -> Response {
    (StatusCode::FORBIDDEN, page(&format!("<h1>{why}</h1><p><a href=\"/\">Back</a>")))
        .into_response()
}
