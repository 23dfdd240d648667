//! The one way to start a program of this workspace from a test or from `cargo course`: in a clean environment, with what it
//! prints collected, its port found by the address that it prints, and an end with the value that stands for it.
//!
//! ```no_run
//! use launch::Launch;
//!
//! let server = Launch::new("target/debug/raw-cookies").variable("WIRE", "off").start()?;
//! println!("It listens on port {}.", server.port());
//! # Ok::<(), String>(())
//! ```

mod output;
mod running;

use std::{
    ffi::{OsStr, OsString},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use output::Lines;
pub use running::Running;

/// How long a server may take until it prints its address.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What is let into a program's environment: where programs, the home and folders for a while are, and what Windows needs to
/// load a program at all. Everything else (`SECRET_KEY`, `RUST_LOG`, `CI`, a student's own settings) stays outside, so that
/// a test means the same on every machine.
pub const LET_IN: [&str; 17] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "TEMP",
    "TMP",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "COMSPEC",
    "PATHEXT",
    "NUMBER_OF_PROCESSORS",
];

/// Empties the command's environment but for [`LET_IN`]. What the command is given afterwards is added.
pub fn clean(command: &mut Command) -> &mut Command {
    command.env_clear();
    let names = LET_IN.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
    command.envs(names)
}

/// A program that is to be started, and with what.
///
/// Its environment is [`LET_IN`], then `PORT=0` (any free port), then what [`Launch::variable`] says.
#[derive(Clone, Debug)]
pub struct Launch {
    program: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    folder: Option<PathBuf>,
    mark: String,
}

impl Launch {
    /// A program, by its path.
    #[must_use]
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            variables: Vec::new(),
            folder: None,
            mark: String::new(),
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs it in this folder; without one, in that of this process.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Only a line that holds `mark` tells the address: for a program whose other output may hold addresses too.
    #[must_use]
    pub fn mark(mut self, mark: &str) -> Self {
        mark.clone_into(&mut self.mark);
        self
    }

    /// The command, for somebody who starts it in their own way.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        clean(&mut command).args(&self.arguments).env("PORT", "0");
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    /// Starts the program and waits until it prints a line with `http://localhost:PORT`.
    ///
    /// Its standard input is a pipe that nobody writes to and that closes when this process ends, however it ends.
    ///
    /// # Errors
    ///
    /// Where it can't be started, ends, or prints no address within [`PATIENCE`]: with what it printed. It is ended then.
    pub fn start(&self) -> Result<Running, String> {
        let mark = self.mark.clone();
        let child = self.spawn(Stdio::piped())?;
        Running::wait_for_address(child, move |line| {
            line.contains(&mark).then(|| port_in(line)).flatten()
        })
        .map_err(|printed| {
            format!(
                "{} printed no line with `http://localhost:PORT`; it printed:\n{printed}",
                self.program.display()
            )
        })
    }

    /// Runs a program that should end by itself, such as one with bad settings. It has no standard input.
    ///
    /// # Errors
    ///
    /// Where it can't be started, or still runs after `limit`: it is ended then.
    pub fn run(&self, limit: Duration) -> Result<Ended, String> {
        let ended = self.run_at_most(limit)?;
        if ended.in_time {
            return Ok(ended);
        }
        Err(format!("{} still runs after {limit:?}", self.program.display()))
    }

    /// The same for a program that may well run for ever: after `limit` it is ended, and what it printed until then counts.
    ///
    /// # Errors
    ///
    /// Where it can't be started.
    pub fn run_at_most(&self, limit: Duration) -> Result<Ended, String> {
        let mut child = self.spawn(Stdio::null())?;
        let (output, errors) = (Lines::of(child.stdout.take()), Lines::of(child.stderr.take()));
        let status = within(limit, || child.try_wait().ok().flatten());
        if status.is_none() {
            let _ = child.kill();
            let _ = child.wait();
        }
        Ok(Ended {
            in_time: status.is_some(),
            code: status.and_then(|status| status.code()),
            output: output.to_the_end(),
            errors: errors.to_the_end(),
        })
    }

    fn spawn(&self, input: Stdio) -> Result<Child, String> {
        self.command()
            .stdin(input)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", self.program.display()))
    }
}

/// What became of a program that ended by itself.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Whether it did; else it was ended.
    pub in_time: bool,
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it printed on its standard output; what is not UTF-8 is replaced.
    pub output: String,
    /// What it printed on its standard error.
    pub errors: String,
}

/// Asks again and again until there is an answer; `None` where there is none within `limit`.
pub fn within<T>(limit: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        match ask() {
            None if start.elapsed() < limit => thread::sleep(Duration::from_millis(5)),
            answer => return answer,
        }
    }
}

/// The port in a line with `http://localhost:PORT`.
///
/// ```
/// assert_eq!(launch::port_in("Lesson 1 is at http://localhost:40123/ now"), Some(40123));
/// assert_eq!(launch::port_in("http://localhost:0 is no address"), None);
/// ```
#[must_use]
pub fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://localhost:")?;
    let digits = rest.split(|character: char| !character.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|port| *port != 0)
}
