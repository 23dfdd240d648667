//! `console` blocks: each `$ curl …` line is run against the lesson's server, and what follows it must be the answer.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::documents::shell_words;
use crate::tools::diff::{Step, steps};
use crate::tools::markdown::{CodeBlock, Comment};
use crate::tools::process;
use crate::tools::report::{Problem, difference, first_change};
use crate::tools::server::Server;
use crate::tools::term::visible;

/// What stands for something that changes from run to run.
const HOLE: &str = "[..]";

/// How long a curl may take.
const LIMIT: Duration = Duration::from_secs(20);

/// Runs the transcripts of one document, in order, against one server.
pub struct Runner<'a> {
    document: &'a Path,
    binary: &'a Path,
    /// The lesson's own port, as documents write it.
    port: u16,
    /// Empty at first; keeps jars and pages from command to command.
    folder: PathBuf,
    server_folder: PathBuf,
    server: Option<Server>,
}

/// What a block should hold.
pub struct Checked {
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// The block's lines as they are true, holes kept.
    pub truth: Vec<String>,
    /// How many commands ran.
    pub commands: usize,
}

/// A command and the lines that follow it.
struct Typed<'a> {
    at: usize,
    command: &'a str,
    expected: &'a [String],
}

impl<'a> Runner<'a> {
    /// For `document`, whose lesson is `binary` and says it listens on `port`; `scratch` is an empty folder.
    pub fn new(
        document: &'a Path,
        binary: &'a Path,
        port: u16,
        scratch: &Path,
    ) -> std::io::Result<Self> {
        let (folder, server_folder) = (scratch.join("curl"), scratch.join("server"));
        std::fs::create_dir_all(&folder)?;
        std::fs::create_dir_all(&server_folder)?;
        Ok(Self { document, binary, port, folder, server_folder, server: None })
    }

    /// Runs a block.
    pub fn check(&mut self, block: &CodeBlock) -> Checked {
        let mut checked = Checked { problems: Vec::new(), truth: Vec::new(), commands: 0 };
        if let Some(problem) = self.start(block) {
            checked.problems.push(problem);
            checked.truth.clone_from(&block.lines);
            return checked;
        }
        let first =
            block.lines.iter().position(|line| line.starts_with("$ ")).unwrap_or(block.lines.len());
        if first > 0 || block.lines.is_empty() {
            checked.problems.push(Problem::at(
                self.document,
                block.line_of(0),
                "a `console` block starts with `$ curl …`",
            ));
            checked.truth.extend_from_slice(&block.lines[..first]);
        }
        for step in commands(&block.lines) {
            checked.truth.push(block.lines[step.at].clone());
            match self.run(step.command) {
                Ok(actual) => {
                    checked.commands += 1;
                    self.compare(block, &step, &actual, &mut checked);
                }
                Err((what, detail)) => {
                    checked.problems.push(
                        Problem::at(self.document, block.line_of(step.at), what).with(detail),
                    );
                    checked.truth.extend_from_slice(step.expected);
                }
            }
        }
        checked
    }

