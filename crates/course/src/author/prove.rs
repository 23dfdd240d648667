//! Proves every exercise: the starter fails as it must, the solution passes, each wrong answer is killed by the
//! test it names, each right one passes.
//!
//! In rounds, so that all exercises share one build and both cores work: first all starters, then all solutions, then every
//! exercise's first other answer, and so on.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::grade::answers::{Head, Kind, Other, TO_BE_SAID, others};
use crate::grade::judge::{Grade, State, build, grade_built};
use crate::grade::libtest::{Status, TestResult};
use crate::grade::progress::is_untouched;
use crate::grade::scratch::Scratch;
use crate::tools::cargo::Build;
use crate::tools::items::{Source, TestFunction};
use crate::tools::report::{Problem, Stop};
use crate::tools::term::{indent, visible};
use crate::workspace::{Exercise, Workspace};

/// How many hints an exercise has.
const HINTS: usize = 3;

/// Whether `src/lib.rs` itself is held against the starter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// In CI and before a commit: it must be the starter.
    IsStarter,
    /// A student's answer may be there.
    MayDiffer,
}

/// What was proved.
#[derive(Default)]
pub struct Proved {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// How many exercises.
    pub exercises: usize,
    /// How many answers were built and run.
    pub answers: usize,
}

/// An answer to try.
enum Answer {
    Starter(String),
    Solution(String),
    Other(Other, String),
}

impl Answer {
    fn text(&self) -> &str {
        match self {
            Self::Starter(text) | Self::Solution(text) | Self::Other(_, text) => text,
        }
    }
}

/// An exercise and the answers to try on it.
struct Candidate<'w> {
    exercise: &'w Exercise,
    answers: Vec<Answer>,
}

/// Proves `exercises`.
///
/// # Errors
/// Where cargo can't be run or a file can't be written.
pub fn prove(
    workspace: &Workspace,
    exercises: &[&Exercise],
    committed: Committed,
    progress: impl Fn(&str) + Sync,
) -> Result<Proved, Stop> {
    let mut proved = Proved { exercises: exercises.len(), ..Proved::default() };
    let mut candidates = Vec::new();
    for exercise in exercises {
        let tests = tests(workspace, exercise, &mut proved.problems);
        proved.problems.extend(metadata_problems(exercise, &tests));
        if committed == Committed::IsStarter {
            proved.problems.extend(committed_problem(workspace, exercise));
        }
        candidates.push(candidate(workspace, exercise, &tests, &mut proved.problems)?);
    }
    if candidates.is_empty() {
        return Ok(proved);
    }
    progress("copying the workspace");
    let scratch = Scratch::of(workspace)?;
    let rounds = candidates.iter().map(|candidate| candidate.answers.len()).max().unwrap_or(0);
    for round in 0..rounds {
        let problems = prove_round(&scratch, &candidates, round, rounds, &progress)?;
        proved.problems.extend(problems);
        if round == 1 {
            proved.problems.extend(lint(&scratch, &candidates, &progress)?);
        }
    }
    proved.answers = candidates.iter().map(|candidate| candidate.answers.len()).sum();
    proved.problems.extend(formatting(workspace, exercises)?);
    Ok(proved)
}

