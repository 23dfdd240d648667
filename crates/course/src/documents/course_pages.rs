//! The pages of the whole course: the tables of its lessons, and its drawings.

use std::path::{Path, PathBuf};

use crate::documents::links::{self, Documents};
use crate::layout::split_number;
use crate::tools::files::files;
use crate::tools::report::{Problem, slashed};
use crate::workspace::{Lesson, Workspace};

/// What the contents pages and the drawings leave open.
pub fn check(workspace: &Workspace, documents: &Documents<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in ["README.md", "lessons/README.md"].map(Path::new) {
        problems.extend(unlisted(workspace, documents, page));
    }
    for path in documents.keys().filter(|path| path.starts_with("lessons")) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let is_lesson = workspace.lessons.iter().any(|lesson| lesson.document == **path);
        if split_number(&name).is_some() && !is_lesson {
            let what = format!("there is no crate crates/{name} for this document");
            problems.push(Problem::of(path, what));
        }
    }
    let links = documents.values().flat_map(|document| {
        document.links.iter().filter_map(|link| links::file(&document.path, &link.target))
    });
    let shown: Vec<PathBuf> = links.collect();
    let folder = Path::new("lessons").join("img");
    for drawing in files(&workspace.root.join(&folder), "svg") {
        let path = folder.join(drawing);
        if !shown.contains(&path) {
            problems.push(Problem::of(&path, "no document shows this drawing"));
        }
    }
    problems
}

/// The lessons that no table of a contents page links to.
fn unlisted(workspace: &Workspace, documents: &Documents<'_>, page: &Path) -> Vec<Problem> {
    let Some(document) = documents.get(page) else {
        let what = "it is missing: it has a table with a link to every lesson";
        return vec![Problem::of(page, what)];
    };
    let in_tables = document.links.iter().filter(|link| link.in_table);
    let listed: Vec<PathBuf> =
        in_tables.filter_map(|link| links::file(page, &link.target)).collect();
    let line = document.tables.first().map_or(1, |table| table.head.line);
    let unlisted = workspace.lessons.iter().filter(|lesson| !listed.contains(&lesson.document));
    let problem = |lesson: &Lesson| {
        let what = format!("no table here links to {}", slashed(&lesson.document));
        Problem::at(page, line, what)
    };
    unlisted.map(problem).collect()
}
