//! What an exercise brings to its proof: the answers to try, and what is wrong with its files before anything is built.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::grade::answers::{Head, Kind, Other, TO_BE_SAID, others, question, spoken_answer};
use crate::grade::progress::is_untouched;
use crate::tools::items::{Source, TestFunction};
use crate::tools::report::{Problem, Stop};
use crate::workspace::{Exercise, Workspace};

/// How many hints an exercise has.
const HINTS: usize = 3;

/// An answer to try.
pub struct Answer {
    /// Its file, relative to the workspace.
    pub path: PathBuf,
    /// What to call it: "the starter".
    pub who: &'static str,
    pub text: String,
    pub promise: Promise,
}

/// How an answer must do.
pub enum Promise {
    /// It fails the tests of `must_fail`, and no others.
    Fails,
    Passes,
    /// It fails at least these tests.
    KilledBy(Vec<String>),
}

impl Answer {
    /// A problem of this answer; a patch has its promise in its first line.
    pub fn problem(&self, what: String) -> Problem {
        let is_patch = self.path.extension().is_some_and(|extension| extension == "diff");
        Problem { line: is_patch.then_some(1), ..Problem::of(&self.path, what) }
    }
}

/// An exercise and the answers to try on it.
pub struct Candidate<'w> {
    pub exercise: &'w Exercise,
    pub tests: Vec<TestFunction>,
    /// The starter, the solution, then the others; none where one of the first two is missing.
    pub answers: Vec<Answer>,
    /// The tests that were found to be all that stands between an answer and "solved".
    pub only_killers: BTreeSet<String>,
}

/// Looks at an exercise's files and reads its answers. What is missing is a problem; the rest is proved all the same.
pub fn candidate<'w>(
    workspace: &Workspace,
    exercise: &'w Exercise,
    problems: &mut Vec<Problem>,
) -> Result<Candidate<'w>, Stop> {
    let tests = tests(workspace, exercise, problems);
    problems.extend(metadata_problems(exercise, &tests));
    let mut answers = Vec::new();
    for (file, who, promise) in [
        ("starter.rs", "the starter", Promise::Fails),
        ("solution.rs", "the solution", Promise::Passes),
    ] {
        let path = exercise.answer(file);
        match workspace.read(&path) {
            Ok(text) => answers.push(Answer { path, who, text, promise }),
            Err(_) => problems.push(Problem::of(&path, "it is missing")),
        }
    }
    if answers.len() < 2 {
        answers.clear();
        return Ok(Candidate { exercise, tests, answers, only_killers: BTreeSet::new() });
    }
    if question(workspace, exercise).is_some() && spoken_answer(workspace, exercise).is_none() {
        let what = "the exercise asks aloud, and this says no answer";
        problems.push(Problem::of(&exercise.answer("aloud.md"), what));
    }
    let others = others(workspace, exercise)?;
    if !others.iter().any(|other| other.kind == Kind::Wrong) {
        let what = "no wrong answers: what do people try?";
        problems.push(Problem::of(&exercise.answer("wrong"), what));
    }
    for other in others {
        problems.extend(other_problems(exercise, &other, &tests));
        let (who, promise) = match other.kind {
            Kind::Wrong => ("this wrong answer", Promise::KilledBy(other.head.killed_by)),
            Kind::Right => ("this right answer", Promise::Passes),
        };
        answers.extend(other.text.ok().map(|text| Answer { path: other.path, who, text, promise }));
    }
    Ok(Candidate { exercise, tests, answers, only_killers: BTreeSet::new() })
}

/// The tests of an exercise; each must be ignored for the reason that says how to run it, or `cargo test` is red on a fresh clone.
fn tests(
    workspace: &Workspace,
    exercise: &Exercise,
    problems: &mut Vec<Problem>,
) -> Vec<TestFunction> {
    let path = exercise.tests();
    let Ok(text) = workspace.read(&path) else {
        problems.push(Problem::of(&path, "the exercise has no tests"));
        return Vec::new();
    };
    let tests = Source::functions_with(&text, "test").unwrap_or_else(|error| {
        problems.push(Problem::at(&path, error.line, error.what));
        Vec::new()
    });
    let reason = format!("exercise: cargo course check {}", exercise.name);
    for test in tests.iter().filter(|test| test.ignore.as_deref() != Some(reason.as_str())) {
        let what = format!("`{}` needs `#[ignore = \"{reason}\"]`", test.name);
        problems.push(Problem::at(&path, test.line, what));
    }
    for test in tests.iter().filter(|test| !test.returns_passed) {
        let what = format!("`{}` does not return `probe::Passed`", test.name);
        problems.push(Problem::at(&path, test.line, what));
    }
    tests
}

fn metadata_problems(exercise: &Exercise, tests: &[TestFunction]) -> Vec<Problem> {
    let path = exercise.folder.join("Cargo.toml");
    let about = &exercise.about;
    let mut problems = Vec::new();
    let mut wrong = |what: String| problems.push(Problem::of(&path, what));
    if about.hints.len() != HINTS || about.hints.iter().any(|hint| hint.trim().is_empty()) {
        wrong(format!(
            "{} hints; an exercise has {HINTS}, from nudge to nearly there",
            about.hints.len()
        ));
    }
    if let Some(chinese) = about.chinese.as_ref().filter(|_| about.hints.len() == HINTS) {
        if chinese.title.trim().is_empty() || chinese.hints.len() != HINTS {
            wrong(format!("in Chinese, it needs a title and {HINTS} hints"));
        } else {
            for (own, english) in chinese.hints.iter().zip(&about.hints) {
                if codes(own) != codes(english) {
                    wrong(format!("the code of this hint differs from the English one's: {own}"));
                }
            }
        }
    }
    if about.title.trim().is_empty() || about.minutes == 0 {
        wrong("the exercise needs a title and its minutes".to_owned());
    }
    if about.must_fail.is_empty() {
        wrong("`must_fail` names no test: what does the starter fail?".to_owned());
    }
    for name in about.must_fail.iter().filter(|name| !tests.iter().any(|test| test.name == **name))
    {
        wrong(format!("`must_fail` names `{name}`, which is no test of the exercise"));
    }
    problems
}

/// The code of a hint: what stands between backticks.
fn codes(hint: &str) -> BTreeSet<&str> {
    hint.split('`').skip(1).step_by(2).collect()
}

/// What is wrong with a patch's file, before it is tried.
fn other_problems(exercise: &Exercise, other: &Other, tests: &[TestFunction]) -> Vec<Problem> {
    let Head { why, killed_by } = &other.head;
    let mut problems = Vec::new();
    let mut wrong = |line, what| problems.push(Problem::at(&other.path, line, what));
    let says_all = !why.is_empty() && why != TO_BE_SAID;
    if !says_all || (other.kind == Kind::Wrong && killed_by.is_empty()) {
        wrong(1, format!("its head is {}", other.kind.shape()));
    }
    for name in killed_by.iter().filter(|name| !tests.iter().any(|test| test.name == **name)) {
        wrong(1, format!("`{name}` is no test of the exercise"));
    }
    if let Err(misfit) = &other.text {
        let name = &exercise.name;
        let what = format!("{}: `cargo course wrong {name} --refresh` moves it", misfit.why);
        wrong(misfit.line, what);
    }
    problems
}

/// Says where `src/lib.rs` is not the starter.
pub fn committed_problem(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
    let what = "it is not .answers/starter.rs: a student would start elsewhere than the proof";
    let same = is_untouched(workspace, exercise);
    (!same).then(|| Problem::of(&exercise.source(), what))
}
