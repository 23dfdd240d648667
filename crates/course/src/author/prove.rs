//! Proves every exercise: the starter fails as it must, the solution passes, each wrong answer is killed by the
//! test it names, each right one passes.
//!
//! In rounds, so that all exercises share one build and both cores work: first all starters, then all solutions, then every
//! exercise's first other answer, and so on.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::author::candidates::{Answer, Candidate, candidate, committed_problem};
use crate::author::lint::{formatting, lint};
use crate::author::verdicts::judge;
use crate::grade::judge::{Grade, build, grade_built};
use crate::grade::scratch::Scratch;
use crate::tools::cargo::Build;
use crate::tools::report::{Problem, Stop};
use crate::workspace::{Exercise, Workspace};

/// Whether `src/lib.rs` itself is held against the starter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// In CI and before a commit: it must be the starter.
    IsStarter,
    /// A student's answer may be there.
    MayDiffer,
}

#[derive(Default)]
pub struct Proved {
    pub problems: Vec<Problem>,
    pub exercises: usize,
    /// How many answers were built and run.
    pub answers: usize,
}

/// Proves `exercises`.
pub fn prove(
    workspace: &Workspace,
    exercises: &[&Exercise],
    committed: Committed,
    progress: impl Fn(&str) + Sync,
) -> Result<Proved, Stop> {
    let mut proved = Proved { exercises: exercises.len(), ..Proved::default() };
    let mut candidates = Vec::new();
    for exercise in exercises {
        if committed == Committed::IsStarter {
            proved.problems.extend(committed_problem(workspace, exercise));
        }
        candidates.push(candidate(workspace, exercise, &mut proved.problems)?);
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
            scratch.lay(candidate.exercise, &answer.text)?;
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
    if built.is_empty() {
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
