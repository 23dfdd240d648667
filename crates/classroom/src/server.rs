//! Start-up and shut-down: the port, the banner, the signals.

use std::{
    env, fmt,
    future::IntoFuture,
    io::{self, ErrorKind, Write},
    time::Duration,
};

use axum::Router;
use tokio::{sync::oneshot, time::sleep};

use crate::{Lesson, listener::Loopback, pages};

/// How long open requests may take to finish once the server was told to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Why a lesson server did not start, or had to stop: a sentence that says what happened and what to do.
///
/// `main` returns it, and Rust prints what `main` returns with [`Debug`](fmt::Debug), so both formats are the sentence.
pub struct Stop(String);

impl Stop {
    /// A reason to stop, as the sentence to print.
    pub fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Stop {}

/// Serves `app` on the lesson's port until Ctrl-C or SIGTERM, then lets open requests finish.
///
/// `PORT` overrides the port; `PORT=0` takes any free one. Only this machine can connect: the server listens on
/// `127.0.0.1` and `[::1]`.
///
/// # Errors
///
/// [`Stop`] where `PORT` is no port, or where the port can't be bound.
pub async fn serve(lesson: Lesson, app: Router) -> Result<(), Stop> {
    let wanted = port(lesson.port)?;
    let listener =
        Loopback::bind(wanted).await.map_err(|error| Stop(cannot_bind(&lesson, wanted, &error)))?;
    // Before the banner: whoever reads it may send a signal at once.
    let mut signals =
        Signals::listen().map_err(|error| Stop(format!("Can't listen for Ctrl-C: {error}.")))?;
    print_banner(&lesson, listener.port());
    let (stop, stopping) = oneshot::channel::<()>();
    let server = axum::serve(listener, pages::around(lesson, app)).with_graceful_shutdown(async {
        let _ = stopping.await;
    });
    tokio::select! {
        result = server.into_future() => result.map_err(|error| Stop(format!("The server stopped: {error}."))),
        () = async {
            signals.next().await;
            drop(stop);
            tokio::select! {
                () = sleep(GRACE) => {}
                () = signals.next() => {}
            }
        } => Ok(()),
    }
}

/// The port that `PORT` names, or the lesson's own.
fn port(lesson: u16) -> Result<u16, Stop> {
    match env::var_os("PORT") {
        None => Ok(lesson),
        Some(text) => text.to_str().and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
            Stop(format!(
                "PORT={text:?} is no port. Give a number from 1 to 65535, or 0 for any free port, or leave PORT out \
                 for {lesson}."
            ))
        }),
    }
}

/// What to say, and what to do, where the port can't be bound.
fn cannot_bind(lesson: &Lesson, port: u16, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "Port {port} is in use by another program, perhaps this lesson in another terminal. Stop that one, or \
             choose another port with the environment variable PORT: PORT={} cargo run -p {} (in PowerShell: \
             $env:PORT={0}; cargo run -p {1}).",
            if port == 0 { 0 } else { port.saturating_add(1000) },
            lesson.package
        ),
        ErrorKind::PermissionDenied => format!(
            "The system does not let this program use port {port}. Ports below 1024 need special rights, and Windows \
             reserves ranges of ports (error 10013). Choose another port with the environment variable PORT."
        ),
        _ => format!(
            "Port {port} can't be used: {error}. Choose another with the environment variable PORT."
        ),
    }
}

fn print_banner(lesson: &Lesson, port: u16) {
    let (number, title, package) = (lesson.number(), lesson.title, lesson.package);
    let mut banner = format!(
        "Lesson {number}: {title}\n  \
           page      http://localhost:{port}\n  \
           document  http://localhost:{port}/classroom/lesson (lessons/{number}-{package}.md)\n"
    );
    for line in lesson.try_this {
        let line = line.replace(&format!(":{}", lesson.port), &format!(":{port}"));
        banner.push_str(&format!("  try       {line}\n"));
    }
    banner.push_str("  stop      Ctrl-C\n");
    // A server whose output nobody reads still serves.
    let mut out = io::stdout().lock();
    let _ = out.write_all(banner.as_bytes()).and_then(|()| out.flush());
}

/// Ctrl-C, and the system's way to ask a program to end: SIGTERM, which `kill` and process managers send.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// Ctrl-C, and the system's way to ask a program to end: Ctrl-Break, or a console that closes.
#[cfg(windows)]
struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    ctrl_break: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
}

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close};
        Ok(Self { interrupt: ctrl_c()?, ctrl_break: ctrl_break()?, close: ctrl_close()? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.ctrl_break.recv() => {}
            _ = self.close.recv() => {}
        }
    }
}
