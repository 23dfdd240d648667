//! What a student asks of an exercise, besides its check: run it, a hint, the solution, a fresh start.

use std::io::{BufRead, IsTerminal, Write, stdin, stdout};
use std::path::PathBuf;
use std::process::Command;

use crate::cli::Ending;
use crate::grade::answers::{Kind, others};
use crate::grade::check::grade_answers;
use crate::grade::progress::{Remembered, State, is_untouched, known};
use crate::tools::report::{Stop, count};
use crate::tools::term::{Look, paint, wrap};
use crate::workspace::{Exercise, Workspace, unknown};

/// Runs a lesson, or an exercise's server, until the user stops it.
///
/// # Errors
/// Where there is no such thing, or cargo can't be started.
pub fn run(workspace: &Workspace, typed: &str) -> Result<Ending, Stop> {
    let mut command = workspace.cargo.command("run");
    if let Some(lesson) = workspace.lesson(typed) {
        command.args(["-p", &lesson.name]);
    } else if let Some(exercise) =
        workspace.exercises().find(|one| one.name == typed || one.number == typed)
    {
        command.args(["-p", &exercise.name, "--example", "run"]);
    } else {
        let lessons = workspace.lessons.iter().map(|lesson| lesson.name.as_str());
        return Err(unknown(
            "lesson or exercise",
            typed,
            lessons.chain(workspace.exercises().map(|exercise| exercise.name.as_str())),
        ));
    }
    replace_this_program(command)
}

/// The server gets the terminal and its signals as if it had been started without us.
#[cfg(unix)]
fn replace_this_program(mut command: Command) -> Result<Ending, Stop> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Stop(format!("can't run cargo: {error}")))
}

/// Waits for the server; Ctrl-C reaches both programs.
#[cfg(not(unix))]
fn replace_this_program(mut command: Command) -> Result<Ending, Stop> {
    let status = command.status().map_err(|error| Stop(format!("can't run cargo: {error}")))?;
    Ok(if status.success() { Ending::Solved } else { Ending::Broken })
}

/// Shows the hints up to one more than last time.
///
/// # Errors
/// Where the count can't be kept.
pub fn hint(workspace: &Workspace, exercise: &Exercise) -> Result<Ending, Stop> {
    let hints = &exercise.about.hints;
    if hints.is_empty() {
        println!("{} has no hints.", exercise.name);
        return Ok(Ending::Solved);
    }
    let mut remembered = Remembered::of(workspace, exercise);
    remembered.hints = (remembered.hints + 1).min(hints.len());
    for (at, hint) in hints.iter().take(remembered.hints).enumerate() {
        let text = wrap(&format!("Hint {} of {}: {hint}", at + 1, hints.len()), 78);
        let is_new = at + 1 == remembered.hints;
        println!("{}", if is_new { text } else { paint(Look::Quiet, &text) });
    }
    if remembered.hints == hints.len() {
        println!(
            "That was the last one. To look at the solution: cargo course solution {} --spoil",
            exercise.name
        );
    }
    remembered.keep(workspace, exercise)?;
    Ok(Ending::Solved)
}

/// Whether `reset` asks first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// It asks.
    Yes,
    /// `--yes` was given.
    No,
}

/// Gives back the starters, and keeps what was there.
///
/// # Errors
/// Where nobody can be asked, or a file can't be written.
pub fn reset(workspace: &Workspace, exercises: &[&Exercise], asks: Asks) -> Result<Ending, Stop> {
    let touched: Vec<&&Exercise> =
        exercises.iter().filter(|exercise| !is_untouched(workspace, exercise)).collect();
    if touched.is_empty() {
        println!(
            "Nothing to reset: {} as at the start.",
            if exercises.len() == 1 { "it is" } else { "all are" }
        );
        return Ok(Ending::Solved);
    }
    let names: Vec<&str> = touched.iter().map(|exercise| exercise.name.as_str()).collect();
    if asks == Asks::Yes && !agreed(&names)? {
        println!("Nothing was changed.");
        return Ok(Ending::Open);
    }
    for exercise in touched {
        let starter = workspace.read(&exercise.answer("starter.rs"))?;
        let source = workspace.root.join(exercise.source());
        let kept = free_name(workspace, exercise);
        if source.exists() {
            std::fs::copy(&source, &kept).map_err(|error| Stop::file("write", &kept, &error))?;
        }
        std::fs::write(&source, starter).map_err(|error| Stop::file("write", &source, &error))?;
        println!(
            "{} is as at the start; your answer is kept in {}",
            exercise.name,
            workspace.shown(&kept)
        );
    }
    Ok(Ending::Solved)
}

