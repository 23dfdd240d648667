//! Packs a copy of the fixture, unpacks it, and sees what is in it.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::{FOLDER, Fixture};

/// Runs a program in a folder; it must end well.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_kit_has_what_is_tracked_with_starters_and_can_be_built() {
    let fixture = Fixture::new("kit");
    let root = &fixture.root;
    let _ = fs::remove_dir_all(root.join(".git"));
    // Outside a clone nobody knows what belongs to the course. (Git must not find the one around this copy.)
    let mut alone = fixture.command(&["kit"]);
    let alone = alone.env("GIT_CEILING_DIRECTORIES", root.parent().unwrap()).output().unwrap();
    let said = String::from_utf8(alone.stderr).unwrap();
    assert!(said.contains("a kit is made in a clone"), "{said}");

    fixture.write(".gitignore", "/target\n");
    run(root, env!("CARGO"), &["generate-lockfile", "--offline"]);
    run(root, "git", &["init", "-q"]);
    run(root, "git", &["add", "-A"]);
    let commit = ["-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "-m", "x"];
    run(root, "git", &commit);
    let tracked = run(root, "git", &["ls-files"]);
    let answer = format!("{FOLDER}/say-hello/src/lib.rs");
    let starter = fixture.read(&answer);
    let edited = format!("{starter}\n// An answer of my own.\n");
    fixture.write(&answer, &edited);
    fixture.write("my-notes.txt", "untracked");
    fixture.replace("README.md", "# Tiny", "# Tiny, edited");
    let ran = fixture.course(&["kit"]);
    ran.says(0, &["target/crumbs-kit.tar.gz: ", "not as they were committed: README.md\n"]);
    assert_eq!(fixture.read(&answer), edited, "the answer in the clone stays");

    let unpacked = root.join("target/unpacked");
    let _ = fs::remove_dir_all(&unpacked);
    fs::create_dir(&unpacked).unwrap();
    run(&unpacked, "tar", &["-xzf", "../crumbs-kit.tar.gz"]);
    let kit = unpacked.join("crumbs");
    for path in tracked.lines() {
        assert!(kit.join(path).is_file(), "{path} is missing");
    }
    assert!(!kit.join("my-notes.txt").exists() && !kit.join("target").exists());
    assert_eq!(fs::read_to_string(kit.join(&answer)).unwrap(), starter);
    run(&kit, env!("CARGO"), &["build", "-q", "--offline", "--locked", "-p", "tiny-server"]);
}
