//! Breaks a copy of a lesson in every way that `cargo course verify` should catch, and sees it reported at the right line.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::{Mutex, MutexGuard, PoisonError};

use common::{Fixture, Ran, has_curl};

const LESSON: &str = "lessons/1-tiny-server.md";
const MAIN: &str = "crates/1-tiny-server/src/main.rs";

/// How the fixture's lesson starts its server with a word, in PowerShell, and in both shells.
const POWERSHELL: &str =
    "```powershell\n$env:WORD=\"pear\"; cargo run -p tiny-server\nRemove-Item Env:WORD\n```\n\n";
const SETTINGS: &str = "```sh\nWORD=\"pear\" cargo run -p tiny-server\n```\n\n```powershell\n$env:WORD=\"pear\"; cargo run -p tiny-server\nRemove-Item Env:WORD\n```\n\n";

/// One copy for all tests, one test at a time: its server is built once.
fn fixture() -> (Fixture, MutexGuard<'static, ()>) {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    (Fixture::new("documents"), turn)
}

fn verify(fixture: &Fixture) -> Ran {
    fixture.course(&["verify", "--documents"])
}

/// Breaks the lesson's document by replacing `old` by `new`, and expects just one problem, at the line of `at`, that says `what`.
#[track_caller]
fn broken_document(old: &str, new: &str, at: &str, what: &str) {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace(LESSON, old, new);
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, at));
    verify(&fixture).says(1, &[&place, what, "1 problem."]);
}

#[test]
fn a_true_lesson_is_true() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    verify(&fixture)
        .says(0, &["3 documents, 2 code blocks, 5 commands, 7 links", "All of it is true."]);
}

#[test]
fn a_writers_own_settings_change_nothing() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace(LESSON, SETTINGS, "");
    fixture.replace(LESSON, "\npear\n", "\n\n");
    let mut verify = fixture.command(&["verify", "--documents"]);
    let ran = verify.env("WORD", "plum").env("http_proxy", "http://127.0.0.1:9").output().unwrap();
    let stdout = String::from_utf8_lossy(&ran.stdout);
    assert!(stdout.contains("All of it is true."), "{stdout}");
}

#[test]
fn a_table_of_what_browsers_did_is_held_to_the_file() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    let cells = r#"{"off":"works","lax":"stopped"}"#;
    fixture.write("crates/1-tiny-server/matrix.json", &format!("{{\"rows\":{{\"a\":{cells}}}}}"));
    let table = |cell| {
        format!(
            "<!-- matrix: crates/1-tiny-server/matrix.json -->\n| attack | lax |\n| - | - |\n| a | {cell} |\n"
        )
    };
    fixture.replace(LESSON, "Everywhere.\n", &table("stopped"));
    verify(&fixture).says(0, &["All of it is true."]);
    fixture.replace(LESSON, &table("stopped"), &table("works"));
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, "| a | works |"));
    verify(&fixture).says(1, &[&place, "measured was \"stopped\"", "1 problem."]);
}

#[test]
fn a_changed_character_in_a_block_is_found() {
    broken_document(
        "    self.0 += 1;",
        "    self.0 += 2;",
        "self.0 += 2;",
        "-         self.0 += 2;",
    );
}

#[test]
fn a_missing_line_in_a_block_is_found() {
    broken_document("        self.0 += 1;\n", "", "    self.0", "+         self.0 += 1;");
}

#[test]
fn a_renamed_function_is_found_with_the_nearest_name() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace(MAIN, "fn page(", "fn pages(");
    fixture.replace(MAIN, "page(&path", "pages(&path");
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, "<!-- code: crates"));
    verify(&fixture).says(1, &[&place, "has no `page`; the nearest is `pages`", "1 problem."]);
}

#[test]
fn an_item_that_is_there_twice_is_found() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    let main = fixture.read(MAIN);
    fixture.write(MAIN, &format!("{main}\n#[cfg(any())]\nfn page() {{}}\n"));
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, "<!-- code: crates"));
    verify(&fixture).says(1, &[&place, "has `page` 2 times, at lines"]);
}

