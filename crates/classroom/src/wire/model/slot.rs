//! One cookie in one jar, through time.
//!
//! A slot has versions: how the cookie was from when on. A version has one state, or several where nobody can know which of two
//! answers the browser took in last. What a request may have found is the states of all versions in its window.

use std::{sync::Arc, time::SystemTime};

use cookie_rules::Cookie;

use super::{
    facts::{Attributes, Known, Status},
    time::{SLACK, before},
};

/// How many states a version can have: a browser has six connections.
const STATES: usize = 8;
/// How many versions are kept.
const VERSIONS: usize = 24;

/// A cookie by name, domain and path, in one jar.
#[derive(Debug)]
pub(super) struct Slot {
    /// As it was last known.
    pub(super) cookie: Arc<Cookie>,
    /// The oldest first, never empty.
    versions: Vec<Version>,
    /// Before this time nothing is known: older versions had to go.
    floor: SystemTime,
    /// It was to come and did not, in the exchange of this number (0 while that is under way).
    pub(super) missing: Option<u64>,
    /// It may be otherwise: an answer set more than was looked at.
    pub(super) is_doubtful: bool,
}

#[derive(Debug)]
struct Version {
    from: SystemTime,
    states: Vec<State>,
}

/// How a cookie may be.
#[derive(Clone, Debug)]
pub(super) struct State {
    /// Over a connection that is certainly this jar's.
    pub(super) sure: bool,
    /// Over one that is another jar's: the two may be one browser's.
    pub(super) is_elsewhere: bool,
    pub(super) what: What,
    /// Over which connection this came about.
    pub(super) over: u64,
    pub(super) at: SystemTime,
}

/// What a request showed of connections that only may be this client's: these are, and those are not.
#[derive(Debug, Default)]
pub(super) struct Shown {
    /// Each with how long the value was that showed it.
    pub(super) own: Vec<(u64, usize)>,
    pub(super) others: Vec<u64>,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// This server has not set it.
    Never,
    /// As this server set it.
    Set(Arc<Cookie>),
    /// This server set it, with the value `was`, and it came with another one.
    Altered { cookie: Arc<Cookie>, was: Vec<u8> },
    /// This server deleted it, in the exchange `by` and the answer to this path.
    Deleted { cookie: Arc<Cookie>, path: Arc<str>, by: u64 },
}

impl What {
    /// The cookie, if there is one.
    pub(super) fn cookie(&self) -> Option<&Arc<Cookie>> {
        match self {
            What::Set(cookie) | What::Altered { cookie, .. } => Some(cookie),
            What::Never | What::Deleted { .. } => None,
        }
    }

    fn last_cookie(&self) -> Option<&Arc<Cookie>> {
        match self {
            What::Deleted { cookie, .. } => Some(cookie),
            other => other.cookie(),
        }
    }
}

impl Slot {
    /// A cookie that this server has not set so far.
    pub(super) fn new(cookie: Arc<Cookie>) -> Self {
        let from = SystemTime::UNIX_EPOCH;
        let states =
            vec![State { what: What::Never, sure: true, is_elsewhere: false, over: 0, at: from }];
        Self {
            cookie,
            versions: vec![Version { from, states }],
            floor: from,
            missing: None,
            is_doubtful: false,
        }
    }

    /// The states that it may have now, the latest first.
    pub(super) fn now(&self) -> &[State] {
        self.versions.last().map_or(&[], |version| &version.states)
    }

    /// Over which connection this value came to be, if that was later than `since`, and it never was so before.
    pub(super) fn is_fresh(&self, value: &[u8], since: SystemTime) -> Option<u64> {
        let has = |state: &State| state.what.cookie().is_some_and(|cookie| cookie.value == value);
        let mut old = self.versions.iter().rev().skip(1).flat_map(|version| &version.states);
        let state = self.now().first().filter(|state| state.at > since && has(state))?;
        (!old.any(has)).then_some(state.over)
    }

    /// Where a request followed these answers (when they were made, and over which connection), its window for this cookie
    /// starts with the last of them that had a say.
    pub(super) fn start(&self, start: SystemTime, follows: &[(SystemTime, u64)]) -> SystemTime {
        let had_a_say = |answer: &&(SystemTime, u64)| {
            self.versions.iter().any(|version| {
                version.states.first().is_some_and(|state| (state.at, state.over) == **answer)
            })
        };
        let latest = follows.iter().filter(had_a_say).map(|(at, _)| *at).max();
        latest.map_or(start, |at| at.max(start))
    }

    /// The states that a request may have found that was made at `start` or later, and whether that is all of them.
    pub(super) fn since(&self, start: SystemTime) -> (impl Iterator<Item = &State>, bool) {
        let first = self.versions.iter().rposition(|version| version.from <= start).unwrap_or(0);
        let states = self.versions[first..].iter().rev().flat_map(|version| &version.states);
        (states, start >= self.floor && !self.is_doubtful)
    }

