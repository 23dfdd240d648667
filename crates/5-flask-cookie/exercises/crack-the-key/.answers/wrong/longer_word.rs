//! Wrong: takes a longer word: the next list has it, and every copy of the program has the same. Killed by: two_servers_do_not_share_a_key

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Router,
    extract::{Form, State},
    http::header,
    response::IntoResponse,
    routing::{get, post},
};
use flask_cookie::{FlaskSession, Keys, Parts};
use serde::Deserialize;

/// Words that people take for keys. Real lists have millions.
pub const WORDS: [&str; 12] = [
    "secret",
    "password",
    "123456",
    "changeme",
    "dev",
    "development",
    "flask",
    "secret-key",
    "admin",
    "letmein",
    "you-will-never-guess",
    "hard to guess string",
];

/// The exercise's server: `GET /` sets a session, `POST /crack` (`cookie`) says which word signed a cookie.
pub fn app() -> Router {
    let secret = secret();
    Router::new().route("/", get(index)).with_state(secret).route("/crack", post(show_the_key))
}

/// The key that this server signs with.
fn secret() -> Vec<u8> {
    b"correct horse battery staple, and then some".to_vec()
}

/// The word that signed this cookie.
fn crack(cookie: &str) -> Option<&'static str> {
    let parts = Parts::split(cookie).ok()?;
    WORDS
        .into_iter()
        .find(|word| Keys::new(word).is_ok_and(|keys| parts.signed_by(&keys).is_some()))
}

/// Sets a session for a guest.
async fn index(State(secret): State<Vec<u8>>) -> impl IntoResponse {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut session = FlaskSession::new();
    session.insert("username", "guest");
    match Keys::new(secret) {
        Ok(keys) => {
            let line = format!("cracked={}; HttpOnly; Path=/", session.dump(&keys, now));
            Ok(([(header::SET_COOKIE, line)], "You are a guest.\n"))
        }
        Err(error) => Err((axum::http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

#[derive(Deserialize)]
struct Found {
    cookie: String,
}

/// Says the word, or that none of the list did it.
async fn show_the_key(Form(Found { cookie }): Form<Found>) -> String {
    crack(&cookie).map_or_else(|| "no word\n".to_owned(), |word| format!("the key is: {word}\n"))
}
