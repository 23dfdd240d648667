//! Runs `flask/vectors.json`: what Flask 3.1.3 and itsdangerous 2.2.0 themselves wrote and said, under a clock that stood still.
//! The file was made for this project, and has its licence.

#[path = "../examples/vectors/check/mod.rs"]
mod check;

use serde_json::json;

/// Flask compressed this cookie, and zlib has more than one way to say a thing.
#[test]
fn in_a_flow_a_compressed_cookie_counts_by_what_flask_reads_in_it() {
    let failures = |username: &str, path: &str| {
        let cookie =
            ".eJyrViotTi3KS8xNVbJSiik1MDE0GyVpTSrVAgCDWWWr.Z3SFgA.InKeZ6Rf5bVBY_PYC8BuxB9IG34";
        let line = format!("session={cookie}; HttpOnly; Path={path}");
        let request = json!({"method": "POST", "path": "/login", "form": {"username": username}});
        let step = json!({"at": 1_735_689_600, "request": request, "set_cookie": [line], "vary": "Cookie"});
        let flow = json!({"secret_key": "A0Zr98j/3yX R~XHH!jmN]LWX/,?RT", "steps": [step]});
        check::run(&json!({"flows": [flow]})).failed
    };
    assert_eq!(failures(&"Ж".repeat(60), "/"), [""; 0]);
    assert_eq!(failures(&"Ж".repeat(59), "/").len(), 1, "another name");
    assert_eq!(failures(&"Ж".repeat(60), "/x").len(), 1, "another path");
}

#[test]
fn every_vector_comes_out_as_flask_has_it() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flask/vectors.json");
    let bytes = std::fs::read(file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let report = check::run(&check::parse(&bytes).expect("the vectors are JSON"));
    println!("{report}");
    assert!(report.failed.is_empty(), "{report}");
    assert_eq!(report.passed, 184, "{report}");
}
