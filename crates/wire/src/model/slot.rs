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
    /// It came as it was set for a browser that may be this one.
    is_alike: bool,
    /// It was set before, and did not come; and it never came.
    is_unproven: bool,
    has_come: bool,
}

#[derive(Debug)]
struct Version {
    from: SystemTime,
    states: Vec<State>,
}

/// How a cookie may be.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) what: What,
    /// The jar for which it was set, where that is another one, whose client may be the same browser.
    pub(super) of: Option<u64>,
    /// The browser of the jar for which it was set has certainly taken it in.
    pub(super) sure: bool,
    /// Over which connection this came about.
    pub(super) over: u64,
    pub(super) at: SystemTime,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// This server has not set it.
    Never,
    /// As this server set it.
    Set(Arc<Cookie>),
    /// This server set it, with the value `was`, and it came with another one.
    Altered { cookie: Arc<Cookie>, was: Vec<u8> },
    /// This server deleted it, in the exchange `by`, at this time, in the answer to this path.
    Deleted { cookie: Arc<Cookie>, path: Arc<str>, by: u64, at: SystemTime },
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

impl State {
    fn never() -> Self {
        let at = SystemTime::UNIX_EPOCH;
        Self { what: What::Never, of: None, sure: true, over: 0, at }
    }
}

impl Slot {
    /// A cookie that this server has not set so far.
    pub(super) fn new(cookie: Arc<Cookie>) -> Self {
        let from = SystemTime::UNIX_EPOCH;
        let states = vec![State::never()];
        Self {
            cookie,
            versions: vec![Version { from, states }],
            floor: from,
            missing: None,
            is_doubtful: false,
            is_alike: false,
            is_unproven: false,
            has_come: false,
        }
    }

    /// The states that it may have now, the latest first.
    pub(super) fn now(&self) -> &[State] {
        self.versions.last().map_or(&[], |version| &version.states)
    }

    /// How it was last set for this jar itself, if it was.
    pub(super) fn own(&self) -> Option<&State> {
        self.now().iter().find(|state| state.of.is_none())
    }

    /// Whether it was ever set for this jar itself.
    fn has_own(&self) -> bool {
        self.own().is_some_and(|state| !matches!(state.what, What::Never))
    }

    /// When it was set so for this jar itself, as far as that is remembered.
    pub(super) fn is_given(&self, value: &[u8]) -> Option<SystemTime> {
        let is_it = |what: &What| matches!(what, What::Set(cookie) if cookie.value == value);
        let mut states = self.versions.iter().rev().flat_map(|version| &version.states);
        let own = states.find(|state| state.of.is_none() && is_it(&state.what));
        own.map(|state| state.at)
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

    /// It came with this value. Whether it is news that there is such a cookie here.
    pub(super) fn came(&mut self, value: &[u8]) -> bool {
        let was_unproven = std::mem::take(&mut self.is_unproven);
        self.has_come = true;
        let has_it = |state: &State| state.what.cookie().is_some_and(|own| own.value == value);
        let is_news = !self.is_alike && !self.has_own() && self.now().iter().any(has_it);
        self.is_alike |= is_news;
        is_news || was_unproven
    }

    /// From now on it is so, or still as it was: where `is_before` does not say of a state that it came before this one.
    pub(super) fn put(&mut self, state: State, is_before: impl Fn(&State) -> bool) {
        let from = state.at;
        if let Some(cookie) = state.what.last_cookie() {
            self.cookie = Arc::clone(cookie);
        }
        if state.of.is_none() {
            if self.missing.take().is_some()
                && let Some(version) = self.versions.last_mut()
            {
                // It may have been gone before.
                version.states.push(State::never());
                self.is_unproven |= !self.has_come;
            }
            self.is_doubtful = false;
        }
        let old = self.now().iter().filter(|state| !is_before(state)).cloned();
        let mut states: Vec<_> = std::iter::once(state).chain(old).collect();
        self.is_doubtful |= states.len() > STATES;
        states.truncate(STATES);
        self.versions.push(Version { from, states });
        if self.versions.len() > VERSIONS {
            self.versions.remove(0);
            self.floor = self.versions[0].from;
        }
    }

    /// Of the states that it may have now, only these are left. Whether that is news.
    pub(super) fn keep(&mut self, is_true: impl Fn(&State) -> bool) -> bool {
        let Some(version) = self.versions.last_mut() else { return false };
        let is_news = version.states.iter().any(&is_true) && !version.states.iter().all(&is_true);
        if is_news {
            version.states.retain(is_true);
            self.remember();
        }
        is_news
    }

    /// What was set for that jar was not set for this one. Whether that is news.
    pub(super) fn part(&mut self, jar: u64) -> bool {
        self.relate(|states| states.retain(|state| state.of != Some(jar)))
    }

    /// That jar is this one. Whether that is news.
    pub(super) fn join(&mut self, jar: u64) -> bool {
        self.relate(|states| {
            let (joined, own): (Vec<_>, Vec<_>) =
                states.drain(..).partition(|state| state.of == Some(jar));
            // What was set for this jar before is gone.
            let since = joined.iter().filter(|state| state.sure).map(|state| state.at).max();
            let since = since.map_or(SystemTime::UNIX_EPOCH, |at| before(at, SLACK));
            states.extend(joined.into_iter().map(|state| State { of: None, ..state }));
            states.extend(own.into_iter().filter(|state| state.at >= since));
            states.sort_by_key(|state| std::cmp::Reverse(state.at));
        })
    }

    /// That jar has another number now.
    pub(super) fn rename(&mut self, jar: u64, now: u64) {
        let states = self.versions.iter_mut().flat_map(|version| &mut version.states);
        states.filter(|state| state.of == Some(jar)).for_each(|state| state.of = Some(now));
    }

    fn relate(&mut self, change: impl Fn(&mut Vec<State>)) -> bool {
        let told = self.now().len();
        self.versions.iter_mut().for_each(|version| change(&mut version.states));
        self.versions.retain(|version| !version.states.is_empty());
        if self.versions.is_empty() {
            self.versions = Self::new(Arc::clone(&self.cookie)).versions;
        }
        self.remember();
        self.now().len() != told
    }

    fn remember(&mut self) {
        let mut states = self.now().iter();
        if let Some(cookie) = states.find_map(|state| state.what.last_cookie()) {
            self.cookie = Arc::clone(cookie);
        }
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

    /// The cookie as a fact, as it was set for this jar itself; with `all`, or where it came so, as it was set last.
    pub(super) fn known(&self, ours: bool, order: u64, all: bool) -> Known {
        let alike = self.is_alike && !self.has_own();
        let latest = if all || alike { self.now().first() } else { self.own() };
        let latest = latest.map(|state| &state.what);
        let told = latest.and_then(What::last_cookie);
        let cookie = told.unwrap_or(&self.cookie);
        let status = match (self.missing, latest) {
            _ if told.is_none() => Status::Left,
            (_, Some(What::Deleted { by, .. })) => Status::Deleted { by: *by },
            (Some(since), _) => Status::Missing { since },
            _ => Status::Held,
        };
        Known {
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
            under_way: self.now().len() > 1 || self.is_doubtful,
            alike,
            unproven: self.is_unproven,
            status,
            order,
        }
    }
}
