//! Pages: the layout that lessons extend, what lives under `/classroom/`, and error pages that teach.

use std::io;

use ::wire::{Labels, Words};
use askama::Template;
use axum::{
    Extension, Router,
    body::{Bytes, to_bytes},
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{MethodRouter, any, get},
};
use cookie_rules::visible;
use documents::{Folder, Rendered};
use tower_service::Service;

use crate::{
    Lesson, contents,
    frame::{asked_host, with_host},
    reading::{BY_LANGUAGE, Language, Reading, Wanted},
    wire_frame,
};

/// A page of a lesson: renders its askama template at once and answers `200` with HTML.
#[derive(Debug)]
pub struct Page<T>(pub T);

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        /// Bytes of a page of a lesson, as a rule: it grows in one piece of memory.
        const USUAL: usize = 4096;
        let mut html = String::with_capacity(USUAL);
        match self.0.render_into(&mut html).map(|()| html) {
            Ok(html) if wire_frame().is_some() => {
                (Extension(Furnished), Html(html)).into_response()
            }
            Ok(html) => Html(html).into_response(),
            Err(error) => not_rendered(&error),
        }
    }
}

/// What is answered where a template fails: half a page would say something else.
pub(crate) fn not_rendered(error: &askama::Error) -> Response {
    let says = format!("This page could not be rendered: {error}.");
    (StatusCode::INTERNAL_SERVER_ERROR, says).into_response()
}

/// Says of a response that its page has the layout, and so its own wire.
#[derive(Clone)]
pub(crate) struct Furnished;

/// The classroom's own pages.
pub(crate) fn routes(lesson: Lesson) -> Router {
    // Without a name it is the lesson's own.
    let document = get(move |name: Option<Path<String>>, wanted: Wanted| async move {
        let name = name.map_or_else(|| lesson.document(), |Path(name)| name);
        document_page(&lesson, &name, wanted)
    });
    Router::new()
        .route("/classroom", get(|| async { Redirect::permanent("/classroom/") }))
        .route("/classroom/", get(move |wanted| contents_page(lesson, wanted)))
        .route("/classroom/lesson", document.clone())
        .route("/classroom/lesson/{name}", document)
        .route("/classroom/img/{name}", drawings(Folder::of_the_course()))
        .route("/classroom/img/zh/{name}", drawings(Folder::of_the_course().in_chinese()))
        .route(contents::WHO, get(move || async move { contents::who(&lesson) }))
        .route("/classroom/style.css", text("text/css", STYLE.into()))
        // How the wire lies beside an exercise's page.
        .route("/classroom/beside.css", text("text/css", BESIDE.into()))
        .route("/classroom/{*rest}", any(StatusCode::NOT_FOUND))
}

#[derive(Template)]
#[template(path = "contents.html")]
struct Contents<'a> {
    frame: Frame<'a>,
    html: &'a str,
}

/// What stands around the content of a page of the classroom's own.
struct Frame<'a> {
    lesson: &'a Lesson,
    words: &'static dyn Words,
    /// What links end with, so that they stay in a language that the address names.
    query: &'static str,
    other: Option<Language>,
}

impl<'a> Frame<'a> {
    fn around(lesson: &'a Lesson, reading: &Reading) -> Self {
        let Reading { language, query, .. } = *reading;
        Self { lesson, words: language.words(), query, other: reading.other() }
    }

    fn w(&self) -> &'static Labels {
        self.words.labels()
    }

    /// The lesson as HTML.
    fn lesson(&self) -> String {
        named(self.lesson, self.words)
    }
}

/// A lesson as HTML, by number and title.
pub(crate) fn named(lesson: &Lesson, words: &dyn Words) -> String {
    let chinese = Folder::of_the_course().chinese_title(&lesson.document());
    words.lesson(lesson.number(), lesson.title, chinese.as_deref())
}

async fn contents_page(lesson: Lesson, wanted: Wanted) -> Response {
    let folder = Folder::of_the_course();
    let page = async {
        let Some(reading) = Reading::of(&folder, "README", wanted)? else { return Ok(None) };
        let html = contents::contents(&folder, &lesson, &reading).await?;
        let frame = Frame::around(&lesson, &reading);
        Ok(Some(Page(Contents { frame, html: &html }).into_response()))
    };
    answer(&folder, page.await, wanted.words())
}

