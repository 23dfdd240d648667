//! `cargo course check`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::commands::words::{Checked, grade_in_words, next_in_words, table};
use crate::commands::{json, list};
use crate::grade::answers;
use crate::grade::judge::{Grade, grade};
use crate::grade::progress::{grade_answers, is_untouched};
use crate::grade::scratch::Scratch;
use crate::say::Say;
use crate::tools::report::{Ending, Stop};
use crate::tools::status;
use crate::workspace::{Exercise, Workspace};

/// What may be asked for.
#[derive(Args)]
pub struct Asked {
    /// Exercises, by name or number; without, the one whose folder this is, else those that were edited, else the next
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Every exercise
    #[arg(long)]
    all: bool,
    /// One JSON object for graders (see crates/course/README.md); every exercise unless some are named
    #[arg(long)]
    json: bool,
    /// Grade each FILE, Rust or a patch (.diff), as an answer to the one NAME, in a copy: src/lib.rs stays as it is
    #[arg(long = "answer", value_name = "FILE", num_args(1..))]
    answers: Vec<PathBuf>,
}

/// Checks, and prints how each exercise ended.
pub fn check(workspace: &Workspace, asked: &Asked, here: &Path) -> Result<Ending, Stop> {
    let exercises = wanted(workspace, asked, here)?;
    let checked = if asked.answers.is_empty() {
        let grades = grade_answers(workspace, &exercises)?;
        let of = |(exercise, grade)| Checked { exercise, file: None, grade };
        exercises.iter().copied().zip(grades).map(of).collect()
    } else {
        grade_files(workspace, &exercises, &asked.answers, here)?
    };
    if asked.json {
        println!("{}", json::answer(&checked)?);
    } else if let [first, _, ..] = checked.as_slice()
        && first.file.is_some()
    {
        println!("{}", table(&checked));
    } else {
        let in_words = |one: &Checked<'_>| grade_in_words(workspace, one.exercise, &one.grade);
        println!("{}", checked.iter().map(in_words).collect::<Vec<_>>().join("\n\n"));
        if asked.answers.is_empty() {
            print!("{}", next_in_words(workspace, &checked));
        }
    }
    Ok(checked.iter().map(|one| one.grade.ending()).max().unwrap_or(Ending::Solved))
}

/// Those that were named; else the one whose folder this is; else those that were edited; else the next. At least one.
fn wanted<'w>(
    workspace: &'w Workspace,
    asked: &Asked,
    here: &Path,
) -> Result<Vec<&'w Exercise>, Stop> {
    if !asked.names.is_empty() {
        return asked.names.iter().map(|typed| workspace.exercise(typed)).collect();
    }
    let mut exercises: Vec<&Exercise> = workspace.exercises().collect();
    if !(asked.all || asked.json) {
        match workspace.exercise_around(here) {
            Some(exercise) => exercises = vec![exercise],
            None => exercises.retain(|exercise| !is_untouched(workspace, exercise)),
        }
        if exercises.is_empty() {
            exercises.extend(list::next(&list::states(workspace)?));
        }
    }
    if exercises.is_empty() {
        return Err(Stop::because(&Say::NoExercises));
    }
    Ok(exercises)
}

/// Grades files as answers to one exercise, in a copy: nothing in this clone changes. Where there are several, one that
/// can't be read does not keep the others from their grades.
fn grade_files<'a>(
    workspace: &Workspace,
    exercises: &[&'a Exercise],
    files: &'a [PathBuf],
    here: &Path,
) -> Result<Vec<Checked<'a>>, Stop> {
    let [exercise] = exercises else {
        return Err(Stop::because(&Say::OneForAnswer));
    };
    let scratch = Scratch::of(workspace)?;
    let mut checked = Vec::new();
    for file in files {
        let grade = match read_answer(workspace, exercise, &here.join(file)) {
            Err(stop) if files.len() == 1 => return Err(stop),
            Err(Stop(why)) => Grade::unread(why),
            Ok(text) => {
                scratch.lay(exercise, &text)?;
                let Scratch { turn, cargo, root } = &scratch;
                grade(turn, cargo, root, &[exercise], status::compiling)?.remove(0)
            }
        };
        checked.push(Checked { exercise, file: Some(file), grade });
    }
    status::clear();
    Ok(checked)
}

fn read_answer(workspace: &Workspace, exercise: &Exercise, file: &Path) -> Result<String, Stop> {
    let text = workspace.read(file)?;
    if file.extension().is_none_or(|extension| extension != "diff") {
        return Ok(text);
    }
    answers::answer(workspace, exercise, &text)
        .map_err(|misfit| Stop(format!("{}:{}: {}", file.display(), misfit.line, misfit.why)))
}
