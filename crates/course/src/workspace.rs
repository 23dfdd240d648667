//! The workspace as the course sees it: lessons and exercises, found by their folders.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::tools::cargo::{Cargo, Package};
use crate::tools::markdown::{Document, Table};
use crate::tools::names::nearest;
use crate::tools::report::{Problem, Stop, slashed};

/// The port of lesson 0: lesson N listens on this plus N.
const FIRST_PORT: u16 = 3000;

/// Everything the commands need to know.
#[derive(Debug)]
pub struct Workspace {
    /// Where the top `Cargo.toml` is.
    pub root: PathBuf,
    /// The build folder.
    pub target: PathBuf,
    /// Cargo for this workspace.
    pub cargo: Cargo,
    /// Lessons by number.
    pub lessons: Vec<Lesson>,
    /// What is wrong with the layout itself.
    pub problems: Vec<Problem>,
}

/// A lesson: a crate and its document.
#[derive(Debug)]
pub struct Lesson {
    /// Its number.
    pub number: u16,
    /// The package's name.
    pub name: String,
    /// Its title, from the document.
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
    /// Its port.
    pub fn port(&self) -> u16 {
        FIRST_PORT.saturating_add(self.number)
    }
}

/// An exercise: a package in a lesson's folder.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its name: the package's and the folder's.
    pub name: String,
    /// Its number, as in `2.3`.
    pub number: String,
    /// Its folder, relative to the workspace.
    pub folder: PathBuf,
    /// `[package.metadata.exercise]`.
    pub about: About,
}

/// What an exercise's `Cargo.toml` says of it.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// A few words.
    pub title: String,
    /// How long it takes.
    pub minutes: u32,
    /// Whether everybody does it; the rest is for fast finishers.
    pub core: bool,
    /// Three, from nudge to nearly there.
    pub hints: Vec<String>,
    /// The tests that the starter fails.
    pub must_fail: Vec<String>,
}

impl About {
    /// Reads the table; a key that is unknown or of another kind is an error, for it would be ignored in silence.
    fn read(table: &Value) -> Result<Self, String> {
        let table = table.as_object().ok_or("it is missing")?;
        let mut about = Self::default();
        for (key, value) in table {
            let known = match key.as_str() {
                "title" => value.as_str().map(|title| about.title = title.to_owned()),
                "minutes" => value
                    .as_u64()
                    .and_then(|minutes| minutes.try_into().ok())
                    .map(|minutes| about.minutes = minutes),
                "core" => value.as_bool().map(|core| about.core = core),
                "hints" => texts(value).map(|hints| about.hints = hints),
                "must_fail" => texts(value).map(|tests| about.must_fail = tests),
                _ => {
                    return Err(format!(
                        "there is no key `{key}`: title, minutes, core, hints, must_fail"
                    ));
                }
            };
            known.ok_or_else(|| format!("`{key}` can't be {value}"))?;
        }
        Ok(about)
    }
}

/// A list of texts.
fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
}

impl Exercise {
    /// The one file that a student edits.
    pub fn source(&self) -> PathBuf {
        self.folder.join("src").join("lib.rs")
    }

    /// Its tests.
    pub fn tests(&self) -> PathBuf {
        self.folder.join("tests").join("check.rs")
    }

    /// A file of `.answers`.
    pub fn answer(&self, name: &str) -> PathBuf {
        self.folder.join(".answers").join(name)
    }
}

impl Workspace {
    /// Finds the workspace around `folder`.
    ///
    /// # Errors
    /// Where there is none, or cargo can't read it.
    pub fn around(folder: &Path) -> Result<Self, Stop> {
        let metadata = Cargo::in_folder(folder).metadata()?;
        let root = metadata.workspace_root;
        let mut problems = Vec::new();
        let mut lessons = Vec::new();
        for folder in numbered_folders(&root, &mut problems) {
            lessons.extend(lesson(&root, folder, &metadata.packages, &mut problems));
        }
        lessons.sort_by_key(|lesson| lesson.number);
        if lessons.is_empty() && !root.join("lessons").is_dir() {
            return Err(Stop(format!(
                "{} has no lessons: run `cargo course` in the Crumbs workspace",
                root.display()
            )));
        }
        Ok(Self {
            cargo: Cargo::in_folder(&root),
            root,
            target: metadata.target_directory,
            lessons,
            problems,
        })
    }

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
    ///
    /// # Errors
    /// Where it can't be read.
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
    match nearest(typed, names) {
        Some(near) => Stop(format!("there is no {what} `{typed}`; did you mean `{near}`?")),
        None => Stop(format!("there is no {what} `{typed}`: there are none yet")),
    }
}

