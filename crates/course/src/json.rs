//! `check --json`: one object for graders, close to version 3 of exercism's test runner.

use serde::Serialize;

use crate::check::Grade;
use crate::libtest::Status;
use crate::progress::State;
use crate::term::visible;
use crate::workspace::Exercise;

/// The whole answer.
#[derive(Serialize)]
pub struct Answer<'a> {
    version: u32,
    status: &'static str,
    exercises: Vec<Graded<'a>>,
}

/// An exercise: but for `name`, `title` and `lesson`, what exercism's runner says of one.
#[derive(Serialize)]
struct Graded<'a> {
    name: &'a str,
    title: &'a str,
    lesson: u16,
    status: &'static str,
    message: Option<String>,
    tests: Vec<Test<'a>>,
}

/// A test.
#[derive(Serialize)]
struct Test<'a> {
    name: &'a str,
    status: &'static str,
    message: Option<String>,
    output: Option<String>,
}

/// The answer for these grades.
pub fn answer<'a>(grades: &'a [(&'a Exercise, Grade)]) -> Answer<'a> {
    let exercises: Vec<Graded<'a>> =
        grades.iter().map(|(exercise, grade)| graded(exercise, grade)).collect();
    let has = |status| exercises.iter().any(|exercise| exercise.status == status);
    let status = if has("error") {
        "error"
    } else if has("fail") {
        "fail"
    } else {
        "pass"
    };
    Answer { version: 3, status, exercises }
}

fn graded<'a>(exercise: &'a Exercise, grade: &'a Grade) -> Graded<'a> {
    let status = match grade.state {
        State::Solved => "pass",
        State::Open => "fail",
        State::Broken => "error",
    };
    let message = (grade.state == State::Broken).then(|| grade.compiler.trim_end().to_owned());
    let tests = grade.tests.iter().map(|test| Test {
        name: &test.name,
        status: match test.status {
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::Error => "error",
        },
        message: not_empty(&test.message),
        output: not_empty(&test.printed),
    });
    let lesson =
        exercise.number.split('.').next().and_then(|number| number.parse().ok()).unwrap_or(0);
    Graded {
        name: &exercise.name,
        title: &exercise.about.title,
        lesson,
        status,
        message,
        tests: tests.collect(),
    }
}

fn not_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| visible(text))
}