#[test]
fn a_changed_header_is_found() {
    broken_document("x-number: 2", "x-number: 3", "x-number: 3", "+ x-number: 2");
}

#[test]
fn a_header_that_the_server_reorders_is_found() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace(
        MAIN,
        r"x-number: {number}\r\nset-cookie: seen=yes-{number}; Path=/\r\n",
        r"set-cookie: seen=yes-{number}; Path=/\r\nx-number: {number}\r\n",
    );
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, "x-number: 1"));
    verify(&fixture).says(1, &[&place, "- x-number: 1", "+ x-number: 1"]);
}

#[test]
fn headers_in_another_order_are_found() {
    broken_document(
        "set-cookie: seen=yes-2; Path=/\ncontent-length: 30",
        "content-length: 30\nset-cookie: seen=yes-2; Path=/",
        "content-length: 30",
        "+ content-length: 30",
    );
}

#[test]
fn a_missing_header_is_found() {
    broken_document("x-number: 1\n", "", "set-cookie: seen=[..]", "+ x-number: 1");
}

#[test]
fn an_answer_that_is_not_shown_is_found() {
    broken_document("pear\n", "", "http://localhost:3001/word", "+ pear");
}

#[test]
fn a_missing_section_is_found() {
    broken_document(
        "## Predict\n",
        "",
        "## On the wire",
        "the section `## Predict` is missing before `## On the wire`",
    );
}

#[test]
fn a_missing_last_section_is_found() {
    broken_document(
        "## Sources\n",
        "",
        "RFC 9110",
        "the section `## Sources` is missing at the end",
    );
}

#[test]
fn a_section_in_the_wrong_place_is_found() {
    let (rules, breaks) =
        ("## The rules\n\n![Hello](img/hello.svg)\n\n", "## Where this breaks\n\nEverywhere.\n\n");
    let what = "the section `## Where this breaks` belongs before `## Exercises`";
    broken_document(
        &format!("{rules}{breaks}"),
        &format!("{breaks}{rules}"),
        "## Where this breaks",
        what,
    );
}

#[test]
fn an_unknown_section_is_found() {
    broken_document(
        "## Predict\n",
        "## More\n\n## Predict\n",
        "## More",
        "is not one of the sections",
    );
}

#[test]
fn another_title_is_found() {
    broken_document(
        "# Lesson 1: Tiny",
        "# Lesson 2: Tiny",
        "# Lesson 2",
        "the document starts with its title, `# Lesson 1: …`",
    );
}

#[test]
fn dead_links_are_found() {
    broken_document(
        "../crates/1-tiny-server/src/main.rs)",
        "../crates/1-tiny-server/src/mian.rs)",
        "mian.rs",
        "the nearest is `main.rs`",
    );
    broken_document(
        "](#the-rules)",
        "](#the-ruler)",
        "the-ruler",
        "has no heading `#the-ruler`; the nearest is `#the-rules`",
    );
    broken_document(
        "../crates/1-tiny-server/src/main.rs)",
        "../crates/1-tiny-server/src/Main.rs)",
        "Main.rs",
        "the nearest is `main.rs`",
    );
    broken_document(
        "[the rules]",
        "[x](/classroom/) [the rules]",
        "/classroom/",
        "dead link `/classroom/`",
    );
}

#[test]
fn a_dead_heading_of_another_document_is_found() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace("lessons/README.md", "#the-story", "#the-tale");
    verify(&fixture).says(1, &["lessons/README.md:5: dead link `1-tiny-server.md#the-tale`"]);
}

#[test]
fn an_exercise_that_is_not_listed_is_found() {
    let row = "| `say-hello` | `cargo course check say-hello` | 5 | to greet |\n";
    broken_document(row, "", "| exercise |", "the table does not list the exercise `say-hello`");
}

#[test]
fn a_listed_exercise_that_does_not_exist_is_found() {
    let row = "| `say-hello` | `cargo course check say-hello` | 5 | to greet |\n";
    broken_document(
        row,
        &format!("{row}| `say-bye` | `cargo course check say-bye` | 5 | to part |\n"),
        "`say-bye`",
        "there is no exercise `say-bye`",
    );
}

