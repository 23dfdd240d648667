//! Commands that a learner types with settings before them: `NAME="value" cargo run -p PACKAGE` in an `sh` block, and the same
//! for PowerShell in the `powershell` block beside it. What a server is started with stands where everybody sees it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::documents::finding::{Edit, Finding};
use crate::tools::markdown::{CodeBlock, Comment};
use crate::tools::names::nearest;
use crate::tools::report::Problem;

/// Environment variables and their values, in the order in which they are typed.
pub type Settings = Vec<(String, String)>;

/// What an invented secret in a document says of itself.
const NO_SECRET: &str = "not-a-secret";

/// How long the one line of a `powershell` block may be before it is written as several.
const WIDE: usize = 100;

/// A command and what it is typed with.
#[derive(Debug, PartialEq, Eq)]
struct Typed {
    /// Its line in the block.
    at: usize,
    settings: Settings,
    command: String,
}

/// What is typed in a block, and what is wrong with lines of it.
#[derive(Debug, Default)]
struct Read {
    typed: Vec<Typed>,
    wrong: Vec<(usize, String)>,
}

/// How a lesson's server is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    pub settings: Settings,
    /// As after `--features`; empty for none.
    pub features: String,
}

/// Whose document it is that is checked.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub document: &'a Path,
    /// All packages of the workspace.
    pub packages: &'a [String],
    /// The document's lesson, where it is a lesson's: its package and its port.
    pub lesson: Option<(&'a str, u16)>,
}

