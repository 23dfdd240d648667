//! `cargo course reset`: a fresh start; what was there is kept.

use std::io::{self, BufRead, IsTerminal, Write, stdin, stdout};
use std::path::PathBuf;

use clap::Args;

use crate::grade::progress::{begin, is_untouched};
use crate::say::Doing;
use crate::say::{Cant, Say};
use crate::tools::report::{Ending, Stop};
use crate::workspace::{Exercise, Workspace};

#[derive(Args)]
pub struct Asked {
    /// An exercise, by name or number
    name: Option<String>,
    /// Every exercise
    #[arg(long)]
    all: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Gives back the starters, and keeps what was there.
pub fn reset(workspace: &Workspace, asked: &Asked) -> Result<Ending, Stop> {
    let exercises: Vec<&Exercise> = match (&asked.name, asked.all) {
        (Some(typed), false) => vec![workspace.exercise(typed)?],
        (None, true) => workspace.exercises().collect(),
        _ => return Err(Stop::because(&Say::OneToReset)),
    };
    let touched: Vec<&&Exercise> =
        exercises.iter().filter(|exercise| !is_untouched(workspace, exercise)).collect();
    if touched.is_empty() {
        println!("{}", Say::NothingToReset { is_one: exercises.len() == 1 });
        return Ok(Ending::Solved);
    }
    let names: Vec<&str> = touched.iter().map(|exercise| exercise.name.as_str()).collect();
    if !asked.yes && !agreed(&names)? {
        println!("{}", Say::NothingChanged);
        return Ok(Ending::Open);
    }
    for exercise in touched {
        let starter = workspace.read(&exercise.answer("starter.rs"))?;
        let source = workspace.root.join(exercise.source());
        let kept = free_name(workspace, exercise);
        if source.exists() {
            std::fs::copy(&source, &kept)
                .map_err(|error| Stop::file(Doing::Write, &kept, &error))?;
        }
        std::fs::write(&source, starter)
            .map_err(|error| Stop::file(Doing::Write, &source, &error))?;
        begin(workspace, exercise)?;
        let kept = &workspace.shown(&kept);
        println!("{}", Say::IsAsAtTheStart { name: &exercise.name, kept });
    }
    Ok(Ending::Solved)
}

fn agreed(names: &[&str]) -> Result<bool, Stop> {
    if !stdin().is_terminal() {
        return Err(Stop::because(&Say::NobodyToAsk { names: &names.join(", ") }));
    }
    print!("{}", Say::ShallReset { number: names.len(), names: &names.join(", ") });
    let cant = |what, error| Stop::because(&Say::Cant { what, error: &error });
    stdout().flush().map_err(|error: io::Error| cant(Cant::Ask, error))?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer).map_err(|error| cant(Cant::ReadTheAnswer, error))?;
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