#[test]
fn a_row_that_says_something_else_is_found() {
    broken_document(
        "check say-hello` | 5 |",
        "check say-hello` | 6 |",
        "say-hello` | 6",
        "`say-hello` takes 5 minutes",
    );
    broken_document(
        "`cargo course check say-hello`",
        "`cargo course say-hello`",
        "`cargo course say-hello`",
        "the command is `cargo course check say-hello`",
    );
}

#[test]
fn coming_is_no_answer_where_exercises_exist() {
    let table = "| exercise | command | minutes | what it teaches |\n| --- | --- | --- | --- |\n| `say-hello` | `cargo course check say-hello` | 5 | to greet |\n";
    broken_document(table, "Coming.\n", "## Exercises", "the exercises have no table");
}

#[test]
fn a_command_that_fails_is_found() {
    broken_document(
        "$ curl -s http://localhost:3001/word",
        "$ curl --no-such-option http://localhost:3001/word",
        "--no-such-option",
        "the command fails: curl ended with exit code 2",
    );
}

#[test]
fn without_curl_nothing_passes_in_silence() {
    let tools = std::path::Path::new(env!("CARGO")).parent().unwrap();
    if !has_curl() || tools.join("curl").exists() {
        return;
    }
    let (fixture, _turn) = fixture();
    // Built while the linker can be found.
    verify(&fixture).says(0, &[]);
    let output = fixture.command(&["verify", "--documents"]).env("PATH", tools).output().unwrap();
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("can't run curl") && stdout.contains("5 problems."), "{stdout}");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_line_that_one_shell_reads_otherwise_is_refused() {
    let word = "$ curl -s http://localhost:3001/word";
    broken_document(
        word,
        "$ curl -s -b 'a=b' http://localhost:3001/word",
        "-b 'a=b",
        "not the same in every shell: single quotes",
    );
    broken_document(
        word,
        "$ curl -s -o /dev/null http://localhost:3001/word",
        "/dev/null",
        "not the same in every shell: `/dev/null`",
    );
    broken_document(
        word,
        "$ curl -s http://localhost:3001/word?a=1&b=2",
        "a=1&b",
        "not the same in every shell: `?`",
    );
}

#[test]
fn another_program_or_another_address_is_refused() {
    broken_document(
        "$ curl -s http://localhost:3001/word",
        "$ cargo run",
        "$ cargo run",
        "a `console` block runs curl alone, not `cargo`",
    );
    broken_document(
        "http://localhost:3001/word",
        "http://localhost:3002/word",
        "3002",
        "is not this lesson's address, http://localhost:3001",
    );
}

#[test]
fn a_rust_block_must_name_its_code() {
    let comment = "<!-- code: not in this workspace, a sketch of what not to do -->\n```rust\n";
    broken_document(
        comment,
        "```rust,ignore\n",
        "```rust,ignore",
        "this `rust` block names no code",
    );
    broken_document(
        "workspace, a sketch of what not to do",
        "workspace",
        "not in this workspace",
        "say why",
    );
}

#[test]
fn a_python_block_that_nothing_runs_is_found() {
    let block = "```python\nprint(1)\n```\n\n## Sources\n";
    broken_document("## Sources\n", block, "```python", "nothing runs this `python` block");
    let with = |comment: &str| format!("<!-- python: {comment} -->\n{block}");
    let run = |comment, what| {
        broken_document("## Sources\n", &with(comment), "<!-- python:", what);
    };
    run("tests/run.py", "name what runs this block");
    run("tests/run.py one", "can't read `tests/run.py`");
    run("README.md one", "`README.md` has no function `one`: nothing runs this block");
}

