//! What is known of cookies and of who sends them, as values: the wire finds it out, and [`words`](crate::words) says it.
//! Nothing here is a word that anybody reads.

use std::{sync::Arc, time::SystemTime};

use cookie_rules::{Cookie, Reason, Receipt, SameSite, Site};

/// Who sent the request, as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub(crate) program: Program,
    /// Which one of its program, from 1 on: "Chromium 2". `None` where that can't be told.
    pub(crate) nth: Option<u32>,
    /// The number of its jar, unique in this run; `None` where no jar is its own.
    pub(crate) jar: Option<u64>,
    /// How it was told from others.
    pub known_by: KnownBy,
}

/// What kind of program a client is. `Sec-CH-UA` wins over `User-Agent`; where the two contradict each other it is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// Chromium and what is made of it: Chrome, Edge, Brave.
    Chromium,
    /// Firefox, but not the one on iOS.
    Firefox,
    /// Safari, and every browser on iOS.
    WebKit,
    /// The command `curl`.
    Curl,
    /// Anything else, and what contradicts itself.
    Other,
}

/// How a client was told from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy {
    /// Not at all: nothing is said of what did not come.
    Nothing,
    /// It brought the cookie that names it.
    Id,
    /// A connection that is its own.
    Connection,
    /// A connection over which it was recognised by what it brought. A copy would look the same.
    Recognised,
    /// It went where an answer of a moment ago sent it.
    Location,
    /// It brought a long value that only one jar was given. A copy would look the same.
    LongValue,
    /// What it brought fits one jar and no other.
    Fit,
}

/// What caused a request, as far as it says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caused {
    pub(crate) by: By,
    /// From which site.
    pub(crate) from: Site,
    /// The origin that `Origin` or `Referer` names, where it is not the request's own.
    pub(crate) origin: Option<String>,
    /// The browser said that it keeps cookies away, as `Sec-Fetch-Storage-Access: none` or `inactive` does.
    pub(crate) storage_denied: bool,
}

/// In which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum By {
    /// A client that doesn't say.
    #[default]
    Untold,
    /// An address typed, a bookmark.
    User,
    /// A browser fetches a page before somebody asks for it.
    Ahead,
    /// A link, a script that navigates, a redirect: a page of its own, by `GET`.
    Navigation,
    /// A form that was sent by another method than `GET`.
    Form,
    /// A frame within a page.
    Frame,
    /// A link that saves a file.
    Download,
    /// A script's `fetch` or `XMLHttpRequest`, or what looks the same.
    Script,
    /// A browser asks whether a script may ask (CORS).
    Preflight,
    /// An image, a style sheet, and the like.
    Subresource,
}

/// A pair of the `Cookie` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// Its name, as it came.
    pub name: Vec<u8>,
    /// Its value, as it came.
    pub value: Vec<u8>,
    /// It is one of this lesson's: this run of the server set one of this name, or the lesson names it.
    pub(crate) ours: bool,
    /// This client's last request of the lesson had not brought it, or with another value.
    pub(crate) news: bool,
    /// This run has set an `HttpOnly` cookie of this name: a projector shows no such value.
    pub http_only: bool,
    /// How it compares with what was to come.
    pub how: How,
}

/// How a pair that came compares with what was to come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// As this server set it. A rule might have kept it, where there is one.
    AsSet { path: String, might_have_stayed: Option<Reason> },
    /// An answer that was under way at the time changed it; this is how it was, or how it became.
    UnderWay,
    /// A cookie of this name was to come with the value `was`: a script, a hand, another port may have changed it.
    OtherValue { was: Vec<u8> },
    /// A rule, or an end, was to keep it: somebody else has set such a cookie. A false prediction, unless somebody has.
    AgainstRules { rule: Reason },
    /// This run of the server set nothing of this name for this client.
    NotSetHere,
    /// This server set such a cookie; whether for this client is not clear.
    Alike,
    /// The same, and the value is none that one comes to by chance: this server deleted that one, in the exchange `by`.
    AlikeDeleted { by: u64 },
    /// The cookie that names the client.
    BrowserId,
}

/// A cookie of the client's jar that did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Its name.
    pub name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) domain: String,
    /// The path that it was set for.
    pub path: String,
    pub(crate) http_only: bool,
    /// Why it did not come.
    pub why: Why,
}

/// Why it did not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Certain: even if the browser still has it, this rule keeps it from this request.
    HeldBack(Reason),
    /// This rule may have kept it: the request doesn't tell enough.
    MayBeHeldBack(Reason),
    /// Its time is over, or this server deleted it. `news` until the client's next request of the lesson.
    Ended {
        /// What ended it.
        reason: Reason,
        /// No request of the client could tell of it before.
        news: bool,
    },
    /// It was to come and did not. Nobody is to blame.
    Missing,
    /// An answer that was under way at the time set or deleted it.
    UnderWay,
}

/// A `Set-Cookie` line, and what the client makes of it.
#[derive(Clone, Debug)]
pub struct Line {
    /// As it went out, cut where it is longer than is kept.
    pub(crate) line: Vec<u8>,
    pub(crate) outcome: SetOutcome,
}

