//! A document, taken apart: its headings, code blocks, links, tables and comments, each with its line.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use pulldown_cmark::{BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::tools::report::Stop;

/// A heading.
#[derive(Debug)]
pub struct Heading {
    /// 1 for `#`.
    pub level: usize,
    /// Its text without marks.
    pub text: String,
    /// What a link names: GitHub's slug, made unique.
    pub slug: String,
    /// Its line.
    pub line: usize,
}

/// A fenced code block.
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
    /// `<!-- server: … -->`
    Server(String),
}

/// A link or an image.
#[derive(Debug)]
pub struct Link {
    /// Where it points.
    pub target: String,
    /// Its line.
    pub line: usize,
    /// Whether it stands in a table.
    pub in_table: bool,
}

/// A row of a table: the plain text of its cells.
#[derive(Debug)]
pub struct Row {
    /// One text a cell.
    pub cells: Vec<String>,
    /// Its line.
    pub line: usize,
}

/// A table; its first row is the head.
#[derive(Debug)]
pub struct Table {
    /// The column names.
    pub head: Row,
    /// The rows below.
    pub rows: Vec<Row>,
}

/// A document and what was found in it.
#[derive(Debug)]
pub struct Document {
    /// Its path, relative to the workspace.
    pub path: PathBuf,
    /// Its text, as it is in the file.
    pub text: String,
    /// Headings in order.
    pub headings: Vec<Heading>,
    /// Code blocks in order.
    pub blocks: Vec<CodeBlock>,
    /// Links and images in order.
    pub links: Vec<Link>,
    /// Tables in order.
    pub tables: Vec<Table>,
    /// `id`s of HTML elements.
    pub ids: Vec<String>,
    /// Comments for `verify` that no code block follows.
    pub stray: Vec<(Comment, usize)>,
    /// References like `[text][name]` whose name is nowhere defined.
    pub broken: Vec<(String, usize)>,
}

impl Document {
    /// Reads and parses the file at `root`/`path`.
    pub fn read(root: &Path, path: &Path) -> Result<Self, Stop> {
        let full = root.join(path);
        let text =
            std::fs::read_to_string(&full).map_err(|error| Stop::file("read", &full, &error))?;
        Ok(Self::parse(path, text))
    }

    /// Takes `text` apart.
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
        let Reader { headings, blocks, links, tables, ids, mut stray, pending, .. } = reader;
        stray.extend(pending);
        Self { path: path.to_owned(), headings, blocks, links, tables, ids, stray, broken, text }
    }

    /// The number of the last line.
    pub fn last_line(&self) -> usize {
        self.text.lines().count().max(1)
    }

    /// Whether `#slug` leads somewhere.
    pub fn has_anchor(&self, slug: &str) -> bool {
        self.headings.iter().any(|heading| heading.slug == slug)
            || self.ids.iter().any(|id| id == slug)
    }
}

/// Where lines start, to find the line of a byte.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let after_ends =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after_ends).collect())
    }

    /// The line (from 1) that holds byte `at`.
    fn line_at(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }
}

