//! The command line: what may be typed, and which part of the program answers.

use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::author::{kit, verify, wrong};
use crate::commands::{check, hint, list, reset, run, solution, watch};
use crate::help::spoken;
use crate::layout;
use crate::say::{Cant, Say};
use crate::tools::report::{Ending, Stop};
use crate::tools::status;
use crate::workspace::{Exercise, Workspace};

/// What is said of a name that may be left out.
const ONE: &str =
    "An exercise, by name or number; without, the one whose folder this is, else the next";

#[derive(Parser)]
#[command(
    name = "cargo course",
    bin_name = "cargo course",
    about = "Exercises, progress, and lessons that stay true.\nWithout a command: every exercise, and what to do next.",
    after_help = "Exit codes: 0 solved or true, 1 open or not true, 2 does not compile or asked wrongly."
)]
pub struct Typed {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Every exercise, lesson by lesson: solved, open or broken; and what to do next
    List,
    /// Run a lesson, or an exercise's server
    Run {
        /// A lesson or an exercise, by name or number
        name: String,
    },
    /// Check exercises: what was expected, what crossed the wire, what to type next
    Check(check::Asked),
    /// Check at each save, and show only what changed
    Watch {
        #[arg(help = ONE)]
        name: Option<String>,
    },
    /// A hint; one more each time
    Hint {
        #[arg(help = ONE)]
        name: Option<String>,
    },
    /// Give back an exercise's starter; what was there is kept in src/lib.rs.before-reset-N
    Reset(reset::Asked),
    /// The solution, once solved: what changes, why other answers are wrong, and the answer to "Aloud"
    Solution {
        #[arg(help = ONE)]
        name: Option<String>,
        #[command(flatten)]
        asked: solution::Asked,
    },
    /// For instructors: pack the course and all crates for laptops without a network, into target/crumbs-kit.tar.gz
    Kit,
    /// For authors: lay one of an exercise's other answers into src/lib.rs, and save it again as a patch
    Wrong(wrong::Asked),
    /// For authors: hold documents against code and servers, and prove every exercise
    Verify(verify::Asked),
}

/// Runs the command that was typed.
pub fn answer() -> ExitCode {
    let matches = spoken(Typed::command()).get_matches();
    let typed = Typed::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let command = typed.command.unwrap_or(Command::List);
    let ending = dispatch(&command).unwrap_or_else(|Stop(why)| {
        status::clear();
        eprintln!("cargo course: {why}");
        Ending::Broken
    });
    ExitCode::from(ending as u8)
}

fn dispatch(command: &Command) -> Result<Ending, Stop> {
    let here = std::env::current_dir()
        .map_err(|error| Stop::because(&Say::Cant { what: Cant::TellTheFolder, error: &error }))?;
    let workspace = layout::find(&here)?;
    let one = |name: &Option<String>| one(&workspace, name.as_deref(), &here);
    match command {
        Command::List => list::run(&workspace),
        Command::Run { name } => run::run(&workspace, name),
        Command::Check(asked) => check::check(&workspace, asked, &here),
        Command::Watch { name } => watch::run(&workspace, one(name)?),
        Command::Hint { name } => hint::hint(&workspace, one(name)?),
        Command::Reset(asked) => reset::reset(&workspace, asked),
        Command::Solution { name, asked } => solution::solution(&workspace, one(name)?, asked),
        Command::Kit => kit::kit(&workspace),
        Command::Wrong(asked) => wrong::wrong(&workspace, asked),
        Command::Verify(asked) => verify::verify(&workspace, asked),
    }
}

/// The exercise that was named; else the one whose folder this is; else the next to do.
fn one<'w>(
    workspace: &'w Workspace,
    name: Option<&str>,
    here: &Path,
) -> Result<&'w Exercise, Stop> {
    if let Some(typed) = name {
        return workspace.exercise(typed);
    }
    if let Some(exercise) = workspace.exercise_around(here) {
        return Ok(exercise);
    }
    let states = list::states(workspace)?;
    list::next(&states).ok_or_else(|| Stop::because(&Say::NothingIsOpen))
}