#[test]
fn a_python_block_that_a_function_runs_is_true() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    let block = "<!-- python: run.py one -->\n```python\nprint(1)\n```\n\n## Sources\n";
    fixture.replace(LESSON, "## Sources\n", block);
    fixture.write("run.py", "def one(program):\n    pass\n");
    verify(&fixture).says(0, &["3 code blocks", "All of it is true."]);
    fixture.write("run.py", "def once(program):\n    def one(): pass\n");
    verify(&fixture).says(1, &["`run.py` has no function `one`", "1 problem."]);
}

#[test]
fn a_comment_without_its_block_is_found() {
    broken_document(
        "## Sources\n",
        "## Sources\n\n<!-- code: crates/x.rs y -->\n\nx\n",
        "crates/x.rs y",
        "no `rust` block follows this `code` comment",
    );
}

#[test]
fn a_server_is_started_as_the_document_says_last() {
    if !has_curl() {
        return;
    }
    let word = "WORD=\"pear\" cargo run -p tiny-server";
    let then = |after: &str, code: i32, says: &[&str]| {
        let (fixture, _turn) = fixture();
        fixture.replace(LESSON, SETTINGS, &format!("{SETTINGS}{after}"));
        verify(&fixture).says(code, says);
    };
    then("```sh\ncargo run -p tiny-server\n```\n\n", 1, &["- pear", "1 problem."]);
    // A second server leaves the first as it is, and so does another program of the package.
    let second = SETTINGS.replace("pear", "plum").replace("cargo", "PORT=\"3011\" cargo");
    let second = second.replace("; PORT", "; $env:PORT").replace("Env:WORD", "Env:WORD, Env:PORT");
    let second = second.replace("$env:PORT=\"3011\" ", "$env:PORT=\"3011\"; ");
    then(&second, 0, &["All of it is true."]);
    then("```sh\ncargo run -p tiny-server --example x\n```\n\n", 0, &["All of it is true."]);
    // What features there are, cargo knows.
    let (fixture, _turn) = fixture();
    fixture.replace(LESSON, word, &format!("{word} --features redis"));
    fixture.replace(
        LESSON,
        "\"pear\"; cargo run -p tiny-server",
        "\"pear\"; cargo run -p tiny-server --features redis",
    );
    verify(&fixture).says(1, &["the lesson's server can't be built", "redis", "1 problem."]);
}

#[test]
fn a_transcript_without_a_start_before_it_is_found() {
    broken_document(
        "```sh\ncargo run -p tiny-server\n```",
        "`cargo run -p tiny-server`",
        "```console",
        "no `sh` block before this transcript starts the server",
    );
}

#[test]
fn powershell_is_held_to_what_sh_is_told() {
    let other = "this block does something else than the `sh` block before it";
    for (old, new, at, what) in [
        ("$env:WORD=\"pear\"", "$env:WORD=\"plum\"", "$env:WORD=\"plum\"", other),
        ("\"; cargo run -p tiny-server", "\"; cargo run -p tiny", "\"; cargo run -p tiny", other),
        (
            "Remove-Item Env:WORD\n",
            "",
            "$env:WORD",
            "stays set in this terminal: the last line is `Remove-Item Env:WORD`",
        ),
        ("Env:WORD\n", "Env:WORDS\n", "Env:WORDS", "`Env:WORDS` is not set here"),
        ("$env:WORD=\"pear\"", "$env:WORD=pear", "$env:WORD=pear", "`pear` is not in quotes"),
        (
            POWERSHELL,
            "",
            "WORD=\"pear\"",
            "no `powershell` block follows, and PowerShell has another way to set WORD",
        ),
    ] {
        broken_document(old, new, at, what);
        let (fixture, _turn) = fixture();
        let before = fixture.read(LESSON);
        fixture.replace(LESSON, old, new);
        if !has_curl() {
            return;
        }
        fixture.course(&["verify", "--documents", "--fix"]).says(0, &["All of it is true."]);
        assert_eq!(fixture.read(LESSON), before, "{new}");
    }
}

