//! The http-state cases in `http-state/`, whose README says where they come from: every one passes.

#[path = "../examples/http_state.rs"]
mod runner;

fn check(name: &str, cases: usize) {
    let file = format!("{}/tests/http-state/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut report = runner::Report::default();
    runner::run(name, &text, &mut report);
    assert!(report.failures.is_empty(), "{}", report.failures.join("\n\n"));
    assert_eq!(report.passed, cases, "{file}");
}

#[test]
fn every_cookie_case_of_the_http_state_suite_passes() {
    check("parser.json", 105);
}

#[test]
fn every_date_case_of_the_http_state_suite_passes() {
    check("dates.json", 31);
}
