//! Reads what Rust's test harness prints, on stable: each test, how it ended, and what it said.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Pass,
    Fail,
    /// It did not run, or the program ended under it.
    Error,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestResult {
    pub name: String,
    pub status: Status,
    /// The panic's message, without what the harness puts around it; empty where it passed.
    pub message: String,
    /// What else it printed, panics of the server's own threads among it.
    pub printed: String,
}

/// The results in `stdout` of the tests called `names`, in that order; then of any other test found there.
pub fn results(stdout: &str, names: &[String]) -> Vec<TestResult> {
    let stdout = stdout.replace("\r\n", "\n");
    let mut found: Vec<(String, Status)> = Vec::new();
    for line in stdout.lines() {
        let Some((name, ended)) =
            line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
        else {
            continue;
        };
        let status = match ended.split([' ', ',']).next() {
            Some("ok") => Status::Pass,
            Some("FAILED") => Status::Fail,
            _ => Status::Error,
        };
        let name = name.split(" - ").next().unwrap_or(name);
        if !found.iter().any(|(other, _)| other == name) {
            found.push((name.to_owned(), status));
        }
    }
    let mut order: Vec<String> = names.to_vec();
    order.extend(found.iter().map(|(name, _)| name.clone()).filter(|name| !names.contains(name)));
    let sections = sections(&stdout, &order);
    let result = |name: String| {
        let status = found
            .iter()
            .find(|(other, _)| *other == name)
            .map_or(Status::Error, |(_, status)| *status);
        let section =
            sections.iter().find(|(other, _)| *other == name).map_or("", |(_, text)| text.as_str());
        let (message, printed) = panic_message(section, &name);
        TestResult { name, status, message, printed }
    };
    order.into_iter().map(result).collect()
}

/// What each failed test printed: the part under `---- NAME stdout ----`.
fn sections(stdout: &str, names: &[String]) -> Vec<(String, String)> {
    // The list of names at the end says nothing new.
    let end = stdout.rfind("\nfailures:\n    ").unwrap_or(stdout.len());
    let mut sections: Vec<(String, String)> = Vec::new();
    for line in stdout[..end].lines() {
        let name = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" stdout ----"));
        match name.filter(|name| names.iter().any(|known| known == name)) {
            Some(name) => sections.push((name.to_owned(), String::new())),
            None => {
                if let Some((_, text)) = sections.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    sections
}

/// The first panic of the test's own thread, and everything else.
fn panic_message(section: &str, test: &str) -> (String, String) {
    let mut message: Option<String> = None;
    let mut printed = String::new();
    let mut in_own = false;
    for line in section.lines() {
        if line.starts_with("note: run with `RUST_BACKTRACE") {
            in_own = false;
            continue;
        }
        if let Some((thread, place)) = panicked(line) {
            in_own = message.is_none() && (thread == test || thread == "main");
            if in_own {
                message = Some(String::new());
            } else {
                printed.push_str(&format!("panicked at {place}:\n"));
            }
            continue;
        }
        let into = if in_own { message.get_or_insert_default() } else { &mut printed };
        into.push_str(line);
        into.push('\n');
    }
    (
        message.unwrap_or_default().trim_matches('\n').to_owned(),
        printed.trim_matches('\n').to_owned(),
    )
}

/// The thread and the place of `thread 'x' (1) panicked at src/lib.rs:1:2:`.
fn panicked(line: &str) -> Option<(&str, &str)> {
    let (thread, rest) = line.strip_prefix("thread '")?.split_once('\'')?;
    let (_, place) = rest.split_once("panicked at ")?;
    Some((thread, place.trim_end_matches(':')))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "
running 3 tests
test b ... ok
test a ... FAILED
test c ... ignored, why

failures:

---- a stdout ----
a line of the server

thread 'worker' (7) panicked at src/lib.rs:3:5:
boom
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace

thread 'a' (42) panicked at tests/check.rs:9:5:
expected one thing

> GET / HTTP/1.1
< HTTP/1.1 200 OK
---- not a section stdout ----
failures:
still the message


failures:
    a

test result: FAILED. 1 passed; 1 failed; 1 ignored
";

    #[test]
    fn results_come_in_the_order_of_the_file() {
        let names = ["a", "b", "c", "d"].map(str::to_owned);
        let found: Vec<_> =
            results(OUTPUT, &names).into_iter().map(|test| (test.name, test.status)).collect();
        let expected =
            [("a", Status::Fail), ("b", Status::Pass), ("c", Status::Error), ("d", Status::Error)];
        assert_eq!(found, expected.map(|(name, status)| (name.to_owned(), status)));
    }

    #[test]
    fn the_message_is_the_tests_own_and_the_rest_is_kept() {
        let found = results(OUTPUT, &["a".to_owned()]);
        assert_eq!(
            found[0].message,
            "expected one thing\n\n> GET / HTTP/1.1\n< HTTP/1.1 200 OK\n---- not a section stdout ----\nfailures:\nstill the message"
        );
        assert_eq!(found[0].printed, "a line of the server\n\npanicked at src/lib.rs:3:5:\nboom");
    }

    #[test]
    fn windows_line_ends_change_nothing() {
        let names = ["a".to_owned()];
        assert_eq!(results(&OUTPUT.replace('\n', "\r\n"), &names), results(OUTPUT, &names));
    }
}
