//! Runs a file of Flask vectors: `cargo run -p flask-cookie --example vectors -- FILE`.
//!
//! It prints each failure, then what was skipped and why, and last `N passed, N failed, N skipped`.

mod check;

use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    let Some(file) = env::args_os().nth(1) else {
        eprintln!("usage: cargo run -p flask-cookie --example vectors -- FILE");
        return ExitCode::from(2);
    };
    let vectors =
        match fs::read(&file).map_err(|e| e.to_string()).and_then(|bytes| check::parse(&bytes)) {
            Ok(vectors) => vectors,
            Err(error) => {
                eprintln!("{}: {error}", file.display());
                return ExitCode::from(2);
            }
        };
    let report = check::run(&vectors);
    print!("{report}");
    if report.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
