//! The command line: what may be typed, and which part of the program answers.

use std::path::Path;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::author::verify::Parts;
use crate::author::{verify, wrong};
use crate::commands::check::{Asked, check};
use crate::commands::reset::Asks;
use crate::commands::solution::{Shape, Spoil};
use crate::commands::{hint, list, reset, run, solution, watch};
use crate::documents::check::Mode;
use crate::grade::answers::Kind;
use crate::layout;
use crate::tools::report::{Ending, Stop};
use crate::tools::status;
use crate::workspace::{Exercise, Workspace};

/// Runs the command that was typed.
pub fn answer() -> ExitCode {
    let matches = command().get_matches();
    let ending = dispatch(&matches).unwrap_or_else(|Stop(why)| {
        status::clear();
        eprintln!("cargo course: {why}");
        Ending::Broken
    });
    ExitCode::from(ending as u8)
}

fn dispatch(matches: &ArgMatches) -> Result<Ending, Stop> {
    let here = std::env::current_dir()
        .map_err(|error| Stop(format!("can't tell the current folder: {error}")))?;
    let workspace = layout::find(&here)?;
    let Some((name, given)) = matches.subcommand() else { return list::run(&workspace) };
    match name {
        "run" => run::run(&workspace, text(given, "name").unwrap_or_default()),
        "check" => {
            let names = given.get_many::<String>("names").unwrap_or_default();
            let asked = Asked {
                here: &here,
                names: names.map(String::as_str).collect(),
                all: given.get_flag("all"),
                json: given.get_flag("json"),
                answers: given
                    .get_many::<String>("answer")
                    .unwrap_or_default()
                    .map(Path::new)
                    .collect(),
            };
            check(&workspace, &asked)
        }
        "watch" => watch::run(&workspace, one(&workspace, given, &here)?),
        "hint" => hint::hint(&workspace, one(&workspace, given, &here)?),
        "reset" => reset_exercises(&workspace, given),
        "solution" => {
            let spoil = if given.get_flag("spoil") { Spoil::Yes } else { Spoil::No };
            let shape = if given.get_flag("whole") { Shape::Whole } else { Shape::Difference };
            solution::solution(&workspace, one(&workspace, given, &here)?, spoil, shape)
        }
        "wrong" => {
            let exercise = workspace.exercise(text(given, "name").unwrap_or_default())?;
            let slug = text(given, "slug");
            match (slug, given.get_flag("save"), given.get_flag("refresh")) {
                (None, false, true) => wrong::refresh(&workspace, exercise),
                (Some(slug), true, false) => {
                    let kind = if given.get_flag("right") { Kind::Right } else { Kind::Wrong };
                    wrong::save(&workspace, exercise, slug, kind)
                }
                (Some(slug), false, false) => wrong::lay(&workspace, exercise, slug),
                _ => wrong::list(&workspace, exercise),
            }
        }
        "verify" => {
            let parts = match (given.get_flag("documents"), given.get_flag("exercises")) {
                (true, false) => Parts::Documents,
                (false, true) => Parts::Exercises,
                _ => Parts::All,
            };
            let mode = if given.get_flag("fix") { Mode::Fix } else { Mode::Check };
            let [committed, strict] = ["committed", "strict"].map(|name| given.get_flag(name));
            verify::run(&workspace, text(given, "name"), parts, mode, committed, strict)
        }
        _ => list::run(&workspace),
    }
}

/// The exercise that was named; else the one whose folder this is; else the next to do.
fn one<'w>(
    workspace: &'w Workspace,
    given: &ArgMatches,
    here: &Path,
) -> Result<&'w Exercise, Stop> {
    if let Some(typed) = text(given, "name") {
        return workspace.exercise(typed);
    }
    if let Some(exercise) = workspace.exercise_around(here) {
        return Ok(exercise);
    }
    let states = list::states(workspace)?;
    list::next(&states).ok_or_else(|| {
        Stop("nothing is open: name an exercise (`cargo course` lists them)".to_owned())
    })
}

fn reset_exercises(workspace: &Workspace, given: &ArgMatches) -> Result<Ending, Stop> {
    let exercises: Vec<&Exercise> = match (text(given, "name"), given.get_flag("all")) {
        (Some(typed), false) => vec![workspace.exercise(typed)?],
        (None, true) => workspace.exercises().collect(),
        _ => return Err(Stop("name one exercise to reset, or say --all".to_owned())),
    };
    let asks = if given.get_flag("yes") { Asks::No } else { Asks::Yes };
    reset::reset(workspace, &exercises, asks)
}

