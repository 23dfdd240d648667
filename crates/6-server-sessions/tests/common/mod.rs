//! What the tests of both stores need: a folder of their own, a Redis of their own, and words for what a page says.

#![allow(dead_code, clippy::unwrap_used, reason = "each test program uses a part; a test may stop")]

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use probe::{Reply, Request, Server, get, post};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A folder that is deleted with this value.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("crumbs-6-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// `STORE` for a redb file in this folder.
    pub fn redb(&self) -> String {
        format!("redb:{}", self.0.join("sessions.redb").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A `redis-server` program on a free port, ended with this value.
pub struct RedisServer {
    port: u16,
    folder: Folder,
    settings: &'static [&'static str],
    child: Child,
}

impl RedisServer {
    /// As the lesson's document starts it: each change is in a file before it is acknowledged.
    pub fn start() -> Self {
        Self::start_with(&["--appendonly", "yes"])
    }

    /// Fails where this machine has no `redis-server`: who builds with the feature `redis` asks for it.
    pub fn start_with(settings: &'static [&'static str]) -> Self {
        let found = Command::new("redis-server").arg("--version").stdout(Stdio::null()).status();
        assert!(
            found.is_ok_and(|status| status.success()),
            "There is no redis-server program on PATH. Install it, or test without `--features redis`."
        );
        let folder = Folder::new();
        for _ in 0..10 {
            let port =
                TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            let mut child = spawn(port, folder.path(), settings);
            if answers(port, &mut child) {
                return Self { port, folder, settings, child };
            }
        }
        panic!("redis-server does not start on any of ten free ports");
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn store(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// SIGKILL: it writes nothing more.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts it again on the same port, with what it had written.
    pub fn restart(&mut self) {
        self.kill();
        self.child = spawn(self.port, self.folder.path(), self.settings);
        assert!(answers(self.port, &mut self.child), "redis-server does not come back");
    }

    /// Sends one command and returns what comes back first.
    pub fn ask(&self, line: &str) -> String {
        ask(self.port, line).unwrap()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16, folder: &Path, settings: &[&str]) -> Child {
    Command::new("redis-server")
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--dir"])
        .arg(folder)
        .args(settings)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

fn answers(port: u16, child: &mut Child) -> bool {
    let end = Instant::now() + Duration::from_secs(10);
    while Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
        if ask(port, "PING").is_ok_and(|answer| answer.starts_with("+PONG")) {
            return true;
        }
        thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    false
}

fn ask(port: u16, line: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(format!("{line}\r\n").as_bytes())?;
    let mut answer = vec![0; 64 * 1024];
    let length = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

/// Starts the lesson's server on a store.
pub fn serve(store: &str) -> Server {
    serve_with(store, &[])
}

/// Starts the lesson's server on a store, with more of the environment.
pub fn serve_with(store: &str, environment: &[(&str, &str)]) -> Server {
    let mut all = vec![("STORE", store)];
    all.extend(environment);
    Server::start(env!("CARGO_BIN_EXE_server-sessions"), &all)
}

/// Logs in without a cookie and returns the pair that came: `sid=…`.
pub fn log_in(server: &Server, username: &str) -> String {
    let reply = server.send(post("/login", &[("username", username)]));
    assert_eq!(reply.status, 303, "a log-in should lead to a page. {reply}");
    sid(&reply)
}

/// The `sid` pair of a response.
pub fn sid(reply: &Reply) -> String {
    reply.pair("sid").unwrap_or_else(|| panic!("the response should set sid. {reply}")).to_owned()
}

/// The SHA-256 of the id in a `sid` pair: where the store has the session.
pub fn hash(cookie: &str) -> [u8; 32] {
    Sha256::digest(cookie.trim_start_matches("sid=")).into()
}

/// What pages, the wire and `look` show of that hash.
pub fn start_of_hash(cookie: &str) -> String {
    hash(cookie)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first page, as the browser with this cookie sees it.
pub fn home(server: &Server, cookie: &str) -> Reply {
    server.send(get("/").cookie(cookie))
}

/// Expects the page to say this.
#[track_caller]
pub fn expect(reply: &Reply, sentence: &str) {
    assert!(
        reply.text().contains(sentence),
        "the page should say {sentence:?}. {}",
        reply.with_text(sentence)
    );
}

/// Expects the page not to say this.
#[track_caller]
pub fn expect_not(reply: &Reply, sentence: &str) {
    assert!(!reply.text().contains(sentence), "the page should not say {sentence:?}. {reply}");
}

#[track_caller]
pub fn expect_nobody(server: &Server, cookie: &str) {
    let reply = home(server, cookie);
    assert_eq!(reply.status, 200, "{reply}");
    expect(&reply, "You are not logged in");
}

#[track_caller]
pub fn expect_user(server: &Server, cookie: &str, username: &str) {
    expect(&home(server, cookie), &format!("<h1>Logged in as {username}</h1>"));
}

/// The notes on the first page, in order.
pub fn notes(server: &Server, cookie: &str) -> Vec<String> {
    home(server, cookie).page().texts("li").into_iter().map(str::to_owned).collect()
}

pub fn note(cookie: &str, text: &str) -> Request {
    post("/notes", &[("note", text)]).cookie(cookie)
}

/// The handles of the browsers that the list offers to log out.
pub fn handles(reply: &Reply) -> Vec<String> {
    let forms = reply.page().forms();
    let offered = forms.iter().filter_map(|form| form.value("session"));
    offered.filter(|handle| *handle != "others").map(str::to_owned).collect()
}

/// The latest exchange as the wire has it.
pub fn latest(server: &Server) -> Value {
    let wire = server.wire();
    let seen: Value = serde_json::from_slice(&wire.body).unwrap();
    seen["exchanges"].as_array().unwrap().last().unwrap().clone()
}
