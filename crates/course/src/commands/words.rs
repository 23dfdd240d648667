//! A grade in words: what a learner reads after a check, and what to do next.

use std::path::Path;

use crate::commands::handler;
use crate::commands::list::{advice, after, changed, known_states};
use crate::grade::answers::question;
use crate::grade::judge::{Fault, Grade, State};
use crate::grade::libtest::TestResult;
use crate::grade::progress::task_has_changed;
use crate::say::Say;
use crate::tools::term::{Look, blanks, indent, paint, visible, wrap};
use crate::workspace::{Exercise, Workspace};

/// How one answer did.
pub struct Checked<'a> {
    pub exercise: &'a Exercise,
    /// The file; `None` where it is the learner's own answer.
    pub file: Option<&'a Path>,
    pub grade: Grade,
}

/// How many lines of a failure's message are shown, and of what the server printed.
const MESSAGE: usize = 100;
const PRINTED: usize = 40;

/// How many characters of a line are shown.
const LINE: usize = 400;

/// A test's name as the sentence it is.
pub fn sentence(test: &str) -> String {
    test.replace("::", ": ").replace('_', " ")
}

/// A failed test as a student sees it: what was expected, the exchange, then what the server printed.
pub fn failure(test: &TestResult) -> String {
    let mut text = format!(
        "{}\n\n{}\n",
        paint(Look::Bad, &Say::Failed { test: &sentence(&test.name) }.to_string()),
        indent(&bounded(&test.message, MESSAGE), "    ")
    );
    if !test.printed.is_empty() {
        text.push_str(&format!(
            "\n  {}\n\n{}\n",
            Say::ServerPrinted,
            indent(&bounded(&test.printed, PRINTED), "    ")
        ));
    }
    text
}

/// A failed test in two lines: its name, and the first sentence of what it says.
fn in_short(test: &TestResult) -> String {
    let said = wrap(&visible(&first_sentence(&test.message)), 74);
    format!("  {}\n{}", sentence(&test.name), indent(&said, "      "))
}

/// The first sentence of a text, or as much as a list can bear.
fn first_sentence(text: &str) -> String {
    const LONGEST: usize = 200;
    let paragraph: Vec<&str> =
        text.trim().lines().take_while(|line| !line.trim().is_empty()).collect();
    let paragraph = paragraph.join(" ");
    let ends = paragraph.match_indices(". ").map(|(at, _)| at + 1);
    // `e.g. a` and `version 1. 2` go on.
    let mut ends = ends.filter(|at| paragraph[*at..].trim_start().starts_with(char::is_uppercase));
    let sentence = &paragraph[..ends.next().unwrap_or(paragraph.len())];
    match sentence.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &sentence[..at]),
        None => sentence.to_owned(),
    }
}

/// At most `most` lines of a text, of both its ends, safe for a terminal.
fn bounded(text: &str, most: usize) -> String {
    let lines: Vec<String> = text.lines().map(cut).collect();
    if lines.len() <= most {
        return visible(&lines.join("\n"));
    }
    let (head, tail) = (&lines[..most / 2], &lines[lines.len() - most / 2..]);
    let lost = lines.len() - head.len() - tail.len();
    let (head, lost, tail) = (head.join("\n"), Say::MoreLines(lost), tail.join("\n"));
    visible(&format!("{head}\n{lost}\n{tail}"))
}

fn cut(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        Some((at, _)) => {
            format!("{} {}", &line[..at], Say::MoreCharacters(line[at..].chars().count()))
        }
        None => line.to_owned(),
    }
}

/// The question to be answered aloud, in the language of the terminal: in Chinese the document has it, after the task.
pub fn aloud(workspace: &Workspace, exercise: &Exercise) -> Option<String> {
    let lesson = workspace.lessons.iter().find(|lesson| lesson.number == exercise.lesson)?;
    let document = workspace.document(lesson);
    if document == lesson.document {
        return question(workspace, exercise);
    }
    let text = workspace.read(&document).ok()?;
    let task = format!("### {}：", exercise.name);
    let mut lines = text.lines().skip_while(|line| !line.starts_with(&task));
    lines.find_map(|line| line.strip_prefix("大声回答：")).map(str::to_owned)
}

