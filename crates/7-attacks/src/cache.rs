//! A shared cache before the bank, as a company or a content delivery network has one: many people get their answers from
//! it (RFC 9111). It does what the bank's answers say, and nothing more.
//!
//! In production it is a program of its own (Varnish, nginx) or a service; in Rust, the crate `http-cache`.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::{Request, State},
    http::{self, HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use classroom::Watched;
use tower_service::Service;

use crate::{books::note, lab::Shared};

/// What an answer may have to be kept, in bytes.
const LONGEST: u64 = 256 * 1024;

#[derive(Default)]
pub struct Cache(Vec<Kept>);

/// An answer, and what it is for. The key is the address that was asked, host and port with it: the bank's pages lead to them.
struct Kept {
    address: String,
    /// The fields that `Vary` names, as the request had them (§4.1).
    varies: Vec<(String, Vec<HeaderValue>)>,
    at: Instant,
    response: http::Response<Bytes>,
}

impl Kept {
    /// Whether it may answer a request for this address with these fields (§4).
    fn fits(&self, address: &str, asked: &HeaderMap) -> bool {
        self.address == address && self.varies.iter().all(|(name, came)| all(asked, name) == *came)
    }

    /// An answer is fresh until its `max-age` is over (§4.2).
    fn is_fresh(&self, now: Instant) -> bool {
        max_age(self.response.headers()).is_some_and(|age| now.duration_since(self.at) < age)
    }
}

impl Cache {
    fn find(&self, address: &str, asked: &HeaderMap, now: Instant) -> Option<&Kept> {
        self.0.iter().find(|kept| kept.fits(address, asked) && kept.is_fresh(now))
    }

    fn keep(&mut self, kept: Kept, asked: &HeaderMap) {
        self.0.retain(|old| !old.fits(&kept.address, asked));
        note(&mut self.0, kept);
    }
}

/// Whether a shared cache may keep it (§3): without a `max-age`, and where it says `private` or `no-store`, this one doesn't.
fn may_keep(headers: &HeaderMap) -> bool {
    let forbids = |word| word == "private" || word == "no-store";
    max_age(headers).is_some() && !words(headers, "cache-control").any(forbids)
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let age = words(headers, "cache-control").find_map(|word| word.strip_prefix("max-age="))?;
    age.parse().ok().map(Duration::from_secs)
}

/// The words of a field, between its commas.
fn words<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

fn all(headers: &HeaderMap, name: &str) -> Vec<HeaderValue> {
    headers.get_all(name).into_iter().cloned().collect()
}

/// The bank, seen by the cache.
pub fn before(bank: Router, lab: Shared) -> Router {
    Router::new().fallback(answer).with_state((bank, lab))
}

/// Without its scheme, and with the host in small letters: those mean the same.
fn address(request: &Request) -> String {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    format!("{}{target}", host.unwrap_or_default().to_ascii_lowercase())
}

/// Answers from what is kept, or asks the bank.
async fn answer(State((mut bank, lab)): State<(Router, Shared)>, request: Request) -> Response {
    let address = address(&request);
    let (method, asked) = (request.method().clone(), request.headers().clone());
    if method == Method::GET
        && let Some(kept) = lab.lock().cache.find(&address, &asked, Instant::now())
    {
        return again(kept);
    }
    let Ok(response) = bank.call(request).await;
    let status = response.status();
    if !method.is_safe() && (status.is_success() || status.is_redirection()) {
        // What was changed there is stale (§4.4).
        lab.lock().cache.0.retain(|kept| kept.address != address);
    }
    let length = response.body().size_hint().upper();
    let is_short = length.is_some_and(|length| length <= LONGEST);
    if method != Method::GET || !may_keep(response.headers()) || !is_short {
        return response;
    }
    let (parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_GATEWAY.into_response();
    };
    let response = Response::from_parts(parts, body);
    let names = words(response.headers(), "vary").map(str::to_ascii_lowercase);
    let varies = names.map(|name| (name.clone(), all(&asked, &name))).collect();
    let kept = Kept { address, varies, at: Instant::now(), response: response.clone() };
    lab.lock().cache.keep(kept, &asked);
    response.map(Body::from)
}

/// A kept answer goes out whole, its `Set-Cookie` with it, and says how old it is (§5.1).
fn again(kept: &Kept) -> Response {
    let age = kept.at.elapsed().as_secs();
    let word = Watched::now()
        .say(|| format!("From the shared cache, {age} s old. The bank was not asked."));
    let response = kept.response.clone().map(Body::from);
    ([(header::AGE, HeaderValue::from(age))], word, response).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    /// An answer that was kept at this time, whose `Vary` names `Cookie` where `cookie` is given.
    fn kept(at: Instant, cookie: Option<&'static str>, body: &'static str) -> Kept {
        let control = HeaderValue::from_static("max-age=60");
        let came = cookie.into_iter().map(HeaderValue::from_static).collect();
        let varies = cookie.map(|_| ("cookie".to_owned(), came)).into_iter().collect();
        let mut response = http::Response::new(Bytes::from_static(body.as_bytes()));
        response.headers_mut().insert(header::CACHE_CONTROL, control);
        Kept { address: "/account".to_owned(), varies, at, response }
    }

    fn asked(cookie: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))])
    }

    #[test]
    fn an_answer_is_fresh_for_its_max_age_and_not_a_moment_longer() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        cache.keep(kept(now, None, "ada"), &asked("bank=1"));
        let found = |at| cache.find("/account", &asked("bank=2"), at).is_some();
        assert!(found(now) && found(now + MINUTE - Duration::from_millis(1)));
        assert!(!found(now + MINUTE));
        assert!(cache.find("/other", &asked("bank=1"), now).is_none());
    }

    #[test]
    fn with_vary_each_cookie_header_has_an_answer_of_its_own() {
        let (mut cache, now) = (Cache::default(), Instant::now());
        for (cookie, body) in [("bank=1", "ada"), ("bank=2", "bob"), ("bank=1", "ada again")] {
            cache.keep(kept(now, Some(cookie), body), &asked(cookie));
        }
        let found = |cookie| {
            cache.find("/account", &asked(cookie), now).map(|kept| &kept.response.body()[..])
        };
        assert_eq!(found("bank=1"), Some(&b"ada again"[..]));
        assert_eq!(found("bank=2"), Some(&b"bob"[..]));
        assert_eq!(found("bank=3"), None);
        assert_eq!(cache.0.len(), 2);
    }

    #[test]
    fn what_is_private_no_store_or_without_an_age_is_not_kept() {
        for (control, may) in [
            ("max-age=60", true),
            ("public, max-age=60", true),
            ("private, max-age=60", false),
            ("max-age=60, no-store", false),
            ("no-store", false),
            ("max-age=x", false),
            ("", false),
        ] {
            let headers =
                HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static(control))]);
            assert_eq!(may_keep(&headers), may, "{control}");
        }
    }
}
