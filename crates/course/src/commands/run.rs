//! `cargo course run`: a lesson's server; or an exercise's, started anew at each edit.

use std::env::{self, consts::EXE_SUFFIX};
use std::io::{BufRead, BufReader, Write, stdout};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};

use serde_json::Value;

use crate::say::{Cant, Doing, Named, Say};
use crate::tools::cargo::no_cargo;
use crate::tools::report::{Ending, Stop};
use crate::tools::term::{Look, paint};
use crate::workspace::{Exercise, Workspace, unknown};

/// How often the file and the server are looked at. Looking works on every system and file system; notifications do not.
const PAUSE: Duration = Duration::from_millis(200);

/// How long a server may take to stop: by itself it takes 4 seconds at most.
const PATIENCE: Duration = Duration::from_secs(6);

/// Runs a lesson, or an exercise's server, until the user stops it.
pub fn run(workspace: &Workspace, typed: &str) -> Result<Ending, Stop> {
    if let Some(lesson) = workspace.lesson(typed) {
        let mut command = workspace.cargo.command("run");
        command.args(["-p", &lesson.name]);
        return replace_this_program(command);
    }
    let named = |one: &&Exercise| one.name == typed || one.number == typed;
    if let Some(exercise) = workspace.exercises().find(named) {
        return serve(workspace, exercise);
    }
    let lessons = workspace.lessons.iter().map(|lesson| lesson.name.as_str());
    let exercises = workspace.exercises().map(|exercise| exercise.name.as_str());
    Err(unknown(Named::LessonOrExercise, typed, lessons.chain(exercises)))
}

/// The server gets the terminal and its signals as if it had been started without us.
#[cfg(unix)]
fn replace_this_program(mut command: Command) -> Result<Ending, Stop> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(no_cargo(error))
}

/// Waits for the server; Ctrl-C reaches both programs.
#[cfg(not(unix))]
fn replace_this_program(mut command: Command) -> Result<Ending, Stop> {
    let status = command.status().map_err(no_cargo)?;
    Ok(if status.success() { Ending::Solved } else { Ending::Broken })
}

/// Serves an exercise, and after each edit what it has become, until the user stops it or the server ends by itself.
fn serve(workspace: &Workspace, exercise: &Exercise) -> Result<Ending, Stop> {
    let source = workspace.shown(&exercise.source());
    let port = lasting_port()?;
    let mut server: Option<Server> = None;
    let mut seen = String::new();
    say(&Say::SaveAndItStarts { source: &source, name: &exercise.name });
    loop {
        // An editor that saves by renaming leaves no file for a moment.
        let now = workspace.read(&exercise.source()).ok();
        if let Some(now) = now.filter(|now| *now != seen) {
            if server.is_some() {
                say(&Say::Building);
            }
            show_edit(workspace, exercise, &now);
            if let Some(built) = build(workspace, exercise)? {
                let copy = copy(workspace, exercise, &built)?;
                if server.take().is_some() {
                    say(&Say::Built);
                }
                server = Some(Server::start(copy, port)?);
                let _ = fs::write(last_built(workspace, exercise), &now);
            } else {
                say(&Say::NotBuilt { serves: server.is_some() });
            }
            seen = now;
        }
        if let Some(status) = server.as_mut().and_then(Server::ended) {
            match status.code() {
                Some(0) => return Ok(Ending::Solved),
                // `main` gave its reason, such as a port in use: no edit helps.
                Some(1) => return Ok(Ending::Broken),
                _ => say(&Say::BrokeOff { status: &status.to_string() }),
            }
            server = None;
        }
        thread::sleep(PAUSE);
    }
}

fn say(what: &Say<'_>) {
    let _ = writeln!(stdout(), "{}", paint(Look::Strong, &what.to_string()));
}

/// The port that every start is to take, where it is not the exercise's own: a free one is chosen once.
fn lasting_port() -> Result<Option<u16>, Stop> {
    if env::var("PORT").is_ok_and(|port| port.trim() == "0") {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr());
        let free = free
            .map_err(|error| Stop::because(&Say::Cant { what: Cant::FindAPort, error: &error }))?;
        return Ok(Some(free.port()));
    }
    Ok(None)
}

/// Builds the exercise's server; `None` where that fails, with cargo's words on standard error.
fn build(workspace: &Workspace, exercise: &Exercise) -> Result<Option<PathBuf>, Stop> {
    let mut command = workspace.cargo.command("build");
    command.args(["-p", &exercise.name, "--example", "run"]);
    command.args(["--message-format", "json-render-diagnostics"]);
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(no_cargo)?;
    let lines = child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
    let program = lines
        .map_while(Result::ok)
        .filter_map(|line| {
            serde_json::from_str::<Value>(&line).ok()?["executable"].as_str().map(PathBuf::from)
        })
        .last();
    Ok(program.filter(|_| child.wait().is_ok_and(|status| status.success())))
}

/// A running server. What runs is a copy of what cargo built, so that the next one can be built meanwhile: Windows locks the
/// file of a program that runs.
struct Server {
    child: Child,
    copy: PathBuf,
}

impl Server {
    /// Starts it. The server ends when its standard input does: it can't outlive this program.
    fn start(copy: PathBuf, port: Option<u16>) -> Result<Self, Stop> {
        let mut command = Command::new(&copy);
        command.env("STOP_WITH_INPUT", "1").stdin(Stdio::piped());
        command.envs(port.map(|port| ("PORT", port.to_string())));
        let child = command.spawn().map_err(|error| Stop::file(Doing::Run, &copy, &error))?;
        // Unix keeps what runs until it has ended; Windows refuses, and is asked again at the end.
        let _ = fs::remove_file(&copy);
        Ok(Self { child, copy })
    }

    /// How the server ended, where it did so by itself.
    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok()?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let asked = Instant::now();
        while self.ended().is_none() && asked.elapsed() < PATIENCE {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.copy);
    }
}

/// Copies what was built to where it can run.
fn copy(workspace: &Workspace, exercise: &Exercise, built: &Path) -> Result<PathBuf, Stop> {
    let folder = folder(workspace);
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis();
    let path = folder.join(format!("{}-{}-{now}{EXE_SUFFIX}", exercise.name, process::id()));
    fs::create_dir_all(&folder)
        .and_then(|()| fs::copy(built, &path))
        .map_err(|error| Stop::file(Doing::Write, &path, &error))?;
    Ok(path)
}

/// Lets cargo see an edit that kept an old time, as a file copied with its time does: cargo looks at times alone.
fn show_edit(workspace: &Workspace, exercise: &Exercise, text: &str) {
    let (source, built) = (workspace.root.join(exercise.source()), last_built(workspace, exercise));
    let modified = |path: &Path| fs::metadata(path).and_then(|about| about.modified());
    let is_old = modified(&source).ok() <= modified(&built).ok();
    if is_old && fs::read_to_string(&built).is_ok_and(|built| built != text) {
        let touched = fs::File::options().write(true).open(&source);
        let _ = touched.and_then(|file| file.set_modified(SystemTime::now()));
    }
}

/// Where the text is kept that the last server was built from.
fn last_built(workspace: &Workspace, exercise: &Exercise) -> PathBuf {
    folder(workspace).join(format!("{}.rs", exercise.name))
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.target.join("course").join("run")
}
