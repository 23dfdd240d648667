//! `cargo course verify`: documents against code and servers, and every exercise against its promises.

use std::io::{IsTerminal, Write, stderr};

use crate::cli::Ending;
use crate::documents::{self, Mode};
use crate::report::{Problem, Stop, count};
use crate::term::{Look, paint};
use crate::workspace::{Workspace, unknown};

/// What to verify.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Documents and exercises.
    All,
    /// Documents.
    Documents,
    /// Exercises.
    Exercises,
}

/// Verifies, prints each problem, and says how many there are.
///
/// # Errors
/// Where it can't be done at all.
pub fn run(
    workspace: &Workspace,
    name: Option<&str>,
    parts: Parts,
    mode: Mode,
    _committed: bool,
) -> Result<Ending, Stop> {
    let lesson = match name {
        None => None,
        Some(typed) => match workspace.lesson(typed) {
            Some(lesson) => Some(lesson),
            None => {
                return Err(unknown(
                    "lesson or exercise",
                    typed,
                    workspace.lessons.iter().map(|lesson| lesson.name.as_str()),
                ));
            }
        },
    };
    let mut problems: Vec<Problem> = Vec::new();
    let mut summary = Vec::new();
    if parts != Parts::Exercises {
        let found = documents::check(
            workspace,
            lesson.map(|lesson| lesson.name.as_str()),
            mode,
            progress,
        )?;
        clear_progress();
        problems.extend(found.problems);
        for fixed in &found.fixed {
            println!("{fixed}");
        }
        summary.push(format!(
            "{}, {}, {}, {}",
            count(found.documents, "document", "documents"),
            count(found.blocks, "code block", "code blocks"),
            count(found.commands, "command", "commands"),
            count(found.links, "link", "links")
        ));
    }
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    for problem in workspace.problems.iter().chain(&problems) {
        println!("{}\n", problem.to_text());
    }
    let number = workspace.problems.len() + problems.len();
    println!("Verified {}.", summary.join("; "));
    if number == 0 {
        println!("{}", paint(Look::Good, "All of it is true."));
        return Ok(Ending::Solved);
    }
    println!(
        "{}",
        paint(Look::Bad, &count(number, "problem.", "problems."))
    );
    Ok(Ending::Open)
}

/// Says what is being done: on one line of a terminal, else a line each.
pub fn progress(what: &str) {
    if stderr().is_terminal() {
        eprint!("\r\u{1b}[K{what}");
        let _ = stderr().flush();
    } else {
        eprintln!("{what}");
    }
}

/// Takes the progress line away.
pub fn clear_progress() {
    if stderr().is_terminal() {
        eprint!("\r\u{1b}[K");
    }
}
