//! Part two: the attributes that lock a cookie, one cookie each.

use askama::Template;
use axum::{
    Router,
    http::{HeaderMap, HeaderValue, header},
    middleware::from_fn,
    response::{AppendHeaders, IntoResponse, Response},
    routing::get,
};
use classroom::{Page, Seen, cookies::FOR_ONE_BROWSER, name_browser_cross_site};

/// A cookie for each lock, the first without one. The last is wrong on purpose: a browser refuses it.
const LOCKS: [&str; 8] = [
    "open=1; Path=/",
    "http_only=1; Path=/; HttpOnly",
    "secure=1; Path=/; Secure",
    "strict=1; Path=/; SameSite=Strict",
    "lax=1; Path=/; SameSite=Lax",
    "none=1; Path=/; Secure; SameSite=None",
    "__Host-right=1; Path=/; Secure",
    "__Host-wrong=1; Path=/locks; Secure",
];

/// The host of another site: browsers take every name under `localhost` for this machine, and each for a site of its own.
const OTHER_SITE: &str = "mallory.localhost";

pub fn routes() -> Router {
    Router::new()
        .route("/locks", get(locks))
        .route("/locks/arrived", get(arrived).post(arrived))
        .route("/other-site", get(other_site))
        .layer(from_fn(name_browser_cross_site))
}

#[derive(Template)]
#[template(path = "locks.html")]
struct Locks {
    lines: [&'static str; 8],
    other_site: String,
}

/// Sets the cookies, and says what to see on each.
async fn locks(headers: HeaderMap) -> impl IntoResponse {
    let page =
        Page(Locks { lines: LOCKS, other_site: address(&headers, OTHER_SITE, "/other-site") });
    (FOR_ONE_BROWSER, AppendHeaders(LOCKS.map(|line| (header::SET_COOKIE, line))), page)
}

#[derive(Template)]
#[template(path = "arrived.html")]
struct ArrivedPage {
    seen: Seen,
    method: &'static str,
    by: &'static str,
}

/// Where link, form and fetch from the other site lead: says which cookies came along. It sets nothing.
async fn arrived(method: axum::http::Method, headers: HeaderMap, seen: Seen) -> Response {
    let field = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    let page = Page(ArrivedPage {
        seen,
        method: if method == "POST" { "POST" } else { "GET" },
        by: match (field("sec-fetch-site"), field("sec-fetch-mode")) {
            (None, _) => "a client that does not say what caused the request",
            (Some(b"cross-site"), Some(b"navigate")) => {
                "another site: you followed its link or sent its form"
            }
            (Some(b"cross-site"), _) => {
                "another site: one of its pages asked for it, such as by a script"
            }
            (Some(b"none"), _) => "you: an address typed, or a bookmark",
            _ => "a page of this site",
        },
    });
    // Lets the other site's script read the answer, so that the page can show it. The rules for cookies don't change by it.
    let reader = address(&headers, OTHER_SITE, "");
    (
        FOR_ONE_BROWSER,
        [
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, reader),
            (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true".to_owned()),
        ],
        page,
    )
        .into_response()
}

#[derive(Template)]
#[template(path = "other_site.html")]
struct OtherSite {
    elsewhere: bool,
    back: String,
    here: String,
}

/// To a browser, `mallory.localhost` and `localhost` are two sites, though one server answers for both.
async fn other_site(headers: HeaderMap) -> impl IntoResponse {
    Page(OtherSite {
        elsewhere: host(&headers) == OTHER_SITE,
        back: address(&headers, "localhost", "/locks/arrived"),
        here: address(&headers, OTHER_SITE, "/other-site"),
    })
}

/// The host that was asked, in small letters and without its port.
pub fn host(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    name.to_ascii_lowercase()
}

/// An address of this server by another of its host names. Only the port is taken from the request, and only if it is one.
pub fn address(headers: &HeaderMap, host: &str, path: &str) -> String {
    let port = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok()?.rsplit_once(':')?.1.parse::<u16>().ok())
        .map_or(String::new(), |port| format!(":{port}"));
    format!("http://{host}{port}{path}")
}
