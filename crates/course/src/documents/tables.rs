//! The table of exercises in a lesson's document, against the exercises that exist.

use std::path::Path;

use crate::layout::{exercise_table, first_word};
use crate::tools::markdown::{Document, Heading, Row, Table};
use crate::tools::report::{Problem, slashed};
use crate::workspace::{Exercise, Lesson, Workspace};

/// The columns of the table of exercises.
const COLUMNS: [&str; 4] = ["exercise", "command", "minutes", "what it teaches"];

/// The tables that list the `wanted`, where the documents themselves are not checked.
pub fn check_all(workspace: &Workspace, wanted: &[&Exercise]) -> Vec<Problem> {
    let lists = |lesson: &&Lesson| {
        lesson.exercises.iter().any(|exercise| wanted.iter().any(|one| one.name == exercise.name))
    };
    let listing = workspace.lessons.iter().filter(lists);
    let documents = listing.filter_map(|lesson| Some((lesson.parsed.as_ref()?, lesson)));
    documents.flat_map(|(document, lesson)| check(workspace, document, lesson)).collect()
}

/// The table of exercises against the exercises that exist.
pub fn check(workspace: &Workspace, document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let headings = &document.headings;
    let is_section = |heading: &Heading| heading.level == 2 && heading.text == "Exercises";
    let Some(at) = headings.iter().position(is_section) else {
        // Its absence is reported as a missing section.
        return Vec::new();
    };
    let start = headings[at].line;
    let next = headings[at + 1..].iter().find(|heading| heading.level <= 2);
    let end = next.map_or(document.last_line() + 1, |heading| heading.line);
    let has_folder = workspace.root.join(&lesson.folder).join("exercises").is_dir();
    let mut lines = document.text.lines().skip(start).take(end - start - 1);
    let wrong = |line, what: String| vec![Problem::at(&document.path, line, what)];
    match exercise_table(document) {
        Some(table) if (start..end).contains(&table.head.line) => {
            table_problems(&document.path, table, lesson)
        }
        Some(table) => {
            let what = "the table of exercises belongs in the section `## Exercises`";
            wrong(table.head.line, what.to_owned())
        }
        None if has_folder => {
            wrong(start, format!("the exercises have no table: `| {} |`", COLUMNS.join(" | ")))
        }
        None if lines.any(|line| line.contains("Coming")) => Vec::new(),
        None => {
            wrong(start, "no exercises yet: say \"Coming\", or list them in a table".to_owned())
        }
    }
}

fn table_problems(path: &Path, table: &Table, lesson: &Lesson) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut wrong = |line, what| problems.push(Problem::at(path, line, what));
    if table.head.cells.iter().map(|cell| cell.trim()).ne(COLUMNS) {
        wrong(table.head.line, format!("the columns are `| {} |`", COLUMNS.join(" | ")));
        return problems;
    }
    let mut listed: Vec<String> = Vec::new();
    for row in &table.rows {
        let name = first_word(&row.cells[0]);
        if listed.contains(&name) {
            wrong(row.line, format!("`{name}` is listed twice"));
        }
        match lesson.exercises.iter().find(|exercise| exercise.name == name) {
            Some(exercise) => row_problems(row, exercise).for_each(|what| wrong(row.line, what)),
            None => {
                let folder = slashed(&lesson.folder);
                wrong(row.line, format!("there is no exercise `{name}` in {folder}/exercises"));
            }
        }
        listed.push(name);
    }
    for exercise in lesson.exercises.iter().filter(|exercise| !listed.contains(&exercise.name)) {
        let what = format!("the table does not list the exercise `{}`", exercise.name);
        wrong(table.head.line, what);
    }
    problems
}

/// What a row says against what the exercise's `Cargo.toml` says.
fn row_problems(row: &Row, exercise: &Exercise) -> impl Iterator<Item = String> {
    let cell = |at: usize| row.cells.get(at).map_or("", |cell| cell.trim());
    let title = cell(0).strip_prefix(&exercise.name).unwrap_or("").replace("(core)", "");
    let title = title.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let title_known = exercise.about.title.trim_matches(|c: char| !c.is_alphanumeric());
    let title_wrong = (!title.is_empty() && title != title_known)
        .then(|| format!("the exercise's title is \"{}\"", exercise.about.title));
    let core_wrong = (cell(0).contains("(core)") && !exercise.about.core)
        .then(|| format!("`{}` is not marked core in its Cargo.toml", exercise.name));
    let command = format!("cargo course check {}", exercise.name);
    let command_wrong = (cell(1) != command).then(|| format!("the command is `{command}`"));
    let minutes = cell(2).split_whitespace().next().unwrap_or("");
    let minutes_wrong = (minutes.parse() != Ok(exercise.about.minutes)).then(|| {
        format!("`{}` takes {} minutes, says its Cargo.toml", exercise.name, exercise.about.minutes)
    });
    let teaches_nothing = cell(3).is_empty().then(|| "say what it teaches".to_owned());
    [title_wrong, core_wrong, command_wrong, minutes_wrong, teaches_nothing].into_iter().flatten()
}
