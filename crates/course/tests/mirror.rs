//! Breaks a Chinese document in every way that `cargo course verify` should catch, and sees it named.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Fixture, LESSON, Ran};

const CHINESE: &str = "lessons/zh/1-tiny-server.md";

/// The task of its exercise, and the heading that follows.
const TASK: &str = "### say-hello：打招呼\n\n每位客人都叫 Ada；用各自的名字打招呼。\n\n## 给教师";

/// The header that the task was made from.
const STARTER: &str = "crates/1-tiny-server/exercises/say-hello/.answers/starter.rs";

/// Where its hints are.
const CARGO: &str = "crates/1-tiny-server/exercises/say-hello/Cargo.toml";

const DRAWING: &str = "lessons/zh/img/hello.svg";

/// The fixture with its documents in Chinese, noted as made from the English. Each test has a copy of its own.
fn fixture(name: &str) -> Fixture {
    let fixture = Fixture::new(name);
    let mut lesson = fixture.read(LESSON);
    for (english, chinese) in [
        ("# Lesson 1: Tiny server", "# 第 1 课：小服务器"),
        ("## The story", "## 故事"),
        ("## Predict", "## 先猜一猜"),
        ("## On the wire", "## 在线路上"),
        ("## The code", "## 代码"),
        ("## The rules", "## 规则"),
        ("## Where this breaks", "## 哪里会出问题"),
        ("## Exercises", "## 练习"),
        ("## For the instructor", TASK),
        ("## Sources", "## 出处"),
        ("The page was kept, and a jar:", "页面存下来了，还有一个罐子："),
        ("(#the-rules)", "(#规则)"),
        ("(../crates", "(../../crates"),
    ] {
        assert!(lesson.contains(english), "{english}");
        lesson = lesson.replacen(english, chinese, 1);
    }
    fixture.write(CHINESE, &lesson);
    fixture.write(DRAWING, &fixture.read("lessons/img/hello.svg").replace("Hello", "你好"));
    let contents = fixture.read("lessons/README.md");
    let contents = contents.replace("#the-story", "#故事").replace("../README", "../../README.zh");
    fixture.write("lessons/zh/README.md", &contents);
    let start = fixture.read("README.md").replace("(lessons/", "(lessons/zh/");
    fixture.write("README.zh.md", &start);
    verify(&fixture, "--chinese").says(1, &["does not say which English it was made from"]);
    verify(&fixture, "--chinese=all").says(0, &["places rewritten", "All of it is true."]);
    fixture
}

fn verify(fixture: &Fixture, chinese: &str) -> Ran {
    fixture.course(&["verify", chinese])
}

/// Replaces `old` by `new` in the Chinese document, and expects that this is named at the line of `at`, and nothing else.
#[track_caller]
fn broken(fixture: &Fixture, (old, new): (&str, &str), at: &str, what: &[&str]) {
    let before = fixture.read(CHINESE);
    fixture.replace(CHINESE, old, new);
    let place = format!("{CHINESE}:{}: ", fixture.line(CHINESE, at));
    let ran = verify(fixture, "--chinese");
    ran.says(1, &[&place]).says(1, what);
    // Of what is another there, each language misses its own.
    assert!(ran.stdout.matches(CHINESE).count() <= 2, "{}", ran.stdout);
    fixture.write(CHINESE, &before);
}

#[test]
fn what_differs_is_named_with_its_section() {
    let fixture = fixture("mirror-differs");
    let section =
        |heading: &str| format!("`{heading}` ({LESSON}:{})", fixture.line(LESSON, heading));
    let (code, wire) = (section("## The code"), section("## On the wire"));
    let (story, exercises) = (section("## The story"), section("## Exercises"));
    let differs = "this block differs from the English one in";
    let broken = |change, at, what: &[&str]| broken(&fixture, change, at, what);
    broken(
        ("    self.0 += 1;", "    self.0 += 2;"),
        "self.0 += 2;",
        &[differs, &code, "-         self.0 += 2;", "1 problem."],
    );
    broken(
        ("x-number: 1\n", ""),
        "set-cookie: seen=[..]",
        &[differs, &wire, "+ x-number: 1", "1 problem."],
    );
    broken(
        ("```sh\nWORD", "```bash\nWORD"),
        "```bash",
        &["`bash` block is a `sh` block", &wire, "1 problem."],
    );
    broken(
        ("page Count", "Count page"),
        "```rust",
        &["another comment stands before it", &code, "1 problem."],
    );
    broken(
        ("```sh\nWORD=\"pear\" cargo run -p tiny-server\n```\n", ""),
        "## 在线路上",
        &["`在线路上` has 4 code blocks", &wire, "1 problem."],
    );
    broken(
        ("(#规则)", "(#代码)"),
        "(#代码)",
        &["`故事` has no link that leads where `#the-rules` does", &story, "2 problems."],
    );
    broken(
        ("](img/hello.svg)", "](README.md)"),
        "## 规则",
        &["`规则` has no link that leads where `img/hello.svg` does", "2 problems."],
    );
    broken(
        ("| 5 | to greet |\n", "| 5 | to greet |\n| x | y | 5 | z |\n"),
        "## 练习",
        &["`练习` has no table of 1 × 4 cells", &exercises, "2 problems."],
    );
    broken(("| 5 | to", "| `5` | to"), "`5`", &["there is no `5` in", &exercises, "1 problem."]);
}

