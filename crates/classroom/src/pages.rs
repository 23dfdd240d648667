//! Pages: the layout that lessons extend, what lives under `/classroom/`, and error pages that teach.

use std::sync::Arc;

use askama::Template;
use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{Lesson, document, wire_frame};

/// A page of a lesson: renders its askama template at once and answers `200` with HTML.
#[derive(Debug)]
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        match self.0.render() {
            Ok(html) if wire_frame().is_some() => {
                (Extension(Furnished), Html(html)).into_response()
            }
            Ok(html) => Html(html).into_response(),
            Err(error) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                format!("This page could not be rendered: {error}."),
            )
                .into_response(),
        }
    }
}

/// Says of a response that its page has the layout, and so its own wire.
#[derive(Clone)]
pub(crate) struct Furnished;

/// `app` with the classroom's own pages.
pub(crate) fn around(lesson: Lesson, app: Router) -> Router {
    Router::new()
        .route("/classroom/lesson", get(move || async move { document::page(&lesson) }))
        .route(
            "/classroom/img/{name}",
            get(move |name| async move { document::drawing(&lesson, name) }),
        )
        .route("/classroom/style.css", get(style))
        .route("/classroom/beside.css", get(beside))
        .route("/favicon.ico", get(StatusCode::NO_CONTENT))
        .merge(app)
}

async fn style() -> impl IntoResponse {
    css(concat!(include_str!("../templates/base.css"), include_str!("../templates/style.css")))
}

/// How the wire lies beside an exercise's page.
async fn beside() -> impl IntoResponse {
    css(include_str!("../templates/beside.css"))
}

fn css(text: &'static str) -> impl IntoResponse {
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=60")];
    (headers, text)
}

/// An error without a page of its own gets one that says what happened and what to do.
pub(crate) async fn teach(
    State(lesson): State<Arc<Lesson>>,
    method: Method,
    uri: Uri,
    response: Response,
) -> Response {
    if is_bare_error(&response) {
        return error_page(&lesson, &method, &uri, response).await;
    }
    response
}

/// Handlers, extractors and the router answer errors in plain text or with nothing: that is no page.
fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error()) && !is_html(response.headers())
}

fn is_html(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    lesson: &'a Lesson,
    status: StatusCode,
    method: &'a Method,
    path: &'a str,
    message: &'a str,
    advice: &'static str,
}

async fn error_page(lesson: &Lesson, method: &Method, uri: &Uri, response: Response) -> Response {
    /// What a message may hold, in bytes.
    const MESSAGE: usize = 16 * 1024;
    let (mut parts, body) = response.into_parts();
    let message = to_bytes(body, MESSAGE).await.unwrap_or_default();
    let page = ErrorPage {
        lesson,
        status: parts.status,
        method,
        path: uri.path(),
        message: &String::from_utf8_lossy(&message),
        advice: advice(parts.status),
    };
    let Ok(html) = page.render() else {
        return (parts, Body::from(message)).into_response();
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    (parts, Html(html)).into_response()
}

/// What an error of this kind means, and what to do next.
fn advice(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_FOUND => {
            "No route of this server has this path. The server does not know which page you came from: the path you asked \
             for is all it has. Check the spelling, or start again at the lesson's first page."
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            "The path exists, and answers other methods: the Allow header of this response names them. A link sends GET; \
             a form sends the method that it names."
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "The server reads forms. Send the body with Content-Type: application/x-www-form-urlencoded, as a browser's \
             form and curl -d do."
        }
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => {
            "The server understood the request and can't use what is in it. Go back to the form, and send each of its \
             fields once."
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            "What you sent is larger than the server can keep. Go back and send less."
        }
        status if status.is_server_error() => {
            "This is the server's fault, not yours. The terminal in which it runs may say more."
        }
        _ => "Go back, or start again at the lesson's first page.",
    }
}