fn text<'m>(matches: &'m ArgMatches, name: &str) -> Option<&'m str> {
    matches.get_one::<String>(name).map(String::as_str)
}

fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn name(help: &'static str) -> Arg {
    Arg::new("name").value_name("NAME").help(help)
}

fn command() -> Command {
    let exercise =
        "An exercise, by name or number; without, the one whose folder this is, else the next";
    Command::new("cargo course")
        .bin_name("cargo course")
        .about("Exercises, progress, and lessons that stay true.\nWithout a command: every exercise, and what to do next.")
        .after_help("Exit codes: 0 solved or true, 1 open or not true, 2 does not compile or asked wrongly.")
        .subcommand(Command::new("list").about("Every exercise, lesson by lesson: solved, open or broken; and what to do next"))
        .subcommand(Command::new("run").about("Run a lesson, or an exercise's server").arg(name("A lesson or an exercise, by name or number").required(true)))
        .subcommand(check_command())
        .subcommand(Command::new("watch").about("Check at each save, and show only what changed").arg(name(exercise)))
        .subcommand(Command::new("hint").about("A hint; one more each time").arg(name(exercise)))
        .subcommand(
            Command::new("reset")
                .about("Give back an exercise's starter; what was there is kept in src/lib.rs.before-reset-N")
                .arg(name("An exercise, by name or number"))
                .arg(flag("all", "Every exercise"))
                .arg(flag("yes", "Do not ask")),
        )
        .subcommand(
            Command::new("solution")
                .about("The solution, once solved: what changes, why other answers are wrong, and the answer to \"Aloud\"")
                .arg(name(exercise))
                .arg(flag("spoil", "Before it is solved"))
                .arg(flag("whole", "The whole file, not only what changes")),
        )
        .subcommand(wrong_command())
        .subcommand(verify_command())
}

fn check_command() -> Command {
    Command::new("check")
        .about("Check exercises: what was expected, what crossed the wire, what to type next")
        .arg(
            Arg::new("names")
                .value_name("NAME")
                .num_args(0..)
                .help("Exercises, by name or number; without, the one whose folder this is, else those that were edited, else the next"),
        )
        .arg(flag("all", "Every exercise"))
        .arg(flag("json", "One JSON object for graders (see crates/course/README.md); every exercise unless some are named"))
        .arg(Arg::new("answer").long("answer").value_name("FILE").num_args(1..).help("Grade each FILE, Rust or a patch (.diff), as an answer to the one NAME, in a copy: src/lib.rs stays as it is"))
}

fn wrong_command() -> Command {
    Command::new("wrong")
        .about("For authors: lay one of an exercise's other answers into src/lib.rs, and save it again as a patch")
        .after_help("Without SLUG: their list. To write a new one: edit src/lib.rs, then `cargo course wrong NAME SLUG --save`.")
        .arg(name("An exercise, by name or number").required(true))
        .arg(Arg::new("slug").value_name("SLUG").help("The answer: .answers/wrong/SLUG.diff or .answers/right/SLUG.diff"))
        .arg(flag("save", "Write the patch from src/lib.rs, and give the starter back").requires("slug"))
        .arg(flag("right", "With --save and a new SLUG: it is a right answer").requires("save"))
        .arg(
            flag("refresh", "Move every patch to the solution and the starter as they are now; say which don't go")
                .conflicts_with_all(["slug", "save"]),
        )
}

fn verify_command() -> Command {
    Command::new("verify")
        .about("For authors: hold documents against code and servers, and prove every exercise")
        .after_help(
            "Transcripts: each `$ curl` line of a `console` block is run in an empty folder, against the lesson's server on a\n\
             free port. What follows it must be what curl writes to standard output, then to standard error.\n\
             `[..]` stands for anything within a line.",
        )
        .arg(name("One lesson or exercise, by name or number; all without"))
        .arg(flag("documents", "The documents alone"))
        .arg(flag("exercises", "The exercises alone"))
        .arg(flag("fix", "Rewrite code blocks and transcripts from what is true; `[..]` stays where it stands for the same place"))
        .arg(flag("strict", "Also: each test returns `probe::Passed`, and is the only killer of a wrong answer"))
        .arg(flag("committed", "Also hold each src/lib.rs against .answers/starter.rs (always done where CI is set)"))
}
