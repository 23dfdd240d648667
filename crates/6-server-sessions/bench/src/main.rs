//! Compares three ways to know who asks, by the processor time that the server spends on a logged-in `GET /`: lesson 6 on
//! redb, tower-sessions on its store in memory, and lesson 3's signed cookie.
//!
//! Run it on Linux, on one core:
//!
//! ```text
//! cargo build --release -p server-sessions -p signed-sessions
//! taskset -c 0 cargo run --release --manifest-path crates/6-server-sessions/bench/Cargo.toml -- target/release
//! ```
//!
//! All three run inside `classroom::serve`; the tower-sessions server renders lesson 6's own page.

use std::{
    env,
    error::Error,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
};

use askama::Template;
use axum::{
    Form, Router,
    http::{HeaderName, header},
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use classroom::{Lesson, Page, Stop};
use probe::Server;
use serde::Deserialize;
use tower_sessions::{
    Expiry, MemoryStore, Session, SessionManagerLayer, cookie::SameSite, cookie::time::Duration,
};

/// Paired runs; the first is not counted.
const RUNS: usize = 16;
/// Requests a run.
const REQUESTS: usize = 4_000;
/// Set where this program is to be the server that is measured.
const SERVE: &str = "SERVE_TOWER_SESSIONS";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    if env::var_os(SERVE).is_some() {
        return Ok(serve().await?);
    }
    let folder = env::args().nth(1).ok_or("Say where the release builds are: target/release")?;
    tokio::task::spawn_blocking(move || compare(Path::new(&folder)).map_err(|error| error.to_string())).await??;
    Ok(())
}

async fn serve() -> Result<(), Stop> {
    let lesson = Lesson {
        port: 3016,
        title: "tower-sessions",
        package: "against-tower-sessions",
        document: "",
        drawings: &[],
        try_this: &[],
    };
    let sessions = SessionManagerLayer::new(MemoryStore::default())
        .with_name("sid")
        .with_secure(false)
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(Duration::minutes(30)));
    let app = Router::new().route("/", get(index)).route("/login", post(log_in)).layer(sessions);
    classroom::serve(lesson, app).await
}

const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    username: Option<&'a str>,
    notes: &'a [String],
}

type Failed = tower_sessions::session::Error;

async fn index(session: Session) -> Result<impl IntoResponse, String> {
    let failed = |error: Failed| error.to_string();
    let username: Option<String> = session.get("username").await.map_err(failed)?;
    let notes: Vec<String> = session.get("notes").await.map_err(failed)?.unwrap_or_default();
    let page = Page(Index { username: username.as_deref(), notes: &notes });
    Ok((FOR_ONE_BROWSER, page).into_response())
}

#[derive(Deserialize)]
struct Login {
    username: String,
}

async fn log_in(session: Session, Form(login): Form<Login>) -> Result<Redirect, String> {
    let failed = |error: Failed| error.to_string();
    session.cycle_id().await.map_err(failed)?;
    session.insert("username", login.username).await.map_err(failed)?;
    Ok(Redirect::to("/"))
}

struct Contender {
    name: &'static str,
    server: Server,
    request: String,
    costs: Vec<f64>,
}

impl Contender {
    fn new(name: &'static str, server: Server, cookie: &str) -> Result<Self, Box<dyn Error>> {
        let reply = server.send(probe::post("/login", &[("username", "Ada")]));
        let pair = reply.pair(cookie).ok_or_else(|| format!("{name} sets no cookie. {reply}"))?;
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: {pair}\r\n\r\n");
        println!("{name}: Cookie: {pair} ({} bytes)", pair.len());
        Ok(Self { name, server, request, costs: Vec::new() })
    }

    /// One run; remembers microseconds of processor time a request.
    fn run(&mut self) -> Result<(), Box<dyn Error>> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.server.port()))?;
        stream.set_nodelay(true)?;
        let before = processor_time(&self.server)?;
        for _ in 0..REQUESTS {
            stream.write_all(self.request.as_bytes())?;
            let page = answer(&mut stream)?;
            if !page.contains("<h1>Logged in as Ada</h1>") {
                return Err(format!("{}: the wrong page: {page}", self.name).into());
            }
        }
        self.costs.push((processor_time(&self.server)? - before) / 1e3 / REQUESTS as f64);
        Ok(())
    }
}

fn compare(folder: &Path) -> Result<(), Box<dyn Error>> {
    let program = |name: &str| folder.join(name).display().to_string();
    let file = env::temp_dir().join(format!("crumbs-bench-{}.redb", std::process::id()));
    let own = env::current_exe()?.display().to_string();
    let store = format!("redb:{}", file.display());
    let key = "a key for measuring, longer than 32 bytes";
    let mut contenders = [
        Contender::new(
            "lesson 6 on redb",
            Server::start(&program("server-sessions"), &[("STORE", &store)]),
            "sid",
        )?,
        Contender::new("tower-sessions in memory", Server::start(&own, &[(SERVE, "yes")]), "sid")?,
        Contender::new(
            "lesson 3, a signed cookie",
            Server::start(&program("signed-sessions"), &[("SECRET_KEY", key)]),
            "signed_session",
        )?,
    ];
    for _ in 0..RUNS {
        for contender in &mut contenders {
            contender.run()?;
        }
    }
    let first = contenders[0].costs.clone();
    println!("logged-in GET /, {REQUESTS} requests a run, median of {} paired runs, server's processor time:", RUNS - 1);
    for contender in &contenders {
        let costs = &contender.costs[1..];
        let ratios: Vec<f64> = first[1..].iter().zip(costs).map(|(first, cost)| first / cost).collect();
        println!(
            "  {:<26} {:>6.1} µs a request; lesson 6 takes {:.2} × as much",
            contender.name,
            median(costs),
            median(&ratios)
        );
    }
    drop(contenders);
    fs::remove_file(file)?;
    Ok(())
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Nanoseconds that the server's process has used.
fn processor_time(server: &Server) -> Result<f64, Box<dyn Error>> {
    let process = server.process_id().ok_or("no process")?;
    let mut total = 0.0;
    for thread in fs::read_dir(format!("/proc/{process}/task"))? {
        let line = fs::read_to_string(thread?.path().join("schedstat"))?;
        total += line.split(' ').next().unwrap_or_default().parse::<f64>()?;
    }
    Ok(total)
}

/// Reads one response with its `Content-Length`.
fn answer(stream: &mut TcpStream) -> Result<String, Box<dyn Error>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err("the server closed the connection".into());
        }
        bytes.extend(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.ok_or("no Content-Length")?.parse()? {
                return Ok(text.into_owned());
            }
        }
    }
}
