//! Figures that take too long for `cargo test`:
//!
//! - `cargo bench -p server-sessions --bench measure -- million`: a request with 1,000,000 sessions in the redb file
//!   against one with 1,000, the memory of the server, and requests while the sweep deletes half a million sessions.
//! - `cargo bench -p server-sessions --bench measure -- parallel`: 32 clients × 200 changes to one session, on redb and, with
//!   `--features redis`, on a `redis-server`.
//!
//! Processor time and memory are read from `/proc`, so the first needs Linux.

#![allow(clippy::unwrap_used, reason = "a measurement may stop")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, TcpStream},
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use common::{Folder, RedisServer, log_in, note, notes, serve, serve_with};
use probe::Server;
use redb::{Database, TableDefinition};
use sha2::{Digest, Sha256};

/// The file as `src/store/redb.rs` lays it out: records, each user's sessions, and all in the order in which they end.
const SESSIONS: TableDefinition<&[u8; 32], &[u8]> = TableDefinition::new("sessions");
const BY_USER: TableDefinition<(&str, &[u8; 32]), ()> = TableDefinition::new("sessions by user");
const BY_END: TableDefinition<(u64, &[u8; 32]), ()> = TableDefinition::new("sessions by end");

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let is_asked = |name: &str| asked.iter().any(|word| word == name);
    if is_asked("million") {
        million();
    }
    if is_asked("parallel") {
        let folder = Folder::new();
        parallel("redb", &folder.redb());
        if cfg!(feature = "redis") {
            let always = &["--appendonly", "yes", "--appendfsync", "always"];
            parallel("Redis", &RedisServer::start_with(always).store());
        }
    }
    if !is_asked("million") && !is_asked("parallel") {
        println!(
            "Say what to measure: cargo bench -p server-sessions --bench measure -- million parallel"
        );
    }
}

/// How many sessions.
const FEW: u64 = 1_000;
const MANY: u64 = 1_000_000;

fn million() {
    let folder = Folder::new();
    let (few, many) = (folder.path().join("few.redb"), folder.path().join("many.redb"));
    let start = Instant::now();
    fill(&few, FEW, 0);
    fill(&many, MANY, 0);
    println!(
        "filled: {MANY} sessions in {:.0} s, {} MiB in the file ({} KiB with {FEW})",
        start.elapsed().as_secs_f64(),
        fs::metadata(&many).unwrap().len() >> 20,
        fs::metadata(&few).unwrap().len() >> 10
    );
    let few = serve(&store_of(&few));
    let opening = Instant::now();
    let many = serve(&store_of(&many));
    println!("opened: the file with {MANY} in {:.2} s", opening.elapsed().as_secs_f64());

    let views = compare(&few, &many, 4_000, View::Again);
    let first = compare(&few, &many, 40, View::AfterAMinute);
    println!(
        "memory: {} MiB resident with {FEW}, {} MiB with {MANY}",
        resident(&few),
        resident(&many)
    );
    drop((few, many));
    sweep(&folder);
    assert!(
        views <= 1.5 && first <= 1.5,
        "a request costs {views:.2} times as much with {MANY} sessions, {first:.2} times where it writes \"last seen\""
    );
}

/// Which page views are measured.
#[derive(Clone, Copy)]
enum View {
    /// Of sessions that were seen within the last minute: nothing is written.
    Again,
    /// Of sessions that were not: "last seen" is written to the disk.
    AfterAMinute,
}

