//! Tables of a document that show what browsers did, held to the file that the browser tests wrote: `matrix.json`.
//!
//! A row may be left out where everything in it works, and so says nothing. A column may not be.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use crate::tools::markdown::{Document, Row, Table};
use crate::tools::report::{Problem, slashed};
use crate::workspace::Lesson;

/// The file, beside the lesson's `Cargo.toml`.
const NAME: &str = "matrix.json";
/// The head of a table's first column.
const FIRST: &str = "attack";
/// The column that says which attacks were tried at all. No table has it.
const OFF: &str = "off";
/// The result of a row that may be left out.
const WORKS: &str = "works";

#[derive(Deserialize)]
struct Measured {
    /// What became of each attack, by what was switched on.
    rows: BTreeMap<String, BTreeMap<String, Cell>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Both(String),
    Each { chromium: String, firefox: String },
}

impl Cell {
    /// As a document shows it.
    fn shown(&self) -> String {
        let word = |result: &str| if result == "not tried" { "–" } else { result }.to_owned();
        match self {
            Self::Both(result) => word(result),
            Self::Each { chromium, firefox } => {
                format!("{}; Firefox: {}", word(chromium), word(firefox))
            }
        }
    }
}

/// The tables of a lesson's document that have a `matrix` comment, and the lesson's file, if there is one.
pub fn check(root: &Path, document: &Document, lesson: &Lesson) -> Vec<Problem> {
    let file = lesson.folder.join(NAME);
    let text = match std::fs::read_to_string(root.join(&file)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return vec![Problem::of(&file, format!("can't read it: {error}"))],
    };
    compare(document, &file, text.as_deref())
}

fn compare(document: &Document, file: &Path, text: Option<&str>) -> Vec<Problem> {
    let tables = document.tables.iter().filter_map(|table| {
        let (words, line) = table.matrix.as_ref()?;
        Some((table, words.as_str(), *line))
    });
    let tables: Vec<_> = tables.collect();
    let wrong = |line, what: String| Problem::at(&document.path, line, what);
    let name = slashed(file);
    let Some(text) = text else {
        return tables.iter().map(|(_, _, at)| wrong(*at, format!("there is no {name}"))).collect();
    };
    let Some((_, _, first)) = tables.first() else {
        let what = format!("no table of the document shows it: `<!-- matrix: {name} -->`");
        return vec![Problem::of(file, what)];
    };
    let measured: Measured = match serde_json::from_str(text) {
        Ok(measured) => measured,
        Err(error) => return vec![Problem::of(file, format!("can't read it: {error}"))],
    };
    let mut problems = Vec::new();
    let mut shown: Vec<&str> = Vec::new();
    for (table, words, line) in &tables {
        if *words != name {
            problems.push(wrong(*line, format!("this lesson's file is {name}")));
        }
        let found = of_table(&measured, table, &mut shown);
        problems.extend(found.into_iter().map(|(line, what)| wrong(line, what)));
    }
    let columns: BTreeSet<_> = measured.rows.values().flat_map(BTreeMap::keys).collect();
    for column in columns {
        if column != OFF && !shown.contains(&column.as_str()) {
            problems.push(wrong(*first, format!("no table has a column `{column}`")));
        }
    }
    problems
}

fn of_table<'t>(
    measured: &Measured,
    table: &'t Table,
    shown: &mut Vec<&'t str>,
) -> Vec<(usize, String)> {
    let head = &table.head;
    let columns: Vec<&str> = head.cells.iter().skip(1).map(|cell| cell.trim()).collect();
    let mut problems = Vec::new();
    if first(head) != FIRST {
        problems.push((head.line, format!("the first column is `{FIRST}`")));
    }
    for column in &columns {
        if !measured.rows.values().all(|cells| cells.contains_key(*column)) || *column == OFF {
            problems.push((head.line, format!("`{column}` is no column of the measured ones")));
        }
        if shown.contains(column) {
            problems.push((head.line, format!("the column `{column}` is there twice")));
        }
        shown.push(column);
    }
    let mut listed: Vec<&str> = Vec::new();
    for row in &table.rows {
        let attack = first(row);
        let Some(cells) = measured.rows.get(attack) else {
            problems.push((row.line, format!("no attack `{attack}` was measured")));
            continue;
        };
        if listed.contains(&attack) {
            problems.push((row.line, format!("`{attack}` is there twice")));
        }
        listed.push(attack);
        for (column, says) in columns.iter().zip(row.cells.iter().skip(1)) {
            let Some(cell) = cells.get(*column) else { continue };
            if says.trim() != cell.shown() {
                let what = format!(
                    "`{attack}` with `{column}`: measured was \"{}\", and here is \"{}\"",
                    cell.shown(),
                    says.trim()
                );
                problems.push((row.line, what));
            }
        }
    }
    for (attack, cells) in &measured.rows {
        let says = |column: &&&str| cells.get(**column).is_some_and(|cell| cell.shown() != WORKS);
        if !listed.contains(&attack.as_str())
            && let Some(column) = columns.iter().find(says)
        {
            let what =
                format!("`{attack}` needs a row here: with `{column}` it does not just work");
            problems.push((head.line, what));
        }
    }
    problems
}

