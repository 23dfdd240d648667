//! The text of a page, as a reader sees it.

use std::ops::Range;

use super::{Element, markup::Piece};

/// Elements that begin no line of their own: what stands beside them stays one word with them.
const INLINE: [&str; 30] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong", "sub",
    "sup", "time", "u", "var",
];

/// Elements whose content no reader sees.
const UNSEEN: [&str; 7] =
    ["datalist", "iframe", "noscript", "script", "style", "template", "title"];

/// How much of a page a message shows, in characters.
const EXCERPT: usize = 300;

/// The pieces' text, with white space collapsed.
pub(super) fn shown(elements: &[Element], pieces: &[Piece], range: Range<usize>) -> String {
    collapsed(&seen(elements, pieces, range, " "))
}

/// The pieces' text that a reader sees, with this at each edge of a block.
pub(super) fn seen(
    elements: &[Element],
    pieces: &[Piece],
    range: Range<usize>,
    edge: &str,
) -> String {
    let mut text = String::new();
    let mut at = range.start;
    while at < range.end {
        match &pieces[at] {
            Piece::Text(part) => text.push_str(part),
            Piece::Edge(element) => {
                let element = &elements[*element];
                let hidden = element.attribute("hidden").is_some()
                    || UNSEEN.contains(&element.name.as_str());
                if !INLINE.contains(&element.name.as_str()) {
                    text.push_str(edge);
                }
                if hidden && at + 1 == element.content.start {
                    at = element.content.end;
                    continue;
                }
            }
        }
        at += 1;
    }
    text
}

/// All text between the two, as it is.
pub(super) fn source(pieces: &[Piece], range: Range<usize>) -> String {
    let texts = pieces[range].iter().filter_map(|piece| match piece {
        Piece::Text(text) => Some(text.as_str()),
        Piece::Edge(_) => None,
    });
    texts.collect()
}

/// The text with each run of white space as one space, and none at its ends: what a browser shows of it.
#[must_use]
pub fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text as it comes out of a page that holds it: HTML has one kind of line break, and no NUL. What [`Element::source`] is to
/// be compared with, where somebody typed such things.
#[must_use]
pub fn in_a_page(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}

/// The part of a text that matters to whoever looks for `words`: at most 300 characters around the place where the words, or
/// as many of them as are there, stand; the start where none is.
///
/// ```
/// let page = format!("{} Logged in as Eve. {}", "x ".repeat(500), "y ".repeat(500));
/// let part = probe::excerpt(&page, "Logged in as Ada");
/// assert!(part.contains("Logged in as Eve") && part.chars().count() <= 302, "{part}");
/// ```
#[must_use]
pub fn excerpt(text: &str, words: &str) -> String {
    let words = collapsed(words);
    let ends = words.char_indices().map(|(at, character)| at + character.len_utf8()).rev();
    let place = ends.filter_map(|end| text.find(&words[..end])).next().unwrap_or(0);
    let before = text[..place].chars().count().saturating_sub(EXCERPT / 3);
    let part: String = text.chars().skip(before).take(EXCERPT).collect();
    let start = if before > 0 { "…" } else { "" };
    let end = if text.chars().count() > before + EXCERPT { "…" } else { "" };
    format!("{start}{part}{end}")
}
