//! Gives a copy of the fixture one exercise for every fault that `cargo course verify` should catch, verifies all in one
//! run, and sees each fault reported.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use std::sync::OnceLock;

use common::{FOLDER, Fixture, LESSON, ROW, Ran};

/// Replaces in a file of an exercise, and in `src/lib.rs` too where it is the starter.
fn change(fixture: &Fixture, name: &str, file: &str, old: &str, new: &str) {
    fixture.replace(&format!("{FOLDER}/{name}/{file}"), old, new);
    if file == ".answers/starter.rs" {
        let starter = fixture.read(&format!("{FOLDER}/{name}/{file}"));
        fixture.write(&format!("{FOLDER}/{name}/src/lib.rs"), &starter);
    }
}

/// Builds the faults and verifies, once for all tests.
fn verified() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    RAN.get_or_init(|| {
        let fixture = Fixture::new("exercises");
        let [starter, solution] = [".answers/starter.rs", ".answers/solution.rs"];
        let [wrong, right] = [".answers/wrong/a_list.diff", ".answers/right/added.diff"];
        let not_ada = ".answers/wrong/not_ada.diff";
        let with = |name: &str, file: &str, old: &str, new: &str| {
            fixture.add(name);
            change(&fixture, name, file, old, new);
        };
        // A patch goes with the line of the solution that it takes away.
        let with_patches = |name: &str, old: &str, new: &str| {
            with(name, solution, old, new);
            for patch in [wrong, not_ada, right] {
                change(&fixture, name, patch, old, new);
            }
        };
        with("starter-passes", starter, "\"Hello Ada\".to_owned()", "format!(\"Hello {name}\")");
        with("starter-breaks", starter, "\"Hello Ada\".to_owned()", "5");
        with("starter-warns", starter, "let _ = name;", "let unused = name;");
        with("starter-fails-more", starter, "Hello Ada", "Hello");
        with(
            "starter-fails-other",
            "Cargo.toml",
            "a_second_guest_is_greeted_by_name",
            "nobody_is_known_by_heart",
        );
        with(
            "must-fail-nothing",
            "Cargo.toml",
            "must_fail = [\"a_second_guest_is_greeted_by_name\"]",
            "must_fail = [\"no_such_test\"]",
        );
        with_patches("solution-fails", "Hello {name}", "Hallo {name}");
        with_patches("solution-breaks", "Hello {name}", "Hello {nobody}");
        with_patches(
            "solution-lints",
            "format!(\"Hello {name}\")",
            "return format!(\"Hello {name}\");",
        );
        with_patches("solution-unformatted", "    format!", "  format!");
        with("wrong-passes", wrong, "\"Hello\".to_owned()", "format!(\"Hello {name}\")");
        with("wrong-survives", wrong, "nobody_is_known_by_heart", "the_first_guest_is_greeted");
        with("wrong-breaks", wrong, "_ =>", "_ = >");
        with("wrong-says-nothing", wrong, "Wrong: ", "");
        with("wrong-is-new", wrong, "knows two guests by heart.", "SAY WHY.");
        with(
            "wrong-does-not-fit",
            wrong,
            "-    format!(\"Hello {name}\")",
            "-    format!(\"Hallo {name}\")",
        );
        with("right-fails", right, "to_owned() + name", "to_owned() + \"Ada\"");
        with("right-says-nothing", right, "Right: ", "");
        let answer = fixture.read(&format!("{FOLDER}/say-hello/.answers/aloud.md"));
        with("asks-in-vain", ".answers/aloud.md", &answer, "\n");
        with("two-hints", "Cargo.toml", "\"Look at the name.\", ", "");
        with("other-code", "Cargo.toml", "写 `format!", "写 `print!");
        with("one-chinese-hint", "Cargo.toml", "\"看看名字。\", ", "");
        with(
            "no-ignore",
            "tests/check.rs",
            "#[ignore = \"exercise: cargo course check no-ignore\"]\n",
            "",
        );
        with(
            "bare-message",
            "tests/check.rs",
            "expect(\"Bob\");",
            "assert!(bare_message::greet(\"Bob\") == \"Hello Bob\");",
        );
        with("wrong-crashes", wrong, "\"Hello\".to_owned()", "std::process::exit(0)");
        let bare = "assert!(wrong_is_told_nothing::greet(\"Cleo\") == \"Hello Cleo\");";
        with("wrong-is-told-nothing", "tests/check.rs", "expect(\"Cleo\");", bare);
        with(
            "idle-test",
            not_ada,
            "(\"Ada\", \"Bob\")",
            "(\"Ada\", \"A\").replace(\"Bob\", \"B\")",
        );
        let test = "#[test]\n#[ignore = \"exercise: cargo course check";
        let excused = |why: &str| format!("/// It asks.\n/// Never the only killer:{why}\n{test}");
        with("idle-excused", "tests/check.rs", test, &excused(" all who fail it fail others."));
        change(
            &fixture,
            "idle-excused",
            not_ada,
            "(\"Ada\", \"Bob\")",
            "(\"Ada\", \"A\").replace(\"Bob\", \"B\")",
        );
        with("excused-in-vain", "tests/check.rs", test, &excused(" so it is said."));
        let first =
            "fn the_first_guest_is_greeted() -> Passed {\n    expect(\"Ada\");\n    Passed\n";
        let silent = first.replace(" -> Passed", "").replace("    Passed\n", "");
        with("test-without-a-word", "tests/check.rs", first, &silent);
        with("answered", "src/lib.rs", "\"Hello Ada\".to_owned()", "this is not Rust");
        fixture.add("not-listed");
        fixture.replace(LESSON, &ROW.replace("say-hello", "not-listed"), "");
        // Elsewhere, a student's file is no fault: this one does not even compile.
        let ran = fixture.course(&["verify", "--exercises", "--committed"]);
        assert_eq!(
            fixture
                .read(&format!("{FOLDER}/answered/src/lib.rs"))
                .matches("this is not Rust")
                .count(),
            1
        );
        ran
    })
}

