//! Exercise: a readable secret.
//!
//! A quiz asks one question at a time. Between two requests it keeps the round in a signed cookie, `readable_secret`: the
//! question, and the answer that it waits for. Nobody can change the cookie, but the player can read it: ask a question,
//! look at the cookie, win. Keep the answer where the player can't look:
//!
//! - No answer leaves the server before the player gives one: not in a cookie, not in a page or an address, in no encoding,
//!   and nothing that was computed from it.
//! - What is right is decided by the server's list of questions, and by nothing that came in the cookie.
//! - The cookie stays signed: an edited one, or one that another key signed, is no round. A question that the list no longer
//!   has is no round either.
//!
//! Keep: `POST /ask` (`question`, a number from 0) answers 303 to `/` and sets the cookie; `GET /` shows the question, as text;
//! `POST /answer` (`answer`) says "Right" or "Wrong", or "No question" without a round, and no two of them; `app` and its
//! arguments. The server keeps no rounds, and other cookies may come along.
//!
//! See it with `cargo course run readable-secret` at <http://localhost:3103>. Check it with
//! `cargo course check readable-secret`.
//!
//! Aloud: the player may now try every answer in turn. Can a signed cookie count the tries and stop that?

use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, CookieJar, Key, SameSite};
use serde::{Deserialize, Serialize};

const NAME: &str = "readable_secret";

/// A question of the quiz.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// What is asked.
    pub text: &'static str,
    /// The right answer.
    pub answer: &'static str,
}

/// The questions of the exercise's own server.
pub const QUESTIONS: &[Question] = &[
    Question { text: "Who wrote the first program?", answer: "Ada Lovelace" },
    Question { text: "Which year is the first RFC on cookies from?", answer: "1997" },
    Question { text: "What do Hansel and Gretel leave on the way?", answer: "crumbs" },
];

#[derive(Clone)]
struct Quiz {
    key: Key,
    questions: &'static [Question],
}

/// The server: the key that it signs with, and its questions.
pub fn app(key: Key, questions: &'static [Question]) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/ask", post(ask))
        .route("/answer", post(answer))
        .with_state(Quiz { key, questions })
}

/// What the cookie holds between two requests.
#[derive(Deserialize, Serialize)]
struct Round {
    text: String,
    answer: String,
}

/// Shows the open question, or offers all of them.
async fn index(State(quiz): State<Quiz>, headers: HeaderMap) -> Response {
    if let Some(round) = open_round(&quiz, &headers) {
        return page(&format!(
            "<h1>{}</h1>\n<form action=\"/answer\" method=\"post\"><label for=\"answer\">Your answer</label>\n\
             <input id=\"answer\" name=\"answer\" autocomplete=\"off\"> <button>Answer</button></form>",
            escape(&round.text)
        ));
    }
    let buttons: String = (0..quiz.questions.len())
        .map(|number| {
            format!("<button name=\"question\" value=\"{number}\">Question {number}</button>\n")
        })
        .collect();
    page(&format!("<h1>A quiz</h1>\n<form action=\"/ask\" method=\"post\">{buttons}</form>"))
}

#[derive(Deserialize)]
struct Ask {
    question: usize,
}

/// Opens a round with one of the questions.
async fn ask(State(quiz): State<Quiz>, Form(form): Form<Ask>) -> Response {
    let Some(question) = quiz.questions.get(form.question) else {
        return (StatusCode::NOT_FOUND, "There is no such question.").into_response();
    };
    let round = Round { text: question.text.to_owned(), answer: question.answer.to_owned() };
    match signed(&quiz.key, &round) {
        Some(line) => ([(header::SET_COOKIE, line)], Redirect::to("/")).into_response(),
        None => (StatusCode::INTERNAL_SERVER_ERROR, "This can't be written.").into_response(),
    }
}

#[derive(Deserialize)]
struct Answer {
    answer: String,
}

/// Says whether the answer is right.
async fn answer(
    State(quiz): State<Quiz>,
    headers: HeaderMap,
    Form(form): Form<Answer>,
) -> Response {
    let Some(round) = open_round(&quiz, &headers) else {
        return page("<h1>No question</h1>\n<p><a href=\"/\">Choose one</a></p>");
    };
    let right = form.answer.trim().eq_ignore_ascii_case(&round.answer);
    page(if right { "<h1>Right</h1>" } else { "<h1>Wrong</h1>\n<p><a href=\"/\">Again</a></p>" })
}

/// The `Set-Cookie` line of a signed round.
fn signed(key: &Key, round: &Round) -> Option<String> {
    let payload = serde_json::to_string(round).ok()?;
    let cookie = Cookie::build((NAME, payload)).path("/").http_only(true).same_site(SameSite::Lax);
    let mut jar = CookieJar::new();
    jar.signed_mut(key).add(cookie);
    Some(jar.delta().map(|cookie| cookie.encoded().to_string()).collect())
}

/// The round in the request's cookie, where our key signed it.
fn open_round(quiz: &Quiz, headers: &HeaderMap) -> Option<Round> {
    let lines = headers.get_all(header::COOKIE).iter();
    let cookie = lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse_encoded)
        .flatten()
        .find(|cookie| cookie.name() == NAME)?;
    let verified = CookieJar::new().signed(&quiz.key).verify(cookie)?;
    serde_json::from_str(verified.value()).ok()
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A quiz</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}

/// Text of a page: no character of it can start a tag.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
