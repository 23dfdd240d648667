//! `cargo course`: every exercise, lesson by lesson, and what to do next.

use crate::grade::judge::State;
use crate::grade::progress::{grade_answers, known, task_has_changed};
use crate::say::Say;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, blanks, columns, cut, paint, wrap};
use crate::workspace::{Exercise, Workspace};

/// Prints the list.
pub fn run(workspace: &Workspace) -> Result<Ending, Stop> {
    let states = states(workspace)?;
    let solved = states.iter().filter(|(_, state)| *state == State::Solved).count();
    println!("{}\n", Say::Exercises { number: states.len(), solved });
    for lesson in &workspace.lessons {
        let number = lesson.number;
        let title = Say::Lesson { number, title: &lesson.title() }.to_string();
        println!("{}", paint(Look::Strong, &title));
        let document = workspace.shown(&workspace.document(lesson));
        let what = format!("  {}", Say::ReadAndRun { document: &document, number });
        println!("{}", paint(Look::Quiet, &what));
        for exercise in &lesson.exercises {
            println!("{}", row(exercise, state_of(&states, exercise)));
        }
        println!();
    }
    for problem in &workspace.problems {
        println!("{}\n", problem.to_text());
    }
    for exercise in workspace.exercises().filter(|one| task_has_changed(workspace, one)) {
        println!("{}\n", changed(exercise));
    }
    match next(&states) {
        Some(exercise) => println!("{}", advice(workspace, &states, exercise)),
        None if states.is_empty() => println!("{}", Say::NoExercises),
        None => println!("{}", Say::AllSolved),
    }
    Ok(Ending::Solved)
}

/// The state of every exercise; those that were edited since their last check are checked now, in one build.
pub fn states(workspace: &Workspace) -> Result<Vec<(&Exercise, State)>, Stop> {
    let unknown: Vec<&Exercise> =
        workspace.exercises().filter(|exercise| known(workspace, exercise).is_none()).collect();
    let mut graded = Vec::new();
    if !unknown.is_empty() {
        let grades = grade_answers(workspace, &unknown)?;
        let states = grades.iter().map(|grade| grade.state);
        graded = unknown.iter().map(|exercise| exercise.name.as_str()).zip(states).collect();
    }
    let state = |exercise: &Exercise| {
        let now = graded.iter().find(|(name, _)| *name == exercise.name).map(|(_, state)| *state);
        now.or_else(|| known(workspace, exercise)).unwrap_or(State::Open)
    };
    Ok(workspace.exercises().map(|exercise| (exercise, state(exercise))).collect())
}

/// The states that are known without a build; what was edited since its last check counts as open.
pub fn known_states(workspace: &Workspace) -> Vec<(&Exercise, State)> {
    let state = |exercise| known(workspace, exercise).unwrap_or(State::Open);
    workspace.exercises().map(|exercise| (exercise, state(exercise))).collect()
}

fn state_of(states: &[(&Exercise, State)], exercise: &Exercise) -> State {
    states
        .iter()
        .find(|(other, _)| other.name == exercise.name)
        .map_or(State::Open, |(_, state)| *state)
}

fn row(exercise: &Exercise, state: State) -> String {
    let (mark, look) = match state {
        State::Solved => ("[x]", Look::Good),
        State::Open => ("[ ]", Look::Quiet),
        State::Broken => ("[!]", Look::Bad),
    };
    let word = state.said().to_string();
    let core = if exercise.about.core { Say::Core.to_string() } else { String::new() };
    let minutes = Say::Minutes(exercise.about.minutes).to_string();
    let text = format!(
        "  {mark} {:<4} {:<18} {}{minutes}  {core}{}  {word}",
        exercise.number,
        exercise.name,
        blanks(6, &minutes),
        blanks(4, &core)
    );
    let gap = blanks(8, &word);
    let title = cut(exercise.about.title(), 80_usize.saturating_sub(columns(&text) + gap.len()));
    format!("{}{gap}{title}", paint(look, &text)).trim_end().to_owned()
}

/// The exercise to do next: the first core one that is not solved, else the first of the others.
pub fn next<'w>(states: &[(&'w Exercise, State)]) -> Option<&'w Exercise> {
    let open = || {
        states.iter().filter(|(_, state)| *state != State::Solved).map(|(exercise, _)| *exercise)
    };
    open().find(|exercise| exercise.about.core).or_else(|| open().next())
}

/// The exercise to go to after `exercise`: the next that is not solved, else the first.
pub fn after<'w>(states: &[(&'w Exercise, State)], exercise: &Exercise) -> Option<&'w Exercise> {
    let here = states.iter().position(|(other, _)| other.name == exercise.name);
    let (before, later) = states.split_at(here.map_or(0, |at| at + 1));
    let open = later.iter().chain(before).filter(|(_, state)| *state != State::Solved);
    open.map(|(other, _)| *other).find(|other| other.name != exercise.name)
}

/// What to type for `exercise`, which is next.
pub fn advice(workspace: &Workspace, states: &[(&Exercise, State)], exercise: &Exercise) -> String {
    let is_broken = state_of(states, exercise) == State::Broken;
    let source = &workspace.shown(&exercise.source());
    Say::Next { name: &exercise.name, is_broken, source }.to_string()
}

/// What is said of an exercise whose starter was changed under the learner's answer.
pub fn changed(exercise: &Exercise) -> String {
    wrap(&Say::TaskHasChanged { name: &exercise.name }.to_string(), 78)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_leaves_no_room_for_the_title() {
        let name =
            "a-name-that-is-longer-than-a-line-of-eighty-characters-can-be-without-a-break-in-it";
        let exercise = Exercise {
            name: name.to_owned(),
            lesson: 1,
            number: "1.1".to_owned(),
            folder: std::path::PathBuf::new(),
            about: crate::workspace::About { title: "Say hello".to_owned(), ..Default::default() },
        };
        // In a terminal its colour ends behind it.
        let row = row(&exercise, State::Open);
        assert!(row.trim_end_matches("\u{1b}[0m").ends_with("open"), "{row:?}");
    }
}
