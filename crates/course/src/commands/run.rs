//! `cargo course run`: a lesson's server, or an exercise's.

use std::process::Command;

use crate::tools::report::{Ending, Stop};
use crate::workspace::{Workspace, unknown};

/// Runs a lesson, or an exercise's server, until the user stops it.
///
/// # Errors
/// Where there is no such thing, or cargo can't be started.
pub fn run(workspace: &Workspace, typed: &str) -> Result<Ending, Stop> {
    let mut command = workspace.cargo.command("run");
    if let Some(lesson) = workspace.lesson(typed) {
        command.args(["-p", &lesson.name]);
    } else if let Some(exercise) =
        workspace.exercises().find(|one| one.name == typed || one.number == typed)
    {
        command.args(["-p", &exercise.name, "--example", "run"]);
    } else {
        let lessons = workspace.lessons.iter().map(|lesson| lesson.name.as_str());
        return Err(unknown(
            "lesson or exercise",
            typed,
            lessons.chain(workspace.exercises().map(|exercise| exercise.name.as_str())),
        ));
    }
    replace_this_program(command)
}

/// The server gets the terminal and its signals as if it had been started without us.
#[cfg(unix)]
fn replace_this_program(mut command: Command) -> Result<Ending, Stop> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(Stop(format!("can't run cargo: {error}")))
}

/// Waits for the server; Ctrl-C reaches both programs.
#[cfg(not(unix))]
fn replace_this_program(mut command: Command) -> Result<Ending, Stop> {
    let status = command.status().map_err(|error| Stop(format!("can't run cargo: {error}")))?;
    Ok(if status.success() { Ending::Solved } else { Ending::Broken })
}
