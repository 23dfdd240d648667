//! `cargo course wrong`, for authors: an exercise's other answers, laid in to be edited, and written back as patches.

use std::process::Command;

use clap::Args;

use crate::grade::answers::{self, BASES, Head, Kind, Other, TO_BE_SAID, bases, others};
use crate::grade::progress::is_untouched;
use crate::say::Named;
use crate::tools::files::write;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint, wrap};
use crate::workspace::{Exercise, Workspace, unknown};

/// What may be asked for.
#[derive(Args)]
#[command(
    after_help = "Without SLUG: their list. To write a new one: edit src/lib.rs, then `cargo course wrong NAME SLUG --save`."
)]
pub struct Asked {
    /// An exercise, by name or number
    name: String,
    /// The answer: .answers/wrong/SLUG.diff or .answers/right/SLUG.diff
    slug: Option<String>,
    /// Write the patch from src/lib.rs, and give the starter back
    #[arg(long, requires = "slug")]
    save: bool,
    /// With --save and a new SLUG: it is a right answer
    #[arg(long, requires = "save")]
    right: bool,
    /// Move every patch to the solution and the starter as they are now; say which don't go
    #[arg(long, conflicts_with_all = ["slug", "save"])]
    refresh: bool,
}

/// Does what was asked for.
pub fn wrong(workspace: &Workspace, asked: &Asked) -> Result<Ending, Stop> {
    let exercise = workspace.exercise(&asked.name)?;
    match &asked.slug {
        Some(slug) if asked.save => {
            let kind = if asked.right { Kind::Right } else { Kind::Wrong };
            save(workspace, exercise, slug, kind)
        }
        Some(slug) => lay(workspace, exercise, slug),
        None if asked.refresh => refresh(workspace, exercise),
        None => list(workspace, exercise),
    }
}

/// Lists the other answers.
fn list(workspace: &Workspace, exercise: &Exercise) -> Result<Ending, Stop> {
    for other in others(workspace, exercise)? {
        println!("{}", paint(Look::Strong, &format!("{}/{}", other.kind.folder(), other.slug)));
        println!("{}", crate::tools::term::indent(&wrap(&other.head.why, 76), "  "));
    }
    Ok(Ending::Solved)
}

/// Lays the answer called `slug` into `src/lib.rs`.
///
/// # Errors
/// Where there is none, its patch does not fit, or `src/lib.rs` holds something that would be lost.
fn lay(workspace: &Workspace, exercise: &Exercise, slug: &str) -> Result<Ending, Stop> {
    let name = &exercise.name;
    if !is_untouched(workspace, exercise) {
        return Err(Stop(format!(
            "{} is not the starter: save it with --save, or `cargo course reset {name}`",
            workspace.shown(&exercise.source())
        )));
    }
    let others = others(workspace, exercise)?;
    let Some(other) = others.iter().find(|other| other.slug == slug) else {
        return Err(unknown(Named::Answer, slug, others.iter().map(|other| other.slug.as_str())));
    };
    let text = other.text.as_ref().map_err(|misfit| {
        Stop(format!("{}:{}: {}", workspace.shown(&other.path), misfit.line, misfit.why))
    })?;
    write(&workspace.root.join(exercise.source()), text)?;
    println!(
        "{} is now {slug}. Edit it, try it, and write it back:\n  cargo course check {name}\n  cargo course wrong {name} {slug} --save",
        workspace.shown(&exercise.source())
    );
    Ok(Ending::Solved)
}

