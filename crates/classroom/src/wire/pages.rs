//! The pages of the wire: `/classroom/wire`, its stream, its script, and the same as JSON.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

use askama::Template;
use axum::{
    Router,
    extract::{Query, State},
    http::header,
    middleware::from_fn,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};

use super::{
    EXCHANGES, Wire, guard, json, stream,
    view::{self, Entry, View},
};
use crate::{Lesson, Page};

/// How many exchanges the page shows until more are asked for.
const FIRST: usize = 10;
/// How many bytes the entries of a frame may have, so that a page with its frame loads quickly. The newest is always whole.
const FRAME: usize = 10 * 1024;

/// The routes, for this machine alone.
pub(crate) fn routes(lesson: Lesson, wire: Arc<Wire>) -> Router {
    Router::new()
        .route(
            guard::PAGE,
            get(move |state, query| async move { page(lesson, state, query).await }),
        )
        .route("/classroom/wire/projector", post(projector))
        .route("/classroom/wire/events", get(stream::events))
        .route("/classroom/wire.json", get(as_json))
        .route("/classroom/wire.js", get(script))
        .route("/classroom/wire.css", get(style))
        .layer(from_fn(guard::own_page_only))
        .with_state(wire)
}

#[derive(Template)]
#[template(path = "wire.html")]
struct WirePage<'a> {
    lesson: &'a Lesson,
    /// Rendered entries: each is safe HTML.
    entries: &'a [String],
    frame: bool,
    all: bool,
    projector: bool,
    older: bool,
    count: u64,
    dropped: u64,
    browsers: usize,
    forgotten: u64,
}

#[derive(Template)]
#[template(path = "exchange.html")]
struct EntryPage<'a> {
    entry: &'a Entry,
    projector: bool,
    detail: Detail,
}

/// How much of an exchange is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// Its sentence and its cookies.
    None,
    /// And the rest, folded.
    Folded,
    /// And the rest.
    Open,
}

/// The wire as a page. `?frame` is the page inside a lesson's page, `?all` everything that is kept.
async fn page(
    lesson: Lesson,
    State(wire): State<Arc<Wire>>,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let frame = query.contains_key("frame");
    let all = query.contains_key("all") && !frame;
    let projector = wire.projector.load(Ordering::Relaxed);
    let (exchanges, count, browsers, forgotten) = {
        let memory = wire.memory();
        let browsers = &memory.browsers;
        (memory.exchanges.clone(), memory.count, browsers.len(), browsers.forgotten)
    };
    let limit = if all { EXCHANGES } else { FIRST };
    let all_entries = view::entries(exchanges.iter(), limit + 1);
    let mut entries = Vec::new();
    let mut bytes = 0;
    for (index, entry) in all_entries.iter().take(limit).enumerate() {
        let detail = match (index, frame) {
            (0, false) => Detail::Open,
            (0, true) | (_, false) => Detail::Folded,
            _ => Detail::None,
        };
        let html = EntryPage { entry, projector, detail }.render().unwrap_or_default();
        bytes += html.len();
        if frame && index > 0 && bytes > FRAME {
            break;
        }
        entries.push(html);
    }
    let page = Page(WirePage {
        lesson: &lesson,
        entries: &entries,
        frame,
        all,
        projector,
        older: entries.len() < all_entries.len(),
        count,
        dropped: count.saturating_sub(EXCHANGES as u64),
        browsers,
        forgotten,
    });
    // Who may frame it: the lesson's page under any of its names. Should an escape be missing, no script runs.
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                  form-action 'self'; base-uri 'none'; frame-ancestors http://localhost:* http://*.localhost:*";
    let head = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (head, page).into_response()
}

/// Turns the projector mode on or off, for every view of this server: a class looks at one screen.
async fn projector(
    State(wire): State<Arc<Wire>>,
    Query(query): Query<HashMap<String, String>>,
) -> Redirect {
    wire.projector.store(query.contains_key("on"), Ordering::Relaxed);
    Redirect::to(if query.contains_key("frame") {
        "/classroom/wire?frame"
    } else {
        "/classroom/wire"
    })
}

async fn as_json(State(wire): State<Arc<Wire>>) -> Response {
    let json = json::render(&wire.memory());
    let head = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (head, json).into_response()
}

async fn style() -> Response {
    let head =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=60")];
    let style =
        concat!(include_str!("../../templates/base.css"), include_str!("../../templates/wire.css"));
    (head, style).into_response()
}

async fn script() -> Response {
    let head = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=60"),
    ];
    (head, include_str!("../../templates/wire.js")).into_response()
}

impl EntryPage<'_> {
    fn view(&self) -> Option<&View> {
        self.entry.exchange.as_ref()
    }
}
