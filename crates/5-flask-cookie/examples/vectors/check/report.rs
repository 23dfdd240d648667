//! What the parts of the check share: the report, how a case ends, and the comparisons.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use flask_cookie::{Error, FlaskSession};
use serde_json::Value as Json;

/// What became of the file's cases.
#[derive(Debug, Default)]
pub struct Report {
    /// How many came out as Flask has them.
    pub passed: usize,
    /// A line for each that didn't.
    pub failed: Vec<String>,
    /// The names of those that weren't run, by the reason.
    pub skipped: BTreeMap<String, Vec<String>>,
}

/// How one case ended, where it didn't pass.
pub enum Outcome {
    /// The library and Flask differ: how.
    Fail(String),
    /// The case is out of scope: why.
    Skip(String),
}

/// A case's own result.
pub type Checked = Result<(), Outcome>;

/// The items of a list, none where there is no list.
pub fn list(json: &Json) -> &[Json] {
    json.as_array().map_or(&[], Vec::as_slice)
}

/// Fails unless both are the same.
pub fn same<T: PartialEq + fmt::Debug>(what: &str, ours: &T, flasks: &T) -> Checked {
    if ours == flasks {
        return Ok(());
    }
    Err(Outcome::Fail(format!("{what}: ours {ours:?}, Flask's {flasks:?}")))
}

/// Fails unless both sessions are written alike. (`NaN` is not equal to itself, its spelling is.)
pub fn same_session(ours: &FlaskSession, flasks: &FlaskSession) -> Checked {
    same("session", &ours.to_json(), &flasks.to_json())
}

/// Fails unless both cookies hold the same session, and are the same to the byte where Flask didn't compress: zlib has more
/// than one way to say a thing.
pub fn same_cookie(
    ours: &str,
    flasks: &str,
    load: impl Fn(&str) -> Result<FlaskSession, Error>,
) -> Checked {
    if !flasks.starts_with('.') {
        same("cookie", &ours, &flasks)?;
    }
    let load = |cookie| load(cookie).map_err(|error| fail(error.to_string()));
    same_session(&load(ours)?, &load(flasks)?)
}

/// A failure with this text.
pub fn fail(text: impl Into<String>) -> Outcome {
    Outcome::Fail(text.into())
}

/// A case that is not run, for this reason.
pub fn skip(text: impl Into<String>) -> Outcome {
    Outcome::Skip(text.into())
}

/// A field that is a text.
pub fn text<'a>(case: &'a Json, field: &str) -> Result<&'a str, Outcome> {
    case[field].as_str().ok_or_else(|| fail(format!("the case has no text {field:?}")))
}

impl Report {
    /// Counts one case.
    pub fn add(&mut self, name: String, checked: Checked) {
        match checked {
            Ok(()) => self.passed += 1,
            Err(Outcome::Fail(how)) => self.failed.push(format!("{name}: {how}")),
            Err(Outcome::Skip(why)) => self.skipped.entry(why).or_default().push(name),
        }
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for line in &self.failed {
            writeln!(f, "FAILED {line}")?;
        }
        for (reason, names) in &self.skipped {
            writeln!(f, "skipped {}, {reason}: {}", names.len(), names.join(", "))?;
        }
        let skipped: usize = self.skipped.values().map(Vec::len).sum();
        writeln!(f, "{} passed, {} failed, {skipped} skipped", self.passed, self.failed.len())
    }
}
