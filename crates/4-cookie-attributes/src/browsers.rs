//! Tells browsers apart, so that a page can say which cookies *this* browser held back, and why.
//!
//! The classroom keeps a jar of what it has set, and predicts from it. But which browser's jar? A private window, a second
//! profile and `curl` without `-b` have the same address, and may have the same `User-Agent`; and a cookie that was held
//! back is just what can't tell them apart. So this lesson gives each browser a name by chance, in a cookie of its own.
//! It has no `Max-Age`: it must not outlive the session cookies that the predictions are about.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use classroom::{BROWSER_ID, BROWSER_ID_ABROAD, cookies};
use cookie::Key;

/// Surrounds the lesson's routes: with the first cookie that a browser gets, it gets its name.
pub async fn name(request: Request, next: Next) -> Response {
    let home = value_of(request.headers(), BROWSER_ID);
    let abroad = value_of(request.headers(), BROWSER_ID_ABROAD);
    // The locks are what other sites ask for: there the name is needed, too, and only `SameSite=None` goes along. Only a
    // browser knows of sites, and says so in `Sec-Fetch-Site`.
    let goes_abroad = request.uri().path() == "/locks"
        && request.headers().contains_key("sec-fetch-site")
        && abroad.is_none();
    let mut response = next.run(request).await;
    if !response.headers().contains_key(header::SET_COOKIE) {
        return response;
    }
    let id = home.clone().or(abroad).unwrap_or_else(random_id);
    if home.is_none() {
        set(&mut response, format!("{BROWSER_ID}={id}; Path=/; HttpOnly; SameSite=Lax"));
    }
    if goes_abroad {
        let line = format!("{BROWSER_ID_ABROAD}={id}; Path=/; HttpOnly; Secure; SameSite=None");
        set(&mut response, line);
    }
    response
}

fn set(response: &mut Response, line: String) {
    if let Ok(line) = HeaderValue::try_from(line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
}

/// The name that a browser brings. What is none of ours is as good as none.
fn value_of(headers: &HeaderMap, wanted: &str) -> Option<String> {
    cookies::values(headers, wanted)
        .find_map(|value| String::from_utf8(value.to_owned()).ok().filter(|value| is_id(value)))
}

fn is_id(value: &str) -> bool {
    value.len() == 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// 128 bits from the operating system: nobody can guess their way into another browser's jar.
fn random_id() -> String {
    Key::generate().signing()[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}
