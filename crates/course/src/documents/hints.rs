//! An exercise's title and hints in Chinese: whether they were made from the English ones as these are now.

use ::documents::translation;

use crate::documents::finding::Report;
use crate::tools::files;
use crate::tools::report::{Problem, Stop, slashed};
use crate::workspace::{Exercise, Workspace};

/// Holds those of an exercise. Where they are `followed`, that is written into its `Cargo.toml`.
pub fn check(
    workspace: &Workspace,
    exercise: &Exercise,
    followed: bool,
    report: &mut Report,
) -> Result<(), Stop> {
    let (about, path) = (&exercise.about, exercise.folder.join("Cargo.toml"));
    let Some(chinese) = &about.chinese else { return Ok(()) };
    // One heading, so that hints are hashed as the sections of documents are.
    let english = translation::sections(&format!("# {} {}", about.title, about.hints.join(" ")));
    let today = english.first().map(|all| format!("{:08x}", all.hash)).unwrap_or_default();
    let shown = slashed(&path);
    let command = format!("`cargo course verify {} --chinese={}`", exercise.lesson, exercise.name);
    let note = |what| Problem::of(&path, format!("{what}, then note that: {command}"));
    match &chinese.made_from {
        Some(hash) if *hash == today => {}
        _ if followed => {
            let text = workspace.read(&path)?;
            let kept = text.lines().filter(|line| !line.starts_with("made_from = "));
            let lines = kept.map(|line| match line {
                TABLE => format!("{TABLE}\nmade_from = \"{today}\"\n"),
                other => format!("{other}\n"),
            });
            files::write(&workspace.root.join(&path), &lines.collect::<String>())?;
            report.fixed.push(format!("{shown}: 1 place rewritten"));
        }
        Some(_) => report.warnings.push(note(format!(
            "the English title or hints are newer: see `git log -p -- {shown}`. Follow them here"
        ))),
        None => report.problems.push(note(
            "title and hints in Chinese don't say which English they were made from: read them"
                .to_owned(),
        )),
    }
    Ok(())
}

/// Where a `Cargo.toml` has them.
const TABLE: &str = "[package.metadata.exercise.chinese]";
