//! A grade in words: what a learner reads after a check, and what to do next.

use crate::commands::list::{advice, known_states, next};
use crate::grade::answers::question;
use crate::grade::judge::{Fault, Grade, State};
use crate::grade::libtest::TestResult;
use crate::tools::term::{Look, indent, paint, visible, wrap};
use crate::workspace::{Exercise, Workspace};

/// A test's name as the sentence it is.
pub fn sentence(test: &str) -> String {
    test.replace("::", ": ").replace('_', " ")
}

/// A failed test as a student sees it: what was expected, the exchange, then what the server printed.
pub fn failure(test: &TestResult) -> String {
    let mut text = format!(
        "{}\n\n{}\n",
        paint(Look::Bad, &format!("Failed: {}", sentence(&test.name))),
        indent(&visible(&test.message), "    ")
    );
    if !test.printed.is_empty() {
        text.push_str(&format!(
            "\n  The server printed:\n\n{}\n",
            indent(&visible(&test.printed), "    ")
        ));
    }
    text
}

/// The grade as a student sees it, and what to do next.
pub fn grade_in_words(workspace: &Workspace, exercise: &Exercise, grade: &Grade) -> String {
    let name = &exercise.name;
    let mut text = format!(
        "{}\n\n",
        paint(Look::Strong, &format!("{} {name}: {}", exercise.number, exercise.about.title))
    );
    match grade.state {
        State::Broken => {
            text.push_str(&format!("{}\n\n", grade.compiler.trim_end()));
            text.push_str(&match grade.fault {
                Fault::Own => format!(
                    "{} Mend {}, then:\n",
                    paint(Look::Bad, "It does not compile."),
                    workspace.shown(&exercise.source())
                ),
                Fault::Elsewhere => format!(
                    "{}\n",
                    paint(Look::Bad, "It can't be built, and the fault is not in the exercise.")
                ),
            });
            text.push_str(&format!("  cargo course check {name}"));
        }
        State::Open => {
            if let Some(test) = grade.failures().next() {
                text.push_str(&failure(test));
            }
            let all = grade.tests.len();
            text.push_str(&format!(
                "\n{} of {all} tests pass. Edit {}, then:\n",
                grade.passed(),
                workspace.shown(&exercise.source())
            ));
            text.push_str(&format!(
                "  cargo course check {name}\nStuck?\n  cargo course hint {name}"
            ));
        }
        State::Solved => {
            text.push_str(&paint(
                Look::Good,
                &format!("Solved: {} of {} tests pass.", grade.passed(), grade.tests.len()),
            ));
            if let Some(question) = question(workspace, exercise) {
                text.push_str(&format!(
                    "\n\nAnswer aloud:\n{}",
                    indent(&wrap(&question, 76), "  ")
                ));
            }
            text.push_str(&format!(
                "\n\nOur solution, and why other answers are wrong:\n  cargo course solution {name}"
            ));
            let states = known_states(workspace);
            if next(&states).is_some_and(|next| next.name != *name) {
                text.push_str(&format!("\n\n{}", advice(workspace, &states)));
            }
        }
    }
    if grade.state != State::Broken && !grade.compiler.is_empty() {
        text.push_str(&format!(
            "\n\nThe compiler warns:\n\n{}",
            indent(grade.compiler.trim_end(), "    ")
        ));
    }
    text
}
