//! The Chinese documents against the English ones: the same sections, with the same code, tables, links and drawings; the
//! exercises' tasks, which English has in the headers of their files; and which of them are older than their English.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::chinese::{FOLDER, chinese_of, english_of};
use crate::documents::drawings;
use crate::documents::finding::{Edit, Finding, Mode, Report, edited};
use crate::documents::hints;
use crate::documents::links;
use crate::documents::pair::{Header, Pair, Part};
use crate::say::Doing;
use crate::tools::diff::{Step, steps};
use crate::tools::files::files;
use crate::tools::markdown::Document;
use crate::tools::report::{Problem, Stop, count, slashed};
use crate::workspace::{Lesson, Workspace};

/// What stands for every section, where one may be named.
const EVERY: &str = "all";

/// Holds the Chinese documents of these lessons, and where these are `all`, those around them. `followed` is a section that
/// was read against its English, which is written down.
pub fn check(
    workspace: &Workspace,
    (lessons, all): (&[&Lesson], bool),
    mode: Mode,
    followed: Option<&str>,
    report: &mut Report,
) -> Result<(), Stop> {
    let root = &workspace.root;
    if !root.join(FOLDER).is_dir() {
        return Ok(());
    }
    let of_lesson = |lesson: &&Lesson| {
        let command = format!("verify {}", lesson.number);
        let headers = lesson.exercises.iter().map(|exercise| Header::read(workspace, exercise));
        Ok((lesson.document.clone(), command, headers.collect::<Result<Vec<_>, Stop>>()?))
    };
    let mut pages: Vec<_> = lessons.iter().map(of_lesson).collect::<Result<_, Stop>>()?;
    if all {
        let around = ["lessons/README.md", "README.md"];
        pages.extend(around.map(|page| (PathBuf::from(page), "verify".to_owned(), Vec::new())));
        let strays = [("", "md"), ("img", "svg")].into_iter().flat_map(|(folder, kind)| {
            let folder = Path::new(FOLDER).join(folder);
            files(&root.join(&folder), kind).into_iter().map(move |name| folder.join(name))
        });
        for stray in strays.filter(|path| !root.join(english_of(path)).is_file()) {
            let what = format!("there is no English {}", slashed(&english_of(&stray)));
            report.problems.push(Problem::of(&stray, what));
        }
    }
    pages.retain(|(english, ..)| root.join(english).is_file());
    let mut is_followed = false;
    for exercise in lessons.iter().flat_map(|lesson| &lesson.exercises) {
        let follows = followed.is_some_and(|followed| [EVERY, &exercise.name].contains(&followed));
        is_followed |= follows;
        hints::check(workspace, exercise, follows, report)?;
    }
    for (path, command, headers) in &pages {
        let chinese = chinese_of(path);
        if !root.join(&chinese).is_file() {
            let what = format!("it is missing: {} has no Chinese document", slashed(path));
            report.problems.push(Problem::of(&chinese, what));
            continue;
        }
        // What `--fix` has just written is not what was parsed before.
        let (english, chinese) = (Document::read(root, path)?, Document::read(root, &chinese)?);
        let pair = Pair { root, english: &english, chinese: &chinese, headers, command };
        let mut edits = Vec::new();
        let before = report.problems.len();
        let sections = pair.align(&mut report.problems);
        // What stands below a heading that is left out would be a surplus of the section before it.
        let is_whole = report.problems.len() == before;
        for (en, zh) in sections {
            let names = [EVERY, &en.heading.text, &zh.heading.text];
            let follows = followed.is_some_and(|followed| names.contains(&followed));
            is_followed |= follows;
            let follow = pair.to_follow(&en, &zh);
            for link in zh.within(&chinese.links, |link| link.line) {
                drawings::check(root, (&chinese.path, link), (follows, &follow), report)?;
            }
            if follows {
                edits.extend(pair.follow(&en, &zh));
            } else {
                pair.age((&en, &zh), &follow, report);
            }
            if !is_whole {
                continue;
            }
            pair.contents(&en, &zh, &mut report.problems);
            for Finding { problem, fix } in pair.blocks(&en, &zh) {
                match fix {
                    Some(edit) if mode == Mode::Fix => edits.push(edit),
                    _ => report.problems.push(problem),
                }
            }
        }
        report.documents += 1;
        report.links += chinese.links.len();
        report.blocks += chinese.blocks.len();
        report.problems.extend(links::check(root, &chinese, &links::Documents::new()));
        if !edits.is_empty() {
            edits.sort_by_key(|edit| edit.rows.start);
            let full = root.join(&chinese.path);
            std::fs::write(&full, edited(&chinese.text, &edits))
                .map_err(|error| Stop::file(Doing::Write, &full, &error))?;
            let places = count(edits.len(), "place", "places");
            report.fixed.push(format!("{}: {places} rewritten", slashed(&chinese.path)));
        }
    }
    if let Some(followed) = followed
        && !is_followed
    {
        let what = format!("no section is called `{followed}`, in English or in Chinese");
        return Err(Stop(format!("{what}; `{EVERY}` names all of them")));
    }
    Ok(())
}

