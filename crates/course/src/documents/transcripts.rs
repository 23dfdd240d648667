//! `console` blocks: each `$ curl …` line is run against the lesson's server, and what follows it must be the answer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use launch::{Launch, Running};

use crate::documents::finding::{Edit, Finding};
use crate::documents::holes::{matches, merge};
use crate::documents::shell_words;
use crate::documents::starts::Start;
use crate::say::Doing;
use crate::tools::diff::{Step, steps};
use crate::tools::markdown::{CodeBlock, Document};
use crate::tools::process::Ward;
use crate::tools::report::{Problem, Stop, difference, first_change};
use crate::tools::status;
use crate::tools::term::visible;
use crate::workspace::{Lesson, Workspace};

/// The folder in which curl runs, and the server's.
const CURL: &str = "curl";
const SERVER: &str = "server";

/// What names a program's home. A server keeps its files there; the writer's own are none of a document's business.
const HOMES: [&str; 4] = ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"];

/// How long a curl may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs the transcripts of one document, in order, against the server that the document has started by then.
pub struct Runner<'a> {
    workspace: &'a Workspace,
    document: &'a Path,
    lesson: &'a Lesson,
    binary: PathBuf,
    /// What the binary was built with: cargo has one place for it, whatever its features are.
    features: String,
    /// How the document says that the server is started now, until a transcript asks it.
    next: Option<Start>,
    /// Holds a folder for curl, which keeps jars and pages from command to command, and one for the server.
    folder: PathBuf,
    server: Option<(Running, Ward)>,
    pub commands: usize,
}

/// A command and the lines that follow it.
struct Typed<'a> {
    at: usize,
    command: &'a str,
    expected: &'a [String],
}

impl<'a> Runner<'a> {
    /// For the `document` of `lesson`, which was built as `binary`, without features. Its folders are in the build folder.
    pub fn new(
        workspace: &'a Workspace,
        document: &'a Document,
        lesson: &'a Lesson,
        binary: &Path,
    ) -> Result<Self, Stop> {
        let document = document.path.as_path();
        let name = document.file_stem().unwrap_or_default().to_string_lossy();
        let name = format!("{name}-{}", std::process::id());
        let folder = workspace.target.join("course").join("transcripts").join(name);
        for inner in [CURL, SERVER] {
            let inner = folder.join(inner);
            std::fs::create_dir_all(&inner)
                .map_err(|error| Stop::file(Doing::Make, &inner, &error))?;
        }
        Ok(Self {
            workspace,
            document,
            lesson,
            binary: binary.to_owned(),
            features: String::new(),
            next: None,
            folder,
            server: None,
            commands: 0,
        })
    }

    /// The document has its reader start the server, in this way, in place of the one that runs.
    pub fn begin(&mut self, start: Start) {
        self.next = Some(start);
    }

