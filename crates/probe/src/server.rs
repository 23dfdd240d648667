//! A server under test: a lesson's program, or a router in this process.

use std::{
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::{Ipv4Addr, TcpStream},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
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

#[derive(Debug)]
enum Running {
    Program { child: Child, output: Arc<Mutex<String>> },
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
        let mut command = Command::new(program);
        for name in ["SECRET_KEY", "SECRET_KEY_FALLBACKS", "SESSION_SECONDS", "WIRE"] {
            command.env_remove(name);
        }
        let mut child = command
            .env("PORT", "0")
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} does not start: {error}"));
        let stdout =
            child.stdout.take().unwrap_or_else(|| panic!("{program} has no standard output"));
        let output = Arc::new(Mutex::new(String::new()));
        let (found, port) = mpsc::channel();
        let lines = Arc::clone(&output);
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Some(port) = port_of(&line) {
                    let _ = found.send(port);
                }
                let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
                lines.push_str(&line);
                lines.push('\n');
            }
        });
        match port.recv_timeout(PATIENCE) {
            Ok(port) => Self { port, running: Running::Program { child, output } },
            Err(_) => {
                let _ = child.kill();
                let printed = output.lock().unwrap_or_else(PoisonError::into_inner);
                panic!("{program} printed no address. It printed: {printed}");
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

    /// What a program has printed so far.
    #[must_use]
    pub fn output(&self) -> String {
        match &self.running {
            Running::Program { output, .. } => {
                output.lock().unwrap_or_else(PoisonError::into_inner).clone()
            }
            Running::Here { .. } => String::new(),
        }
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
        let step = Duration::from_millis(20);
        let mut waited = Duration::ZERO;
        while waited < PATIENCE {
            if let Ok(Some(status)) = child.try_wait() {
                return status.code();
            }
            thread::sleep(step);
            waited += step;
        }
        panic!("the program still runs after {PATIENCE:?}");
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
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))
            .unwrap_or_else(|error| panic!("nobody listens on port {}: {error}", self.port));
        stream.set_read_timeout(Some(PATIENCE)).unwrap_or_else(|error| panic!("{error}"));
        // A server that refuses early closes the connection while we still write: its answer is what counts.
        let _ = stream.write_all(request);
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
        if let Running::Program { child, .. } = &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// The port in a banner's line with `http://localhost:PORT`.
fn port_of(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("http://localhost:")?;
    rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}
