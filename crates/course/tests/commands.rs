//! What a student and an instructor type, and what they get.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use common::Fixture;

const FOLDER: &str = "crates/1-tiny-server/exercises/say-hello";
const SOURCE: &str = "crates/1-tiny-server/exercises/say-hello/src/lib.rs";

fn fixture() -> (Fixture, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    (Fixture::new("commands"), turn)
}

/// Lays an answer in as the student's.
fn answer_with(fixture: &Fixture, name: &str) {
    let answer = fixture.read(&format!("{FOLDER}/.answers/{name}"));
    fixture.write(SOURCE, &answer);
}

#[test]
fn the_list_says_what_waits_without_a_build() {
    let (fixture, _turn) = fixture();
    let list = [
        "1 exercise, 0 solved",
        "Lesson 1: Tiny server",
        "[ ] 1.1  say-hello",
        "5 min  core  open",
        "cargo course watch say-hello",
    ];
    fixture.course(&[]).says(0, &list);
    fixture.course(&["list"]).says(0, &list);
    assert!(!fixture.target().join("course").exists(), "a fresh clone is listed without a check");
}

#[test]
fn the_list_knows_solved_and_broken_ones() {
    let (fixture, _turn) = fixture();
    answer_with(&fixture, "solution.rs");
    fixture.course(&[]).says(0, &["1 exercise, 1 solved", "[x] 1.1  say-hello", "All solved."]);
    fixture.write(SOURCE, "fn x(");
    fixture.course(&[]).says(0, &["[!] 1.1  say-hello", "broken", "does not compile"]);
}

