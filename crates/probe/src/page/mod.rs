//! A page as a browser reads it: its text, its elements, its links and forms, whatever way its HTML is written.

mod form;
mod markup;
mod text;

use std::ops::Range;

pub(crate) use form::encoded;
pub use form::{Control, Form, Kind, Submission};
pub use text::{collapsed, excerpt, in_a_page};

use crate::Address;
use markup::Piece;

/// A page, read. [`Reply::page`](crate::Reply::page) reads one.
///
/// ```
/// use probe::{Address, Page};
///
/// let page = Page::of(
///     &Address::of("http://localhost:3101/"),
///     "<title>T</title><p class=a>Look: <b>light</b>,\n Nick: O&#39;Hara &lt;3<ul><li>milk<li>bread</ul><a href=hello?x=1>Hi</a>",
/// );
/// assert_eq!(page.text(), "Look: light, Nick: O'Hara <3 milk bread Hi");
/// assert!(page.says("Nick:  O'Hara"));
/// assert_eq!(page.texts("li"), ["milk", "bread"]);
/// assert_eq!(page.elements("p")[0].attribute("class"), Some("a"));
/// assert_eq!(page.link("Hi").map(|to| to.target()).as_deref(), Some("/hello?x=1"));
/// ```
#[derive(Clone, Debug)]
pub struct Page {
    address: Address,
    elements: Vec<Element>,
    pieces: Vec<Piece>,
    /// Every tag and comment, in order, with what could run a script: what a text must not change.
    shape: Vec<String>,
}

/// An element of a page.
#[derive(Clone, Debug)]
pub struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    /// Its content among the page's pieces.
    content: Range<usize>,
    text: String,
    source: String,
}

impl Element {
    /// Whether it stands in the other.
    fn is_in(&self, other: &Element) -> bool {
        // Its start stands right before its content.
        other.content.contains(&(self.content.start - 1))
    }

    /// Its name, in lower case.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// An attribute's value, character references resolved; empty where it has none.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// Its attributes, by their names in lower case.
    #[must_use]
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// Its text as a reader sees it: white space collapsed, hidden elements left out.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All text in it as it was written, character references resolved: of a `textarea` or a `pre`.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl Page {
    /// Reads HTML, at this address.
    #[must_use]
    pub fn of(address: &Address, html: &str) -> Self {
        markup::read(address, html)
    }

    /// A text that is no HTML: a browser shows it as it is.
    #[must_use]
    pub fn of_plain(address: &Address, text: &str) -> Self {
        Self {
            address: address.clone(),
            elements: Vec::new(),
            pieces: vec![Piece::Text(text.to_owned())],
            shape: Vec::new(),
        }
    }

    /// The page's address.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// What a reader sees of the page: its text, with white space collapsed and a space between blocks. Without the title,
    /// without scripts and styles, without elements that are `hidden`.
    #[must_use]
    pub fn text(&self) -> String {
        text::shown(&self.elements, &self.pieces, 0..self.pieces.len())
    }

    /// All text of the page as it was written, character references resolved: with all its white space, and without what
    /// no reader sees, such as the title.
    #[must_use]
    pub fn source(&self) -> String {
        text::seen(&self.elements, &self.pieces, 0..self.pieces.len(), "")
    }

