//! Exercise logged-in-as-mallory: somebody else's form logs you in, as somebody else.
//!
//! Here people keep notes. Nobody can send a note with Ada's cookie from another site: it is `SameSite=Lax`. But a log-in needs
//! no cookie, and Mallory has a name and a password, too. Ada clicks on Mallory's page, is logged in as `mallory`, and does not
//! look: what she notes now, Mallory reads at home. That is called log-in CSRF.
//!
//! First attack it. Write `lure`: Mallory's page. Somebody opens it and clicks once, on its first button or else on its first
//! link; from then on they are logged in as `mallory`. The check's browser runs no scripts.
//!
//! Then defend it, in the server below: a log-in counts where the server's own page asked for it, in this very browser.
//! - That holds also for who comes for the first time and has no cookie yet, and for who is logged in already.
//! - A sibling, `http://evil.crumbs.localhost:3107`, is the *same* site, and it can plant cookies here, as long as their name
//!   doesn't begin with `__Host-`.
//! - Mallory sees the server's pages, too, with all that is in them for her. What is in Ada's, nobody can guess (64 bits of chance
//!   or more), and no script of another site may read it. Bob has a name and a password, too, and may attack.
//! - Browsers from before 2020 say no `Sec-Fetch-Site`. They are still users, and they are still protected.
//!
//! Keep: the form at `GET /` sends `name` and `password` to `POST /login`, in two tabs one after the other, after *back*, and after
//! a wrong password. Each log-in gives a new id. The page says "Logged in as NAME" and shows the notes, or "You are not logged in".
//! `POST /notes` (`note`) and `POST /logout` stay as they are.
//!
//! See both sides with `cargo course run logged-in-as-mallory`: <http://localhost:3107> leads to them. Check it with
//! `cargo course check logged-in-as-mallory`.
//!
//! Aloud: why does `SameSite=Strict` on the log-in's cookie not help here?

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

/// Where the notes are.
pub const HOME: &str = "http://app.crumbs.localhost:3107";

/// Mallory's page: another site.
pub const MALLORY: &str = "http://mallory.localhost:3107/";

/// What you lay out for whoever keeps notes here.
pub fn lure() -> Lure {
    let html = format!(
        "<h1>A prize!</h1>
        <form action=\"{HOME}/login\" method=\"post\">
        <input type=\"hidden\" name=\"name\" value=\"mallory\">
        <input type=\"hidden\" name=\"password\" value=\"malice\">
        <button>Open it</button>
        </form>"
    );
    Lure::at(MALLORY, &html)
}

const COOKIE: &str = "__Host-notes_sid";

/// Goes with the log-in form: the form and the browser must have been given the same value.
const FORM_COOKIE: &str = "__Host-notes_form";

/// Names and passwords.
const USERS: [(&str, &str); 3] = [("ada", "engine"), ("bob", "builder"), ("mallory", "malice")];

#[derive(Default)]
struct Notebook {
    notes: HashMap<&'static str, Vec<String>>,
    /// Who is logged in, by the id of the session. A restart forgets them all.
    sessions: HashMap<String, &'static str>,
}

type Shared = Arc<Mutex<Notebook>>;

/// The server. It is vulnerable on purpose.
pub fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/notes", post(add_note))
        .with_state(Shared::default())
}

async fn index(State(book): State<Shared>, headers: HeaderMap) -> Response {
    let book = lock(&book);
    let Some(user) = known(&book, &headers) else {
        let token = values(FORM_COOKIE, &headers).next().map_or_else(fresh_id, str::to_owned);
        let form = page(&format!(
            "<h1>You are not logged in</h1>
            <form action=\"/login\" method=\"post\">
            <input type=\"hidden\" name=\"token\" value=\"{}\">
            <p><label>Name <input name=\"name\"></label> ada, bob or mallory
            <p><label>Password <input name=\"password\"></label> engine, builder or malice
            <p><button>Log in</button>
            </form>",
            escape(&token)
        ));
        let cookie = format!("{FORM_COOKIE}={token}; HttpOnly; Secure; SameSite=Lax; Path=/");
        return ([(header::SET_COOKIE, cookie)], form).into_response();
    };
    let notes = book.notes.get(user).into_iter().flatten();
    let notes: String = notes.map(|note| format!("<li>{}</li>", escape(note))).collect();
    page(&format!(
        "<h1>Logged in as {user}</h1>
        <ul>{notes}</ul>
        <form action=\"/notes\" method=\"post\">
        <p><label>Note <input name=\"note\"></label> <button>Keep it</button>
        </form>
        <form action=\"/logout\" method=\"post\"><button>Log out</button></form>"
    ))
}

#[derive(Deserialize)]
struct LogIn {
    name: String,
    password: String,
    token: String,
}

async fn log_in(
    State(book): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<LogIn>,
) -> Response {
    if values(FORM_COOKIE, &headers).next() != Some(&form.token) {
        return refused("This browser was not given this form");
    }
    let typed = (form.name.as_str(), form.password.as_str());
    let Some((user, _)) = USERS.into_iter().find(|user| *user == typed) else {
        return refused("Wrong name or password");
    };
    let mut book = lock(&book);
    for old in ids(&headers) {
        book.sessions.remove(old);
    }
    let id = fresh_id();
    let cookie = format!("{COOKIE}={id}; HttpOnly; Secure; SameSite=Lax; Path=/");
    book.sessions.insert(id, user);
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

async fn log_out(State(book): State<Shared>, headers: HeaderMap) -> Response {
    let mut book = lock(&book);
    for id in ids(&headers) {
        book.sessions.remove(id);
    }
    let cookie = format!("{COOKIE}=; HttpOnly; Secure; SameSite=Lax; Path=/; Max-Age=0");
    ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response()
}

#[derive(Deserialize)]
struct Note {
    note: String,
}

async fn add_note(
    State(book): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<Note>,
) -> Response {
    let mut book = lock(&book);
    let Some(user) = known(&book, &headers) else {
        return refused("You are not logged in");
    };
    book.notes.entry(user).or_default().push(form.note);
    Redirect::to("/").into_response()
}

fn lock(book: &Shared) -> MutexGuard<'_, Notebook> {
    book.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who is logged in.
fn known(book: &Notebook, headers: &HeaderMap) -> Option<&'static str> {
    ids(headers).find_map(|id| book.sessions.get(id).copied())
}

fn ids(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    values(COOKIE, headers)
}

/// The values of the request's cookies of this name.
fn values<'h>(ours: &str, headers: &'h HeaderMap) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(header::COOKIE).into_iter();
    // One by one: a sibling's cookie that is no text hides no other.
    let pairs = lines.flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let pairs = pairs.filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
    pairs.filter(move |(name, _)| name.trim_ascii() == ours).map(|(_, value)| value.trim_ascii())
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
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Notes</title>\n\
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
