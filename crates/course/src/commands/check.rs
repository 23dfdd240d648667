//! `cargo course check`.

use std::path::Path;

use crate::commands::words::grade_in_words;
use crate::commands::{json, list};
use crate::grade::answers;
use crate::grade::judge::{Grade, grade};
use crate::grade::progress::{grade_answers, is_untouched};
use crate::grade::scratch::Scratch;
use crate::tools::report::{Ending, Stop};
use crate::tools::status;
use crate::workspace::{Exercise, Workspace};

/// What was asked for.
pub struct Asked<'a> {
    /// The folder where it was typed.
    pub here: &'a Path,
    /// The exercises that were named.
    pub names: Vec<&'a str>,
    /// Whether every exercise is meant.
    pub all: bool,
    /// Whether a program reads the answer.
    pub json: bool,
    /// The file to grade in place of the learner's.
    pub answer: Option<&'a Path>,
}

/// Checks, and prints how each exercise ended.
pub fn check(workspace: &Workspace, asked: &Asked<'_>) -> Result<Ending, Stop> {
    let exercises = wanted(workspace, asked)?;
    let grades = match asked.answer {
        Some(file) => {
            vec![(exercises[0], grade_file(workspace, &exercises, &asked.here.join(file))?)]
        }
        None => exercises.iter().copied().zip(grade_answers(workspace, &exercises)?).collect(),
    };
    if asked.json {
        println!("{}", json::answer(&grades)?);
    } else {
        let in_words =
            |(exercise, grade): &(&Exercise, Grade)| grade_in_words(workspace, exercise, grade);
        println!("{}", grades.iter().map(in_words).collect::<Vec<_>>().join("\n\n"));
    }
    Ok(grades.iter().map(|(_, grade)| grade.ending()).max().unwrap_or(Ending::Solved))
}

/// Those that were named; else the one whose folder this is; else those that were edited; else the next. At least one.
fn wanted<'w>(workspace: &'w Workspace, asked: &Asked<'_>) -> Result<Vec<&'w Exercise>, Stop> {
    if !asked.names.is_empty() {
        return asked.names.iter().map(|typed| workspace.exercise(typed)).collect();
    }
    let mut exercises: Vec<&Exercise> = workspace.exercises().collect();
    if !(asked.all || asked.json) {
        match workspace.exercise_around(asked.here) {
            Some(exercise) => exercises = vec![exercise],
            None => exercises.retain(|exercise| !is_untouched(workspace, exercise)),
        }
        if exercises.is_empty() {
            exercises.extend(list::next(&list::states(workspace)?));
        }
    }
    if exercises.is_empty() {
        return Err(Stop("there are no exercises yet".to_owned()));
    }
    Ok(exercises)
}

/// Grades a file as the answer to one exercise, in a copy: nothing in this clone changes.
fn grade_file(workspace: &Workspace, exercises: &[&Exercise], file: &Path) -> Result<Grade, Stop> {
    let [exercise] = exercises else {
        return Err(Stop("--answer needs the one exercise that the file answers: cargo course check NAME --answer FILE".to_owned()));
    };
    let mut answer = workspace.read(file)?;
    if file.extension().is_some_and(|extension| extension == "diff") {
        answer = answers::answer(workspace, exercise, &answer).map_err(|misfit| {
            Stop(format!("{}:{}: {}", file.display(), misfit.line, misfit.why))
        })?;
    }
    let scratch = Scratch::of(workspace)?;
    scratch.lay(exercise, &answer)?;
    let grades = grade(&scratch.cargo, &scratch.root, &[exercise], status::compiling)?;
    status::clear();
    grades.into_iter().next().ok_or_else(|| Stop("nothing was checked".to_owned()))
}
