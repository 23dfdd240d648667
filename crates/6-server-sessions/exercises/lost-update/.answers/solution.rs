//! Exercise lost-update: two requests at once, and one note is lost.
//!
//! This store is on another machine, so a session is read, changed here, and written back a moment later: `pause` is that
//! moment. Two requests of one browser read the same notes, each adds its own, and the second to write wipes out the first.
//! And a note that is under way when the user logs out brings the session back.
//!
//! Fix it, in `write` and `add_note`:
//! - `write` stores a change only where nobody wrote to the session since it was read. Where somebody did, `add_note` reads
//!   again and repeats, or refuses.
//! - A note is either kept, once, with `303 See Other` and `Location: /`, or refused with `409 Conflict`, and then nothing of
//!   it is stored. Of several at once one is kept, and so is each that nobody disturbs, as it was typed.
//! - A log-out wins: a note under way is refused, with `409` or `403`, and the cookie still opens nothing.
//! - No request waits for another one, of this session or of others. A lock held during `pause` is no answer: with two
//!   servers each has its own.
//! - The store stays where it is: each change calls `pause().await` on its way.
//!
//! Run it with `cargo course run lost-update`, then open <http://localhost:3106>: log in and press *Two notes at once*, then
//! *A note, and log out*. Check it with `cargo course check lost-update`.
//!
//! Aloud: why may `add_note` be repeated, and would you repeat "pay 10 euros" in the same way?

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use askama::Template;
use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use classroom::Page;
use network::pause;
use serde::Deserialize;

const COOKIE: &str = "update_sid";

#[derive(Clone, Default)]
struct Record {
    /// How often the session was changed.
    version: u64,
    username: Option<String>,
    notes: Vec<String>,
}

/// Id → what the server knows of the session. A restart forgets them all.
type Store = Arc<Mutex<HashMap<String, Record>>>;

/// What became of a write.
enum Written {
    Done,
    /// Somebody else wrote first.
    Changed,
    /// The session was deleted.
    Gone,
}

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
    let record = read(&store, &headers).map(|(_, record)| record).unwrap_or_default();
    Page(Index { username: record.username, notes: record.notes })
}

/// Starts a session of its own for this name.
async fn log_in(State(store): State<Store>, Form(form): Form<Login>) -> impl IntoResponse {
    let id = fresh_id();
    let record = Record { username: Some(form.username), ..Record::default() };
    lock(&store).insert(id.clone(), record);
    ([(header::SET_COOKIE, cookie(&id))], Redirect::to("/"))
}

async fn log_out(State(store): State<Store>, headers: HeaderMap) -> impl IntoResponse {
    if let Some((id, _)) = read(&store, &headers) {
        lock(&store).remove(&id);
    }
    ([(header::SET_COOKIE, forget())], Redirect::to("/"))
}

async fn add_note(
    State(store): State<Store>,
    headers: HeaderMap,
    Form(form): Form<Note>,
) -> Response {
    for _ in 0..50 {
        let Some((id, mut record)) = read(&store, &headers) else {
            return (StatusCode::FORBIDDEN, "Log in first.").into_response();
        };
        record.notes.push(form.note.clone());
        match write(&store, &id, record).await {
            Written::Done => return Redirect::to("/").into_response(),
            Written::Changed => {}
            Written::Gone => return conflict(),
        }
    }
    conflict()
}

/// Writes the record to the store, which takes a moment, where the store still has the version that it was read at.
async fn write(store: &Store, id: &str, mut record: Record) -> Written {
    pause().await;
    match lock(store).get_mut(id) {
        None => Written::Gone,
        Some(stored) if stored.version != record.version => Written::Changed,
        Some(stored) => {
            record.version += 1;
            *stored = record;
            Written::Done
        }
    }
}

fn conflict() -> Response {
    (
        StatusCode::CONFLICT,
        "The session was changed or ended meanwhile. Nothing was kept: send it again.",
    )
        .into_response()
}

/// The session of the request: its id, and a copy of its record.
fn read(store: &Store, headers: &HeaderMap) -> Option<(String, Record)> {
    let sessions = lock(store);
    let id = known_id(&sessions, headers)?;
    let record = sessions.get(&id)?.clone();
    Some((id, record))
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
