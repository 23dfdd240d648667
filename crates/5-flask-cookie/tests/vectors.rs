//! Runs `flask/vectors.json`: what Flask 3.1.3 and itsdangerous 2.2.0 themselves wrote and said, under a clock that stood still.
//! The file was made for this project, and has its licence.

#[path = "../examples/vectors/check.rs"]
mod check;
#[path = "../examples/vectors/flow.rs"]
mod flow;
#[path = "../examples/vectors/python.rs"]
mod python;

#[test]
fn every_vector_comes_out_as_flask_has_it() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flask/vectors.json");
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let report = check::run(&check::parse(&bytes).expect("the vectors are JSON"));
    println!("{report}");
    assert!(report.failed.is_empty(), "{report}");
    assert_eq!(report.passed, 184, "{report}");
}
