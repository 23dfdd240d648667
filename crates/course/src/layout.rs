//! Finds lessons and exercises by their folders, and says what is wrong with these.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::say::Say;
use crate::tools::cargo::{Cargo, Package};
use crate::tools::files::folders;
use crate::tools::markdown::{Document, Table};
use crate::tools::report::{Problem, Stop, slashed};
use crate::workspace::{About, Exercise, Lesson, Workspace};

/// Finds the workspace around `folder`.
pub fn find(folder: &Path) -> Result<Workspace, Stop> {
    let metadata = Cargo::in_folder(folder).metadata()?;
    let root = metadata.workspace_root;
    let mut problems = Vec::new();
    let mut lessons = Vec::new();
    for folder in numbered_folders(&root, &mut problems) {
        lessons.extend(lesson((&root, &metadata.packages), folder, &mut problems));
    }
    lessons.sort_by_key(|lesson| lesson.number);
    if lessons.is_empty() && !root.join("lessons").is_dir() {
        return Err(Stop::because(&Say::NoLessons { root: &root.display() }));
    }
    let cargo = Cargo::in_folder(&root);
    let packages = metadata.packages.into_iter().map(|package| package.name).collect();
    Ok(Workspace { cargo, root, target: metadata.target_directory, packages, lessons, problems })
}

fn about(table: &Value) -> Result<About, String> {
    if table.is_null() {
        return Err("it is missing".to_owned());
    }
    About::deserialize(table).map_err(|error| error.to_string())
}

/// Folders of `crates/` whose name starts with a number, with the number and the rest of the name.
fn numbered_folders(root: &Path, problems: &mut Vec<Problem>) -> Vec<(u16, String, PathBuf)> {
    let mut found: Vec<(u16, String, PathBuf)> = Vec::new();
    for name in folders(&root.join("crates")) {
        let Some((number, rest)) = split_number(&name) else { continue };
        let folder = Path::new("crates").join(&name);
        match found.iter().find(|(taken, _, _)| *taken == number) {
            Some((_, _, other)) => {
                let what = format!("lesson {number} is {} already", slashed(other));
                problems.push(Problem::of(&folder, what));
            }
            None => found.push((number, rest.to_owned(), folder)),
        }
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

/// The package in `folder`, which should be called `name`.
fn package<'p>(
    (root, packages): (&Path, &'p [Package]),
    folder: &Path,
    name: &str,
    missing: &str,
    problems: &mut Vec<Problem>,
) -> Option<&'p Package> {
    let place = root.join(folder);
    let package = packages.iter().find(|package| package.folder() == place);
    let what = match package {
        None => missing.to_owned(),
        Some(package) if package.name != name => {
            format!("the package is called `{}`, the folder says `{name}`", package.name)
        }
        Some(_) => return package,
    };
    problems.push(Problem::of(folder, what));
    package
}

fn lesson(
    all: (&Path, &[Package]),
    (number, name, folder): (u16, String, PathBuf),
    problems: &mut Vec<Problem>,
) -> Option<Lesson> {
    let missing = "a lesson's folder without a package of the workspace";
    let package = package(all, &folder, &name, missing, problems)?;
    let document = Path::new("lessons").join(format!("{number}-{name}.md"));
    let parsed = Document::read(all.0, &document).ok();
    let heading = parsed.as_ref().and_then(|document| document.headings.first());
    let title = heading.map_or(&name, |heading| &heading.text);
    let title = title.split_once(": ").map_or(title.as_str(), |(_, rest)| rest).to_owned();
    let exercises = exercises(all, &folder, number, parsed.as_ref(), problems);
    let name = package.name.clone();
    Some(Lesson { number, name, title, folder, document, parsed, exercises })
}

fn exercises(
    all: (&Path, &[Package]),
    of: &Path,
    lesson: u16,
    document: Option<&Document>,
    problems: &mut Vec<Problem>,
) -> Vec<Exercise> {
    let missing = "an exercise's folder that is no package of the workspace: are `crates/*/exercises/*` among its members?";
    let of = of.join("exercises");
    let mut found = Vec::new();
    for name in folders(&all.0.join(&of)) {
        let folder = of.join(&name);
        let Some(package) = package(all, &folder, &name, missing, problems) else { continue };
        let about = about(&package.metadata["exercise"]).unwrap_or_else(|why| {
            let what = format!("`[package.metadata.exercise]`: {why}");
            problems.push(Problem::of(&folder.join("Cargo.toml"), what));
            About::default()
        });
        let name = package.name.clone();
        found.push(Exercise { name, lesson, number: String::new(), folder, about });
    }
    // The order in which the document teaches them.
    let rows = document.and_then(exercise_table).map_or(&[][..], |table| &table.rows);
    let order: Vec<String> = rows.iter().map(|row| first_word(&row.cells[0])).collect();
    let place = |name: &String| order.iter().position(|listed| listed == name);
    found.sort_by_key(|exercise| place(&exercise.name).unwrap_or(usize::MAX));
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
