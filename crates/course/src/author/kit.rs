//! `cargo course kit`: the course in one file, for a class without a network.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::say::{Doing, Say};
use crate::tools::cargo::Cargo;
use crate::tools::files::folders;
use crate::tools::report::{Ending, Stop, slashed};
use crate::tools::status;
use crate::workspace::{Exercise, Workspace};

/// The folder that the kit unpacks to, and the file that it is.
const NAME: &str = "crumbs";
const FILE: &str = "crumbs-kit.tar.gz";

/// Packs what git tracks, with each exercise as it starts, and all crates, into `target/crumbs-kit.tar.gz`.
pub fn kit(workspace: &Workspace) -> Result<Ending, Stop> {
    let tracked = lines_of_git(&workspace.root, &["ls-files", "-z"])?;
    let exercises: Vec<&Exercise> = workspace.exercises().collect();
    let contents = contents(tracked.iter().map(PathBuf::from), &exercises);
    let packing = workspace.target.join("kit");
    let folder = packing.join(NAME);
    let file = workspace.target.join(FILE);
    remove(&file, fs::remove_file(&file))?;
    remove(&packing, fs::remove_dir_all(&packing))?;
    status::say(&Say::Copying.to_string());
    for Copy { from, to } in &contents {
        copy(&workspace.root.join(from), &folder.join(to))?;
    }
    status::say(&Say::Fetching.to_string());
    let vendor = Cargo::in_folder(&folder).command("vendor").arg("--locked").output();
    let how_to_use_them = done("cargo vendor", vendor)?.stdout;
    add(&folder.join(".cargo").join("config.toml"), &how_to_use_them)?;
    status::say(&Say::Packing.to_string());
    // A path such as `C:\x` is a host to some of them.
    let mut tar = Command::new("tar");
    tar.args(["-czf", FILE, "-C", "kit", NAME]).current_dir(&workspace.target);
    done("tar", tar.output())?;
    let crates = folders(&folder.join("vendor")).len();
    let size = fs::metadata(&file).map_err(|error| Stop::file(Doing::Read, &file, &error))?.len();
    remove(&packing, fs::remove_dir_all(&packing))?;
    status::clear();
    let megabytes = size.div_ceil(1_000_000);
    let (file, files) = (&workspace.shown(&file), contents.len());
    println!("{}", Say::Kit { file, files, crates, megabytes });
    let edited = edited(&workspace.root, &exercises)?;
    if !edited.is_empty() {
        println!("{}", Say::KitHasEdits { files: &edited.join(", ") });
    }
    println!("{}", Say::KitNeeds);
    Ok(Ending::Solved)
}

/// A file of the workspace, and where it is in the kit; both relative.
#[derive(Debug, PartialEq, Eq)]
struct Copy {
    from: PathBuf,
    to: PathBuf,
}

/// What is tracked, and for what a student edits the starter.
fn contents(tracked: impl Iterator<Item = PathBuf>, exercises: &[&Exercise]) -> Vec<Copy> {
    let from = |path: &Path| {
        let answered = exercises.iter().find(|exercise| exercise.source() == path);
        answered.map_or(path.to_owned(), |exercise| exercise.answer("starter.rs"))
    };
    tracked.map(|to| Copy { from: from(&to), to }).collect()
}

/// The tracked files that differ from what is committed, but for the answers, which the kit does not have.
fn edited(root: &Path, exercises: &[&Exercise]) -> Result<Vec<String>, Stop> {
    let edited = lines_of_git(root, &["diff", "--name-only", "-z", "HEAD"])?;
    let answers: Vec<String> =
        exercises.iter().map(|exercise| slashed(&exercise.source())).collect();
    Ok(edited.into_iter().filter(|path| !answers.contains(path)).collect())
}

fn copy(from: &Path, to: &Path) -> Result<(), Stop> {
    let made = to.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::copy(from, to))
        .map_err(|error| Stop::file(Doing::Copy, from, &error))?;
    Ok(())
}

/// Writes to the end of a file that may not be there.
fn add(file: &Path, text: &[u8]) -> Result<(), Stop> {
    let made = file.parent().map_or(Ok(()), fs::create_dir_all);
    let opened = made.and_then(|()| fs::File::options().append(true).create(true).open(file));
    opened
        .and_then(|mut opened| opened.write_all(&[b"\n", text].concat()))
        .map_err(|error| Stop::file(Doing::Write, file, &error))
}

/// The paths that git names; with `-z` it writes them as they are.
fn lines_of_git(root: &Path, arguments: &[&str]) -> Result<Vec<String>, Stop> {
    let output = Command::new("git").args(arguments).current_dir(root).output();
    let output =
        done("git, which knows what belongs to the course: a kit is made in a clone", output)?;
    let paths = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(paths.split('\0').filter(|path| !path.is_empty()).map(str::to_owned).collect())
}

/// What a program wrote, where it did what it should.
fn done(program: &str, output: std::io::Result<Output>) -> Result<Output, Stop> {
    let output = output.map_err(|error| Stop(format!("can't run {program}: {error}")))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Stop(format!("{program}:\n{}", said.trim_end())))
}

/// What was not there needs no removing.
fn remove(path: &Path, removed: std::io::Result<()>) -> Result<(), Stop> {
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Stop::file(Doing::Remove, path, &error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::About;

    #[test]
    fn an_answer_stays_at_home_and_its_starter_comes_along() {
        let folder = Path::new("crates/1-a/exercises/b");
        let exercise = Exercise {
            name: "b".to_owned(),
            lesson: 1,
            number: "1.1".to_owned(),
            folder: folder.to_owned(),
            about: About::default(),
        };
        let (answer, starter) = (folder.join("src/lib.rs"), folder.join(".answers/starter.rs"));
        let others = [starter.clone(), PathBuf::from("crates/1-a/src/lib.rs")];
        let tracked = others.iter().cloned().chain([answer.clone()]);
        let copies = contents(tracked, &[&exercise]);
        let [same @ .., last] = copies.as_slice() else { panic!("nothing is packed") };
        assert!(same.iter().all(|copy| copy.from == copy.to), "{same:?}");
        assert_eq!(*last, Copy { from: starter, to: answer });
    }
}
