//! How an answer did against what is promised of it.

use crate::author::candidates::{Answer, Promise};
use crate::grade::judge::{Grade, State};
use crate::grade::libtest::{Status, TestResult};
use crate::tools::report::Problem;
use crate::tools::term::{indent, visible};
use crate::workspace::Exercise;

/// What is wrong with the answer, or with the tests that it was tried on.
pub fn judge(exercise: &Exercise, answer: &Answer, grade: &Grade) -> Vec<Problem> {
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
        Promise::KilledBy(tests) => judge_wrong(answer, tests, grade),
    }
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

fn judge_wrong(answer: &Answer, killers: &[String], grade: &Grade) -> Vec<Problem> {
    let failed: Vec<&str> = grade.failures().map(|test| test.name.as_str()).collect();
    let passed = |name: &&String| {
        grade.tests.iter().any(|test| test.name == **name && test.status == Status::Pass)
    };
    let survived = |name: &String| {
        let failed = failed.join(", ");
        answer.problem(format!("`{name}` does not kill {}, but: {failed}", answer.who))
    };
    killers.iter().filter(passed).map(survived).collect()
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