impl Place<'_> {
    /// What is wrong with a block, where it holds commands; `beside` is the block after it, `before` the one before it.
    pub fn check(
        &self,
        before: Option<&CodeBlock>,
        block: &CodeBlock,
        beside: Option<&CodeBlock>,
    ) -> Vec<Finding> {
        let at = |line: usize, what: String| Problem::at(self.document, block.line_of(line), what);
        let mut findings: Vec<Finding> = Vec::new();
        match block.language.as_str() {
            "sh" => {
                let read = sh(&block.lines);
                findings.extend(read.wrong.into_iter().map(|(line, what)| at(line, what).into()));
                for typed in &read.typed {
                    findings.extend(self.odd_package(typed).map(|what| at(typed.at, what).into()));
                    findings.extend(
                        odd_secrets(typed).into_iter().map(|what| at(typed.at, what).into()),
                    );
                }
                let typed = with_settings(read.typed);
                if !typed.is_empty() && beside.is_none_or(|block| block.language != "powershell") {
                    findings.push(self.without_powershell(block, &typed));
                }
            }
            "powershell" => {
                let same = before.filter(|before| before.language == "sh");
                let same = same.map_or(Vec::new(), |before| with_settings(sh(&before.lines).typed));
                findings.extend(self.other_in_powershell(block, &same));
            }
            "" | "bash" | "console" | "shell" | "text" => {
                let typed = with_settings(sh(&block.lines).typed);
                let typed = typed.into_iter().filter(|typed| typed.command.starts_with("cargo "));
                findings.extend(typed.map(|typed| {
                    let what = "this is typed: write it in an `sh` block, with a `powershell` block beside it";
                    at(typed.at, what.to_owned()).into()
                }));
            }
            _ => {}
        }
        findings
    }

    /// The last start of the lesson's server in an `sh` block. One at another port is a second server: no transcript asks it.
    pub fn start(&self, block: &CodeBlock) -> Option<Start> {
        let (package, port) = self.lesson.filter(|_| block.language == "sh")?;
        let mut starts = sh(&block.lines).typed.into_iter().filter_map(|typed| {
            let features = server(&typed.command, package)?;
            Some(Start { settings: typed.settings, features })
        });
        let own = |start: &Start| {
            let mut ports = start.settings.iter().filter(|(name, _)| name == "PORT");
            ports.all(|(_, value)| *value == port.to_string())
        };
        let mut start = starts.rfind(own)?;
        start.settings.retain(|(name, _)| name != "PORT");
        Some(start)
    }

    /// A comment that would set something where no reader sees it.
    pub fn hidden(&self, words: &str, line: usize) -> Finding {
        let what = "a server's settings stand where the reader sees them, in an `sh` block and a `powershell` block \
                    beside it, and not in a comment";
        let problem = Problem::at(self.document, line, what);
        let Some((package, _)) = self.lesson else { return problem.into() };
        let settings = in_comment(words).settings;
        let typed = Typed { at: 0, settings, command: format!("cargo run -p {package}") };
        let mut lines = fenced("sh", vec![in_sh(&typed)]);
        if !typed.settings.is_empty() {
            lines.push(String::new());
            lines.extend(fenced("powershell", in_powershell(&[typed])));
        }
        let problem = problem.with(lines.join("\n"));
        lines.push(String::new());
        let fix = Edit { rows: line - 1..line, lines, indent: String::new() };
        Finding { problem, fix: Some(fix) }
    }

    fn odd_package(&self, typed: &Typed) -> Option<String> {
        let mut words = typed.command.split_whitespace();
        if words.next() != Some("cargo") {
            return None;
        }
        let name = words.by_ref().skip_while(|word| !matches!(*word, "-p" | "--package")).nth(1)?;
        if self.packages.iter().any(|package| package == name) {
            return None;
        }
        let near = nearest(name, self.packages.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; the nearest is `{near}`"));
        Some(format!("there is no package `{name}`{near}"))
    }

    fn without_powershell(&self, block: &CodeBlock, typed: &[Typed]) -> Finding {
        let what = format!(
            "no `powershell` block follows, and PowerShell has another way to set {}",
            names(typed).join(", ")
        );
        let lines = fenced("powershell", in_powershell(typed));
        let problem =
            Problem::at(self.document, block.line_of(typed[0].at), what).with(lines.join("\n"));
        let after = block.rows.end + 1;
        let lines = [vec![String::new()], lines].concat();
        Finding {
            problem,
            fix: Some(Edit { rows: after..after, lines, indent: block.indent.clone() }),
        }
    }

    /// Where a `powershell` block does something else than the `sh` block before it.
    fn other_in_powershell(&self, block: &CodeBlock, sh: &[Typed]) -> Option<Finding> {
        let read = powershell(&block.lines);
        let typed = with_settings(read.typed);
        let as_typed = |typed: &[Typed]| -> Vec<(Settings, String)> {
            let sorted = |typed: &Typed| {
                let mut settings = typed.settings.clone();
                settings.sort();
                (settings, typed.command.clone())
            };
            typed.iter().map(sorted).collect()
        };
        let (line, what) = if let Some((line, what)) = read.wrong.into_iter().next() {
            (line, what)
        } else if sh.is_empty() && !typed.is_empty() {
            (0, "no `sh` block with these settings stands before it".to_owned())
        } else if as_typed(&typed) == as_typed(sh) {
            return None;
        } else {
            (0, "this block does something else than the `sh` block before it".to_owned())
        };
        let mut problem = Problem::at(self.document, block.line_of(line), what);
        let mut fix = None;
        if !sh.is_empty() {
            let lines = in_powershell(sh);
            problem = problem.with(lines.join("\n"));
            fix = Some(Edit { rows: block.rows.clone(), lines, indent: block.indent.clone() });
        }
        Some(Finding { problem, fix })
    }
}

/// The comment for `verify` before a block, or alone, that hides settings.
pub fn hidden_in(comment: Option<&(Comment, usize)>) -> Option<(&str, usize)> {
    match comment {
        Some((Comment::Server(words), line)) => Some((words, *line)),
        _ => None,
    }
}

/// The start that such a comment means.
pub fn in_comment(words: &str) -> Start {
    let settings = words.split_whitespace().filter_map(|word| word.split_once('='));
    let settings = settings.filter(|(_, value)| !value.is_empty());
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Start { settings: settings.collect(), ..Start::default() }
}

fn with_settings(typed: Vec<Typed>) -> Vec<Typed> {
    typed.into_iter().filter(|typed| !typed.settings.is_empty()).collect()
}

