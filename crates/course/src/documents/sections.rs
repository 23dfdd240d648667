//! The sections of a lesson's document: all of them, in order, and no other.

use crate::tools::diff::{Step, steps};
use crate::tools::markdown::{Document, Heading};
use crate::tools::report::Problem;
use crate::workspace::Lesson;

/// The sections of a lesson's document, after its title, in order; and what they are called in Chinese.
const SECTIONS: [(&str, &str); 9] = [
    ("The story", "故事"),
    ("Predict", "先猜一猜"),
    ("On the wire", "在线路上"),
    ("The code", "代码"),
    ("The rules", "规则"),
    ("Where this breaks", "哪里会出问题"),
    ("Exercises", "练习"),
    ("For the instructor", "给教师"),
    ("Sources", "出处"),
];

/// The other headings whose names are fixed in Chinese: those of several documents, lessons' titles, the course's pages.
const OTHERS: [(&str, &str); 21] = [
    ("In Flask", "用 Flask 写"),
    ("Stateless HTTP", "无状态的 HTTP"),
    ("Raw cookies", "手写 cookie"),
    ("Signed sessions", "签名会话"),
    ("Expiry, path and the other attributes", "过期时间、路径和其他属性"),
    ("The article's program", "文章里的程序"),
    ("Server-side sessions", "服务器端会话"),
    ("Under attack", "遭到攻击"),
    ("How the web remembers", "Web 怎样学会记住"),
    ("The lessons", "课程"),
    ("The article, statement by statement", "逐句对照文章"),
    ("Plans", "课时安排"),
    ("Words", "用词"),
    ("Glossary", "术语表"),
    ("Crumbs", "Crumbs"),
    ("Alone", "自学"),
    ("In a class", "在课堂上"),
    ("Changing things", "改动"),
    ("Contributing", "添砖加瓦"),
    ("Maintaining", "维护"),
    ("Licence", "许可证"),
];

/// What a heading is called in Chinese, where that is fixed.
pub fn chinese_name(english: &str) -> Option<String> {
    let mut names = SECTIONS.iter().chain(&OTHERS);
    let mut fixed = |text| Some(names.find(|(english, _)| *english == text)?.1);
    match english.strip_prefix("Lesson ").and_then(|rest| rest.split_once(": ")) {
        Some((number, title)) => Some(format!("第 {number} 课：{}", fixed(title)?)),
        None => fixed(english).map(str::to_owned),
    }
}

/// The title and the nine sections, in order, and no other.
pub fn check(document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let path = &document.path;
    if document.headings.is_empty() {
        return vec![Problem::of(path, "it is empty: a title, and the sections in order")];
    }
    let mut problems = titles(document, lesson);
    let found: Vec<&Heading> =
        document.headings.iter().filter(|heading| heading.level == 2).collect();
    let order = steps(&found, &SECTIONS, |heading, (name, _)| heading.text == *name);
    for (at, step) in order.iter().enumerate() {
        match *step {
            Step::Keep(..) => {}
            Step::Add(name) => {
                let next = order[at..].iter().find_map(|step| match *step {
                    Step::Keep(heading, _) => Some(found[heading]),
                    _ => None,
                });
                problems.push(absent(document, &found, SECTIONS[name].0, next));
            }
            Step::Remove(heading) => problems.extend(surplus(document, &found, found[heading])),
        }
    }
    problems
}

/// One title, first, with the lesson's number.
fn titles(document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let start = format!("Lesson {}: ", lesson.number);
    let mut problems = Vec::new();
    let first = document.headings.first();
    if !first.is_some_and(|title| title.level == 1 && title.text.starts_with(&start)) {
        let what = format!("the document starts with its title, `# {start}…`");
        problems.push(Problem::at(&document.path, first.map_or(1, |title| title.line), what));
    }
    for second in document.headings.iter().skip(1).filter(|heading| heading.level == 1) {
        let what = "a second title: sections start with `##`";
        problems.push(Problem::at(&document.path, second.line, what));
    }
    problems
}

/// A section that is missing where `next` follows, or stands elsewhere.
fn absent(document: &Document, found: &[&Heading], name: &str, next: Option<&Heading>) -> Problem {
    let elsewhere = found.iter().find(|heading| heading.text == name).copied();
    let what = if elsewhere.is_some() { "belongs" } else { "is missing" };
    let place = next.map_or("at the end".to_owned(), |next| format!("before `## {}`", next.text));
    let line = elsewhere.or(next).map_or(document.last_line(), |heading| heading.line);
    Problem::at(&document.path, line, format!("the section `## {name}` {what} {place}"))
}

/// A heading that is none of the sections, or one of them again; one in the wrong place is reported as absent.
fn surplus(document: &Document, found: &[&Heading], heading: &Heading) -> Option<Problem> {
    let text = &heading.text;
    let what = if !SECTIONS.iter().any(|(name, _)| name == text) {
        format!("`## {text}` is not one of the sections: use `###` inside one")
    } else if found.iter().filter(|other| other.text == *text).count() > 1 {
        format!("`## {text}` is there twice")
    } else {
        return None;
    };
    Some(Problem::at(&document.path, heading.line, what))
}
