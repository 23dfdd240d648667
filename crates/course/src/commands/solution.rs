//! `cargo course solution`: how it is done, and why other answers are wrong.

use clap::Args;

use crate::commands::words::{aloud, sentence};
use crate::grade::answers::{Kind, Other, base, bases, others, spoken_answer};
use crate::grade::judge::State;
use crate::grade::progress::{Remembered, grade_answers, known};
use crate::say::Say;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint, visible, wrap};
use crate::workspace::{Exercise, Workspace};

#[derive(Args)]
pub struct Asked {
    /// Before it is solved
    #[arg(long)]
    spoil: bool,
    /// The whole file, not only what changes
    #[arg(long)]
    whole: bool,
}

/// Shows the solution, each other answer and why it is wrong, and the answer to the question to be answered aloud.
pub fn solution(workspace: &Workspace, exercise: &Exercise, asked: &Asked) -> Result<Ending, Stop> {
    let name = &exercise.name;
    if !asked.spoil && !is_solved(workspace, exercise)? {
        println!("{}", Say::NotSolvedYet { name });
        return Ok(Ending::Open);
    }
    let title = |text: &str| println!("{}\n", paint(Look::Strong, text));
    title(&exercise.heading());
    let [solution, starter] = bases(workspace, exercise)?;
    if asked.whole {
        println!("{}\n", solution.trim_end());
    } else {
        let patch = diffy::create_patch(&starter, &solution).to_string();
        println!("{}\n{}\n", hunks(&patch), Say::WholeFile { name });
    }
    let others = others(workspace, exercise)?;
    for (kind, heading) in [(Kind::Wrong, Say::WhyWrong), (Kind::Right, Say::RightAsWell)] {
        let others: Vec<&Other> = others.iter().filter(|other| other.kind == kind).collect();
        if !others.is_empty() {
            title(&heading.to_string());
        }
        for other in others {
            println!("{}", in_words(other));
        }
    }
    if let (Some(question), Some(answer)) =
        (aloud(workspace, exercise), spoken_answer(workspace, exercise))
    {
        title(&Say::Aloud.to_string());
        let paragraphs = std::iter::once(question.as_str()).chain(answer.split("\n\n"));
        let wrapped: Vec<String> = paragraphs.map(|text| wrap(text, 78)).collect();
        println!("{}", wrapped.join("\n\n"));
    }
    Ok(Ending::Solved)
}

/// Why an answer is wrong, or right; the tests that say so; and where it differs.
fn in_words(other: &Other) -> String {
    let base = base(&other.file).unwrap_or_default().trim_end_matches(".rs");
    let answer = Say::Answer { why: &other.head.why, slug: &other.slug, base };
    let mut text = wrap(&answer.to_string(), 78);
    for test in &other.head.killed_by {
        text.push_str(&format!("\n    {}", Say::Fails { test: &sentence(test) }));
    }
    format!("{text}\n{}", hunks(&other.file))
}

/// The hunks of a patch, indented, each line in its look.
fn hunks(patch: &str) -> String {
    let mut text = String::new();
    for line in patch.lines().skip_while(|line| !line.starts_with("@@")) {
        let look = match line.as_bytes().first() {
            Some(b'+') => Look::Good,
            Some(b'-') => Look::Bad,
            Some(b'@') => Look::Quiet,
            _ => Look::Plain,
        };
        text.push_str(format!("    {}", paint(look, &visible(line))).trim_end());
        text.push('\n');
    }
    text
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