    /// Whether a request that was made at `start` or later found the cookie as it is now.
    pub(super) fn is_settled(&self, start: SystemTime) -> bool {
        self.versions.last().is_some_and(|version| version.from <= start)
    }

    /// From now on it is so, or still as it was: where `is_before` does not say of a state that it came before this one.
    pub(super) fn put(&mut self, state: State, is_before: impl Fn(&State) -> bool) {
        let from = state.at;
        if let Some(cookie) = state.what.last_cookie() {
            self.cookie = Arc::clone(cookie);
        }
        let old = self.now().iter().filter(|state| !is_before(state)).take(STATES - 1).cloned();
        let states = std::iter::once(state).chain(old).collect();
        (self.missing, self.is_doubtful) = (None, false);
        self.versions.push(Version { from, states });
        if self.versions.len() > VERSIONS {
            self.versions.remove(0);
            self.floor = self.versions[0].from;
        }
    }

    /// Of the states that it may have now, only these are left. Gives the connection of those, where they have one in common,
    /// and those over which the browser would have been told otherwise since.
    pub(super) fn keep(&mut self, is_true: impl Fn(&State) -> bool) -> Option<Shown> {
        let version = self.versions.last_mut()?;
        let (kept, others): (Vec<State>, Vec<State>) =
            version.states.drain(..).partition(|state| is_true(state));
        if kept.is_empty() || others.is_empty() {
            version.states = if kept.is_empty() { others } else { kept };
            return None;
        }
        let latest = kept.iter().map(|state| state.at).max()?;
        let over = kept[0].over;
        let long = kept[0].what.cookie().map_or(0, |cookie| cookie.value.len());
        let shown = Shown {
            own: kept
                .iter()
                .all(|state| state.over == over)
                .then_some((over, long))
                .into_iter()
                .collect(),
            others: others
                .iter()
                .filter(|state| before(state.at, SLACK) > latest)
                .map(|state| state.over)
                .collect(),
        };
        if let Some(cookie) = kept[0].what.last_cookie() {
            self.cookie = Arc::clone(cookie);
        }
        version.states = kept;
        Some(shown)
    }

    /// Versions that no request can have found any more.
    pub(super) fn forget_before(&mut self, earliest: SystemTime) {
        while self.versions.len() > 1 && self.versions[1].from <= earliest {
            self.versions.remove(0);
        }
    }

    /// Whether it turned out that this server has not set it here.
    pub(super) fn never_was(&self) -> bool {
        self.now().iter().all(|state| matches!(state.what, What::Never))
    }

    /// The same, and so it was at this time already.
    pub(super) fn never_was_since(&self, time: SystemTime) -> bool {
        self.never_was() && self.now().iter().all(|state| state.at <= time)
    }

    /// How it was before is forgotten.
    pub(super) fn shorten(&mut self) {
        if self.versions.len() > 1 {
            self.versions.drain(..self.versions.len() - 1);
            self.floor = self.versions[0].from;
        }
    }

    /// Whether the cookie is deleted, or never was: nothing is left to hold.
    pub(super) fn has_ended(&self, now: SystemTime) -> bool {
        let over = |state: &State| state.what.cookie().is_none_or(|cookie| cookie.is_expired(now));
        self.now().iter().all(over)
    }

    /// Bytes that it holds.
    pub(super) fn weight(&self) -> usize {
        let states = self.versions.iter().flat_map(|version| &version.states);
        let cookies = states.filter_map(|state| state.what.last_cookie());
        // Once here, and once as a fact.
        2 * cookies.map(|cookie| cookie.name.len() + cookie.value.len() + 400).sum::<usize>()
    }

    /// The cookie as a fact.
    pub(super) fn known(&self, ours: bool, order: u64) -> Arc<Known> {
        let cookie = &self.cookie;
        let latest = self.now().first().map(|state| &state.what);
        let status = match (self.missing, latest) {
            (_, Some(What::Deleted { by, .. })) => Status::Deleted { by: *by },
            (Some(since), _) => Status::Missing { since },
            _ => Status::Held,
        };
        Arc::new(Known {
            name: cookie.name.clone(),
            value: cookie.value.clone(),
            domain: cookie.domain.clone(),
            set: Some(Attributes {
                host_only: cookie.host_only,
                path: cookie.path.clone(),
                created: cookie.creation,
                expiry: cookie.expiry,
                secure: cookie.secure,
                http_only: cookie.http_only,
                same_site: cookie.same_site,
            }),
            http_only: cookie.http_only,
            ours,
            altered: matches!(latest, Some(What::Altered { .. })),
            under_way: self.now().len() > 1,
            status,
            order,
        })
    }
}
