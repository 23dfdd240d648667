//! Grades exercises: builds their checks, runs them, and says how each ended.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use serde::{Deserialize, Serialize};

use crate::grade::libtest::{Status, TestResult};
use crate::grade::trial;
use crate::grade::turn::Turn;
use crate::say::{Doing, Say};
use crate::tools::cargo::{Build, Cargo};
use crate::tools::items::{Source, TestFunction};
use crate::tools::report::{Ending, Stop};
use crate::workspace::Exercise;

/// Where an exercise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Every test passes.
    Solved,
    /// Some test fails.
    Open,
    /// It does not compile.
    Broken,
}

/// An exercise after its check.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Solved, open or broken.
    pub state: State,
    /// Its tests, in the order of the file; all in error where it does not compile.
    pub tests: Vec<TestResult>,
    /// The compiler's errors where it is broken, else its warnings.
    pub compiler: String,
    /// Whether an error lies outside the exercise: then its own files say nothing about it.
    pub fault: Fault,
}

/// Whose fault it is that an exercise does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The exercise's own, or nobody's.
    Own,
    /// Another crate's, or cargo's.
    Elsewhere,
}

/// Grades `exercises` in the workspace at `root`.
pub fn grade(
    turn: &Turn,
    cargo: &Cargo,
    root: &Path,
    exercises: &[&Exercise],
    progress: impl FnMut(usize, &str),
) -> Result<Vec<Grade>, Stop> {
    let build = build(cargo, exercises, progress)?;
    grade_built(turn, &build, root, exercises)
}

/// Builds the checks of `exercises`, as many as compile.
pub fn build(
    cargo: &Cargo,
    exercises: &[&Exercise],
    progress: impl FnMut(usize, &str),
) -> Result<Build, Stop> {
    let mut arguments = vec!["--test", "check", "--keep-going"];
    for exercise in exercises {
        arguments.extend(["-p", &exercise.name]);
    }
    cargo.build("build", &arguments, progress)
}

/// The check of an exercise after a build.
struct Check<'b> {
    folder: PathBuf,
    tests: Vec<TestFunction>,
    /// The program, where all compiled.
    binary: Option<&'b Path>,
}

/// Runs the checks of `exercises` that `build` made: all their tests, as many at a time as there are cores.
pub fn grade_built(
    turn: &Turn,
    build: &Build,
    root: &Path,
    exercises: &[&Exercise],
) -> Result<Vec<Grade>, Stop> {
    let check = |exercise: &&Exercise| {
        let folder = root.join(&exercise.folder);
        let is_sound = build.said(&folder, true).is_empty();
        let binary = build.executable(&folder, "check").filter(|_| is_sound);
        Ok(Check { tests: tests(root, exercise)?, folder, binary })
    };
    let checks: Vec<Check<'_>> = exercises.iter().map(check).collect::<Result<_, _>>()?;
    let mut trials = Vec::new();
    for check in &checks {
        let binary = check.binary.into_iter();
        trials.extend(
            binary.flat_map(|binary| check.tests.iter().map(move |test| (binary, check, test))),
        );
    }
    let results = in_parallel(&trials, |at, (binary, check, test)| {
        trial::run(binary, &check.folder, test, &turn.file(at))
    });
    let mut results = results.into_iter();
    let grade = |check: Check<'_>| {
        if check.binary.is_none() {
            return Ok(broken(build, &check));
        }
        let tests = results.by_ref().take(check.tests.len()).collect::<Result<Vec<_>, _>>()?;
        let passed = !tests.is_empty() && tests.iter().all(|test| test.status == Status::Pass);
        let state = if passed { State::Solved } else { State::Open };
        let compiler = build.said(&check.folder, false);
        Ok(Grade { state, tests, compiler, fault: Fault::Own })
    };
    checks.into_iter().map(grade).collect()
}

/// Does `work` on each of `items`, as many at a time as there are cores; the results are in the items' order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let worker = || {
        while let Some((at, item)) =
            items.iter().enumerate().nth(next.fetch_add(1, Ordering::Relaxed))
        {
            let result = work(at, item);
            done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(worker);
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn broken(build: &Build, check: &Check<'_>) -> Grade {
    let error = |test: &TestFunction| TestResult {
        name: test.name.clone(),
        status: Status::Error,
        message: String::new(),
        printed: String::new(),
    };
    let own = build.said(&check.folder, true);
    let fault = if own.is_empty() { Fault::Elsewhere } else { Fault::Own };
    let compiler = if own.is_empty() { build.errors() } else { own };
    Grade { state: State::Broken, tests: check.tests.iter().map(error).collect(), compiler, fault }
}

/// The tests of an exercise, in the order of its file.
fn tests(root: &Path, exercise: &Exercise) -> Result<Vec<TestFunction>, Stop> {
    let path = root.join(exercise.tests());
    let text =
        std::fs::read_to_string(&path).map_err(|error| Stop::file(Doing::Read, &path, &error))?;
    // What is no Rust will not compile either: the compiler says it better.
    Ok(Source::functions_with(&text, "test").unwrap_or_default())
}

impl State {
    /// Its word.
    pub fn said(self) -> Say<'static> {
        match self {
            Self::Solved => Say::IsSolved,
            Self::Open => Say::IsOpen,
            Self::Broken => Say::IsBroken,
        }
    }
}

impl Grade {
    /// Of an answer that can't even be read.
    pub fn unread(why: String) -> Self {
        let tests = Vec::new();
        Self { state: State::Broken, tests, compiler: why, fault: Fault::Own }
    }

    /// How a command ends that finds this.
    pub fn ending(&self) -> Ending {
        match self.state {
            State::Solved => Ending::Solved,
            State::Open => Ending::Open,
            State::Broken => Ending::Broken,
        }
    }

    pub fn passed(&self) -> usize {
        self.tests.len() - self.failures().count()
    }

    /// The failure that tells most: the first that has a cause of its own, rather than a program that ended.
    pub fn most_telling(&self) -> Option<&TestResult> {
        self.failures().find(|test| test.status == Status::Fail).or(self.failures().next())
    }

    /// The tests that do not pass, in the order of the file.
    pub fn failures(&self) -> impl Iterator<Item = &TestResult> {
        self.tests.iter().filter(|test| test.status != Status::Pass)
    }
}
