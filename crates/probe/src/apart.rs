//! A server in a process of its own, for an `app()` that is a function of a library.

use std::{
    collections::HashMap,
    hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState},
    io::{Read, Write},
    process,
    sync::{Mutex, OnceLock, PoisonError},
    thread,
};

use axum::Router;
use launch::Launch;

use crate::Server;

/// Tells a process that it is one of ours: which call of [`Apart::of`] it serves, and the seed of its parent.
const VARIABLE: &str = "PROBE_APART";

/// A server that runs in a process of its own, as often as it is started: what its program keeps in memory, in a `static`
/// too, ends with the process. A restart is a second [`start`](Apart::start), and two servers that know nothing of each other
/// are two starts.
///
/// ```no_run
/// # fn app(key: [u8; 64]) -> axum::Router { axum::Router::new() }
/// #[test]
/// fn a_restart_with_the_same_key_keeps_the_log_in() {
///     let app = probe::Apart::of(|| app(probe::seed("the key")));
///     let mut browser = probe::Browser::new();
///     let server = app.start();
///     browser.post(&server.url("/login"), &[("username", "Ada")]);
///     drop(server);
///     let server = app.start();
///     assert!(browser.open(&server.url("/")).page().says("Logged in as Ada"));
/// }
/// ```
///
/// The process runs this test program again, with this one test, up to the same call of [`Apart::of`]: there it serves, and
/// ends when the test's process does. So a test says first what it will start, each with an `Apart::of` of its own: what
/// stands before the last of them happens in each process again. What the closure captures is made anew in the process;
/// [`seed`] gives bytes that are the same in all of them, and new in each run.
///
/// It works on the thread of the test, with any number of tests at once.
#[derive(Clone, Debug)]
pub struct Apart {
    test: String,
    number: usize,
}

impl Apart {
    /// A server of this router. The closure is called in the server's process, never in the test's.
    ///
    /// # Panics
    ///
    /// On a thread that the test started itself: there is no telling which test that is.
    #[must_use]
    pub fn of(app: impl FnOnce() -> Router) -> Self {
        let apart = Self::next(this_test());
        if asked_for().is_some_and(|(number, _)| number == apart.number) {
            serve(app());
        }
        apart
    }

    /// Starts it on a free port.
    ///
    /// # Panics
    ///
    /// Where the process does not start to serve: with what it printed.
    #[must_use]
    #[track_caller]
    pub fn start(&self) -> Server {
        let program = std::env::current_exe().unwrap_or_else(|error| panic!("{error}"));
        let launch = Launch::new(program)
            .argument("--exact")
            .argument(&self.test)
            .argument("--include-ignored")
            .argument("--nocapture")
            .variable(VARIABLE, format!("{} {:x}", self.number, base_seed()))
            .mark(&mark());
        Server::launched(&launch).unwrap_or_else(|error| {
            panic!("the server's own process did not come to serve. {error}")
        })
    }

    /// Counts the calls of each test.
    fn next(test: String) -> Self {
        static CALLS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);
        let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
        let number = calls.get_or_insert_default().entry(test.clone()).or_default();
        *number += 1;
        Self { test, number: *number }
    }
}

/// Serves until the parent's end of our standard input closes: it does so however the parent ends.
fn serve(app: Router) -> ! {
    let server = Server::of(app);
    let mut output = std::io::stdout().lock();
    // The harness has begun a line of its own.
    let _ = writeln!(output, "\n{}http://localhost:{}", mark(), server.port());
    let _ = output.flush();
    drop(output);
    let mut byte = [0];
    while matches!(std::io::stdin().read(&mut byte), Ok(1..)) {}
    process::exit(0)
}

/// What the line with our address starts with: no line that an answer prints.
fn mark() -> String {
    format!("probe {:x} serves at ", base_seed())
}

/// Which test this is: libtest names its threads so; on the main thread the arguments say it, where there is one alone.
fn this_test() -> String {
    let thread = thread::current();
    let named = thread.name().filter(|name| *name != "main").map(str::to_owned);
    let exact = || std::env::args().skip_while(|argument| argument != "--exact").nth(1);
    match named.or_else(exact) {
        Some(name) => name,
        None => panic!(
            "probe::Apart::of stands in the test itself, not in a thread that the test starts"
        ),
    }
}

/// 64 bytes that are the same in a test and in all processes that it starts, and new in each run: for a key that a server has
/// again after its restart. Another name gives other bytes.
///
/// ```
/// assert_eq!(probe::seed("key"), probe::seed("key"));
/// assert_ne!(probe::seed("key"), probe::seed("old key"));
/// ```
#[must_use]
pub fn seed(name: &str) -> [u8; 64] {
    let mut bytes = [0; 64];
    for (index, eight) in bytes.chunks_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        (base_seed(), name, index).hash(&mut hasher);
        eight.copy_from_slice(&hasher.finish().to_be_bytes());
    }
    bytes
}

fn base_seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        asked_for().map_or_else(|| RandomState::new().hash_one("seed"), |(_, seed)| seed)
    })
}

/// The call that this process is to serve, and its parent's seed.
fn asked_for() -> Option<(usize, u64)> {
    let text = std::env::var(VARIABLE).ok()?;
    let (number, seed) = text.split_once(' ')?;
    Some((number.parse().ok()?, u64::from_str_radix(seed, 16).ok()?))
}
