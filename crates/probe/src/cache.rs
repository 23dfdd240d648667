//! A shared cache, as one stands before many servers: many people get their answers from it (RFC 9111).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use tower_service::Service;

use crate::Clock;

/// How long it keeps what says nothing of that: a cache may choose (§4.2.2).
const BY_ITSELF: Duration = Duration::from_secs(60);

/// The longest body that it keeps, in bytes.
const LONGEST: usize = 1 << 20;

/// This server behind a shared cache, which keeps whatever RFC 9111 lets it keep, `Set-Cookie` lines and all. Its key is the
/// address; it asks `Vary`; it never gives what is stale. What it gives again has an `Age`.
///
/// ```
/// # use axum::{Router, http::HeaderMap, routing::get};
/// let who = |headers: HeaderMap| async move { format!("{:?}", headers.get("cookie")) };
/// let app = probe::behind_a_cache(Router::new().route("/", get(who)), &probe::Clock::real());
/// let server = probe::Server::of(app);
/// let ada = server.send(probe::get("/").cookie("name=Ada"));
/// let bob = server.send(probe::get("/").cookie("name=Bob"));
/// assert_eq!((bob.header("Age"), bob.text()), (Some("0"), ada.text()), "nothing forbade to keep it");
/// ```
pub fn behind_a_cache(app: Router, clock: &Clock) -> Router {
    let cache = Cache { app, clock: clock.clone(), kept: Arc::default() };
    Router::new().fallback(move |request| cache.clone().answer(request))
}

#[derive(Clone)]
struct Cache {
    app: Router,
    clock: Clock,
    /// By host and target; of each, one for each set of fields that `Vary` names.
    kept: Arc<Mutex<HashMap<String, Vec<Kept>>>>,
}

#[derive(Clone)]
struct Kept {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
    at: SystemTime,
    until: SystemTime,
    /// The fields that `Vary` names, as the request had them (§4.1).
    varies: Vec<(String, Vec<HeaderValue>)>,
}

impl Cache {
    async fn answer(mut self, request: Request) -> Response {
        let (method, asked) = (request.method().clone(), request.headers().clone());
        let host = asked.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let key = |target: &str| format!("{host}{target}");
        let here = key(&request.uri().to_string());
        let now = self.clock.now();
        if method == Method::GET {
            let found = self.with(|all| {
                let all = all.get(&here)?;
                all.iter().find(|kept| now < kept.until && kept.fits(&asked)).cloned()
            });
            if let Some(kept) = found {
                return kept.again(now);
            }
        }
        let Ok(answer) = self.app.call(request).await;
        if !method.is_safe() {
            // What was changed is stale, and so is what the answer leads to (§4.4).
            let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
            let to = to.map(key);
            self.with(|all| {
                [Some(here), to].into_iter().flatten().for_each(|key| drop(all.remove(&key)))
            });
            return answer;
        }
        let life = life(answer.status(), answer.headers(), now);
        let (Some(life), Method::GET) = (life, method) else { return answer };
        let (mut parts, body) = answer.into_parts();
        let Ok(body) = to_bytes(body, LONGEST).await else {
            return StatusCode::BAD_GATEWAY.into_response();
        };
        let varies = words(&parts.headers, header::VARY.as_str());
        let varies = varies.map(|(name, _)| (name.clone(), values(&asked, &name))).collect();
        let given = parts.headers.clone();
        for (_, fields) in words(&given, CONTROL).filter(|(name, _)| is_private(name)) {
            fields.split([',', ' ']).for_each(|field| drop(parts.headers.remove(field)));
        }
        let headers = std::mem::replace(&mut parts.headers, given);
        let (status, until) = (parts.status, now + life);
        let kept = Kept { status, headers, body: body.clone(), at: now, until, varies };
        self.with(|all| all.entry(here).or_default().push(kept));
        Response::from_parts(parts, Body::from(body))
    }

