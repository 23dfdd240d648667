//! Checks the documents of `lessons/`: sections, code, transcripts, links, tables, drawings.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::documents::code_blocks::{self, Sources};
use crate::documents::links;
use crate::documents::sections;
use crate::documents::tables;
use crate::documents::transcripts::Runner;
use crate::tools::cargo::Build;
use crate::tools::markdown::{Comment, Document};
use crate::tools::report::{Mendable, Problem, Stop, count, slashed};
use crate::tools::status;
use crate::workspace::{Lesson, Workspace, folders, split_number};

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
        findings.problems.extend(sections::check(document, lesson));
        findings.problems.extend(tables::check(workspace, document, lesson));
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
    let build = workspace.cargo.build("build", &arguments, status::compiling)?;
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
    let mut runner = runner(workspace, document, lesson, &scratch)?;
    for (comment, line) in &document.stray {
        findings.problems.push(alone(document, comment, *line));
    }
    for block in &document.blocks {
        let truth = match (block.language.as_str(), &mut runner) {
            ("rust", _) => {
                findings.blocks += 1;
                let checked = code_blocks::check(&workspace.root, &document.path, block, sources);
                findings.problems.extend(checked.problems);
                checked.truth
            }
            ("console", Some(runner)) => {
                let checked = runner.check(block);
                findings.commands += checked.commands;
                findings.problems.extend(checked.problems);
                Some(checked.truth)
            }
            ("console", None) => {
                let what =
                    "only a lesson's document has a server to ask: use a `sh` or `text` block";
                findings.problems.push(Problem::at(&document.path, block.line, what));
                None
            }
            _ => {
                let comment = block.comment.as_ref();
                let alone = comment.map(|(comment, line)| alone(document, comment, *line));
                findings.problems.extend(alone);
                None
            }
        };
        if let Some(lines) = truth.filter(|truth| *truth != block.lines) {
            edits.push(Edit { rows: block.rows.clone(), lines, indent: block.indent.clone() });
        }
    }
    Ok(edits)
}

/// What runs the transcripts of a lesson's document; nothing where it has none.
fn runner<'a>(
    workspace: &Workspace,
    document: &'a Document,
    lesson: Option<(&Lesson, &'a Build)>,
    scratch: &Scratch,
) -> Result<Option<Runner<'a>>, Stop> {
    let Some((lesson, build)) = lesson else { return Ok(None) };
    let folder = workspace.root.join(&lesson.folder);
    let Some(binary) = build.executable(&folder, &lesson.name) else { return Ok(None) };
    let runner = Runner::new(&document.path, binary, lesson.port(), &scratch.0);
    runner.map(Some).map_err(|error| Stop::file("make a folder in", &scratch.0, &error))
}

/// A comment that no block of its kind follows.
fn alone(document: &Document, comment: &Comment, line: usize) -> Problem {
    let (what, block) = match comment {
        Comment::Code(_) => ("code", "rust"),
        Comment::Server(_) => ("server", "console"),
    };
    Problem::at(&document.path, line, format!("no `{block}` block follows this `{what}` comment"))
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
