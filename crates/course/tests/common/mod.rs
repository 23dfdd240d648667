//! A copy of the fixture workspace to break, and the program to run in it.
#![allow(clippy::unwrap_used, dead_code, reason = "test code; each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A copy of `tests/fixture`. Its build folder is kept from run to run, so that only what a test changed is built.
pub struct Fixture {
    pub root: PathBuf,
}

/// How a run of `cargo course` ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Fixture {
    /// A fresh copy called `name`; tests that share a name must not run at once.
    pub fn new(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("fixture");
        sync(&from, &root);
        let fixture = Self { root };
        // What the last run remembered is not this run's.
        let _ = fs::remove_dir_all(fixture.target().join("course"));
        fixture
    }

    /// The copy's build folder.
    pub fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Runs `cargo course ARGUMENTS` in the copy.
    pub fn course(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).stdin(Stdio::null()).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"),
            stderr: String::from_utf8_lossy(&output.stderr).replace("\r\n", "\n"),
        }
    }

    /// The command, to be given its own pipes.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_course"));
        command.args(arguments).current_dir(&self.root);
        command
            .env("CARGO_TARGET_DIR", self.target())
            .env("CARGO_NET_OFFLINE", "true")
            .env("NO_COLOR", "1")
            .env_remove("CI");
        command
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap()
    }

    /// Writes a file, and the folders to it.
    pub fn write(&self, path: &str, text: &str) {
        let full = self.root.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    /// Replaces `old` by `new` in a file; it must be there.
    pub fn replace(&self, path: &str, old: &str, new: &str) {
        let text = self.read(path);
        assert!(text.contains(old), "{path} has no {old:?}");
        self.write(path, &text.replacen(old, new, 1));
    }

    /// The line of the first line of a file that contains `text`.
    pub fn line(&self, path: &str, text: &str) -> usize {
        self.read(path)
            .lines()
            .position(|line| line.contains(text))
            .unwrap_or_else(|| panic!("{path} has no {text:?}"))
            + 1
    }
}

impl Ran {
    /// Asserts the exit code and that the output says all of `expected`.
    #[track_caller]
    pub fn says(&self, code: i32, expected: &[&str]) -> &Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        for text in expected {
            assert!(all.contains(text), "expected {text:?} in:\n{all}");
        }
        assert_eq!(self.code, code, "{all}");
        self
    }
}

/// Makes `to` hold what `from` holds; files that are equal keep their time, and build folders stay.
fn sync(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let mut names = vec!["target".into(), "Cargo.lock".into()];
    for entry in fs::read_dir(from).unwrap().flatten() {
        let (path, goal) = (entry.path(), to.join(entry.file_name()));
        names.push(entry.file_name());
        if path.is_dir() {
            sync(&path, &goal);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        if fs::read(&goal).ok().as_deref() != Some(&bytes) {
            fs::write(&goal, bytes).unwrap();
        }
    }
    for entry in
        fs::read_dir(to).unwrap().flatten().filter(|entry| !names.contains(&entry.file_name()))
    {
        if entry.path().is_dir() {
            fs::remove_dir_all(entry.path()).unwrap()
        } else {
            fs::remove_file(entry.path()).unwrap()
        }
    }
}

/// Whether curl is there. Without it, says loudly what does not run; in CI that is a failure.
pub fn has_curl() -> bool {
    let found =
        Command::new("curl").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        assert!(
            std::env::var_os("CI").is_none(),
            "curl is missing: in CI the transcripts must run"
        );
        eprintln!("NOT RUN: curl is missing, so no transcript was tried");
    }
    found
}
