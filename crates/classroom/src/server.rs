//! Start-up and shut-down: the port, the banner, the signals.

use std::{
    env, fmt,
    future::pending,
    io::{self, ErrorKind, Write},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router, ServiceExt,
    extract::Request,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state, map_response_with_state},
    routing::get,
};
use tokio::{sync::oneshot, time::sleep};
use tower_layer::Layer;

use crate::{
    Lesson, frame,
    listener::{Loopback, Peer},
    pages,
    wire::{self, Wire},
};

/// How long open requests may take to finish once the server was told to stop.
pub(crate) const GRACE: Duration = Duration::from_secs(3);

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

/// Whether the server watches its wire: what browsers send, and what they hold back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// It does, tells the terminal and shows a view beside each page.
    On,
    /// It does, and hides the values of cookies until asked: for a screen that many see.
    Projector,
    /// It does not: no layer, no trace in the terminal, no view.
    Off,
}

impl Watch {
    /// What the environment says: `WIRE=off`, `WIRE=projector`; without `WIRE`, on.
    ///
    /// # Errors
    ///
    /// [`Stop`] where `WIRE` is something else.
    pub fn from_environment() -> Result<Self, Stop> {
        match env::var_os("WIRE") {
            None => Ok(Self::On),
            Some(text) => match text.to_str().map(str::trim) {
                Some("on" | "") => Ok(Self::On),
                Some("projector") => Ok(Self::Projector),
                Some("off") => Ok(Self::Off),
                _ => Err(Stop(format!(
                    "WIRE={text:?} means nothing here. Say WIRE=off or WIRE=projector, or leave WIRE out."
                ))),
            },
        }
    }
}

/// A lesson's server that listens, and does not answer yet.
pub struct Server {
    listener: Loopback,
    lesson: Lesson,
    app: Router,
    wire: Option<Arc<Wire>>,
}

impl Server {
    /// Binds `port` (0 for any free one) on `127.0.0.1` and `[::1]`.
    ///
    /// # Errors
    ///
    /// [`Stop`] where the port can't be bound.
    pub async fn bind(lesson: Lesson, app: Router, port: u16, watch: Watch) -> Result<Self, Stop> {
        let command = command(&lesson);
        let server = Self::listen(lesson, app, port, watch).await;
        server.map_err(|error| Stop(cannot_bind(&command, port, &error)))
    }

    async fn listen(lesson: Lesson, app: Router, port: u16, watch: Watch) -> io::Result<Self> {
        let listener = Loopback::bind(port).await?;
        let wire = match watch {
            Watch::Off => None,
            Watch::On => Some(Wire::start(lesson, false)),
            Watch::Projector => Some(Wire::start(lesson, true)),
        };
        Ok(Self { listener, lesson, app, wire })
    }

    /// The port that it listens on: the one that the system chose, where 0 was asked for.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.listener.port()
    }

    /// Answers requests until `stop` is ready, then lets open ones finish. Streams of the wire view end at once.
    ///
    /// # Errors
    ///
    /// [`Stop`] where the listener fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<(), Stop> {
        let Self { listener, lesson, app, wire } = self;
        let own = pages::routes(lesson);
        let app = Router::new().route("/favicon.ico", get(StatusCode::NO_CONTENT)).merge(app);
        let taught = map_response_with_state(Arc::new(lesson), pages::teach);
        // Layers lie around routers, and not around each of their routes: that spares every request a box.
        let ended = match wire {
            // Nobody watches, so no request needs to know its connection.
            None => {
                let taught = taught.layer(own.merge(app));
                let taught = ServiceExt::<Request>::into_make_service(taught);
                axum::serve(listener, taught).with_graceful_shutdown(stop).await
            }
            // What is the classroom's stands outside the wire's layer: the lesson alone is watched.
            Some(wire) => {
                let watched =
                    from_fn_with_state(Arc::clone(&wire), wire::record).layer(taught.layer(app));
                let router = own
                    .layer(taught)
                    .layer(from_fn(frame::know_host))
                    .merge(wire::pages::routes(lesson, Arc::clone(&wire)))
                    .fallback_service(watched)
                    .into_make_service_with_connect_info::<Peer>();
                let stop = async move {
                    stop.await;
                    wire.close();
                };
                axum::serve(listener, router).with_graceful_shutdown(stop).await
            }
        };
        ended.map_err(|error| Stop(format!("The server stopped: {error}.")))
    }
}

/// Serves `app` on the lesson's port until Ctrl-C or SIGTERM, then lets open requests finish; a second signal ends at once.
///
/// `PORT` overrides the port; `PORT=0` takes any free one. Only this machine can connect: the server listens on
/// `127.0.0.1` and `[::1]`. `WIRE` says whether the wire is watched, see [`Watch`].
///
/// # Errors
///
/// [`Stop`] where `PORT` is no port, `WIRE` is no word for it, or where the port can't be bound.
pub async fn serve(lesson: Lesson, app: Router) -> Result<(), Stop> {
    serve_until(lesson, app, &command(&lesson), pending()).await
}

/// [`serve`], for a server that `command` starts, which also stops when `end` is ready.
pub(crate) async fn serve_until(
    lesson: Lesson,
    app: Router,
    command: &str,
    end: impl Future<Output = ()>,
) -> Result<(), Stop> {
    let watch = Watch::from_environment()?;
    let port = port(lesson.port)?;
    let server = Server::listen(lesson, app, port, watch).await;
    let server = server.map_err(|error| Stop(cannot_bind(command, port, &error)))?;
    // Before the banner: whoever reads it may send a signal at once.
    let mut signals =
        Signals::listen().map_err(|error| Stop(format!("Can't listen for Ctrl-C: {error}.")))?;
    print_banner(&lesson, server.port(), watch);
    let (stop, stopping) = oneshot::channel::<()>();
    let server = server.run(async {
        let _ = stopping.await;
    });
    tokio::select! {
        result = server => result,
        () = async {
            tokio::select! {
                () = signals.next() => {}
                () = end => {}
            }
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

/// What starts a lesson's server.
fn command(lesson: &Lesson) -> String {
    format!("cargo run -p {}", lesson.package)
}

/// What to say, and what to do, where the port can't be bound.
fn cannot_bind(command: &str, port: u16, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "Port {port} is in use by another program, perhaps this server in another terminal. Stop that one, or \
             choose another port with the environment variable PORT: PORT={} {command} (in PowerShell: \
             $env:PORT={0}; {command}).",
            if port == 0 { 0 } else { port.saturating_add(1000) }
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

fn print_banner(lesson: &Lesson, port: u16, watch: Watch) {
    let (number, title, package) = (lesson.number(), lesson.title, lesson.package);
    let mut banner = format!(
        "Lesson {number}: {title}\n  \
           page      http://localhost:{port}\n  \
           document  http://localhost:{port}/classroom/lesson (lessons/{number}-{package}.md)\n  \
           contents  http://localhost:{port}/classroom/\n"
    );
    if watch != Watch::Off {
        banner.push_str(&format!("  the wire  http://127.0.0.1:{port}/classroom/wire\n"));
    }
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
