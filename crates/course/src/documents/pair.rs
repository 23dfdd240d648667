//! A section in both languages: what must be the same in them.

use std::ops::Range;
use std::path::Path;

use ::documents::translation;

use crate::chinese::{chinese_name, english_of};
use crate::documents::finding::Finding;
use crate::documents::links;

use crate::tools::markdown::{CodeBlock, Document, Heading, Link};
use crate::tools::report::{Problem, Stop, count, slashed};
use crate::workspace::{Exercise, Workspace};

/// The header of an exercise's file, as a document of one section.
pub struct Header {
    exercise: String,
    document: Document,
}

impl Header {
    pub fn read(workspace: &Workspace, exercise: &Exercise) -> Result<Self, Stop> {
        let path = exercise.answer("starter.rs");
        let text = translation::header(&workspace.read(&path)?);
        let document = Document::parse(&path, text);
        Ok(Self { exercise: exercise.name.clone(), document })
    }
}

/// A section of one of the two documents, or the header of an exercise.
pub struct Part<'d> {
    pub document: &'d Document,
    pub heading: &'d Heading,
    /// What it is called in Chinese, where that is fixed: an exercise's task by its name and `：`, with a title behind.
    pub name: Option<String>,
    /// Its lines, counted from 1.
    lines: Range<usize>,
    pub hash: u32,
    pub made_from: Option<u32>,
}

impl<'d> Part<'d> {
    pub fn all(document: &'d Document) -> Vec<Self> {
        let said = translation::sections(&document.text);
        let ends = document.headings.iter().skip(1).map(|next| next.line);
        let ends = ends.chain([document.last_line() + 1]);
        let part = |(heading, end): (&'d Heading, usize)| {
            let said = said.iter().find(|said| said.line == heading.line);
            Self {
                document,
                heading,
                name: chinese_name(&heading.text),
                lines: heading.line..end,
                hash: said.map_or(0, |said| said.hash),
                made_from: said.and_then(|said| said.made_from),
            }
        };
        document.headings.iter().zip(ends).map(part).collect()
    }

    /// The sections of an English document, and after the exercises the headers that say what these are about.
    pub fn of_english(document: &'d Document, headers: &'d [Header]) -> Vec<Self> {
        let mut parts = Self::all(document);
        let is_it = |part: &Self| part.heading.level == 2 && part.heading.text == "Exercises";
        let Some(at) = parts.iter().position(is_it) else { return parts };
        let tasks = headers.iter().flat_map(|Header { exercise, document }| {
            let task = move |part| Self { name: Some(format!("{exercise}：")), ..part };
            Self::all(document).into_iter().map(task)
        });
        parts.splice(at + 1..at + 1, tasks);
        parts
    }

    /// Whether a Chinese heading is called as this one should be.
    pub fn calls(&self, chinese: &str) -> bool {
        self.name.as_ref().is_some_and(|name| match name.ends_with('：') {
            true => chinese.starts_with(name),
            false => chinese == name,
        })
    }

    /// Its heading as it is written, and where it is.
    pub fn shown(&self) -> String {
        let marks = "#".repeat(self.heading.level);
        let path = slashed(&self.document.path);
        format!("`{marks} {}` ({path}:{})", self.heading.text, self.heading.line)
    }

    pub fn within<T>(&self, all: &'d [T], line: impl Fn(&T) -> usize) -> Vec<&'d T> {
        all.iter().filter(|one| self.lines.contains(&line(one))).collect()
    }
}

/// Something that a section has: what must be the same, what a person is told of it, and its line.
struct Thing {
    key: String,
    shown: String,
    line: usize,
}

/// A document in both languages.
pub struct Pair<'a> {
    pub root: &'a Path,
    pub english: &'a Document,
    pub chinese: &'a Document,
    /// Those of the lesson's exercises, in the order of their table.
    pub headers: &'a [Header],
    /// What the two are checked with, behind `cargo course`.
    pub command: &'a str,
}

