//! What is wrong in a document, with the lines that would put it right where they are known.

use std::ops::Range;
use std::path::Path;

use crate::tools::diff::{Step, steps};
use crate::tools::markdown::CodeBlock;
use crate::tools::report::{Problem, difference, first_change};

/// Whether differences are only reported, or also fixed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Check,
    /// Rewrite code blocks and transcripts from what is true.
    Fix,
}

/// What was checked and what was found.
#[derive(Default)]
pub struct Report {
    pub problems: Vec<Problem>,
    /// What isn't wrong, but older than what it was made from.
    pub warnings: Vec<Problem>,
    /// What was fixed, a sentence a file.
    pub fixed: Vec<String>,
    pub documents: usize,
    pub blocks: usize,
    pub commands: usize,
    pub links: usize,
}

/// A problem, and what `verify --fix` would write in its place.
#[derive(Debug)]
pub struct Finding {
    pub problem: Problem,
    /// `None` where a person must look.
    pub fix: Option<Edit>,
}

impl Finding {
    /// Where a block does not have just these lines: `what`, the difference, and these lines instead.
    pub fn of_block(
        document: &Path,
        block: &CodeBlock,
        truth: &[String],
        what: impl Into<String>,
    ) -> Option<Self> {
        let found = steps(&block.lines, truth, |old, new| old == new);
        if found.iter().all(|step| matches!(step, Step::Keep(..))) {
            return None;
        }
        let line = block.line_of(first_change(&found, block.lines.len()));
        let shown = difference(&block.lines, truth, &found, block.line_of(0));
        let (rows, indent) = (block.rows.clone(), block.indent.clone());
        Some(Self {
            problem: Problem::at(document, line, what).with(shown),
            fix: Some(Edit { rows, lines: truth.to_owned(), indent }),
        })
    }
}

impl From<Problem> for Finding {
    fn from(problem: Problem) -> Self {
        Self { problem, fix: None }
    }
}

/// New lines for some rows of a document.
#[derive(Debug)]
pub struct Edit {
    /// The document's rows, counted from 0, that go.
    pub rows: Range<usize>,
    /// What comes in their place, without the indentation of a list around it.
    pub lines: Vec<String>,
    /// That indentation.
    pub indent: String,
}

/// `text` with the edits, which are in order; everything else stays byte for byte, and so do its line ends.
pub fn edited(text: &str, edits: &[Edit]) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::new();
    let mut at = 0;
    for edit in edits {
        out.push_str(&lines[at..edit.rows.start.min(lines.len())].concat());
        for line in &edit.lines {
            if !line.is_empty() {
                out.push_str(&edit.indent);
                out.push_str(line);
            }
            out.push_str(line_end);
        }
        at = edit.rows.end.min(lines.len());
    }
    out.push_str(&lines[at..].concat());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_block_changes_and_line_ends_stay() {
        let text = "a\r\n```\r\nold\r\n```\r\nb\r\n";
        let edit = Edit {
            rows: 2..3,
            lines: vec!["new".to_owned(), String::new()],
            indent: "  ".to_owned(),
        };
        assert_eq!(edited(text, &[edit]), "a\r\n```\r\n  new\r\n\r\n```\r\nb\r\n");
    }
}
