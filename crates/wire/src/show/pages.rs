//! The wire as HTML: its page, and one for each exchange.

use std::fmt;

use askama::Template;

use super::{
    detail::{Detail, Item},
    html,
    ladder::Group,
    picture::Picture,
    view::View,
};
use crate::{
    spoken::Language,
    words::{Labels, Words},
};

/// How many bytes the groups in a frame may have, so that a page with its frame loads quickly. The newest is always whole.
const FRAME: usize = 14 * 1024;

/// What the open views are told.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Latest {
    /// The number of the latest exchange.
    pub number: u64,
    /// The projector is on.
    pub hides: bool,
    /// The run of the server, which counts exchanges from 1.
    pub run: u32,
}

impl fmt::Display for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hidden = if self.hides { " hidden" } else { "" };
        write!(f, "{}{hidden} in {}", self.number, self.run)
    }
}

#[derive(Template)]
#[template(path = "wire_page.html")]
struct WirePage<'a> {
    w: &'a Labels,
    other: Language,
    p: &'a Picture,
    /// Rendered groups: each is safe HTML.
    groups: &'a [String],
    projector: bool,
    lesson: String,
    /// The address of the lesson's first page.
    home: String,
}

#[derive(Template)]
#[template(path = "wire_group.html")]
struct GroupOf<'a> {
    w: &'a Labels,
    words: &'a dyn Words,
    /// What links to an exchange end with: its run, and the language that was asked for.
    query: &'a str,
    g: &'a Group,
}

#[derive(Template)]
#[template(path = "wire_exchange.html")]
struct ExchangePage<'a> {
    w: &'a Labels,
    other: Language,
    view: &'a View,
    d: &'a Detail,
    projector: bool,
}

/// The page.
pub fn page(
    picture: &Picture,
    lesson: String,
    home: String,
    projector: bool,
    language: Language,
) -> askama::Result<String> {
    let (w, words) = (language.labels(), language.words());
    let query = &picture.view.of_exchange();
    let mut groups = Vec::new();
    let mut bytes = 0;
    for g in &picture.groups {
        let group = GroupOf { w, words, query, g }.render()?;
        bytes += group.len();
        if picture.view.frame && !groups.is_empty() && bytes > FRAME {
            break;
        }
        groups.push(group);
    }
    WirePage { w, other: language.other(), p: picture, groups: &groups, projector, lesson, home }
        .render()
}

/// The page of one exchange.
pub fn exchange(
    detail: &Detail,
    projector: bool,
    language: Language,
    view: &View,
) -> askama::Result<String> {
    let (w, other) = (language.labels(), language.other());
    ExchangePage { w, other, view, d: detail, projector }.render()
}

impl WirePage<'_> {
    fn prediction(&self) -> String {
        html(self.w.prediction)
    }

    /// The address that turns the projector on or off, and leads back here.
    fn switch(&self) -> String {
        let address = self.p.view.address().replacen("/wire", "/wire/projector", 1);
        let divider = if address.contains('?') { '&' } else { '?' };
        if self.projector { address } else { format!("{address}{divider}on") }
    }

    /// The same address without any choice but the language: of the whole page, or of all that is kept.
    fn whole(&self, all: bool) -> String {
        View { all, language: self.p.view.language, ..View::default() }.address()
    }

    /// What is to be said of the page beside, where it was made before the projector was turned on or off.
    fn stale(&self) -> Option<&'static str> {
        let hides = self.p.view.hides.filter(|hides| *hides != self.projector)?;
        Some(if hides { self.w.page_hides } else { self.w.page_shows })
    }

    /// What tells this page from later ones.
    fn latest(&self) -> Latest {
        Latest { number: self.p.count, hides: self.projector, run: self.p.view.run }
    }

    fn curls(&self) -> String {
        html(self.w.curls_jar)
    }

    fn verdict(&self) -> String {
        html(&self.p.verdict)
    }

    /// What the form of a question says besides the answer.
    fn hidden(&self) -> Vec<(&'static str, String)> {
        let mut fields = View { all: false, guessed: None, ..self.p.view.clone() }.fields();
        if let Some(question) = &self.p.question {
            fields.push(("asked", question.number.to_string()));
        }
        fields
    }
}

impl ExchangePage<'_> {
    /// The wire's page.
    fn wire(&self) -> String {
        View { language: self.view.language, ..View::default() }.address()
    }

    /// This page in the other language.
    fn other(&self) -> String {
        View { language: Some(self.other), ..self.view.clone() }.of_exchange()
    }

    fn layer(&self) -> String {
        html(self.w.layer)
    }
}

impl Detail {
    /// What is said of its cookies, each part under its title.
    fn parts(&self, w: &Labels) -> [(&'static str, &[Item]); 3] {
        [(w.came, &self.came), (w.absent, &self.absent), (w.set, &self.set)]
    }
}
