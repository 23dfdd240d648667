//! The sections of a lesson's document: all of them, in order, and no other.

use crate::chinese::SECTIONS;
use crate::tools::diff::{Step, steps};
use crate::tools::markdown::{Document, Heading};
use crate::tools::report::Problem;
use crate::workspace::Lesson;

/// The title and the nine sections, in order, and no other.
pub fn check(document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let path = &document.path;
    if document.headings.is_empty() {
        return vec![Problem::of(path, "it is empty: a title, and the sections in order")];
    }
    let mut problems = titles(document, lesson);
    let found: Vec<&Heading> =
        document.headings.iter().filter(|heading| heading.level == 2).collect();
    let order = steps(&found, &SECTIONS, |heading, (name, _)| heading.text == *name);
    for (at, step) in order.iter().enumerate() {
        match *step {
            Step::Keep(..) => {}
            Step::Add(name) => {
                let next = order[at..].iter().find_map(|step| match *step {
                    Step::Keep(heading, _) => Some(found[heading]),
                    _ => None,
                });
                problems.push(absent(document, &found, SECTIONS[name].0, next));
            }
            Step::Remove(heading) => problems.extend(surplus(document, &found, found[heading])),
        }
    }
    problems
}

/// One title, first, with the lesson's number.
fn titles(document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let start = format!("Lesson {}: ", lesson.number);
    let mut problems = Vec::new();
    let first = document.headings.first();
    if !first.is_some_and(|title| title.level == 1 && title.text.starts_with(&start)) {
        let what = format!("the document starts with its title, `# {start}…`");
        problems.push(Problem::at(&document.path, first.map_or(1, |title| title.line), what));
    }
    for second in document.headings.iter().skip(1).filter(|heading| heading.level == 1) {
        let what = "a second title: sections start with `##`";
        problems.push(Problem::at(&document.path, second.line, what));
    }
    problems
}

/// A section that is missing where `next` follows, or stands elsewhere.
fn absent(document: &Document, found: &[&Heading], name: &str, next: Option<&Heading>) -> Problem {
    let elsewhere = found.iter().find(|heading| heading.text == name).copied();
    let what = if elsewhere.is_some() { "belongs" } else { "is missing" };
    let place = next.map_or("at the end".to_owned(), |next| format!("before `## {}`", next.text));
    let line = elsewhere.or(next).map_or(document.last_line(), |heading| heading.line);
    Problem::at(&document.path, line, format!("the section `## {name}` {what} {place}"))
}

/// A heading that is none of the sections, or one of them again; one in the wrong place is reported as absent.
fn surplus(document: &Document, found: &[&Heading], heading: &Heading) -> Option<Problem> {
    let text = &heading.text;
    let what = if !SECTIONS.iter().any(|(name, _)| name == text) {
        format!("`## {text}` is not one of the sections: use `###` inside one")
    } else if found.iter().filter(|other| other.text == *text).count() > 1 {
        format!("`## {text}` is there twice")
    } else {
        return None;
    };
    Some(Problem::at(&document.path, heading.line, what))
}
