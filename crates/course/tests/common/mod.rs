//! A copy of the fixture workspace to break, and the program to run in it.
#![allow(clippy::unwrap_used, dead_code, reason = "test code; each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the fixture's exercises are.
pub const FOLDER: &str = "crates/1-tiny-server/exercises";

/// The lesson's document.
pub const LESSON: &str = "lessons/1-tiny-server.md";

/// Its row for the one exercise.
pub const ROW: &str = "| `say-hello` | `cargo course check say-hello` | 5 | to greet |\n";

/// A copy of `tests/fixture`, with the real `probe::Passed`. Its build folder is kept from run to run, so that only what a test changed is built.
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
        let passed = fs::read(from.join("../../../probe/src/passed.rs")).unwrap();
        let copy = root.join("crates/probe/passed.rs");
        if fs::read(&copy).ok().as_deref() != Some(&passed) {
            fs::write(copy, passed).unwrap();
        }
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
            .env("CRUMBS_LANG", "en")
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

    /// Adds a copy of the exercise `say-hello` under another name, listed by the lesson before it.
    pub fn add(&self, name: &str) {
        self.replace(LESSON, ROW, &format!("{}{ROW}", ROW.replace("say-hello", name)));
        for file in [
            "Cargo.toml",
            "src/lib.rs",
            "examples/run.rs",
            "tests/check.rs",
            ".answers/starter.rs",
            ".answers/solution.rs",
            ".answers/wrong/a_list.diff",
            ".answers/wrong/not_ada.diff",
            ".answers/right/added.diff",
            ".answers/aloud.md",
        ] {
            let text = self.read(&format!("{FOLDER}/say-hello/{file}"));
            let text =
                text.replace("say-hello", name).replace("say_hello", &name.replace('-', "_"));
            self.write(&format!("{FOLDER}/{name}/{file}"), &text);
        }
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
    let mut names = vec!["target".into(), "Cargo.lock".into(), "passed.rs".into()];
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
