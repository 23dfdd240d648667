//! A server under test: a lesson's program, or a router in this process.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use axum::Router;

use crate::{Reply, Request};

/// How long a server may take to start, or to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a free port, stopped when this value is dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    running: Running,
}

/// What a program has printed so far; what is not UTF-8 is replaced.
type Lines = Arc<Mutex<String>>;

#[derive(Debug)]
enum Running {
    Program { child: Child, output: Lines, errors: Lines },
    Here { _stop: tokio::sync::oneshot::Sender<()> },
}

impl Server {
    /// Starts a lesson's program, such as `env!("CARGO_BIN_EXE_raw-cookies")`, with these environment variables.
    ///
    /// # Panics
    ///
    /// Where the program does not start, or does not print its address in time.
    #[must_use]
    pub fn start(program: &str, environment: &[(&str, &str)]) -> Self {
        Self::start_with(program, &[], environment)
    }

    /// Starts a program with these arguments and environment variables.
    ///
    /// # Panics
    ///
    /// As [`Server::start`].
    #[must_use]
    pub fn start_with(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = spawn(program, arguments, environment);
        let (found, port) = mpsc::channel();
        let output = collect(child.stdout.take(), move |line| {
            if let Some(port) = port_of(line) {
                let _ = found.send(port);
            }
        });
        let errors = collect(child.stderr.take(), |_| {});
        match port.recv_timeout(PATIENCE) {
            Ok(port) => Self { port, running: Running::Program { child, output, errors } },
            Err(_) => {
                let _ = child.kill();
                panic!("{program} printed no address, but: {}{}", text(&output), text(&errors));
            }
        }
    }

    /// Serves a router from this process.
    ///
    /// # Panics
    ///
    /// Where this machine has no free port on `127.0.0.1`.
    #[must_use]
    pub fn of(app: Router) -> Self {
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let (bound, port) = mpsc::channel();
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| {
                runtime.block_on(async move {
                    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
                    let _ = bound.send(listener.local_addr()?.port());
                    tokio::select! {
                        result = async { axum::serve(listener, app).await } => result,
                        _ = stopped => Ok(()),
                    }
                })
            })
        });
        let port =
            port.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no free port on 127.0.0.1"));
        Self { port, running: Running::Here { _stop: stop } }
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address of a path, at `http://localhost`.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// The process id of a program; `None` for a router of this process.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        match &self.running {
            Running::Program { child, .. } => Some(child.id()),
            Running::Here { .. } => None,
        }
    }

    /// What a program has printed on its standard output so far.
    #[must_use]
    pub fn output(&self) -> String {
        match &self.running {
            Running::Program { output, .. } => text(output),
            Running::Here { .. } => String::new(),
        }
    }

    /// What a program has printed on its standard error so far.
    #[must_use]
    pub fn errors(&self) -> String {
        match &self.running {
            Running::Program { errors, .. } => text(errors),
            Running::Here { .. } => String::new(),
        }
    }

    /// Waits until a program has printed `words`, and returns all of its output.
    ///
    /// # Panics
    ///
    /// Where it does not print them in time.
    #[must_use]
    pub fn output_with(&self, words: &str) -> String {
        self.output_when(words, |output| output.contains(words))
    }

    /// Waits until what a program has printed is as it should be, and returns it; `what` says what that is.
    ///
    /// # Panics
    ///
    /// Where it does not become so in time.
    #[must_use]
    pub fn output_when(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        within_patience(|| Some(self.output()).filter(|output| is_so(output)))
            .unwrap_or_else(|| panic!("should print {what:?}, and printed: {}", self.output()))
    }

    /// Does something while nobody reads what a program prints, as where its terminal is held.
    pub fn unread<T>(&self, act: impl FnOnce() -> T) -> T {
        let held = match &self.running {
            Running::Program { output, .. } => {
                Some(output.lock().unwrap_or_else(PoisonError::into_inner))
            }
            Running::Here { .. } => None,
        };
        let result = act();
        drop(held);
        result
    }

    /// Sends a program the signal of this name, such as `INT` or `TERM`.
    ///
    /// # Panics
    ///
    /// Where there is no program, or no shell that could send it.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let process = self.process_id().unwrap_or_else(|| panic!("no program to signal"));
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {process}")]).status();
        assert!(sent.is_ok_and(|status| status.success()), "can't send {name} to {process}");
    }

    /// Waits until nobody listens on the port any more: the server knows that it has to stop.
    ///
    /// # Panics
    ///
    /// Where it goes on listening.
    pub fn await_refusal(&self) {
        let address = (Ipv4Addr::LOCALHOST, self.port);
        let refused = within_patience(|| TcpStream::connect(address).is_err().then_some(()));
        assert!(refused.is_some(), "the server still listens after {PATIENCE:?}");
    }

    /// Waits for a program to end by itself and returns its exit code, `None` where a signal ended it.
    ///
    /// # Panics
    ///
    /// Where it does not end in time.
    #[must_use]
    pub fn wait(&mut self) -> Option<i32> {
        let Running::Program { child, .. } = &mut self.running else {
            return None;
        };
        within_patience(|| child.try_wait().ok().flatten())
            .unwrap_or_else(|| panic!("the program still runs after {PATIENCE:?}"))
            .code()
    }

    /// Sends a request over a connection of its own and reads the whole answer.
    ///
    /// # Panics
    ///
    /// Where nobody listens, or where the answer does not come in time.
    #[must_use]
    pub fn send(&self, request: Request) -> Reply {
        self.send_bytes(&request.bytes(self.port))
    }

    /// Sends these bytes over a connection of its own and reads until the server closes it.
    ///
    /// # Panics
    ///
    /// Where nobody listens, or where the answer does not come in time.
    #[must_use]
    pub fn send_bytes(&self, request: &[u8]) -> Reply {
        let mut stream = self.connect();
        // A server that refuses early closes the connection while we still write: its answer is what counts.
        let _ = stream.write_all(request);
        Self::answer(stream, request)
    }

    /// Opens a connection and sends nothing yet.
    ///
    /// # Panics
    ///
    /// Where nobody listens.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .unwrap_or_else(|error| panic!("nobody listens on port {}: {error}", self.port));
        stream.set_read_timeout(Some(PATIENCE)).unwrap_or_else(|error| panic!("{error}"));
        stream
    }

    /// Reads an answer until the server closes the connection; `request` is what was sent over it.
    ///
    /// # Panics
    ///
    /// Where the answer does not come in time.
    #[must_use]
    pub fn answer(mut stream: TcpStream, request: &[u8]) -> Reply {
        let mut response = Vec::new();
        match stream.read_to_end(&mut response) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                panic!(
                    "no whole answer within {PATIENCE:?} to {}",
                    String::from_utf8_lossy(request)
                )
            }
            _ => Reply::parse(request, &response),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Program { child, errors, .. } = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
            if thread::panicking() {
                eprint!("{}", text(errors));
            }
        }
    }
}

