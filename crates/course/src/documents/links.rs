//! Links of the documents: to files and headings of this workspace. Nothing is fetched.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

use crate::tools::markdown::{Document, Link};
use crate::tools::names::nearest;
use crate::tools::report::{Problem, slashed};

/// Documents that are parsed already, by their path in the workspace.
pub type Documents<'a> = BTreeMap<&'a Path, &'a Document>;

/// Checks every link of `document`; `others` are the documents that are parsed already.
pub fn check(root: &Path, document: &Document, others: &Documents<'_>) -> Vec<Problem> {
    let broken = document.broken.iter().map(|(name, line)| {
        Problem::at(&document.path, *line, format!("`[{name}]` is nowhere defined"))
    });
    let dead = document.links.iter().filter_map(|link| {
        dead(root, document, link, others).map(|why| {
            Problem::at(&document.path, link.line, format!("dead link `{}`: {why}", link.target))
        })
    });
    broken.chain(dead).collect()
}

/// The file that a link of `document` leads to, relative to the workspace; `None` for other addresses.
pub fn file(document: &Path, target: &str) -> Option<PathBuf> {
    let (path, _) = target.split_once('#').unwrap_or((target, ""));
    if path.is_empty() || has_scheme(target) || target.starts_with('/') {
        return None;
    }
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let from = document.parent().unwrap_or(Path::new(""));
    normal(&from.join(&*decoded))
}

fn dead(root: &Path, document: &Document, link: &Link, others: &Documents<'_>) -> Option<String> {
    if has_scheme(&link.target) {
        return None;
    }
    if link.target.starts_with('/') {
        return Some(
            "it leads nowhere outside the lesson's server: write a path relative to this file"
                .to_owned(),
        );
    }
    let (path, slug) = link.target.split_once('#').unwrap_or((&link.target, ""));
    if path.is_empty() {
        return no_heading(document, slug);
    }
    let Some(file) = file(&document.path, &link.target) else {
        return Some("it leaves the workspace".to_owned());
    };
    if let Err(why) = exists(root, &file) {
        return Some(why);
    }
    if slug.is_empty() || file.extension().is_none_or(|extension| extension != "md") {
        return None;
    }
    match others.get(file.as_path()) {
        Some(other) => no_heading(other, slug),
        None => Document::read(root, &file)
            .map_or_else(|stop| Some(stop.0), |other| no_heading(&other, slug)),
    }
}

fn no_heading(document: &Document, slug: &str) -> Option<String> {
    if slug.is_empty() || document.has_anchor(slug) {
        return None;
    }
    let near = nearest(slug, document.headings.iter().map(|heading| heading.slug.as_str()));
    let near = near.map_or_else(String::new, |near| format!("; the nearest is `#{near}`"));
    Some(format!("{} has no heading `#{slug}`{near}", slashed(&document.path)))
}

/// `https:`, `mailto:` and the like.
fn has_scheme(target: &str) -> bool {
    let Some((scheme, _)) = target.split_once(':') else {
        return target.starts_with("//");
    };
    scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Whether the file is there, in just this spelling: on some systems `IMG/a.svg` opens `img/a.svg`, elsewhere it is lost.
fn exists(root: &Path, file: &Path) -> Result<(), String> {
    let mut folder = root.to_owned();
    for part in file.components() {
        let name = part.as_os_str();
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        if !names.iter().any(|there| there.as_str() == name) {
            let near = nearest(&name.to_string_lossy(), names.iter().map(String::as_str));
            let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
            return Err(format!("there is no {}{near}", slashed(file)));
        }
        folder.push(name);
    }
    Ok(())
}

/// The path without `.` and `..`; `None` where it leaves the workspace.
fn normal(path: &Path) -> Option<PathBuf> {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !normal.pop() {
                    return None;
                }
            }
            Component::Normal(name) => normal.push(name),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_resolved_beside_its_document() {
        let from = Path::new("lessons/1-a.md");
        assert_eq!(
            file(from, "../crates/1-a/src/main.rs#x"),
            Some(PathBuf::from("crates/1-a/src/main.rs"))
        );
        assert_eq!(file(from, "img/a%20b.svg"), Some(PathBuf::from("lessons/img/a b.svg")));
        assert_eq!(file(from, "https://example.com"), None);
        assert_eq!(file(from, "../../out"), None);
    }
}
