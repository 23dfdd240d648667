//! The bank's books: what each account has, and what happened. An attack has worked where the books say so.

use std::{collections::BTreeMap, fmt};

use axum::http::HeaderMap;
use serde::Serialize;

use crate::hosts;

/// A user of the bank, by name.
pub type User = &'static str;

pub const ADA: User = "ada";
pub const BOB: User = "bob";
pub const MALLORY: User = "mallory";

/// Names and passwords. They are on the page: this bank has nothing to lose.
pub const USERS: [(User, &str); 3] = [(ADA, "engine"), (BOB, "builder"), (MALLORY, "malice")];

/// How many lines each book keeps: the oldest go.
const MOST: usize = 100;

#[derive(Serialize)]
pub struct Books {
    pub balances: BTreeMap<User, u32>,
    pub transfers: Vec<Transfer>,
    pub log_ins: Vec<Passed>,
    pub log_outs: Vec<Passed>,
    pub shown: Vec<Shown>,
    pub withheld: Vec<Embedded>,
    #[serde(skip)]
    pub guestbook: Vec<Entry>,
}

impl Default for Books {
    fn default() -> Self {
        Self {
            balances: USERS.map(|(user, _)| (user, 100)).into(),
            transfers: Vec::new(),
            log_ins: Vec::new(),
            log_outs: Vec::new(),
            shown: Vec::new(),
            withheld: Vec::new(),
            guestbook: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Transfer {
    pub from: User,
    pub to: User,
    pub amount: u32,
    #[serde(flatten)]
    pub by: Source,
}

/// A log-in or a log-out, and what caused it.
#[derive(Clone, Copy, Serialize)]
pub struct Passed {
    pub user: User,
    #[serde(flatten)]
    pub by: Source,
}

/// A page of an account that somebody looked at.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// `account` or `statement`.
    pub what: &'static str,
    /// Whose account it shows.
    pub page: User,
    /// Who is logged in where it was looked at.
    pub to: Option<User>,
}

/// What came to the bank from within a page of another site: from an image, say, or a frame.
#[derive(Clone, Copy, Serialize)]
pub struct Embedded {
    pub what: &'static str,
    pub storage_access: &'static str,
    pub cookie: bool,
}

pub struct Entry {
    pub by: User,
    pub text: String,
}

/// What `Sec-Fetch-Site` says of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    SameOrigin,
    SameSite,
    CrossSite,
    /// Somebody typed the address, or used a bookmark.
    None,
    NotSaid,
}

impl Cause {
    pub fn of(headers: &HeaderMap) -> Self {
        match headers.get("sec-fetch-site").map(|value| value.as_bytes()) {
            Some(b"same-origin") => Self::SameOrigin,
            Some(b"same-site") => Self::SameSite,
            Some(b"cross-site") => Self::CrossSite,
            Some(b"none") => Self::None,
            _ => Self::NotSaid,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SameOrigin => "same-origin",
            Self::SameSite => "same-site",
            Self::CrossSite => "cross-site",
            Self::None => "none",
            Self::NotSaid => "not said",
        })
    }
}

/// What a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    pub site: Cause,
    #[serde(skip_serializing_if = "Place::is_page")]
    pub place: Place,
}

impl Source {
    pub fn of(headers: &HeaderMap) -> Self {
        Self { site: Cause::of(headers), place: Place::of(headers) }
    }
}

/// Where in the browser a request came from: a lure in the guestbook or in a frame is told by it from what a user sends by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A form or a link of a page.
    Page,
    /// The guestbook. The bank has no form there that sends money.
    Guestbook,
    Frame,
    /// What a page asks for by itself: an image, say, or what its script fetches.
    Embedded,
}

impl Place {
    /// By `Sec-Fetch-Dest`, and by the path of `Referer`: of a page of another origin, that has none.
    fn of(headers: &HeaderMap) -> Self {
        let dest = headers.get("sec-fetch-dest").map(|dest| dest.as_bytes());
        let page = hosts::referer(headers);
        match dest {
            Some(b"iframe") => Self::Frame,
            _ if page.is_some_and(|page| page.path() == "/guestbook") => Self::Guestbook,
            Some(b"document") | None => Self::Page,
            Some(_) => Self::Embedded,
        }
    }

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_page(&self) -> bool {
        *self == Self::Page
    }
}

/// Adds a line to a book, and lets the oldest go where it is full.
pub fn note<T>(book: &mut Vec<T>, line: T) {
    if book.len() == MOST {
        book.remove(0);
    }
    book.push(line);
}

/// The user with this name.
pub fn user(name: &str) -> Option<User> {
    USERS.iter().find(|(user, _)| *user == name).map(|(user, _)| *user)
}

/// The password of a user.
pub fn password(user: User) -> &'static str {
    USERS.iter().find(|(known, _)| *known == user).map_or("", |(_, password)| password)
}

/// The user with this name and this password.
pub fn log_in(name: &str, password: &str) -> Option<User> {
    USERS.iter().find(|known| **known == (name, password)).map(|(user, _)| *user)
}

impl Books {
    /// Moves money, or says why not.
    pub fn transfer(
        &mut self,
        from: User,
        to: &str,
        amount: &str,
        by: Source,
    ) -> Result<Transfer, &'static str> {
        let to = user(to).ok_or("Nobody at this bank has that name.")?;
        if to == from {
            return Err("That is your own account. Name another.");
        }
        let amount: u32 = amount.trim().parse().unwrap_or(0);
        if amount == 0 {
            return Err("An amount is a whole number from 1 on.");
        }
        let has = self.balances.get(from).copied().unwrap_or(0);
        let left = has.checked_sub(amount).ok_or("Your account has less than that.")?;
        self.balances.insert(from, left);
        *self.balances.entry(to).or_default() += amount;
        let transfer = Transfer { from, to, amount, by };
        note(&mut self.transfers, transfer);
        Ok(transfer)
    }
}
