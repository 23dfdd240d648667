//! Checks the documents of `lessons/`: sections, code, transcripts, links, tables, drawings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::documents::code_blocks::{self, Sources};
use crate::documents::course_pages;
use crate::documents::finding::{Finding, Mode, Report, edited};
use crate::documents::links;
use crate::documents::matrix;
use crate::documents::mirror;
use crate::documents::python_blocks;
use crate::documents::sections;
use crate::documents::starts::{self, Place};
use crate::documents::tables;
use crate::documents::transcripts::Runner;
use crate::documents::words::Words;
use crate::say::Doing;
use crate::tools::cargo::Build;
use crate::tools::files::{files, folders};
use crate::tools::markdown::{CodeBlock, Comment, Document};
use crate::tools::report::{Problem, Stop, count, slashed};
use crate::tools::status;
use crate::workspace::{Lesson, Workspace};

/// Checks the documents of the lessons in `wanted` (all where it is `None`), and with all also the files around them.
pub fn check(
    workspace: &Workspace,
    wanted: Option<&str>,
    mode: Mode,
    mut progress: impl FnMut(&str),
) -> Result<Report, Stop> {
    let mut report = Report::default();
    let lessons = wanted_lessons(workspace, wanted);
    let others = if wanted.is_none() { other_documents(workspace)? } else { Vec::new() };
    let documents: BTreeMap<&Path, &Document> = lessons
        .iter()
        .filter_map(|lesson| lesson.parsed.as_ref())
        .chain(&others)
        .map(|document| (document.path.as_path(), document))
        .collect();
    progress("building the lessons");
    let build = build(workspace, &lessons)?;
    let mut sources = Sources::default();
    for lesson in &lessons {
        let Some(document) = &lesson.parsed else {
            let what = format!("this lesson has no document {}", slashed(&lesson.document));
            report.problems.push(Problem::of(&lesson.folder, what));
            continue;
        };
        progress(&format!("lesson {}: {}", lesson.number, lesson.name));
        report.problems.extend(sections::check(document, lesson));
        report.problems.extend(tables::check(workspace, document, lesson));
        report.problems.extend(matrix::check(&workspace.root, document, lesson));
        let mut runner = runner(workspace, document, lesson, &build)?;
        let found = blocks(workspace, document, runner.as_mut(), &mut sources, &mut report);
        report.commands += runner.map_or(0, |runner| runner.commands);
        settle(workspace, document, found, mode, &mut report)?;
    }
    // A crate's own README shows what it likes; the course's pages show code that runs.
    for document in others.iter().filter(|document| !document.path.starts_with("crates")) {
        let found = blocks(workspace, document, None, &mut sources, &mut report);
        settle(workspace, document, found, mode, &mut report)?;
    }
    let words = Words::read(&workspace.root)?;
    for document in documents.values() {
        report.documents += 1;
        report.problems.extend(words.check(document));
        report.links += document.links.len();
        report.problems.extend(links::check(&workspace.root, document, &documents));
    }
    for path in lessons.iter().flat_map(|lesson| read_elsewhere(workspace, lesson)) {
        report.problems.extend(words.check_file(&workspace.root, path)?);
    }
    if wanted.is_none() {
        report.problems.extend(course_pages::check(workspace, &documents));
    }
    mirror::check(workspace, (&lessons, wanted.is_none()), mode, None, &mut report)?;
    Ok(report)
}

/// Checks the Chinese documents alone, and notes that they follow the English in the sections called `followed`.
pub fn check_chinese(
    workspace: &Workspace,
    wanted: Option<&str>,
    mode: Mode,
    followed: Option<&str>,
) -> Result<Report, Stop> {
    let mut report = Report::default();
    let lessons = wanted_lessons(workspace, wanted);
    mirror::check(workspace, (&lessons, wanted.is_none()), mode, followed, &mut report)?;
    Ok(report)
}

fn wanted_lessons<'w>(workspace: &'w Workspace, wanted: Option<&str>) -> Vec<&'w Lesson> {
    let is_wanted = |lesson: &&Lesson| wanted.is_none_or(|name| lesson.name == name);
    workspace.lessons.iter().filter(is_wanted).collect()
}

/// What a learner reads of a lesson beside its document: its pages, and the headers and answers of its exercises.
fn read_elsewhere(workspace: &Workspace, lesson: &Lesson) -> Vec<PathBuf> {
    let templates = lesson.folder.join("templates");
    let pages = files(&workspace.root.join(&templates), "html");
    let pages = pages.into_iter().map(|name| templates.join(name));
    let exercises = lesson.exercises.iter();
    let texts = exercises.flat_map(|one| ["starter.rs", "aloud.md"].map(|name| one.answer(name)));
    pages.chain(texts.filter(|path| workspace.root.join(path).is_file())).collect()
}

/// Markdown files that are no lesson's document: in `lessons/`, at the top, and beside the crates.
fn other_documents(workspace: &Workspace) -> Result<Vec<Document>, Stop> {
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
    found.retain(|path| workspace.root.join(path).is_file());
    found.iter().map(|path| Document::read(&workspace.root, path)).collect()
}

