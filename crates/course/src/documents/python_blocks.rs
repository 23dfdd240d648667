//! `python` blocks: each is run by a function of a Python file, which the comment before it names.

use std::path::Path;

use crate::tools::markdown::{CodeBlock, Comment};
use crate::tools::report::Problem;

/// Checks a `python` block of `document`: that something runs it. Whether it is right, what runs it says.
pub fn check(root: &Path, document: &Path, block: &CodeBlock) -> Option<Problem> {
    let Some((comment, line)) = &block.comment else {
        let what = "nothing runs this `python` block: write `<!-- python: FILE FUNCTION -->` on the line before it, \
                    and a function of that name into that file";
        return Some(Problem::at(document, block.line, what));
    };
    let wrong = |what: String| Some(Problem::at(document, *line, what));
    let Comment::Python(words) = comment else {
        return wrong("only a `python` comment belongs before a `python` block".to_owned());
    };
    let [file, function] = words.split_whitespace().collect::<Vec<_>>()[..] else {
        return wrong("name what runs this block: `<!-- python: FILE FUNCTION -->`".to_owned());
    };
    match std::fs::read_to_string(root.join(file)) {
        Err(error) => wrong(format!("can't read `{file}`: {error}")),
        Ok(text) if text.lines().any(|line| defines(line, function)) => None,
        Ok(_) => wrong(format!("`{file}` has no function `{function}`: nothing runs this block")),
    }
}

/// Whether a line begins the definition of this function, outside of any other.
fn defines(line: &str, function: &str) -> bool {
    let rest = line.strip_prefix("def ").and_then(|rest| rest.strip_prefix(function));
    rest.is_some_and(|rest| rest.starts_with('('))
}