impl<'a> Pair<'a> {
    /// Tables, links and drawings, and the code within the sentences.
    pub fn contents(&self, en: &Part<'a>, zh: &Part<'a>, problems: &mut Vec<Problem>) {
        let english = en.shown();
        let mut wrong = |line, what| problems.push(Problem::at(&self.chinese.path, line, what));
        let mut ours = self.things(zh);
        for theirs in self.things(en) {
            match ours.iter().position(|own| own.key == theirs.key) {
                Some(at) => drop(ours.remove(at)),
                None => {
                    let (name, shown) = (&zh.heading.text, theirs.shown);
                    wrong(zh.heading.line, format!("`{name}` has no {shown}; {english} has one"));
                }
            }
        }
        for own in ours {
            wrong(own.line, format!("there is no {} in {english}", own.shown));
        }
    }

    /// What a section must have in both languages. Code within sentences counts once, however often it is written.
    fn things(&self, part: &Part<'a>) -> Vec<Thing> {
        let document = part.document;
        let thing = |key: String, shown: String, line| Thing { key, shown, line };
        let tables = part.within(&document.tables, |table| table.head.line).into_iter();
        let tables = tables.map(|table| {
            let (rows, columns) = (table.rows.len(), table.head.cells.len());
            let shown = format!("table of {rows} × {columns} cells");
            thing(
                format!("{shown} {:?}", table.matrix.as_ref().map(|(words, _)| words)),
                shown,
                table.head.line,
            )
        });
        let links = part.within(&document.links, |link| link.line).into_iter();
        let links = links.map(|link| {
            let shown = format!("link that leads where `{}` does", link.target);
            thing(self.goal(document, link), shown, link.line)
        });
        let mut codes = part.within(&document.codes, |(_, line)| *line);
        codes.sort();
        codes.dedup_by_key(|(code, _)| code);
        let codes = codes.into_iter();
        let codes =
            codes.map(|(code, line)| thing(format!("`{code}`"), format!("`{code}`"), *line));
        tables.chain(links).chain(codes).collect()
    }

    /// Where a link leads, as the English says it: a heading by its place, for its name is another.
    fn goal(&self, from: &Document, link: &Link) -> String {
        let (path, slug) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let file = if path.is_empty() {
            Some(from.path.clone())
        } else {
            links::file(&from.path, &link.target)
        };
        let Some(file) = file else { return link.target.clone() };
        let name = slashed(&english_of(&file));
        if slug.is_empty() {
            return name;
        }
        let known = [self.english, self.chinese].into_iter().find(|one| one.path == file);
        let place =
            |document: &Document| document.headings.iter().position(|heading| heading.slug == slug);
        let read = || Document::read(self.root, &file).ok().and_then(|other| place(&other));
        match known.map_or_else(read, place) {
            Some(place) => format!("{name}#{place}"),
            None => format!("{name}#{slug}"),
        }
    }

    /// Code blocks and transcripts, with their comments.
    pub fn blocks(&self, en: &Part<'a>, zh: &Part<'a>) -> Vec<Finding> {
        let [theirs, ours] =
            [en, zh].map(|part| part.within(&part.document.blocks, |block| block.line));
        let english = en.shown();
        if theirs.len() != ours.len() {
            let what = format!(
                "`{}` has {}, and {english} has {}",
                zh.heading.text,
                count(ours.len(), "code block", "code blocks"),
                theirs.len()
            );
            return vec![Problem::at(&self.chinese.path, zh.heading.line, what).into()];
        }
        theirs.into_iter().zip(ours).filter_map(|(en, zh)| self.block(en, zh, &english)).collect()
    }

    fn block(&self, en: &CodeBlock, zh: &CodeBlock, section: &str) -> Option<Finding> {
        let comment =
            |block: &CodeBlock| block.comment.as_ref().map(|(comment, _)| comment.clone());
        let what = if en.language != zh.language {
            Some(format!("this `{}` block is a `{}` block in {section}", zh.language, en.language))
        } else if comment(en) != comment(zh) {
            Some(format!("another comment stands before it in {section}"))
        } else {
            None
        };
        if let Some(what) = what {
            return Some(Problem::at(&self.chinese.path, zh.line, what).into());
        }
        let what = format!("this block differs from the English one in {section}");
        Finding::of_block(&self.chinese.path, zh, &en.lines, what)
    }
}
