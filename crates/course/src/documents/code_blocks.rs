//! `rust` blocks: each must be exactly the items that the comment before it names.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::documents::finding::Finding;
use crate::tools::items::{Missing, NotRust, Source, names};
use crate::tools::markdown::{CodeBlock, Comment};
use crate::tools::report::{Problem, slashed};

/// What a comment says where a block is not from here.
const ELSEWHERE: &str = "not in this workspace";

/// Rust files, parsed once.
#[derive(Default)]
pub struct Sources(HashMap<PathBuf, Result<Source, NoSource>>);

/// Why a file can't be quoted.
enum NoSource {
    Unreadable(String),
    NotRust(NotRust),
}

/// Checks a `rust` block of `document`.
pub fn check(
    root: &Path,
    document: &Path,
    block: &CodeBlock,
    sources: &mut Sources,
) -> Option<Finding> {
    let (words, line) = match &block.comment {
        Some((Comment::Code(words), line)) => (words, *line),
        _ => {
            let what = "this `rust` block names no code: write `<!-- code: FILE ITEM … -->` on the line before it, \
                        or `<!-- code: not in this workspace, REASON -->`";
            return Some(Problem::at(document, block.line, what).into());
        }
    };
    let wrong = |what: String| Some(Problem::at(document, line, what).into());
    if let Some(reason) = words.strip_prefix(ELSEWHERE) {
        let says_why = !reason.trim_start_matches(',').trim().is_empty();
        return if says_why {
            None
        } else {
            wrong(format!("say why: `<!-- code: {ELSEWHERE}, REASON -->`"))
        };
    }
    let (file, items) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let items = names(items);
    if items.is_empty() {
        return wrong(format!("name the items of `{file}` that this block shows"));
    }
    let source = match sources.get(root, Path::new(file)) {
        Ok(source) => source,
        Err(NoSource::Unreadable(why)) => return wrong(format!("can't read `{file}`: {why}")),
        Err(NoSource::NotRust(error)) => {
            return wrong(format!("`{file}` is no Rust: line {}: {}", error.line, error.what));
        }
    };
    match source.quote(&items) {
        Ok(truth) => {
            let (items, file) = (items.join("`, `"), slashed(Path::new(file)));
            let what = format!("this block is not `{items}` of {file}");
            Finding::of_block(document, block, &truth, what)
        }
        Err((item, missing)) => wrong(not_found(file, item, missing)),
    }
}

fn not_found(file: &str, item: &str, missing: Missing) -> String {
    match missing {
        Missing::NotFound(Some(near)) => {
            format!("`{file}` has no `{item}`; the nearest is `{near}`")
        }
        Missing::NotFound(None) => format!("`{file}` has no `{item}`"),
        Missing::Twice(lines) => {
            let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
            format!(
                "`{file}` has `{item}` {} times, at lines {}: which one?",
                lines.len(),
                lines.join(" and ")
            )
        }
    }
}

impl Sources {
    fn get(&mut self, root: &Path, file: &Path) -> Result<&Source, &NoSource> {
        let read = || {
            let text = std::fs::read_to_string(root.join(file))
                .map_err(|error| NoSource::Unreadable(error.to_string()))?;
            Source::parse(&text).map_err(NoSource::NotRust)
        };
        self.0.entry(file.to_owned()).or_insert_with(read).as_ref()
    }
}
