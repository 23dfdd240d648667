//! `cargo course hint`.

use crate::grade::progress::Remembered;
use crate::say::Say;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint, wrap};
use crate::workspace::{Exercise, Workspace};

/// Shows the hints up to one more than last time.
pub fn hint(workspace: &Workspace, exercise: &Exercise) -> Result<Ending, Stop> {
    let hints = exercise.about.hints();
    if hints.is_empty() {
        println!("{}", Say::NoHints { name: &exercise.name });
        return Ok(Ending::Solved);
    }
    println!("{}\n", paint(Look::Strong, &exercise.heading()));
    let mut remembered = Remembered::of(workspace, exercise);
    remembered.hints = (remembered.hints + 1).min(hints.len());
    for (at, hint) in hints.iter().take(remembered.hints).enumerate() {
        let said = Say::Hint { number: at + 1, of: hints.len(), text: hint };
        let text = wrap(&said.to_string(), 78);
        let is_new = at + 1 == remembered.hints;
        println!("{}", if is_new { text } else { paint(Look::Quiet, &text) });
    }
    if remembered.hints == hints.len() {
        println!("{}", Say::LastHint { name: &exercise.name });
    }
    remembered.keep(workspace, exercise)?;
    Ok(Ending::Solved)
}
