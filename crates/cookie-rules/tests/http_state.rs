//! The http-state cases that lie beside this checkout: every one passes.
//!
//! They are found at `../shared/data` beside the workspace, or where `SHARED_DATA` says. Where they are missing, the test says
//! so and passes, but not in CI.

#[path = "../examples/http_state.rs"]
mod runner;

use std::io::Write;
use std::path::PathBuf;

fn shared_data() -> PathBuf {
    match std::env::var_os("SHARED_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
    }
}

fn check(name: &str, at_least: usize) {
    let file = shared_data().join("http-state").join(name);
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if std::env::var_os("CI").is_some() => panic!("{}: {error}", file.display()),
        Err(error) => {
            // Not `eprintln!`: the test harness would keep that to itself.
            let told =
                format!("NOT RUN: the http-state cases are missing: {}: {error}\n", file.display());
            let _ = std::io::stderr().write_all(told.as_bytes());
            return;
        }
    };
    let mut report = runner::Report::default();
    runner::run(name, &text, &mut report);
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n\n"));
    assert!(report.passed >= at_least, "only {} cases in {}", report.passed, file.display());
}

#[test]
fn every_cookie_case_of_the_http_state_suite_passes() {
    check("parser.json", 50);
}

#[test]
fn every_date_case_of_the_http_state_suite_passes() {
    check("dates.json", 20);
}
