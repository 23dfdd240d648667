//! Checks the documents of `lessons/`: sections, code, transcripts, links, tables, drawings.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::cargo::Build;
use crate::code_blocks::{self, Sources};
use crate::diff::{Step, steps};
use crate::links;
use crate::markdown::{Comment, Document, Row, Table};
use crate::report::{Mendable, Problem, Stop, count, slashed};
use crate::transcripts::Runner;
use crate::verify::compiling;
use crate::workspace::{
    Exercise, Lesson, Workspace, exercise_table, first_word, folders, split_number,
};

/// The sections of a lesson's document, after its title, in order.
const SECTIONS: [&str; 9] = [
    "The story",
    "Predict",
    "On the wire",
    "The code",
    "The rules",
    "Where this breaks",
    "Exercises",
    "For the instructor",
    "Sources",
];

/// The columns of the table of exercises.
const COLUMNS: [&str; 4] = ["exercise", "command", "minutes", "what it teaches"];

/// Whether differences are only reported, or also mended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Report.
    Check,
    /// Rewrite code blocks and transcripts from what is true.
    Fix,
}

/// What was checked and what was found.
#[derive(Default)]
pub struct Findings {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// What was mended, a sentence a file.
    pub fixed: Vec<String>,
    /// Documents read.
    pub documents: usize,
    /// Code blocks compared.
    pub blocks: usize,
    /// Commands run.
    pub commands: usize,
    /// Links followed.
    pub links: usize,
}

/// New lines for a block.
struct Edit {
    rows: Range<usize>,
    lines: Vec<String>,
    indent: String,
}

/// Checks the documents of the lessons in `wanted` (all where it is `None`), and with all also the files around them.
///
/// # Errors
/// Where a file can't be read or cargo can't be run.
pub fn check(
    workspace: &Workspace,
    wanted: Option<&str>,
    mode: Mode,
    mut progress: impl FnMut(&str),
) -> Result<Findings, Stop> {
    let mut findings = Findings::default();
    let lessons: Vec<&Lesson> = workspace
        .lessons
        .iter()
        .filter(|lesson| wanted.is_none_or(|name| lesson.name == name))
        .collect();
    let mut paths: Vec<PathBuf> = lessons.iter().map(|lesson| lesson.document.clone()).collect();
    if wanted.is_none() {
        paths.extend(other_documents(workspace));
    }
    let mut documents = HashMap::new();
    for path in paths {
        if workspace.root.join(&path).is_file() {
            documents.insert(path.clone(), Document::read(&workspace.root, &path)?);
        }
    }
    progress("building the lessons");
    let build = build(workspace, &lessons, &documents)?;
    let mut sources = Sources::default();
    for lesson in &lessons {
        let Some(document) = documents.get(&lesson.document) else {
            findings.problems.push(Problem::of(
                &lesson.folder,
                format!("this lesson has no document {}", slashed(&lesson.document)),
            ));
            continue;
        };
        progress(&format!("lesson {}: {}", lesson.number, lesson.name));
        findings.problems.extend(sections(document, lesson));
        findings.problems.extend(exercises(workspace, document, lesson));
        let edits =
            blocks(workspace, document, Some((lesson, &build)), &mut sources, &mut findings)?;
        apply(workspace, document, edits, mode, &mut findings)?;
    }
    let mut others: Vec<&Document> = documents
        .values()
        .filter(|document| !lessons.iter().any(|lesson| lesson.document == document.path))
        .collect();
    others.sort_by(|a, b| a.path.cmp(&b.path));
    for document in others {
        // A crate's own README shows what it likes; the course's pages show code that runs.
        if !document.path.starts_with("crates") {
            let edits = blocks(workspace, document, None, &mut sources, &mut findings)?;
            apply(workspace, document, edits, mode, &mut findings)?;
        }
    }
    for document in documents.values() {
        findings.documents += 1;
        findings.links += document.links.len();
        findings.problems.extend(links::check(&workspace.root, document, &documents));
    }
    if wanted.is_none() {
        findings.problems.extend(contents(workspace, &documents));
        findings.problems.extend(drawings(workspace, &documents));
    }
    Ok(findings)
}

/// Markdown files that are no lesson's document: in `lessons/`, at the top, and beside the crates.
fn other_documents(workspace: &Workspace) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("README.md")];
    for name in files(&workspace.root.join("lessons"), "md") {
        let path = Path::new("lessons").join(name);
        if !workspace.lessons.iter().any(|lesson| lesson.document == path) {
            found.push(path);
        }
    }
    found.extend(
        folders(&workspace.root.join("crates"))
            .iter()
            .map(|name| Path::new("crates").join(name).join("README.md")),
    );
    found
}

