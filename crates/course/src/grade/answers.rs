//! Other answers than the solution, kept as patches: the wrong ones that people give and why, and right ones that must pass too.
//!
//! A file `.answers/wrong/SLUG.diff` or `.answers/right/SLUG.diff` has a head in words, an empty line, and a unified diff of
//! the starter or the solution, whichever is nearer: what is left to read is what makes the answer wrong.

use std::path::PathBuf;

use diffy::{DiffOptions, Line, Patch};

use crate::tools::files::files;
use crate::tools::report::Stop;
use crate::tools::term::wrap;
use crate::workspace::{Exercise, Workspace};

/// What a head says before a person has written it; `verify` refuses it.
pub const TO_BE_SAID: &str = "SAY WHY.";

/// How wide a head is.
const WIDTH: usize = 110;

/// The files that a patch may be made of.
pub const BASES: [&str; 2] = ["solution.rs", "starter.rs"];

/// What is said of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// People give it, and a test says what is wrong with it.
    Wrong,
    /// It is no solution of ours, and passes.
    Right,
}

impl Kind {
    /// Its folder in `.answers`.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Right => "right",
        }
    }

    /// The shape of its head.
    pub fn shape(self) -> &'static str {
        match self {
            Self::Wrong => "`Wrong: WHAT IS WRONG.`, then `Killed by: TEST[, TEST]`",
            Self::Right => "`Right: WHY IT IS RIGHT.`",
        }
    }
}

/// What the head of a patch says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Why the answer is wrong, or right; empty where the head doesn't say it.
    pub why: String,
    /// The tests that a wrong answer fails.
    pub killed_by: Vec<String>,
}

/// An answer besides the starter and the solution.
#[derive(Debug)]
pub struct Other {
    /// Its name: the file's, without `.diff`.
    pub slug: String,
    pub path: PathBuf,
    pub kind: Kind,
    pub head: Head,
    pub file: String,
    /// The answer itself, or why the patch does not fit.
    pub text: Result<String, Misfit>,
}

/// Why a patch can't be applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The line in the patch's file.
    pub line: usize,
    pub why: String,
}

/// The wrong answers of an exercise and then the right ones, each by name.
pub fn others(workspace: &Workspace, exercise: &Exercise) -> Result<Vec<Other>, Stop> {
    let mut found = Vec::new();
    for kind in [Kind::Wrong, Kind::Right] {
        let folder = exercise.answer(kind.folder());
        for name in files(&workspace.root.join(&folder), "diff") {
            let slug = name.trim_end_matches(".diff").to_owned();
            let path = folder.join(&name);
            let file = workspace.read(&path)?;
            let text = answer(workspace, exercise, &file);
            found.push(Other { head: head(&file, kind), text, slug, path, kind, file });
        }
    }
    Ok(found)
}

/// The answer that a patch's file makes of the exercise's starter or solution.
///
/// # Errors
/// Where it is no patch of them, or a hunk does not fit.
pub fn answer(workspace: &Workspace, exercise: &Exercise, file: &str) -> Result<String, Misfit> {
    let Some(base) = base(file) else {
        let why =
            format!("no line `--- {}` or `--- {}`: what is it a patch of?", BASES[0], BASES[1]);
        return Err(Misfit { line: 1, why });
    };
    let text =
        workspace.read(&exercise.answer(base)).map_err(|Stop(why)| Misfit { line: 1, why })?;
    apply(file, base, &text)
}

/// The solution and the starter.
pub fn bases(workspace: &Workspace, exercise: &Exercise) -> Result<[String; 2], Stop> {
    let [solution, starter] = BASES.map(|base| workspace.read(&exercise.answer(base)));
    Ok([solution?, starter?])
}

/// The file that a patch is made of.
pub fn base(file: &str) -> Option<&'static str> {
    BASES.into_iter().find(|base| file.lines().any(|line| line == format!("--- {base}")))
}

/// `text` with the patch: each hunk must stand where it says. One line around a change is found in many places, so a hunk
/// is never looked for.
///
/// # Errors
/// Where a hunk does not fit.
pub fn apply(file: &str, base: &str, text: &str) -> Result<String, Misfit> {
    let line_of = |hunk: usize| {
        let mut hunks = file.lines().enumerate().filter(|(_, line)| line.starts_with("@@ "));
        hunks.nth(hunk).map_or(1, |(at, _)| at + 1)
    };
    let patch = Patch::from_str(file)
        .map_err(|error| Misfit { line: 1, why: format!("this is no unified diff: {error}") })?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (number, hunk) in patch.hunks().iter().enumerate() {
        let old = hunk.lines().iter().filter_map(|line| match line {
            Line::Context(text) | Line::Delete(text) => Some(*text),
            Line::Insert(_) => None,
        });
        let start = hunk.old_range().start().saturating_sub(1).min(lines.len());
        if !lines[start..].iter().copied().take(hunk.old_range().len()).eq(old) {
            let why = format!("hunk {} is not what {base} has at line {}", number + 1, start + 1);
            return Err(Misfit { line: line_of(number), why });
        }
    }
    if patch.hunks().is_empty() {
        return Err(Misfit { line: 1, why: "it changes nothing".to_owned() });
    }
    diffy::apply(text, &patch).map_err(|error| Misfit { line: 1, why: error.to_string() })
}

