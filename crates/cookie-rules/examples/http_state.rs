//! Runs case files of the http-state suite: `cargo run -p cookie-rules --example http_state -- FILE…`.
//!
//! A file is a list of cases of one of two forms. Cookies: `received` lines, and what is then `sent`. Dates: a `test` text and
//! the instant `expected`. Each failure is printed, and last `N passed, N failed`; with a failure the exit code is 1.
#![allow(dead_code, reason = "the test of the cases includes this file as a module")]

use cookie_rules::{
    Jar, Profile, PublicSuffixes, Request, UrlError, cookie_date, http_date, shown,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

/// The suite's clock stands at 2010-01-01T00:00:00Z.
const NOW: Duration = Duration::from_secs(1_262_304_000);
/// The URL whose answers set the cookies; the case's name is the query.
const RECEIVED_FROM: &str = "http://home.example.org/cookie-parser";

/// What came of a file.
#[derive(Debug, Default)]
pub struct Report {
    /// How many cases passed.
    pub passed: usize,
    /// A text for each case that did not.
    pub failures: Vec<String>,
}

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!(
            "Name at least one case file: cargo run -p cookie-rules --example http_state -- FILE…"
        );
        return ExitCode::from(2);
    }
    let mut report = Report::default();
    for file in files {
        match std::fs::read_to_string(&file) {
            Ok(text) => run(&file, &text, &mut report),
            Err(error) => report.failures.push(format!("{file}: {error}")),
        }
    }
    for failure in &report.failures {
        println!("{failure}\n");
    }
    println!("{} passed, {} failed", report.passed, report.failures.len());
    if report.failures.is_empty() && report.passed > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Runs every case of a file's text.
pub fn run(file: &str, text: &str, report: &mut Report) {
    let cases = match serde_json::from_str(text) {
        Ok(Value::Array(cases)) => cases,
        Ok(_) => return report.failures.push(format!("{file}: not a list of cases")),
        Err(error) => return report.failures.push(format!("{file}: {error}")),
    };
    for case in &cases {
        let result =
            if case.get("received").is_some() { run_cookies(case) } else { run_date(case) };
        match result {
            Ok(()) => report.passed += 1,
            Err(failure) => report.failures.push(format!("{file}: {}: {failure}", case["test"])),
        }
    }
}

fn run_date(case: &Value) -> Result<(), String> {
    let test = case["test"].as_str().ok_or("the case has no `test`")?;
    let expected = match case.get("expected") {
        Some(Value::Null) => None,
        Some(Value::String(expected)) => Some(expected.clone()),
        _ => return Err("the case has no `expected`".to_owned()),
    };
    let found = cookie_date(test.as_bytes()).map(http_date);
    if found == expected { Ok(()) } else { Err(format!("expected {expected:?}, found {found:?}")) }
}

fn run_cookies(case: &Value) -> Result<(), String> {
    let test = case["test"].as_str().ok_or("the case has no `test`")?;
    let expected = expected_header(case)?;
    let now = SystemTime::UNIX_EPOCH + NOW;
    let suffixes = PublicSuffixes::AlsoThese(BTreeSet::from(["org".to_owned()]));
    let mut jar = Jar::new().with_profile(Profile::SPECIFICATION).with_public_suffixes(suffixes);
    let in_words = |error: UrlError| error.to_string();
    let answer = Request::get(&format!("{RECEIVED_FROM}?{test}")).map_err(in_words)?;

    let mut story = String::new();
    for line in case["received"].as_array().ok_or("`received` is no list")? {
        let line = line.as_str().ok_or("a received line is no text")?;
        let stored = jar.store(line.as_bytes(), &answer, now);
        story += &format!("\n  Set-Cookie: {}\n    {stored}", shown(line.as_bytes()));
    }
    let to = match case.get("sent-to") {
        Some(to) => to.as_str().ok_or("`sent-to` is no text")?.to_owned(),
        None => format!("/cookie-parser-result?{test}"),
    };
    let request = answer.at(&to).map_err(in_words)?;
    for decision in jar.predict(&request, now) {
        story += &format!("\n  {}\n    {}", shown(&decision.cookie.pair()), decision.outcome);
    }
    let found = jar.cookie_header(&request, now);
    if found == expected {
        return Ok(());
    }
    Err(format!("to {to}\n  expected {}\n  found    {}{story}", shown(&expected), shown(&found)))
}

fn expected_header(case: &Value) -> Result<Vec<u8>, String> {
    let mut pairs = Vec::new();
    for cookie in case["sent"].as_array().ok_or("`sent` is no list")? {
        let name = cookie["name"].as_str().ok_or("a sent cookie has no name")?;
        let value = cookie["value"].as_str().ok_or("a sent cookie has no value")?;
        pairs.push(if name.is_empty() { value.to_owned() } else { format!("{name}={value}") });
    }
    Ok(pairs.join("; ").into_bytes())
}