/// The tests of an exercise; each must be ignored for the reason that says how to run it, or `cargo test` is red on a fresh clone.
fn tests(
    workspace: &Workspace,
    exercise: &Exercise,
    problems: &mut Vec<Problem>,
) -> Vec<TestFunction> {
    let path = exercise.tests();
    let text = match workspace.read(&path) {
        Ok(text) => text,
        Err(_) => {
            problems.push(Problem::of(&path, "the exercise has no tests"));
            return Vec::new();
        }
    };
    let tests = Source::functions_with(&text, "test").unwrap_or_else(|error| {
        problems.push(Problem::at(&path, error.line, error.what));
        Vec::new()
    });
    let reason = format!("exercise: cargo course check {}", exercise.name);
    for test in tests.iter().filter(|test| test.ignore.as_deref() != Some(reason.as_str())) {
        problems.push(Problem::at(
            &path,
            test.line,
            format!("`{}` needs `#[ignore = \"{reason}\"]`", test.name),
        ));
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

fn committed_problem(workspace: &Workspace, exercise: &Exercise) -> Option<Problem> {
    let same = is_untouched(workspace, exercise);
    (!same).then(|| {
        Problem::of(
            &exercise.source(),
            "it is not .answers/starter.rs: a student would start elsewhere than the proof",
        )
    })
}

/// Reads the answers. What is missing is a problem; the rest is proved all the same.
fn candidate<'w>(
    workspace: &Workspace,
    exercise: &'w Exercise,
    tests: &[TestFunction],
    problems: &mut Vec<Problem>,
) -> Result<Candidate<'w>, Stop> {
    let mut read = |name: &str| {
        let path = exercise.answer(name);
        workspace.read(&path).map_err(|_| problems.push(Problem::of(&path, "it is missing"))).ok()
    };
    let (Some(starter), Some(solution)) = (read("starter.rs"), read("solution.rs")) else {
        return Ok(Candidate { exercise, answers: Vec::new() });
    };
    let mut answers = vec![Answer::Starter(starter), Answer::Solution(solution)];
    let mut others = others(workspace, exercise)?;
    if !others.iter().any(|other| other.kind == Kind::Wrong) {
        let what = "no wrong answers: what do people try?";
        problems.push(Problem::of(&exercise.answer("wrong"), what));
    }
    for other in &others {
        problems.extend(other_problems(exercise, other, tests));
    }
    for other in others.extract_if(.., |other| other.text.is_ok()) {
        let text = other.text.clone().unwrap_or_default();
        answers.push(Answer::Other(other, text));
    }
    Ok(Candidate { exercise, answers })
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

/// Lays the answers of a round in, builds them all, runs and judges them.
fn prove_round(
    scratch: &Scratch,
    candidates: &[Candidate<'_>],
    round: usize,
    rounds: usize,
    progress: &(impl Fn(&str) + Sync),
) -> Result<Vec<Problem>, Stop> {
    let title = match round {
        0 => "starters".to_owned(),
        1 => "solutions".to_owned(),
        _ => format!("other answers, {} of {}", round - 1, rounds - 2),
    };
    let mut tried = Vec::new();
    for candidate in candidates {
        if let Some(answer) = candidate.answers.get(round) {
            scratch.lay(candidate.exercise, answer.text())?;
            tried.push((candidate.exercise, answer));
        }
    }
    // Always the same packages: with others, cargo might choose other features and build everything anew.
    let all: Vec<&Exercise> = candidates.iter().map(|candidate| candidate.exercise).collect();
    progress(&format!("{title}: building"));
    let built = build(&scratch.cargo, &all, |number, name| {
        if number % 10 == 0 {
            progress(&format!("{title}: compiled {number}, {name}"));
        }
    })?;
    if built.executables.is_empty() && built.messages.is_empty() {
        return Err(Stop(format!("the exercises can't be built:\n{}", built.stderr.trim_end())));
    }
    let grades = grade_all(scratch, &built, &tried, |done| {
        progress(&format!("{title}: ran {done} of {}", tried.len()))
    })?;
    let judged = tried
        .iter()
        .zip(&grades)
        .flat_map(|((exercise, answer), grade)| judge(exercise, answer, grade));
    Ok(judged.collect())
}

/// Runs the checks, as many at a time as there are cores.
fn grade_all(
    scratch: &Scratch,
    built: &Build,
    tried: &[(&Exercise, &Answer)],
    progress: impl Fn(usize) + Sync,
) -> Result<Vec<Grade>, Stop> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let grades: Mutex<Vec<Option<Result<Grade, Stop>>>> =
        Mutex::new(tried.iter().map(|_| None).collect());
    let work = || {
        while let Some((at, (exercise, _))) =
            tried.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed))
        {
            let grade = grade_built(built, &scratch.root, exercise);
            if let Some(place) = grades.lock().unwrap_or_else(PoisonError::into_inner).get_mut(at) {
                *place = Some(grade);
            }
            let number = done.fetch_add(1, Ordering::Relaxed) + 1;
            if number == tried.len() {
                progress(number);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(work);
        }
    });
    let grades = grades.into_inner().unwrap_or_else(PoisonError::into_inner);
    grades
        .into_iter()
        .map(|grade| grade.unwrap_or_else(|| Err(Stop("a check was not run".to_owned()))))
        .collect()
}

fn judge(exercise: &Exercise, answer: &Answer, grade: &Grade) -> Vec<Problem> {
    match answer {
        Answer::Starter(_) => judge_starter(exercise, grade),
        Answer::Solution(_) => {
            judge_passing(exercise, &exercise.answer("solution.rs"), "the solution", grade)
        }
        Answer::Other(other, _) if other.kind == Kind::Wrong => judge_wrong(other, grade),
        Answer::Other(other, _) => judge_passing(exercise, &other.path, "this right answer", grade),
    }
}

fn judge_starter(exercise: &Exercise, grade: &Grade) -> Vec<Problem> {
    let path = exercise.answer("starter.rs");
    if grade.state == State::Broken {
        return vec![
            Problem::of(&path, "the starter does not compile").with(grade.compiler.clone()),
        ];
    }
    let mut problems = Vec::new();
    if !grade.compiler.is_empty() {
        problems.push(
            Problem::of(&path, "the starter compiles with warnings").with(grade.compiler.clone()),
        );
    }
    let must: BTreeSet<&str> = exercise.about.must_fail.iter().map(String::as_str).collect();
    if grade.state == State::Solved {
        problems.push(Problem::of(&path, "the starter passes: there is nothing to solve"));
        return problems;
    }
    for test in &grade.tests {
        let fails = test.status != Status::Pass;
        match (fails, must.contains(test.name.as_str())) {
            (true, false) => problems.push(
                Problem::of(
                    &path,
                    format!("the starter fails `{}`, which `must_fail` does not name", test.name),
                )
                .with(said(test)),
            ),
            (false, true) => problems.push(Problem::of(
                &path,
                format!("the starter passes `{}`, which it must fail", test.name),
            )),
            (true, true) => problems.extend(bare_message(exercise, test)),
            (false, false) => {}
        }
    }
    problems
}

