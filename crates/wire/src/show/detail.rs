//! All of an exchange: its lines first, then how a browser reads them, then the same as a curl command.

use cookie_rules::{Note, visible};

use super::{
    super::model::facts::{Exchange, Line, Program},
    Pair, Reader, Sentence,
    curl::{Curl, curl},
    hide, html,
    ladder::{self, fields, status_line},
    picture::Kept,
};
use crate::words::Words;

/// An exchange on a page of its own.
pub struct Detail {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) first: String,
    pub(crate) request: Vec<(String, String)>,
    pub(crate) fields: Vec<Pair>,
    pub(crate) status: String,
    pub(crate) response: Vec<(String, String)>,
    pub(crate) word: String,
    pub(crate) came: Vec<Item>,
    pub(crate) absent: Vec<Item>,
    pub(crate) set: Vec<Item>,
    pub(crate) who: String,
    /// HTML.
    pub(crate) rules: String,
    pub(crate) when: String,
    pub(crate) curl: Option<Curl>,
}

/// What is to be said of one cookie, or of several alike.
pub(crate) struct Item {
    pub(crate) lead: &'static str,
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) said: Vec<Sentence>,
}

impl Detail {
    /// What this reader may see of it.
    pub fn of(exchange: &Exchange, kept: &Kept, reader: Reader) -> Self {
        let Reader { words, hide } = reader;
        let (asked, answer) = (&exchange.asked, &exchange.answer);
        let secret = hide::secret(exchange);
        let lines = |head| hide::lines(head, hide, &secret);
        let came = asked.came.iter().map(|came| Item {
            lead: words.labels().mark_came,
            pairs: vec![(visible(&came.name), hide.value(&came.value, came.http_only))],
            said: vec![words.came(&came.how, &|value| hide.value(value, came.http_only)).into()],
        });
        let absent = asked.absent.iter().map(|absent| Item {
            lead: words.absent_lead(&absent.why),
            pairs: vec![(visible(&absent.name), hide.value(&absent.value, absent.http_only))],
            said: vec![words.absent(&absent.why).into()],
        });
        let mut request = lines(&asked.head);
        request.extend(left_out(asked.head.left_out(), words));
        let mut response = lines(&answer.head);
        response.extend(left_out(answer.head.left_out(), words));
        let names = ladder::names(&kept.exchanges);
        let who = words.called(ladder::named(&names, exchange));
        Self {
            number: exchange.number,
            title: words.exchange(exchange.number),
            first: format!("{} {}", asked.method, hide.target(asked.target.as_bytes())),
            request,
            fields: fields(exchange, reader),
            status: status_line(exchange),
            response,
            word: answer.word.as_ref().map_or(String::new(), |word| visible(word.as_bytes())),
            came: alike(came),
            absent: alike(absent),
            set: alike(answer.set.iter().map(|line| Item::of(line, asked.client.program, reader))),
            who: words.known_by(&asked.client, &who),
            rules: html(&words.rules(&asked.client)),
            when: words.when(asked.at, answer.took),
            curl: curl(exchange, reader),
        }
    }
}

/// Whether it matters to a cookie that ends: which requests it would come with does not.
fn tells_which(note: &Note) -> bool {
    !matches!(note, Note::SameSiteDefault | Note::BadSameSite { .. })
}

fn left_out(count: usize, words: &dyn Words) -> Option<(String, String)> {
    (count > 0).then(|| ("…".to_owned(), words.not_kept(count)))
}

/// Items of which the same is said are one.
fn alike(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut all: Vec<Item> = Vec::new();
    for item in items {
        match all.iter_mut().find(|other| other.lead == item.lead && other.said == item.said) {
            Some(other) => other.pairs.extend(item.pairs),
            None => all.push(item),
        }
    }
    all
}

impl Item {
    fn of(line: &Line, program: Program, Reader { words, hide }: Reader) -> Self {
        let (name, value, _) = line.parts();
        let mut said: Vec<Sentence> = vec![hide.said(words.set(&line.outcome), line).into()];
        if let Some(receipt) = line.receipt() {
            let notes = receipt.notes.iter().filter(|note| !line.ends() || tells_which(note));
            said.extend(notes.map(|note| hide.said(words.note(note, program), line).into()));
        }
        said.retain(|sentence| !sentence.html.is_empty());
        let http_only = hide::is_http_only(&line.line);
        Self {
            lead: words.set_lead(&line.outcome),
            pairs: vec![(visible(name), hide.value(value, http_only))],
            said,
        }
    }
}
