//! What Rust's test harness prints of a test, on stable: to be shown, never to be judged by.

use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
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

/// What the test printed on its standard output: without what the harness says around it.
pub fn printed(stdout: &str, test: &str) -> String {
    let head = "\nrunning 1 test\n";
    let text = stdout.strip_prefix(head).unwrap_or(stdout);
    let end = ["ok", "FAILED"]
        .into_iter()
        .filter_map(|end| text.rfind(&format!("test {test} ... {end}\n")));
    text[..end.max().unwrap_or(text.len())].trim_matches('\n').to_owned()
}

/// The message of the test's own first panic, without what the harness puts around it, and everything else in `stderr`.
pub fn own_panic(stderr: &str, test: &str) -> (String, String) {
    let mut message: Option<String> = None;
    let mut others = String::new();
    let mut in_own = false;
    for line in stderr.lines() {
        if line.starts_with("note: run with `RUST_BACKTRACE") {
            in_own = false;
            continue;
        }
        if let Some((thread, place)) = panicked(line) {
            in_own = message.is_none() && thread == test;
            if in_own {
                message = Some(String::new());
            } else {
                others.push_str(&format!("panicked at {place}:\n"));
            }
            continue;
        }
        let into = if in_own { message.get_or_insert_default() } else { &mut others };
        into.push_str(line);
        into.push('\n');
    }
    let trimmed = |text: String| text.trim_matches('\n').to_owned();
    (trimmed(message.unwrap_or_default()), trimmed(others))
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

    #[test]
    fn the_message_is_the_tests_own_and_the_rest_is_kept() {
        let stderr = "
thread 'worker' (7) panicked at src/lib.rs:3:5:
boom
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
a line of the server

thread 'a' (42) panicked at tests/check.rs:9:5:
expected one thing

> GET / HTTP/1.1
< HTTP/1.1 200 OK

thread 'worker' (8) panicked at src/lib.rs:3:5:
boom again
";
        let (message, others) = own_panic(stderr, "a");
        assert_eq!(message, "expected one thing\n\n> GET / HTTP/1.1\n< HTTP/1.1 200 OK");
        assert_eq!(
            others,
            "panicked at src/lib.rs:3:5:\nboom\na line of the server\n\npanicked at src/lib.rs:3:5:\nboom again"
        );
    }

    #[test]
    fn the_harness_s_own_lines_are_not_the_server_s() {
        let stdout = "\nrunning 1 test\nserved\ntest b ... ok\ntest a ... FAILED\n\nfailures:\n";
        assert_eq!(printed(stdout, "a"), "served\ntest b ... ok");
        assert_eq!(printed("\nrunning 1 test\nhalf a li", "a"), "half a li");
    }
}
