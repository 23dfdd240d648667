//! One thing, one word: what `lessons/README.md` says not to write is looked for in all that a learner reads.

use std::path::{Path, PathBuf};

use crate::say::Doing;
use crate::tools::markdown::Document;
use crate::tools::report::{Problem, Stop};

/// The document that has the table.
const PAGE: &str = "lessons/README.md";

/// The head of that table.
const HEAD: [&str; 2] = ["not", "write"];

/// What is not to be written, and what instead.
pub struct Words {
    phrases: Vec<Phrase>,
    /// The lines of the table, which names them all.
    own: Vec<usize>,
}

struct Phrase {
    words: Vec<String>,
    instead: String,
}

/// A word of a text, or the end of a sentence.
#[derive(Debug, PartialEq, Eq)]
struct Token {
    /// In small letters; empty where a sentence ends.
    word: String,
    line: usize,
}

impl Words {
    /// Those of the workspace at `root`: none where its page has no such table.
    pub fn read(root: &Path) -> Result<Self, Stop> {
        if !root.join(PAGE).is_file() {
            return Ok(Self { phrases: Vec::new(), own: Vec::new() });
        }
        Ok(Self::of(&Document::read(root, Path::new(PAGE))?))
    }

    fn of(page: &Document) -> Self {
        let is_it = |cells: &[String]| cells.iter().map(|cell| cell.trim()).eq(HEAD);
        let rows = page.tables.iter().filter(|table| is_it(&table.head.cells));
        let rows: Vec<_> = rows.flat_map(|table| &table.rows).collect();
        let phrases = rows.iter().flat_map(|row| {
            let instead = row.cells.get(1).map_or("", |cell| cell.trim());
            row.cells[0].split(',').map(move |phrase| Phrase {
                words: tokens(phrase, |_| false).into_iter().map(|token| token.word).collect(),
                instead: instead.to_owned(),
            })
        });
        Self {
            phrases: phrases.filter(|phrase| !phrase.words.is_empty()).collect(),
            own: rows.iter().map(|row| row.line).collect(),
        }
    }

    /// The uses in a document, code left out.
    pub fn check(&self, document: &Document) -> Vec<Problem> {
        let is_table = |line: usize| document.path == Path::new(PAGE) && self.own.contains(&line);
        let is_code = |line: usize| {
            document
                .blocks
                .iter()
                .any(|block| (block.rows.start..=block.rows.end).contains(&(line - 1)))
        };
        self.look(&document.path, &document.text, |line| is_table(line) || is_code(line))
    }

    /// The uses in a text that a learner reads elsewhere: a page's template, the header of an exercise.
    pub fn check_file(&self, root: &Path, path: PathBuf) -> Result<Vec<Problem>, Stop> {
        let full = root.join(&path);
        let text = std::fs::read_to_string(&full)
            .map_err(|error| Stop::file(Doing::Read, &full, &error))?;
        let is_source = path.extension().is_some_and(|extension| extension == "rs");
        let lines: Vec<&str> = text.lines().collect();
        let is_code = |line: usize| is_source && !lines[line - 1].trim_start().starts_with("//!");
        Ok(self.look(&path, &text, is_code))
    }

    fn look(&self, path: &Path, text: &str, is_skipped: impl Fn(usize) -> bool) -> Vec<Problem> {
        let tokens = tokens(text, is_skipped);
        let mut problems = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            for phrase in &self.phrases {
                let there = tokens[at..].iter().map(|token| &token.word).take(phrase.words.len());
                if there.eq(&phrase.words) {
                    let what = format!(
                        "not `{}`; write: {} ({PAGE} has the list)",
                        phrase.words.join(" "),
                        phrase.instead
                    );
                    problems.push(Problem::at(path, token.line, what));
                }
            }
        }
        problems
    }
}

/// The words of a text, without code in backticks, tags, and what a template fills in.
fn tokens(text: &str, is_skipped: impl Fn(usize) -> bool) -> Vec<Token> {
    let mut found = Vec::new();
    // What ends the code, the tag or the hole that the text is in.
    let mut until: Option<&str> = None;
    for (at, line) in text.lines().enumerate() {
        let line_number = at + 1;
        let end = || Token { word: String::new(), line: line_number };
        if line.trim().is_empty() || is_skipped(line_number) {
            // No backtick, and no tag of ours, is open across an empty line.
            until = None;
            found.push(end());
            continue;
        }
        let mut rest = line;
        while !rest.is_empty() {
            if let Some(close) = until {
                let Some((_, after)) = rest.split_once(close) else { break };
                until = None;
                rest = after;
                continue;
            }
            let opens = [("`", "`"), ("{{", "}}"), ("{%", "%}"), ("<", ">"), ("](", ")")];
            if let Some((open, close)) = opens.iter().find(|(open, _)| rest.starts_with(open)) {
                rest = &rest[open.len()..];
                until = Some(*close);
                continue;
            }
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-');
            let length = rest.find(|c: char| !is_part(c)).unwrap_or(rest.len());
            if length > 0 {
                let word = rest[..length].to_lowercase().replace('’', "'");
                let word = word.trim_matches(['\'', '-']).to_owned();
                if !word.is_empty() {
                    found.push(Token { word, line: line_number });
                }
                rest = &rest[length..];
                continue;
            }
            let mut chars = rest.chars();
            if chars.next().is_some_and(|c| ".:;!?|()".contains(c)) {
                found.push(end());
            }
            rest = chars.as_str();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "| not | write |\n| --- | --- |\n| mend, an end that is over | fix |\n\n| term | means |\n| - | - |\n| x | y |\n";

    fn found(text: &str) -> Vec<(usize, String)> {
        let words = Words::of(&Document::parse(Path::new(PAGE), TABLE.to_owned()));
        let problems = words.check(&Document::parse(Path::new("x.md"), text.to_owned()));
        problems.into_iter().map(|problem| (problem.line.unwrap_or(0), problem.what)).collect()
    }

    #[test]
    fn a_phrase_is_found_across_lines_and_marks() {
        let lines = |text| found(text).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
        assert_eq!(lines("a\nMend it. An *end\nthat* is over\n\n- to mend"), [2, 2, 5]);
        assert!(found("mend")[0].1.starts_with("not `mend`; write: fix"));
    }

    #[test]
    fn other_words_code_and_the_table_itself_are_left_alone() {
        for text in [
            "amend, mending, mend-it",
            "`mend` and `a\nmend`",
            "```sh\nmend\n```\n\n    mend",
            "[x](mend.md) <a href=\"mend\"> {{ mend }} {% if mend %}",
            "An end. That is over",
            "an end\n\nthat is over",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
        let words = Words::of(&Document::parse(Path::new(PAGE), TABLE.to_owned()));
        let page = Document::parse(Path::new(PAGE), format!("{TABLE}\nmend\n"));
        assert_eq!(words.check(&page).len(), 1);
    }
}
