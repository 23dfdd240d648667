//! Tells browsers apart, so that a page can say which cookies *this* browser held back, and why.
//!
//! The wire keeps a jar of what it has set, and predicts from it. But which browser's jar? A private window, a second
//! profile and `curl` without `-b` have the same address, and may have the same `User-Agent`; and a cookie that was held
//! back is just what can't tell them apart. So a lesson can give each browser an id by chance, in a cookie of its own.
//! It has no `Max-Age`: it must not outlive the session cookies that the predictions are about. Hosts of one site share it, for
//! the browser has one jar for them.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use cookie_rules::{PublicSuffixes, Request as Asked};

use ::wire::{BROWSER_ID, BROWSER_ID_CROSS_SITE, id_in, id_of, pairs};

/// A layer for a lesson's routes: with the first cookie that a browser gets, it gets its id.
pub async fn name_browser(request: Request, next: Next) -> Response {
    name(request, next, false).await
}

/// The same for routes that other sites ask for. There the id is needed, too, and only `SameSite=None` goes along.
pub async fn name_browser_cross_site(request: Request, next: Next) -> Response {
    // Only a browser knows of sites, and says so.
    let is_browser = request.headers().contains_key("sec-fetch-site");
    name(request, next, is_browser).await
}

async fn name(request: Request, next: Next, is_cross_site: bool) -> Response {
    let pairs: Vec<_> = pairs(request.headers()).collect();
    let id = id_of(&pairs).map(|id| String::from_utf8_lossy(id).into_owned());
    let lacks = |name: &str| id_in(&pairs, name).is_none();
    let (same_site, cross_site) =
        (lacks(BROWSER_ID), is_cross_site && lacks(BROWSER_ID_CROSS_SITE));
    let is_named = !same_site && !cross_site;
    let domain = if is_named { String::new() } else { domain(request.headers()) };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if headers.contains_key(header::SET_COOKIE)
        && let Some(id) = id.or_else(random)
    {
        let same_site_line = format!("{BROWSER_ID}={id}; Path=/{domain}; HttpOnly; SameSite=Lax");
        let cross_site_line = format!(
            "{BROWSER_ID_CROSS_SITE}={id}; Path=/{domain}; HttpOnly; Secure; SameSite=None"
        );
        for (line, is_wanted) in [(same_site_line, same_site), (cross_site_line, cross_site)] {
            if is_wanted && let Ok(line) = HeaderValue::try_from(line) {
                headers.append(header::SET_COOKIE, line);
            }
        }
    }
    response
}

/// The attribute that lets all hosts of this one's site have the id, where it has a site to share.
fn domain(headers: &HeaderMap) -> String {
    let named = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let asked = named.and_then(|host| Asked::get(&format!("http://{host}/")).ok());
    let host = asked.as_ref().map_or("", |asked| asked.host());
    let site = PublicSuffixes::default().site_of(host).to_owned();
    if site.contains('.') { format!("; Domain={site}") } else { String::new() }
}

/// 128 bits from the operating system: nobody can guess their way into another browser's jar.
fn random() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::getrandom(&mut bytes).ok()?;
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