#[test]
fn an_open_exercise_shows_what_was_expected_then_the_exchange_then_what_to_type() {
    let (fixture, _turn) = fixture();
    let ran = fixture.course(&["check", "say-hello"]);
    let wanted = [
        "a second guest is greeted by name",
        "expected the greeting \"Hello Bob\"",
        "> GET /?name=Bob HTTP/1.1",
        "< Hello Ada",
        "cargo course check say-hello",
        "cargo course hint say-hello",
    ];
    ran.says(1, &wanted);
    let places: Vec<usize> = wanted.iter().map(|text| ran.stdout.find(text).unwrap()).collect();
    assert!(places.is_sorted(), "{}", ran.stdout);
    assert!(
        !ran.stdout.contains("panicked at") && !ran.stdout.contains("RUST_BACKTRACE"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_solved_exercise_asks_its_question() {
    let (fixture, _turn) = fixture();
    answer_with(&fixture, "solution.rs");
    fixture
        .course(&["check", "1.1"])
        .says(0, &["Solved: 3 of 3 tests pass.", "who told the server the name?"]);
}

#[test]
fn what_comes_next_is_the_next_open_exercise_from_here_on() {
    let fixture = Fixture::new("next");
    for name in ["say-more", "say-less", "say-first"] {
        fixture.add(name);
    }
    let manifest = "crates/1-tiny-server/exercises/say-first/Cargo.toml";
    fixture.replace(manifest, "core = true", "core = false");
    let solve = |name: &str| {
        let folder = format!("crates/1-tiny-server/exercises/{name}");
        let solution = fixture.read(&format!("{folder}/.answers/solution.rs"));
        fixture.write(&format!("{folder}/src/lib.rs"), &solution);
    };
    let next = |name: &str, expected: &str| {
        solve(name);
        let ran = fixture.course(&["check", name]);
        ran.says(0, &["Solved", &format!("\nNext: {expected} is open.")]);
        assert_eq!(ran.stdout.matches("Next: ").count(), 1, "{}", ran.stdout);
    };
    // In the order of the document: say-more, say-less, say-first, which is for fast finishers, say-hello.
    next("say-less", "say-first");
    next("say-hello", "say-more");
    solve("say-first");
    solve("say-more");
    let ran = fixture.course(&["check", "--all"]);
    ran.says(0, &["Solved: 3 of 3 tests pass."]);
    assert!(!ran.stdout.contains("Next: "), "all are solved:\n{}", ran.stdout);
}

#[test]
fn every_failing_test_is_listed_and_the_first_with_a_cause_in_full() {
    let (fixture, _turn) = fixture();
    let body = "if name == \"Ada\" { std::process::abort() }";
    fixture.replace(SOURCE, "let _ = name;", body);
    fixture.replace(SOURCE, "Hello Ada", "Hello\\u{1b}");
    fixture.course(&["check", "say-hello"]).says(
        1,
        &[
            "Failed: a second guest is greeted by name\n\n    expected the greeting \"Hello Bob\"\n\n    > GET /",
            "Also failed:\n  the first guest is greeted\n      The process ended before the test did",
            "< Hello\\u{1b}",
            "0 of 3 tests pass.",
        ],
    );
}

#[test]
fn a_handler_that_is_none_is_explained() {
    let (fixture, _turn) = fixture();
    let axum = "pub trait Handler<T, S> {}\nfn get<T, S>(_: impl Handler<T, S>) {}\npub fn app() { get(greet) }\n";
    fixture.write(SOURCE, &format!("{axum}{}", fixture.read(SOURCE).replace("//!", "//")));
    fixture.course(&["check", "say-hello"]).says(
        2,
        &[
            "Handler<_, _>` is not satisfied",
            "axum takes this function for no handler.",
            "is not switched on here.)\n\nIt does not compile.",
        ],
    );
}

#[test]
fn a_task_that_changes_under_an_answer_is_named_until_it_is_taken_over() {
    let (fixture, _turn) = fixture();
    let starter = format!("{FOLDER}/.answers/starter.rs");
    let is_named = |is: bool| {
        for arguments in [&["list"][..], &["check", "say-hello"]] {
            let ran = fixture.course(arguments);
            let named = ran.stdout.contains("The task of say-hello has changed since you began.");
            assert_eq!(named, is, "{arguments:?}:\n{}", ran.stdout);
        }
    };
    fixture.replace(SOURCE, "let _ = name;", "let _ = &name;");
    is_named(false);
    fixture.replace(&starter, "greet each by name.", "greet each by name, politely.");
    is_named(true);
    fixture.course(&["reset", "say-hello", "--yes"]).says(0, &["before-reset-1"]);
    fixture.replace(SOURCE, "let _ = name;", "let _ = &name;");
    is_named(false);
    // Or a `git pull` laid the new task into the answer: then it only waits to be solved.
    fixture.replace(&starter, "politely.", "and politely.");
    is_named(true);
    answer_with(&fixture, "solution.rs");
    fixture.course(&["check", "say-hello"]).says(0, &["Solved"]);
    is_named(false);
}

#[test]
fn a_solution_is_tried_as_often_as_asked() {
    let (fixture, _turn) = fixture();
    fixture
        .course(&["verify", "say-hello", "--times", "3"])
        .says(0, &["time 3 of 3", "1 exercise, 3 answers", "All of it is true."]);
    let solution = format!("{FOLDER}/.answers/solution.rs");
    let sometimes = "use std::io::Write;
    let mut calls = std::fs::File::options().create(true).append(true).open(\"calls\").unwrap();
    calls.write_all(b\"x\").unwrap();
    if calls.metadata().unwrap().len() > 9 { String::new() } else { format!(\"Hello {name}\") }";
    fixture.replace(&solution, "format!(\"Hello {name}\")", sometimes);
    fixture
        .course(&["verify", "say-hello", "--times", "3"])
        .says(1, &[".answers/solution.rs: it fails `", "expected the greeting"]);
}

#[test]
fn an_edit_during_a_check_has_no_grade_yet() {
    let (fixture, _turn) = fixture();
    answer_with(&fixture, "solution.rs");
    // The answer plays the editor: it runs in the exercise's folder.
    let edits = "let _ = std::fs::write(\"src/lib.rs\", \"fn x(\");\n    format!(";
    fixture.replace(SOURCE, "format!(", edits);
    fixture.course(&["check", "say-hello"]).says(0, &["Solved"]);
    fixture.course(&[]).says(0, &["[!] 1.1  say-hello", "broken"]);
}

#[test]
fn an_answer_with_an_old_date_is_checked_all_the_same() {
    let (fixture, _turn) = fixture();
    fixture.course(&["check", "say-hello"]).says(1, &["2 of 3 tests pass"]);
    answer_with(&fixture, "solution.rs");
    // As a copy does that keeps the file's time: cargo alone would see no edit.
    let file = std::fs::File::options().write(true).open(fixture.root.join(SOURCE)).unwrap();
    file.set_modified(std::time::SystemTime::now() - Duration::from_secs(3600)).unwrap();
    fixture.course(&["check", "say-hello"]).says(0, &["Solved: 3 of 3 tests pass."]);
}

#[test]
fn a_broken_exercise_shows_the_compilers_words() {
    let (fixture, _turn) = fixture();
    fixture.replace(SOURCE, "\"Hello Ada\".to_owned()", "5");
    fixture.course(&["check", "say-hello"]).says(2, &["mismatched types", "It does not compile."]);
    // A plain `cargo test` never compiles a student's answer.
    let mut plain = std::process::Command::new(env!("CARGO"));
    plain.arg("test").current_dir(&fixture.root).env("CARGO_TARGET_DIR", fixture.target());
    assert!(plain.output().unwrap().status.success());
}

#[test]
fn what_the_answer_prints_is_shown_and_cannot_steer_the_terminal() {
    let (fixture, _turn) = fixture();
    fixture.replace(SOURCE, "let _ = name;", "println!(\"asked for {name}\\x1b[2J\");");
    fixture
        .course(&["check", "say-hello"])
        .says(1, &["The server printed:", "asked for Bob\\u{1b}[2J"]);
}

#[test]
fn names_that_do_not_exist_are_answered_with_the_nearest() {
    let (fixture, _turn) = fixture();
    for arguments in [
        ["check", "say-helo"],
        ["hint", "sayhello"],
        ["watch", "hello"],
        ["solution", "say-hallo"],
        ["run", "say-hell"],
        ["reset", "say"],
        ["verify", "say-helo"],
    ] {
        fixture.course(&arguments).says(2, &["did you mean `say-hello`?"]);
    }
    fixture.course(&["run", "tiny-serve"]).says(2, &["did you mean `tiny-server`?"]);
    fixture
        .course(&["check", "1"])
        .says(2, &["`1` is a lesson, not an exercise; its exercises: say-hello"]);
    let ran = fixture.course(&["check", "lesson1"]);
    ran.says(2, &["there is no exercise `lesson1`: there is say-hello"]);
    fixture.course(&["chek"]).says(2, &["check"]);
    fixture.course(&["reset"]).says(2, &["name one exercise to reset, or say --all"]);
    fixture.course(&["check", "--all", "--answer", "no.rs"]).says(2, &["no.rs"]);
}

#[test]
fn hints_come_one_by_one() {
    let (fixture, _turn) = fixture();
    for (number, says) in
        [(1, "Look at the name."), (2, "The name is an argument."), (3, "Write"), (3, "Write")]
    {
        // Without a name it says for which exercise it is.
        let arguments = if number == 1 { &["hint"][..] } else { &["hint", "say-hello"] };
        let ran = fixture.course(arguments);
        ran.says(0, &["1.1 say-hello: Say hello", says]);
        assert_eq!(ran.stdout.matches("Hint ").count(), number, "{}", ran.stdout);
    }
}

#[test]
fn a_reset_asks_and_keeps_what_was_there() {
    let (fixture, _turn) = fixture();
    fixture.course(&["reset", "say-hello"]).says(0, &["Nothing to reset"]);
    fixture.write(SOURCE, "my answer");
    fixture.course(&["reset", "say-hello"]).says(2, &["nobody is here to be asked", "--yes"]);
    assert_eq!(fixture.read(SOURCE), "my answer");
    fixture.course(&["reset", "say-hello", "--yes"]).says(0, &["src/lib.rs.before-reset-1"]);
    assert_eq!(fixture.read(SOURCE), fixture.read(&format!("{FOLDER}/.answers/starter.rs")));
    assert_eq!(fixture.read(&format!("{SOURCE}.before-reset-1")), "my answer");
    fixture.write(SOURCE, "another");
    fixture.course(&["reset", "--all", "--yes"]).says(0, &["src/lib.rs.before-reset-2"]);
    assert_eq!(fixture.read(&format!("{SOURCE}.before-reset-1")), "my answer");
}

#[test]
fn the_solution_must_be_earned_or_asked_for() {
    let (fixture, _turn) = fixture();
    fixture.course(&["solution", "say-hello"]).says(1, &["is not solved yet", "--spoil"]);
    let shown = [
        "-    \"Hello Ada\".to_owned()\n    +    format!(\"Hello {name}\")\n",
        "knows two guests by heart",
        "fails: nobody is known by heart",
        "+        \"Ada\" | \"Bob\" => ",
        "puts the words together in another way",
        "Aloud\n\nwho told the server the name?\n\nThe guest did, in the request.",
    ];
    let spoilt = fixture.course(&["solution", "say-hello", "--spoil"]);
    spoilt.says(0, &shown);
    assert!(!spoilt.stdout.contains("//! Exercise"), "the rest is not shown:\n{}", spoilt.stdout);
    answer_with(&fixture, "solution.rs");
    fixture.course(&["solution", "say-hello"]).says(0, &shown);
    let whole = ["//! Exercise: say hello.", "\n    format!(\"Hello {name}\")\n", shown[1]];
    fixture.course(&["solution", "say-hello", "--whole"]).says(0, &whole);
}

#[test]
fn an_instructor_grades_a_file_and_nothing_changes() {
    let (fixture, _turn) = fixture();
    let before = fixture.read(SOURCE);
    let answer = |name: &str| format!("{FOLDER}/.answers/{name}");
    fixture
        .course(&["check", "say-hello", "--answer", &answer("solution.rs")])
        .says(0, &["Solved"]);
    fixture
        .course(&["check", "say-hello", "--answer", &answer("wrong/a_list.diff")])
        .says(1, &["nobody is known by heart"]);
    fixture
        .course(&["check", "say-hello", "--answer", &answer("right/added.diff")])
        .says(0, &["Solved"]);
    fixture.write("broken.rs", "fn x(");
    fixture
        .course(&["check", "say-hello", "--answer", "broken.rs"])
        .says(2, &["It does not compile"]);
    assert_eq!(fixture.read(SOURCE), before);
    fixture.course(&[]).says(0, &["0 solved"]);
}

#[test]
fn an_author_edits_a_wrong_answer_as_a_file_and_saves_it_as_a_patch() {
    let (fixture, _turn) = fixture();
    let patch = format!("{FOLDER}/.answers/wrong/a_list.diff");
    let starter = fixture.read(SOURCE);
    fixture.course(&["wrong", "say-hello"]).says(0, &["wrong/a_list", "right/added"]);
    fixture.course(&["wrong", "say-hello", "a_lst"]).says(2, &["did you mean `a_list`?"]);
    fixture.course(&["wrong", "say-hello", "new", "--save"]).says(2, &["is the starter"]);
    fixture.course(&["wrong", "say-hello", "a_list"]).says(0, &["src/lib.rs is now a_list"]);
    fixture.course(&["wrong", "say-hello", "added"]).says(2, &["is not the starter"]);
    fixture.replace(SOURCE, "\"Ada\" | \"Bob\"", "\"Ada\" | \"Bob\" | \"Dan\"");
    fixture.course(&["wrong", "say-hello", "a_list", "--save"]).says(0, &["is the starter again"]);
    assert_eq!(fixture.read(SOURCE), starter);
    let saved = fixture.read(&patch);
    assert!(
        saved.starts_with("Wrong: knows two guests by heart.\nKilled by: nobody_is_known"),
        "{saved}"
    );
    assert!(saved.contains("+        \"Ada\" | \"Bob\" | \"Dan\" => "), "{saved}");

    fixture.replace(SOURCE, "Hello Ada", "Hello Bob");
    fixture.course(&["wrong", "say-hello", "only_bob", "--save"]).says(0, &["Now write its head"]);
    let saved = fixture.read(&format!("{FOLDER}/.answers/wrong/only_bob.diff"));
    assert!(saved.contains("--- starter.rs\n+++ only_bob\n"), "the starter is nearer:\n{saved}");
    assert!(saved.contains("Wrong: SAY WHY."), "{saved}");
}

#[test]
fn patches_follow_what_became_of_the_solution() {
    let (fixture, _turn) = fixture();
    let answer = |name: &str| format!("{FOLDER}/.answers/{name}");
    let git = |arguments: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=a", "-c", "user.email=a@example.org"]).args(arguments);
        assert!(git.current_dir(fixture.root.join(FOLDER)).output().unwrap().status.success());
    };
    let refresh = || fixture.course(&["wrong", "say-hello", "--refresh"]);
    refresh().says(0, &["Every patch fits."]);
    git(&["init"]);
    git(&["add", "."]);
    git(&["commit", "-m", "The solution that the patches are made of"]);
    fixture.replace(&answer("solution.rs"), "/// The greeting", "/// What is said: the greeting");
    fixture.replace(&answer("solution.rs"), "pub fn greet", "#[must_use]\npub fn greet");
    let is_named = |line: usize| format!("hunk 1 is not what solution.rs has at line {line}");
    fixture.course(&["wrong", "say-hello", "a_list"]).says(2, &[&is_named(6)]);
    // Also when the change was committed before anybody thought of the patches.
    git(&["commit", "-a", "-m", "A new line in the solution"]);
    refresh().says(0, &["a_list.diff: moved, with what was changed", "Every patch fits."]);
    assert!(fixture.read(&answer("wrong/a_list.diff")).contains("\n@@ -7,3 +7,6 @@\n"));
    fixture.course(&["wrong", "say-hello", "a_list"]).says(0, &["src/lib.rs is now a_list"]);
    assert!(fixture.read(SOURCE).contains("#[must_use]\npub fn greet"), "it follows the solution");

    // Where the answers differ from the solution there is no telling what was meant.
    git(&["commit", "-a", "-m", "Fresh patches"]);
    fixture.replace(&answer("solution.rs"), "Hello {name}", "Good day {name}");
    refresh().says(1, &["a_list.diff: solution.rs was changed where this answer differs"]);

    // A kit has no history: the lines themselves are looked for.
    std::fs::remove_dir_all(fixture.root.join(FOLDER).join(".git")).unwrap();
    refresh()
        .says(1, &["a_list.diff: error applying hunk #1: its lines are no longer in solution.rs"]);
    fixture.replace(&answer("solution.rs"), "Good day {name}", "Hello {name}");
    fixture.replace(&answer("solution.rs"), "#[must_use]\n", "");
    refresh().says(0, &["a_list.diff: moved to the nearest place with the same lines: look at it"]);
    assert!(fixture.read(&answer("wrong/a_list.diff")).contains("\n@@ -6,3 +6,6 @@\n"));
}

/// Runs a command as in a terminal whose variables these are.
fn course_in(fixture: &Fixture, variables: &[(&str, &str)], arguments: &[&str]) -> String {
    let mut command = fixture.command(arguments);
    command.env_remove("CRUMBS_LANG").envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

#[test]
fn the_tool_speaks_the_language_of_the_terminal() {
    let (fixture, _turn) = fixture();
    let chinese = |arguments: &[&str]| course_in(&fixture, &[("CRUMBS_LANG", "zh")], arguments);
    let says = |arguments: &[&str], expected: &[&str]| {
        let said = chinese(arguments);
        for text in expected {
            assert!(said.contains(text), "expected {text:?} in:\n{said}");
        }
    };
    says(&[], &["1 个练习，解决了 0 个", "第 1 课：Tiny server", " 5 分钟  必做  未解决  打招呼"]);
    says(&["hint", "say-hello"], &["1.1 say-hello：打招呼", "提示 1/3：看看名字。"]);
    says(
        &["check"],
        &["没有通过：a second guest is greeted by name", "3 个测试通过了 2 个。修改 "],
    );
    says(
        &["run", "say-helo"],
        &["cargo course: 没有叫 `say-helo` 的课或练习；你是说 `say-hello` 吗？"],
    );
    says(&["check", "--help"], &["用法：cargo course check", "每个练习"]);
    for file in ["lessons/zh/1-tiny-server.md", "lessons/zh/README.md"] {
        fixture.write(file, "# x\n\n### say-hello：问好\n\n大声回答：谁告诉了服务器名字？\n");
    }
    answer_with(&fixture, "solution.rs");
    says(&["check"], &["解决了：3 个测试通过了 3 个。", "大声回答：\n  谁告诉了服务器名字？"]);
    says(
        &[],
        &["阅读 lessons/zh/1-tiny-server.md，运行：cargo course run 1", "已解决", "全部解决了。"],
    );

    let list = |variables: &[(&str, &str)]| course_in(&fixture, variables, &["list"]);
    let none = [("LC_ALL", ""), ("LC_MESSAGES", "")];
    let [all, messages] = none;
    assert!(list(&[all, messages, ("LANG", "zh_CN.UTF-8")]).contains("全部解决了。"));
    assert!(list(&[("LC_ALL", "C"), messages, ("LANG", "zh_CN.UTF-8")]).contains("All solved."));
    assert!(
        list(&[all, messages, ("LANG", "zh_CN.UTF-8"), ("CRUMBS_LANG", "en")])
            .contains("All solved.")
    );
    // Programs read it.
    let json = ["check", "--json"];
    assert_eq!(chinese(&json), course_in(&fixture, &[("CRUMBS_LANG", "en")], &json));
    assert!(chinese(&json).contains("\"title\": \"Say hello\""));
}

#[test]
fn graders_get_one_json_object() {
    let (fixture, _turn) = fixture();
    let ran = fixture.course(&["check", "say-hello", "--json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let start = "{\n  \"version\": 3,\n  \"status\": \"fail\",\n  \"exercises\": [\n    {\n      \"name\": \"say-hello\",";
    assert!(ran.stdout.starts_with(start), "in the order that a person reads:\n{}", ran.stdout);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["version"], 3);
    assert_eq!(answer["status"], "fail");
    let exercise = &answer["exercises"][0];
    assert_eq!(
        (exercise["name"].as_str(), exercise["title"].as_str(), exercise["status"].as_str()),
        (Some("say-hello"), Some("Say hello"), Some("fail"))
    );
    let tests: Vec<_> = exercise["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|test| (test["name"].as_str().unwrap(), test["status"].as_str().unwrap()))
        .collect();
    assert_eq!(
        tests,
        [
            ("the_first_guest_is_greeted", "pass"),
            ("a_second_guest_is_greeted_by_name", "fail"),
            ("nobody_is_known_by_heart", "pass")
        ]
    );
    assert!(exercise["tests"][1]["message"].as_str().unwrap().starts_with("expected the greeting"));

    fixture.write(SOURCE, "fn x(");
    let ran = fixture.course(&["check", "--json"]);
    assert_eq!(ran.code, 2);
    let answer: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(answer["exercises"][0]["status"], "error");
    assert!(answer["exercises"][0]["message"].as_str().unwrap().contains("unclosed delimiter"));
    assert_eq!(answer["exercises"][0]["tests"][0]["status"], "error");
}

#[test]
fn run_starts_an_exercise() {
    let (fixture, _turn) = fixture();
    fixture.course(&["run", "say-hello"]).says(0, &["Hello Ada"]);
}

#[test]
fn watch_checks_at_each_save_and_shows_what_changed() {
    let (fixture, _turn) = fixture();
    let mut child = fixture
        .command(&["watch", "say-hello"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut keys = child.stdin.take().unwrap();
    let (send, lines) = mpsc::channel();
    let stdout = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = send.send(line);
        }
    });
    let wait_for = |text: &str| {
        let mut seen = String::new();
        while !seen.contains(text) {
            let line = lines
                .recv_timeout(Duration::from_secs(30))
                .unwrap_or_else(|_| panic!("expected {text:?} in:\n{seen}"));
            seen.push_str(&line);
            seen.push('\n');
        }
        seen
    };
    wait_for("expected the greeting \"Hello Bob\"");
    wait_for("q quit");
    fixture
        .course(&["wrong", "say-hello", "a_list"])
        .says(0, &["cargo course wrong say-hello a_list --save"]);
    let seen = wait_for("now fails: nobody is known by heart");
    assert!(seen.contains("now passes: a second guest is greeted by name"), "{seen}");
    writeln!(keys, "h").unwrap();
    wait_for("Hint 1 of 3");
    writeln!(keys, "x").unwrap();
    wait_for("`x` is none of h, n, q and Enter");
    answer_with(&fixture, "solution.rs");
    wait_for("Solved: 3 of 3 tests pass.");
    writeln!(keys, "n").unwrap();
    wait_for("There is no other exercise to solve.");
    writeln!(keys, "q").unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn an_exercise_outside_the_workspace_is_named() {
    let (fixture, _turn) = fixture();
    fixture.replace("Cargo.toml", "\"crates/*\", \"crates/*/exercises/*\"", "\"crates/*\"");
    fixture
        .course(&["verify", "--exercises"])
        .says(1, &["say-hello: an exercise's folder that is no package of the workspace"]);
}

#[test]
fn metadata_that_cannot_be_read_is_named() {
    let (fixture, _turn) = fixture();
    fixture.replace(&format!("{FOLDER}/Cargo.toml"), "minutes = 5", "minuets = 5");
    fixture
        .course(&["verify", "--exercises"])
        .says(1, &["say-hello/Cargo.toml: `[package.metadata.exercise]`", "minuets"]);
}
