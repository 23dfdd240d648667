//! "Remember me": how long a log-in lasts, and who decides it.
//!
//! `Max-Age` only asks the browser to forget in time. A copy of the cookie, in a file or in a thief's hands, has no clock.
//! So the expiry is under the signature too, and the server looks there.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use askama::Template;
use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect},
    routing::get,
};
use classroom::{Page, Watched, cookies, cookies::FOR_ONE_BROWSER};
use cookie::{Cookie, CookieJar, Key, SameSite, time};
use cookie_rules::http_date;
use serde::{Deserialize, Serialize};

use crate::workbench::is_ticked;

const NAME: &str = "remember";
/// "Remember me": 30 days.
const LONG: Duration = Duration::from_secs(30 * 86_400);
/// Without it, the browser forgets when it closes; and where it doesn't close, the server forgets after 12 hours.
const SHORT: Duration = Duration::from_secs(12 * 3600);

/// A run's key, and the clock: a test can bring its own.
#[derive(Debug)]
pub struct Settings {
    pub key: Key,
    pub now: fn() -> SystemTime,
}

/// Signed with a random key: a restart forgets everybody. Lesson 3 shows how to keep a key.
pub fn routes() -> Router {
    routes_with(Settings { key: Key::generate(), now: SystemTime::now })
}

fn routes_with(settings: Settings) -> Router {
    Router::new().route("/remember", get(show).post(remember)).with_state(Arc::new(settings))
}

/// What the cookie says under its signature.
#[derive(Debug, Deserialize, Serialize)]
struct Remembered {
    username: String,
    /// Seconds since 1970.
    ends: u64,
}

impl Remembered {
    fn end(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(self.ends)
    }

    /// The end in words.
    fn date(&self) -> String {
        http_date(self.end())
    }
}

/// What the server makes of a `remember` cookie.
enum Verdict {
    /// No such cookie came.
    None,
    /// This run's key did not make this signature for this value, or it is not what this server writes.
    DoesNotVerify,
    /// Well signed, and the expiry under the signature is in the past.
    Ended(Remembered),
    Valid(Remembered),
}

impl Verdict {
    /// The server's word for the wire.
    fn word(&self) -> String {
        match self {
            Self::None => "Verdict: no cookie came; nobody is remembered.".to_owned(),
            Self::DoesNotVerify => "Verdict: doesn't verify; nobody is remembered.".to_owned(),
            Self::Ended(who) => {
                format!("Verdict: ended at {}; nobody is remembered.", who.date())
            }
            Self::Valid(who) => {
                format!("Verdict: valid until {}; remembered: {}.", who.date(), who.username)
            }
        }
    }
}

#[derive(Template)]
#[template(path = "remember.html")]
struct Show {
    verdict: Verdict,
}

/// Says who is remembered, and until when.
async fn show(
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    watched: Watched,
) -> impl IntoResponse {
    let verdict = read(&headers, &settings);
    (FOR_ONE_BROWSER, watched.say(|| verdict.word()), Page(Show { verdict }))
}

/// Judges the first `remember` cookie with a signature of ours. Each pair is read by itself: one strange byte elsewhere in
/// the header must not log anybody out.
fn read(headers: &HeaderMap, settings: &Settings) -> Verdict {
    let mut signed = cookies::values(headers, NAME)
        .filter_map(|value| std::str::from_utf8(value).ok())
        .filter_map(|value| Cookie::parse_encoded(format!("{NAME}={value}")).ok())
        .filter_map(|cookie| CookieJar::new().signed(&settings.key).verify(cookie));
    match signed.next().map(|cookie| serde_json::from_str::<Remembered>(cookie.value())) {
        Some(Ok(who)) if who.end() <= (settings.now)() => Verdict::Ended(who),
        Some(Ok(who)) => Verdict::Valid(who),
        None if cookies::values(headers, NAME).next().is_none() => Verdict::None,
        None | Some(Err(_)) => Verdict::DoesNotVerify,
    }
}

#[derive(Deserialize)]
struct LogIn {
    username: String,
    /// A checkbox: not in the form where it is not ticked.
    remember: Option<String>,
}

/// Logs in, for 30 days or until the browser closes.
async fn remember(
    State(settings): State<Arc<Settings>>,
    Form(form): Form<LogIn>,
) -> Result<impl IntoResponse, (StatusCode, &'static str)> {
    if form.username.trim().is_empty() {
        return Err((StatusCode::UNPROCESSABLE_ENTITY, "A name is needed to log in."));
    }
    let long = is_ticked(&form.remember);
    let lifetime = if long { LONG } else { SHORT };
    let ends = (settings.now)().duration_since(UNIX_EPOCH).unwrap_or_default() + lifetime;
    let value =
        serde_json::to_string(&Remembered { username: form.username, ends: ends.as_secs() })
            .map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, "This log-in can't be written."))?;
    let mut cookie =
        Cookie::build((NAME, value)).path("/").http_only(true).same_site(SameSite::Lax).build();
    if long {
        // No `Max-Age` makes a session cookie: the browser keeps it until it closes.
        cookie.set_max_age(time::Duration::try_from(LONG).ok());
    }
    let mut jar = CookieJar::new();
    jar.signed_mut(&settings.key).add(cookie);
    let line: String = jar.delta().map(|cookie| cookie.encoded().to_string()).collect();
    if cookies::size(&line) > cookies::LONGEST {
        return Err((
            StatusCode::PAYLOAD_TOO_LARGE,
            "That name makes a cookie of over 4096 bytes, which a browser drops.",
        ));
    }
    Ok(([(header::SET_COOKIE, line)], Redirect::to("/remember")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use probe::{Server, get, post};

    fn begin() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000_000)
    }

    /// The page that a server with this clock shows to this cookie; all of them share a key.
    fn page_at(now: fn() -> SystemTime, cookie: &str) -> String {
        let reply = at(now).send(get("/remember").cookie(cookie));
        assert_eq!(reply.status, 200, "{reply}");
        reply.text()
    }

    fn at(now: fn() -> SystemTime) -> Server {
        Server::of(routes_with(Settings { key: Key::derive_from(&[7; 32]), now }))
    }

    #[track_caller]
    fn cookie(fields: &[(&str, &str)]) -> String {
        let reply = at(begin).send(post("/remember", fields));
        reply.pair(NAME).unwrap_or_else(|| panic!("no cookie\n{reply}")).to_owned()
    }

    #[test]
    fn a_copy_of_a_cookie_ends_when_the_signed_value_says_so() {
        let long = cookie(&[("username", "Ada"), ("remember", "on")]);
        assert!(page_at(begin, &long).contains("Remembered: Ada"));
        let page = page_at(|| begin() + LONG - Duration::from_secs(1), &long);
        assert!(page.contains("Remembered: Ada"), "{page}");
        assert!(page.contains("Tue, 09 Oct 2001 01:46:40 GMT"), "the end is shown: {page}");
        let page = page_at(|| begin() + LONG, &long);
        assert!(page.contains("Your time is up") && !page.contains("Remembered: "), "{page}");
    }

    #[test]
    fn without_the_tick_the_server_forgets_after_twelve_hours_whatever_the_browser_does() {
        let short = cookie(&[("username", "Ada")]);
        let page = page_at(|| begin() + SHORT - Duration::from_secs(1), &short);
        assert!(page.contains("Remembered: Ada"), "{page}");
        let page = page_at(|| begin() + SHORT, &short);
        assert!(page.contains("Your time is up"), "{page}");
    }
}
