//! Runs the vectors that the real Flask wrote, where they are: in the folder that `SHARED_DATA` names, or in
//! `shared/data` beside the checkout.

use std::path::PathBuf;
use std::{env, fs};

#[path = "../examples/vectors/check.rs"]
mod check;
#[path = "../examples/vectors/flow.rs"]
mod flow;
#[path = "../examples/vectors/python.rs"]
mod python;

#[test]
fn every_vector_comes_out_as_flask_has_it() {
    let file = data().join("flask/vectors.json");
    let Ok(bytes) = fs::read(&file) else {
        assert!(env::var_os("CI").is_none(), "the vectors are missing: {}", file.display());
        eprintln!(
            "NOT RUN: the Flask vectors are missing ({}); set SHARED_DATA to their folder",
            file.display()
        );
        return;
    };
    let vectors = check::parse(&bytes).expect("the vectors are JSON");
    let report = check::run(&vectors);
    println!("{report}");
    assert!(report.failed.is_empty(), "{report}");
    assert!(report.passed > 100, "too few vectors were run: {report}");
}

/// The folder with the data for tests.
fn data() -> PathBuf {
    env::var_os("SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    )
}
