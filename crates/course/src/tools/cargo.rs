//! Talks to cargo: what the workspace holds, and builds whose messages are kept apart by package.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use crate::say::{Cant, Say};
use crate::tools::process::{Gather, Group};
use crate::tools::report::Stop;

/// How long a build may go on without a word, in seconds. No crate here takes this long: one that does will never end.
const SILENCE: u64 = 600;

/// The variable that says otherwise.
const SILENCE_VARIABLE: &str = "COURSE_BUILD_SECONDS";

/// Cargo, run from the workspace's root: its `.cargo/config.toml` counts, also for a scratch copy.
#[derive(Clone, Debug)]
pub struct Cargo {
    folder: PathBuf,
    manifest: Option<PathBuf>,
    target: Option<PathBuf>,
}

/// `cargo metadata --no-deps`, as far as it is needed.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
    pub target_directory: PathBuf,
    pub workspace_root: PathBuf,
}

#[derive(Debug, Deserialize)]
pub struct Package {
    pub name: String,
    manifest_path: PathBuf,
    /// `[package.metadata]`.
    pub metadata: Value,
}

impl Package {
    /// The folder of its `Cargo.toml`.
    pub fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(&self.manifest_path)
    }
}

/// What a build made and said.
#[derive(Debug, Default)]
pub struct Build {
    /// Whether cargo ended well.
    pub ok: bool,
    artifacts: Vec<Artifact>,
    messages: Vec<Message>,
    /// What cargo itself said.
    pub stderr: String,
}

/// A line of `--message-format=json`.
#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Line {
    CompilerArtifact(Artifact),
    CompilerMessage(Message),
    #[serde(other)]
    Other,
}

/// What a build made, or found fresh.
#[derive(Debug, Deserialize)]
struct Artifact {
    manifest_path: PathBuf,
    target: Target,
    executable: Option<PathBuf>,
    fresh: bool,
}

#[derive(Debug, Deserialize)]
struct Target {
    name: String,
}

#[derive(Debug, Deserialize)]
struct Message {
    manifest_path: PathBuf,
    message: Diagnostic,
}

/// What the compiler said.
#[derive(Debug, Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    spans: Vec<Value>,
    rendered: Option<String>,
}

impl Diagnostic {
    fn is_error(&self) -> bool {
        self.level.starts_with("error")
    }

    /// Whether it is an error or a warning, and not the summary that counts them.
    fn counts(&self) -> bool {
        let is_summary = self.spans.is_empty()
            && (self.message.contains("warning") || self.message.starts_with("aborting"));
        !is_summary && (self.is_error() || self.level == "warning")
    }

    /// As the compiler prints it.
    fn rendered(&self) -> &str {
        self.rendered.as_deref().unwrap_or(&self.message)
    }
}

