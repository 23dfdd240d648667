//! Exercise transfer-by-form: a form on somebody else's page sends your money.
//!
//! Who is logged in at this bank can send money. The bank looks at the cookie alone, and the browser sends the cookie whoever
//! wrote the form: a page of another site, too. That is called cross-site request forgery, CSRF.
//!
//! First attack it. Write `lure`: Mallory's page. Somebody who is logged in opens it and clicks once, on its first button or
//! else on its first link; then `mallory` has some of their money. The check's browser runs no scripts.
//!
//! Then defend it, in the server below: a transfer is done where the bank's own page asked for it, and nowhere else.
//! - A sibling, `http://evil.crumbs.localhost:3107`, is the *same* site: `SameSite` stops no form there. It can plant cookies here.
//! - Mallory has an account and sees the bank's pages, with all that is in them for her. So has Bob, and he may attack, too.
//! - What your page knows is new at each log-in, and nobody can guess it (64 bits of chance or more). The id of a session stays in
//!   its cookie: no page shows it. No script of another site may read your page.
//! - Browsers from before 2020 say no `Sec-Fetch-Site`. They are still users, and they are still protected.
//!
//! Keep: the form at `GET /` sends `to` and `amount` to `/transfer`, in two tabs at once, after *back*, and for each user. The
//! page says "Logged in as NAME" and "Balance: N", or "You are not logged in". `POST /login` (`name`, `password`).
//! `POST /logout` ends the session.
//!
//! See both sides with `cargo course run transfer-by-form`: <http://localhost:3107> leads to them. Check it with
//! `cargo course check transfer-by-form`.
//!
//! Aloud: Mallory's page could fetch the bank's page, and read the token there. Why does that not work?

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

/// Where the bank is.
pub const BANK: &str = "http://app.crumbs.localhost:3107";

/// Mallory's page: another site.
pub const MALLORY: &str = "http://mallory.localhost:3107/";

/// What you lay out for people who are logged in at the bank.
pub fn lure() -> Lure {
    let html = format!(
        "<h1>A prize!</h1>
        <form action=\"{BANK}/transfer\" method=\"post\">
        <input type=\"hidden\" name=\"to\" value=\"mallory\">
        <input type=\"hidden\" name=\"amount\" value=\"50\">
        <button>Open it</button>
        </form>"
    );
    Lure::at(MALLORY, &html)
}

const COOKIE: &str = "transfer_sid";

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

struct Bank {
    balances: HashMap<&'static str, u64>,
    /// By their ids. A restart forgets them all.
    sessions: HashMap<String, Session>,
}

struct Session {
    user: &'static str,
    /// What the bank's own form sends along: only a page that was made for this session knows it.
    token: String,
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
        .with_state(Arc::new(Mutex::new(bank)))
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
    let Session { user, token } = session;
    page(&format!(
        "<h1>Logged in as {user}</h1>
        <p>Balance: {}</p>
        <form action=\"/transfer\" method=\"post\">
        <input type=\"hidden\" name=\"token\" value=\"{token}\">
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
    let cookie = format!("{COOKIE}={id}; HttpOnly; Secure; SameSite=None; Path=/");
    lock(&bank).sessions.insert(id, Session { user, token: fresh_id() });
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

async fn log_out(State(bank): State<Shared>, headers: HeaderMap) -> Response {
    let mut bank = lock(&bank);
    for id in ids(&headers) {
        bank.sessions.remove(id);
    }
    let cookie = format!("{COOKIE}=; HttpOnly; Secure; SameSite=None; Path=/; Max-Age=0");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

#[derive(Deserialize)]
struct Transfer {
    to: String,
    amount: u64,
    token: String,
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
    if order.token != session.token {
        return refused("The bank's own page did not ask for this");
    }
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
