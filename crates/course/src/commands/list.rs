//! `cargo course`: every exercise, lesson by lesson, and what to do next.

use crate::grade::judge::State;
use crate::grade::progress::{grade_answers, known, task_has_changed};
use crate::tools::report::{Ending, Stop, count};
use crate::tools::term::{Look, paint, wrap};
use crate::workspace::{Exercise, Workspace};

/// Prints the list.
pub fn run(workspace: &Workspace) -> Result<Ending, Stop> {
    let states = states(workspace)?;
    let solved = states.iter().filter(|(_, state)| *state == State::Solved).count();
    println!("{}, {solved} solved\n", count(states.len(), "exercise", "exercises"));
    for lesson in &workspace.lessons {
        println!("{}", paint(Look::Strong, &format!("Lesson {}: {}", lesson.number, lesson.title)));
        println!(
            "{}",
            paint(
                Look::Quiet,
                &format!(
                    "  read {}, run: cargo course run {}",
                    lesson.document.display(),
                    lesson.number
                )
            )
        );
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
        None if states.is_empty() => println!("No exercises yet: read and run the lessons."),
        None => println!("All solved."),
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
    let (word, mark, look) = match state {
        State::Solved => ("solved", "[x]", Look::Good),
        State::Open => ("open", "[ ]", Look::Quiet),
        State::Broken => ("broken", "[!]", Look::Bad),
    };
    let core = if exercise.about.core { "core" } else { "" };
    let minutes = format!("{} min", exercise.about.minutes);
    let text = format!(
        "  {mark} {:<4} {:<18} {minutes:>6}  {core:<4}  {word}",
        exercise.number, exercise.name
    );
    let gap = " ".repeat(8 - word.len());
    let room = 80_usize.saturating_sub(text.chars().count() + gap.len());
    let title: String = exercise.about.title.chars().take(room).collect();
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
    let name = &exercise.name;
    let word =
        if state_of(states, exercise) == State::Broken { "does not compile" } else { "is open" };
    format!(
        "Next: {name} {word}. Edit {} and type:\n  cargo course watch {name}",
        workspace.shown(&exercise.source())
    )
}

/// What is said of an exercise whose starter was changed under the learner's answer.
pub fn changed(exercise: &Exercise) -> String {
    let name = &exercise.name;
    let text = format!(
        "The task of {name} has changed since you began. Your answer is as it was; \
         crates/course/README.md, \"When a task changes\", says how to take it over."
    );
    wrap(&text, 78)
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