fn answer(folder: &Folder, page: io::Result<Option<Response>>, words: &dyn Words) -> Response {
    match page {
        Ok(Some(page)) => (BY_LANGUAGE, page).into_response(),
        Ok(None) => (StatusCode::NOT_FOUND, words.labels().no_document).into_response(),
        Err(error) => {
            let why = words.no_documents(folder.path(), &error);
            (StatusCode::NOT_FOUND, why).into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document<'a> {
    frame: Frame<'a>,
    document: &'a Rendered,
}

/// The page of the document with this name.
fn document_page(lesson: &Lesson, name: &str, wanted: Wanted) -> Response {
    let folder = Folder::of_the_course();
    let page = Reading::of(&folder, name, wanted).map(|reading| {
        let reading = &reading?;
        let document = &reading.page(&|_| None);
        let frame = Frame::around(lesson, reading);
        Some(Page(Document { frame, document }).into_response())
    });
    answer(&folder, page, wanted.words())
}

/// The drawings of the documents in this folder, by their file names.
fn drawings(folder: Folder) -> MethodRouter {
    get(move |Path(name): Path<String>| async move {
        match folder.drawing(&name) {
            Some(svg) => ([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response(),
            None => StatusCode::NOT_FOUND.into_response(),
        }
    })
}

const STYLE: &str =
    concat!(include_str!("../templates/base.css"), include_str!("../templates/style.css"));
const BESIDE: &str = include_str!("../templates/beside.css");

/// A text of this kind that is the same for everybody, as long as the server runs.
pub(crate) fn text(kind: &str, text: Bytes) -> MethodRouter {
    let kind = format!("{kind}; charset=utf-8");
    get(move || async move {
        let head = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "max-age=60".to_owned())];
        (head, text)
    })
}

/// What a request asked for, at a host that may serve it.
pub(crate) struct Asked {
    method: Method,
    uri: Uri,
    wanted: Wanted,
}

impl Asked {
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let wanted = Wanted::of(uri.query().unwrap_or_default(), headers);
        Self { method: method.clone(), uri: uri.clone(), wanted }
    }
}

/// Answers by this router where nobody watches the wire. What belongs at another host is led there, or refused.
pub(crate) async fn teach(lesson: Lesson, mut router: Router, request: Request) -> Response {
    if let Err(answer) = asked_host(request.headers(), request.uri()) {
        return *answer;
    }
    let asked = Asked::of(request.method(), request.uri(), request.headers());
    let Ok(response) = router.call(request).await;
    taught(&lesson, &asked, response).await
}

/// The same as a layer around the classroom's own pages, where the wire is watched: they know the host that they were asked for.
pub(crate) async fn teach_with_host(
    State(lesson): State<Lesson>,
    request: Request,
    next: Next,
) -> Response {
    let host = match asked_host(request.headers(), request.uri()) {
        Ok(host) => host,
        Err(answer) => return *answer,
    };
    let asked = Asked::of(request.method(), request.uri(), request.headers());
    with_host(host, async { taught(&lesson, &asked, next.run(request).await).await }).await
}

/// The response; an error without a page of its own gets one that says what happened and what to do.
pub(crate) async fn taught(lesson: &Lesson, asked: &Asked, response: Response) -> Response {
    if is_bare_error(&response) {
        return error_page(lesson, asked, response).await;
    }
    response
}

/// What is answered in the place of a handler that panicked.
pub(crate) async fn after_panic(lesson: &Lesson, asked: &Asked) -> Response {
    let says = asked.wanted.words().labels().page_panicked;
    let response = (StatusCode::INTERNAL_SERVER_ERROR, says).into_response();
    error_page(lesson, asked, response).await
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
    frame: Frame<'a>,
    status: StatusCode,
    method: &'a Method,
    path: &'a str,
    message: &'a str,
    advice: &'static str,
}

async fn error_page(lesson: &Lesson, asked: &Asked, response: Response) -> Response {
    /// What a message may hold, in bytes.
    const MESSAGE: usize = 16 * 1024;
    let (mut parts, body) = response.into_parts();
    let message = to_bytes(body, MESSAGE).await.unwrap_or_default();
    let Wanted { query, .. } = asked.wanted;
    let words = asked.wanted.words();
    let page = ErrorPage {
        frame: Frame { lesson, words, query, other: None },
        status: parts.status,
        method: &asked.method,
        path: &visible(asked.uri.path().as_bytes()),
        message: &message.split(|byte| *byte == b'\n').map(visible).collect::<Vec<_>>().join("\n"),
        advice: words.advice(parts.status, message.is_empty()),
    };
    match page.render() {
        Ok(html) => {
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.remove(header::CONTENT_TYPE);
            for (name, value) in BY_LANGUAGE {
                parts.headers.append(name, HeaderValue::from_static(value));
            }
            (parts, Html(html)).into_response()
        }
        Err(error) => not_rendered(&error),
    }
}