/// Folders of `crates/` whose name starts with a number, with the number and the rest of the name.
fn numbered_folders(root: &Path, problems: &mut Vec<Problem>) -> Vec<(u16, String, PathBuf)> {
    let mut found: Vec<(u16, String, PathBuf)> = Vec::new();
    for name in folders(&root.join("crates")) {
        let Some((number, rest)) = split_number(&name) else {
            continue;
        };
        let folder = Path::new("crates").join(&name);
        if let Some((_, _, other)) = found.iter().find(|(taken, _, _)| *taken == number) {
            problems.push(Problem::of(
                &folder,
                format!("lesson {number} is {} already", slashed(other)),
            ));
            continue;
        }
        found.push((number, rest.to_owned(), folder));
    }
    found
}

/// `2-raw-cookies` as 2 and `raw-cookies`.
pub fn split_number(name: &str) -> Option<(u16, &str)> {
    let (number, rest) = name.split_once('-')?;
    if number.starts_with('0') {
        return None;
    }
    Some((number.parse().ok()?, rest))
}

/// Names of the folders in `folder`, sorted; none where it isn't there.
pub fn folders(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let kept = entries
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = kept.filter(|name| !name.starts_with('.')).collect();
    names.sort();
    names
}

/// Names of the files of `folder` with this extension, sorted.
pub fn files(folder: &Path, extension: &str) -> Vec<String> {
    let entries =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let kept = entries
        .filter(|path| path.is_file() && path.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> =
        kept.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

fn lesson(
    root: &Path,
    (number, name, folder): (u16, String, PathBuf),
    packages: &[Package],
    problems: &mut Vec<Problem>,
) -> Option<Lesson> {
    let full = root.join(&folder);
    let Some(package) =
        packages.iter().find(|package| package.manifest_path.parent() == Some(&full))
    else {
        problems.push(Problem::of(&folder, "a lesson's folder without a package of the workspace"));
        return None;
    };
    if package.name != name {
        problems.push(Problem::of(
            &folder,
            format!("the package is called `{}`, the folder says `{name}`", package.name),
        ));
    }
    let document = Path::new("lessons").join(format!("{number}-{name}.md"));
    let parsed = Document::read(root, &document).ok();
    let title = parsed
        .as_ref()
        .and_then(|document| document.headings.first())
        .map(|heading| heading.text.clone());
    let title = title.map_or_else(
        || name.clone(),
        |title| title.split_once(": ").map_or(title.clone(), |(_, rest)| rest.to_owned()),
    );
    let exercises = exercises(&full, &folder, number, parsed.as_ref(), packages, problems);
    let name = package.name.clone();
    Some(Lesson { number, name, title, folder, document, parsed, exercises })
}

fn exercises(
    full: &Path,
    folder: &Path,
    lesson: u16,
    document: Option<&Document>,
    packages: &[Package],
    problems: &mut Vec<Problem>,
) -> Vec<Exercise> {
    let mut found = Vec::new();
    for name in folders(&full.join("exercises")) {
        let place = full.join("exercises").join(&name);
        let relative = folder.join("exercises").join(&name);
        let Some(package) =
            packages.iter().find(|package| package.manifest_path.parent() == Some(&place))
        else {
            problems.push(Problem::of(&relative, "an exercise's folder that is no package of the workspace: are `crates/*/exercises/*` among its members?"));
            continue;
        };
        if package.name != name {
            problems.push(Problem::of(
                &relative,
                format!("the package is called `{}`, the folder says `{name}`", package.name),
            ));
        }
        let about = About::read(&package.metadata["exercise"]);
        let about = about.unwrap_or_else(|why| {
            let what = format!("`[package.metadata.exercise]`: {why}");
            problems.push(Problem::of(&relative.join("Cargo.toml"), what));
            About::default()
        });
        found.push(Exercise {
            name: package.name.clone(),
            number: String::new(),
            folder: relative,
            about,
        });
    }
    // The order in which the document teaches them.
    let order: Vec<String> = document
        .and_then(exercise_table)
        .map(|table| {
            table
                .rows
                .iter()
                .filter_map(|row| row.cells.first())
                .map(|cell| first_word(cell))
                .collect()
        })
        .unwrap_or_default();
    found.sort_by_key(|exercise| {
        order.iter().position(|name| *name == exercise.name).unwrap_or(usize::MAX)
    });
    for (at, exercise) in found.iter_mut().enumerate() {
        exercise.number = format!("{lesson}.{}", at + 1);
    }
    found
}

/// The table of exercises: the one whose first column is called so.
pub fn exercise_table(document: &Document) -> Option<&Table> {
    document
        .tables
        .iter()
        .find(|table| table.head.cells.first().is_some_and(|cell| cell.trim() == "exercise"))
}

/// The first word of a table's cell: the exercise's name.
pub fn first_word(cell: &str) -> String {
    cell.split_whitespace().next().unwrap_or("").to_owned()
}