#[test]
fn a_setting_that_a_shell_would_change_or_nobody_sees_is_found() {
    for (old, new, at, what) in [
        (
            "WORD=\"pear\" cargo",
            "WORD=\"$HOME\" cargo",
            "$HOME",
            "WORD is not the same in every shell: `$`",
        ),
        (
            "\"pear\" cargo run -p tiny-server",
            "\"pear\" cargo run -p tiny-severs",
            "tiny-severs",
            "there is no package `tiny-severs`; the nearest is `tiny-server`",
        ),
        ("```sh\nWORD=", "```sh\nA=\"b\"\nWORD=", "A=\"b\"", "without a command on the same line"),
        (
            "## Sources\n",
            "## Sources\n\n```text\nA=b cargo run -p tiny-server\n```\n",
            "A=b",
            "this is typed: write it in an `sh` block",
        ),
        (
            "## Sources\n",
            "## Sources\n\n```powershell\n$env:A=\"b\"; cargo run\nRemove-Item Env:A\n```\n",
            "$env:A",
            "no `sh` block with these settings stands before it",
        ),
        (
            "## Sources\n",
            "## Sources\n\n```sh\nTHE_KEY=abc x\nA_KEY_FILE=k y\n```\n\n```powershell\n$env:THE_KEY=\"abc\"; x\nRemove-Item Env:THE_KEY\n\
             $env:A_KEY_FILE=\"k\"; y\nRemove-Item Env:A_KEY_FILE\n```\n",
            "THE_KEY=abc",
            "THE_KEY could be taken for a secret: write `not-a-secret` in it",
        ),
        (
            "## Sources\n",
            "## Sources\n\n<!-- server: -->\n",
            "<!-- server: -->",
            "and not in a comment",
        ),
    ] {
        if !has_curl() {
            return;
        }
        let (fixture, _turn) = fixture();
        fixture.replace(LESSON, old, new);
        let place = format!("{LESSON}:{}: ", fixture.line(LESSON, at));
        verify(&fixture).says(1, &[&place, what]);
    }
}

#[test]
fn fix_shows_what_a_comment_hides() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    let before = fixture.read(LESSON);
    fixture.replace(LESSON, SETTINGS, "<!-- server: WORD=pear -->\n");
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, "<!-- server"));
    verify(&fixture)
        .says(1, &[&place, "$env:WORD=\"pear\"; cargo run -p tiny-server", "1 problem."]);
    fixture.course(&["verify", "--documents", "--fix"]).says(0, &[]);
    assert_eq!(fixture.read(LESSON), before);
}

#[test]
fn a_server_that_does_not_start_is_reported_with_its_words() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace(MAIN, "fn main() -> Result<()> {", "fn main() -> Result<()> {\n    return Err(std::io::Error::other(\"no luck today\"));\n    #[allow(unreachable_code)]");
    let place = format!("{LESSON}:{}: ", fixture.line(LESSON, "```console"));
    verify(&fixture).says(1, &[&place, "the lesson's server does not start", "no luck today"]);
}

#[test]
fn a_lesson_that_does_not_build_stops_the_check() {
    let (fixture, _turn) = fixture();
    fixture.replace(
        MAIN,
        "fn main() -> Result<()> {",
        "fn main() -> Result<()> {\n    let x: u8 = \"\";",
    );
    verify(&fixture).says(2, &["the lessons don't build", "mismatched types"]);
}

#[test]
fn documents_and_crates_belong_together() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    std::fs::rename(fixture.root.join(LESSON), fixture.root.join("lessons/2-big-server.md"))
        .unwrap();
    verify(&fixture).says(
        1,
        &[
            "crates/1-tiny-server: this lesson has no document lessons/1-tiny-server.md",
            "lessons/2-big-server.md: there is no crate crates/2-big-server",
            "README.md:5: dead link `lessons/1-tiny-server.md`",
        ],
    );
}

#[test]
fn contents_pages_list_every_lesson() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace("README.md", "| 1 | [Tiny server](lessons/1-tiny-server.md) |\n", "");
    std::fs::remove_file(fixture.root.join("lessons/README.md")).unwrap();
    verify(&fixture).says(
        1,
        &[
            "README.md:3: no table here links to lessons/1-tiny-server.md",
            "lessons/README.md: it is missing",
        ],
    );
}

