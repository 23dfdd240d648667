//! The pages of the whole course: the tables of its lessons, and its drawings.

use std::path::{Path, PathBuf};

use crate::documents::links::{self, Documents};
use crate::layout::split_number;
use crate::tools::files::files;
use crate::tools::markdown::Document;
use crate::tools::report::{Problem, slashed};
use crate::workspace::{Lesson, Workspace};

/// What the contents pages and the drawings leave open.
pub fn check(workspace: &Workspace, documents: &Documents<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in ["README.md", "lessons/README.md"].map(Path::new) {
        problems.extend(unlisted(workspace, documents, page));
        problems.extend(documents.get(page).into_iter().flat_map(|page| renamed(workspace, page)));
    }
    problems.extend(workspace.lessons.iter().filter_map(|lesson| headed(workspace, lesson)));
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

/// The rows of a contents page that call a lesson otherwise than its document does.
fn renamed<'a>(workspace: &'a Workspace, page: &'a Document) -> impl Iterator<Item = Problem> {
    let lesson = |target: &str| {
        let document = links::file(&page.path, target)?;
        workspace.lessons.iter().find(|lesson| lesson.document == document)
    };
    let rows = page.tables.iter().flat_map(|table| &table.rows);
    rows.filter_map(move |row| {
        let mut links = page.links.iter().filter(|link| link.in_table && link.line == row.line);
        let lesson = links.find_map(|link| lesson(&link.target))?;
        let is_named = row.cells.iter().any(|cell| cell.contains(&lesson.title));
        let what = format!("lesson {} is called `{}` in its document", lesson.number, lesson.title);
        (!is_named).then(|| Problem::at(&page.path, row.line, what))
    })
}

/// Whether the head of a lesson's pages calls it otherwise.
fn headed(workspace: &Workspace, lesson: &Lesson) -> Option<Problem> {
    let path = lesson.folder.join("templates/base.html");
    let text = std::fs::read_to_string(workspace.root.join(&path)).ok()?;
    let title = format!("Lesson {}: {}", lesson.number, lesson.title);
    let block = format!("{{% block lesson %}}{title}{{% endblock %}}");
    let what =
        format!("the head of the lesson's pages is not `{title}`, as its document is called");
    (!text.contains(&block)).then(|| Problem::of(&path, what))
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
