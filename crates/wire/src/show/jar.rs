//! The jar: what this server knows of the cookies of one client.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use cookie_rules::{Request, is_of_host, path_match};

use crate::{
    browser_id::names_browser,
    words::{Labels, Words, brief},
};

use super::{
    super::model::facts::{
        Absent, Attributes, Came, Client, Exchange, How, JarAt, Known, KnownBy, Program, Status,
        StoreRow, Why,
    },
    Pair, Reader,
    hide::Hide,
    html,
};

/// How many chips that have ended are shown one by one.
const ENDED: usize = 4;
/// Of so many chips, each says all that there is to say; of more, what is said of each is folded.
const FEW: usize = 5;
/// The same where letters are large.
const FEW_LARGE: usize = 2;

/// A client's jar as the page shows it.
pub(crate) struct Jar {
    pub(crate) title: String,
    pub(crate) groups: Vec<Group>,
    /// What stands aside, and under which title: cookies that only came and are not this lesson's, and those that tell clients
    /// from each other, which are no part of the lesson.
    pub(crate) aside: Vec<(String, Vec<Pair>)>,
    pub(crate) many: bool,
    /// It has cookies of which a call of curl may have written nothing down.
    pub(crate) is_curls: bool,
}

/// The cookies of one host, or of one domain.
pub(crate) struct Group {
    pub(crate) hosts: String,
    pub(crate) chips: Vec<Chip>,
}

/// One cookie.
pub(crate) struct Chip {
    known: Arc<Known>,
    /// `came`, `held`, `set`, `gone`, or nothing.
    pub(crate) look: &'static str,
    pub(crate) mark: &'static str,
    pub(crate) pair: Pair,
    /// Why it is struck through or in doubt: HTML.
    pub(crate) why: String,
    pub(crate) life: String,
    /// It ends before its browser does: its life is what one looks at first.
    pub(crate) is_timed: bool,
    /// When it ends, in milliseconds since 1970: the page counts down to it.
    pub(crate) until: Option<u128>,
    /// Its attributes by name, for where there is no room for words.
    pub(crate) brief: String,
    /// The rest: HTML.
    pub(crate) words: Vec<String>,
}

/// Whether the chips say what the latest exchange did with them.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// The latest exchange of this jar, unless it is to be guessed.
    pub(crate) exchange: Option<&'a Exchange>,
    pub(crate) now: SystemTime,
    /// Set where it is a moment of the past: nothing is counted down.
    pub(crate) at: Option<u64>,
    pub(crate) program: Program,
    pub(crate) reader: Reader,
}

impl Jar {
    pub(crate) fn of(jar: &JarAt, moment: Moment<'_>) -> Self {
        let Reader { words, hide } = moment.reader;
        // How it was told that the latest exchange is this client's.
        let known_by = moment.exchange.map_or(KnownBy::Connection, |one| one.asked.client.known_by);
        let called = Client { known_by, ..jar.client.clone() };
        let (ids, known): (Vec<_>, Vec<_>) = jar.cookies.iter().partition(|known| {
            let is_here = known.ours || known.set.is_some();
            is_here && known.status == Status::Held && names_browser((&known.name, &known.value))
        });
        // One that was set again since it came, with the same value, is shown once until it comes beside that one.
        let is_it = |known: &Known, set: &Known| {
            set.set.is_some()
                && set.status == Status::Held
                && (&set.name, &set.value, &set.domain)
                    == (&known.name, &known.value, &known.domain)
        };
        let is_double = |known: &Known| {
            known.set.is_none()
                && known.under_way
                && jar.cookies.iter().any(|set| is_it(known, set))
        };
        let (ours, others): (Vec<_>, Vec<_>) = known
            .into_iter()
            .filter(|known| !is_double(known))
            .partition(|known| known.ours || known.set.is_some() || known.status != Status::Held);
        let (over, alive): (Vec<_>, Vec<_>) =
            ours.into_iter().partition(|known| is_over(known, moment.now));
        let mut groups: Vec<Group> = Vec::new();
        let many = alive.len() > if matches!(hide, Hide::Nothing) { FEW } else { FEW_LARGE };
        // The latest that ended, and the order in which they came to be known.
        let dropped = over.len().saturating_sub(ENDED);
        for known in alive.iter().chain(over.iter().skip(dropped)) {
            let host_only = known.set.as_ref().map(|set| set.host_only);
            let hosts = words.hosts(&known.domain, host_only);
            let chip = Chip::of(Arc::clone(known), moment);
            match groups.iter_mut().find(|group| group.hosts == hosts) {
                Some(group) => group.chips.push(chip),
                None => groups.push(Group { hosts, chips: vec![chip] }),
            }
        }
        let pair =
            |known: &Arc<Known>, http_only| Pair::of(&known.name, &known.value, http_only, hide);
        let others: Vec<_> = others.into_iter().map(|known| pair(known, known.http_only)).collect();
        let ids: Vec<_> = ids.into_iter().map(|known| pair(known, true)).collect();
        let aside = [(words.not_set_here(others.len()), others), (words.ids(ids.len()), ids)];
        Self {
            title: words.jar_of(&called, moment.at),
            is_curls: jar.client.program == Program::Curl && !groups.is_empty(),
            groups,
            aside: aside.into_iter().filter(|(_, pairs)| !pairs.is_empty()).collect(),
            many,
        }
    }
}

