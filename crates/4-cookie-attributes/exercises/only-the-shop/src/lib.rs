//! Exercise: only the shop.
//!
//! The shop of this site keeps the number of things in your cart in the cookie `only_the_shop`. The browser sends it to every
//! page of the site, to the admins' too. And *Empty the cart* does nothing. Give the cookie the place where it belongs:
//!
//! - `/shop` and every page below it get the cart: `/shop/`, `/shop/cart`, `/shop/tea/green`. No other page does, and
//!   `/shopping` is another page.
//! - `POST /shop/cart/empty` deletes the cookie: afterwards the browser has none. A cart filled again is one cookie, not two.
//!
//! Keep: `POST /shop/cart/add` adds one; it and `POST /shop/cart/empty` answer 303 to a page of this site; every page of `app`
//! answers 200 and says "N in the cart", or "No cart came", whatever is in the cookie and whatever other cookies come along.
//! The number is in one cookie, `only_the_shop`, and the server keeps none. Other cookies are left alone.
//!
//! See it with `cargo course run only-the-shop` at <http://localhost:3104>. Check it with `cargo course check only-the-shop`.
//!
//! Aloud: customers who came before your change still have the old cookie. What do they send to `/shop` now, and how would you
//! get rid of it?

use axum::{
    Router,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};
use cookie::{Cookie, time::Duration};

const NAME: &str = "only_the_shop";

/// The server: a site with a shop.
pub fn app() -> Router {
    Router::new()
        .route("/", get(visit))
        .route("/shop", get(visit))
        .route("/shop/", get(visit))
        .route("/shop/cart", get(visit))
        .route("/shop/tea/green", get(visit))
        .route("/shop/cart/add", post(add))
        .route("/shop/cart/empty", post(empty))
        .route("/shopping", get(visit))
        .route("/admin", get(visit))
}

/// Any page of the site: says what came.
async fn visit(headers: HeaderMap) -> Response {
    let came = match things(&headers) {
        Some(things) => format!("{things} in the cart"),
        None => "No cart came".to_owned(),
    };
    let links: String = ["/", "/shop", "/shop/cart", "/shop/tea/green", "/shopping", "/admin"]
        .iter()
        .map(|path| format!("<li><a href=\"{path}\">{path}</a></li>\n"))
        .collect();
    page(&format!(
        "<h1>{came}</h1>\n<form method=\"post\"><button formaction=\"/shop/cart/add\">Add a thing</button>\n\
         <button formaction=\"/shop/cart/empty\">Empty the cart</button></form>\n<ul>\n{links}</ul>"
    ))
}

/// Puts one more thing into the cart.
async fn add(headers: HeaderMap) -> impl IntoResponse {
    let things = things(&headers).unwrap_or(0).saturating_add(1);
    let cookie = Cookie::build((NAME, things.to_string())).path("/").http_only(true);
    ([(header::SET_COOKIE, cookie.build().to_string())], Redirect::to("/shop/cart"))
}

/// Deletes the cart.
async fn empty() -> impl IntoResponse {
    let cookie = Cookie::build((NAME, "")).max_age(Duration::ZERO);
    ([(header::SET_COOKIE, cookie.build().to_string())], Redirect::to("/shop/cart"))
}

/// How many things are in the cart that came with the request.
fn things(headers: &HeaderMap) -> Option<u32> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .map(|line| String::from_utf8_lossy(line.as_bytes()).into_owned())
        .flat_map(Cookie::split_parse)
        .flatten()
        .find(|cookie| cookie.name() == NAME)
        .and_then(|cookie| cookie.value().parse().ok())
}

/// A page, for this browser alone: no cache may keep what a cookie decided.
fn page(content: &str) -> Response {
    const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
        [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];
    const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Only the shop</title>\n\
                        <link rel=\"stylesheet\" href=\"/classroom/style.css\">\n";
    (FOR_ONE_BROWSER, Html(format!("{HEAD}<main>\n{content}\n</main>\n"))).into_response()
}
