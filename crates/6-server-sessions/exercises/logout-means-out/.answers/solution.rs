//! Exercise logout-means-out: Ada has logged out, and a copy of her cookie still opens her session.
//!
//! A session has several ids here: each note gives the browser a new one, and the older ones go on working, for another tab
//! may be sending one of them right now. Ada logs out at the library. The browser forgets the cookie, as it was told. But
//! somebody has copied her cookie, perhaps an hour ago, and this server still knows what it stands for.
//!
//! Fix it, in `log_out`:
//! - Afterwards no id of this session opens anything, whoever has it, however old it is, and whichever of them came with the
//!   log-out: it opens nothing, and shows no note. So it is, too, for a visitor with notes who never logged in.
//! - Ada's phone and everybody else stay logged in, and other cookies are left alone.
//! - All else stays: the browser is told to forget the cookie, and the answer is `303 See Other` with `Location: /`, also
//!   where nobody is logged in (any more). Until the log-out each id works.
//!
//! Run it with `cargo course run logout-means-out`, then open <http://localhost:3106>: log in, note something twice, copy a
//! request of each from the wire as curl, log out, and send the copies. Check it with `cargo course check logout-means-out`.
//!
//! Aloud: could lesson 3's server do the same? What would it have to keep?

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

const COOKIE: &str = "logout_sid";

#[derive(Clone, Default)]
struct Record {
    username: Option<String>,
    notes: Vec<String>,
}

/// What the server knows. A restart forgets it all.
#[derive(Default)]
struct Sessions {
    /// Id → the number of its session. Several ids lead to one.
    numbers: HashMap<String, u64>,
    /// Number → what was said in the session.
    records: HashMap<u64, Record>,
    /// How many there have been.
    count: u64,
}

type Store = Arc<Mutex<Sessions>>;

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
    let record = known(&sessions, &headers).and_then(|number| sessions.records.get(&number));
    let record = record.cloned().unwrap_or_default();
    Page(Index { username: record.username, notes: record.notes })
}

/// Starts a session of its own for this name. Notes from before stay where they are: `new-id-at-login` is about them.
async fn log_in(State(store): State<Store>, Form(form): Form<Login>) -> impl IntoResponse {
    let mut sessions = lock(&store);
    let number = sessions.begin(Record { username: Some(form.username), notes: Vec::new() });
    let id = sessions.id_for(number);
    ([(header::SET_COOKIE, cookie(&id))], Redirect::to("/"))
}

async fn log_out(State(store): State<Store>, headers: HeaderMap) -> impl IntoResponse {
    let mut sessions = lock(&store);
    if let Some(number) = known(&sessions, &headers) {
        sessions.records.remove(&number);
        sessions.numbers.retain(|_, other| *other != number);
    }
    ([(header::SET_COOKIE, forget())], Redirect::to("/"))
}

/// Notes something, and gives the browser a new id. The first note starts a session.
async fn add_note(
    State(store): State<Store>,
    headers: HeaderMap,
    Form(form): Form<Note>,
) -> impl IntoResponse {
    let mut sessions = lock(&store);
    let number = match known(&sessions, &headers) {
        Some(number) => number,
        None => sessions.begin(Record::default()),
    };
    sessions.records.entry(number).or_default().notes.push(form.note);
    let id = sessions.id_for(number);
    ([(header::SET_COOKIE, cookie(&id))], Redirect::to("/"))
}

impl Sessions {
    /// Begins a session, and gives its number.
    fn begin(&mut self, record: Record) -> u64 {
        self.count += 1;
        self.records.insert(self.count, record);
        self.count
    }

    /// One more id for this session.
    fn id_for(&mut self, number: u64) -> String {
        let id = fresh_id();
        self.numbers.insert(id.clone(), number);
        id
    }
}

fn lock(store: &Store) -> MutexGuard<'_, Sessions> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of the session whose id the browser sent.
fn known(sessions: &Sessions, headers: &HeaderMap) -> Option<u64> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .find_map(|id| sessions.numbers.get(id).copied())
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
