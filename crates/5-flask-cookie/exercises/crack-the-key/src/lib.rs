//! Exercise: crack the key. The server signs its cookies with a word.
//!
//! - First be the attacker. `POST /crack` (`cookie`) says `the key is: ` and the word of `WORDS` that signed the cookie,
//!   whatever session is in it, or `no word`. Today `crack` tries one word alone.
//! - Then be the server. Let `secret` give a key that nobody finds: 32 random bytes from the operating system
//!   (`getrandom::getrandom`), another one for each server and at each start.
//!
//! Keep: `GET /` sets the session of a guest in the cookie `cracked`.
//!
//! Run it with `cargo course run crack-the-key`, then open <http://localhost:3105>; the form holds the cookie that your
//! browser has just got. Check it with `cargo course check crack-the-key`.
//!
//! Aloud: the attacker sent no request to try a word. Who could have noticed, or slowed it down?

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Router,
    extract::{Form, State},
    http::{StatusCode, header},
    response::{Html, IntoResponse},
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
    b"hard to guess string".to_vec()
}

/// The word that signed this cookie.
fn crack(cookie: &str) -> Option<&'static str> {
    let parts = Parts::split(cookie).ok()?;
    let keys = Keys::new(WORDS[0]).ok()?;
    parts.signed_by(&keys).map(|_| WORDS[0])
}

/// Sets a session for a guest, and puts the cookie into the form.
async fn index(State(secret): State<Vec<u8>>) -> impl IntoResponse {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut session = FlaskSession::new();
    session.insert("username", "guest");
    match Keys::new(secret) {
        Ok(keys) => {
            let cookie = session.dump(&keys, now);
            let line = format!("cracked={cookie}; HttpOnly; Path=/");
            let page = page(&format!(
                "<p>You are a guest.</p>\n<form method=\"post\" action=\"/crack\">\n\
                 <label>Cookie <input name=\"cookie\" value=\"{cookie}\"></label> <button>Crack it</button>\n</form>"
            ));
            Ok(([(header::SET_COOKIE, line)], page))
        }
        Err(error) => Err((StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

#[derive(Deserialize)]
struct Found {
    cookie: String,
}

/// Says the word, or that none of the list did it.
async fn show_the_key(Form(Found { cookie }): Form<Found>) -> Html<String> {
    page(&match crack(&cookie) {
        Some(word) => format!("<p>the key is: {word}</p>"),
        None => "<p>no word</p>".to_owned(),
    })
}

/// A page. A cookie of this server and a word of the list hold nothing that HTML would read as markup.
fn page(content: &str) -> Html<String> {
    Html(format!("<!DOCTYPE html>\n<title>Crack the key</title>\n{content}\n"))
}
