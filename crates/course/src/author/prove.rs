//! Proves every exercise: the starter fails as it must, the solution passes, each wrong answer is killed by the
//! test it names, each right one passes.
//!
//! In rounds, so that all exercises share one build and both cores work: first all starters, then all solutions, then every
//! exercise's first other answer, and so on.

use crate::author::candidates::{Candidate, candidate, committed_problem};
use crate::author::lint::{formatting, lint};
use crate::author::verdicts::{failures, idle_tests, judge, only_killer};
use crate::grade::judge::{build, grade_built};
use crate::grade::scratch::Scratch;
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
        let problems = prove_round(&scratch, &mut candidates, round, rounds, &progress)?;
        proved.problems.extend(problems);
        if round == 1 {
            proved.problems.extend(lint(&scratch, &candidates, &progress)?);
        }
    }
    let proper = |one: &&Candidate<'_>| {
        let folder = &one.exercise.folder;
        !proved.problems.iter().any(|problem| problem.file.starts_with(folder))
    };
    // Answers that don't do as they should say nothing of the tests.
    let idle: Vec<_> = candidates.iter().filter(proper).flat_map(idle_tests).collect();
    proved.problems.extend(idle);
    proved.answers = candidates.iter().map(|candidate| candidate.answers.len()).sum();
    proved.problems.extend(formatting(workspace, exercises)?);
    Ok(proved)
}

/// Runs the check of every solution as often as `times` says: none may fail once.
pub fn repeat(
    workspace: &Workspace,
    exercises: &[&Exercise],
    times: usize,
    progress: impl Fn(&str) + Sync,
) -> Result<Proved, Stop> {
    let scratch = Scratch::of(workspace)?;
    for exercise in exercises {
        scratch.lay(exercise, &workspace.read(&exercise.answer("solution.rs"))?)?;
    }
    progress("solutions: building");
    let built = build(&scratch.cargo, exercises, |_, _| {})?;
    let mut proved = Proved { exercises: exercises.len(), ..Proved::default() };
    for time in 1..=times {
        progress(&format!("solutions: time {time} of {times}"));
        let grades = grade_built(&scratch.turn, &built, &scratch.root, exercises)?;
        for (exercise, grade) in exercises.iter().zip(&grades) {
            proved.problems.extend(failures(exercise, grade, time));
        }
        proved.answers += grades.len();
    }
    Ok(proved)
}

/// Lays the answers of a round in, builds them all, runs and judges them.
fn prove_round(
    scratch: &Scratch,
    candidates: &mut [Candidate<'_>],
    round: usize,
    rounds: usize,
    progress: &(impl Fn(&str) + Sync),
) -> Result<Vec<Problem>, Stop> {
    let title = match round {
        0 => "starters".to_owned(),
        1 => "solutions".to_owned(),
        _ => format!("other answers, {} of {}", round - 1, rounds - 2),
    };
    // Always the same packages: with others, cargo might choose other features and build everything anew.
    let all: Vec<&Exercise> = candidates.iter().map(|candidate| candidate.exercise).collect();
    let mut tried = Vec::new();
    for candidate in candidates {
        if let Some(answer) = candidate.answers.get(round) {
            scratch.lay(candidate.exercise, &answer.text)?;
            tried.push(candidate);
        }
    }
    progress(&format!("{title}: building"));
    let built = build(&scratch.cargo, &all, |number, name| {
        if number % 10 == 0 {
            progress(&format!("{title}: compiled {number}, {name}"));
        }
    })?;
    if built.is_empty() {
        return Err(Stop(format!("the exercises can't be built:\n{}", built.stderr.trim_end())));
    }
    progress(&format!("{title}: running {}", tried.len()));
    let exercises: Vec<&Exercise> = tried.iter().map(|candidate| candidate.exercise).collect();
    let grades = grade_built(&scratch.turn, &built, &scratch.root, &exercises)?;
    let mut problems = Vec::new();
    for (candidate, grade) in tried.into_iter().zip(&grades) {
        problems.extend(judge(candidate, &candidate.answers[round], grade));
        if let Some(test) = only_killer(grade) {
            candidate.only_killers.insert(test.to_owned());
        }
    }
    Ok(problems)
}