#[test]
fn a_lesson_has_one_name() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace("README.md", "[Tiny server]", "[Small server]");
    let base = "crates/1-tiny-server/templates/base.html";
    fixture.write(base, "{% block lesson %}Lesson 1: Small server{% endblock %}\n");
    verify(&fixture).says(
        1,
        &[
            "README.md:5: lesson 1 is called `Tiny server` in its document",
            "crates/1-tiny-server/templates/base.html: the head of the lesson's pages is not `Lesson 1: Tiny server`",
            "2 problems.",
        ],
    );
    fixture.replace("README.md", "[Small server]", "[Tiny server]");
    fixture.write(base, "{% block lesson %}Lesson 1: Tiny server{% endblock %}\n");
    verify(&fixture).says(0, &["All of it is true."]);
}

#[test]
fn a_drawing_that_nobody_shows_is_found() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.write("lessons/img/lost.svg", "<svg/>");
    verify(&fixture)
        .says(1, &["lessons/img/lost.svg: no document shows this drawing", "1 problem."]);
}

#[test]
fn a_word_that_is_not_to_be_written_is_found_wherever_a_learner_reads() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    let contents = fixture.read("lessons/README.md");
    let table = "\n| not | write |\n| --- | --- |\n| mend, by heart | fix |\n";
    fixture.write("lessons/README.md", &format!("{contents}{table}"));
    verify(&fixture).says(0, &["All of it is true."]);
    fixture.replace(LESSON, "Everywhere.", "Mend\nit.");
    fixture.write(
        "crates/1-tiny-server/templates/x.html",
        "<p class=\"mend\">It is *by\nheart*</p>\n",
    );
    let starter = "crates/1-tiny-server/exercises/say-hello/.answers/starter.rs";
    fixture.replace(starter, "//! ", "//! Mend it. ");
    let place = format!("{LESSON}:{}: not `mend`; write: fix", fixture.line(LESSON, "Mend"));
    verify(&fixture).says(
        1,
        &[
            &place,
            "templates/x.html:1: not `by heart`",
            &format!("{starter}:1: not"),
            "3 problems.",
        ],
    );
}

#[test]
fn fix_writes_what_is_true_and_nothing_else() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    let before = fixture.read(LESSON).replace('\n', "\r\n");
    fixture.write(LESSON, &before);
    fixture.replace(MAIN, "Hello.\\n", "Hi.\\n");
    fixture.replace(MAIN, "seen=yes-{number}; Path=/", "seen=yes-{number}; HttpOnly; Path=/");
    let expected = before
        .replace("Hello.\r\nYour cookies", "Hi.\r\nYour cookies")
        .replace("\"Hello.\\n", "\"Hi.\\n")
        .replace("seen=[..]; Path=/", "seen=[..]; HttpOnly; Path=/")
        .replace("seen=yes-2; Path=/", "seen=yes-2; HttpOnly; Path=/")
        .replace("content-length: 30", "content-length: 27");
    assert_ne!(before, expected);
    fixture
        .course(&["verify", "--documents", "--fix"])
        .says(0, &["lessons/1-tiny-server.md: 3 blocks rewritten", "All of it is true."]);
    assert_eq!(fixture.read(LESSON), expected);
    verify(&fixture).says(0, &["All of it is true."]);
}

#[test]
fn fix_does_not_hide_what_only_a_person_can_fix() {
    if !has_curl() {
        return;
    }
    let (fixture, _turn) = fixture();
    fixture.replace(LESSON, "x-number: 1\n", "x-number: 9\n");
    fixture.replace(
        LESSON,
        "$ curl -s http://localhost:3001/word",
        "$ curl --no-such-option http://localhost:3001/word",
    );
    let ran = fixture.course(&["verify", "--documents", "--fix"]);
    ran.says(1, &["1 block rewritten", "the command fails", "1 problem."]);
    assert!(fixture.read(LESSON).contains("x-number: 1\n"));
    assert!(fixture.read(LESSON).contains("--no-such-option http://localhost:3001/word\npear\n"));
}