/// Expects that the report of `file` in the exercise `name` says `what`, and that nothing else is said of the exercise.
#[track_caller]
fn caught(name: &str, file: &str, what: &str) {
    let ran = verified();
    let about: Vec<&str> =
        ran.stdout.lines().filter(|line| line.starts_with(&format!("{FOLDER}/{name}"))).collect();
    let all = format!("{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(about.len(), 1, "one problem of {name} expected in:\n{all}");
    assert!(
        about[0].starts_with(&format!("{FOLDER}/{name}/{file}:")) && about[0].contains(what),
        "expected {what:?}, found {about:?} in:\n{all}"
    );
}

#[test]
fn a_good_exercise_is_not_blamed() {
    let ran = verified();
    assert!(!ran.stdout.contains("say-hello"), "{}", ran.stdout);
    assert_eq!(ran.code, 1, "{}{}", ran.stdout, ran.stderr);
}

#[test]
fn a_starter_that_passes_is_caught() {
    caught("starter-passes", ".answers/starter.rs", "the starter passes");
}

#[test]
fn a_starter_that_does_not_compile_is_caught() {
    caught("starter-breaks", ".answers/starter.rs", "the starter does not compile");
}

#[test]
fn a_starter_that_warns_is_caught() {
    caught("starter-warns", ".answers/starter.rs", "the starter compiles with warnings");
}

#[test]
fn a_starter_that_fails_more_than_it_must_is_caught() {
    caught(
        "starter-fails-more",
        ".answers/starter.rs",
        "the starter fails `the_first_guest_is_greeted`, which `must_fail` does not name",
    );
}

#[test]
fn a_starter_that_fails_another_test_is_caught() {
    let ran = verified();
    for what in [
        "fails `a_second_guest_is_greeted_by_name`, which `must_fail` does not name",
        "passes `nobody_is_known_by_heart`, which it must fail",
    ] {
        let line = format!("{FOLDER}/starter-fails-other/.answers/starter.rs: the starter {what}");
        assert!(ran.stdout.contains(&line), "expected {line:?} in:\n{}", ran.stdout);
    }
}

#[test]
fn a_test_that_must_fail_and_does_not_exist_is_caught() {
    let line = format!(
        "{FOLDER}/must-fail-nothing/Cargo.toml: `must_fail` names `no_such_test`, which is no test"
    );
    assert!(verified().stdout.contains(&line), "{}", verified().stdout);
}

#[test]
fn a_solution_that_fails_is_caught() {
    let ran = verified();
    let line = format!(
        "{FOLDER}/solution-fails/.answers/solution.rs: the solution fails `the_first_guest_is_greeted`\n    expected the greeting"
    );
    assert!(ran.stdout.contains(&line), "expected {line:?} in:\n{}", ran.stdout);
}

#[test]
fn a_solution_that_does_not_compile_is_caught() {
    let line =
        format!("{FOLDER}/solution-breaks/.answers/solution.rs: the solution does not compile");
    assert!(verified().stdout.contains(&line), "{}", verified().stdout);
}

#[test]
fn a_solution_that_clippy_or_rustfmt_would_change_is_caught() {
    caught("solution-lints", ".answers/solution.rs", "clippy complains of the solution");
    caught("solution-unformatted", ".answers/solution.rs", "rustfmt would change it");
}

#[test]
fn a_wrong_answer_that_passes_is_caught() {
    caught("wrong-passes", ".answers/wrong/a_list.diff", "this wrong answer passes");
}

#[test]
fn a_wrong_answer_that_its_test_does_not_kill_is_caught() {
    caught(
        "wrong-survives",
        ".answers/wrong/a_list.diff:1",
        "`the_first_guest_is_greeted` does not kill this wrong answer, but: nobody_is_known_by_heart",
    );
}

#[test]
fn a_wrong_answer_that_does_not_compile_is_caught() {
    caught("wrong-breaks", ".answers/wrong/a_list.diff:1", "this wrong answer does not compile");
}

#[test]
fn a_wrong_answer_must_say_what_is_wrong() {
    caught(
        "wrong-says-nothing",
        ".answers/wrong/a_list.diff:1",
        "its head is `Wrong: WHAT IS WRONG.`",
    );
    caught("wrong-is-new", ".answers/wrong/a_list.diff:1", "its head is `Wrong: WHAT IS WRONG.`");
}

#[test]
fn a_patch_that_does_not_fit_is_caught_at_its_hunk() {
    caught(
        "wrong-does-not-fit",
        ".answers/wrong/a_list.diff:6",
        "hunk 1 is not what solution.rs has at line 6: `cargo course wrong wrong-does-not-fit --refresh`",
    );
}

#[test]
fn a_right_answer_that_fails_is_caught() {
    caught(
        "right-fails",
        ".answers/right/added.diff",
        "this right answer fails `a_second_guest_is_greeted_by_name`",
    );
    caught(
        "right-says-nothing",
        ".answers/right/added.diff:1",
        "its head is `Right: WHY IT IS RIGHT.`",
    );
}

#[test]
fn a_question_that_nobody_answers_is_caught() {
    caught("asks-in-vain", ".answers/aloud.md", "the exercise asks aloud, and this says no answer");
}

#[test]
fn missing_hints_are_caught() {
    caught("two-hints", "Cargo.toml", "2 hints; an exercise has 3");
}

#[test]
fn a_hint_with_other_code_in_chinese_is_caught() {
    caught(
        "other-code",
        "Cargo.toml",
        "the code of this hint differs from the English one's: 写 `print!",
    );
}

#[test]
fn missing_hints_in_chinese_are_caught() {
    caught("one-chinese-hint", "Cargo.toml", "in Chinese, it needs a title and 3 hints");
}

#[test]
fn a_test_that_runs_in_a_fresh_clone_is_caught() {
    caught(
        "no-ignore",
        "tests/check.rs",
        "needs `#[ignore = \"exercise: cargo course check no-ignore\"]`",
    );
}

#[test]
fn a_failure_that_explains_nothing_is_caught() {
    caught("bare-message", "tests/check.rs", "fails without saying what was expected");
}

#[test]
fn a_wrong_answer_that_only_crashes_is_caught() {
    caught("wrong-crashes", ".answers/wrong/a_list.diff:1", "a program that ends is no kill");
}

#[test]
fn a_wrong_answer_whose_author_is_told_nothing_is_caught() {
    caught(
        "wrong-is-told-nothing",
        "tests/check.rs",
        "`nobody_is_known_by_heart` fails without saying",
    );
}

#[test]
fn a_test_that_kills_nothing_alone_is_caught_unless_it_says_why() {
    let what = "`the_first_guest_is_greeted` is never the only killer of a wrong answer";
    caught("idle-test", "tests/check.rs", what);
    assert!(!verified().stdout.contains("idle-excused"), "{}", verified().stdout);
    caught("excused-in-vain", "tests/check.rs", "is the only killer of an answer");
}

#[test]
fn a_test_that_does_not_return_passed_is_caught() {
    let path = format!("{FOLDER}/test-without-a-word/tests/check.rs:14:");
    let line = format!("{path} `the_first_guest_is_greeted` does not return `probe::Passed`");
    assert!(verified().stdout.contains(&line), "{}", verified().stdout);
}

#[test]
fn a_committed_answer_is_caught() {
    caught("answered", "src/lib.rs", "it is not .answers/starter.rs");
}

#[test]
fn an_exercise_that_the_lesson_does_not_list_is_caught() {
    let ran = verified();
    assert!(
        ran.stdout.contains("the table does not list the exercise `not-listed`"),
        "{}",
        ran.stdout
    );
}