    /// Whether a reader sees these words, in this order. White space is collapsed in both.
    #[must_use]
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(&collapsed(words))
    }

    /// Whether a reader sees these words, and no letter or digit right behind them: `Visits: 4` does not stand in `Visits: 42`.
    #[must_use]
    pub fn says_whole(&self, words: &str) -> bool {
        let (text, words) = (self.text(), collapsed(words));
        let mut found = text.match_indices(&words);
        found.any(|(at, _)| !text[at + words.len()..].starts_with(char::is_alphanumeric))
    }

    /// All elements, in order.
    #[must_use]
    pub fn all(&self) -> &[Element] {
        &self.elements
    }

    /// All elements of this name (in lower case), in order.
    #[must_use]
    pub fn elements(&self, name: &str) -> Vec<&Element> {
        self.elements.iter().filter(|element| element.name == name).collect()
    }

    /// The texts of all elements of this name: `page.texts("li")`.
    #[must_use]
    pub fn texts(&self, name: &str) -> Vec<&str> {
        self.elements(name).into_iter().map(Element::text).collect()
    }

    /// The first element of this name whose attribute `attribute` is `value`.
    #[must_use]
    pub fn element_with(&self, name: &str, attribute: &str, value: &str) -> Option<&Element> {
        self.elements(name).into_iter().find(|element| element.attribute(attribute) == Some(value))
    }

    /// The title, as a tab shows it.
    #[must_use]
    pub fn title(&self) -> String {
        self.elements("title").first().map(|title| collapsed(title.source())).unwrap_or_default()
    }

    /// The first `h1`, as it was written: with all its white space.
    #[must_use]
    pub fn heading(&self) -> &str {
        self.elements("h1").first().map_or("", |heading| heading.source())
    }

    /// The links: the text of each, and where it leads. Links that lead to no page are left out.
    #[must_use]
    pub fn links(&self) -> Vec<(&str, Address)> {
        let anchors = self.elements("a").into_iter();
        anchors
            .filter_map(|anchor| Some((anchor.text(), self.address.at(anchor.attribute("href")?)?)))
            .collect()
    }

    /// Where the link leads that has this text, or that leads to this address (whole or relative to the page).
    #[must_use]
    pub fn link(&self, which: &str) -> Option<Address> {
        let links = self.links();
        let text = collapsed(which);
        let by_text = links.iter().find(|(shown, _)| *shown == text);
        let meant = self.address.at(which);
        let found = by_text.or_else(|| links.iter().find(|(_, to)| Some(to) == meant.as_ref()));
        found.map(|(_, to)| to.clone())
    }

    /// The addresses of the page's images, in order.
    #[must_use]
    pub fn images(&self) -> Vec<Address> {
        let images = self.elements("img").into_iter();
        images.filter_map(|image| self.address.at(image.attribute("src")?)).collect()
    }

    /// The forms, in order.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        form::forms(self)
    }

    /// The form that sends to this address (`/login`), or, where no form does, the first that has a field of this name.
    #[must_use]
    pub fn form(&self, which: &str) -> Option<Form> {
        let forms = self.forms();
        let meant = self.address.at(which);
        let sends = |form: &&Form| form.action() == meant.as_ref();
        let has = |form: &&Form| form.controls().iter().any(|control| control.name == which);
        forms.iter().find(sends).or_else(|| forms.iter().find(has)).cloned()
    }

    /// What markup this page has that `harmless` has not: the question whether a text that somebody typed came out as text
    /// alone. `harmless` is the same page for a harmless word. `None` where each tag, each attribute's name, each comment and
    /// all that could run as a script is the same; else the first difference, as part of a sentence.
    ///
    /// ```
    /// use probe::{Address, Page};
    ///
    /// let page = |name: &str| Page::of(&Address::of("http://localhost/"), &format!("<h1 title=\"{name}\">{name}</h1>"));
    /// let harmless = page("Ada");
    /// assert_eq!(page("Bob &#60;3 > '").foreign_markup(&harmless), None);
    /// assert_eq!(
    ///     page("\" onclick=\"alert(1)").foreign_markup(&harmless).as_deref(),
    ///     Some("`<h1 onclick=\"alert(1)\" title>` where a harmless text has `<h1 title>`")
    /// );
    /// ```
    #[must_use]
    pub fn foreign_markup(&self, harmless: &Page) -> Option<String> {
        let at = (0..self.shape.len().max(harmless.shape.len()))
            .find(|at| self.shape.get(*at) != harmless.shape.get(*at))?;
        let side = |shape: &[String]| match shape.get(at) {
            Some(markup) => format!("`{}`", excerpt(markup, "")),
            None => "nothing more".to_owned(),
        };
        Some(format!("{} where a harmless text has {}", side(&self.shape), side(&harmless.shape)))
    }
}