impl Chip {
    fn of(known: Arc<Known>, moment: Moment<'_>) -> Self {
        let Reader { words, hide } = moment.reader;
        let labels = words.labels();
        let is_over = is_over(&known, moment.now);
        let (look, mark) =
            if is_over { ("gone", "") } else { mark(&known, moment.exchange, labels) };
        let (mut life, mut until, mut rest) = (String::new(), None, Vec::new());
        match &known.set {
            None if is_over => {}
            None => rest.push(labels.unknown.to_owned()),
            Some(set) => {
                if !known.altered {
                    life = words.life(set.expiry, moment.now);
                }
                if moment.at.is_none() && !is_over {
                    until = end(&known).map(milliseconds);
                }
                rest.push(html(&words.path(&set.path)));
                if !is_over {
                    rest.extend(words.locks(set, moment.program).into_iter().map(html));
                }
            }
        }
        let why = html(&words.status(&known));
        if known.status != Status::Held {
            until = None;
        }
        let (name, value, http_only) = (&known.name, &known.value, known.http_only);
        let pair = match moment.exchange.and_then(|exchange| was(&known, exchange)) {
            Some(was) => Pair::of_changed(name, value, was, http_only, hide),
            None => Pair::of(name, value, http_only, hide),
        };
        Self {
            look: if look.is_empty() && known.status != Status::Held { "doubt" } else { look },
            mark,
            pair,
            why,
            life,
            is_timed: !is_over && end(&known).is_some(),
            until,
            brief: known.set.as_ref().filter(|_| !is_over).map_or(String::new(), brief),
            words: rest,
            known,
        }
    }

    /// Whether this cookie is among those that came.
    pub(crate) fn came_with(&self, exchange: &Exchange) -> bool {
        let known = &self.known;
        came(known, exchange) && !exchange.asked.absent.iter().any(|absent| is_it(known, absent))
    }
}

/// Whether it may be one of those that came: now, or before it was known with another value.
fn came(known: &Known, exchange: &Exchange) -> bool {
    let is_value = |came: &Came| match &came.how {
        How::OtherValue { was } => known.value == came.value || known.value == *was,
        _ => known.value == came.value,
    };
    let asked = &exchange.asked;
    let came = asked.came.iter().any(|came| came.name == known.name && is_value(came));
    if !came || matches!(known.status, Status::Missing { .. }) {
        return false;
    }
    let target = asked.target.split('?').next().unwrap_or_default();
    let Ok(request) = Request::get(&format!("http://{}{target}", asked.authority)) else {
        return false;
    };
    let host_only = known.set.as_ref().is_none_or(|set| set.host_only);
    let is_under = |set: &Attributes| path_match(&set.path, request.path());
    is_of_host(request.host(), &known.domain, host_only) && known.set.as_ref().is_none_or(is_under)
}

/// Of a cookie that came with another value: the one that was known.
fn was<'a>(known: &Known, exchange: &'a Exchange) -> Option<&'a Vec<u8>> {
    let mut came = exchange.asked.came.iter();
    came.find_map(|came| match &came.how {
        How::OtherValue { was } if (&came.name, &came.value) == (&known.name, &known.value) => {
            Some(was)
        }
        _ => None,
    })
}

/// Whether it is this cookie that did not come. Of what only ever came, nobody knows where it was to come.
fn is_it(known: &Known, absent: &Absent) -> bool {
    known.name == absent.name
        && known.domain == absent.domain
        && known.set.as_ref().is_some_and(|set| set.path == absent.path)
}

/// Whether the cookie is in the jar no more, as far as that is certain.
fn is_over(known: &Known, now: SystemTime) -> bool {
    (matches!(known.status, Status::Deleted { .. }) && !known.under_way)
        || end(known).is_some_and(|end| end <= now)
}

/// When it ends, as far as that is known. What came with another value may end at another time.
fn end(known: &Known) -> Option<SystemTime> {
    known.set.as_ref().filter(|_| !known.altered).and_then(|set| set.expiry)
}

/// What the latest exchange did with this cookie.
fn mark(
    known: &Known,
    exchange: Option<&Exchange>,
    labels: &Labels,
) -> (&'static str, &'static str) {
    let Some(exchange) = exchange else { return ("", "") };
    let set = exchange.changes.iter().any(|change| {
        change.set.is_some()
            && change.set == known.set
            && change.name == known.name
            && exchange.answer.set.iter().any(|line| line.parts().0 == known.name)
    });
    if set {
        return ("set", labels.mark_set);
    }
    match exchange.asked.absent.iter().find(|absent| is_it(known, absent)).map(|absent| &absent.why)
    {
        Some(Why::HeldBack(_)) => return ("held", labels.mark_held),
        Some(_) => return ("", ""),
        None => {}
    }
    if came(known, exchange) { ("came", labels.mark_came) } else { ("", "") }
}

pub(crate) fn milliseconds(at: SystemTime) -> u128 {
    at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis())
}

/// A row of the server's store.
pub(crate) struct Row {
    pub(crate) key: String,
    pub(crate) what: String,
    pub(crate) life: String,
    pub(crate) until: Option<u128>,
}

/// The store as it was after the latest exchange that told of it.
pub(crate) fn store(rows: &[StoreRow], now: SystemTime, live: bool, words: &dyn Words) -> Vec<Row> {
    rows.iter()
        .map(|row| Row {
            key: cookie_rules::visible(row.key.as_bytes()),
            what: cookie_rules::visible(row.what.as_bytes()),
            life: words.life(Some(row.until), now),
            until: live.then(|| milliseconds(row.until)),
        })
        .collect()
}
