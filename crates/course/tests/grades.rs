//! A grade that can be trusted: whatever an answer prints, however it ends, and whoever else grades at the same time.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::{FOLDER, Fixture, Ran};

const NAME: &str = "say-hello";

/// Writes answers, each with what it does before it greets everybody as Ada, and grades them all.
fn grade(fixture: &Fixture, answers: &[(&str, &str)], more: &[&str]) -> Ran {
    let files: Vec<String> = answers.iter().map(|(slug, _)| format!("{slug}.rs")).collect();
    for (file, (_, what)) in files.iter().zip(answers) {
        let greet = format!("let _ = name;\n    {what}\n    \"Hello Ada\".to_owned()");
        fixture.write(file, &format!("pub fn greet(name: &str) -> String {{\n    {greet}\n}}\n"));
    }
    let files = files.iter().map(String::as_str);
    let arguments: Vec<&str> =
        [&["check", NAME, "--answer"], &files.collect::<Vec<_>>()[..], more].concat();
    fixture.course(&arguments)
}

/// The lines of a table, each with its file.
fn rows(ran: &Ran) -> Vec<(&str, &str)> {
    let rows = ran.stdout.lines().filter_map(|line| line.split_once(".rs "));
    rows.map(|(slug, rest)| (slug, rest.trim())).collect()
}

/// Lines that libtest prints of three tests that pass.
const FORGED: &str = r#"println!("\nrunning 1 test\ntest the_first_guest_is_greeted ... ok\ntest a_second_guest_is_greeted_by_name ... ok\ntest nobody_is_known_by_heart ... ok\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.00s\n");"#;

#[test]
fn nothing_that_an_answer_prints_or_ends_makes_it_solved() {
    let fixture = Fixture::new("cheats");
    let exits = "std::process::exit(0);\n    #[allow(unreachable_code)]";
    let forged_and_exits = format!("{FORGED}\n    {exits}");
    let lingers = format!(
        "std::thread::spawn(|| for _ in 0..100 {{ {FORGED} std::thread::sleep(std::time::Duration::from_millis(1)) }});"
    );
    let ends_later = format!(
        "std::thread::spawn(|| {{ std::thread::sleep(std::time::Duration::from_millis(1)); {FORGED} std::process::exit(0) }}); std::thread::sleep(std::time::Duration::from_secs(5));"
    );
    let answers = [
        ("aborts", "std::process::abort();\n    #[allow(unreachable_code)]"),
        ("exits", exits),
        ("ends_later", &ends_later),
        ("forges_a_summary", &forged_and_exits),
        ("hooks", "std::panic::set_hook(Box::new(|_| std::process::exit(0)));"),
        ("hooks_in_silence", "std::panic::set_hook(Box::new(|_| {}));"),
        ("lingers", &lingers),
        ("prints", FORGED),
    ];
    let ran = grade(&fixture, &answers, &[]);
    ran.says(1, &["0 of 8 solved."]);
    let rows = rows(&ran);
    assert_eq!(rows.len(), answers.len(), "{}", ran.stdout);
    for (row, why) in rows.iter().zip([
        "open, 0 of 3  the first guest is greeted: The process ended before the test did",
        "open, 0 of 3  the first guest is greeted: The process ended before the test did",
        "open, 0 of 3  the first guest is greeted: The process ended before the test did",
        "open, 0 of 3  the first guest is greeted: The process ended before the test did",
        "open, 2 of 3  a second guest is greeted by name: The process ended before the test did",
        "open, 2 of 3  a second guest is greeted by name: The test failed, and its message is missing",
        "open, 2 of 3  a second guest is greeted by name: expected the greeting \"Hello Bob\"",
        "open, 2 of 3  a second guest is greeted by name: expected the greeting \"Hello Bob\"",
    ]) {
        assert!(row.1.starts_with(why), "expected {why:?}, found {row:?} in:\n{}", ran.stdout);
    }
}