fn first(row: &Row) -> &str {
    row.cells.first().map_or("", |cell| cell.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"{
"browsers": {"chromium":"1","firefox":"2"},
"rows": {
  "form": {"off":"works","lax":"stopped","old":{"chromium":"stopped","firefox":"works"},"vary":"works"},
  "image": {"off":{"chromium":"works","firefox":"stopped"},"lax":{"chromium":"works","firefox":"not tried"},"old":{"chromium":"works","firefox":"not tried"},"vary":{"chromium":"works","firefox":"not tried"}},
  "script": {"off":"works","lax":"works","old":"works","vary":"stopped"}
}
}"#;

    const TABLES: &str = "\
<!-- matrix: crates/7-x/matrix.json -->
| attack | `lax` | `old` |
| --- | --- | --- |
| form | stopped | stopped; Firefox: works |
| `image` | works; Firefox: – | works; Firefox: – |

Caches:

<!-- matrix: crates/7-x/matrix.json -->
| attack | `vary` |
| --- | --- |
| form | works |
| image | works; Firefox: – |
| script | stopped |
";

    fn found(tables: &str, file: &str) -> Vec<(usize, String)> {
        let document = Document::parse(Path::new("lessons/7-x.md"), tables.to_owned());
        let problems = compare(&document, Path::new("crates/7-x/matrix.json"), Some(file));
        problems.into_iter().map(|problem| (problem.line.unwrap_or(0), problem.what)).collect()
    }

    /// Replaces `old` by `new` in the tables or in the file, and expects one problem: at this line, with these words.
    #[track_caller]
    fn broken(old: &str, new: &str, line: usize, what: &str) {
        let (tables, file) = (TABLES.replacen(old, new, 1), FILE.replacen(old, new, 1));
        assert_ne!((&*tables, &*file), (TABLES, FILE), "{old} is nowhere");
        let found = found(&tables, &file);
        let [(at, says)] = &found[..] else { panic!("{found:?}") };
        assert!(*at == line && says.contains(what), "{found:?}");
    }

    #[test]
    fn a_document_that_says_what_was_measured_is_true() {
        assert_eq!(found(TABLES, FILE), []);
    }

    #[test]
    fn a_cell_that_says_something_else_is_found_whichever_was_changed() {
        broken(
            "| form | stopped |",
            "| form | works |",
            4,
            "`form` with `lax`: measured was \"sto",
        );
        broken("| stopped; Firefox: works |", "| stopped |", 4, "`form` with `old`");
        broken("| works; Firefox: – |\n\n", "| works |\n\n", 5, "here is \"works\"");
        broken("\"lax\":\"stopped\"", "\"lax\":\"works\"", 4, "measured was \"works\"");
        broken("\"vary\":\"stopped\"", "\"vary\":\"works\"", 14, "measured was \"works\"");
    }

    #[test]
    fn what_is_left_out_must_work() {
        broken(
            "| form | works |\n",
            "| image | works; Firefox: – |\n",
            13,
            "`image` is there twice",
        );
        broken("| script | stopped |\n", "", 10, "`script` needs a row here: with `vary`");
        broken(
            "\"off\":\"works\",\"lax\":\"works\"",
            "\"lax\":\"stopped\"",
            2,
            "`script` needs a row",
        );
    }

    #[test]
    fn each_column_has_one_place_and_each_attack_is_known() {
        let whats = |tables: &str| found(tables, FILE);
        let (cookie, caches) = TABLES.split_at(TABLES.find("Caches").unwrap_or(0));
        assert_eq!(whats(cookie), [(1, "no table has a column `vary`".to_owned())]);
        let twice = whats(&format!("{TABLES}\n{caches}"));
        assert_eq!(twice, [(19, "the column `vary` is there twice".to_owned())]);
        broken("| form | works |", "| forms | works |", 12, "no attack `forms` was measured");
        broken("| attack | `vary` |", "| what | `vary` |", 10, "the first column is `attack`");
        broken("7-x/matrix.json -->\n| attack | `v", "6/m.json -->\n| attack | `v", 9, "file is");
        let off = whats(&TABLES.replace("`vary`", "`off`"));
        assert!(
            off.contains(&(10, "`off` is no column of the measured ones".to_owned())),
            "{off:?}"
        );
    }

    #[test]
    fn neither_is_there_without_the_other() {
        let document = |text: &str| Document::parse(Path::new("lessons/7-x.md"), text.to_owned());
        let file = Path::new("crates/7-x/matrix.json");
        let lines = |problems: Vec<Problem>| -> Vec<_> {
            problems.into_iter().map(|problem| (problem.file, problem.line)).collect()
        };
        let path = || Path::new("lessons/7-x.md").to_owned();
        let without_file = lines(compare(&document(TABLES), file, None));
        assert_eq!(without_file, [(path(), Some(1)), (path(), Some(9))]);
        let no_table = TABLES.replace("<!-- ", "<!-- no ");
        let without_table = lines(compare(&document(&no_table), file, Some(FILE)));
        assert_eq!(without_table, [(file.to_owned(), None)]);
        let lost =
            document(&TABLES.replace("| attack | `vary` |", "A word.\n\n| attack | `vary` |"));
        assert_eq!(lost.stray.len(), 1);
    }
}