/// Judges an answer that must pass.
fn judge_passing(exercise: &Exercise, path: &Path, who: &str, grade: &Grade) -> Vec<Problem> {
    if grade.state == State::Broken {
        let what = format!("{who} does not compile");
        return vec![Problem::of(path, what).with(grade.compiler.clone())];
    }
    let failed = grade.tests.iter().filter(|test| test.status != Status::Pass);
    let problem = |test: &TestResult| {
        Problem::of(path, format!("{who} fails `{}`", test.name)).with(said(test))
    };
    let mut problems: Vec<Problem> = failed.map(problem).collect();
    if grade.tests.is_empty() {
        problems.push(Problem::of(&exercise.tests(), "no test ran"));
    }
    problems
}

fn judge_wrong(wrong: &Other, grade: &Grade) -> Vec<Problem> {
    let problem = |what: String| Problem::at(&wrong.path, 1, what);
    match grade.state {
        State::Broken => vec![
            problem(
                "this wrong answer does not compile: a compiler killed it, not a test".to_owned(),
            )
            .with(grade.compiler.clone()),
        ],
        State::Solved => vec![problem("this wrong answer passes".to_owned())],
        State::Open => {
            let passes = |name: &&String| {
                grade.tests.iter().any(|test| test.name == **name && test.status == Status::Pass)
            };
            let failed: Vec<&str> = grade
                .tests
                .iter()
                .filter(|test| test.status != Status::Pass)
                .map(|test| test.name.as_str())
                .collect();
            let survived = wrong.head.killed_by.iter().filter(passes);
            survived
                .map(|name| {
                    problem(format!(
                        "`{name}` does not kill this wrong answer, but: {}",
                        failed.join(", ")
                    ))
                })
                .collect()
        }
    }
}

/// A test whose message a student could not use.
fn bare_message(exercise: &Exercise, test: &TestResult) -> Option<Problem> {
    let message = test.message.trim();
    let is_bare =
        message.is_empty() || message.starts_with("assertion ") || message.starts_with("called `");
    let what =
        format!("`{}` fails without saying what was expected and what the wire showed", test.name);
    is_bare.then(|| Problem::of(&exercise.tests(), what).with(said(test)))
}

fn said(test: &TestResult) -> String {
    indent(&visible(&format!("{}\n{}", test.message, test.printed)), "")
}

/// Clippy on the solutions, while they are laid in, with their checks and examples.
fn lint(
    scratch: &Scratch,
    candidates: &[Candidate<'_>],
    progress: &(impl Fn(&str) + Sync),
) -> Result<Vec<Problem>, Stop> {
    progress("solutions: clippy");
    let mut arguments = vec!["--no-deps", "--all-targets", "--keep-going"];
    for candidate in candidates {
        arguments.extend(["-p", &candidate.exercise.name]);
    }
    let linted = scratch.cargo.build("clippy", &arguments, |_, _| {})?;
    let mut problems = Vec::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.answers.is_empty()) {
        let folder = scratch.root.join(&candidate.exercise.folder);
        let said = format!("{}{}", linted.said(&folder, true), linted.said(&folder, false));
        if !said.is_empty() {
            let path = candidate.exercise.answer("solution.rs");
            problems.push(
                Problem::of(&path, "clippy complains of the solution or its tests").with(said),
            );
        }
    }
    if !linted.ok && problems.is_empty() {
        return Err(Stop(format!("clippy can't be run:\n{}", linted.stderr.trim_end())));
    }
    Ok(problems)
}

/// rustfmt on starters and solutions.
fn formatting(workspace: &Workspace, exercises: &[&Exercise]) -> Result<Vec<Problem>, Stop> {
    let answers = exercises
        .iter()
        .flat_map(|exercise| ["starter.rs", "solution.rs"].map(|name| exercise.answer(name)));
    let files: Vec<PathBuf> = answers.filter(|path| workspace.root.join(path).is_file()).collect();
    let mut problems = Vec::new();
    for path in files {
        let full = workspace.root.join(&path);
        let output = rustfmt()
            .arg(&full)
            .output()
            .map_err(|error| Stop(format!("can't run rustfmt: {error}")))?;
        if !output.status.success() {
            let said = format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            problems
                .push(Problem::of(&path, "rustfmt would change it").with(said.replace('\r', "")));
        }
    }
    Ok(problems)
}

/// The rustfmt beside cargo, or the one on the path.
fn rustfmt() -> Command {
    let beside = std::env::var_os("CARGO").and_then(|cargo| {
        Some(Path::new(&cargo).parent()?.join(format!("rustfmt{}", std::env::consts::EXE_SUFFIX)))
    });
    let program = beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from("rustfmt"));
    let mut command = Command::new(program);
    command.args(["--check", "--edition", "2024", "--color", "never"]);
    command
}
