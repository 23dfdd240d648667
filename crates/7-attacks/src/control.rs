//! `http://localhost:3007`: the contents, the switches of the defences, and the bank's books. Nothing here depends on a
//! switch: no page of another site may turn one.

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Form, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use classroom::Page;
use serde::Serialize;

use crate::{
    attacks::{self, Stolen},
    bank::Refused,
    books::{Books, Cause, User},
    defences::{self, About, Defences, fetch_metadata},
    hosts::Hosts,
    lab::Shared,
};

pub fn routes(lab: Shared) -> Router {
    Router::new()
        .route("/", get(page))
        .route("/defences", post(switch))
        .route("/books.json", get(books))
        .route("/reset", post(reset))
        .with_state(lab)
}

#[derive(Template)]
#[template(path = "defences.html")]
struct Control {
    at: Hosts,
    on: Defences,
    all: &'static [About],
    /// As HTML.
    files: Vec<(&'static str, String)>,
}

async fn page(State(lab): State<Shared>, at: Hosts) -> impl IntoResponse {
    let on = lab.lock().defences.clone();
    // In a text of ours, these two are enough, and the page has much of it.
    let html = |code: &str| code.replace('&', "&amp;").replace('<', "&lt;");
    let files = defences::FILES.iter().map(|&(ids, code)| (ids, html(code))).collect();
    let page = Control { at, on, all: &defences::ALL, files };
    ([(header::CACHE_CONTROL, "no-store")], Page(page))
}

/// Switches all defences at once: what the form doesn't name is off. It leads on, so *back* and a reload switch nothing again.
async fn switch(
    State(lab): State<Shared>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Redirect, Refused> {
    own_or_program(&headers)?;
    let unusable = |why| Refused(StatusCode::UNPROCESSABLE_ENTITY, why);
    let on = Defences::of_form(&fields).map_err(unusable)?;
    lab.lock().switch(on);
    Ok(Redirect::to("/"))
}

async fn reset(State(lab): State<Shared>, headers: HeaderMap) -> Result<Redirect, Refused> {
    own_or_program(&headers)?;
    lab.lock().reset();
    Ok(Redirect::to("/"))
}

/// A page of ours sent this, or a program of this machine that is no browser, such as curl. A browser says at least one of
/// the two with each `POST`.
fn own_or_program(headers: &HeaderMap) -> Result<(), Refused> {
    if !headers.contains_key("sec-fetch-site") && !headers.contains_key(header::ORIGIN) {
        return Ok(());
    }
    fetch_metadata::check(headers).map_err(|why| Refused(StatusCode::FORBIDDEN, why))
}

#[derive(Serialize)]
struct View<'a> {
    #[serde(flatten)]
    books: &'a Books,
    logged_in: Vec<User>,
    stolen: Vec<Stolen>,
    defences: BTreeMap<&'static str, serde_json::Value>,
    worked: BTreeMap<&'static str, bool>,
}

/// The books for a program to read. They allow no other origin (no CORS), and tell nothing to another site's page at all.
async fn books(State(lab): State<Shared>, headers: HeaderMap) -> Result<Response, Refused> {
    if matches!(Cause::of(&headers), Cause::SameSite | Cause::CrossSite) {
        let why = "Only this site's own pages read the books.";
        return Err(Refused(StatusCode::FORBIDDEN, why));
    }
    let lab = lab.lock();
    let hidden = |stolen: &Stolen| Stolen {
        cookie: classroom::projected(&stolen.cookie, false).to_owned(),
        ..*stolen
    };
    let view = View {
        books: &lab.books,
        logged_in: lab.sessions.users(),
        stolen: lab.loot.stolen.iter().map(hidden).collect(),
        defences: lab.defences.as_json(),
        worked: attacks::worked(&lab),
    };
    let json = serde_json::to_string(&view).map_err(|_| {
        Refused(StatusCode::INTERNAL_SERVER_ERROR, "The books can't be written as JSON.")
    })?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, json).into_response())
}
