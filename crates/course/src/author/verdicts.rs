//! How an answer did against what is promised of it.

use crate::author::candidates::{Answer, Candidate, Promise};
use crate::grade::judge::{Grade, State};
use crate::grade::libtest::{Status, TestResult};
use crate::tools::items::TestFunction;
use crate::tools::report::Problem;
use crate::tools::term::{indent, visible};
use crate::workspace::Exercise;

/// What is wrong with the answer, or with the tests that it was tried on.
pub fn judge(candidate: &Candidate<'_>, answer: &Answer, grade: &Grade) -> Vec<Problem> {
    let exercise = candidate.exercise;
    let who = answer.who;
    if grade.state == State::Broken {
        let by_whom = match answer.promise {
            Promise::KilledBy(_) => ": a compiler killed it, not a test",
            Promise::Fails | Promise::Passes => "",
        };
        let what = format!("{who} does not compile{by_whom}");
        return vec![answer.problem(what).with(grade.compiler.clone())];
    }
    match &answer.promise {
        Promise::Fails => judge_starter(exercise, answer, grade),
        Promise::Passes => judge_passing(exercise, answer, grade),
        Promise::KilledBy(_) if grade.state == State::Solved => {
            vec![answer.problem(format!("{who} passes"))]
        }
        Promise::KilledBy(tests) => judge_wrong(exercise, answer, tests, grade),
    }
}

/// What is wrong with a solution that was run again and again.
pub fn failures(exercise: &Exercise, grade: &Grade, time: usize) -> Vec<Problem> {
    let path = exercise.answer("solution.rs");
    if grade.state == State::Broken {
        return vec![Problem::of(&path, "it does not compile").with(grade.compiler.clone())];
    }
    let problem = |test: &TestResult| {
        Problem::of(&path, format!("it fails `{}`, time {time}", test.name)).with(said(test))
    };
    grade.failures().map(problem).collect()
}

fn judge_starter(exercise: &Exercise, answer: &Answer, grade: &Grade) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !grade.compiler.is_empty() {
        let what = "the starter compiles with warnings".to_owned();
        problems.push(answer.problem(what).with(grade.compiler.clone()));
    }
    if grade.state == State::Solved {
        problems.push(answer.problem("the starter passes: there is nothing to solve".to_owned()));
        return problems;
    }
    for test in &grade.tests {
        let name = &test.name;
        match (test.status != Status::Pass, exercise.about.must_fail.contains(name)) {
            (true, false) => {
                let what = format!("the starter fails `{name}`, which `must_fail` does not name");
                problems.push(answer.problem(what).with(said(test)));
            }
            (false, true) => {
                let what = format!("the starter passes `{name}`, which it must fail");
                problems.push(answer.problem(what));
            }
            (true, true) => problems.extend(bare_message(exercise, test)),
            (false, false) => {}
        }
    }
    problems
}

fn judge_passing(exercise: &Exercise, answer: &Answer, grade: &Grade) -> Vec<Problem> {
    let problem = |test: &TestResult| {
        let what = format!("{} fails `{}`", answer.who, test.name);
        answer.problem(what).with(said(test))
    };
    let mut problems: Vec<Problem> = grade.failures().map(problem).collect();
    if grade.tests.is_empty() {
        problems.push(Problem::of(&exercise.tests(), "no test ran"));
    }
    problems
}

fn judge_wrong(
    exercise: &Exercise,
    answer: &Answer,
    killers: &[String],
    grade: &Grade,
) -> Vec<Problem> {
    let failed: Vec<&str> = grade.failures().map(|test| test.name.as_str()).collect();
    let judge = |test: &TestResult| match test.status {
        Status::Fail => bare_message(exercise, test),
        _ if !killers.contains(&test.name) => None,
        Status::Pass => {
            let failed = failed.join(", ");
            let what = format!("`{}` does not kill {}, but: {failed}", test.name, answer.who);
            Some(answer.problem(what))
        }
        Status::Error => {
            let what = format!("`{}` does not fail: a program that ends is no kill", test.name);
            Some(answer.problem(what).with(said(test)))
        }
    };
    grade.tests.iter().filter_map(judge).collect()
}

/// The one test that fails, where it is one.
pub fn only_killer(grade: &Grade) -> Option<&str> {
    let mut failures = grade.failures();
    let test = failures.next().filter(|test| test.status == Status::Fail)?;
    failures.next().is_none().then_some(&test.name)
}

/// Tests that could go, and none of the answers would be judged otherwise.
pub fn idle_tests(candidate: &Candidate<'_>) -> Vec<Problem> {
    const EXCUSE: &str = "Never the only killer:";
    let path = candidate.exercise.tests();
    let judge = |test: &TestFunction| {
        let mut doc = test.doc.iter().map(|line| line.trim());
        let excuse = doc.find_map(|line| line.strip_prefix(EXCUSE));
        let name = &test.name;
        let what = match (candidate.only_killers.contains(name), excuse) {
            (true, None) => return None,
            (false, Some(reason)) if !reason.trim().is_empty() => return None,
            (true, Some(_)) => {
                format!("`{name}` is the only killer of an answer: take its `{EXCUSE}` away")
            }
            (false, _) => format!(
                "`{name}` is never the only killer of a wrong answer: add one, or say `/// {EXCUSE} REASON.`"
            ),
        };
        Some(Problem::at(&path, test.line, what))
    };
    candidate.tests.iter().filter_map(judge).collect()
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