#[test]
fn a_section_that_is_left_out_or_has_another_name_is_named() {
    let fixture = fixture("mirror-sections");
    let text = fixture.read(CHINESE);
    let start = text.find("## 给教师").unwrap();
    let end = text.find("## 出处").unwrap();
    let missing = format!(
        "the section `## For the instructor` ({LESSON}:{}) is missing before `出处`, as `给教师`",
        fixture.line(LESSON, "## For the instructor")
    );
    let left_out = (&text[start..end], "");
    broken(&fixture, left_out, "## 出处", &[&missing, "1 problem."]);
    let code = text.find("## 代码").unwrap();
    let heading = &text[code..code + text[code..].find("\n\n").unwrap()];
    assert!(heading.ends_with(" -->"), "{heading}");
    broken(&fixture, (heading, ""), "## 规则", &["## The code", "as `代码`", "1 problem."]);
    broken(&fixture, ("## 出处", "## 来源"), "## 来源", &["`来源` is no section of the English"]);
    broken(&fixture, ("## 出处", "### 出处"), "### 出处", &["is missing", "as `出处`"]);
    std::fs::remove_file(fixture.root.join(CHINESE)).unwrap();
    fixture.write("lessons/zh/2-gone.md", "# x\n");
    verify(&fixture, "--chinese").says(
        1,
        &[
            &format!("{CHINESE}: it is missing: {LESSON} has no Chinese document"),
            "lessons/zh/2-gone.md: there is no English lessons/2-gone.md",
        ],
    );
}

#[test]
fn a_task_is_held_to_the_header_of_its_exercise() {
    let fixture = fixture("mirror-tasks");
    let task = format!(
        "`### Exercise: say hello. Every guest is greeted as Ada; greet each by name.` ({STARTER}:1)"
    );
    let text = fixture.read(CHINESE);
    let start = text.find("### say-hello").unwrap();
    let end = text.find("## 给教师").unwrap();
    let missing = format!("the section {task} is missing before `给教师`, as `say-hello：`");
    broken(&fixture, (&text[start..end], ""), "## 给教师", &[&missing, "1 problem."]);
    let renamed = ("### say-hello：", "### hello：");
    broken(&fixture, renamed, "### hello：", &["is no section of the English", "2 problems."]);
    let more = ("各自的名字", "`name`");
    broken(&fixture, more, "用`name`", &["there is no `name` in", &task, "1 problem."]);
    fixture.replace(STARTER, "//! Aloud: who", "//! Aloud: how and `when`, and who");
    let ran = verify(&fixture, "--chinese");
    ran.says(1, &["`say-hello：打招呼` has no `when`", "1 problem."]);
    fixture.replace(STARTER, "how and `when`, and who", "how, and who");
    let warning = format!("warning: {CHINESE}:{}: ", fixture.line(CHINESE, "### say-hello"));
    let see = format!("`git log -p -- {STARTER}`");
    let follow = "`cargo course verify 1 --chinese=\"say-hello：打招呼\"`";
    verify(&fixture, "--chinese").says(0, &[&warning, &task, &see, follow, "1 warning."]);
    let ran = verify(&fixture, "--chinese=say-hello：打招呼");
    ran.says(0, &["1 place rewritten", "All of it is true."]);
    assert!(!verify(&fixture, "--chinese").stdout.contains("warning"));
    // What a learner writes below the header is not the task.
    fixture.replace(STARTER, "Hello Ada", "Hello Bob");
    assert!(!verify(&fixture, "--chinese").stdout.contains("warning"));
}

#[test]
fn hints_whose_english_changed_are_a_warning_until_somebody_follows() {
    let fixture = fixture("mirror-hints");
    let before = fixture.read(CARGO);
    for (old, new) in [("Look at the name.", "Look at its name."), ("\"Say hello\"", "\"Greet\"")] {
        fixture.replace(CARGO, old, new);
        let warning = format!("warning: {CARGO}: the English title or hints are newer");
        let see = format!("`git log -p -- {CARGO}`");
        let follow = "`cargo course verify 1 --chinese=say-hello`";
        verify(&fixture, "--chinese").says(0, &[&warning, &see, follow, "1 warning."]);
        let ran = verify(&fixture, "--chinese=say-hello");
        ran.says(0, &[&format!("{CARGO}: 1 place rewritten"), "All of it is true."]);
        assert!(!verify(&fixture, "--chinese").stdout.contains("warning"));
    }
    assert_eq!(fixture.read(CARGO).lines().count(), before.lines().count());
    // Other Chinese is no other English.
    fixture.replace(CARGO, "看看名字。", "看一看名字。");
    assert!(!verify(&fixture, "--chinese").stdout.contains("warning"));
    let noted = before.lines().find(|line| line.starts_with("made_from")).unwrap();
    fixture.write(CARGO, &before.replace(&format!("{noted}\n"), ""));
    verify(&fixture, "--chinese").says(1, &["don't say which English they were made from"]);
}

