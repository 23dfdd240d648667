//! Lesson 7: under attack. Read it beside lessons/7-attacks.md.
//!
//! Run it with `cargo run -p attacks`, then open <http://localhost:3007>.
//!
//! One program plays everybody, and tells them apart by the host that a request names: `hosts.rs`. `bank.rs` is the bank, and
//! is **vulnerable on purpose** until its defences are switched on: `defences/` has a file for each. `attacks.rs` has the
//! pages of the attacker and of a sibling of the bank, `cache.rs` a shared cache before the bank. `control.rs` has the
//! switches and the books; `lab.rs` is what they all share.

mod attacks;
mod bank;
mod books;
mod cache;
mod control;
mod defences;
mod hosts;
mod lab;
mod sessions;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use classroom::{Lesson, Stop};
use tower_service::Service;

use crate::lab::Shared;

const LESSON: Lesson = Lesson {
    port: 3007,
    title: "Under attack",
    package: env!("CARGO_PKG_NAME"),
    cookies: &["bank", "__Host-bank"],
    try_this: &["curl http://localhost:3007/books.json"],
};

/// What a form may have, in bytes.
const LONGEST_FORM: usize = 32 * 1024;

#[tokio::main]
async fn main() -> Result<(), Stop> {
    classroom::serve(LESSON, app()).await
}

/// Everybody who takes part, each at a host.
#[derive(Clone)]
struct Everybody {
    control: Router,
    bank: Router,
    sibling: Router,
    attacker: Router,
    cache: Router,
}

fn app() -> Router {
    let lab = Shared::default();
    let bank = bank::routes(lab.clone());
    let cache = cache::before(bank.clone(), lab.clone());
    let everybody = Everybody {
        control: control::routes(lab.clone()),
        sibling: attacks::sibling(lab.clone()),
        attacker: attacks::attacker(lab, bank.clone(), cache.clone()),
        bank,
        cache,
    };
    let by_host = Router::new().fallback(by_host).with_state(everybody);
    by_host.layer(DefaultBodyLimit::max(LONGEST_FORM))
}

/// Hands a request to whoever answers at its host.
async fn by_host(State(everybody): State<Everybody>, request: Request) -> Response {
    let mut router = match hosts::asked(request.headers()).as_deref() {
        Some(hosts::CONTROL) => everybody.control,
        Some(hosts::BANK) => everybody.bank,
        Some(hosts::SIBLING) => everybody.sibling,
        Some(hosts::ATTACKER) => everybody.attacker,
        Some(hosts::CACHE) => everybody.cache,
        _ => return misdirected(),
    };
    router.call(request).await.into_response()
}

/// A name that somebody else's page points at this machine (DNS rebinding) is none of ours.
fn misdirected() -> Response {
    let says = "This server doesn't answer for this host. Its hosts are localhost, app.crumbs.localhost, \
                evil.crumbs.localhost, cache.crumbs.localhost and mallory.localhost.";
    (StatusCode::MISDIRECTED_REQUEST, says).into_response()
}
