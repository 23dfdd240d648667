//! The command line: what may be typed, and which part of the program answers.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::documents::Mode;
use crate::report::Stop;
use crate::verify::{self, Parts};
use crate::workspace::Workspace;

/// How a command ended; its number is the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Solved, true, done.
    Solved = 0,
    /// Open, or not true.
    Open = 1,
    /// Does not compile, or was asked wrongly.
    Broken = 2,
}

/// Runs the command that was typed.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let ending = answer(&matches).unwrap_or_else(|Stop(why)| {
        eprintln!("cargo course: {why}");
        Ending::Broken
    });
    ExitCode::from(ending as u8)
}

fn answer(matches: &ArgMatches) -> Result<Ending, Stop> {
    let here = std::env::current_dir()
        .map_err(|error| Stop(format!("can't tell the current folder: {error}")))?;
    let workspace = Workspace::around(&here)?;
    match matches.subcommand() {
        Some(("verify", given)) => {
            let parts = match (given.get_flag("documents"), given.get_flag("exercises")) {
                (true, false) => Parts::Documents,
                (false, true) => Parts::Exercises,
                _ => Parts::All,
            };
            let mode = if given.get_flag("fix") {
                Mode::Fix
            } else {
                Mode::Check
            };
            verify::run(
                &workspace,
                text(given, "name"),
                parts,
                mode,
                given.get_flag("committed"),
            )
        }
        _ => Err(Stop("no command".to_owned())),
    }
}

fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .action(ArgAction::SetTrue)
        .help(help)
}

fn command() -> Command {
    let name = |help| Arg::new("name").value_name("NAME").help(help);
    let verify = Command::new("verify")
        .about("For authors: hold documents against code and servers, and prove every exercise")
        .arg(name("One lesson or exercise, by name or number; all without"))
        .arg(flag("documents", "The documents alone"))
        .arg(flag("exercises", "The exercises alone"))
        .arg(flag("fix", "Rewrite code blocks and transcripts from what is true; `[..]` stays where it stands for the same place"))
        .arg(flag("committed", "Also hold each src/lib.rs against .answers/starter.rs (always done where CI is set)"));
    Command::new("cargo course")
        .bin_name("cargo course")
        .about("Exercises, progress, and lessons that stay true")
        .subcommand(verify)
}