/// Many answers to one exercise: each file, how it did, and the first sentence of what tells most.
pub fn table(checked: &[Checked<'_>]) -> String {
    let name = |one: &Checked<'_>| {
        one.file.map_or(String::new(), |file| visible(&file.display().to_string()))
    };
    let verdict = |one: &Checked<'_>| match one.grade.state {
        State::Solved => (Look::Good, State::Solved.said()),
        State::Open => {
            let (passed, of) = (one.grade.passed(), one.grade.tests.len());
            (Look::Bad, Say::ScoreInShort { passed, of })
        }
        State::Broken => (Look::Bad, State::Broken.said()),
    };
    let why = |grade: &Grade| match grade.most_telling().filter(|_| grade.state == State::Open) {
        Some(test) => format!("{}: {}", sentence(&test.name), first_sentence(&test.message)),
        None => grade
            .compiler
            .lines()
            .next()
            .filter(|_| grade.state == State::Broken)
            .unwrap_or("")
            .to_owned(),
    };
    let widest = checked.iter().map(|one| name(one).chars().count()).max().unwrap_or(0);
    let row = |one: &Checked<'_>| {
        let (look, verdict) = verdict(one);
        let verdict = verdict.to_string();
        let row = format!(
            "{:<widest$}  {}  {}",
            name(one),
            paint(look, &format!("{verdict}{}", blanks(12, &verdict))),
            visible(&why(&one.grade))
        );
        row.trim_end().to_owned()
    };
    let solved = checked.iter().filter(|one| one.grade.state == State::Solved).count();
    let rows: Vec<String> = checked.iter().map(row).collect();
    format!("{}\n\n{}", rows.join("\n"), Say::SolvedOf { solved, of: checked.len() })
}

/// What to do after these checks, where one of them is solved: the next open exercise after the last of these.
pub fn next_in_words(workspace: &Workspace, checked: &[Checked<'_>]) -> String {
    let Some(last) = checked.iter().rfind(|one| one.grade.state == State::Solved) else {
        return String::new();
    };
    let states = known_states(workspace);
    match after(&states, last.exercise) {
        Some(next) => format!("\n{}\n", advice(workspace, &states, next)),
        None => String::new(),
    }
}

/// The grade as a student sees it, and what to do next.
pub fn grade_in_words(workspace: &Workspace, exercise: &Exercise, grade: &Grade) -> String {
    let name = &exercise.name;
    let mut text = format!("{}\n\n", paint(Look::Strong, &exercise.heading()));
    let source = &workspace.shown(&exercise.source());
    match grade.state {
        State::Broken => {
            text.push_str(&format!("{}\n\n", grade.compiler.trim_end()));
            if let Some(why) = handler::explained(&grade.compiler) {
                text.push_str(&format!("{}\n\n", wrap(&why, 78)));
            }
            text.push_str(&match grade.fault {
                Fault::Own => format!(
                    "{}\n{}\n",
                    paint(Look::Bad, &Say::DoesNotCompile.to_string()),
                    Say::FixThen { source }
                ),
                Fault::Elsewhere => {
                    format!("{}\n", paint(Look::Bad, &Say::FaultElsewhere.to_string()))
                }
            });
            text.push_str(&format!("  cargo course check {name}"));
        }
        State::Open => {
            let told = grade.most_telling();
            text.extend(told.map(failure));
            let others = grade.failures().filter(|test| Some(*test) != told);
            let others: Vec<String> = others.map(in_short).collect();
            if !others.is_empty() {
                text.push_str(&format!(
                    "\n{}\n{}\n",
                    paint(Look::Bad, &Say::AlsoFailed.to_string()),
                    others.join("\n")
                ));
            }
            text.push_str(&format!(
                "\n{}\n  cargo course check {name}\n{}\n  cargo course hint {name}",
                Say::EditThen { passed: grade.passed(), of: grade.tests.len(), source },
                Say::Stuck
            ));
        }
        State::Solved => {
            let solved = Say::Solved { passed: grade.passed(), of: grade.tests.len() };
            text.push_str(&paint(Look::Good, &solved.to_string()));
            if let Some(question) = aloud(workspace, exercise) {
                text.push_str(&format!(
                    "\n\n{}\n{}",
                    Say::AnswerAloud,
                    indent(&wrap(&question, 76), "  ")
                ));
            }
            text.push_str(&format!("\n\n{}\n  cargo course solution {name}", Say::OurSolution));
        }
    }
    if task_has_changed(workspace, exercise) {
        text.push_str(&format!("\n\n{}", changed(exercise)));
    }
    if grade.state != State::Broken && !grade.compiler.is_empty() {
        text.push_str(&format!(
            "\n\n{}\n\n{}",
            Say::CompilerWarns,
            indent(grade.compiler.trim_end(), "    ")
        ));
    }
    text
}
