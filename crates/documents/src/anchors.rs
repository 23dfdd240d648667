//! The anchors of a document's headings, as code hosts make them.

use std::collections::HashMap;

/// The anchors of one document so far: how often each came.
#[derive(Default)]
pub struct Anchors(HashMap<String, usize>);

impl Anchors {
    /// The anchor of the next heading: lower case, letters, digits, `-` and `_`, a `-` for each space, and a number where
    /// a text comes again.
    pub fn next(&mut self, heading: &str) -> String {
        let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
        let lower = heading.trim().to_lowercase();
        let anchor: String =
            lower.chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect();
        let before = self.0.entry(anchor.clone()).or_default();
        *before += 1;
        match *before {
            1 => anchor,
            count => format!("{anchor}-{}", count - 1),
        }
    }
}
