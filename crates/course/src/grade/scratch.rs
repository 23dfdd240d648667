//! A copy of the workspace to try answers in: a student's own files are neither judged nor touched.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::grade::turn::Turn;
use crate::say::Doing;
use crate::tools::cargo::Cargo;
use crate::tools::report::Stop;
use crate::workspace::{Exercise, Workspace};

/// Names that no build of the copy needs. Vendored crates are found from the real workspace, where cargo runs.
const LEFT_OUT: [&str; 5] = [".git", "node_modules", "target", "vendor", "CACHEDIR.TAG"];

/// The copy. It lies in the build folder and is kept, so that the next run builds only what changed.
pub struct Scratch {
    /// While it lasts, nobody else lays answers in.
    pub turn: Turn,
    pub root: PathBuf,
    /// Cargo for the copy, with a build folder of its own.
    pub cargo: Cargo,
}

impl Scratch {
    /// Makes the copy equal to the workspace, with every exercise's starter laid in, once no other check uses it.
    pub fn of(workspace: &Workspace) -> Result<Self, Stop> {
        let turn = Turn::take(workspace)?;
        let place = workspace.target.join("course-verify");
        let root = place.join("workspace");
        copy(&workspace.root, &root, &workspace.target)?;
        let scratch = Self {
            turn,
            cargo: workspace.cargo.for_scratch(root.join("Cargo.toml"), place.join("build")),
            root,
        };
        for exercise in workspace.exercises() {
            // A starter that is missing is a problem of its own; the exercise is then left as it is.
            if let Ok(starter) = workspace.read(&exercise.answer("starter.rs")) {
                scratch.lay(exercise, &starter)?;
            }
        }
        Ok(scratch)
    }

    /// Lays `answer` in as the exercise's source. A file that holds it already keeps its time, so that nothing is rebuilt.
    pub fn lay(&self, exercise: &Exercise, answer: &str) -> Result<(), Stop> {
        write_if_other(&self.root.join(exercise.source()), answer.as_bytes())
    }
}

/// Makes `to` hold what `from` holds. An exercise's `src/lib.rs` is left alone: answers are laid in one by one.
fn copy(from: &Path, to: &Path, target: &Path) -> Result<(), Stop> {
    fs::create_dir_all(to).map_err(|error| Stop::file(Doing::Make, to, &error))?;
    let mut names = Vec::new();
    for entry in
        fs::read_dir(from).map_err(|error| Stop::file(Doing::Read, from, &error))?.flatten()
    {
        let (name, path) = (entry.file_name(), entry.path());
        let is_left_out = LEFT_OUT.iter().any(|left_out| name == *left_out) || path == target;
        let Ok(kind) = entry.file_type() else { continue };
        // A folder that cargo marks as a build folder. Links could lead anywhere, and a named pipe is never read to its end.
        let is_build = || kind.is_dir() && path.join("CACHEDIR.TAG").exists();
        if is_left_out || !(kind.is_dir() || kind.is_file()) || is_build() {
            continue;
        }
        let goal = to.join(&name);
        if kind.is_dir() {
            copy(&path, &goal, target)?;
        } else if !(is_answer(&path) && goal.exists()) {
            match fs::read(&path) {
                Ok(bytes) => write_if_other(&goal, &bytes)?,
                // An editor's file may go while we look.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Stop::file(Doing::Read, &path, &error)),
            }
        }
        names.push(name);
    }
    for entry in fs::read_dir(to).map_err(|error| Stop::file(Doing::Read, to, &error))?.flatten() {
        if !names.contains(&entry.file_name()) {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Whether this is an exercise's `src/lib.rs`.
fn is_answer(path: &Path) -> bool {
    let exercise = path.ancestors().nth(2);
    path.ends_with("src/lib.rs")
        && exercise.is_some_and(|exercise| exercise.join(".answers").is_dir())
}

fn write_if_other(path: &Path, bytes: &[u8]) -> Result<(), Stop> {
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    // Written, not renamed or copied: cargo sees an edit by the file's time, which is now.
    fs::write(path, bytes).map_err(|error| Stop::file(Doing::Write, path, &error))
}

fn remove(path: &Path) -> Result<(), Stop> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    removed.map_err(|error| Stop::file(Doing::Remove, path, &error))
}
