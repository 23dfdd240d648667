//! Wrong: it wraps at the maximum: the largest number is followed by 0. Killed by: the_largest_number_stays

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

/// Counts this browser's visits. The browser brings the count; the server adds one and hands it back.
async fn index(headers: HeaderMap) -> impl IntoResponse {
    let before = value(&headers, "times_here").and_then(|count| count.parse::<u64>().ok());
    let visits = before.unwrap_or(0).wrapping_add(1);
    let content = format!(
        "<h1>Visits: {visits}</h1>\n<p>Reload this page. Then open it in another browser, and restart the server.</p>"
    );
    (
        FOR_ONE_BROWSER,
        [(header::SET_COOKIE, format!("times_here={visits}; Path=/"))],
        page(&content),
    )
}

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// Every pair of the request's `Cookie` headers, as in the lesson: split at `;`, then at the first `=`.
pub fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(|pair| String::from_utf8_lossy(pair.trim_ascii()))
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.trim_end().to_owned(), value.trim_start().to_owned()))
        })
        .collect()
}

/// The value of the first pair with this name.
pub fn value(headers: &HeaderMap, name: &str) -> Option<String> {
    received(headers).into_iter().find(|(given, _)| given == name).map(|(_, value)| value)
}

/// A page of the exercise.
fn page(content: &str) -> Html<String> {
    Html(format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Visits · Crumbs</title>\n<link rel=\"stylesheet\" href=\"/classroom/style.css\">\n\
         </head>\n<body>\n<main>\n{content}\n</main>\n</body>\n</html>\n"
    ))
}
