//! Gathers a document's parts from the Markdown parser's events.

use std::ops::Range;

use documents::Anchors;
use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::{CodeBlock, Comment, Heading, Link, Row, Table};

/// Where lines start, to find the line of a byte.
pub struct Lines(Vec<usize>);

impl Lines {
    pub fn of(text: &str) -> Self {
        let after_ends =
            text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self(std::iter::once(0).chain(after_ends).collect())
    }

    /// The line (from 1) that holds byte `at`.
    pub fn line_at(&self, at: usize) -> usize {
        self.0.partition_point(|start| *start <= at)
    }
}

/// Gathers from the parser's events.
pub struct Reader<'a> {
    text: &'a str,
    lines: &'a Lines,
    pub headings: Vec<Heading>,
    pub blocks: Vec<CodeBlock>,
    pub links: Vec<Link>,
    pub codes: Vec<(String, usize)>,
    pub tables: Vec<Table>,
    pub ids: Vec<String>,
    pub stray: Vec<(Comment, usize)>,
    /// The last comment for `verify`, until something follows it.
    pub pending: Option<(Comment, usize)>,
    anchors: Anchors,
    heading: Option<Heading>,
    block: Option<(CodeBlock, String)>,
    html: Option<(String, usize)>,
    rows: Option<Vec<Row>>,
    /// The `matrix` comment before the table that is read.
    matrix: Option<(String, usize)>,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str, lines: &'a Lines) -> Self {
        Self {
            text,
            lines,
            headings: Vec::new(),
            blocks: Vec::new(),
            links: Vec::new(),
            codes: Vec::new(),
            tables: Vec::new(),
            ids: Vec::new(),
            stray: Vec::new(),
            pending: None,
            anchors: Anchors::default(),
            heading: None,
            block: None,
            html: None,
            rows: None,
            matrix: None,
        }
    }

    pub fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        let line = self.lines.line_at(range.start);
        match event {
            Event::Start(tag) => self.start(tag, range, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                self.text(&text);
                self.codes.push((text.to_string(), line));
            }
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
        if let (Tag::Table(_), Some((Comment::Matrix(words), line))) = (&tag, &self.pending) {
            self.matrix = Some((words.clone(), *line));
            self.pending = None;
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
                    heading.slug = self.anchors.next(&heading.text);
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
                let matrix = self.matrix.take();
                let mut rows = self.rows.take().unwrap_or_default().into_iter();
                if let Some(head) = rows.next() {
                    self.tables.push(Table { matrix, head, rows: rows.collect() });
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
}

/// The comment for `verify` in `inner`, if it is one.
fn comment(inner: &str) -> Option<Comment> {
    let (kind, words) = inner.split_once(':')?;
    let words = words.trim().to_owned();
    match kind {
        "code" => Some(Comment::Code(words)),
        "server" => Some(Comment::Server(words)),
        "python" => Some(Comment::Python(words)),
        "matrix" => Some(Comment::Matrix(words)),
        _ => None,
    }
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