/// Runs both servers in turn, so that what the machine does besides hits both, and returns the ratio of their costs.
fn compare(few: &Server, many: &Server, requests: u64, view: View) -> f64 {
    const RUNS: u64 = 11;
    let runs: Vec<(Cost, Cost)> = (0..RUNS)
        .map(|run| {
            (measure(few, FEW, run, requests, view), measure(many, MANY, run, requests, view))
        })
        .skip(1)
        .collect();
    let median = |value: fn(&(Cost, Cost)) -> f64| {
        let mut all: Vec<f64> = runs.iter().map(value).collect();
        all.sort_by(f64::total_cmp);
        all[all.len() / 2]
    };
    let ratio = median(|(few, many)| many.cpu / few.cpu);
    println!(
        "logged-in GET /, {}, {requests} requests a run, median of {} paired runs:\n  with {FEW:>7}: {:.1} µs of processor \
         time, {:.1} µs by the clock\n  with {MANY:>7}: {:.1} µs of processor time, {:.1} µs by the clock\n  ratio: {ratio:.2} by \
         processor time, {:.2} by the clock (at most 1.5)",
        match view {
            View::Again => "sessions picked at random",
            View::AfterAMinute => "sessions not seen for a minute, so each request writes",
        },
        RUNS - 1,
        median(|(few, _)| few.cpu),
        median(|(few, _)| few.wall),
        median(|(_, many)| many.cpu),
        median(|(_, many)| many.wall),
        median(|(few, many)| many.wall / few.wall),
    );
    ratio
}

/// Starts a server on a file in which half a million sessions have ended, and asks for pages and log-ins meanwhile.
fn sweep(folder: &Folder) {
    const WATCHED: Duration = Duration::from_secs(20);
    let file = folder.path().join("ended.redb");
    fill(&file, MANY / 2, MANY / 2);
    let start = Instant::now();
    let server = serve(&store_of(&file));
    let (mut reads, mut writes) = (Vec::new(), Vec::new());
    while start.elapsed() < WATCHED {
        let ada = timed(&mut writes, || log_in(&server, "Ada"));
        for _ in 0..5 {
            timed(&mut reads, || common::expect_user(&server, &ada, "Ada"));
        }
    }
    let memory = resident(&server);
    drop(server);
    let left = count_of_ended(&file);
    println!(
        "sweep: {} of {} ended sessions deleted in {:.0} s; meanwhile\n  GET /        median {:.1} ms, slowest {:.1} ms ({} requests)\n  POST \
         /login  median {:.1} ms, slowest {:.1} ms ({} requests)\n  memory: {memory} MiB resident",
        MANY / 2 - left,
        MANY / 2,
        WATCHED.as_secs_f64(),
        middle(&mut reads),
        reads.last().unwrap(),
        reads.len(),
        middle(&mut writes),
        writes.last().unwrap(),
        writes.len(),
    );
}

fn timed<T>(times: &mut Vec<f64>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = work();
    times.push(start.elapsed().as_secs_f64() * 1e3);
    result
}

/// Sorts, and returns the median.
fn middle(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn store_of(file: &Path) -> String {
    format!("redb:{}", file.display())
}

/// The id of a session in a filled file.
fn id(number: u64) -> String {
    format!("{number:032x}")
}

/// Writes `running` sessions that run, a user each, and `ended` ones.
fn fill(file: &Path, running: u64, ended: u64) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let database = Database::create(file).unwrap();
    let all: Vec<u64> = (0..running + ended).collect();
    for numbers in all.chunks(20_000) {
        let transaction = database.begin_write().unwrap();
        {
            let mut sessions = transaction.open_table(SESSIONS).unwrap();
            let mut by_user = transaction.open_table(BY_USER).unwrap();
            let mut by_end = transaction.open_table(BY_END).unwrap();
            for number in numbers {
                let since = if *number < running { now } else { now - 100_000 };
                let ends = since + 43_200;
                let username = format!("user{number}");
                let record = serde_json::json!({
                    "version": 0,
                    "username": username,
                    "notes": ["milk", "a note of the usual length, or a bit longer"],
                    "browser": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                    "since": since,
                    // The even ones were seen just now, however long this takes; the odd ones two minutes ago.
                    "last_seen": if number % 2 == 0 { since + 3600 } else { since - 120 },
                    "ends": ends,
                });
                let key: [u8; 32] = Sha256::digest(id(*number)).into();
                sessions.insert(&key, record.to_string().as_bytes()).unwrap();
                by_user.insert((username.as_str(), &key), ()).unwrap();
                by_end.insert((ends, &key), ()).unwrap();
            }
        }
        transaction.commit().unwrap();
    }
}

