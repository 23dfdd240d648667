//! What is shown of the wire: its page, an exchange's own page, JSON, a curl command, two lines in a terminal.
//!
//! Facts come from `model`, sentences from `crate::words`; here they are put where they belong. Nothing that a client sent is shown
//! but through [`visible`](cookie_rules::visible), and the templates escape it.

pub(crate) mod curl;
pub(crate) mod detail;
pub(crate) mod hide;
pub(crate) mod jar;
pub(crate) mod json;
pub(crate) mod ladder;
pub(crate) mod pages;
pub(crate) mod picture;
pub(crate) mod trace;
pub(crate) mod view;

use cookie_rules::visible;

use crate::words::{Said, Words, html};
use hide::Hide;

/// How much of a value stands in the jar and on the ladder, in characters: all of it up to the first, or the second.
const SHORT: (usize, usize) = (20, 16);

/// Who looks: in which words it is told, and whether values are hidden.
#[derive(Clone, Copy)]
pub struct Reader {
    pub(crate) words: &'static dyn Words,
    pub(crate) hide: Hide,
}

impl Reader {
    /// Of a page or a terminal.
    pub fn of(words: &'static dyn Words, projector: bool) -> Self {
        let hide = if projector { Hide::By(words.labels().hidden) } else { Hide::Nothing };
        Self { words, hide }
    }
}

/// A cookie's name and value as a chip shows them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Pair {
    fn of(name: &[u8], value: &[u8], http_only: bool, hide: Hide) -> Self {
        Self { name: short(&visible(name)), value: short(&hide.value(value, http_only)) }
    }

    /// The same of a cookie whose value was `was`: what of it is shown is what differs.
    fn of_changed(name: &[u8], value: &[u8], was: &[u8], http_only: bool, hide: Hide) -> Self {
        let [value, was] = [value, was].map(|value| hide.value(value, http_only));
        let [value, _] = apart(&value, &was);
        Self { name: short(&visible(name)), value }
    }
}

/// A sentence as HTML, and its section.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) html: String,
    pub(crate) section: &'static str,
}

impl From<Said> for Sentence {
    fn from(said: Said) -> Self {
        Self { html: html(&said.text), section: said.section }
    }
}

/// The start of a text, where it is long.
fn short(text: &str) -> String {
    let (all, start) = SHORT;
    match text.char_indices().nth(start) {
        Some((end, _)) if text.chars().nth(all).is_some() => format!("{}…", &text[..end]),
        _ => text.to_owned(),
    }
}

/// Two texts, short, where each is long: from where they differ, if they begin alike.
fn apart(one: &str, other: &str) -> [String; 2] {
    /// How much of what is alike stands before.
    const ALIKE: usize = 4;
    let both = [short(one), short(other)];
    if one == other || both[0] != both[1] {
        return both;
    }
    let alike = one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count();
    [one, other].map(|text| {
        let rest: String = text.chars().skip(alike - ALIKE).collect();
        format!("…{}", short(&rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_long_values_that_begin_alike_one_sees_where_they_differ() {
        assert_eq!(apart("dark", "light"), ["dark", "light"]);
        let (one, other) =
            ("eyJfcGVybWFuZW50Ijp0cnVl.aa", "eyJfcGVybWFuZW50Ijp0cnVl.abcdefghijklmnopqrst");
        assert_eq!(apart(one, other), ["…Vl.aa", "…Vl.abcdefghijklm…"]);
        assert_eq!(apart(one, one), ["eyJfcGVybWFuZW50…", "eyJfcGVybWFuZW50…"]);
    }

    #[test]
    fn a_text_is_cut_only_where_that_saves_something() {
        assert_eq!(short("%E5%B0%8F%E6%98%8E"), "%E5%B0%8F%E6%98%8E");
        assert_eq!(short("workbench_cross_site"), "workbench_cross_site");
        assert_eq!(short("workbench_cross_sites"), "workbench_cross_…");
    }
}
