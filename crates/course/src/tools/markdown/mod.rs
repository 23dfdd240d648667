//! A document, taken apart: its headings, code blocks, links, tables and comments, each with its line.

mod reader;

use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{BrokenLink, LinkType, Options, Parser};

use reader::{Lines, Reader};

use crate::say::Doing;
use crate::tools::report::Stop;

#[derive(Debug)]
pub struct Heading {
    /// 1 for `#`.
    pub level: usize,
    pub text: String,
    /// What a link names: GitHub's slug, made unique.
    pub slug: String,
    pub line: usize,
}

#[derive(Debug)]
pub struct CodeBlock {
    /// The first word after the fence; empty where there is none.
    pub language: String,
    /// The comment that stands right before it, with its line.
    pub comment: Option<(Comment, usize)>,
    /// The line of the opening fence.
    pub line: usize,
    /// Its lines, without the indentation of a list around it.
    pub lines: Vec<String>,
    /// The document's lines (counted from 0) that hold its content.
    pub rows: Range<usize>,
    /// What stands before each content line: the indentation of a list.
    pub indent: String,
}

impl CodeBlock {
    /// The document's line (counted from 1) of content line `at`.
    pub fn line_of(&self, at: usize) -> usize {
        self.rows.start + 1 + at
    }
}

/// A comment that says something to `verify`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comment {
    /// `<!-- code: … -->`
    Code(String),
    /// `<!-- server: … -->`: what older documents said of the server, unseen.
    Server(String),
    /// `<!-- python: … -->`
    Python(String),
    /// `<!-- matrix: … -->`, before a table.
    Matrix(String),
}

#[derive(Debug)]
pub struct Link {
    pub target: String,
    pub line: usize,
    /// Whether it stands in a table.
    pub in_table: bool,
}

/// A row of a table: the plain text of its cells.
#[derive(Debug)]
pub struct Row {
    /// One text a cell.
    pub cells: Vec<String>,
    pub line: usize,
}

/// A table; its first row is the head.
#[derive(Debug)]
pub struct Table {
    /// The words of the `matrix` comment that stands right before it, and its line.
    pub matrix: Option<(String, usize)>,
    pub head: Row,
    pub rows: Vec<Row>,
}

/// A document and what was found in it.
#[derive(Debug)]
pub struct Document {
    pub path: PathBuf,
    /// Its text, as it is in the file.
    pub text: String,
    pub headings: Vec<Heading>,
    pub blocks: Vec<CodeBlock>,
    pub links: Vec<Link>,
    /// Code within sentences, with its line.
    pub codes: Vec<(String, usize)>,
    pub tables: Vec<Table>,
    /// `id`s of HTML elements.
    pub ids: Vec<String>,
    /// Comments for `verify` that nothing of their kind follows.
    pub stray: Vec<(Comment, usize)>,
    /// References like `[text][name]` whose name is nowhere defined.
    pub broken: Vec<(String, usize)>,
}

impl Document {
    /// Reads and parses the file at `root`/`path`.
    pub fn read(root: &Path, path: &Path) -> Result<Self, Stop> {
        let full = root.join(path);
        let text = std::fs::read_to_string(&full)
            .map_err(|error| Stop::file(Doing::Read, &full, &error))?;
        Ok(Self::parse(path, text))
    }

    pub fn parse(path: &Path, text: String) -> Self {
        let lines = Lines::of(&text);
        let mut broken = Vec::new();
        let mut reader = Reader::new(&text, &lines);
        {
            let note_broken = |link: BrokenLink<'_>| {
                if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) {
                    broken.push((link.reference.to_string(), lines.line_at(link.span.start)));
                }
                None
            };
            let options =
                Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
            let events = Parser::new_with_broken_link_callback(&text, options, Some(note_broken));
            for (event, range) in events.into_offset_iter() {
                reader.take(event, range);
            }
        }
        let Reader { headings, blocks, links, codes, tables, ids, mut stray, pending, .. } = reader;
        stray.extend(pending);
        let path = path.to_owned();
        Self { path, headings, blocks, links, codes, tables, ids, stray, broken, text }
    }

    pub fn last_line(&self) -> usize {
        self.text.lines().count().max(1)
    }

    /// Whether `#slug` leads somewhere.
    pub fn has_anchor(&self, slug: &str) -> bool {
        self.headings.iter().any(|heading| heading.slug == slug)
            || self.ids.iter().any(|id| id == slug)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(Path::new("lessons/x.md"), text.to_owned())
    }

    #[test]
    fn slugs_are_those_of_github() {
        let document = parse(
            "# Lesson 2: raw `cookies`!\n\n## A – B\n\n## One of_us\n\n## One\n\n## One\n\n## One\n",
        );
        let slugs: Vec<_> = document.headings.iter().map(|heading| heading.slug.as_str()).collect();
        assert_eq!(slugs, ["lesson-2-raw-cookies", "a--b", "one-of_us", "one", "one-1", "one-2"]);
    }

    #[test]
    fn a_comment_belongs_to_the_block_right_after_it() {
        let document = parse(
            "<!-- code: a.rs f -->\n```rust\nfn f() {}\n```\n\n<!-- code: b.rs g -->\n\ntext\n\n```rust\nx\n```\n",
        );
        assert_eq!(document.blocks[0].comment, Some((Comment::Code("a.rs f".to_owned()), 1)));
        assert_eq!(document.blocks[0].line_of(0), 3);
        assert_eq!(document.blocks[1].comment, None);
        assert_eq!(document.stray, [(Comment::Code("b.rs g".to_owned()), 6)]);
    }

    #[test]
    fn a_block_in_folded_html_and_in_a_list_is_found() {
        let document = parse(
            "<details>\n\n```console\n$ curl x\n\ny\n```\n\n</details>\n\n1. a\n\n   ```rust\n   fn f() {\n   }\n   ```\n",
        );
        assert_eq!(document.blocks[0].lines, ["$ curl x", "", "y"]);
        assert_eq!(document.blocks[0].rows, 3..6);
        assert_eq!(document.blocks[1].lines, ["fn f() {", "}"]);
        assert_eq!(document.blocks[1].indent, "   ");
        assert_eq!(document.blocks[1].line_of(0), 14);
    }

    #[test]
    fn links_images_and_html_attributes_are_found() {
        let document = parse(
            "[a](b.md#c)\n![d](e.svg)\n\n| x |\n| - |\n| [f](g.md) |\n\n<a id=\"here\"></a>\n<img src=\"h.svg\" alt=\"\">\n[i][nowhere]\n",
        );
        let targets: Vec<_> = document
            .links
            .iter()
            .map(|link| (link.target.as_str(), link.line, link.in_table))
            .collect();
        assert!(targets.contains(&("b.md#c", 1, false)));
        assert!(targets.contains(&("e.svg", 2, false)));
        assert!(targets.contains(&("g.md", 6, true)));
        assert!(targets.contains(&("h.svg", 9, false)));
        assert!(document.has_anchor("here"));
    }

    #[test]
    fn a_reference_without_a_definition_is_broken() {
        assert_eq!(parse("\nSee [this][nowhere].\n").broken, [("nowhere".to_owned(), 2)]);
    }

    #[test]
    fn lines_are_right_with_windows_line_ends() {
        let document = parse("# A\r\n\r\n```rust\r\nfn f() {}\r\n```\r\n");
        assert_eq!(document.blocks[0].lines, ["fn f() {}"]);
        assert_eq!(document.blocks[0].rows, 3..4);
    }
}