    /// Starts the server where none runs, or anew where the block asks for it.
    fn start(&mut self, block: &CodeBlock) -> Option<Problem> {
        let mut variables = Vec::new();
        if let Some((comment, line)) = &block.comment {
            let Comment::Server(words) = comment else {
                return Some(Problem::at(
                    self.document,
                    *line,
                    "a `code` comment stands before a `console` block",
                ));
            };
            for word in words.split_whitespace() {
                let Some((name, value)) = word.split_once('=') else {
                    return Some(Problem::at(
                        self.document,
                        *line,
                        format!("`{word}` is not NAME=VALUE"),
                    ));
                };
                variables.push((name.to_owned(), value.to_owned()));
            }
            // The old server ends first: a lesson may keep files.
            self.server = None;
        }
        if self.server.is_none() {
            match Server::start(self.binary, &self.server_folder, &variables) {
                Ok(server) => self.server = Some(server),
                Err(why) => {
                    return Some(
                        Problem::at(
                            self.document,
                            block.line,
                            "the lesson's server does not start",
                        )
                        .with(visible(&why)),
                    );
                }
            }
        }
        None
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
        allowed(arguments, self.port).map_err(plain)?;
        let Some(server) = &self.server else {
            return Err(plain("no server runs".to_owned()));
        };
        let mut curl = Command::new("curl");
        // Whatever host a line names, it is this server that it reaches. The meter is what no terminal shows either.
        curl.args(["-q", "--no-progress-meter"])
            .arg("--connect-to")
            .arg(format!("::127.0.0.1:{}", server.port))
            .args(arguments);
        curl.current_dir(&self.folder);
        for name in
            ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]
        {
            curl.env_remove(name);
        }
        let ended = process::run(&mut curl, LIMIT)
            .map_err(|error| plain(format!("can't run curl: {error}")))?;
        let said = || visible(&format!("{}{}", ended.stdout, ended.stderr));
        match ended.status {
            Some(status) if status.success() => Ok(lines(&ended.stdout, &ended.stderr)),
            Some(status) => {
                let code = status
                    .code()
                    .map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
                Err((format!("the command fails: curl ended with {code}"), said()))
            }
            None => Err((
                format!("the command fails: curl did not end within {} seconds", LIMIT.as_secs()),
                said(),
            )),
        }
    }

    fn compare(
        &self,
        block: &CodeBlock,
        step: &Typed<'_>,
        actual: &[String],
        checked: &mut Checked,
    ) {
        let blank = step.expected.iter().rev().take_while(|line| line.trim().is_empty()).count();
        let (expected, blanks) = step.expected.split_at(step.expected.len() - blank);
        let found = steps(expected, actual, |pattern, line| matches(pattern, line));
        if found.iter().any(|step| !matches!(step, Step::Keep(..))) {
            let first_line = block.line_of(step.at + 1);
            let line = first_line + first_change(&found, expected.len());
            let line = if expected.is_empty() { block.line_of(step.at) } else { line };
            let what = format!("the server answers otherwise to `{}`", step.command);
            checked.problems.push(
                Problem::at(self.document, line, what)
                    .with_difference(difference(expected, actual, &found, first_line)),
            );
        }
        checked.truth.extend(merge(expected, actual, &found));
        // A blank line before the next command is the writer's.
        checked.truth.extend_from_slice(blanks);
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

/// Whether `line` is `pattern`, where `[..]` in the pattern stands for anything.
///
/// In a `cookie` or `set-cookie` line a hole covers no `;`: no attribute and no pair can come or go behind it.
pub fn matches(pattern: &str, line: &str) -> bool {
    let pattern = pattern.trim_end();
    let may_cover = |covered: &str| !(is_cookie_line(pattern) && covered.contains(';'));
    let mut parts = pattern.split(HOLE);
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((covered, after)) if may_cover(covered) => rest = after,
            _ => return false,
        }
    }
    rest.strip_suffix(last).is_some_and(may_cover)
}

/// A header line about cookies, also as `curl -v` marks it.
fn is_cookie_line(pattern: &str) -> bool {
    let line = pattern.trim_start_matches(['<', '>', ' ']).to_ascii_lowercase();
    line.starts_with("set-cookie:") || line.starts_with("cookie:")
}

/// The true lines, with the document's holes where they stand for the same place.
fn merge(expected: &[String], actual: &[String], found: &[Step]) -> Vec<String> {
    let mut merged = Vec::new();
    let mut removed: Vec<&String> = Vec::new();
    for step in found {
        match *step {
            Step::Keep(old, _) => {
                removed.clear();
                merged.push(expected[old].clone());
            }
            Step::Remove(old) => removed.push(&expected[old]),
            Step::Add(new) => merged
                .push(with_holes(&actual[new], &removed_or_later(&removed, expected, found, step))),
        }
    }
    merged
}

/// The removed lines that an added line may have come from: those of the same run of changes.
fn removed_or_later<'l>(
    removed: &[&'l String],
    expected: &'l [String],
    found: &[Step],
    step: &Step,
) -> Vec<&'l String> {
    let mut candidates = removed.to_vec();
    let after = found.iter().skip_while(|other| *other != step);
    for later in after.take_while(|later| !matches!(later, Step::Keep(..))) {
        if let Step::Remove(old) = *later {
            candidates.push(&expected[old]);
        }
    }
    candidates
}

/// `line` with the holes of the candidate that starts like it.
fn with_holes(line: &str, candidates: &[&String]) -> String {
    let patterns = candidates.iter().filter(|pattern| pattern.contains(HOLE));
    let filled = patterns.filter_map(|pattern| carry_holes(pattern, line));
    filled.max_by_key(|(shared, _)| *shared).map_or_else(|| without_date(line), |(_, line)| line)
}

/// A `date` header as a hole: no second run has the same.
fn without_date(line: &str) -> String {
    match line.split_once(": ") {
        Some((name, _)) if name.trim_start_matches("< ").eq_ignore_ascii_case("date") => {
            format!("{name}: {HOLE}")
        }
        _ => line.to_owned(),
    }
}

