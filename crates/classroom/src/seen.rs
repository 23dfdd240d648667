//! What a lesson's own page may say of its request's cookies: the prediction of the wire, as an extractor.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use cookie_rules::{Reason, visible};

use crate::{
    cookies::pairs,
    wire::{
        Looked,
        facts::{Came, Facts, How, Why},
    },
};

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
            Some(Looked(facts)) => Self::of(facts),
            None => Self { arrived: unwatched(&parts.headers), ..Self::default() },
        };
        seen.path = visible(parts.uri.path().as_bytes());
        Ok(seen)
    }
}

impl Seen {
    fn of(facts: &Facts) -> Self {
        let mut seen = Self { watched: true, ..Self::default() };
        seen.arrived = facts.came.iter().map(|came| Arrived::of(facts, came)).collect();
        for absent in &facts.absent {
            let missing = |reason: String, section| Missing {
                name: visible(&absent.name),
                path: visible(absent.path.as_bytes()),
                reason,
                section,
            };
            match &absent.why {
                Why::Withheld(reason) => {
                    seen.withheld.push(missing(reason.to_string(), reason.section()))
                }
                Why::Gone { reason, .. } => {
                    seen.gone.push(missing(reason.to_string(), reason.section()))
                }
                Why::Missing => seen.gone.push(missing(
                    "It should have come and did not: the browser has it no more. Somebody deleted it, or the browser \
                     was closed."
                        .to_owned(),
                    "",
                )),
                Why::Untold => seen.withheld.push(missing(
                    "It did not come. This client does not say which site caused the request, so SameSite may be why."
                        .to_owned(),
                    "",
                )),
            }
        }
        seen.outcomes = facts.outcomes.to_vec();
        seen
    }
}

impl Arrived {
    fn of(facts: &Facts, came: &Came) -> Self {
        let remark = match &came.how {
            // Where no client says which site caused the request, "as predicted" is all there is to say.
            How::Predicted(None | Some(Reason::SameSiteUnknown { .. })) => {
                "as predicted".to_owned()
            }
            How::Predicted(Some(note)) => note.to_string(),
            How::OtherValue => {
                "with another value than predicted: somebody else has set it".to_owned()
            }
            How::AgainstPrediction => "against the prediction: somebody else has set it".to_owned(),
            How::BrowserId => "this workbench's own: it tells your browser from others".to_owned(),
            How::Alike | How::Unknown if facts.browser.is_none() => {
                "this server has no list for your browser yet".to_owned()
            }
            How::Alike | How::Unknown => {
                "not set here for your browser: by another server on localhost, or by hand"
                    .to_owned()
            }
        };
        Self { name: visible(&came.name), value: visible(&came.value), remark }
    }
}

fn unwatched(headers: &HeaderMap) -> Vec<Arrived> {
    pairs(headers)
        .map(|(name, value)| Arrived {
            name: visible(name),
            value: visible(value),
            remark: "nobody watches the wire (WIRE=off)".to_owned(),
        })
        .collect()
}