    /// Runs a block, and says what is not so.
    pub fn check(&mut self, block: &CodeBlock) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        if self.server.is_none() && self.next.is_none() {
            let what = "no `sh` block before this transcript starts the server";
            let way_out = format!("```sh\ncargo run -p {}\n```", self.lesson.name);
            findings.push(Problem::at(self.document, block.line, what).with(way_out).into());
            self.next = Some(Start::default());
        }
        if let Some(problem) = self.start(block) {
            findings.push(problem.into());
            return findings;
        }
        if !block.lines.first().is_some_and(|line| line.starts_with("$ ")) {
            let what = "a `console` block starts with `$ curl …`";
            findings.push(Problem::at(self.document, block.line_of(0), what).into());
        }
        for step in commands(&block.lines) {
            match self.run(step.command) {
                Ok(actual) => {
                    self.commands += 1;
                    findings.extend(self.compare(block, &step, &actual));
                }
                Err((what, detail)) => findings.push(
                    Problem::at(self.document, block.line_of(step.at), what).with(detail).into(),
                ),
            }
        }
        findings
    }

    /// Starts the server where the document has said so since the last transcript.
    fn start(&mut self, block: &CodeBlock) -> Option<Problem> {
        let wrong = |what: &str, detail: &str| {
            Some(Problem::at(self.document, block.line, what).with(visible(detail)))
        };
        let start = self.next.clone()?;
        // The old server ends first: a lesson may keep files.
        self.server = None;
        if start.features != self.features {
            match self.build(&start.features) {
                Ok(binary) => (self.binary, self.features) = (binary, start.features),
                Err(Stop(why)) => return wrong("the lesson's server can't be built", &why),
            }
        }
        let home = self.folder.join(SERVER);
        let launch = HOMES
            .into_iter()
            .fold(Launch::new(&self.binary), |launch, name| launch.variable(name, &home));
        let launch = start
            .settings
            .iter()
            .fold(launch.folder(&home), |launch, (name, value)| launch.variable(name, value));
        match launch.start() {
            Ok(server) => {
                let ward = Ward::of(server.process_id());
                self.server = Some((server, ward));
                self.next = None;
                None
            }
            Err(why) => wrong("the lesson's server does not start", &why),
        }
    }

    fn build(&self, features: &str) -> Result<PathBuf, Stop> {
        let arguments = ["--bins", "-p", &self.lesson.name, "--features", features];
        let build = self.workspace.cargo.build("build", &arguments, status::compiling)?;
        let folder = self.workspace.root.join(&self.lesson.folder);
        match build.executable(&folder, &self.lesson.name) {
            Some(binary) if build.ok => Ok(binary.to_owned()),
            _ => Err(Stop(build.errors())),
        }
    }

    /// Runs a command and gives its lines, or says why not.
    fn run(&self, command: &str) -> Result<Vec<String>, (String, String)> {
        let plain = |what: String| (what, String::new());
        let words = shell_words::split(command).map_err(|refused| {
            plain(format!("this line is not the same in every shell: {}", refused.0))
        })?;
        let Some((program, arguments)) = words.split_first() else {
            return Err(plain("a command is missing after `$`".to_owned()));
        };
        if program != "curl" {
            return Err(plain(format!(
                "a `console` block runs curl alone, not `{program}`: use a `sh` or `text` block"
            )));
        }
        allowed(arguments, self.lesson.port()).map_err(plain)?;
        let Some((server, _)) = &self.server else {
            return Err(plain("no server runs".to_owned()));
        };
        // Whatever host a line names, it is this server that it reaches. The meter is what no terminal shows either.
        let here = format!("::127.0.0.1:{}", server.port());
        let curl = ["-q", "--no-progress-meter", "--connect-to", &here]
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
            .fold(Launch::new("curl"), Launch::argument)
            .folder(self.folder.join(CURL));
        let ended =
            curl.run_at_most(LIMIT).map_err(|error| plain(format!("can't run curl: {error}")))?;
        let why = match ended.code {
            Some(0) => return Ok(lines(&ended.output, &ended.errors)),
            Some(code) => format!("curl ended with exit code {code}"),
            None if ended.in_time => "curl ended with a signal".to_owned(),
            None => format!("curl did not end within {} seconds", LIMIT.as_secs()),
        };
        let said = visible(&format!("{}{}", ended.output, ended.errors));
        Err((format!("the command fails: {why}"), said))
    }

    /// What a command should have answered against what it did.
    fn compare(&self, block: &CodeBlock, step: &Typed<'_>, actual: &[String]) -> Option<Finding> {
        // A blank line before the next command is the writer's.
        let blank = step.expected.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let expected = &step.expected[..step.expected.len() - blank];
        let found = steps(expected, actual, |pattern, line| matches(pattern, line));
        if found.iter().all(|step| matches!(step, Step::Keep(..))) {
            return None;
        }
        let first_line = block.line_of(step.at + 1);
        let line = first_line + first_change(&found, expected.len());
        let line = if expected.is_empty() { block.line_of(step.at) } else { line };
        let what = format!("the server answers otherwise to `{}`", step.command);
        let problem = Problem::at(self.document, line, what)
            .with(difference(expected, actual, &found, first_line));
        let start = block.rows.start + step.at + 1;
        let fix = Edit {
            rows: start..start + expected.len(),
            lines: merge(expected, actual, &found),
            indent: block.indent.clone(),
        };
        Some(Finding { problem, fix: Some(fix) })
    }
}

