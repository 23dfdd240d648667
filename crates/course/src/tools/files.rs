//! Folders, listed in a fixed order, and files, written with the folders to them.

use std::fs;
use std::path::Path;

use crate::say::Doing;
use crate::tools::report::Stop;

/// Names of the folders in `folder`, sorted, hidden ones left out; none where it isn't there.
pub fn folders(folder: &Path) -> Vec<String> {
    sorted(folder, |path| path.is_dir() && !path.file_name().is_some_and(is_hidden))
}

/// Names of the files of `folder` with this extension, sorted.
pub fn files(folder: &Path, extension: &str) -> Vec<String> {
    sorted(folder, |path| {
        path.is_file() && path.extension().is_some_and(|found| found == extension)
    })
}

/// Writes a file, and makes the folders to it.
pub fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, text))
        .map_err(|error| Stop::file(Doing::Write, path, &error))
}

fn sorted(folder: &Path, keep: impl Fn(&Path) -> bool) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let kept = entries.filter(|entry| keep(&entry.path()));
    let mut names: Vec<String> =
        kept.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

fn is_hidden(name: &std::ffi::OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}