/// What becomes of a `Set-Cookie` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetOutcome {
    /// A cookie that the client's jar did not have.
    Stored(Receipt),
    /// In place of one that this server knew, with this value.
    Replaced { receipt: Receipt, old: Arc<Cookie> },
    /// Ends a cookie that this server set.
    Deleted { receipt: Receipt, old: Arc<Cookie> },
    /// Asks to delete a cookie that this run did not set. It is gone if path and domain are those of the line. `came`: the
    /// request brought one of this name.
    AsksToDelete { receipt: Receipt, came: bool },
    /// Asks to delete, but what this server set under this name has another path or domain: the rule says which.
    OtherCookie { receipt: Receipt, rule: Reason },
    /// Refused, by this rule. `certain` where the line's own text says so.
    Refused { rule: Reason, certain: bool },
    /// The request came from a page of another site that has no cookies here: it goes into a jar of that page, or nowhere.
    Elsewhere(Receipt),
    /// The request named no host that cookies could belong to.
    NoHost,
}

impl Line {
    /// Whether it is to end a cookie.
    pub(crate) fn ends(&self) -> bool {
        matches!(
            self.outcome,
            SetOutcome::Deleted { .. }
                | SetOutcome::AsksToDelete { .. }
                | SetOutcome::OtherCookie { .. }
        )
    }

    /// The cookie that the line describes, where it is one.
    pub fn receipt(&self) -> Option<&Receipt> {
        match &self.outcome {
            SetOutcome::Stored(receipt)
            | SetOutcome::Replaced { receipt, .. }
            | SetOutcome::Deleted { receipt, .. }
            | SetOutcome::AsksToDelete { receipt, .. }
            | SetOutcome::OtherCookie { receipt, .. }
            | SetOutcome::Elsewhere(receipt) => Some(receipt),
            SetOutcome::Refused { .. } | SetOutcome::NoHost => None,
        }
    }
}

/// A cookie as this server knows it, in the jar of one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    /// The host it was set for or came to; the domain where it has one.
    pub(crate) domain: String,
    /// What this server said when it set it; `None` for a cookie that only came: nobody knows its path, end and locks.
    pub(crate) set: Option<Attributes>,
    /// It is `HttpOnly`, or this run has set one of its name that is: a projector shows no such value.
    pub(crate) http_only: bool,
    /// It is one of this lesson's: this run set one of this name, or the lesson names it.
    pub(crate) ours: bool,
    /// It came with a value that this server did not set: its attributes may be others, too.
    pub(crate) altered: bool,
    /// It may be otherwise, or gone: two answers were under way at once and nobody knows which came last, it was set for a browser
    /// that may be this one, or one of its name was set since it came.
    pub(crate) under_way: bool,
    /// It came, and this run set one like it, here or for somebody else: it may be that one, and end when that ends.
    pub(crate) alike: bool,
    /// It was set before, and never came: a browser that lets nothing in would look so.
    pub(crate) unproven: bool,
    pub(crate) status: Status,
    /// Counts the changes of all jars: of two that are told of one cookie, the larger is the later.
    pub(crate) order: u64,
}

impl KnownBy {
    /// Whether a copy of what it brought would look the same.
    pub(crate) fn may_be_a_copy(self) -> bool {
        matches!(self, Self::Id | Self::Recognised | Self::LongValue | Self::Fit)
    }
}

impl Client {
    /// Whether it only seems to be that one: a copy would look the same.
    pub(crate) fn is_presumed(&self) -> bool {
        self.nth.is_some() && matches!(self.known_by, KnownBy::LongValue | KnownBy::Fit)
    }
}

impl Known {
    /// Whether both tell of one cookie: by name, domain and path, and by value where the path is not known.
    pub(crate) fn is_same_as(&self, other: &Self) -> bool {
        let path = |known: &Self| known.set.as_ref().map(|set| (set.host_only, set.path.clone()));
        (&self.name, &self.domain) == (&other.name, &other.domain)
            && path(self) == path(other)
            && (self.set.is_some() || self.value == other.value)
    }
}

/// What was said of a cookie when it was set, defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attributes {
    pub(crate) host_only: bool,
    pub(crate) path: String,
    pub(crate) created: SystemTime,
    /// `None`: until the browser closes.
    pub(crate) expiry: Option<SystemTime>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
}

/// Where a cookie stands. Numbers are those of exchanges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Set, or seen, and nothing speaks against it. Whether its time is over, the clock says.
    Held,
    /// It was to come and did not: the browser may have it no more.
    Missing { since: u64 },
    /// This server asked to delete it and can't know whether path and domain fit.
    AskedToDelete { by: u64 },
    /// This server set it and deleted it.
    Deleted { by: u64 },
    /// It is in the jar no more, and there is nothing to tell of it. Only among an exchange's changes, never in a jar.
    Left,
}

/// A change of a jar: this cookie is now so. It takes the place of the one with the same name, domain and path.
pub(crate) type Change = Arc<Known>;

impl Known {
    /// About how many bytes it holds.
    pub(crate) fn weight(&self) -> usize {
        self.name.len() + self.value.len() + self.domain.len() + 300
    }
}

/// A row of the lesson's store: what is under an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreRow {
    /// The key in the store: a hash of the id, or the start of one. Never an id that could be used.
    pub key: String,
    /// Who or what it is for.
    pub what: String,
    /// When the store lets go of it.
    pub until: SystemTime,
}
