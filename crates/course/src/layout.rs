//! Finds lessons and exercises by their folders, and says what is wrong with these.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

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
        lessons.extend(lesson(&root, folder, &metadata.packages, &mut problems));
    }
    lessons.sort_by_key(|lesson| lesson.number);
    if lessons.is_empty() && !root.join("lessons").is_dir() {
        let root = root.display();
        return Err(Stop(format!(
            "{root} has no lessons: run `cargo course` in the Crumbs workspace"
        )));
    }
    let cargo = Cargo::in_folder(&root);
    Ok(Workspace { cargo, root, target: metadata.target_directory, lessons, problems })
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

fn lesson(
    root: &Path,
    (number, name, folder): (u16, String, PathBuf),
    packages: &[Package],
    problems: &mut Vec<Problem>,
) -> Option<Lesson> {
    let full = root.join(&folder);
    let Some(package) = packages.iter().find(|package| package.folder() == full) else {
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
        let Some(package) = packages.iter().find(|package| package.folder() == place) else {
            problems.push(Problem::of(&relative, "an exercise's folder that is no package of the workspace: are `crates/*/exercises/*` among its members?"));
            continue;
        };
        if package.name != name {
            problems.push(Problem::of(
                &relative,
                format!("the package is called `{}`, the folder says `{name}`", package.name),
            ));
        }
        let about = about(&package.metadata["exercise"]).unwrap_or_else(|why| {
            let what = format!("`[package.metadata.exercise]`: {why}");
            problems.push(Problem::of(&relative.join("Cargo.toml"), what));
            About::default()
        });
        found.push(Exercise {
            name: package.name.clone(),
            lesson,
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