/// The patch's file for an answer: a head, and the shorter of the two differences.
pub fn file(head: &Head, kind: Kind, slug: &str, bases: [&str; 2], text: &str) -> String {
    let patch = |(name, base): (&'static str, &str)| {
        let mut options = DiffOptions::new();
        options
            .set_context_len(1)
            .set_original_filename(name)
            .set_modified_filename(slug.to_owned());
        options.create_patch(base, text).to_string()
    };
    let patches = BASES.into_iter().zip(bases).map(patch);
    let nearest = patches.min_by_key(|patch| patch.lines().count()).unwrap_or_default();
    let words = match kind {
        Kind::Right => wrap(&format!("Right: {}", head.why), WIDTH),
        Kind::Wrong => format!(
            "{}\n{}",
            wrap(&format!("Wrong: {}", head.why), WIDTH),
            wrap(&format!("Killed by: {}", head.killed_by.join(", ")), WIDTH)
        ),
    };
    format!("{words}\n\n{nearest}")
}

/// What the head of a patch's file says: all before its `---`.
pub fn head(file: &str, kind: Kind) -> Head {
    let words: Vec<&str> = file.lines().take_while(|line| !line.starts_with("--- ")).collect();
    let words = words.join(" ");
    let none = Head::default();
    match kind {
        Kind::Right => words
            .strip_prefix("Right:")
            .map_or(none, |why| Head { why: why.trim().to_owned(), ..Head::default() }),
        Kind::Wrong => {
            let said =
                words.strip_prefix("Wrong:").and_then(|words| words.split_once("Killed by:"));
            let Some((why, tests)) = said else { return none };
            let tests = tests.split([',', ' ']).map(|test| test.trim_matches(['`', '.']));
            let killed_by = tests.filter(|test| !test.is_empty()).map(str::to_owned).collect();
            Head { why: why.trim().to_owned(), killed_by }
        }
    }
}

/// The question to answer aloud: what follows `//! Aloud:` in the exercise's header, to the next empty comment line.
pub fn question(workspace: &Workspace, exercise: &Exercise) -> Option<String> {
    let text = workspace
        .read(&exercise.answer("starter.rs"))
        .or_else(|_| workspace.read(&exercise.source()))
        .ok()?;
    let header = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let mut from = header.skip_while(|line| !line.starts_with("Aloud:"));
    let first = from.next()?.strip_prefix("Aloud:")?.trim().to_owned();
    let rest = from.take_while(|line| !line.is_empty());
    Some(std::iter::once(first).chain(rest.map(str::to_owned)).collect::<Vec<_>>().join(" "))
}

/// What we answer to that question: `.answers/aloud.md`, if it is there and says something.
pub fn spoken_answer(workspace: &Workspace, exercise: &Exercise) -> Option<String> {
    let text = workspace.read(&exercise.answer("aloud.md")).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    const STARTER: &str = "a\nb\nc\nd\n";
    const SOLUTION: &str = "a\nB\nc\nD\n";

    fn wrong() -> Head {
        Head {
            why: "It knows by heart.".to_owned(),
            killed_by: vec!["one".to_owned(), "two".to_owned()],
        }
    }

    #[test]
    fn a_patch_is_of_the_nearer_base_and_gives_the_answer_back() {
        let made = file(&wrong(), Kind::Wrong, "by_heart", [SOLUTION, STARTER], "a\nB\nc\nx\n");
        assert_eq!(
            made,
            "Wrong: It knows by heart.\nKilled by: one, two\n\n--- solution.rs\n+++ by_heart\n@@ -3,2 +3,2 @@\n c\n-D\n+x\n"
        );
        assert_eq!(base(&made), Some("solution.rs"));
        assert_eq!(apply(&made, "solution.rs", SOLUTION).unwrap(), "a\nB\nc\nx\n");
        assert_eq!(head(&made, Kind::Wrong), wrong());
        let made = file(&wrong(), Kind::Wrong, "by_heart", [SOLUTION, STARTER], "a\nb\nc\nx\n");
        assert_eq!(base(&made), Some("starter.rs"));
    }

    #[test]
    fn a_hunk_that_stands_elsewhere_is_named_by_its_line() {
        let made = file(&wrong(), Kind::Wrong, "by_heart", [SOLUTION, STARTER], "a\nB\nc\nx\n");
        let misfit = apply(&made, "solution.rs", &format!("new\n{SOLUTION}")).unwrap_err();
        assert_eq!(misfit.line, 6);
        assert_eq!(misfit.why, "hunk 1 is not what solution.rs has at line 3");
    }

    #[test]
    fn a_head_may_have_several_lines() {
        let long = Head { why: "word ".repeat(60).trim().to_owned(), ..wrong() };
        let made = file(&long, Kind::Wrong, "long", [SOLUTION, STARTER], "x\n");
        assert!(made.lines().all(|line| line.len() <= WIDTH), "{made}");
        assert_eq!(head(&made, Kind::Wrong), long);
        assert_eq!(head("nothing\n\n--- starter.rs\n", Kind::Wrong), Head::default());
    }
}