impl Drop for Runner<'_> {
    fn drop(&mut self) {
        self.server = None;
        // What can't be removed lies in the build folder and goes with it.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The commands of a block, each with the lines up to the next.
fn commands(lines: &[String]) -> Vec<Typed<'_>> {
    let starts: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| line.starts_with("$ "))
        .map(|(at, _)| at)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&at, end)| Typed {
            at,
            command: lines[at][2..].trim(),
            expected: &lines[at + 1..end],
        })
        .collect()
}

/// Whether curl may be given these: one address at least, all of this lesson, and no file outside the folder.
fn allowed(arguments: &[String], port: u16) -> Result<(), String> {
    let mut addresses = 0;
    for argument in arguments {
        let scheme = argument.split_once("://");
        let address = scheme.map_or(argument.as_str(), |(_, rest)| rest);
        let host = address.split(['/', '?', '#']).next().unwrap_or("");
        let (name, given) = host.rsplit_once(':').unwrap_or((host, ""));
        let ours = name == "localhost" || name == "127.0.0.1" || name.ends_with(".localhost");
        if ours && given == port.to_string() && scheme.is_none_or(|(scheme, _)| scheme == "http") {
            addresses += 1;
        } else if scheme
            .is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric()))
            || (ours && scheme.is_none() && !given.is_empty())
        {
            return Err(format!(
                "`{argument}` is not this lesson's address, http://localhost:{port}"
            ));
        } else if argument.starts_with('/') || argument.starts_with("../") {
            return Err(format!("`{argument}` is outside the folder that the transcript runs in"));
        }
        if matches!(
            argument.as_str(),
            "-K" | "--config" | "--connect-to" | "--proxy" | "-x" | "--resolve"
        ) {
            return Err(format!("`{argument}` would lead curl elsewhere"));
        }
    }
    if addresses == 0 {
        return Err(format!("the command asks nothing of http://localhost:{port}"));
    }
    Ok(())
}

/// What curl printed, as a document shows it: standard output, then standard error, without trailing blanks.
fn lines(stdout: &str, stderr: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in [stdout, stderr] {
        let text = text.replace("\r\n", "\n");
        all.extend(text.lines().map(|line| visible(line.trim_end())));
    }
    while all.last().is_some_and(String::is_empty) {
        all.pop();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_lessons_address_is_asked() {
        let check = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            allowed(&words, 3001)
        };
        assert!(check("-i http://localhost:3001/").is_ok());
        assert!(check("-i http://127.0.0.1:3001/a?b=c").is_ok());
        assert!(check("-i http://mallory.localhost:3001/").is_ok());
        assert!(check("-i http://mallory.localhost:3002/").is_err());
        assert!(check("-i http://notlocalhost:3001/").is_err());
        assert!(check("-s -o page.html -D - localhost:3001/").is_ok());
        assert!(check("-i http://localhost:3002/").is_err());
        assert!(check("-i https://localhost:3001/").is_err());
        assert!(check("-i http://example.com/ http://localhost:3001/").is_err());
        assert!(check("-i").is_err());
        assert!(check("-o ../x http://localhost:3001/").is_err());
        assert!(check("file:///etc/passwd http://localhost:3001/").is_err());
    }

    #[test]
    fn a_block_is_cut_at_its_commands() {
        let block: Vec<String> = ["$ curl a", "1", "", "$ curl b", "2"].map(str::to_owned).to_vec();
        let found: Vec<_> = commands(&block)
            .iter()
            .map(|step| (step.at, step.command, step.expected.len()))
            .collect();
        assert_eq!(found, [(0, "curl a", 2), (3, "curl b", 1)]);
    }
}
