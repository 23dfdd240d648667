//! What a lesson's own page may say of its request's cookies: the prediction of the wire, as an extractor.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use cookie_rules::visible;

use ::wire::{Asked, Came, Language, Line, Why, en, html, names_browser, pairs};

use crate::{projected::projected, wire::Looked};

/// What came with a request, what did not, and why, as far as that is certain. Every text is safe to show once it is escaped
/// for HTML.
///
/// With the wire view off (`WIRE=off`) it holds what arrived, and nothing else.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The path that was asked for, without its query.
    pub path: String,
    /// Whether anybody looks at the wire: with `WIRE=off`, nothing can be said but what arrived.
    pub watched: bool,
    /// The pairs that came, in order.
    pub arrived: Vec<Arrived>,
    /// The cookies that the browser has and did not send (a prediction), and those that were to come and did not.
    pub withheld: Vec<Missing>,
    /// The cookies that the browser had, and has no more (a prediction).
    pub gone: Vec<Missing>,
    /// What became of the `Set-Cookie` lines of the last response to this browser that had any (a prediction).
    pub outcomes: Vec<String>,
}

/// A pair that came.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Empty for a pair without `=`.
    pub name: String,
    /// As it came: quotes and percent signs are part of it.
    pub value: String,
    /// A cookie of this name is `HttpOnly`, as far as this server knows.
    pub http_only: bool,
    /// How it compares with the prediction, as the end of a sentence.
    pub remark: String,
}

/// A cookie that did not come.
#[derive(Clone, Debug)]
pub struct Missing {
    /// There may be several of one name: the path tells them apart.
    pub name: String,
    /// The path that it was set for, and that deletes it.
    pub path: String,
    /// Why, in a sentence.
    pub reason: String,
    /// The section that holds the rule; empty where no rule is to blame.
    pub section: &'static str,
}

impl<S: Sync> FromRequestParts<S> for Seen {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut seen = match parts.extensions.get::<Looked>() {
            Some(Looked(asked)) => Self::of(asked),
            None => Self { arrived: unwatched(&parts.headers), ..Self::default() },
        };
        seen.path = visible(parts.uri.path().as_bytes());
        Ok(seen)
    }
}

impl Seen {
    fn of(asked: &Asked) -> Self {
        let mut seen = Self { watched: true, ..Self::default() };
        seen.arrived = asked.came.iter().map(|came| Arrived::of(asked, came)).collect();
        for absent in &asked.absent {
            let missing = Missing {
                name: visible(&absent.name),
                path: visible(absent.path.as_bytes()),
                reason: en::withheld(&absent.why),
                section: Language::English.words().absent(&absent.why).section,
            };
            match absent.why {
                Why::HeldBack(_) | Why::MayBeHeldBack(_) | Why::UnderWay => {
                    seen.withheld.push(missing);
                }
                Why::Ended { .. } | Why::Missing => seen.gone.push(missing),
            }
        }
        let is_lessons = |line: &&Line| {
            let receipt = line.receipt();
            !receipt
                .is_some_and(|receipt| names_browser((&receipt.cookie.name, &receipt.cookie.value)))
        };
        let lines = asked.last_set.iter().filter(is_lessons);
        seen.outcomes = lines.map(|line| en::outcome(line, projected)).collect();
        seen
    }
}

/// A sentence of [`Seen`] as HTML that is safe to show: what stands between backticks is code.
#[must_use]
pub fn with_code(sentence: &str) -> String {
    html(sentence)
}

impl Arrived {
    fn of(asked: &Asked, came: &Came) -> Self {
        Self {
            name: visible(&came.name),
            value: visible(&came.value),
            http_only: came.http_only,
            remark: en::remark(&came.how, asked.client.known_by).to_owned(),
        }
    }
}

fn unwatched(headers: &HeaderMap) -> Vec<Arrived> {
    pairs(headers)
        .map(|(name, value)| Arrived {
            name: visible(name),
            value: visible(value),
            http_only: false,
            remark: en::UNWATCHED.to_owned(),
        })
        .collect()
}
