//! Talks to cargo: what the workspace holds, and builds whose messages are kept apart by package.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::tools::process::Gather;
use crate::tools::report::Stop;

/// Cargo, run from the workspace's root: its `.cargo/config.toml` counts, also for a scratch copy.
#[derive(Clone, Debug)]
pub struct Cargo {
    folder: PathBuf,
    manifest: Option<PathBuf>,
    target: Option<PathBuf>,
}

/// `cargo metadata --no-deps`, as far as it is needed.
#[derive(Debug)]
pub struct Metadata {
    /// The members.
    pub packages: Vec<Package>,
    /// The build folder.
    pub target_directory: PathBuf,
    /// The workspace's root.
    pub workspace_root: PathBuf,
}

/// A package of the workspace.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
    /// `[package.metadata]`.
    pub metadata: Value,
}

/// What a build made and said.
#[derive(Debug)]
pub struct Build {
    /// Whether cargo ended well.
    pub ok: bool,
    /// Executables, with the folder of their package and the name of their target.
    pub executables: Vec<Executable>,
    /// Warnings and errors.
    pub messages: Vec<Message>,
    /// What cargo itself said.
    pub stderr: String,
}

/// An executable that a build made, or found fresh.
#[derive(Debug)]
pub struct Executable {
    /// The folder of its package.
    pub folder: PathBuf,
    /// The target's name.
    pub target: String,
    /// The file.
    pub path: PathBuf,
}

/// What the compiler said.
#[derive(Debug)]
pub struct Message {
    /// The folder of the package.
    pub folder: PathBuf,
    /// Whether it is an error; else it is a warning.
    pub is_error: bool,
    /// As the compiler prints it.
    pub rendered: String,
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
    ///
    /// # Errors
    /// Where cargo can't read it; cargo's own words say why.
    pub fn metadata(&self) -> Result<Metadata, Stop> {
        let output = self
            .command("metadata")
            .args(["--no-deps", "--format-version", "1"])
            .output()
            .map_err(no_cargo)?;
        if !output.status.success() {
            return Err(Stop(format!(
                "cargo can't read this workspace:\n{}",
                String::from_utf8_lossy(&output.stderr).trim_end()
            )));
        }
        let value: Option<Value> = serde_json::from_slice(&output.stdout).ok();
        value
            .and_then(|value| Metadata::read(&value))
            .ok_or_else(|| Stop("can't understand what `cargo metadata` says".to_owned()))
    }

    /// Runs `cargo SUBCOMMAND ARGUMENTS`, telling `progress` each crate that is compiled.
    ///
    /// # Errors
    /// Where cargo can't be started; a build that fails is no error here.
    pub fn build(
        &self,
        subcommand: &str,
        arguments: &[&str],
        mut progress: impl FnMut(usize, &str),
    ) -> Result<Build, Stop> {
        let mut command = self.command(subcommand);
        command.arg("--message-format=json").args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(no_cargo)?;
        let stderr = child.stderr.take().map(Gather::start);
        let mut build = Build {
            ok: false,
            executables: Vec::new(),
            messages: Vec::new(),
            stderr: String::new(),
        };
        let mut compiled = 0;
        if let Some(stdout) = child.stdout.take() {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let Ok(line) = serde_json::from_str(&line) else { continue };
                let line: Value = line;
                if line["reason"] == "compiler-artifact" && line["fresh"] == false {
                    compiled += 1;
                    progress(compiled, line["target"]["name"].as_str().unwrap_or(""));
                }
                build.executables.extend(Executable::read(&line));
                build.messages.extend(Message::read(&line));
            }
        }
        build.ok = child.wait().map_err(no_cargo)?.success();
        build.stderr = stderr.map_or_else(String::new, Gather::finish);
        Ok(build)
    }
}

impl Metadata {
    fn read(value: &Value) -> Option<Self> {
        let package = |value: &Value| {
            Some(Package {
                name: value["name"].as_str()?.to_owned(),
                manifest_path: path(&value["manifest_path"])?,
                metadata: value["metadata"].clone(),
            })
        };
        Some(Self {
            packages: value["packages"].as_array()?.iter().filter_map(package).collect(),
            target_directory: path(&value["target_directory"])?,
            workspace_root: path(&value["workspace_root"])?,
        })
    }
}

impl Executable {
    /// The executable that a line of a build's messages tells of.
    fn read(line: &Value) -> Option<Self> {
        Some(Self {
            path: path(&line["executable"])?,
            folder: parent(&path(&line["manifest_path"])?),
            target: line["target"]["name"].as_str()?.to_owned(),
        })
    }
}

impl Message {
    /// The error or warning that a line tells of; not the summary that counts them.
    fn read(line: &Value) -> Option<Self> {
        let message = &line["message"];
        let level = message["level"].as_str()?;
        let text = message["message"].as_str()?;
        let is_error = level.starts_with("error");
        let has_place = message["spans"].as_array().is_some_and(|spans| !spans.is_empty());
        let is_summary = !has_place && (text.contains("warning") || text.starts_with("aborting"));
        if is_summary || !(is_error || level == "warning") {
            return None;
        }
        let rendered = message["rendered"].as_str().unwrap_or(text).to_owned();
        Some(Self { folder: parent(&path(&line["manifest_path"])?), is_error, rendered })
    }
}

fn path(value: &Value) -> Option<PathBuf> {
    value.as_str().map(PathBuf::from)
}

impl Build {
    /// The executable of `target` in the package of `folder`.
    pub fn executable(&self, folder: &Path, target: &str) -> Option<&Path> {
        let found =
            self.executables.iter().find(|one| one.folder == folder && one.target == target);
        found.map(|one| one.path.as_path())
    }

    /// What the compiler said about the package in `folder`, errors or warnings.
    pub fn said(&self, folder: &Path, errors: bool) -> String {
        let mut said: Vec<&str> = Vec::new();
        let about = |message: &&Message| message.folder == folder && message.is_error == errors;
        for message in self.messages.iter().filter(about) {
            // A library is compiled twice, for itself and for its tests, and says everything twice.
            if !said.contains(&message.rendered.as_str()) {
                said.push(&message.rendered);
            }
        }
        said.concat()
    }
}

fn parent(manifest: &Path) -> PathBuf {
    manifest.parent().map(Path::to_owned).unwrap_or_default()
}

fn no_cargo(error: std::io::Error) -> Stop {
    Stop(format!("can't run cargo: {error}"))
}
