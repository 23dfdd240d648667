//! The workspace as the course sees it: lessons and exercises, found by their folders.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::chinese::{chinese_name, chinese_of};
use crate::say::{Doing, Language, Named, Say, WayOut, language};
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
    /// Its title, in the language of the terminal.
    pub fn title(&self) -> String {
        let chinese = chinese_name(&self.title).filter(|_| language() == Language::Chinese);
        chinese.unwrap_or_else(|| self.title.clone())
    }

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
    /// Title and hints in Chinese.
    pub chinese: Option<InChinese>,
}

/// What an exercise's `Cargo.toml` says of it in Chinese.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InChinese {
    /// The hash of the English title and hints that these were made from.
    pub made_from: Option<String>,
    pub title: String,
    pub hints: Vec<String>,
}

impl About {
    /// The title, in the language of the terminal.
    pub fn title(&self) -> &str {
        self.spoken().map_or(&self.title, |chinese| &chinese.title)
    }

    /// The hints, in the language of the terminal.
    pub fn hints(&self) -> &[String] {
        self.spoken().map_or(&self.hints, |chinese| &chinese.hints)
    }

    fn spoken(&self) -> Option<&InChinese> {
        self.chinese.as_ref().filter(|_| language() == Language::Chinese)
    }
}

impl Exercise {
    /// What stands above all that is said of it.
    pub fn heading(&self) -> String {
        let title = self.about.title();
        Say::Exercise { number: &self.number, name: &self.name, title }.to_string()
    }

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
            let exercises = &names.join(", ");
            return Err(Stop::because(&Say::ALesson { typed, exercises }));
        }
        Err(unknown(
            Named::Exercise,
            typed,
            self.exercises().map(|exercise| exercise.name.as_str()),
        ))
    }

    /// The exercise whose folder holds `folder`.
    pub fn exercise_around(&self, folder: &Path) -> Option<&Exercise> {
        self.exercises().find(|exercise| folder.starts_with(self.root.join(&exercise.folder)))
    }

    /// The lesson called `typed`, by name or number, if there is one.
    pub fn lesson(&self, typed: &str) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| is_lesson(lesson, typed))
    }

    /// The document of a lesson, in the language of the terminal where there is one.
    pub fn document(&self, lesson: &Lesson) -> PathBuf {
        let chinese = chinese_of(&lesson.document);
        let is_wanted = language() == Language::Chinese && self.root.join(&chinese).is_file();
        if is_wanted { chinese } else { lesson.document.clone() }
    }

    /// A path relative to the root, to be shown.
    pub fn shown(&self, path: &Path) -> String {
        slashed(path.strip_prefix(&self.root).unwrap_or(path))
    }

    /// Reads a file of the workspace, with line ends as on Unix.
    pub fn read(&self, path: &Path) -> Result<String, Stop> {
        let full = self.root.join(path);
        let text = std::fs::read_to_string(&full)
            .map_err(|error| Stop::file(Doing::Read, &full, &error))?;
        Ok(text.replace("\r\n", "\n"))
    }
}

fn is_lesson(lesson: &Lesson, typed: &str) -> bool {
    lesson.name == typed
        || lesson.number.to_string() == typed
        || slashed(&lesson.folder).ends_with(&format!("/{typed}"))
}

/// The sentence for a name that doesn't exist.
pub fn unknown<'a>(what: Named, typed: &str, names: impl Iterator<Item = &'a str>) -> Stop {
    let names: Vec<&str> = names.collect();
    let near = nearest(typed, names.iter().copied());
    let all = names.join(", ");
    let way_out = match &near {
        Some(near) => WayOut::Near(near),
        None if names.is_empty() => WayOut::NoneYet,
        None if names.len() < 10 => WayOut::These(&all),
        None => WayOut::Listed,
    };
    Stop::because(&Say::Unknown { what, typed, way_out })
}
