//! `check --json`: one object for graders, close to version 3 of exercism's test runner.

use serde_json::Value;

use crate::grade::judge::{Grade, State};
use crate::grade::libtest::Status;
use crate::tools::term::visible;
use crate::workspace::Exercise;

/// The answer for these grades, fields in the order that a person reads them in.
pub fn answer(grades: &[(&Exercise, Grade)]) -> String {
    let exercises = grades.iter().map(|(exercise, grade)| graded(exercise, grade));
    let has = |state| grades.iter().any(|(_, grade)| grade.state == state);
    let status = if has(State::Broken) {
        "error"
    } else if has(State::Open) {
        "fail"
    } else {
        "pass"
    };
    object(&[
        ("version", "3".to_owned()),
        ("status", text(status)),
        ("exercises", array(exercises.collect())),
    ])
}

/// An exercise: but for `name`, `title` and `lesson`, what exercism's runner says of one.
fn graded(exercise: &Exercise, grade: &Grade) -> String {
    let status = match grade.state {
        State::Solved => "pass",
        State::Open => "fail",
        State::Broken => "error",
    };
    let message = if grade.state == State::Broken { grade.compiler.trim_end() } else { "" };
    let tests = grade.tests.iter().map(|test| {
        let status = match test.status {
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::Error => "error",
        };
        object(&[
            ("name", text(&test.name)),
            ("status", text(status)),
            ("message", text_or_null(&test.message)),
            ("output", text_or_null(&test.printed)),
        ])
    });
    let lesson = exercise.number.split('.').next().unwrap_or("0");
    object(&[
        ("name", text(&exercise.name)),
        ("title", text(&exercise.about.title)),
        ("lesson", lesson.to_owned()),
        ("status", text(status)),
        ("message", text_or_null(message)),
        ("tests", array(tests.collect())),
    ])
}

fn object(fields: &[(&str, String)]) -> String {
    let fields = fields.iter().map(|(name, value)| format!("{}: {value}", text(name)));
    enclosed('{', fields.collect(), '}')
}

fn array(values: Vec<String>) -> String {
    enclosed('[', values, ']')
}

fn enclosed(open: char, parts: Vec<String>, close: char) -> String {
    if parts.is_empty() {
        return format!("{open}{close}");
    }
    // No value holds a line end of its own: JSON escapes them.
    let inner = parts.join(",\n").replace('\n', "\n  ");
    format!("{open}\n  {inner}\n{close}")
}

fn text(text: &str) -> String {
    Value::from(text).to_string()
}

fn text_or_null(message: &str) -> String {
    if message.is_empty() { "null".to_owned() } else { text(&visible(message)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_json_with_two_blanks_a_level() {
        let inner = array(vec![object(&[("a", text("x\n\"y\""))]), array(Vec::new())]);
        assert_eq!(
            object(&[("b", inner)]),
            "{\n  \"b\": [\n    {\n      \"a\": \"x\\n\\\"y\\\"\"\n    },\n    []\n  ]\n}"
        );
    }
}
