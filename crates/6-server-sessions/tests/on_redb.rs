//! The server on a redb file: everything it promises on any store, and what only a file can get wrong.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

mod behaviour;
mod common;

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::Mutex,
    thread,
    time::Duration,
};

use common::{
    Folder, expect, expect_nobody, expect_user, hash, log_in, note, notes, serve, sid,
    start_of_hash,
};
use probe::{Server, assert_serves_unheard, post};
use redb::{Database, TableDefinition};

const SERVER: &str = env!("CARGO_BIN_EXE_server-sessions");

/// A place for sessions that nobody else uses.
struct Place(Folder);

impl Place {
    fn store(&self) -> String {
        self.0.redb()
    }
}

fn store() -> Place {
    Place(Folder::new())
}

fn start(environment: &[(&str, &str)]) -> Child {
    Command::new(SERVER)
        .env("PORT", "0")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Runs the server where it should stop by itself, and returns what it said.
fn refused(environment: &[(&str, &str)]) -> String {
    let ended = probe::run(SERVER, &[], &[&[("PORT", "0")], environment].concat());
    assert_ne!(ended.code, Some(0), "it should not start: {}", ended.errors);
    assert_eq!(ended.errors.lines().count(), 1, "one line should say why: {}", ended.errors);
    ended.errors
}

#[test]
fn a_second_process_on_the_same_file_gets_one_clear_line() {
    let folder = Folder::new();
    let server = serve(&folder.redb());
    let ada = log_in(&server, "Ada");
    let said = refused(&[("STORE", &folder.redb())]);
    assert!(said.contains("Another process has") && said.contains("STORE=redis://"), "{said}");
    expect_user(&server, &ada, "Ada");
}

#[test]
fn a_file_that_is_no_store_and_a_setting_that_is_none_get_one_clear_line() {
    let folder = Folder::new();
    let path = folder.path().join("sessions.redb");
    fs::write(&path, "this is not a database, and long enough to be looked at".repeat(200))
        .unwrap();
    let said = refused(&[("STORE", &folder.redb())]);
    assert!(said.contains("Can't open") && said.contains("STORE=redb:PATH"), "{said}");
    let said = refused(&[("STORE", &format!("redb:{}", folder.path().display()))]);
    assert!(said.contains("Can't open"), "{said}");
    for store in ["", "redb:", "postgres://localhost", "redis:"] {
        let said = refused(&[("STORE", store)]);
        assert!(said.contains("STORE=redis://HOST:PORT"), "STORE={store}: {said}");
    }
    let said = refused(&[("STORE", "postgres://ada:secret@localhost")]);
    assert!(!said.contains("secret"), "a password is not printed: {said}");
    for (name, value) in [("SECURE", "yes"), ("IDLE_SECONDS", "0"), ("SESSION_SECONDS", "a day")] {
        let said = refused(&[("STORE", &folder.redb()), (name, value)]);
        assert!(said.contains(name) && said.contains(value), "{said}");
    }
}

#[test]
fn a_redis_that_can_not_be_used_gets_one_clear_line() {
    let sentence = if cfg!(feature = "redis") {
        "STORE=redis://HOST:PORT"
    } else {
        "Type: cargo run -p server-sessions --features redis"
    };
    for store in ["redis://", "redis://:secret@127.0.0.1:99999"] {
        let said = refused(&[("STORE", store)]);
        assert!(said.contains(sentence), "STORE={store}: {said}");
        assert!(!said.contains("secret"), "a password is not printed: {said}");
    }
}

#[test]
fn the_server_prints_where_the_sessions_are() {
    let folder = Folder::new();
    let server = serve(&folder.redb());
    let path = folder.path().join("sessions.redb");
    assert!(server.output().contains(&path.display().to_string()), "{}", server.output());
}

#[test]
fn a_copy_of_the_store_opens_no_door() {
    let folder = Folder::new();
    let server = serve(&folder.redb());
    let ada = log_in(&server, "Ada");
    drop(server);
    let file = fs::read(folder.path().join("sessions.redb")).unwrap();
    let holds = |needle: &[u8]| file.windows(needle.len()).any(|window| window == needle);
    assert!(holds(b"Ada"), "the record should be in the file");
    assert!(!holds(ada.trim_start_matches("sid=").as_bytes()), "the id should not be in the file");
}

#[test]
fn a_look_into_the_file_shows_who_and_what_and_until_when_and_no_id() {
    let folder = Folder::new();
    let store = folder.redb();
    let look = || probe::run(SERVER, &["look"], &[("STORE", &store)]);
    let server = serve(&store);
    let ada = log_in(&server, "Ada");
    assert_eq!(server.send(note(&ada, "milk\u{1b}[2J")).status, 303);
    let planted = sid(&server.send(post("/notes", &[("note", "eggs")])));
    let meanwhile = look();
    assert!(meanwhile.errors.contains("Another process has"), "{meanwhile:?}");
    drop(server);
    let shown = look();
    assert_eq!((shown.code, &*shown.errors), (Some(0), ""), "{shown:?}");
    for (start, says) in [
        (start_of_hash(&ada), r#""Ada"  ends in 29 min  notes: ["milk\u{1b}[2J"]"#),
        (start_of_hash(&planted), r#"nobody  ends in 29 min  notes: ["eggs"]"#),
    ] {
        let line = shown.output.lines().find(|line| line.starts_with(&start)).unwrap_or_default();
        assert_eq!(line.replace("30 min", "29 min"), format!("{start}  {says}"), "{shown:?}");
    }
    for cookie in [ada, planted] {
        assert!(!shown.output.contains(cookie.trim_start_matches("sid=")), "{shown:?}");
    }
}

#[test]
fn a_record_that_can_not_be_read_is_no_session_and_is_removed() {
    const SESSIONS: TableDefinition<&[u8; 32], &[u8]> = TableDefinition::new("sessions");
    let folder = Folder::new();
    let path = folder.path().join("sessions.redb");
    let server = serve(&folder.redb());
    let (ada, bob) = (log_in(&server, "Ada"), log_in(&server, "Bob"));
    drop(server);
    let database = Database::open(&path).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(SESSIONS).unwrap().insert(&hash(&ada), &b"{\"notes\":7}"[..]).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let server = serve(&folder.redb());
    expect_nobody(&server, &ada);
    expect_nobody(&server, &ada);
    expect_user(&server, &log_in(&server, "Ada"), "Ada");
    expect_user(&server, &bob, "Bob");
    assert_eq!(server.errors().matches("can't be read").count(), 1, "{}", server.errors());
    drop(server);
    let transaction = Database::open(&path).unwrap().begin_read().unwrap();
    assert!(transaction.open_table(SESSIONS).unwrap().get(&hash(&ada)).unwrap().is_none());
}

#[test]
fn a_damaged_file_gets_a_clear_line_or_is_opened() {
    let folder = Folder::new();
    let path = folder.path().join("sessions.redb");
    let server = serve(&folder.redb());
    for number in 0..20 {
        log_in(&server, &format!("user{number}"));
    }
    drop(server);
    let whole = fs::read(&path).unwrap();
    for twelfth in 1..12 {
        fs::write(&path, &whole[..whole.len() * twelfth / 12]).unwrap();
        let mut child = start(&[("STORE", &folder.redb())]);
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        let _ = child.kill();
        let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
        assert!(
            first.starts_with("Sessions are kept in")
                || said.contains("Give another file: STORE=redb:PATH"),
            "{twelfth} twelfths: {first}{said}"
        );
        assert!(said.lines().count() <= 1, "{twelfth} twelfths: redb's own words: {said}");
    }
}

#[test]
fn a_server_whose_terminal_is_closed_still_serves() {
    let folder = Folder::new();
    assert_serves_unheard(SERVER, &[("STORE", &folder.redb())]);
}

/// A limit on the size of files is to a program what a full disk is: a write that needs more fails.
#[cfg(unix)]
#[test]
fn where_the_disk_is_full_reads_go_on_and_the_terminal_says_it_once() {
    let folder = Folder::new();
    let limited = "trap '' XFSZ; ulimit -f 4000; exec \"$0\"";
    let server = Server::start_with("sh", &["-c", limited, SERVER], &[("STORE", &folder.redb())]);
    let ada = log_in(&server, "Ada");
    let (mut long, mut refused) = ("x".repeat(8000), 0);
    while refused < 20 {
        let reply = server.send(post("/notes", &[("note", &long)]));
        if reply.status == 503 {
            expect(&reply, "whether what you asked for was done");
            assert_eq!(reply.set_cookies(), [""; 0], "{reply}");
            refused += 1;
            // What is smaller may still find room: fill that, too.
            long.truncate(long.len().div_ceil(2));
        } else {
            assert_eq!(reply.status, 303, "{reply}");
        }
        expect_user(&server, &ada, "Ada");
    }
    let said = server.errors_with("can't be written");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[cfg(unix)]
#[test]
fn the_file_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let _server = serve(&folder.redb());
    let mode = fs::metadata(folder.path().join("sessions.redb")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn after_a_kill_in_the_middle_of_writes_every_acknowledged_write_is_there() {
    const ROUNDS: u64 = 50;
    let folder = Folder::new();
    let mut users: Vec<(String, String, Vec<String>)> = Vec::new();
    for round in 0..ROUNDS {
        let server = serve(&folder.redb());
        for (username, cookie, acknowledged) in users.iter().rev().take(6) {
            expect_user(&server, cookie, username);
            let stored = notes(&server, cookie);
            for note in acknowledged {
                assert!(
                    stored.contains(note),
                    "round {round}: {username}'s note {note} was acknowledged and is lost"
                );
            }
            assert!(
                stored.iter().all(|note| note.starts_with(username)),
                "{username} has somebody else's notes: {stored:?}"
            );
        }
        let written = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for writer in 0..3 {
                let (server, written) = (&server, &written);
                scope.spawn(move || {
                    write_until_killed(server, &format!("user{round}x{writer}x"), written)
                });
            }
            // Killed at another moment of the writes in each round.
            thread::sleep(Duration::from_millis(15 + (round * 7) % 40));
            kill(server.process_id().unwrap());
        });
        users.extend(written.into_inner().unwrap());
    }
    let server = serve(&folder.redb());
    let acknowledged: usize = users.iter().map(|(_, _, notes)| notes.len()).sum();
    assert!(acknowledged >= 100, "the rounds should have written something: {acknowledged}");
    for (username, cookie, _) in &users {
        expect_user(&server, cookie, username);
    }
    expect_nobody(&server, "sid=0123456789abcdef0123456789abcdef");
}

/// Logs in and notes, until nobody answers any more. Keeps what was acknowledged.
fn write_until_killed(
    server: &Server,
    username: &str,
    written: &Mutex<Vec<(String, String, Vec<String>)>>,
) {
    let Some(reply) = answer(server, post("/login", &[("username", username)])) else {
        return;
    };
    let Some(cookie) = reply.pair("sid").map(str::to_owned) else { return };
    let mut acknowledged = Vec::new();
    for count in 0.. {
        let text = format!("{username}{count}");
        match answer(server, note(&cookie, &text)) {
            Some(reply) if reply.status == 303 => acknowledged.push(text),
            _ => break,
        }
    }
    written.lock().unwrap().push((username.to_owned(), cookie, acknowledged));
}

/// The reply, where the server lived long enough to send one.
fn answer(server: &Server, request: probe::Request) -> Option<probe::Reply> {
    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| server.send(request)));
    sent.ok().filter(|reply| reply.status == 303)
}

/// SIGKILL: no handler runs, nothing is flushed.
fn kill(process: u32) {
    let program = if cfg!(windows) { "taskkill" } else { "kill" };
    let arguments: &[&str] = if cfg!(windows) { &["/F", "/PID"] } else { &["-9"] };
    assert!(
        Command::new(program).args(arguments).arg(process.to_string()).status().unwrap().success()
    );
}

#[test]
fn no_script_of_a_page_can_read_the_wire() {
    let folder = Folder::new();
    probe::assert_no_script_reads_the_wire(&serve(&folder.redb()), &["/login", "/sessions"]);
}