#[test]
fn a_drawing_is_held_to_the_english_one() {
    let fixture = fixture("mirror-drawings");
    let english = "lessons/img/hello.svg";
    let before = fixture.read(DRAWING);
    let problem = format!("{DRAWING}: it has ");
    for (old, new, what) in [
        ("x=\"1\"", "x=\"2\"", "`<text x=\"2\">` for `<text x=\"1\">` in lessons/img/hello.svg"),
        ("你好", " ", "\" \" for \"Hello\" in"),
        ("<text x=\"1\">你好</text>", "", "2 tags, and there are 4 in"),
    ] {
        fixture.replace(DRAWING, old, new);
        verify(&fixture, "--chinese").says(1, &[&problem, what, "1 problem."]);
        fixture.write(DRAWING, &before);
    }
    fixture.replace(english, "Hello", "Hello, all");
    let warning = format!("warning: {DRAWING}: the texts of {english} are newer");
    let follow = "`cargo course verify 1 --chinese=\"The rules\"`";
    verify(&fixture, "--chinese").says(0, &[&warning, follow, "1 warning."]);
    let ran = verify(&fixture, "--chinese=The rules");
    ran.says(0, &["lessons/zh/img/hello.svg: 1 place rewritten", "All of it is true."]);
    assert!(!verify(&fixture, "--chinese").stdout.contains("warning"));
    let marked = fixture.read(DRAWING).lines().nth(1).unwrap().to_owned();
    fixture.replace(DRAWING, &format!("{marked}\n"), "");
    verify(&fixture, "--chinese").says(1, &["it does not say which English", english, follow]);
    fixture.replace(CHINESE, "(img/hello", "(../img/hello");
    verify(&fixture, "--chinese").says(1, &["this is the English drawing", "1 problem."]);
    fixture.replace(CHINESE, "(../img/hello", "(img/hello");
    std::fs::rename(fixture.root.join(DRAWING), fixture.root.join("lessons/zh/img/bye.svg"))
        .unwrap();
    let stray = "lessons/zh/img/bye.svg: there is no English lessons/img/bye.svg";
    verify(&fixture, "--chinese").says(1, &["dead link `img/hello.svg`"]);
    fixture.course(&["verify", "--chinese"]).says(1, &[stray]);
}

#[test]
fn fix_brings_the_code_and_only_the_code() {
    let fixture = fixture("mirror-fix");
    let before = fixture.read(CHINESE);
    fixture.replace(CHINESE, "    self.0 += 1;", "    self.0 += 2;");
    let ran = fixture.course(&["verify", "1", "--chinese", "--fix"]);
    ran.says(0, &["lessons/zh/1-tiny-server.md: 1 place rewritten", "All of it is true."]);
    assert_eq!(fixture.read(CHINESE), before);
}

#[test]
fn a_section_whose_english_changed_is_a_warning_until_somebody_follows() {
    let fixture = fixture("mirror-newer");
    let before = fixture.read(CHINESE);
    fixture.replace(LESSON, "Everywhere.", "Everywhere,\nand elsewhere.");
    let warning = format!("warning: {CHINESE}:{}: ", fixture.line(CHINESE, "## 哪里会出问题"));
    let newer = format!("`## Where this breaks` ({LESSON}:");
    let says = [
        warning.as_str(),
        newer.as_str(),
        "`git log -p -- lessons/1-tiny-server.md`",
        "1 warning.",
        "All of it is true.",
    ];
    verify(&fixture, "--chinese").says(0, &says);
    fixture.course(&["verify", "1", "--chinese", "--fix"]).says(0, &["1 warning."]);
    assert_eq!(fixture.read(CHINESE), before, "nobody said that it was followed");
    verify(&fixture, "--chinese=Predict").says(0, &["1 warning."]);
    verify(&fixture, "--chinese=Nowhere").says(2, &["no section is called `Nowhere`"]);
    let ran = verify(&fixture, "--chinese=哪里会出问题");
    ran.says(0, &["lessons/zh/1-tiny-server.md: 1 place rewritten", "All of it is true."]);
    assert!(!ran.stdout.contains("warning"), "{}", ran.stdout);
    assert_eq!(fixture.read(CHINESE).lines().count(), before.lines().count());
    // Other line breaks are not another sentence.
    fixture.replace(LESSON, "Everywhere,\nand", "Everywhere, and");
    assert!(!verify(&fixture, "--chinese").stdout.contains("warning"));
}