    fn with<T>(&self, act: impl FnOnce(&mut HashMap<String, Vec<Kept>>) -> T) -> T {
        act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Kept {
    fn fits(&self, asked: &HeaderMap) -> bool {
        self.varies.iter().all(|(name, came)| name != "*" && values(asked, name) == *came)
    }

    fn again(self, now: SystemTime) -> Response {
        let age = now.duration_since(self.at).unwrap_or_default().as_secs();
        let mut response = (self.status, self.headers, self.body).into_response();
        response.headers_mut().insert(header::AGE, HeaderValue::from(age));
        response
    }
}

const CONTROL: &str = "cache-control";

fn is_private(name: &str) -> bool {
    name == "private" || name == "no-cache"
}

/// How long a shared cache may give this again; `None` where it may not at all (§3, §4.2.1).
fn life(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let said = |name: &str| words(headers, CONTROL).find(|(said, _)| said == name);
    // With a value, `private` and `no-cache` speak of these fields alone.
    let forbids = |(name, value): (String, String)| {
        name == "no-store" || (is_private(&name) && value.is_empty())
    };
    if words(headers, CONTROL).any(forbids) {
        return None;
    }
    let seconds = |name: &str| {
        let (_, value) = said(name)?;
        // Like many caches, it reads the digits and does not mind the rest.
        let end = value.find(|c: char| !c.is_ascii_digit()).unwrap_or(value.len());
        value[..end].parse().ok().map(Duration::from_secs)
    };
    let expires = || {
        let value = headers.get(header::EXPIRES)?;
        let date = cookie_rules::cookie_date(value.as_bytes());
        Some(date.and_then(|date| date.duration_since(now).ok()).unwrap_or_default())
    };
    let by_itself = || {
        const OFTEN_KEPT: [u16; 7] = [200, 203, 301, 308, 404, 405, 410];
        OFTEN_KEPT.contains(&status.as_u16()).then_some(BY_ITSELF)
    };
    let life = seconds("s-maxage").or_else(|| seconds("max-age")).or_else(expires);
    life.or_else(by_itself).filter(|life| !life.is_zero())
}

/// What stands between a field's commas: names in lower case, and their values without quotes.
fn words<'h>(
    headers: &'h HeaderMap,
    field: &str,
) -> impl Iterator<Item = (String, String)> + use<'h> {
    let lines = headers.get_all(field).into_iter().filter_map(|line| line.to_str().ok());
    let mut all = Vec::new();
    for line in lines {
        let mut quoted = false;
        let words = line.split(|c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        all.extend(words.map(|word| {
            let (name, value) = word.split_once('=').unwrap_or((word, ""));
            (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned())
        }));
    }
    all.into_iter()
}

fn values(headers: &HeaderMap, name: &str) -> Vec<HeaderValue> {
    headers.get_all(name).into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::{http::HeaderName, response::AppendHeaders, routing::get};

    use super::*;
    use crate::{Server, get as ask, post};

    /// How often of two requests, from these browsers, the server is asked, where its answer says this.
    fn asked(
        said: &[(&'static str, &'static str)],
        cookies: [&str; 2],
        later: u64,
    ) -> (usize, bool) {
        let clock = Clock::at(1_777_593_600);
        let count = Arc::new(AtomicUsize::new(0));
        let headers: Vec<_> =
            said.iter().map(|(name, value)| (HeaderName::from_static(name), *value)).collect();
        let counted = count.clone();
        let app = Router::new().route(
            "/",
            get(move || async move {
                counted.fetch_add(1, Ordering::Relaxed);
                (AppendHeaders(headers), "a page")
            }),
        );
        let server = Server::of(behind_a_cache(app, &clock));
        let mut sets = false;
        for cookie in cookies {
            let request = ask("/");
            let request = if cookie.is_empty() { request } else { request.cookie(cookie) };
            let reply = server.send(request);
            assert_eq!(reply.text(), "a page", "{reply}");
            sets = !reply.set_cookies().is_empty();
            clock.forward(Duration::from_secs(later));
        }
        (count.load(Ordering::Relaxed), sets)
    }

    #[test]
    fn it_keeps_what_it_may() {
        for (said, cookies, expected) in [
            (&[][..], ["a=1", "a=2"], 1),
            (&[("cache-control", "max-age=60")], ["", ""], 1),
            (&[("cache-control", "max-age=60"), ("set-cookie", "a=1")], ["", ""], 1),
            (&[("cache-control", "max-age=60; private")], ["", ""], 1),
            (&[("cache-control", "max-age=0, s-maxage=60")], ["", ""], 1),
            (&[("pragma", "no-cache")], ["", ""], 1),
            (&[("vary", "Cookie")], ["", ""], 1),
            (&[("vary", "Accept, cookie")], ["a=1", "a=2"], 2),
            (&[("vary", "*")], ["", ""], 2),
            (&[("cache-control", "max-age=60"), ("cache-control", "Private")], ["", ""], 2),
            (&[("cache-control", "no-store")], ["", ""], 2),
            (&[("cache-control", "no-cache, max-age=60")], ["", ""], 2),
            (&[("cache-control", "max-age=60, s-maxage=0")], ["", ""], 2),
            (&[("expires", "0")], ["", ""], 2),
            (&[("expires", "Fri, 01 May 2026 00:10:00 GMT")], ["", ""], 1),
        ] {
            assert_eq!(asked(said, cookies, 0).0, expected, "{said:?} {cookies:?}");
        }
        assert_eq!(asked(&[("cache-control", "max-age=60")], ["", ""], 60).0, 2);
        let fields =
            [("cache-control", "private=\"Set-Cookie\", max-age=60"), ("set-cookie", "a=1")];
        assert_eq!(asked(&fields, ["", ""], 0), (1, false));
    }

    #[test]
    fn what_was_changed_is_asked_for_again() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = count.clone();
        let page = move || async move { counted.fetch_add(1, Ordering::Relaxed).to_string() };
        let change = || async { axum::response::Redirect::to("/") };
        let app = Router::new().route("/", get(page)).route("/change", axum::routing::post(change));
        let server = Server::of(behind_a_cache(app, &Clock::real()));
        let texts = || server.send(ask("/")).text();
        assert_eq!([texts(), texts()], ["0", "0"]);
        assert_eq!(server.send(post("/change", &[])).status, 303);
        assert_eq!(texts(), "1");
    }
}
