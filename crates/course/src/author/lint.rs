//! Clippy and rustfmt on what a learner is shown.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::author::candidates::Candidate;
use crate::grade::scratch::Scratch;
use crate::tools::report::{Problem, Stop};
use crate::workspace::{Exercise, Workspace};

/// Clippy on the solutions, while they are laid in, with their checks and examples.
pub fn lint(
    scratch: &Scratch,
    candidates: &[Candidate<'_>],
    progress: &(impl Fn(&str) + Sync),
) -> Result<Vec<Problem>, Stop> {
    progress("solutions: clippy");
    let mut arguments = vec!["--no-deps", "--all-targets", "--keep-going"];
    for candidate in candidates {
        arguments.extend(["-p", &candidate.exercise.name]);
    }
    let linted = scratch.cargo.build("clippy", &arguments, |_, _| {})?;
    let mut problems = Vec::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.answers.is_empty()) {
        let folder = scratch.root.join(&candidate.exercise.folder);
        let said = format!("{}{}", linted.said(&folder, true), linted.said(&folder, false));
        if !said.is_empty() {
            let path = candidate.exercise.answer("solution.rs");
            problems.push(
                Problem::of(&path, "clippy complains of the solution or its tests").with(said),
            );
        }
    }
    if !linted.ok && problems.is_empty() {
        return Err(Stop(format!("clippy can't be run:\n{}", linted.stderr.trim_end())));
    }
    Ok(problems)
}

/// rustfmt on starters and solutions.
pub fn formatting(workspace: &Workspace, exercises: &[&Exercise]) -> Result<Vec<Problem>, Stop> {
    let answers = exercises
        .iter()
        .flat_map(|exercise| ["starter.rs", "solution.rs"].map(|name| exercise.answer(name)));
    let files: Vec<PathBuf> = answers.filter(|path| workspace.root.join(path).is_file()).collect();
    let mut problems = Vec::new();
    for path in files {
        let full = workspace.root.join(&path);
        let output = rustfmt()
            .arg(&full)
            .output()
            .map_err(|error| Stop(format!("can't run rustfmt: {error}")))?;
        if !output.status.success() {
            let said = format!(
                "{}{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            );
            problems
                .push(Problem::of(&path, "rustfmt would change it").with(said.replace('\r', "")));
        }
    }
    Ok(problems)
}

/// The rustfmt beside cargo, or the one on the path.
fn rustfmt() -> Command {
    let beside = std::env::var_os("CARGO").and_then(|cargo| {
        Some(Path::new(&cargo).parent()?.join(format!("rustfmt{}", std::env::consts::EXE_SUFFIX)))
    });
    let program = beside.filter(|path| path.is_file()).unwrap_or_else(|| PathBuf::from("rustfmt"));
    let mut command = Command::new(program);
    command.args(["--check", "--edition", "2024", "--color", "never"]);
    command
}
