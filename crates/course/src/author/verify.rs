//! `cargo course verify`: documents against code and servers, and every exercise against its promises.

use clap::Args;

use crate::author::prove::{Committed, prove, repeat};
use crate::documents::check;
use crate::documents::finding::Mode;
use crate::documents::tables;
use crate::say::Named;
use crate::tools::report::{Ending, Problem, Stop, count};
use crate::tools::status;
use crate::tools::term::{Look, paint};
use crate::workspace::{Exercise, Lesson, Workspace, unknown};

/// What may be asked for.
#[derive(Args)]
#[command(
    after_help = "Transcripts: each `$ curl` line of a `console` block is run in an empty folder, against the lesson's server on a\n\
                  free port, started as the last `sh` block before it says. What follows it must be what curl writes to\n\
                  standard output, then to standard error.\n\
                  `[..]` stands for anything within a line."
)]
pub struct Asked {
    /// One lesson or exercise, by name or number; all without
    name: Option<String>,
    /// The documents alone
    #[arg(long)]
    documents: bool,
    /// The exercises alone
    #[arg(long)]
    exercises: bool,
    /// Rewrite code blocks and transcripts from what is true, and `powershell` blocks from the `sh` blocks before them;
    /// `[..]` stays where it stands for the same place
    #[arg(long)]
    fix: bool,
    /// The Chinese documents alone, held to the English ones; with the name of a section, or of an exercise (its title and
    /// hints), or `all`, also notes that it was read against the English as it is now
    #[arg(
        long,
        value_name = "SECTION",
        require_equals = true,
        conflicts_with_all = ["documents", "exercises", "times"]
    )]
    chinese: Option<Option<String>>,
    /// The solutions alone, N times each: none may fail once
    #[arg(long, value_name = "N", conflicts_with_all = ["documents", "fix"])]
    times: Option<usize>,
    /// Also hold each src/lib.rs against .answers/starter.rs (always done where CI is set)
    #[arg(long)]
    committed: bool,
}

/// Verifies, prints each problem, and says how many there are.
pub fn verify(workspace: &Workspace, asked: &Asked) -> Result<Ending, Stop> {
    let name = asked.name.as_deref();
    let (lesson, exercises) = wanted(workspace, name)?;
    let is_one_exercise = name.is_some() && lesson.is_none();
    let mut problems: Vec<Problem> = Vec::new();
    let mut warnings: Vec<Problem> = Vec::new();
    let mut summary = Vec::new();
    let exercises_alone = asked.exercises || is_one_exercise || asked.times.is_some();
    if asked.documents && !is_one_exercise || !exercises_alone {
        let mode = if asked.fix { Mode::Fix } else { Mode::Check };
        let wanted = lesson.map(|lesson| lesson.name.as_str());
        let found = match &asked.chinese {
            Some(followed) => check::check_chinese(workspace, wanted, mode, followed.as_deref())?,
            None => check::check(workspace, wanted, mode, status::say)?,
        };
        status::clear();
        problems.extend(found.problems);
        warnings.extend(found.warnings);
        for fixed in &found.fixed {
            println!("{fixed}");
        }
        summary.push(format!(
            "{}, {}, {}, {}",
            count(found.documents, "document", "documents"),
            count(found.blocks, "code block", "code blocks"),
            count(found.commands, "command", "commands"),
            count(found.links, "link", "links")
        ));
    } else {
        problems.extend(tables::check_all(workspace, &exercises));
    }
    if asked.exercises || !asked.documents && asked.chinese.is_none() {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        let committed =
            if asked.committed || in_ci { Committed::IsStarter } else { Committed::MayDiffer };
        let proved = match asked.times {
            Some(times) => repeat(workspace, &exercises, times, status::say)?,
            None => prove(workspace, &exercises, committed, status::say)?,
        };
        status::clear();
        problems.extend(proved.problems);
        summary.push(format!(
            "{}, {}",
            count(proved.exercises, "exercise", "exercises"),
            count(proved.answers, "answer", "answers")
        ));
    }
    // A lesson that was asked for is not blamed for another's layout.
    let layout: &[Problem] = if name.is_none() { &workspace.problems } else { &[] };
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    // One bare message is found by many answers.
    problems.dedup_by(|a, b| (&a.file, a.line, &a.what) == (&b.file, b.line, &b.what));
    for problem in layout.iter().chain(&problems) {
        println!("{}\n", problem.to_text());
    }
    for warning in &warnings {
        println!("{} {}\n", paint(Look::Strong, "warning:"), warning.to_text());
    }
    let number = layout.len() + problems.len();
    println!("Verified {}.", summary.join("; "));
    if !warnings.is_empty() {
        println!("{}", count(warnings.len(), "warning.", "warnings."));
    }
    if number == 0 {
        println!("{}", paint(Look::Good, "All of it is true."));
        return Ok(Ending::Solved);
    }
    println!("{}", paint(Look::Bad, &count(number, "problem.", "problems.")));
    Ok(Ending::Open)
}

/// The lesson that was named, if one was, and the exercises to prove.
fn wanted<'w>(
    workspace: &'w Workspace,
    name: Option<&str>,
) -> Result<(Option<&'w Lesson>, Vec<&'w Exercise>), Stop> {
    let Some(typed) = name else { return Ok((None, workspace.exercises().collect())) };
    if let Some(lesson) = workspace.lesson(typed) {
        return Ok((Some(lesson), lesson.exercises.iter().collect()));
    }
    if let Some(exercise) =
        workspace.exercises().find(|one| one.name == typed || one.number == typed)
    {
        return Ok((None, vec![exercise]));
    }
    let lessons = workspace.lessons.iter().map(|lesson| lesson.name.as_str());
    Err(unknown(
        Named::LessonOrExercise,
        typed,
        lessons.chain(workspace.exercises().map(|exercise| exercise.name.as_str())),
    ))
}