/// The names of all settings, each once.
fn names(typed: &[Typed]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in typed.iter().flat_map(|typed| &typed.settings) {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    names
}

/// The features with which `cargo run` starts the server of `package`; `None` where the command does something else.
fn server(command: &str, package: &str) -> Option<String> {
    let mut words = command.strip_prefix("cargo run ")?.split_whitespace();
    let (mut is_it, mut features) = (false, String::new());
    while let Some(word) = words.next() {
        match word {
            "-p" | "--package" => is_it = words.next() == Some(package),
            "-F" | "--features" => words.next()?.clone_into(&mut features),
            "-q" | "--quiet" => {}
            _ => return None,
        }
    }
    is_it.then_some(features)
}

/// What an `sh` block types. A line goes on behind ` \`.
fn sh(lines: &[String]) -> Read {
    let mut read = Read::default();
    let mut so_far: Option<(usize, String)> = None;
    for (at, line) in lines.iter().enumerate() {
        let (at, mut text) = so_far.take().unwrap_or((at, String::new()));
        match line.strip_suffix(" \\") {
            Some(begun) => {
                text.push_str(begun.trim_start());
                text.push(' ');
                so_far = Some((at, text));
            }
            None => {
                text.push_str(line.trim_start());
                sh_line(at, text.trim(), &mut read);
            }
        }
    }
    read
}

fn sh_line(at: usize, line: &str, read: &mut Read) {
    if line.is_empty() || line.starts_with('#') {
        return;
    }
    if line.starts_with("export ") {
        let what = "`export` stays in the terminal: write `NAME=\"value\"` before the command, on its line";
        read.wrong.push((at, what.to_owned()));
        return;
    }
    let mut settings = Settings::new();
    let mut rest = line;
    while let Some((name, after)) = rest.split_once('=').filter(|(name, _)| is_name(name)) {
        let (value, quote, after) = match value(after, |c: char| c == ' ') {
            Ok(found) => found,
            Err(what) => return read.wrong.push((at, what)),
        };
        read.wrong.extend(odd_value(name, value, quote).map(|what| (at, what)));
        settings.push((name.to_owned(), value.to_owned()));
        rest = after.trim_start();
    }
    if rest.is_empty() {
        let what = "without a command on the same line this sets nothing for the next one";
        return read.wrong.push((at, what.to_owned()));
    }
    read.typed.push(Typed { at, settings, command: rest.to_owned() });
}

/// What a `powershell` block types: `$env:NAME="value"` holds from there on, until `Remove-Item Env:NAME`.
fn powershell(lines: &[String]) -> Read {
    let mut read = Read::default();
    let mut set: BTreeMap<String, String> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        for statement in statements(line) {
            if let Some(setting) = after_ignoring_case(statement, "$env:") {
                match setting_in_powershell(setting) {
                    Ok((name, value)) => drop(set.insert(name, value)),
                    Err(what) => return Read { wrong: vec![(at, what)], ..read },
                }
            } else if let Some(removed) = after_ignoring_case(statement, "Remove-Item ") {
                for word in removed.split([',', ' ']).filter(|word| !word.is_empty()) {
                    let name = after_ignoring_case(word, "Env:");
                    if name.and_then(|name| set.remove(name)).is_none() {
                        read.wrong.push((
                            at,
                            format!("`{word}` is not set here: PowerShell calls that an error"),
                        ));
                    }
                }
            } else {
                let settings = set.clone().into_iter().collect();
                read.typed.push(Typed { at, settings, command: statement.to_owned() });
            }
        }
    }
    if !set.is_empty() {
        let last = lines.len().saturating_sub(1);
        let what = format!(
            "what is set stays set in this terminal: the last line is `{}`",
            remove(set.keys().map(String::as_str))
        );
        read.wrong.push((last, what));
    }
    read
}

fn setting_in_powershell(text: &str) -> Result<(String, String), String> {
    let unreadable = || format!("`$env:{text}` is not `$env:NAME=\"value\"`");
    let (name, after) = text.split_once('=').ok_or_else(unreadable)?;
    let (name, after) = (name.trim(), after.trim());
    let (value, quote, rest) = value(after, |_| false)?;
    if !is_name(name) || !rest.is_empty() {
        return Err(unreadable());
    }
    if quote.is_none() {
        return Err(format!(
            "`{value}` is not in quotes: PowerShell would run it, or read a number"
        ));
    }
    match odd_value(name, value, quote) {
        Some(what) => Err(what),
        None => Ok((name.to_owned(), value.to_owned())),
    }
}

