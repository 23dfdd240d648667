//! `cargo course hint`.

use crate::grade::progress::Remembered;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint, wrap};
use crate::workspace::{Exercise, Workspace};

/// Shows the hints up to one more than last time.
pub fn hint(workspace: &Workspace, exercise: &Exercise) -> Result<Ending, Stop> {
    let hints = &exercise.about.hints;
    if hints.is_empty() {
        println!("{} has no hints.", exercise.name);
        return Ok(Ending::Solved);
    }
    println!(
        "{}\n",
        paint(
            Look::Strong,
            &format!("{} {}: {}", exercise.number, exercise.name, exercise.about.title)
        )
    );
    let mut remembered = Remembered::of(workspace, exercise);
    remembered.hints = (remembered.hints + 1).min(hints.len());
    for (at, hint) in hints.iter().take(remembered.hints).enumerate() {
        let text = wrap(&format!("Hint {} of {}: {hint}", at + 1, hints.len()), 78);
        let is_new = at + 1 == remembered.hints;
        println!("{}", if is_new { text } else { paint(Look::Quiet, &text) });
    }
    if remembered.hints == hints.len() {
        println!(
            "That was the last one. To look at the solution: cargo course solution {} --spoil",
            exercise.name
        );
    }
    remembered.keep(workspace, exercise)?;
    Ok(Ending::Solved)
}