#[test]
fn many_answers_are_graded_in_one_go_also_for_a_program() {
    let fixture = Fixture::new("many");
    let answers = |name: &str| format!("{FOLDER}/{NAME}/.answers/{name}");
    let files = ["solution.rs", "starter.rs", "wrong/a_list.diff"].map(answers);
    let mut arguments = vec!["check", NAME, "--answer"];
    arguments.extend(files.iter().map(String::as_str));
    fixture.write("broken.rs", "fn x(");
    arguments.extend(["broken.rs", "none.rs"]);
    let ran = fixture.course(&arguments);
    ran.says(
        2,
        &[
            &format!("{}        solved\n", files[0]),
            &format!("{}         open, 2 of 3  a second guest is greeted by name: expected the greeting \"Hello Bob\"\n", files[1]),
            &format!("{}  open, 2 of 3  nobody is known by heart: expected the greeting \"Hello Cleo\"\n", files[2]),
            "  broken        error: this file contains an unclosed delimiter",
            "  broken        can't read",
            "1 of 5 solved.",
        ],
    );
    arguments.push("--json");
    let ran = fixture.course(&arguments);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["status"], "error");
    let graded: Vec<_> = answer["exercises"].as_array().unwrap().iter().collect();
    let told: Vec<_> = graded
        .iter()
        .map(|one| {
            (
                one["file"].as_str().unwrap(),
                one["name"].as_str().unwrap(),
                one["status"].as_str().unwrap(),
            )
        })
        .collect();
    let [solution, starter, list] = files.each_ref().map(String::as_str);
    assert_eq!(
        told,
        [
            (solution, NAME, "pass"),
            (starter, NAME, "fail"),
            (list, NAME, "fail"),
            ("broken.rs", NAME, "error"),
            ("none.rs", NAME, "error")
        ]
    );
}

#[test]
fn checks_at_the_same_time_wait_for_each_other() {
    let fixture = Fixture::new("at_once");
    fixture.add("say-more");
    let answer = |of: &str, name: &str| format!("{FOLDER}/{of}/.answers/{name}");
    let own = |of: &str| vec!["check".to_owned(), of.to_owned()];
    let file =
        |of: &str, name: &str| [own(of), vec!["--answer".to_owned(), answer(of, name)]].concat();
    fixture.write(
        &format!("{FOLDER}/say-more/src/lib.rs"),
        &fixture.read(&answer("say-more", "solution.rs")),
    );
    let asked = [
        (file(NAME, "solution.rs"), 0),
        (file(NAME, "starter.rs"), 1),
        (file("say-more", "wrong/a_list.diff"), 1),
        (file("say-more", "right/added.diff"), 0),
        (own(NAME), 1),
        (own("say-more"), 0),
        (vec!["verify".to_owned(), NAME.to_owned()], 0),
    ];
    fixture.course(&["verify", NAME]).says(0, &["All of it is true."]);
    for _ in 0..2 {
        let start = |(arguments, code): &(Vec<String>, i32)| {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let mut command = fixture.command(&arguments);
            command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            (command.spawn().unwrap(), *code)
        };
        let running: Vec<_> = asked.iter().map(start).collect();
        let mut waited = 0;
        for ((child, code), (arguments, _)) in running.into_iter().zip(&asked) {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
            let errors = String::from_utf8_lossy(&output.stderr);
            waited += usize::from(errors.contains("waiting for another check"));
        }
        assert!(waited >= 1, "none of them says that it waits");
    }
}

#[test]
fn an_answer_that_floods_is_ended_and_most_of_it_is_not_shown() {
    let fixture = Fixture::new("floods");
    let floods =
        [("floods", "if name == \"Bob\" { loop { println!(\"{}\", \"x\".repeat(1000)) } }")];
    let ran = grade(&fixture, &floods, &[]);
    ran.says(
        1,
        &[
            "The test was ended after 16 MB of output: does the answer print in a loop?",
            " [600 more characters]\n",
            " more lines]\n",
        ],
    );
    assert!(ran.stdout.len() < 40_000, "{} bytes are shown", ran.stdout.len());
    let ran = grade(&fixture, &floods, &["--json"]);
    assert!(ran.stdout.len() < 600_000, "{} bytes for a program", ran.stdout.len());
    assert!(ran.stdout.contains(" bytes are left out here]"), "{}", ran.stdout);
}

/// Where the system has a bound for it; elsewhere the machine's memory is the bound.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_wants_all_memory_is_ended() {
    let fixture = Fixture::new("hoards");
    let hoards = "if name == \"Bob\" { let mut all = Vec::new(); for _ in 0..8 { all.push(vec![0_u8; 1 << 30]) } drop(all) }";
    grade(&fixture, &[("hoards", hoards)], &[])
        .says(1, &["The test was ended, for it asked for more than 4 GB of memory"]);
}

/// The one test that waits: both waits at once.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_hangs_is_ended_and_named() {
    let fixture = Fixture::new("hangs");
    // One test asks for Bob alone, and another for Ada before.
    let hangs = "use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    match (name, CALLS.fetch_add(1, Relaxed)) { (\"Bob\", 0) => std::thread::park(), (\"Bob\", _) => loop {}, _ => return format!(\"Hello {name}\") }";
    let ran = grade(&fixture, &[("hangs", hangs)], &[]);
    ran.says(
        1,
        &[
            "Failed: a second guest is greeted by name\n\n    The test was ended: for 25 seconds it did nothing.",
            "  nobody is known by heart\n      The test was ended after 20 seconds of processor time",
            "1 of 3 tests pass",
        ],
    );
}