fn agreed(names: &[&str]) -> Result<bool, Stop> {
    if !stdin().is_terminal() {
        return Err(Stop(format!(
            "nobody is here to be asked whether to reset {}: add --yes",
            names.join(", ")
        )));
    }
    print!(
        "Put {} back as at the start ({})? Your answer is kept beside it. [y/N] ",
        count(names.len(), "exercise", "exercises"),
        names.join(", ")
    );
    stdout().flush().map_err(|error| Stop(format!("can't ask: {error}")))?;
    let mut answer = String::new();
    stdin()
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Stop(format!("can't read the answer: {error}")))?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

/// A name beside the source that no file has: never in the build folder, which `cargo clean` empties.
fn free_name(workspace: &Workspace, exercise: &Exercise) -> PathBuf {
    let folder = workspace.root.join(&exercise.folder).join("src");
    let mut number = 1;
    loop {
        let path = folder.join(format!("lib.rs.before-reset-{number}"));
        if !path.exists() {
            return path;
        }
        number += 1;
    }
}

/// Whether the solution may be shown before it is earned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    /// `--spoil` was given.
    Yes,
    /// Only once solved.
    No,
}

/// Shows the solution, and why each wrong answer is wrong.
///
/// # Errors
/// Where it can't be checked or read.
pub fn solution(workspace: &Workspace, exercise: &Exercise, spoil: Spoil) -> Result<Ending, Stop> {
    let name = &exercise.name;
    if spoil == Spoil::No && !is_solved(workspace, exercise)? {
        println!(
            "{name} is not solved yet. Check it again with:\n  cargo course check {name}\nTo look at the solution all the same:\n  cargo course solution {name} --spoil"
        );
        return Ok(Ending::Open);
    }
    println!(
        "{}\n",
        paint(Look::Strong, &format!("{} {name}: {}", exercise.number, exercise.about.title))
    );
    println!("{}", workspace.read(&exercise.answer("solution.rs"))?.trim_end());
    println!("\n{}", paint(Look::Strong, "What else people try, and why it is wrong"));
    let others = others(workspace, exercise)?;
    for wrong in others.iter().filter(|other| other.kind == Kind::Wrong) {
        let text = format!("- {} ({})", wrong.head.why, workspace.shown(&wrong.path));
        println!("\n{}", wrap(&text, 78));
        for test in &wrong.head.killed_by {
            println!("    fails: {}", crate::grade::check::sentence(test));
        }
    }
    Ok(Ending::Solved)
}

fn is_solved(workspace: &Workspace, exercise: &Exercise) -> Result<bool, Stop> {
    if Remembered::of(workspace, exercise).was_solved {
        return Ok(true);
    }
    if let Some(state) = known(workspace, exercise) {
        return Ok(state == State::Solved);
    }
    let grades = grade_answers(workspace, &[exercise])?;
    Ok(grades.iter().all(|grade| grade.state == State::Solved))
}

/// The question to answer aloud: what follows `//! Aloud:` in the exercise's header, to the next empty comment line.
pub fn aloud(workspace: &Workspace, exercise: &Exercise) -> Option<String> {
    let text = workspace
        .read(&exercise.answer("starter.rs"))
        .or_else(|_| workspace.read(&exercise.source()))
        .ok()?;
    let header = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let mut from = header.skip_while(|line| !line.starts_with("Aloud:"));
    let first = from.next()?.strip_prefix("Aloud:")?.trim().to_owned();
    let rest = from.take_while(|line| !line.is_empty());
    Some(std::iter::once(first).chain(rest.map(str::to_owned)).collect::<Vec<_>>().join(" "))
}
