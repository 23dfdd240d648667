//! `cargo course watch`: checks again at each save and shows only what changed.

use std::io::{BufRead, stdin};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::commands::hint::hint;
use crate::commands::list::{after, states};
use crate::commands::words::{failure, grade_in_words, sentence};
use crate::grade::judge::{Grade, State};
use crate::grade::libtest::Status;
use crate::grade::progress::grade_answers;
use crate::say::Say;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint, visible, wrap};
use crate::workspace::{Exercise, Workspace};

/// How often the file is looked at. Looking works on every system and file system; notifications do not.
const PAUSE: Duration = Duration::from_millis(300);

/// What a person typed.
enum Key {
    Again,
    Hint,
    Next,
    Quit,
    Other(String),
}

/// Watches `exercise` until `q` or the end of input.
pub fn run<'w>(workspace: &'w Workspace, mut exercise: &'w Exercise) -> Result<Ending, Stop> {
    let keys = keys();
    let mut ending = Ending::Open;
    let mut last: Option<Grade> = None;
    let mut seen: Option<String> = None;
    loop {
        let now = workspace.read(&exercise.source()).ok();
        // An editor that saves by renaming leaves no file for a moment.
        if now.is_some() && now != seen {
            seen = now;
            let grade = check(workspace, exercise)?;
            show(workspace, exercise, last.as_ref(), &grade);
            println!("\n{}", paint(Look::Quiet, &wrap(&Say::Keys.to_string(), 78)));
            ending = grade.ending();
            last = Some(grade);
        }
        match key(&keys) {
            None => {}
            Some(Key::Quit) => return Ok(ending),
            Some(Key::Hint) => {
                hint(workspace, exercise)?;
            }
            Some(Key::Again) => {
                last = None;
                seen = None;
            }
            Some(Key::Next) => match after(&states(workspace)?, exercise) {
                Some(other) => {
                    exercise = other;
                    last = None;
                    seen = None;
                }
                None => println!("{}", Say::NoOther),
            },
            Some(Key::Other(typed)) => println!("{}", Say::NoKey { typed: &typed }),
        }
    }
}

fn check(workspace: &Workspace, exercise: &Exercise) -> Result<Grade, Stop> {
    let grades = grade_answers(workspace, &[exercise])?;
    grades.into_iter().next().ok_or_else(|| Stop::because(&Say::NothingChecked))
}

/// All of it the first time and when it is solved or broken; later what changed.
fn show(workspace: &Workspace, exercise: &Exercise, before: Option<&Grade>, grade: &Grade) {
    let Some(before) =
        before.filter(|before| before.state == State::Open && grade.state == State::Open)
    else {
        println!("\n{}", grade_in_words(workspace, exercise, grade));
        return;
    };
    let mut changes = Vec::new();
    for test in &grade.tests {
        let was =
            before.tests.iter().find(|other| other.name == test.name).map(|other| other.status);
        let test_name = &sentence(&test.name);
        let (look, said) = match (was, test.status) {
            (Some(Status::Pass), Status::Pass) => continue,
            (_, Status::Pass) => (Look::Good, Say::NowPasses { test: test_name }),
            (Some(Status::Pass), _) => (Look::Bad, Say::NowFails { test: test_name }),
            _ => continue,
        };
        changes.push(paint(look, &said.to_string()));
    }
    let told = before.most_telling();
    if let Some(test) = grade.most_telling().filter(|test| told != Some(test)) {
        changes.push(failure(test));
    }
    if changes.is_empty() {
        changes.push(Say::SameFailure.to_string());
    }
    let score = Say::NowPass { passed: grade.passed(), of: grade.tests.len() };
    println!("\n{}\n{score}", changes.join("\n"));
}

/// Lines typed, read on a thread: a line is what every terminal gives.
fn keys() -> Receiver<String> {
    let (send, keys) = mpsc::channel();
    thread::spawn(move || {
        for line in stdin().lock().lines().map_while(Result::ok) {
            if send.send(line).is_err() {
                break;
            }
        }
    });
    keys
}

/// The next key, or `None` when it is time to look at the file. The end of input is `q`.
fn key(keys: &Receiver<String>) -> Option<Key> {
    match keys.recv_timeout(PAUSE) {
        Err(RecvTimeoutError::Timeout) => None,
        Err(RecvTimeoutError::Disconnected) => Some(Key::Quit),
        Ok(line) => Some(match line.trim() {
            "" => Key::Again,
            "h" => Key::Hint,
            "n" => Key::Next,
            "q" => Key::Quit,
            other => Key::Other(visible(other)),
        }),
    }
}
