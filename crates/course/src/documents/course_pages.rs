//! The pages of the whole course: the tables of its lessons, and its drawings.

use std::path::{Path, PathBuf};

use crate::documents::links::{self, Documents};
use crate::layout::split_number;
use crate::tools::files::files;
use crate::tools::report::{Problem, slashed};
use crate::workspace::Workspace;

/// What the contents pages and the drawings leave open.
pub fn check(workspace: &Workspace, documents: &Documents<'_>) -> Vec<Problem> {
    let mut problems = contents(workspace, documents);
    problems.extend(drawings(workspace, documents));
    problems
}

/// The contents pages list every lesson, and no document is without a crate.
fn contents(workspace: &Workspace, documents: &Documents<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in ["README.md", "lessons/README.md"].map(Path::new) {
        let Some(document) = documents.get(&page) else {
            problems.push(Problem::of(
                page,
                "it is missing: it has a table with a link to every lesson",
            ));
            continue;
        };
        let in_tables: Vec<PathBuf> = document
            .links
            .iter()
            .filter(|link| link.in_table)
            .filter_map(|link| links::file(page, &link.target))
            .collect();
        for lesson in
            workspace.lessons.iter().filter(|lesson| !in_tables.contains(&lesson.document))
        {
            let line = document.tables.first().map_or(1, |table| table.head.line);
            problems.push(Problem::at(
                page,
                line,
                format!("no table here links to {}", slashed(&lesson.document)),
            ));
        }
    }
    for path in documents.keys().filter(|path| path.starts_with("lessons")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_lesson = workspace.lessons.iter().any(|lesson| lesson.document == **path);
        if split_number(&name).is_some() && !is_lesson {
            problems.push(Problem::of(
                path,
                format!("there is no crate crates/{name} for this document"),
            ));
        }
    }
    problems
}

/// Every drawing is shown by a document.
fn drawings(workspace: &Workspace, documents: &Documents<'_>) -> Vec<Problem> {
    let shown: Vec<PathBuf> = documents
        .values()
        .flat_map(|document| {
            document.links.iter().filter_map(|link| links::file(&document.path, &link.target))
        })
        .collect();
    let drawings = files(&workspace.root.join("lessons").join("img"), "svg")
        .into_iter()
        .map(|name| Path::new("lessons").join("img").join(name));
    drawings
        .filter(|path| !shown.contains(path))
        .map(|path| Problem::of(&path, "no document shows this drawing"))
        .collect()
}