/// Names of the files of `folder` with this extension, sorted.
fn files(folder: &Path, extension: &str) -> Vec<String> {
    let entries =
        std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let kept = entries
        .filter(|path| path.is_file() && path.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> =
        kept.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

/// Builds every lesson whose document has transcripts, in one go.
fn build(
    workspace: &Workspace,
    lessons: &[&Lesson],
    documents: &HashMap<PathBuf, Document>,
) -> Result<Build, Stop> {
    let has_transcript = |lesson: &&&Lesson| {
        documents
            .get(&lesson.document)
            .is_some_and(|document| document.blocks.iter().any(|block| block.language == "console"))
    };
    let mut arguments = vec!["--bins"];
    for lesson in lessons.iter().filter(has_transcript) {
        arguments.extend(["-p", &lesson.name]);
    }
    if arguments.len() == 1 {
        return Ok(Build {
            ok: true,
            executables: Vec::new(),
            messages: Vec::new(),
            stderr: String::new(),
        });
    }
    let build = workspace.cargo.build("build", &arguments, compiling)?;
    if !build.ok {
        let errors: String = build
            .messages
            .iter()
            .filter(|message| message.is_error)
            .map(|message| message.rendered.as_str())
            .collect();
        let why = if errors.is_empty() { build.stderr } else { errors };
        return Err(Stop(format!(
            "the lessons don't build, so their documents can't be checked:\n{}",
            why.trim_end()
        )));
    }
    Ok(build)
}

/// Checks code blocks and transcripts of a document; gives what would make them true.
fn blocks(
    workspace: &Workspace,
    document: &Document,
    lesson: Option<(&Lesson, &Build)>,
    sources: &mut Sources,
    findings: &mut Findings,
) -> Result<Vec<Edit>, Stop> {
    let mut edits = Vec::new();
    let scratch = Scratch::new(workspace, document)?;
    let mut runner = None;
    if let Some((lesson, build)) = lesson
        && let Some(binary) = build.executable(&workspace.root.join(&lesson.folder), &lesson.name)
    {
        let new = Runner::new(&document.path, binary, lesson.port(), &scratch.0);
        runner = Some(new.map_err(|error| Stop::file("make a folder in", &scratch.0, &error))?);
    }
    for (comment, line) in &document.stray {
        let (what, block) = match comment {
            Comment::Code(_) => ("code", "rust"),
            Comment::Server(_) => ("server", "console"),
        };
        findings.problems.push(Problem::at(
            &document.path,
            *line,
            format!("no `{block}` block follows this `{what}` comment"),
        ));
    }
    for block in &document.blocks {
        let edit = |lines| Edit { rows: block.rows.clone(), lines, indent: block.indent.clone() };
        match (block.language.as_str(), &mut runner) {
            ("rust", _) => {
                findings.blocks += 1;
                let checked = code_blocks::check(&workspace.root, &document.path, block, sources);
                findings.problems.extend(checked.problems);
                edits.extend(checked.truth.map(edit));
            }
            ("console", Some(runner)) => {
                let checked = runner.check(block);
                findings.commands += checked.commands;
                findings.problems.extend(checked.problems);
                if checked.truth != block.lines {
                    edits.push(edit(checked.truth));
                }
            }
            ("console", None) => {
                let what = if lesson.is_some() {
                    "no program of this lesson was built to ask"
                } else {
                    "only a lesson's document has a server to ask: use a `sh` or `text` block"
                };
                findings.problems.push(Problem::at(&document.path, block.line, what));
            }
            _ => {
                if let Some((comment, line)) = &block.comment {
                    let wanted =
                        if matches!(comment, Comment::Code(_)) { "rust" } else { "console" };
                    findings.problems.push(Problem::at(
                        &document.path,
                        *line,
                        format!(
                            "no `{wanted}` block follows this comment, but `{}`",
                            block.language
                        ),
                    ));
                }
            }
        }
    }
    Ok(edits)
}

/// Writes the edits, in the file's own line ends, and takes back the problems that they mend.
fn apply(
    workspace: &Workspace,
    document: &Document,
    edits: Vec<Edit>,
    mode: Mode,
    findings: &mut Findings,
) -> Result<(), Stop> {
    if mode == Mode::Check || edits.is_empty() {
        return Ok(());
    }
    let text = edited(&document.text, &edits);
    let full = workspace.root.join(&document.path);
    std::fs::write(&full, text).map_err(|error| Stop::file("write", &full, &error))?;
    findings.fixed.push(format!(
        "{}: {} rewritten",
        slashed(&document.path),
        count(edits.len(), "block", "blocks")
    ));
    // What has a difference is mended by writing the difference; a command that failed is not.
    let mended = |problem: &Problem| {
        let inside = |edit: &Edit| {
            problem.line.is_some_and(|line| {
                edit.rows.start < line + 1 && line <= edit.rows.end.max(edit.rows.start + 1)
            })
        };
        problem.file == document.path
            && problem.mendable == Mendable::Yes
            && edits.iter().any(inside)
    };
    findings.problems.retain(|problem| !mended(problem));
    Ok(())
}

/// `text` with the edits; everything else stays byte for byte.
fn edited(text: &str, edits: &[Edit]) -> String {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::new();
    let mut at = 0;
    for edit in edits {
        out.push_str(&lines[at..edit.rows.start.min(lines.len())].concat());
        for line in &edit.lines {
            if !line.is_empty() {
                out.push_str(&edit.indent);
                out.push_str(line);
            }
            out.push_str(line_end);
        }
        at = edit.rows.end.min(lines.len());
    }
    out.push_str(&lines[at..].concat());
    out
}

/// The title and the nine sections, in order, and no other.
fn sections(document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let path = &document.path;
    if document.headings.is_empty() {
        return vec![Problem::of(path, "it is empty: a title, and the sections in order")];
    }
    let mut problems = Vec::new();
    let start = format!("Lesson {}: ", lesson.number);
    match document.headings.first() {
        Some(title) if title.level == 1 && title.text.starts_with(&start) => {}
        title => {
            let line = title.map_or(1, |title| title.line);
            problems.push(Problem::at(
                path,
                line,
                format!("the document starts with its title, `# {start}…`"),
            ));
        }
    }
    for second in document.headings.iter().skip(1).filter(|heading| heading.level == 1) {
        problems.push(Problem::at(path, second.line, "a second title: sections start with `##`"));
    }
    let found: Vec<_> = document.headings.iter().filter(|heading| heading.level == 2).collect();
    let order = steps(&found, &SECTIONS, |heading, name| heading.text == *name);
    for (at, step) in order.iter().enumerate() {
        match *step {
            Step::Keep(..) => {}
            Step::Add(name) => {
                let before = order[at..].iter().find_map(|step| match *step {
                    Step::Keep(heading, _) => Some(found[heading]),
                    _ => None,
                });
                let elsewhere = found.iter().find(|heading| heading.text == SECTIONS[name]);
                let what = match (elsewhere, before) {
                    (Some(_), Some(before)) => format!(
                        "the section `## {}` belongs before `## {}`",
                        SECTIONS[name], before.text
                    ),
                    (Some(_), None) => {
                        format!("the section `## {}` belongs at the end", SECTIONS[name])
                    }
                    (None, Some(before)) => format!(
                        "the section `## {}` is missing before `## {}`",
                        SECTIONS[name], before.text
                    ),
                    (None, None) => {
                        format!("the section `## {}` is missing at the end", SECTIONS[name])
                    }
                };
                let line = elsewhere
                    .or(before.as_ref())
                    .map_or(document.last_line(), |heading| heading.line);
                problems.push(Problem::at(path, line, what));
            }
            Step::Remove(heading) => {
                let heading = found[heading];
                if !SECTIONS.contains(&heading.text.as_str()) {
                    problems.push(Problem::at(
                        path,
                        heading.line,
                        format!(
                            "`## {}` is not one of the sections: use `###` inside one",
                            heading.text
                        ),
                    ));
                } else if found.iter().filter(|other| other.text == heading.text).count() > 1 {
                    problems.push(Problem::at(
                        path,
                        heading.line,
                        format!("`## {}` is there twice", heading.text),
                    ));
                }
            }
        }
    }
    problems
}

/// The tables that list `exercises`, where the documents themselves are not checked.
///
/// # Errors
/// Where a document can't be read.
pub fn tables(workspace: &Workspace, wanted: &[&Exercise]) -> Result<Vec<Problem>, Stop> {
    let mut problems = Vec::new();
    for lesson in &workspace.lessons {
        if lesson
            .exercises
            .iter()
            .any(|exercise| wanted.iter().any(|one| one.name == exercise.name))
        {
            let document = Document::read(&workspace.root, &lesson.document)?;
            problems.extend(exercises(workspace, &document, lesson));
        }
    }
    Ok(problems)
}

/// The table of exercises against the exercises that exist.
fn exercises(workspace: &Workspace, document: &Document, lesson: &Lesson) -> Vec<Problem> {
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

/// The contents pages list every lesson, and no document is without a crate.
fn contents(workspace: &Workspace, documents: &HashMap<PathBuf, Document>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for page in ["README.md", "lessons/README.md"].map(PathBuf::from) {
        let Some(document) = documents.get(&page) else {
            problems.push(Problem::of(
                &page,
                "it is missing: it has a table with a link to every lesson",
            ));
            continue;
        };
        let in_tables: Vec<PathBuf> = document
            .links
            .iter()
            .filter(|link| link.in_table)
            .filter_map(|link| links::file(&page, &link.target))
            .collect();
        for lesson in
            workspace.lessons.iter().filter(|lesson| !in_tables.contains(&lesson.document))
        {
            let line = document.tables.first().map_or(1, |table| table.head.line);
            problems.push(Problem::at(
                &page,
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
fn drawings(workspace: &Workspace, documents: &HashMap<PathBuf, Document>) -> Vec<Problem> {
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

/// A folder for one document's transcripts, gone at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(workspace: &Workspace, document: &Document) -> Result<Self, Stop> {
        let name = document.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = workspace
            .target
            .join("course")
            .join("transcripts")
            .join(format!("{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).map_err(|error| Stop::file("make", &folder, &error))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What can't be removed lies in the build folder and goes with it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_block_changes_and_line_ends_stay() {
        let text = "a\r\n```\r\nold\r\n```\r\nb\r\n";
        let edit = Edit {
            rows: 2..3,
            lines: vec!["new".to_owned(), String::new()],
            indent: "  ".to_owned(),
        };
        assert_eq!(edited(text, &[edit]), "a\r\n```\r\n  new\r\n\r\n```\r\nb\r\n");
    }
}