/// Builds every lesson whose document has transcripts, in one go.
fn build(workspace: &Workspace, lessons: &[&Lesson]) -> Result<Build, Stop> {
    let has_transcript = |lesson: &&&Lesson| {
        let parsed = lesson.parsed.as_ref();
        parsed
            .is_some_and(|document| document.blocks.iter().any(|block| block.language == "console"))
    };
    let mut arguments = vec!["--bins"];
    for lesson in lessons.iter().filter(has_transcript) {
        arguments.extend(["-p", &lesson.name]);
    }
    if arguments.len() == 1 {
        return Ok(Build::default());
    }
    let build = workspace.cargo.build("build", &arguments, status::compiling)?;
    if !build.ok {
        return Err(Stop(format!(
            "the lessons don't build, so their documents can't be checked:\n{}",
            build.errors().trim_end()
        )));
    }
    Ok(build)
}

/// Checks the code blocks and transcripts of a document.
fn blocks(
    workspace: &Workspace,
    document: &Document,
    mut runner: Option<&mut Runner<'_>>,
    sources: &mut Sources,
    report: &mut Report,
) -> Vec<Finding> {
    let is_it = |lesson: &&Lesson| lesson.document == document.path;
    let lesson = workspace.lessons.iter().find(is_it);
    let lesson = lesson.map(|lesson| (lesson.name.as_str(), lesson.port()));
    let place = Place { document: &document.path, packages: &workspace.packages, lesson };
    let stray = document.stray.iter().map(|comment| alone(&place, comment));
    let mut findings: Vec<Finding> = stray.collect();
    for (at, block) in document.blocks.iter().enumerate() {
        let hidden = starts::hidden_in(block.comment.as_ref());
        if let Some((words, line)) = hidden {
            findings.push(place.hidden(words, line));
            // That it is hidden is all that is wrong with it.
            if let Some(runner) = &mut runner {
                runner.begin(starts::in_comment(words));
            }
        }
        let before = at.checked_sub(1).and_then(|before| document.blocks.get(before));
        findings.extend(place.check(before, block, document.blocks.get(at + 1)));
        if let (Some(runner), Some(start)) = (&mut runner, place.start(block)) {
            runner.begin(start);
        }
        match (block.language.as_str(), &mut runner) {
            ("rust", _) => {
                report.blocks += 1;
                findings.extend(code_blocks::check(
                    &workspace.root,
                    &document.path,
                    block,
                    sources,
                ));
            }
            ("python", _) => {
                report.blocks += 1;
                let problem = python_blocks::check(&workspace.root, &document.path, block);
                findings.extend(problem.map(Finding::from));
            }
            ("console", Some(runner)) => findings.extend(runner.check(block)),
            ("console", None) => {
                let what =
                    "only a lesson's document has a server to ask: use a `sh` or `text` block";
                findings.push(Problem::at(&document.path, block.line, what).into());
            }
            _ => {
                let code = block.comment.as_ref().filter(|_| hidden.is_none());
                findings.extend(code.map(|comment| alone(&place, comment)));
            }
        }
    }
    findings
}

/// What runs the transcripts of a lesson's document; nothing where it was not built.
fn runner<'a>(
    workspace: &'a Workspace,
    document: &'a Document,
    lesson: &'a Lesson,
    build: &Build,
) -> Result<Option<Runner<'a>>, Stop> {
    let folder = workspace.root.join(&lesson.folder);
    let Some(binary) = build.executable(&folder, &lesson.name) else { return Ok(None) };
    Runner::new(workspace, document, lesson, binary).map(Some)
}

/// A comment that no block of its kind follows.
fn alone(place: &Place<'_>, (comment, line): &(Comment, usize)) -> Finding {
    let what = match comment {
        Comment::Code(_) => "no `rust` block follows this `code` comment",
        Comment::Python(_) => "no `python` block follows this `python` comment",
        Comment::Matrix(_) => "no table follows this `matrix` comment",
        Comment::Server(words) => return place.hidden(words, *line),
    };
    Problem::at(place.document, *line, what).into()
}

/// Writes down what can be fixed, where that is asked for; what is left is a problem.
fn settle(
    workspace: &Workspace,
    document: &Document,
    findings: Vec<Finding>,
    mode: Mode,
    report: &mut Report,
) -> Result<(), Stop> {
    let mut edits = Vec::new();
    for Finding { problem, fix } in findings {
        match fix {
            Some(edit) if mode == Mode::Fix => edits.push(edit),
            _ => report.problems.push(problem),
        }
    }
    if !edits.is_empty() {
        edits.sort_by_key(|edit| edit.rows.start);
        let full = workspace.root.join(&document.path);
        std::fs::write(&full, edited(&document.text, &edits))
            .map_err(|error| Stop::file(Doing::Write, &full, &error))?;
        let is_rewritten = |block: &&CodeBlock| {
            let rows = &block.rows;
            edits.iter().any(|edit| rows.start <= edit.rows.start && edit.rows.end <= rows.end)
        };
        let rewritten = document.blocks.iter().filter(is_rewritten).count();
        let rewritten = count(rewritten, "block", "blocks");
        report.fixed.push(format!("{}: {rewritten} rewritten", slashed(&document.path)));
    }
    Ok(())
}