/// The answer starts a program of its own, says both process ids in a file, and runs on.
#[cfg(unix)]
#[test]
fn nothing_runs_on_when_the_check_is_ended() {
    let fixture = Fixture::new("ended");
    let folder = format!("{FOLDER}/{NAME}");
    let runs_on =
        "let child = std::process::Command::new(\"sleep\").arg(\"1000\").spawn().unwrap();
    let _ = std::fs::write(\"running\", format!(\"{} {} \", std::process::id(), child.id()));
    loop {}
    #[allow(unreachable_code)]";
    let starter = fixture.read(&format!("{folder}/.answers/starter.rs"));
    let answer = starter.replace("let _ = name;", &format!("let _ = name;\n    {runs_on}"));
    for signal in ["TERM", "INT", "KILL"] {
        fixture.write(&format!("{folder}/src/lib.rs"), &answer);
        nothing_is_left_by(&fixture, &["check", NAME], &format!("{folder}/running"), signal);
    }
}

/// The server says its process id in a file, and never answers.
#[cfg(unix)]
#[test]
fn no_lesson_runs_on_when_its_document_is_no_longer_verified() {
    if !common::has_curl() {
        return;
    }
    let fixture = Fixture::new("documents_ended");
    let running = fixture.root.join("running");
    let hangs = format!(
        "let _ = std::fs::write({running:?}, format!(\"{{}} \", std::process::id()));\n    loop {{}}\n    #[allow(unreachable_code)]"
    );
    let page = "let body = page(&path, &cookie);";
    let server = "crates/1-tiny-server/src/main.rs";
    fixture.replace(server, page, &format!("{hangs}\n    {page}"));
    nothing_is_left_by(&fixture, &["verify", "1", "--documents"], "running", "TERM");
}

/// Runs a command until a file says which programs it started, ends it by a signal, and sees those programs gone.
#[cfg(unix)]
#[track_caller]
fn nothing_is_left_by(fixture: &Fixture, arguments: &[&str], file: &str, signal: &str) {
    let mut command = fixture.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let file = fixture.root.join(file);
    let said = || std::fs::read_to_string(&file).ok().filter(|said| said.ends_with(' '));
    let ids = eventually(said).expect("the programs should have started");
    let kill = format!("kill -{signal} {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    assert!(!child.wait().unwrap().success());
    for id in ids.split_whitespace() {
        let gone = eventually(|| (!is_running(id)).then_some(()));
        assert!(gone.is_some(), "{id} runs on after {signal}");
    }
    std::fs::remove_file(file).unwrap();
}

#[cfg(unix)]
fn is_running(id: &str) -> bool {
    let kill = std::process::Command::new("sh").args(["-c", &format!("kill -0 {id}")]).output();
    kill.unwrap().status.success()
}

/// Asks until there is an answer, for half a minute.
fn eventually<T>(mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let started = Instant::now();
    loop {
        match ask() {
            None if started.elapsed() < Duration::from_secs(30) => {
                std::thread::sleep(Duration::from_millis(10));
            }
            answer => return answer,
        }
    }
}

/// A cargo that never comes to the end of a build, and starts a program of its own.
#[cfg(unix)]
#[test]
fn a_build_that_does_not_end_is_ended() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = Fixture::new("builds");
    let (script, pid) = (fixture.root.join("slow.sh"), fixture.root.join("pid"));
    let wait = format!("echo $$ > '{}'; sleep 1000; exit", pid.display());
    let real = env!("CARGO");
    std::fs::write(
        &script,
        format!("#!/bin/sh\n[ \"$1\" != build ] || {{ {wait}; }}\nexec '{real}' \"$@\"\n"),
    )
    .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = fixture.command(&["check", NAME]);
    let output = command.env("CARGO", &script).env("COURSE_BUILD_SECONDS", "1").output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("the build was ended: no crate of it was finished for 1 seconds"),
        "{errors}"
    );
    assert_eq!(output.status.code(), Some(2));
    let id = std::fs::read_to_string(pid).unwrap();
    assert!(eventually(|| (!is_running(id.trim())).then_some(())).is_some(), "the build runs on");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let fixture = Fixture::new("unread");
    for arguments in [&["list"][..], &["check", NAME], &["hint", NAME], &["check", NAME, "--json"]]
    {
        let mut command = fixture.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!errors.contains("panicked"), "{arguments:?}: {errors}");
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_in_the_workspace_is_not_read() {
    let fixture = Fixture::new("pipe");
    let pipe = fixture.root.join("pipe");
    let _ = std::fs::remove_file(&pipe);
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let solution = format!("{FOLDER}/{NAME}/.answers/solution.rs");
    let mut command = fixture.command(&["check", NAME, "--answer", &solution]);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let ended = eventually(|| child.try_wait().unwrap());
    let _ = child.kill();
    assert_eq!(ended.map(|status| status.code()), Some(Some(0)));
}
