//! A server under test: a lesson's program, a router in this process, or a router in a process of its own.

use std::{
    io::{ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpStream},
    sync::mpsc,
    thread,
};

use axum::Router;
use launch::{Ended, Launch, PATIENCE, Running, within};

use crate::{Connection, Reply, Request};

/// A server on a free port, stopped when this value is dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    runs: Runs,
}

#[derive(Debug)]
enum Runs {
    Apart(Running),
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
        let launch = launch(program, arguments, environment);
        Self::launched(&launch).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(crate) fn launched(launch: &Launch) -> Result<Self, String> {
        let running = launch.start()?;
        Ok(Self { port: running.port(), runs: Runs::Apart(running) })
    }

    /// Serves a router from this process. What the router keeps in a `static` survives it: [`Apart`](crate::Apart) starts
    /// a server that forgets.
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
        Self { port, runs: Runs::Here { _stop: stop } }
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
        self.program().map(Running::process_id)
    }

    /// What a program has printed on its standard output so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.program().map(Running::output).unwrap_or_default()
    }

    /// What a program has printed on its standard error so far.
    #[must_use]
    pub fn errors(&self) -> String {
        self.program().map(Running::errors).unwrap_or_default()
    }

    fn program(&self) -> Option<&Running> {
        match &self.runs {
            Runs::Apart(running) => Some(running),
            Runs::Here { .. } => None,
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
        within(PATIENCE, || Some(self.output()).filter(|output| is_so(output)))
            .unwrap_or_else(|| panic!("should print {what:?}, and printed: {}", self.output()))
    }

    /// Waits until a program has printed `words` on its standard error, and returns all that is there.
    ///
    /// # Panics
    ///
    /// Where it does not print them in time.
    #[must_use]
    pub fn errors_with(&self, words: &str) -> String {
        within(PATIENCE, || Some(self.errors()).filter(|errors| errors.contains(words)))
            .unwrap_or_else(|| panic!("should print {words:?}, and printed: {}", self.errors()))
    }

    /// Does something while nobody reads what a program prints, as where its terminal is held.
    pub fn unread<T>(&self, act: impl FnOnce() -> T) -> T {
        match self.program() {
            Some(running) => running.unread(act),
            None => act(),
        }
    }

    /// Sends a program the signal of this name, such as `INT` or `TERM`.
    ///
    /// # Panics
    ///
    /// Where there is no program, or no shell that could send it.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let process = self.process_id().unwrap_or_else(|| panic!("no program to signal"));
        let sent = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {process}")])
            .status();
        assert!(sent.is_ok_and(|status| status.success()), "can't send {name} to {process}");
    }

    /// Waits until nobody listens on the port any more: the server knows that it has to stop.
    ///
    /// # Panics
    ///
    /// Where it goes on listening.
    pub fn await_refusal(&self) {
        let address = (Ipv4Addr::LOCALHOST, self.port);
        let refused = within(PATIENCE, || TcpStream::connect(address).is_err().then_some(()));
        assert!(refused.is_some(), "the server still listens after {PATIENCE:?}");
    }

    /// Waits for a program to end by itself and returns its exit code, `None` where a signal ended it.
    ///
    /// # Panics
    ///
    /// Where it does not end in time.
    #[must_use]
    pub fn wait(&mut self) -> Option<i32> {
        let Runs::Apart(running) = &mut self.runs else {
            return None;
        };
        running
            .wait(PATIENCE)
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

    /// What the server's wire has seen so far, in JSON. It is asked for at the wire's own host.
    ///
    /// # Panics
    ///
    /// As [`Server::send`].
    #[must_use]
    pub fn wire(&self) -> Reply {
        let host = format!("127.0.0.1:{}", self.port);
        self.send(crate::get("/classroom/wire.json").header("Host", host))
    }

    /// Opens a connection and sends nothing yet.
    ///
    /// # Panics
    ///
    /// Where nobody listens.
    #[must_use]
    pub fn connect(&self) -> TcpStream {
        connect(self.port)
    }

    /// Opens a connection that several requests may share.
    ///
    /// # Panics
    ///
    /// Where nobody listens.
    #[must_use]
    pub fn connection(&self) -> Connection {
        Connection::to(self.port)
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
        if thread::panicking() {
            eprint!("{}", self.errors());
        }
    }
}

/// A connection to this machine.
#[track_caller]
pub(crate) fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .unwrap_or_else(|error| panic!("nobody listens on port {port}: {error}"));
    stream.set_read_timeout(Some(PATIENCE)).unwrap_or_else(|error| panic!("{error}"));
    stream
}

/// Runs a program that should end by itself, such as one with bad settings.
///
/// # Panics
///
/// Where it does not start, or does not end in time.
#[must_use]
pub fn run(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ended {
    launch(program, arguments, environment).run(PATIENCE).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn launch(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Launch {
    let launch =
        arguments.iter().fold(Launch::new(program), |launch, argument| launch.argument(argument));
    environment.iter().fold(launch, |launch, (name, value)| launch.variable(name, value))
}
