//! How a check's test says that it passed: on a way that nothing else writes to. An answer runs in the test's process, and
//! may print what libtest prints, or end the process with any exit status.

use std::process::{ExitCode, Termination};

/// Names a file, for `cargo course check`: there the test says that it passed.
const FILE: &str = "PROBE_PASSED";

/// The word that this run gave the test.
const WORD: &str = "PROBE_WORD";

/// What a check's test returns, as its last line: its body came to its end.
///
/// libtest asks for the report of what a test returned, so this is said after the body, and not at all where it panicked,
/// hung, or was ended.
///
/// ```
/// use probe::Passed;
///
/// // #[test]
/// fn one_and_one_are_two() -> Passed {
///     assert!(1 + 1 == 2, "Expected two.");
///     Passed
/// }
/// # one_and_one_are_two();
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Passed;

impl Termination for Passed {
    fn report(self) -> ExitCode {
        let (Some(file), Ok(word)) = (std::env::var_os(FILE), std::env::var(WORD)) else {
            return ExitCode::SUCCESS;
        };
        // With the process, for a program that the test starts has the same environment.
        match std::fs::write(&file, format!("{word} {}", std::process::id())) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("can't say in {} that the test passed: {error}", file.display());
                ExitCode::FAILURE
            }
        }
    }
}