/// Writes `src/lib.rs` down as the answer called `slug`, and gives the starter back. The head stays as it is; a new one is
/// to be filled in.
fn save(workspace: &Workspace, exercise: &Exercise, slug: &str, new: Kind) -> Result<Ending, Stop> {
    let text = workspace.read(&exercise.source())?;
    let [solution, starter] = bases(workspace, exercise)?;
    if text == starter || text == solution {
        let what = if text == starter { "starter" } else { "solution" };
        let source = workspace.shown(&exercise.source());
        return Err(Stop(format!("{source} is the {what}: there is nothing to save")));
    }
    let others = others(workspace, exercise)?;
    let there = others.iter().find(|other| other.slug == slug);
    let to_be_said = Head { why: TO_BE_SAID.to_owned(), killed_by: vec!["TEST".to_owned()] };
    let (kind, path, head) = match there {
        Some(other) => (other.kind, other.path.clone(), other.head.clone()),
        None => (new, exercise.answer(new.folder()).join(format!("{slug}.diff")), to_be_said),
    };
    write(
        &workspace.root.join(&path),
        &answers::file(&head, kind, slug, [&solution, &starter], &text),
    )?;
    write(&workspace.root.join(exercise.source()), &starter)?;
    println!("Saved as {}; src/lib.rs is the starter again.", workspace.shown(&path));
    if head.why == TO_BE_SAID {
        println!("Now write its head: {}.", kind.shape());
    }
    Ok(Ending::Solved)
}

/// Moves every patch to the solution and the starter as they are now.
///
/// A patch says where it stood, not in which text: the text is the newest in the history of the repository that it fits.
/// What was changed there since is brought into the answer, by a merge of three texts. Without a history (in a kit), or
/// where it knows no such text, a hunk goes to the nearest place with the same lines, and that is said.
fn refresh(workspace: &Workspace, exercise: &Exercise) -> Result<Ending, Stop> {
    let [solution, starter] = bases(workspace, exercise)?;
    let mut ending = Ending::Solved;
    for other in others(workspace, exercise)? {
        let path = workspace.shown(&other.path);
        let (text, how) = match moved(workspace, exercise, &other, [&solution, &starter]) {
            Ok(moved) => moved,
            Err(why) => {
                println!("{path}: {why}");
                ending = Ending::Open;
                continue;
            }
        };
        let file =
            answers::file(&other.head, other.kind, &other.slug, [&solution, &starter], &text);
        if file != other.file {
            write(&workspace.root.join(&other.path), &file)?;
            println!("{path}: {how}");
        }
    }
    if ending == Ending::Solved {
        println!("Every patch fits. `cargo course verify {}` proves them.", exercise.name);
    }
    Ok(ending)
}

/// The answer on today's bases, and how it was found; or why it wasn't.
fn moved(
    workspace: &Workspace,
    exercise: &Exercise,
    other: &Other,
    bases: [&str; 2],
) -> Result<(String, &'static str), String> {
    if let Ok(text) = &other.text {
        return Ok((text.clone(), "written anew"));
    }
    let base = answers::base(&other.file).ok_or("it is no patch of solution.rs or starter.rs")?;
    let now = if base == BASES[0] { bases[0] } else { bases[1] };
    for before in history(workspace, exercise, base) {
        if let Ok(text) = answers::apply(&other.file, base, &before) {
            return match diffy::merge(&before, &text, now) {
                Ok(text) => Ok((text, "moved, with what was changed in its base")),
                Err(_) => {
                    Err(format!("{base} was changed where this answer differs: write it anew"))
                }
            };
        }
    }
    let patch = diffy::Patch::from_str(&other.file).map_err(|error| error.to_string())?;
    match diffy::apply(now, &patch) {
        Ok(text) => Ok((text, "moved to the nearest place with the same lines: look at it")),
        Err(error) => Err(format!("{error}: its lines are no longer in {base}; write it anew")),
    }
}

/// What a file of `.answers` was, newest first; nothing where there is no git or no repository.
fn history(workspace: &Workspace, exercise: &Exercise, base: &str) -> impl Iterator<Item = String> {
    let folder = workspace.root.join(&exercise.folder);
    let file = format!("./.answers/{base}");
    let git = move |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(&folder).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| text.replace("\r\n", "\n"))
    };
    let commits = git(&["log", "--format=%H", "--max-count=100", "--", &file]).unwrap_or_default();
    let commits: Vec<String> = commits.lines().map(str::to_owned).collect();
    commits.into_iter().filter_map(move |commit| git(&["show", &format!("{commit}:{file}")]))
}