/// The statements of a line of PowerShell, cut at each `;` outside quotes; a comment is none.
fn statements(line: &str) -> Vec<&str> {
    let mut quote = None;
    let mut is_end = |c: char| match quote {
        Some(open) if c == open => {
            quote = None;
            false
        }
        Some(_) => false,
        None => {
            quote = Some(c).filter(|c| matches!(c, '"' | '\''));
            c == ';'
        }
    };
    let parts = line.split(&mut is_end).map(str::trim);
    parts.filter(|part| !part.is_empty() && !part.starts_with('#')).collect()
}

/// A value, its quote where it has one, and what stands behind it.
fn value(text: &str, ends: impl Fn(char) -> bool) -> Result<(&str, Option<char>, &str), String> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else {
        let (value, rest) = text.split_at(text.find(ends).unwrap_or(text.len()));
        return Ok((value, None, rest));
    };
    let (value, rest) =
        text[1..].split_once(quote).ok_or_else(|| "a quote is not closed".to_owned())?;
    if !rest.is_empty() && !rest.starts_with(' ') {
        return Err("a quote ends inside a word: put it around the whole value".to_owned());
    }
    Ok((value, Some(quote), rest))
}

/// Why a value would not be the same in sh and in PowerShell.
fn odd_value(name: &str, value: &str, quote: Option<char>) -> Option<String> {
    let refuse = |why: &str| Some(format!("{name} is not the same in every shell: {why}"));
    if value.is_empty() {
        return refuse("nothing is a value in sh, and none in PowerShell before 7.5: leave it out");
    }
    if let Some(odd) = value.chars().find(|c| !c.is_ascii() || c.is_control()) {
        return refuse(&format!("`{}` is not printable ASCII", odd.escape_default()));
    }
    let (odd, way_out) = match quote {
        Some('\'') => return None,
        Some(_) => (value.find(['$', '`', '\\', '!']), "a shell expands it: use single quotes"),
        None => (
            value.find(|c: char| !c.is_ascii_alphanumeric() && !"_-./:+%,@".contains(c)),
            "put the value in quotes",
        ),
    };
    odd.and_then(|at| refuse(&format!("`{}`: {way_out}", &value[at..=at])))
}

/// An invented secret that doesn't say that it is none: a reader may take it for their own.
fn odd_secrets(typed: &Typed) -> Vec<String> {
    // What names a file is none.
    let is_secret = |name: &str| {
        ["SECRET", "KEY", "PASSWORD", "TOKEN"].iter().any(|word| name.contains(word))
            && !name.ends_with("_FILE")
    };
    let odd =
        typed.settings.iter().filter(|(name, value)| is_secret(name) && !value.contains(NO_SECRET));
    let what = |(name, _): &(String, String)| {
        format!(
            "{name} could be taken for a secret: write `{NO_SECRET}` in it, as in `{NO_SECRET}-only-for-this-lesson`"
        )
    };
    odd.map(what).collect()
}

/// What stands after `start`, where the text begins with it; PowerShell reads `$Env:` as `$env:`.
fn after_ignoring_case<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(start.len())?;
    begin.eq_ignore_ascii_case(start).then_some(rest)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A value as both shells read it.
fn quoted(value: &str) -> String {
    let quote = if odd_value("", value, Some('"')).is_some() { '\'' } else { '"' };
    format!("{quote}{value}{quote}")
}

fn in_sh(typed: &Typed) -> String {
    let settings = typed.settings.iter().map(|(name, value)| format!("{name}={} ", quoted(value)));
    settings.chain([typed.command.clone()]).collect()
}

/// The lines for PowerShell: each command with its settings, and what takes these away again.
fn in_powershell(typed: &[Typed]) -> Vec<String> {
    let mut lines = Vec::new();
    for Typed { settings, command, .. } in typed {
        let set = settings.iter().map(|(name, value)| format!("$env:{name}={}", quoted(value)));
        let all: Vec<String> = set.chain([command.clone()]).collect();
        let one = all.join("; ");
        if one.len() <= WIDE {
            lines.push(one);
        } else {
            lines.extend(all);
        }
        lines.push(remove(settings.iter().map(|(name, _)| name.as_str())));
    }
    lines
}

fn remove<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("Env:{name}")).collect();
    format!("Remove-Item {}", names.join(", "))
}

