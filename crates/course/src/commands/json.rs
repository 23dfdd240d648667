//! `check --json`: one object for graders, close to version 3 of exercism's test runner.

use serde::Serialize;

use crate::commands::words::Checked;
use crate::grade::judge::State;
use crate::grade::libtest::{Status, TestResult};
use crate::say::{Cant, Say};
use crate::tools::report::Stop;
use crate::tools::term::visible;

/// All of it, fields in the order that a person reads them in.
#[derive(Serialize)]
struct Answer<'a> {
    version: u8,
    status: Status,
    exercises: Vec<Graded<'a>>,
}

/// An exercise: but for `file`, `name`, `title` and `lesson`, what exercism's runner says of one.
#[derive(Serialize)]
struct Graded<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    name: &'a str,
    title: &'a str,
    lesson: u16,
    status: Status,
    message: Option<String>,
    tests: Vec<Test<'a>>,
}

#[derive(Serialize)]
struct Test<'a> {
    name: &'a str,
    status: Status,
    message: Option<String>,
    output: Option<String>,
}

/// The answer for these grades.
pub fn answer(checked: &[Checked<'_>]) -> Result<String, Stop> {
    let worst = [State::Broken, State::Open]
        .into_iter()
        .find(|state| checked.iter().any(|one| one.grade.state == *state));
    let answer = Answer {
        version: 3,
        status: status(worst.unwrap_or(State::Solved)),
        exercises: checked.iter().map(graded).collect(),
    };
    serde_json::to_string_pretty(&answer)
        .map_err(|error| Stop::because(&Say::Cant { what: Cant::WriteJson, error: &error }))
}

fn graded<'a>(Checked { exercise, file, grade }: &'a Checked<'_>) -> Graded<'a> {
    let broken = grade.state == State::Broken;
    Graded {
        file: file.map(|file| file.display().to_string()),
        name: &exercise.name,
        title: &exercise.about.title,
        lesson: exercise.lesson,
        status: status(grade.state),
        message: if broken { told(grade.compiler.trim_end()) } else { None },
        tests: grade.tests.iter().map(test).collect(),
    }
}

fn test(test: &TestResult) -> Test<'_> {
    let TestResult { name, status, message, printed } = test;
    Test { name, status: *status, message: told(message), output: told(printed) }
}

fn status(state: State) -> Status {
    match state {
        State::Solved => Status::Pass,
        State::Open => Status::Fail,
        State::Broken => Status::Error,
    }
}

fn told(message: &str) -> Option<String> {
    (!message.is_empty()).then(|| visible(message))
}
