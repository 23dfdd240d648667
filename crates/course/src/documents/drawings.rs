//! The drawings of the Chinese documents: what the English ones draw, with other texts.

use std::path::Path;

use ::documents::translation;

use crate::chinese::{FOLDER, english_of};
use crate::documents::finding::Report;
use crate::say::Doing;
use crate::tools::files;
use crate::tools::markdown::Link;
use crate::tools::report::{Problem, Stop, slashed};

use super::links;

/// Holds the drawing that a link of a Chinese document shows; another link is left alone. Where its section `is_followed`,
/// that is written into the drawing, too. `follow` is what a person types for that.
pub fn check(
    root: &Path,
    (document, link): (&Path, &Link),
    (is_followed, follow): (bool, &str),
    report: &mut Report,
) -> Result<(), Stop> {
    let Some(path) = links::file(document, &link.target) else { return Ok(()) };
    let english = english_of(&path);
    // That a drawing is not there is the link's fault.
    let is_drawing = path.extension().is_some_and(|kind| kind == "svg");
    if !is_drawing || !root.join(&english).is_file() || !root.join(&path).is_file() {
        return Ok(());
    }
    if !path.starts_with(FOLDER) {
        let what = format!("this is the English drawing; the Chinese one is in {FOLDER}/img");
        report.problems.push(Problem::at(document, link.line, what));
        return Ok(());
    }
    let read = |path: &Path| {
        let full = root.join(path);
        std::fs::read_to_string(&full).map_err(|error| Stop::file(Doing::Read, &full, &error))
    };
    let (theirs, own) = (read(&english)?, read(&path)?);
    if let Some(what) = difference(&parts(&theirs), &parts(&own)) {
        report.problems.push(Problem::of(&path, format!("{what} in {}", slashed(&english))));
    }
    let today = hash(&theirs);
    let english = slashed(&english);
    let note =
        |what| Problem::of(&path, format!("{what}, then note that, of its section: {follow}"));
    match own.lines().find_map(translation::made_from) {
        Some(hash) if hash == today => {}
        _ if is_followed => {
            let kept = own.lines().filter(|line| translation::made_from(line).is_none());
            let mut lines: Vec<String> = kept.map(str::to_owned).collect();
            lines.insert(1.min(lines.len()), format!("<!-- en: {today:08x} -->"));
            files::write(&root.join(&path), &(lines.join("\n") + "\n"))?;
            report.fixed.push(format!("{}: 1 place rewritten", slashed(&path)));
        }
        Some(_) => report.warnings.push(note(format!(
            "the texts of {english} are newer: see `git log -p -- {english}`. Follow them here"
        ))),
        None => report.problems.push(note(format!(
            "it does not say which English it was made from: read it against {english}"
        ))),
    }
    Ok(())
}

/// The tags of a drawing, each with the text behind it. Comments are none.
fn parts(svg: &str) -> Vec<(&str, &str)> {
    let pieces = svg.split('<').skip(1).filter(|piece| !piece.starts_with("!--"));
    pieces.map(|piece| piece.split_once('>').unwrap_or((piece, ""))).collect()
}

/// What is drawn or missing in the second of these and not so in the first.
fn difference(english: &[(&str, &str)], own: &[(&str, &str)]) -> Option<String> {
    if english.len() != own.len() {
        return Some(format!("it has {} tags, and there are {}", own.len(), english.len()));
    }
    let mut pairs = english.iter().zip(own);
    pairs.find_map(|((tag, text), (own_tag, own_text))| {
        // By its language a browser chooses the shapes of Chinese letters.
        if *tag != own_tag.replace(" lang=\"zh-Hans\"", "") {
            Some(format!("it has `<{own_tag}>` for `<{tag}>`"))
        } else if own_text.trim().is_empty() != text.trim().is_empty() {
            Some(format!("it has {own_text:?} for {text:?}"))
        } else {
            let differs = *tag == "style" && own_text != text;
            differs.then(|| "its style is another than".to_owned())
        }
    })
}

/// A hash of its texts.
fn hash(svg: &str) -> u32 {
    let texts = parts(svg).into_iter().filter(|(tag, _)| *tag != "style");
    let texts: Vec<&str> = texts.map(|(_, text)| text.trim()).collect();
    translation::sections(&format!("# {}", texts.join(" "))).first().map_or(0, |one| one.hash)
}