impl Cargo {
    /// Cargo in `folder`.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), manifest: None, target: None }
    }

    /// The same, for the workspace of `manifest`, building into `target`.
    pub fn for_scratch(&self, manifest: PathBuf, target: PathBuf) -> Self {
        Self { folder: self.folder.clone(), manifest: Some(manifest), target: Some(target) }
    }

    /// A cargo command. What `cargo run` told this program about itself is no business of the next cargo.
    pub fn command(&self, subcommand: &str) -> Command {
        let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(program);
        command.current_dir(&self.folder).arg(subcommand);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let about_us =
                ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
            if about_us.iter().any(|prefix| text.starts_with(prefix)) || text == "OUT_DIR" {
                command.env_remove(&name);
            }
        }
        if let Some(manifest) = &self.manifest {
            command.arg("--manifest-path").arg(manifest);
        }
        if let Some(target) = &self.target {
            // Answers come and go: what an incremental build would keep of them is never used again.
            command.env("CARGO_TARGET_DIR", target).env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    /// What the workspace holds.
    pub fn metadata(&self) -> Result<Metadata, Stop> {
        let output = self
            .command("metadata")
            .args(["--no-deps", "--format-version", "1"])
            .output()
            .map_err(no_cargo)?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(Stop::because(&Say::CargoCantRead { said: said.trim_end() }));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| {
            Stop::because(&Say::Cant { what: Cant::UnderstandCargo, error: &error })
        })
    }

    /// Runs `cargo SUBCOMMAND ARGUMENTS`, telling `progress` each crate that is compiled.
    pub fn build(
        &self,
        subcommand: &str,
        arguments: &[&str],
        mut progress: impl FnMut(usize, &str),
    ) -> Result<Build, Stop> {
        let mut command = self.command(subcommand);
        command.arg("--message-format=json").args(arguments);
        let mut cargo = Group::start(&mut command).map_err(no_cargo)?;
        let stderr = cargo.stderr().map(Gather::start);
        let news = cargo.stdout().map(lines);
        let silence = std::env::var(SILENCE_VARIABLE).ok().and_then(|text| text.parse().ok());
        let silence = silence.unwrap_or(SILENCE);
        let mut build = Build::default();
        let mut compiled = 0;
        while let Some(news) = &news {
            let line = match news.recv_timeout(Duration::from_secs(silence)) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let variable = SILENCE_VARIABLE;
                    return Err(Stop::because(&Say::BuildEnded { seconds: silence, variable }));
                }
            };
            match serde_json::from_str(&line) {
                Ok(Line::CompilerArtifact(artifact)) => {
                    if !artifact.fresh {
                        compiled += 1;
                        progress(compiled, &artifact.target.name);
                    }
                    build.artifacts.push(artifact);
                }
                Ok(Line::CompilerMessage(message)) if message.message.counts() => {
                    build.messages.push(message);
                }
                // What a program of the build prints is no message of cargo's.
                _ => {}
            }
        }
        let status = cargo.wait(|| true).map_err(no_cargo)?;
        build.ok = status.is_some_and(|status| status.success());
        build.stderr = stderr.map_or_else(String::new, Gather::finish);
        Ok(build)
    }
}

impl Build {
    /// The executable of `target` in the package of `folder`.
    pub fn executable(&self, folder: &Path, target: &str) -> Option<&Path> {
        let of_it = |artifact: &&Artifact| {
            artifact.target.name == target && artifact.manifest_path.parent() == Some(folder)
        };
        self.artifacts.iter().filter(of_it).find_map(|artifact| artifact.executable.as_deref())
    }

    /// What the compiler said about the package in `folder`, errors or warnings.
    pub fn said(&self, folder: &Path, errors: bool) -> String {
        let mut said: Vec<&str> = Vec::new();
        for Message { manifest_path, message } in &self.messages {
            // A library is compiled twice, for itself and for its tests, and says everything twice.
            if manifest_path.parent() == Some(folder)
                && message.is_error() == errors
                && !said.contains(&message.rendered())
            {
                said.push(message.rendered());
            }
        }
        said.concat()
    }

    /// Why it failed: the compiler's errors, of whatever package, else cargo's own words.
    pub fn errors(&self) -> String {
        let errors = self.messages.iter().map(|message| &message.message);
        let said: String =
            errors.filter(|message| message.is_error()).map(Diagnostic::rendered).collect();
        if said.is_empty() { self.stderr.clone() } else { said }
    }

    /// Whether nothing was built and nothing said: cargo did not get as far as that.
    pub fn is_empty(&self) -> bool {
        self.artifacts.is_empty() && self.messages.is_empty()
    }
}

/// The lines of a pipe as they come.
fn lines(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        let lines = BufReader::new(pipe).lines().map_while(Result::ok);
        let _ = lines.map(|line| send.send(line)).find(Result::is_err);
    });
    lines
}

/// Why cargo does not run.
pub fn no_cargo(error: std::io::Error) -> Stop {
    Stop::because(&Say::Cant { what: Cant::Run("cargo"), error: &error })
}
