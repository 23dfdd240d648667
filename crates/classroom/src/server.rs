//! Start-up and shut-down: the port, the banner, the signals.

use std::{
    env, fmt,
    future::pending,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use ::wire::EXERCISE;
use axum::{Router, http::StatusCode, middleware::from_fn_with_state, routing::get};
use documents::Folder;
use loopback::{Answers, Boxed, Loopback, Opens};
use tokio::{sync::oneshot, time::sleep};

use crate::{
    Lesson, pages,
    reading::{Language, language},
    terminal::{Place, Said},
    wire::{self, Wire, layer::Watched},
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
                _ => Err(Stop::because(Said::UnknownWire(&text).to_string())),
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
        server.map_err(|error| cannot_bind(&command, port, &error))
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
        let (opens, stop): (Opens, Boxed<()>) = match wire {
            None => {
                let router = own.merge(app);
                let answers: Answers = Arc::new(move |request| {
                    let answer = pages::teach(lesson, router.clone(), request);
                    Box::pin(async { Ok(answer.await) })
                });
                // Nobody watches, so no request needs to know its connection.
                (Box::new(move |_| Arc::clone(&answers)), Box::pin(stop))
            }
            Some(wire) => {
                let own = own
                    .layer(from_fn_with_state(lesson, pages::teach_with_host))
                    .layer(from_fn_with_state(Arc::clone(&wire), wire::enlarge))
                    .merge(wire::pages::routes(lesson, Arc::clone(&wire)));
                let watched = Arc::new(Watched { wire: Arc::clone(&wire), own, lesson: app });
                let stop = async move {
                    stop.await;
                    wire.close();
                };
                (Box::new(move |address| watched.open(address)), Box::pin(stop))
            }
        };
        let ended = listener.serve(opens, stop).await;
        ended.map_err(|error| Stop::because(Said::Stopped(&error).to_string()))
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
    let server = server.map_err(|error| cannot_bind(command, port, &error))?;
    // Before the banner: whoever reads it may send a signal at once.
    let mut signals =
        Signals::listen().map_err(|error| Stop::because(Said::NoSignals(&error).to_string()))?;
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
        Some(text) => text
            .to_str()
            .and_then(|text| text.trim().parse().ok())
            .ok_or_else(|| Stop::because(Said::NoPort { text: &text, usual: lesson }.to_string())),
    }
}

/// What starts a lesson's server.
fn command(lesson: &Lesson) -> String {
    format!("cargo run -p {}", lesson.package)
}

fn cannot_bind(command: &str, port: u16, error: &io::Error) -> Stop {
    Stop::because(Said::CannotBind { command, port, error }.to_string())
}

fn print_banner(lesson: &Lesson, port: u16, watch: Watch) {
    let folder = Folder::of_the_course();
    let number = lesson.number();
    let mut document = lesson.document();
    let mut title = lesson.title.to_owned();
    if language() == Language::Chinese
        && let Some(chinese) = folder.chinese_title(&document)
    {
        document = format!("zh/{document}");
        title = chinese;
    }
    let exercise = lesson.title.strip_prefix(EXERCISE);
    let page = format!("http://localhost:{port}");
    let mut lines = vec![
        (Place::Page, page.clone()),
        (Place::Document, format!("{page}/classroom/lesson (lessons/{document}.md)")),
        (Place::Contents, format!("{page}/classroom/")),
    ];
    if watch != Watch::Off {
        lines.push((Place::Wire, format!("http://127.0.0.1:{port}/classroom/wire")));
    }
    let usual = format!(":{}", lesson.port);
    let tries = lesson.try_this.iter();
    lines.extend(tries.map(|line| (Place::Try, line.replace(&usual, &format!(":{port}")))));
    lines.push((Place::Stop, "Ctrl-C".to_owned()));
    let mut banner = format!("{}\n", Said::Lesson { number, title: &title, exercise });
    for (place, line) in lines {
        banner.push_str(&format!("  {} {line}\n", Said::Place(place)));
    }
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