/// What became of a program that ended by itself.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Its exit code; `None` where a signal ended it.
    pub code: Option<i32>,
    /// What it printed on its standard output.
    pub output: String,
    /// What it printed on its standard error.
    pub errors: String,
}

/// Runs a program that should end by itself, such as one with bad settings.
///
/// # Panics
///
/// Where it does not start, or does not end in time.
#[must_use]
pub fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    let mut child = spawn(program, arguments, environment);
    if within_patience(|| child.try_wait().ok().flatten()).is_none() {
        let _ = child.kill();
        panic!("{program} with {environment:?} still runs after {PATIENCE:?}");
    }
    let ended = child.wait_with_output().unwrap_or_else(|error| panic!("{program}: {error}"));
    Ended {
        code: ended.status.code(),
        output: String::from_utf8_lossy(&ended.stdout).into_owned(),
        errors: String::from_utf8_lossy(&ended.stderr).into_owned(),
    }
}

/// Starts a program with nothing of ours in its environment but what the test says.
fn spawn(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Child {
    let mut command = Command::new(program);
    for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SESSION_SECONDS", "WIRE"] {
        command.env_remove(name);
    }
    command
        .args(arguments)
        .env("PORT", "0")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{program} does not start: {error}"))
}

/// Collects what a program prints, line by line, and shows each line to `look` first.
fn collect(
    printed: Option<impl Read + Send + 'static>,
    mut look: impl FnMut(&str) + Send + 'static,
) -> Lines {
    let lines = Lines::default();
    let collected = Arc::clone(&lines);
    thread::spawn(move || {
        let Some(mut printed) = printed.map(BufReader::new) else { return };
        let mut line = Vec::new();
        while printed.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line);
            look(&text);
            collected.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            line.clear();
        }
    });
    lines
}

fn text(lines: &Lines) -> String {
    lines.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Asks again and again until there is an answer, or patience is at its end.
fn within_patience<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let start = Instant::now();
    loop {
        match ask() {
            None if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(5)),
            answer => return answer,
        }
    }
}

/// The port in a banner's line with `http://localhost:PORT`.
fn port_of(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://localhost:")?;
    rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}
