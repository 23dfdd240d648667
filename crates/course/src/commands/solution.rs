//! `cargo course solution`: how it is done, and why other answers are wrong.

use crate::commands::words::sentence;
use crate::grade::answers::{Kind, others};
use crate::grade::judge::State;
use crate::grade::progress::{Remembered, grade_answers, known};
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint, wrap};
use crate::workspace::{Exercise, Workspace};

/// Whether the solution may be shown before it is earned.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Spoil {
    /// `--spoil` was given.
    Yes,
    /// Only once solved.
    No,
}

/// Shows the solution, and why each wrong answer is wrong.
pub fn solution(workspace: &Workspace, exercise: &Exercise, spoil: Spoil) -> Result<Ending, Stop> {
    let name = &exercise.name;
    if spoil == Spoil::No && !is_solved(workspace, exercise)? {
        println!(
            "{name} is not solved yet. Check it again with:\n  cargo course check {name}\nTo look at the solution all the same:\n  cargo course solution {name} --spoil"
        );
        return Ok(Ending::Open);
    }
    println!(
        "{}\n",
        paint(Look::Strong, &format!("{} {name}: {}", exercise.number, exercise.about.title))
    );
    println!("{}", workspace.read(&exercise.answer("solution.rs"))?.trim_end());
    println!("\n{}", paint(Look::Strong, "What else people try, and why it is wrong"));
    let others = others(workspace, exercise)?;
    for wrong in others.iter().filter(|other| other.kind == Kind::Wrong) {
        let text = format!("- {} ({})", wrong.head.why, workspace.shown(&wrong.path));
        println!("\n{}", wrap(&text, 78));
        for test in &wrong.head.killed_by {
            println!("    fails: {}", sentence(test));
        }
    }
    Ok(Ending::Solved)
}

fn is_solved(workspace: &Workspace, exercise: &Exercise) -> Result<bool, Stop> {
    if Remembered::of(workspace, exercise).was_solved {
        return Ok(true);
    }
    if let Some(state) = known(workspace, exercise) {
        return Ok(state == State::Solved);
    }
    let grades = grade_answers(workspace, &[exercise])?;
    Ok(grades.iter().all(|grade| grade.state == State::Solved))
}
