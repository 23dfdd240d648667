//! What is known of an exchange, as values.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{Method, StatusCode};

pub(crate) use crate::facts::*;
use crate::{exchange::Kind, head::Head};

/// A request and its answer, as they are kept.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Counted from 1 on, in the order of the answers.
    pub number: u64,
    pub(crate) asked: Arc<Asked>,
    pub(crate) answer: Answer,
    /// What it changed in its client's jar, in order: what the request taught, then what the answer set.
    pub(crate) changes: Vec<Change>,
    /// What it changed in other jars: those of clients that may be the same browser.
    pub(crate) beside: Vec<(Client, Change)>,
}

/// The request, and what it says. A lesson's own page may look at it before there is an answer.
#[derive(Clone, Debug)]
pub struct Asked {
    pub(crate) at: SystemTime,
    pub(crate) kind: Kind,
    pub(crate) method: Method,
    /// The host as the request names it, with its port.
    pub(crate) authority: String,
    /// Path and query as they came, cut where they are longer than anybody reads.
    pub(crate) target: String,
    pub(crate) head: Head,
    pub(crate) body: Body,
    /// Whose request it is.
    pub client: Client,
    pub(crate) cause: Caused,
    /// The exchange whose `Location` this request follows: its answer's cookies were stored before this was sent.
    pub(crate) follows: Option<u64>,
    /// The pairs that came, in order.
    pub came: Arc<[Came]>,
    /// How many more came than are kept.
    pub(crate) left_out: usize,
    /// Cookies of this client's jar that did not come.
    pub absent: Vec<Absent>,
    /// What became of the lines of the last answer to this client that had any.
    pub last_set: Arc<[Line]>,
}

/// The answer.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) took: Duration,
    pub(crate) status: StatusCode,
    pub(crate) head: Head,
    pub(crate) set: Vec<Line>,
    /// How many more `Set-Cookie` lines there were than are kept.
    pub(crate) lines_left_out: usize,
    /// The server's own word on this exchange, where the lesson says one.
    pub(crate) word: Option<String>,
    /// What the lesson's store holds after it, where a store is the lesson.
    pub(crate) store: Option<Arc<[StoreRow]>>,
    /// The handler panicked, and the classroom answered in its place.
    pub(crate) panicked: bool,
}

/// The body of a request, as far as it is kept: 4 KB of a form. Values of passwords are never here.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Bytes that it has, where that is known.
    pub size: Option<u64>,
    /// The fields of a form, in order: percent-decoded name, and value unless it is a password.
    pub fields: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Not all of it is here: it is no form, or longer than is kept.
    pub cut: bool,
}

/// The jar of one client, as it is or was after an exchange.
#[derive(Clone, Debug)]
pub struct JarAt {
    pub client: Client,
    /// In the order in which they came to be known. What ended stays a while, and says so.
    pub(crate) cookies: Vec<Arc<Known>>,
}

impl Exchange {
    /// About how many bytes it holds.
    pub(crate) fn weight(&self) -> usize {
        /// For each thing in a list.
        const EACH: usize = 200;
        let asked = &self.asked;
        let came = asked.came.iter().map(|came| came.name.len() + came.value.len() + 2 * EACH);
        let absent = asked.absent.iter().map(|one| one.name.len() + one.value.len() + 3 * EACH);
        let fields = asked.body.fields.iter();
        let fields =
            fields.map(|(name, value)| name.len() + value.as_ref().map_or(0, Vec::len) + EACH);
        let lines = self.answer.set.iter().chain(&*asked.last_set);
        // A receipt repeats what is in its line, and an old value may be as long.
        let lines = lines.map(|line| 3 * line.line.len() + 4 * EACH);
        let rows = self.answer.store.iter().flat_map(|rows| &**rows);
        let rows = rows.map(|row| row.key.len() + row.what.len() + EACH);
        let beside = self.beside.iter().map(|(_, change)| change);
        let changes = self.changes.iter().chain(beside).map(|change| change.weight());
        2000 + asked.target.len()
            + asked.head.weight()
            + self.answer.head.weight()
            + self.answer.word.as_ref().map_or(0, String::len)
            + came.sum::<usize>()
            + absent.sum::<usize>()
            + fields.sum::<usize>()
            + lines.sum::<usize>()
            + rows.sum::<usize>()
            + changes.sum::<usize>()
    }
}
