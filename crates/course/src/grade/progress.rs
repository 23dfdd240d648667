//! What is known of a student's progress, kept in the build folder: losing it costs a check, nothing else.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::grade::judge::{Fault, Grade, State, grade};
use crate::grade::turn::Turn;
use crate::say::Doing;
use crate::tools::report::Stop;
use crate::tools::status;
use crate::workspace::{Exercise, Workspace};

/// What is remembered of an exercise.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Remembered {
    /// A hash of the files that were graded.
    key: String,
    state: Option<State>,
    pub was_solved: bool,
    /// A hash of the starter that the learner began with.
    starter: String,
    /// How many hints were shown.
    pub hints: usize,
}

impl Remembered {
    /// What is remembered of `exercise`; nothing where the file is missing or unreadable.
    pub fn of(workspace: &Workspace, exercise: &Exercise) -> Self {
        let text = std::fs::read_to_string(file(workspace, exercise)).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Remembers it.
    pub fn keep(&self, workspace: &Workspace, exercise: &Exercise) -> Result<(), Stop> {
        let path = file(workspace, exercise);
        let written = path
            .parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .and_then(|()| std::fs::write(&path, serde_json::to_vec(self)?));
        written.map_err(|error| Stop::file(Doing::Write, &path, &error))
    }
}

/// Grades the student's own answers, and remembers how they did.
pub fn grade_answers(workspace: &Workspace, exercises: &[&Exercise]) -> Result<Vec<Grade>, Stop> {
    let turn = Turn::take(workspace)?;
    for exercise in exercises {
        show_edit(workspace, exercise);
    }
    let keys: Vec<String> = exercises.iter().map(|exercise| key(workspace, exercise)).collect();
    let grades = grade(&turn, &workspace.cargo, &workspace.root, exercises, status::compiling)?;
    status::clear();
    for ((exercise, grade), key) in exercises.iter().zip(&grades).zip(keys) {
        remember(workspace, exercise, grade, key)?;
    }
    Ok(grades)
}

/// Remembers a grade, where the exercise's own files decide it, and nobody edited them since `before`: which version was
/// built would not be known.
fn remember(
    workspace: &Workspace,
    exercise: &Exercise,
    grade: &Grade,
    before: String,
) -> Result<(), Stop> {
    if grade.fault == Fault::Elsewhere || key(workspace, exercise) != before {
        return Ok(());
    }
    let mut remembered = Remembered::of(workspace, exercise);
    remembered.key = before;
    remembered.state = Some(grade.state);
    remembered.was_solved |= grade.state == State::Solved;
    let is_new = remembered.starter.is_empty() || is_untouched(workspace, exercise);
    if is_new || grade.state == State::Solved {
        remembered.starter = hash(workspace, &[exercise.answer("starter.rs")]);
    }
    remembered.keep(workspace, exercise)
}

/// Remembers that the learner begins anew.
pub fn begin(workspace: &Workspace, exercise: &Exercise) -> Result<(), Stop> {
    let starter = hash(workspace, &[exercise.answer("starter.rs")]);
    let remembered = Remembered { starter, ..Remembered::of(workspace, exercise) };
    remembered.keep(workspace, exercise)
}

/// Whether the starter was changed, as a `git pull` does, since the learner began what is in `src/lib.rs`, and no answer to
/// the new one is there yet.
pub fn task_has_changed(workspace: &Workspace, exercise: &Exercise) -> bool {
    let began = Remembered::of(workspace, exercise).starter;
    !(began.is_empty() || is_untouched(workspace, exercise))
        && began != hash(workspace, &[exercise.answer("starter.rs")])
}

/// Lets cargo see an edit that kept an old time, as a file copied with its time does: cargo looks at times alone.
fn show_edit(workspace: &Workspace, exercise: &Exercise) {
    let remembered = Remembered::of(workspace, exercise);
    if remembered.key.is_empty() || remembered.key == key(workspace, exercise) {
        return;
    }
    let source = workspace.root.join(exercise.source());
    let modified = |path: &PathBuf| std::fs::metadata(path).and_then(|about| about.modified());
    let (Ok(edited), Ok(graded)) = (modified(&source), modified(&file(workspace, exercise))) else {
        return;
    };
    if edited <= graded {
        // Where the time can't be set, the check is as good as cargo's.
        let touched = std::fs::File::options().write(true).open(&source);
        let _ = touched.and_then(|file| file.set_modified(std::time::SystemTime::now()));
    }
}

/// The state of `exercise` without a build, where it is known: untouched, or graded as it is now.
pub fn known(workspace: &Workspace, exercise: &Exercise) -> Option<State> {
    if is_untouched(workspace, exercise) {
        return Some(State::Open);
    }
    let remembered = Remembered::of(workspace, exercise);
    remembered.state.filter(|_| remembered.key == key(workspace, exercise))
}

/// Whether `src/lib.rs` is the starter still. `verify` proves that the starter is open.
pub fn is_untouched(workspace: &Workspace, exercise: &Exercise) -> bool {
    match (workspace.read(&exercise.source()), workspace.read(&exercise.answer("starter.rs"))) {
        (Ok(source), Ok(starter)) => source == starter,
        _ => false,
    }
}

fn key(workspace: &Workspace, exercise: &Exercise) -> String {
    let manifest = exercise.folder.join("Cargo.toml");
    hash(workspace, &[exercise.source(), exercise.tests(), manifest])
}

fn hash(workspace: &Workspace, files: &[PathBuf]) -> String {
    let mut hasher = DefaultHasher::new();
    for path in files {
        workspace.read(path).unwrap_or_default().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

fn file(workspace: &Workspace, exercise: &Exercise) -> PathBuf {
    workspace.target.join("course").join("progress").join(format!("{}.json", exercise.name))
}
