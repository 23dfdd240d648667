//! The attacks: pages of Mallory, who is another site, and of a sibling of the bank, which is the same site. What came of each
//! is read from the bank's books and from its answers to Mallory, never guessed.
//!
//! `attacks/all.rs` has the list, `attacks/lures.rs` what the pages hold, `attacks/mallory.rs` what Mallory does at home.

mod all;
mod lures;
mod mallory;

use std::collections::BTreeMap;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{AppendHeaders, IntoResponse, Redirect, Response},
    routing::get,
};
use classroom::Page;

pub use self::mallory::{Stolen, Used};
use self::{
    all::{ATTACKS, Attack, Whose},
    lures::Planted,
    mallory::Mallory,
};
use crate::{
    bank::Refused,
    books::{Cause, Embedded, MALLORY, Passed, Place, Shown, Source, Transfer, User},
    defences::Defence,
    hosts::Hosts,
    lab::{Lab, Shared},
};

/// The sibling's pages.
pub fn sibling(lab: Shared) -> Router {
    let routes = Router::new()
        .route("/", get(|at: Hosts| async move { Redirect::to(&at.attacker) }))
        .route("/{attack}", get(|lab, at, path| show(lab, at, path, Whose::Sibling)));
    routes.with_state(lab)
}

/// The attacker's.
pub fn attacker(lab: Shared, bank: Router, cache: Router) -> Router {
    let show = get(|lab, at, path| show(lab, at, path, Whose::Attacker));
    Router::new()
        .route("/", get(list))
        .route("/take", get(mallory::take))
        .route("/{attack}", show.post(mallory::act))
        .with_state(Mallory { lab, bank, cache })
}

#[derive(Template)]
#[template(path = "attacks.html")]
struct List {
    at: Hosts,
    on: String,
    rows: Vec<Row>,
    stolen: Vec<Stolen>,
    withheld: Vec<Embedded>,
}

struct Row {
    attack: &'static Attack,
    address: String,
    result: Option<String>,
}

/// All attacks, each with what the bank's books say came of it.
async fn list(State(lab): State<Shared>, at: Hosts) -> impl IntoResponse {
    let lab = lab.lock();
    let row = |attack: &'static Attack| Row {
        attack,
        address: address(attack, &at),
        result: came_of(attack, &lab),
    };
    let rows = ATTACKS.iter().map(row).collect();
    let on = lab.defences.names();
    let (stolen, withheld) = (lab.loot.stolen.clone(), lab.books.withheld.clone());
    ([(header::CACHE_CONTROL, "no-store")], Page(List { at, on, rows, stolen, withheld }))
}

fn address(attack: &Attack, at: &Hosts) -> String {
    let origin = match attack.whose {
        Whose::Attacker => &at.attacker,
        Whose::Sibling => &at.sibling,
    };
    format!("{origin}/{}", attack.id)
}

#[derive(Template)]
#[template(path = "attack.html")]
struct Show {
    at: Hosts,
    attack: &'static Attack,
    /// The HTML that does it: it goes into the page as it is, and once more to be read.
    lure: String,
    /// The cookie that the answer plants.
    plants: Option<Planted>,
    /// What the button leaves in the guestbook.
    entry: Option<String>,
}

/// The page that does it.
async fn show(
    State(lab): State<Shared>,
    at: Hosts,
    Path(id): Path<String>,
    whose: Whose,
) -> Result<Response, Refused> {
    let attack = ATTACKS.iter().find(|attack| attack.id == id && attack.whose == whose);
    let Some(attack) = attack else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    let mut lab = lab.lock();
    let plants = lures::plant(attack.id, &mut lab)?;
    let lure = lures::lure(attack, &at, lab.defences.has(Defence::Post));
    let lines = plants.as_ref().map(|planted| (header::SET_COOKIE, planted.line()));
    let entry = lures::entry(attack, &at);
    let page = Page(Show { at, attack, lure, plants, entry });
    Ok((AppendHeaders(lines), [(header::CACHE_CONTROL, "no-store")], page).into_response())
}

/// What an attack got, by the bank's books and its answers to Mallory: nothing, where it did not work.
fn came_of(attack: &Attack, lab: &Lab) -> Option<String> {
    let books = &lab.books;
    let by = |site, place| move |passed: &&Passed| passed.by == Source { site, place };
    let logged_out = |passed: &Passed| format!("{} was logged out.", passed.user);
    let shown = |kind: &str, is: fn(User, User) -> bool| {
        let mut all = books.shown.iter().filter(|shown| shown.what == kind);
        all.find_map(|Shown { what, page, to }| {
            to.filter(|to| is(page, to)).map(|to| format!("{to} was shown the {what} of {page}."))
        })
    };
    match attack.id {
        "logout-by-link" => {
            books.log_outs.iter().find(by(Cause::CrossSite, Place::Page)).map(logged_out)
        }
        "logout-by-image" => {
            let mut log_outs = books.log_outs.iter();
            log_outs.find(by(Cause::SameSite, Place::Embedded)).map(logged_out)
        }
        "login-by-form" => {
            let mut log_ins = books.log_ins.iter().filter(by(Cause::CrossSite, Place::Page));
            let log_in = log_ins.find(|log_in| log_in.user == MALLORY);
            log_in.map(|_| "Your browser was logged in as mallory.".to_owned())
        }
        "script-takes-cookie" => {
            let mut opened = lab.loot.stolen.iter().filter_map(|stolen| stolen.opened);
            let opened = opened.find(|user| *user != MALLORY);
            opened.map(|user| format!("Mallory got a cookie that opened the session of {user}."))
        }
        "planted-account" => shown("account", |page, to| page == MALLORY && to != MALLORY),
        "next-user-sees-page" => shown("statement", |page, to| page != MALLORY && to != page),
        "withheld" => {
            let came = books.withheld.iter().find(|embedded| embedded.cookie);
            came.map(|embedded| format!("The cookie came with {}.", embedded.what))
        }
        "planted-before-login" | "cache-gives-login" => {
            let mut used = lab.loot.used.iter().rev();
            used.find(|used| used.attack == attack.id).map(|used| used.says.clone())
        }
        _ => {
            let (site, place) = match attack.id {
                "transfer-by-form" => (Cause::CrossSite, Place::Page),
                "transfer-by-sibling" => (Cause::SameSite, Place::Page),
                "framed-by-sibling" => (Cause::SameOrigin, Place::Frame),
                _ => (Cause::SameOrigin, Place::Guestbook),
            };
            let is_it = |transfer: &&Transfer| {
                (transfer.to, Some(transfer.amount), transfer.by)
                    == (MALLORY, attack.amount, Source { site, place })
            };
            let transfer = books.transfers.iter().find(is_it);
            transfer
                .map(|Transfer { from, amount, .. }| format!("{from} sent {amount} to mallory."))
        }
    }
}

/// Each attack, and whether it worked.
pub fn worked(lab: &Lab) -> BTreeMap<&'static str, bool> {
    ATTACKS.iter().map(|attack| (attack.id, came_of(attack, lab).is_some())).collect()
}