/// `line` with each hole of `pattern` whose neighbours are found in it, and how many pieces they share.
///
/// `None` where the first pieces differ (another header) or no hole fits.
fn carry_holes(pattern: &str, line: &str) -> Option<(usize, String)> {
    let (old, new) = (pieces(pattern), pieces(line));
    if old.first() != Some(&HOLE) && old.first() != new.first() {
        return None;
    }
    let found = steps(&old, &new, |a, b| *a != HOLE && a == b);
    let partner = |at: usize| {
        found.iter().find_map(|step| match *step {
            Step::Keep(old, new) if old == at => Some(new),
            _ => None,
        })
    };
    let mut holes: Vec<(usize, usize)> = Vec::new();
    for at in (0..old.len()).filter(|at| old[*at] == HOLE) {
        let start = if at == 0 { Some(0) } else { partner(at - 1).map(|before| before + 1) };
        let Some(start) = start else { continue };
        let end = match old.get(at + 1) {
            None => Some(new.len()),
            Some(next) => (start..new.len()).find(|place| new[*place] == *next),
        };
        if let Some(end) = end.filter(|end| *end > start || new.len() == start) {
            holes.push((start, end));
        }
    }
    if holes.is_empty() {
        return None;
    }
    let mut filled = String::new();
    let mut at = 0;
    for (start, end) in holes {
        if start < at {
            continue;
        }
        filled.push_str(&new[at..start].concat());
        filled.push_str(HOLE);
        at = end;
    }
    filled.push_str(&new[at..].concat());
    let shared = found.iter().filter(|step| matches!(step, Step::Keep(..))).count();
    // A hole that would not match its own line is worse than none.
    matches(&filled, line).then_some((shared, filled))
}

/// A line in pieces: words, and every other character alone; a hole is one piece.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let length = if rest.starts_with(HOLE) {
            HOLE.len()
        } else {
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
                .unwrap_or(rest.len());
            if word > 0 { word } else { rest.chars().next().map_or(1, char::len_utf8) }
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_stands_for_anything_in_its_line() {
        assert!(matches("date: [..]", "date: today"));
        assert!(matches("a[..]b[..]c", "axxbyyc"));
        assert!(!matches("a[..]b", "axxbyy"));
        assert!(!matches("a", "ab"));
        assert!(matches("plain", "plain"));
        assert!(!matches("ab[..]ba", "aba"));
        assert!(matches("date: [..]; x", "date: a; b; x"));
        assert!(matches(
            "set-cookie: s=[..]; Expires=[..]; Path=/",
            "set-cookie: s=a.b; Expires=Tue, 1 Jan; Path=/"
        ));
        assert!(!matches("< Set-Cookie: s=[..]; Path=/", "< Set-Cookie: s=a; HttpOnly; Path=/"));
        assert!(!matches("set-cookie: s=[..]", "set-cookie: s=a; HttpOnly"));
    }

    #[test]
    fn holes_are_kept_where_they_stand_for_the_same_place() {
        let carried = |pattern, line| carry_holes(pattern, line).map(|(_, line)| line);
        assert_eq!(
            carried("set-cookie: s=[..]; Path=/", "set-cookie: s=abc; HttpOnly; Path=/").as_deref(),
            Some("set-cookie: s=[..]; HttpOnly; Path=/")
        );
        assert_eq!(carried("date: [..]", "date: Tue, 1").as_deref(), Some("date: [..]"));
        assert_eq!(carried("date: [..]", "server: x"), None);
        assert_eq!(
            carried("a=[..]; b=[..]; x", "a=1; b=2; y").as_deref(),
            Some("a=[..]; b=[..]; y")
        );
    }

    #[test]
    fn a_new_date_is_written_as_a_hole() {
        let actual = ["HTTP/1.1 200 OK", "Date: Tue, 24 Nov 2026 06:48:45 GMT"].map(str::to_owned);
        let found = steps(&[], &actual, |_: &String, _| false);
        assert_eq!(merge(&[], &actual, &found), ["HTTP/1.1 200 OK", "Date: [..]"]);
    }

    #[test]
    fn only_this_lessons_address_is_asked() {
        let check = |line: &str| {
            let words: Vec<String> = line.split(' ').map(str::to_owned).collect();
            allowed(&words, 3001)
        };
        assert!(check("-i http://localhost:3001/").is_ok());
        assert!(check("-i http://127.0.0.1:3001/a?b=c").is_ok());
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