fn fenced(language: &str, lines: Vec<String>) -> Vec<String> {
    [vec![format!("```{language}")], lines, vec!["```".to_owned()]].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        text.lines().map(str::to_owned).collect()
    }

    /// The settings and the command of the one line.
    fn one(read: Read) -> (Vec<(String, String)>, String) {
        assert_eq!(read.wrong, []);
        let [typed] = <[Typed; 1]>::try_from(read.typed).unwrap();
        (typed.settings, typed.command)
    }

    #[test]
    fn both_shells_say_the_same() {
        let command = "cargo run -p server-sessions --features redis";
        let in_sh = format!("A=\"b c\" D=redis://127.0.0.1:1 \\\n  E='f!$' {command}");
        let in_ps = format!(
            "$env:A=\"b c\"; $Env:D = \"redis://127.0.0.1:1\"\n$env:E='f!$'; {command}\nRemove-Item Env:A, Env:D\nremove-item env:E"
        );
        assert_eq!(one(sh(&lines(&in_sh))), one(powershell(&lines(&in_ps))));
    }

    #[test]
    fn what_is_written_for_powershell_is_what_was_read_for_sh() {
        for line in [
            "A=b cargo run -p c",
            "A='x;y' B=\"it's\" cargo run -p c",
            "SECRET_KEY=\"not-a-secret-only-for-this-lesson-new\" SECRET_KEY_FALLBACKS=\"not-a-secret-only-for-this-lesson-old\" cargo run -p c",
        ] {
            let read = sh(&lines(line));
            let written = in_powershell(&read.typed);
            assert!(written.iter().all(|line| line.len() <= WIDE), "{written:?}");
            assert_eq!(one(powershell(&written)), one(read), "{written:?}");
        }
    }

    #[test]
    fn a_value_that_a_shell_would_change_is_refused() {
        for line in [
            "A=\"$HOME\" x",
            "A=\"a`b\" x",
            "A=\"a\\b\" x",
            "A=\"a!\" x",
            "A=\"\u{5c0f}\" x",
            "A='\u{5c0f}' x",
            "A= x",
            "A=\"\" x",
            "A=~/x x",
            "A=a;b x",
            "A=\"a\"b x",
            "A=\"a x",
            "A=b",
            "export A=b",
        ] {
            assert_ne!(sh(&lines(line)).wrong, [], "{line}");
        }
        for block in [
            "$env:A=4002; x\nRemove-Item Env:A",
            "$env:A=\"$x\"; x\nRemove-Item Env:A",
            "$env:A; x",
            "$env:A=\"b\"; x",
            "$env:A=\"b\"; x\nRemove-Item Env:B",
            "$env:A=\"\"; x\nRemove-Item Env:A",
        ] {
            assert_ne!(powershell(&lines(block)).wrong, [], "{block}");
        }
    }

    #[test]
    fn the_server_alone_is_a_start() {
        let features = |command| server(command, "tiny");
        assert_eq!(features("cargo run -p tiny").as_deref(), Some(""));
        assert_eq!(features("cargo run -p tiny --features redis").as_deref(), Some("redis"));
        for other in [
            "cargo run -p other",
            "cargo run -p tiny --example show",
            "cargo run -p tiny -- show",
            "cargo test -p tiny",
        ] {
            assert_eq!(features(other), None, "{other}");
        }
    }

    #[test]
    fn a_second_server_is_no_start() {
        let packages = ["tiny".to_owned()];
        let place = Place {
            document: Path::new("x.md"),
            packages: &packages,
            lesson: Some(("tiny", 3001)),
        };
        let start = |text: &str| {
            let block = CodeBlock {
                language: "sh".to_owned(),
                comment: None,
                line: 1,
                lines: lines(text),
                rows: 1..2,
                indent: String::new(),
            };
            place.start(&block).map(|start| start.settings.len())
        };
        assert_eq!(start("PORT=3001 A=b cargo run -p tiny"), Some(1));
        assert_eq!(start("PORT=3011 cargo run -p tiny"), None);
        assert_eq!(start("A=b cargo run -p tiny\ncargo run -p tiny"), Some(0));
        assert_eq!(start("cargo build"), None);
    }
}
