//! Exercise read-the-pairs: a search through the whole `Cookie` header.
//!
//! Two cookies decide how this page looks: `look`, which may be `dark`, and `nick`, a name to greet. The server searches the
//! header for `look=dark`, and takes what follows `nick=`. With these two cookies that works. But whoever may choose a nickname
//! can write `look=dark` into it, and a cookie called `outlook` sets the look as well.
//!
//! Fix it: read the header as what it is, a list of pairs.
//! - `GET /` says `Look: dark` where the cookie `look` is exactly `dark`, else `Look: light`; and `Nick: ` with the whole value
//!   of the cookie `nick`, as it came and as text, else `Nick: nobody`.
//! - Pairs are separated by `;`, and nothing else separates them. Spaces and tabs around a pair don't count; other white space,
//!   such as U+3000, belongs to it. A pair's name ends at its *first* `=`; the value may hold anything but `;`. Nothing is
//!   decoded.
//! - The pairs may come in several `Cookie` lines. One byte that is not UTF-8 must not lose the other cookies.
//! - A name may come with two values: from another path, or from a neighbour who wants to be believed. The header doesn't say
//!   whose is whose, so neither counts, not the first and not the last: it is as if no cookie of this name came.
//!
//! The lesson's `received` reads pairs; take from it what you like. Its `value` believes the first one.
//!
//! Run it with `cargo course run read-the-pairs`, then open <http://localhost:3102>, or send cookies with
//! `curl -b "look=dark; nick=Ada" http://localhost:3102/`. Check it with `cargo course check read-the-pairs`.
//!
//! Aloud: you read the pairs as the browser wrote them. What do you still not know about `nick=Ada`: who set it, when, and for
//! how long?

use axum::{
    Router,
    http::{HeaderMap, HeaderName, header},
    response::{Html, IntoResponse},
    routing::get,
};

/// The server: one page.
pub fn app() -> Router {
    Router::new().route("/", get(index))
}

/// Whether the browser asks for the dark look.
fn is_dark(headers: &HeaderMap) -> bool {
    value(headers, "look").as_deref() == Some("dark")
}

/// The nickname, where there is one.
fn nick(headers: &HeaderMap) -> Option<String> {
    value(headers, "nick")
}

/// The value of the cookie with this name, in whichever line it came. Two that differ are none: nobody can say which is
/// meant. What is not UTF-8 is replaced.
fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()))
        .filter_map(|pair| {
            pair.split_once('=')
                .map(|(a, b)| (a.trim_ascii().to_owned(), b.trim_ascii().to_owned()))
        })
        .filter(|(given, _)| given == name)
        .map(|(_, value)| value);
    let first = values.next()?;
    values.all(|other| other == first).then_some(first)
}

/// Shows what the cookies decide.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let look = if is_dark(&headers) { "dark" } else { "light" };
    let nick = nick(&headers).unwrap_or("nobody".to_owned());
    let content = format!(
        "<h1>Look: {look}</h1>\n<p>Nick: {}</p>\n\
         <p>This page sets no cookie. Send it some with curl, or in your browser's developer tools.</p>",
        escaped(&nick)
    );
    (FOR_ONE_BROWSER, page(&content))
}

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// A page. What is typed is escaped before it comes here.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Pairs · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}

/// Text as HTML: what is typed can't become a tag or end an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
