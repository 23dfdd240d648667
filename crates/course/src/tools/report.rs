//! What went wrong and where: the problems that `verify` prints, and the one sentence that ends a command.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

pub use crate::say::count;
use crate::say::{Doing, Say};
use crate::tools::diff::Step;
use crate::tools::term::{Look, paint, visible};

/// Why a command can't be carried out: one sentence for the person who typed it. Ends with exit code 2.
#[derive(Debug)]
pub struct Stop(pub String);

impl Stop {
    /// A stop because of a file: what was to be done, the file, and what the system said.
    pub fn file(doing: Doing, path: &Path, error: &std::io::Error) -> Self {
        Self::because(&Say::CantDo { doing, path: &path.display(), error })
    }

    pub fn because(said: &Say<'_>) -> Self {
        Self(said.to_string())
    }
}

/// How a command ended; its number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Solved, true, done.
    Solved = 0,
    /// Open, or not true.
    Open = 1,
    /// Does not compile, or was asked wrongly.
    Broken = 2,
}

/// Something in the workspace that isn't true.
#[derive(Debug)]
pub struct Problem {
    pub file: PathBuf,
    /// The line, counted from 1; `None` where the whole file is meant.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub what: String,
    /// Lines below it: a difference, or what a compiler said.
    pub detail: String,
}

impl Problem {
    pub fn at(file: &Path, line: usize, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: Some(line), what: what.into(), detail: String::new() }
    }

    /// A problem of a whole file or folder.
    pub fn of(file: &Path, what: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: None, what: what.into(), detail: String::new() }
    }

    /// The same problem, with lines below it.
    #[must_use]
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The problem as it is printed: `FILE:LINE: what`, then its detail, indented.
    pub fn to_text(&self) -> String {
        let mut place = slashed(&self.file);
        if let Some(line) = self.line {
            let _ = write!(place, ":{line}");
        }
        let mut text =
            format!("{} {}", paint(Look::Strong, &format!("{place}:")), visible(&self.what));
        for line in self.detail.lines() {
            text.push('\n');
            if !line.is_empty() {
                text.push_str("    ");
                text.push_str(line);
            }
        }
        text
    }
}

/// A path as documents write it: with `/`, on every system.
pub fn slashed(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/").replace("//", "/")
}

/// A readable difference: `-` the document, `+` what is true, each with the document's line number, two lines around.
pub fn difference(old: &[String], new: &[String], steps: &[Step], first_line: usize) -> String {
    const AROUND: usize = 2;
    let changed: Vec<usize> = steps
        .iter()
        .enumerate()
        .filter(|(_, step)| !matches!(step, Step::Keep(..)))
        .map(|(at, _)| at)
        .collect();
    let near = |at: usize| changed.iter().any(|&change| change.abs_diff(at) <= AROUND);
    let mut text = String::new();
    let mut skipped = false;
    let mut line = first_line;
    for (at, step) in steps.iter().enumerate() {
        let here = line;
        if !matches!(step, Step::Add(_)) {
            line += 1;
        }
        if !near(at) {
            skipped = !text.is_empty();
            continue;
        }
        if std::mem::take(&mut skipped) {
            text.push_str("     ...\n");
        }
        let row = match *step {
            Step::Keep(at, _) => paint(Look::Quiet, &format!("{here:>4}   {}", visible(&old[at]))),
            Step::Remove(at) => paint(Look::Bad, &format!("{here:>4} - {}", visible(&old[at]))),
            Step::Add(at) => paint(Look::Good, &format!("     + {}", visible(&new[at]))),
        };
        text.push_str(row.trim_end());
        text.push('\n');
    }
    text
}

/// The offset, in the old lines, of the first line that isn't kept; a line that is missing counts as the one it should stand before.
pub fn first_change(steps: &[Step], old_len: usize) -> usize {
    let kept = steps.iter().take_while(|step| matches!(step, Step::Keep(..))).count();
    kept.min(old_len.saturating_sub(1))
}
