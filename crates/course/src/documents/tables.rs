//! The table of exercises in a lesson's document, against the exercises that exist.

use std::path::Path;

use crate::layout::{exercise_table, first_word};
use crate::tools::markdown::{Document, Row, Table};
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
    let path = &document.path;
    let Some(at) = document
        .headings
        .iter()
        .position(|heading| heading.level == 2 && heading.text == "Exercises")
    else {
        // Its absence is reported as a missing section.
        return Vec::new();
    };
    let section = &document.headings[at];
    let end = document.headings[at + 1..]
        .iter()
        .find(|heading| heading.level <= 2)
        .map_or(document.last_line() + 1, |heading| heading.line);
    let has_folder = workspace.root.join(&lesson.folder).join("exercises").is_dir();
    let says_coming = document
        .text
        .lines()
        .skip(section.line)
        .take(end - section.line - 1)
        .any(|line| line.contains("Coming"));
    match exercise_table(document) {
        Some(table) if table.head.line > section.line && table.head.line < end => {
            table_problems(path, table, lesson)
        }
        Some(table) => vec![Problem::at(
            path,
            table.head.line,
            "the table of exercises belongs in the section `## Exercises`",
        )],
        None if !has_folder && says_coming => Vec::new(),
        None if has_folder => vec![Problem::at(
            path,
            section.line,
            format!("the exercises have no table: `| {} |`", COLUMNS.join(" | ")),
        )],
        None => vec![Problem::at(
            path,
            section.line,
            "no exercises yet: say \"Coming\", or list them in a table",
        )],
    }
}

fn table_problems(path: &Path, table: &Table, lesson: &Lesson) -> Vec<Problem> {
    let mut problems = Vec::new();
    if table.head.cells.iter().map(|cell| cell.trim()).ne(COLUMNS) {
        problems.push(Problem::at(
            path,
            table.head.line,
            format!("the columns are `| {} |`", COLUMNS.join(" | ")),
        ));
        return problems;
    }
    let mut listed: Vec<String> = Vec::new();
    for row in &table.rows {
        let name = first_word(&row.cells[0]);
        if listed.contains(&name) {
            problems.push(Problem::at(path, row.line, format!("`{name}` is listed twice")));
        }
        match lesson.exercises.iter().find(|exercise| exercise.name == name) {
            Some(exercise) => problems
                .extend(row_problems(row, exercise).map(|what| Problem::at(path, row.line, what))),
            None => problems.push(Problem::at(
                path,
                row.line,
                format!("there is no exercise `{name}` in {}/exercises", slashed(&lesson.folder)),
            )),
        }
        listed.push(name);
    }
    for exercise in lesson.exercises.iter().filter(|exercise| !listed.contains(&exercise.name)) {
        problems.push(Problem::at(
            path,
            table.head.line,
            format!("the table does not list the exercise `{}`", exercise.name),
        ));
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
