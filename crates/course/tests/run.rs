//! `cargo course run` of an exercise: its server starts anew at each edit.
#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant, SystemTime};
use std::{fs, thread};

use common::Fixture;

const FOLDER: &str = "crates/1-tiny-server/exercises/say-hello";
const SOURCE: &str = "crates/1-tiny-server/exercises/say-hello/src/lib.rs";
/// How long a step may take, with a build in it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server of the standard library alone. As the classroom's it says its address, and stops with its input.
const SERVER: &str = r#"
use std::io::Write;

fn main() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", std::env::var("PORT").unwrap().parse().unwrap())).unwrap();
    println!("page http://localhost:{}/", listener.local_addr().unwrap().port());
    std::thread::spawn(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).unwrap();
        std::process::exit(0);
    });
    for guest in listener.incoming() {
        guest.unwrap().write_all(say_hello::greet("Bob").as_bytes()).unwrap();
    }
}
"#;

/// A running `cargo course run`.
struct Run {
    fixture: Fixture,
    child: Child,
    lines: Receiver<String>,
    errors: Receiver<String>,
    port: u16,
}

impl Run {
    fn start(name: &str) -> Self {
        let fixture = Fixture::new(name);
        fixture.write(&format!("{FOLDER}/examples/run.rs"), SERVER);
        let mut command = fixture.command(&["run", "say-hello"]);
        command.env("PORT", "0").stdin(Stdio::null());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        let errors = lines_of(child.stderr.take().unwrap());
        let mut run = Self { fixture, child, lines, errors, port: 0 };
        run.port = run.address();
        run
    }

    /// Waits until it says this on its standard output.
    fn says(&self, text: &str) -> String {
        wait_for(&self.lines, text)
    }

    /// The port of the next server.
    fn address(&self) -> u16 {
        let line = self.says("http://localhost:");
        line.rsplit_once(':').unwrap().1.trim_end_matches('/').parse().unwrap()
    }

    fn greets(&self) -> String {
        let mut greeting = String::new();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        stream.read_to_string(&mut greeting).unwrap();
        greeting
    }

    /// Sends the tool alone this signal, and asserts that nothing listens any more soon after.
    fn end(mut self, signal: &str) {
        let folder = self.fixture.target().join("course/run");
        let left = || -> Vec<_> {
            fs::read_dir(&folder).unwrap().flatten().map(|file| file.file_name()).collect()
        };
        // Once the server has started, its program's copy is needed no more.
        let start = Instant::now();
        while left() != ["say-hello.rs"] {
            assert!(start.elapsed() < Duration::from_secs(10), "copies are left: {:?}", left());
            thread::sleep(Duration::from_millis(10));
        }
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill").args([&format!("-{signal}"), &id]).status().unwrap().success()
        );
        let start = Instant::now();
        let goes_on = |run: &mut Self| {
            run.child.try_wait().unwrap().is_none()
                || TcpStream::connect((Ipv4Addr::LOCALHOST, run.port)).is_ok()
        };
        while goes_on(&mut self) {
            assert!(start.elapsed() < Duration::from_secs(10), "it goes on after SIG{signal}");
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!(left(), ["say-hello.rs"], "no copy of the program is left");
    }
}

fn lines_of(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        BufReader::new(pipe).lines().map_while(Result::ok).try_for_each(|line| send.send(line))
    });
    lines
}

/// The next of these lines that holds this text.
fn wait_for(lines: &Receiver<String>, text: &str) -> String {
    let (mut seen, start) = (String::new(), Instant::now());
    loop {
        let line = lines.recv_timeout(PATIENCE.saturating_sub(start.elapsed()));
        let line = line.unwrap_or_else(|_| panic!("expected {text:?} in:\n{seen}"));
        if line.contains(text) {
            return line;
        }
        seen.push_str(&line);
        seen.push('\n');
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Where the test ended it, this says so.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_edit_is_served_at_the_same_address_and_a_bad_one_leaves_the_old_server() {
    let run = Run::start("run-edits");
    assert_eq!(run.greets(), "Hello Ada");
    let starter = run.fixture.read(SOURCE);

    run.fixture.write(SOURCE, "pub fn greet(");
    run.says("An edit: building");
    run.says("The server from before the edit goes on.");
    wait_for(&run.errors, "unclosed delimiter");
    assert_eq!(run.greets(), "Hello Ada");

    // Written as a copy does that keeps the file's time: cargo alone would see no edit.
    let solution = run.fixture.root.join("solution.rs");
    fs::write(&solution, run.fixture.read(&format!("{FOLDER}/.answers/solution.rs"))).unwrap();
    let file = fs::File::options().write(true).open(&solution).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    fs::rename(&solution, run.fixture.root.join(SOURCE)).unwrap();
    run.says("Built: the server starts anew.");
    assert_eq!(run.address(), run.port, "a browser's tab stays where it is");
    assert_eq!(run.greets(), "Hello Bob");

    run.fixture.write(
        SOURCE,
        &starter.replace("let _ = name;", "if name.len() > 1 { std::process::abort() }"),
    );
    assert_eq!(run.address(), run.port);
    assert_eq!(run.greets(), "");
    run.says("The server broke off");
    run.fixture.write(SOURCE, &starter);
    assert_eq!(run.address(), run.port);
    assert_eq!(run.greets(), "Hello Ada");
}

#[test]
fn no_server_outlives_the_tool_however_that_ends() {
    for signal in ["TERM", "KILL"] {
        let run = Run::start("run-ends");
        assert_eq!(run.greets(), "Hello Ada");
        run.end(signal);
    }
}