/// Gathers from the parser's events.
struct Reader<'a> {
    text: &'a str,
    lines: &'a Lines,
    headings: Vec<Heading>,
    blocks: Vec<CodeBlock>,
    links: Vec<Link>,
    tables: Vec<Table>,
    ids: Vec<String>,
    stray: Vec<(Comment, usize)>,
    /// The last comment for `verify`, until something follows it.
    pending: Option<(Comment, usize)>,
    slugs: HashMap<String, usize>,
    heading: Option<Heading>,
    block: Option<(CodeBlock, String)>,
    html: Option<(String, usize)>,
    rows: Option<Vec<Row>>,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, lines: &'a Lines) -> Self {
        Self {
            text,
            lines,
            headings: Vec::new(),
            blocks: Vec::new(),
            links: Vec::new(),
            tables: Vec::new(),
            ids: Vec::new(),
            stray: Vec::new(),
            pending: None,
            slugs: HashMap::new(),
            heading: None,
            block: None,
            html: None,
            rows: None,
        }
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        let line = self.lines.line_at(range.start);
        match event {
            Event::Start(tag) => self.start(tag, range, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => self.text(&text),
            Event::SoftBreak | Event::HardBreak => self.text(" "),
            Event::Html(text) => match &mut self.html {
                Some((all, _)) => all.push_str(&text),
                None => self.html(&text, line),
            },
            Event::InlineHtml(text) => self.html(&text, line),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>, line: usize) {
        if let Tag::HtmlBlock = tag {
            self.html = Some((String::new(), line));
            return;
        }
        if let Tag::CodeBlock(kind) = &tag {
            self.start_block(kind, range, line);
            return;
        }
        self.stray.extend(self.pending.take());
        match tag {
            Tag::Heading { level, .. } => {
                self.heading = Some(Heading {
                    level: level as usize,
                    text: String::new(),
                    slug: String::new(),
                    line,
                });
            }
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                self.links.push(Link {
                    target: dest_url.to_string(),
                    line,
                    in_table: self.rows.is_some(),
                });
            }
            Tag::Table(_) => self.rows = Some(Vec::new()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(rows) = &mut self.rows {
                    rows.push(Row { cells: Vec::new(), line });
                }
            }
            Tag::TableCell => {
                if let Some(row) = self.rows.as_mut().and_then(|rows| rows.last_mut()) {
                    row.cells.push(String::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                if let Some(mut heading) = self.heading.take() {
                    heading.slug = self.unique_slug(&heading.text);
                    self.headings.push(heading);
                }
            }
            TagEnd::CodeBlock => {
                if let Some((mut block, content)) = self.block.take() {
                    block.lines = content.lines().map(str::to_owned).collect();
                    block.rows.end = block.rows.start + block.lines.len();
                    self.blocks.push(block);
                }
            }
            TagEnd::HtmlBlock => {
                if let Some((html, line)) = self.html.take() {
                    self.html(&html, line);
                }
            }
            TagEnd::Table => {
                let mut rows = self.rows.take().unwrap_or_default().into_iter();
                if let Some(head) = rows.next() {
                    self.tables.push(Table { head, rows: rows.collect() });
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, content)) = &mut self.block {
            content.push_str(text);
            return;
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(text);
        }
        if let Some(cell) =
            self.rows.as_mut().and_then(|rows| rows.last_mut()).and_then(|row| row.cells.last_mut())
        {
            cell.push_str(text);
        }
    }

    fn start_block(&mut self, kind: &CodeBlockKind<'_>, range: Range<usize>, line: usize) {
        let language = match kind {
            CodeBlockKind::Fenced(info) => {
                info.split([' ', ',']).next().map_or_else(String::new, str::to_owned)
            }
            CodeBlockKind::Indented => String::new(),
        };
        let start = self.lines.0.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..range.start).unwrap_or("");
        let indent = if before.trim().is_empty() { before } else { "" };
        // An indented block has no fence above its first line.
        let first = if matches!(kind, CodeBlockKind::Fenced(_)) { line } else { line - 1 };
        let block = CodeBlock {
            language,
            comment: self.pending.take(),
            line,
            lines: Vec::new(),
            rows: first..first,
            indent: indent.to_owned(),
        };
        self.block = Some((block, String::new()));
    }

    /// Reads comments, `id`s, `href`s and `src`s out of raw HTML.
    fn html(&mut self, html: &str, line: usize) {
        let line_in = |at: usize| line + html[..at].matches('\n').count();
        let mut rest = 0;
        let mut outside = String::new();
        while let Some(open) = html[rest..].find("<!--").map(|at| rest + at) {
            outside.push_str(&html[rest..open]);
            let close = html[open..].find("-->").map_or(html.len(), |at| open + at);
            self.stray.extend(self.pending.take());
            let inner = html.get(open + 4..close).unwrap_or("").trim();
            self.pending = comment(inner).map(|comment| (comment, line_in(open)));
            // Line numbers after a comment of several lines stay right.
            outside.extend(html[open..close].matches('\n'));
            rest = (close + 3).min(html.len());
        }
        let tail = &html[rest..];
        if !tail.trim().is_empty() {
            self.stray.extend(self.pending.take());
        }
        outside.push_str(tail);
        for (name, value, at) in attributes(&outside) {
            let line = line + outside[..at].matches('\n').count();
            match name {
                "id" | "name" => self.ids.push(value.to_owned()),
                _ => self.links.push(Link {
                    target: value.to_owned(),
                    line,
                    in_table: self.rows.is_some(),
                }),
            }
        }
    }

    fn unique_slug(&mut self, text: &str) -> String {
        let slug = slug(text);
        let seen = self.slugs.entry(slug.clone()).or_insert(0);
        let unique = if *seen == 0 { slug } else { format!("{slug}-{seen}") };
        *seen += 1;
        unique
    }
}

/// The comment for `verify` in `inner`, if it is one.
fn comment(inner: &str) -> Option<Comment> {
    if let Some(rest) = inner.strip_prefix("code:") {
        return Some(Comment::Code(rest.trim().to_owned()));
    }
    inner.strip_prefix("server:").map(|rest| Comment::Server(rest.trim().to_owned()))
}

/// The values of `id`, `name`, `href` and `src` in double quotes, each with its place.
fn attributes(html: &str) -> Vec<(&'static str, &str, usize)> {
    let mut found = Vec::new();
    for name in ["id", "name", "href", "src"] {
        let pattern = format!("{name}=\"");
        let mut from = 0;
        while let Some(at) = html[from..].find(&pattern).map(|at| from + at) {
            let start = at + pattern.len();
            let Some(end) = html[start..].find('"').map(|end| start + end) else {
                break;
            };
            let starts_a_word = html[..at].ends_with(|before: char| before.is_ascii_whitespace());
            if starts_a_word {
                found.push((name, &html[start..end], at));
            }
            from = end + 1;
        }
    }
    found
}

/// GitHub's name of a heading: lower case, spaces as `-`, nothing but letters, digits, `-` and `_`.
pub fn slug(heading: &str) -> String {
    let lower = heading.trim().to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(Path::new("lessons/x.md"), text.to_owned())
    }

    #[test]
    fn slugs_are_those_of_github() {
        assert_eq!(slug("Where this breaks"), "where-this-breaks");
        assert_eq!(slug("Lesson 2: raw `cookies`!"), "lesson-2-raw-cookies");
        assert_eq!(slug("A – B"), "a--b");
        let document = parse("# One\n\n## One\n\n## One\n");
        let slugs: Vec<_> = document.headings.iter().map(|heading| heading.slug.as_str()).collect();
        assert_eq!(slugs, ["one", "one-1", "one-2"]);
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
