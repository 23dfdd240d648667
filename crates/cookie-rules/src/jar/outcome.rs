//! What comes out of a jar: what became of a line, whether a request carries a cookie, and what is gone.

use crate::{Cookie, Note, Reason};
use std::time::SystemTime;

/// What became of a `Set-Cookie` line. Its `Display` is one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// A new cookie.
    Stored(Receipt),
    /// A new cookie in the place of this old one of the same name, domain and path.
    Replaced(Receipt, Cookie),
    /// The line's end is in the past: it deleted this cookie.
    Deleted(Receipt, Cookie),
    /// The line's end is in the past, but it matches no cookie, and why.
    DeletedNothing(Receipt, Reason),
    /// The line was ignored, and why.
    Rejected(Reason),
}

impl Stored {
    /// The cookie that the line describes, defaults filled in; `None` where it was rejected.
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Stored::Stored(receipt)
            | Stored::Replaced(receipt, _)
            | Stored::Deleted(receipt, _)
            | Stored::DeletedNothing(receipt, _) => Some(receipt),
            Stored::Rejected(_) => None,
        }
    }

    /// Why nothing came of the line, where nothing did.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Stored::DeletedNothing(_, reason) | Stored::Rejected(reason) => Some(reason),
            _ => None,
        }
    }
}

/// The cookie that a line describes, with the defaults that the user agent filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// As the jar holds it, or would.
    pub cookie: Cookie,
    /// What was ignored and what was filled in.
    pub notes: Vec<Note>,
}

/// Whether a request carries a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It does.
    Sent,
    /// It doesn't, and this rule holds it back.
    Withheld(Reason),
    /// The jar no longer has it.
    Gone(Reason),
}

/// What the jar decides for one cookie and one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// As the jar holds it, or held it.
    pub cookie: Cookie,
    /// Sent or not, and the rule that says so.
    pub outcome: Outcome,
    /// What else there is to say, of a cookie that is sent: an exception, a doubt.
    pub note: Option<Reason>,
}

impl Decision {
    pub(super) fn new(cookie: &Cookie, outcome: Outcome) -> Decision {
        Decision { cookie: cookie.clone(), outcome, note: None }
    }
}

/// A cookie that the jar no longer has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// As it was at the end.
    pub cookie: Cookie,
    /// When it went: for an expired one, its expiry time.
    pub at: SystemTime,
    pub(super) cause: Departure,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Departure {
    Expired,
    Deleted { by: String },
    Evicted { limit: usize },
    Removed,
    SessionEnded,
}

impl Gone {
    /// Why it is gone, told at `now`.
    pub fn reason(&self, now: SystemTime) -> Reason {
        let ago = now.duration_since(self.at).unwrap_or_default();
        match &self.cause {
            Departure::Expired => Reason::Expired { at: self.at, ago },
            Departure::Deleted { by } => Reason::Deleted { by: by.clone(), ago },
            Departure::Evicted { limit } => Reason::Evicted { limit: *limit, ago },
            Departure::Removed => Reason::Removed { ago },
            Departure::SessionEnded => Reason::SessionEnded { ago },
        }
    }
}
