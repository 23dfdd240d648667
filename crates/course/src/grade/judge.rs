//! Grades exercises: builds their checks, runs them, and says how each ended.

use std::path::Path;
use std::time::Duration;

use launch::Launch;
use serde::{Deserialize, Serialize};

use crate::grade::libtest::{Status, TestResult, results};
use crate::tools::cargo::{Build, Cargo};
use crate::tools::items::Source;
use crate::tools::report::{Ending, Stop};
use crate::workspace::Exercise;

/// How long an exercise's tests may take in all: an endless loop in an answer ends here.
const LIMIT: Duration = Duration::from_secs(60);

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
    cargo: &Cargo,
    root: &Path,
    exercises: &[&Exercise],
    progress: impl FnMut(usize, &str),
) -> Result<Vec<Grade>, Stop> {
    let build = build(cargo, exercises, progress)?;
    exercises.iter().map(|exercise| grade_built(&build, root, exercise)).collect()
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

/// Runs the check of `exercise` that `build` made.
pub fn grade_built(build: &Build, root: &Path, exercise: &Exercise) -> Result<Grade, Stop> {
    let names = test_names(root, exercise)?;
    let folder = root.join(&exercise.folder);
    let errors = build.said(&folder, true);
    let Some(binary) = build.executable(&folder, "check").filter(|_| errors.is_empty()) else {
        return Ok(broken(build, names, errors));
    };
    let check = ["--include-ignored", "--color", "never"]
        .into_iter()
        .fold(Launch::new(binary), Launch::argument)
        .folder(&folder)
        .variable("CARGO_MANIFEST_DIR", &folder);
    let ended = check.run_at_most(LIMIT).map_err(Stop)?;
    let mut tests = results(&ended.output, &names);
    let why = if ended.in_time {
        format!("The test program ended before this test did.\n{}", ended.errors.trim_end())
    } else {
        let limit = LIMIT.as_secs();
        format!("The tests did not end within {limit} seconds: does the answer wait for ever?")
    };
    for test in
        tests.iter_mut().filter(|test| test.status == Status::Error && test.message.is_empty())
    {
        test.message.clone_from(&why);
    }
    let passed = !tests.is_empty() && tests.iter().all(|test| test.status == Status::Pass);
    let state = if passed { State::Solved } else { State::Open };
    Ok(Grade { state, tests, compiler: build.said(&folder, false), fault: Fault::Own })
}

fn broken(build: &Build, names: Vec<String>, own: String) -> Grade {
    let error = |name| TestResult {
        name,
        status: Status::Error,
        message: String::new(),
        printed: String::new(),
    };
    let fault = if own.is_empty() { Fault::Elsewhere } else { Fault::Own };
    let compiler = if own.is_empty() { build.errors() } else { own };
    Grade { state: State::Broken, tests: names.into_iter().map(error).collect(), compiler, fault }
}

/// The tests of an exercise, in the order of its file.
fn test_names(root: &Path, exercise: &Exercise) -> Result<Vec<String>, Stop> {
    let path = root.join(exercise.tests());
    let text = std::fs::read_to_string(&path).map_err(|error| Stop::file("read", &path, &error))?;
    // What is no Rust will not compile either: the compiler says it better.
    let tests = Source::functions_with(&text, "test").unwrap_or_default();
    Ok(tests.into_iter().map(|test| test.name).collect())
}

impl Grade {
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

    /// The tests that do not pass, in the order of the file.
    pub fn failures(&self) -> impl Iterator<Item = &TestResult> {
        self.tests.iter().filter(|test| test.status != Status::Pass)
    }
}
