//! The addresses of the wire: its page, one for each exchange, its stream, its script, and the same as JSON.

use std::{sync::Arc, time::SystemTime};

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::from_fn,
    response::{Html, IntoResponse, Redirect, Response},
    routing::{get, post},
};

use ::wire::{Detail, Kept, Past, Picture, Program, Reader, View, exchange, page, render};

use super::{Wire, guard, stream};
use crate::{
    Lesson,
    frame::Host,
    pages::{named, not_rendered, text},
    reading::{BY_LANGUAGE, Language, Wanted},
};

/// The routes, for this machine alone.
pub(crate) fn routes(lesson: Lesson, wire: Arc<Wire>) -> Router {
    Router::new()
        .route(
            guard::PAGE,
            get(move |state, headers, wanted, query| async move {
                all(lesson, state, headers, wanted, query)
            }),
        )
        .route("/classroom/wire/exchange/{number}", get(one))
        .route("/classroom/wire/projector", post(projector))
        .route("/classroom/wire/events", get(stream::events))
        .route("/classroom/wire.json", get(as_json))
        .with_state(wire)
        .route("/classroom/wire.js", text("text/javascript", script().into()))
        .route("/classroom/wire.css", text("text/css", STYLE.into()))
        .layer(from_fn(guard::own_page_only))
}

/// The wire as a page.
fn all(
    lesson: Lesson,
    State(wire): State<Arc<Wire>>,
    headers: HeaderMap,
    wanted: Wanted,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    // On whatever port it is served.
    let host = headers.get(header::HOST).and_then(Host::of);
    let home = host.map_or_else(String::new, |host| host.home("/"));
    let past = wire.past();
    let projector = wire.hides();
    let viewer = Program::of(|name| headers.get(name).map(HeaderValue::as_bytes));
    let jars = |at| past.jars(Some(at));
    let (kept, view) = (kept(&past), View::of(&query, wanted.named(), wire.run()));
    let reader = Reader::of(wanted.words(), projector);
    if let Some(counted) = view.counted(&kept, &jars, reader) {
        return Redirect::to(&counted.address()).into_response();
    }
    let lesson = named(&lesson, wanted.words());
    let picture = Picture::of(&kept, &jars, view, viewer, reader, SystemTime::now());
    html(&wire, wanted.language, page(&picture, lesson, home, projector, wanted.language))
}

/// All of one exchange.
async fn one(
    State(wire): State<Arc<Wire>>,
    Path(number): Path<String>,
    wanted: Wanted,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let kept = kept(&wire.past());
    let projector = wire.hides();
    let number = number.parse().ok().filter(|_| View::is_of(&query, wire.run()));
    let view = View::of(&query, wanted.named(), wire.run());
    match kept.exchanges.iter().find(|exchange| Some(exchange.number) == number) {
        Some(found) => {
            let detail = Detail::of(found, &kept, Reader::of(wanted.words(), projector));
            html(&wire, wanted.language, exchange(&detail, projector, wanted.language, &view))
        }
        None => (StatusCode::NOT_FOUND, BY_LANGUAGE, wanted.language.labels().gone).into_response(),
    }
}

fn kept(past: &Past) -> Kept {
    Kept { exchanges: past.exchanges().cloned().collect(), count: past.count() }
}

fn html(wire: &Wire, language: Language, page: askama::Result<String>) -> Response {
    let page = match page.map(|html| wire.lent.lend(html)) {
        Ok(Some(html)) => Html(html),
        Ok(None) => return too_many_readers(language),
        Err(error) => return not_rendered(&error),
    };
    // Who may frame it: the lesson's page under any of its names. Should an escape be missing, no script runs.
    let policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; \
                  form-action 'self'; base-uri 'none'; frame-ancestors http://localhost:* http://*.localhost:*";
    let head = [
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    (BY_LANGUAGE, head, page).into_response()
}

fn too_many_readers(language: Language) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, BY_LANGUAGE, language.labels().readers).into_response()
}

/// Turns the projector mode on or off, for every view of this server: a class looks at one screen.
async fn projector(
    State(wire): State<Arc<Wire>>,
    wanted: Wanted,
    Query(query): Query<Vec<(String, String)>>,
) -> Redirect {
    let hides = query.iter().any(|(name, _)| name == "on");
    wire.latest.send_modify(|latest| latest.hides = hides);
    Redirect::to(&View::of(&query, wanted.named(), wire.run()).address())
}

async fn as_json(State(wire): State<Arc<Wire>>, wanted: Wanted) -> Response {
    if !wire.lent.has_room() {
        return too_many_readers(wanted.language);
    }
    let past = wire.past();
    let projector = wire.hides();
    let json = render(&kept(&past), &past.jars(None), projector);
    let head = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    match wire.lent.lend(json) {
        Some(json) => (head, json).into_response(),
        None => too_many_readers(wanted.language),
    }
}

const STYLE: &str =
    concat!(include_str!("../../templates/base.css"), include_str!("../../templates/wire.css"));

/// The script without its comments and indents: every page of every lesson loads it.
fn script() -> String {
    let lines = include_str!("../../templates/wire.js").lines().map(str::trim_start);
    let lines: Vec<_> = lines.filter(|line| !line.starts_with("//")).collect();
    lines.join("\n")
}