impl<'a> Pair<'a> {
    /// The sections that belong together. Those without another are problems.
    fn align(&self, problems: &mut Vec<Problem>) -> Vec<(Part<'a>, Part<'a>)> {
        let english = Part::of_english(self.english, self.headers);
        let chinese = Part::all(self.chinese);
        let hashes: BTreeSet<_> = english.iter().map(|en| Some(en.hash)).collect();
        let made_from: BTreeSet<_> = chinese.iter().map(|zh| zh.made_from).collect();
        let found = steps(&english, &chinese, |en, zh| {
            let is_known = Some(en.hash) == zh.made_from;
            let both_changed =
                !made_from.contains(&Some(en.hash)) && !hashes.contains(&zh.made_from);
            let is_called = match en.name {
                Some(_) => en.calls(&zh.heading.text),
                None => !english.iter().any(|other| other.calls(&zh.heading.text)),
            };
            en.heading.level == zh.heading.level && is_called && (is_known || both_changed)
        });
        let mut wrong = |line, what| problems.push(Problem::at(&self.chinese.path, line, what));
        let (mut english, mut chinese) = (english.into_iter(), chinese.into_iter().peekable());
        let mut pairs = Vec::new();
        for step in found {
            match step {
                Step::Keep(..) => pairs.extend(english.next().zip(chinese.next())),
                Step::Add(_) => chinese.next().into_iter().for_each(|zh| {
                    let what = format!("`{}` is no section of the English here", zh.heading.text);
                    wrong(zh.heading.line, what);
                }),
                Step::Remove(_) => english.next().into_iter().for_each(|en| {
                    let named = en.name.as_ref().map(|name| format!(", as `{name}`"));
                    let named = named.unwrap_or_default();
                    let (line, place) = match chinese.peek() {
                        Some(next) => {
                            (next.heading.line, format!("before `{}`", next.heading.text))
                        }
                        None => (self.chinese.last_line(), "at the end".to_owned()),
                    };
                    wrong(line, format!("the section {} is missing {place}{named}", en.shown()));
                }),
            }
        }
        pairs
    }

    /// What says that this section follows its English.
    fn to_follow(&self, en: &Part<'_>, zh: &Part<'_>) -> String {
        let name = if en.document.path == self.english.path { en } else { zh };
        format!("`cargo course {} --chinese=\"{}\"`", self.command, name.heading.text)
    }

    /// Whether the section was made from the English as it is now.
    fn age(&self, (en, zh): (&Part<'_>, &Part<'_>), follow: &str, report: &mut Report) {
        let problem = |what| Problem::at(&self.chinese.path, zh.heading.line, what);
        match zh.made_from {
            Some(hash) if hash == en.hash => {}
            Some(_) => report.warnings.push(problem(format!(
                "the English of `{}` is newer: {}. See what changed: `git log -p -- {}`. Follow it here, then note that: {follow}",
                zh.heading.text,
                en.shown(),
                slashed(&en.document.path)
            ))),
            None => report.problems.push(problem(format!(
                "`{}` does not say which English it was made from: read it against {}, then note that: {follow}",
                zh.heading.text,
                en.shown()
            ))),
        }
    }

    /// Notes the English section that this one follows.
    fn follow(&self, en: &Part<'_>, zh: &Part<'_>) -> Option<Edit> {
        let after = zh.heading.line;
        let rows = after..after + usize::from(zh.made_from.is_some());
        let lines = vec![format!("<!-- en: {:08x} -->", en.hash)];
        (zh.made_from != Some(en.hash)).then_some(Edit { rows, lines, indent: String::new() })
    }
}
