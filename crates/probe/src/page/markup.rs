//! HTML to elements and text: html5gum's tokens, and as much of a browser's tree as tests ask for.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::{Element, Page, text};
use crate::Address;

/// A part of a page, in order.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// Text, character references resolved.
    Text(String),
    /// Where the element of this number starts or ends.
    Edge(usize),
}

/// Elements without content.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Elements that end an open `p`.
const ENDS_P: [&str; 27] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];

pub(super) fn read(address: &Address, html: &str) -> Page {
    let mut tree = Tree::default();
    let mut emitter = DefaultEmitter::<()>::new_with_span();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => tree.start(&tag),
            Token::EndTag(tag) => tree.end(&string(&tag.name)),
            // A browser drops NUL characters of a page.
            Token::String(text) => tree.text(string(&text.value).replace('\0', "")),
            Token::Comment(_) => tree.shape.push("<!-- -->".to_owned()),
            Token::Doctype(doctype) => {
                tree.shape.push(format!("<!DOCTYPE {}>", string(&doctype.name)))
            }
            Token::Error(_) => {}
        }
    }
    tree.close_to(0);
    let Tree { mut elements, pieces, shape, .. } = tree;
    for at in 0..elements.len() {
        let content = elements[at].content.clone();
        elements[at].text = text::shown(&elements, &pieces, content.clone());
        elements[at].source = text::source(&pieces, content);
    }
    Page { address: address.clone(), elements, pieces, shape }
}

fn string(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[derive(Default)]
struct Tree {
    elements: Vec<Element>,
    pieces: Vec<Piece>,
    shape: Vec<String>,
    /// The elements that are open, the innermost last.
    open: Vec<usize>,
}

impl Tree {
    fn start(&mut self, tag: &StartTag<()>) {
        let name = string(&tag.name);
        let attributes: Vec<_> = tag
            .attributes
            .iter()
            .map(|(name, value)| (string(name), string(&value.value)))
            .collect();
        self.shape.push(shape_of(&name, &attributes));
        // A form in a form is none.
        if name == "form" && self.open_at(&["form"], &[]).is_some() {
            return;
        }
        self.end_what_it_ends(&name);
        let number = self.elements.len();
        self.pieces.push(Piece::Edge(number));
        let content = self.pieces.len()..self.pieces.len();
        let closed = VOID.contains(&name.as_str())
            || (tag.self_closing && self.open_at(&["svg", "math"], &[]).is_some());
        self.elements.push(Element {
            name,
            attributes,
            content,
            text: String::new(),
            source: String::new(),
        });
        if !closed {
            self.open.push(number);
        }
    }

    /// Some elements end others that were left open: `<li>` the one before it in the same list.
    fn end_what_it_ends(&mut self, name: &str) {
        let (ended, within): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol"]),
            "dt" | "dd" => (&["dt", "dd"], &["dl"]),
            "option" => (&["option"], &["select"]),
            "optgroup" => (&["optgroup"], &["select"]),
            "tr" => (&["tr"], &["table"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "thead" | "tbody" | "tfoot" => (&["thead", "tbody", "tfoot"], &["table"]),
            "a" => (&["a"], &[]),
            "button" => (&["button"], &[]),
            "body" => (&["head"], &[]),
            name if ENDS_P.contains(&name) => (&["p"], &["button", "td", "th", "li"]),
            _ => return,
        };
        if let Some(at) = self.open_at(ended, within) {
            self.close_to(at);
        }
    }

    fn end(&mut self, name: &str) {
        self.shape.push(format!("</{name}>"));
        if let Some(at) = self.open_at(&[name], &[]) {
            self.close_to(at);
        }
    }

    fn text(&mut self, text: String) {
        let script = self.open.last().map(|at| self.elements[*at].name.as_str());
        if matches!(script, Some("script" | "style")) {
            self.shape.push(text.clone());
        }
        self.pieces.push(Piece::Text(text));
    }

    /// The place in `open` of the innermost element of one of these names, not looking out of `within`.
    fn open_at(&self, names: &[&str], within: &[&str]) -> Option<usize> {
        let inner = self.open.iter().enumerate().rev();
        inner
            .map(|(at, number)| (at, self.elements[*number].name.as_str()))
            .take_while(|(_, name)| !within.contains(name))
            .find(|(_, name)| names.contains(name))
            .map(|(at, _)| at)
    }

    fn close_to(&mut self, at: usize) {
        for number in self.open.drain(at..).rev() {
            self.elements[number].content.end = self.pieces.len();
            self.pieces.push(Piece::Edge(number));
        }
    }
}

/// A start tag without the values that a text may have a part in, but with those that could run a script.
fn shape_of(name: &str, attributes: &[(String, String)]) -> String {
    let mut shape = format!("<{name}");
    for (attribute, value) in attributes {
        let scheme = value.trim_ascii().split(':').next().unwrap_or_default().to_ascii_lowercase();
        let runs = attribute.starts_with("on")
            || matches!(attribute.as_str(), "style" | "srcdoc" | "http-equiv")
            || matches!(scheme.as_str(), "javascript" | "data" | "vbscript");
        shape.push_str(&if runs {
            format!(" {attribute}={value:?}")
        } else {
            format!(" {attribute}")
        });
    }
    shape + ">"
}
