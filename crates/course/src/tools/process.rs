//! Runs a program to its end or to a time limit, and keeps what it printed.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What a program left behind.
#[derive(Debug)]
pub struct Ended {
    /// `None` where it was stopped at the limit.
    pub status: Option<ExitStatus>,
    /// What it wrote to standard output; bytes that are not UTF-8 are replaced.
    pub stdout: String,
    pub stderr: String,
}

/// Runs `command` without input. Past `limit` it is killed.
pub fn run(command: &mut Command, limit: Duration) -> std::io::Result<Ended> {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().map(Gather::start);
    let stderr = child.stderr.take().map(Gather::start);
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if started.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            break None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    let text = |gather: Option<Gather>| gather.map_or_else(String::new, Gather::finish);
    Ok(Ended { status, stdout: text(stdout), stderr: text(stderr) })
}

/// Reads a pipe on a thread of its own, so that neither side waits for the other.
pub struct Gather {
    bytes: Arc<Mutex<Vec<u8>>>,
    thread: thread::JoinHandle<()>,
}

impl Gather {
    pub fn start(mut pipe: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let thread = thread::spawn(move || {
            let mut chunk = [0; 8192];
            while let Ok(read @ 1..) = pipe.read(&mut chunk) {
                shared
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .extend_from_slice(&chunk[..read]);
            }
        });
        Self { bytes, thread }
    }

    /// What was read up to now.
    pub fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner))
            .into_owned()
    }

    /// All that was read. A program's own child may keep the pipe open for ever: it is not waited for.
    pub fn finish(self) -> String {
        let started = Instant::now();
        while !self.thread.is_finished() && started.elapsed() < Duration::from_secs(1) {
            thread::sleep(Duration::from_millis(1));
        }
        self.so_far()
    }
}
