//! The workspace as the course sees it: lessons and exercises, found by their folders.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::tools::cargo::Cargo;
use crate::tools::markdown::Document;
use crate::tools::names::nearest;
use crate::tools::report::{Problem, Stop, slashed};

/// The port of lesson 0: lesson N listens on this plus N.
const FIRST_PORT: u16 = 3000;

/// Everything the commands need to know.
#[derive(Debug)]
pub struct Workspace {
    /// Where the top `Cargo.toml` is.
    pub root: PathBuf,
    pub target: PathBuf,
    pub cargo: Cargo,
    /// The names of all packages.
    pub packages: Vec<String>,
    /// Lessons by number.
    pub lessons: Vec<Lesson>,
    /// What is wrong with the layout itself.
    pub problems: Vec<Problem>,
}

/// A lesson: a crate and its document.
#[derive(Debug)]
pub struct Lesson {
    pub number: u16,
    pub name: String,
    pub title: String,
    /// `crates/N-NAME`, relative to the workspace.
    pub folder: PathBuf,
    /// `lessons/N-NAME.md`, relative to the workspace.
    pub document: PathBuf,
    /// That document, where it can be read.
    pub parsed: Option<Document>,
    /// Its exercises, in the order of the document's table.
    pub exercises: Vec<Exercise>,
}

impl Lesson {
    pub fn port(&self) -> u16 {
        FIRST_PORT.saturating_add(self.number)
    }
}

/// An exercise: a package in a lesson's folder.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its name: the package's and the folder's.
    pub name: String,
    pub lesson: u16,
    /// Its number, as in `2.3`.
    pub number: String,
    /// Its folder, relative to the workspace.
    pub folder: PathBuf,
    /// `[package.metadata.exercise]`.
    pub about: About,
}

/// What an exercise's `Cargo.toml` says of it. A key that is unknown is an error, for it would be ignored in silence.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct About {
    pub title: String,
    pub minutes: u32,
    /// Whether everybody does it; the rest is for fast finishers.
    pub core: bool,
    /// Three, from nudge to nearly there.
    pub hints: Vec<String>,
    /// The tests that the starter fails.
    pub must_fail: Vec<String>,
}

impl Exercise {
    /// The one file that a student edits.
    pub fn source(&self) -> PathBuf {
        self.folder.join("src").join("lib.rs")
    }

    pub fn tests(&self) -> PathBuf {
        self.folder.join("tests").join("check.rs")
    }

    /// A file of `.answers`.
    pub fn answer(&self, name: &str) -> PathBuf {
        self.folder.join(".answers").join(name)
    }
}

impl Workspace {
    /// All exercises, lesson by lesson.
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.lessons.iter().flat_map(|lesson| &lesson.exercises)
    }

    /// The exercise called `typed`, by name or number.
    ///
    /// # Errors
    /// Where there is none: the sentence names the nearest.
    pub fn exercise(&self, typed: &str) -> Result<&Exercise, Stop> {
        if let Some(found) =
            self.exercises().find(|exercise| exercise.name == typed || exercise.number == typed)
        {
            return Ok(found);
        }
        if let Some(lesson) = self.lessons.iter().find(|lesson| is_lesson(lesson, typed)) {
            let names: Vec<_> =
                lesson.exercises.iter().map(|exercise| exercise.name.as_str()).collect();
            let theirs = if names.is_empty() {
                "it has none yet".to_owned()
            } else {
                format!("its exercises: {}", names.join(", "))
            };
            return Err(Stop(format!("`{typed}` is a lesson, not an exercise; {theirs}")));
        }
        Err(unknown("exercise", typed, self.exercises().map(|exercise| exercise.name.as_str())))
    }

    /// The exercise whose folder holds `folder`.
    pub fn exercise_around(&self, folder: &Path) -> Option<&Exercise> {
        self.exercises().find(|exercise| folder.starts_with(self.root.join(&exercise.folder)))
    }

    /// The lesson called `typed`, by name or number, if there is one.
    pub fn lesson(&self, typed: &str) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| is_lesson(lesson, typed))
    }

    /// A path relative to the root, to be shown.
    pub fn shown(&self, path: &Path) -> String {
        slashed(path.strip_prefix(&self.root).unwrap_or(path))
    }

    /// Reads a file of the workspace, with line ends as on Unix.
    pub fn read(&self, path: &Path) -> Result<String, Stop> {
        let full = self.root.join(path);
        let text =
            std::fs::read_to_string(&full).map_err(|error| Stop::file("read", &full, &error))?;
        Ok(text.replace("\r\n", "\n"))
    }
}

fn is_lesson(lesson: &Lesson, typed: &str) -> bool {
    lesson.name == typed
        || lesson.number.to_string() == typed
        || slashed(&lesson.folder).ends_with(&format!("/{typed}"))
}

/// The sentence for a name that doesn't exist.
pub fn unknown<'a>(what: &str, typed: &str, names: impl Iterator<Item = &'a str>) -> Stop {
    let names: Vec<&str> = names.collect();
    let way_out = match nearest(typed, names.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None if names.is_empty() => ": there are none yet".to_owned(),
        None if names.len() < 10 => format!(": there is {}", names.join(", ")),
        None => ": `cargo course` lists them".to_owned(),
    };
    Stop(format!("there is no {what} `{typed}`{way_out}"))
}
