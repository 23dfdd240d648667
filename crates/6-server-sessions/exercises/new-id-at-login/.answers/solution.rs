//! Exercise new-id-at-login: the id that Mallory planted becomes Ada's log-in.
//!
//! Mallory noted something here, so she has an id, and she plants her cookie in Ada's browser. Ada logs in. This server keeps
//! the id: now Mallory's cookie is logged in as Ada. That is called session fixation.
//!
//! Fix it, in `log_in`:
//! - Each log-in gives the session a fresh id, whatever id came, and also where somebody is logged in already. Nobody can
//!   compute or guess it: it has 64 bits of chance or more.
//! - The notes go along. Every id from before the log-in is worth nothing: it opens no session and no notes.
//! - All else stays: the answer is `303 See Other` with `Location: /`, name and notes are shown as they were typed, and other
//!   sessions and other cookies are left alone.
//!
//! Run it with `cargo course run new-id-at-login`, then open <http://localhost:3106>: note something, copy that request from
//! the wire as curl, log in, and send the copy. Check it with `cargo course check new-id-at-login`.
//!
//! Aloud: why is it not enough to refuse ids that the server didn't make?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use askama::Template;
use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use classroom::Page;
use serde::Deserialize;

const COOKIE: &str = "fixation_sid";

#[derive(Clone, Default)]
struct Record {
    username: Option<String>,
    notes: Vec<String>,
}

/// Id → what the server knows of the session. A restart forgets them all.
type Store = Arc<Mutex<HashMap<String, Record>>>;

/// The exercise's server.
pub fn app() -> Router {
    Router::new()
        .route("/", get(index))
        .route("/login", post(log_in))
        .route("/logout", post(log_out))
        .route("/notes", post(add_note))
        .with_state(Store::default())
}

#[derive(Template)]
#[template(path = "page.html")]
struct Index {
    username: Option<String>,
    notes: Vec<String>,
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

#[derive(Deserialize)]
struct Note {
    note: String,
}

async fn index(State(store): State<Store>, headers: HeaderMap) -> impl IntoResponse {
    let sessions = lock(&store);
    let record =
        known_id(&sessions, &headers).and_then(|id| sessions.get(&id).cloned()).unwrap_or_default();
    Page(Index { username: record.username, notes: record.notes })
}

async fn log_in(
    State(store): State<Store>,
    headers: HeaderMap,
    Form(form): Form<Login>,
) -> impl IntoResponse {
    let mut sessions = lock(&store);
    let old = known_id(&sessions, &headers);
    let mut record = old.and_then(|old| sessions.remove(&old)).unwrap_or_default();
    record.username = Some(form.username);
    let id = fresh_id();
    sessions.insert(id.clone(), record);
    ([(header::SET_COOKIE, cookie(&id))], Redirect::to("/"))
}

async fn log_out(State(store): State<Store>, headers: HeaderMap) -> impl IntoResponse {
    let mut sessions = lock(&store);
    if let Some(id) = known_id(&sessions, &headers) {
        sessions.remove(&id);
    }
    ([(header::SET_COOKIE, forget())], Redirect::to("/"))
}

/// The first note starts a session.
async fn add_note(
    State(store): State<Store>,
    headers: HeaderMap,
    Form(form): Form<Note>,
) -> impl IntoResponse {
    let mut sessions = lock(&store);
    let id = known_id(&sessions, &headers).unwrap_or_else(fresh_id);
    sessions.entry(id.clone()).or_default().notes.push(form.note);
    ([(header::SET_COOKIE, cookie(&id))], Redirect::to("/"))
}

fn lock(store: &Store) -> MutexGuard<'_, HashMap<String, Record>> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The id that the browser sent, where the store knows it.
fn known_id(sessions: &HashMap<String, Record>, headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .find(|id| sessions.contains_key(*id))
        .map(str::to_owned)
}

/// 128 bits from the operating system: nobody guesses them.
fn fresh_id() -> String {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).expect("the operating system gives random bytes");
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn cookie(id: &str) -> String {
    format!("{COOKIE}={id}; HttpOnly; SameSite=Lax; Path=/")
}

/// Tells the browser to forget the cookie.
fn forget() -> String {
    format!("{COOKIE}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0")
}