fn count_of_ended(file: &Path) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let transaction = Database::open(file).unwrap().begin_read().unwrap();
    let by_end = transaction.open_table(BY_END).unwrap();
    by_end.range(..(now, &[0; 32])).unwrap().count() as u64
}

/// Microseconds a request.
struct Cost {
    cpu: f64,
    wall: f64,
}

/// Asks for the first page over one connection that is kept, each time as another of `sessions` users.
fn measure(server: &Server, sessions: u64, run: u64, requests: u64, view: View) -> Cost {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, server.port())).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(run + 1);
    let (cpu, start) = (processor_time(server), Instant::now());
    for count in 0..requests {
        let number = match view {
            View::Again => {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % sessions / 2 * 2
            }
            // Each session once, spread over all.
            View::AfterAMinute => (run * requests + count) * (sessions / 500) % sessions + 1,
        };
        let request =
            format!("GET / HTTP/1.1\r\nHost: localhost\r\nCookie: sid={}\r\n\r\n", id(number));
        stream.write_all(request.as_bytes()).unwrap();
        let page = answer(&mut stream);
        assert!(page.contains(&format!("Logged in as user{number}<")), "the wrong page: {page}");
    }
    Cost {
        cpu: (processor_time(server) - cpu) * 1e6 / requests as f64,
        wall: start.elapsed().as_secs_f64() * 1e6 / requests as f64,
    }
}

/// Reads one response with its `Content-Length`.
fn answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        assert_ne!(read, 0, "the server closed the connection");
        bytes.extend(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if body.len() >= length.parse::<usize>().unwrap() {
                return text.into_owned();
            }
        }
    }
}

/// Seconds that the server's process has used.
fn processor_time(server: &Server) -> f64 {
    let process = server.process_id().unwrap();
    let threads =
        fs::read_dir(format!("/proc/{process}/task")).expect("this measurement needs Linux");
    // schedstat counts nanoseconds; the ticks of `stat` would be too coarse.
    let nanoseconds: f64 = threads
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("schedstat")).ok())
        .filter_map(|line| line.split(' ').next()?.parse::<f64>().ok())
        .sum();
    nanoseconds / 1e9
}

/// Mebibytes of memory that the server's process has.
fn resident(server: &Server) -> u64 {
    let status =
        fs::read_to_string(format!("/proc/{}/status", server.process_id().unwrap())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() >> 10
}

/// 32 clients, 200 changes each, one session: what was acknowledged is there, what was not was refused by name.
fn parallel(name: &str, store: &str) {
    const CLIENTS: usize = 32;
    const CHANGES: usize = 200;
    let server = serve_with(store, &[]);
    let ada = log_in(&server, "Ada");
    let (kept, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (server, ada, kept, refused) = (&server, &ada, &kept, &refused);
            scope.spawn(move || {
                for change in 0..CHANGES {
                    let reply = server.send(note(ada, &format!("{client}-{change}")));
                    let counter = match reply.status {
                        303 => kept,
                        409 => refused,
                        _ => panic!("a change is stored or refused. {reply}"),
                    };
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    let stored = notes(&server, &ada);
    let different: BTreeSet<_> = stored.iter().collect();
    let (kept, refused) = (kept.into_inner(), refused.into_inner());
    println!(
        "parallel, {name}: {CLIENTS} clients × {CHANGES} changes to one session in {seconds:.1} s: {kept} acknowledged, {} stored, {refused} \
         refused with 409, {} lost",
        different.len(),
        kept.saturating_sub(different.len()),
    );
    assert_eq!(
        (kept, stored.len()),
        (different.len(), different.len()),
        "every acknowledged change is there once"
    );
    assert_eq!(kept + refused, CLIENTS * CHANGES);
}
