//! One test, in a process of its own. The answer runs in it too, so what is printed there and the exit status prove nothing:
//! a test is passed when `probe` has also written the word that this run gave it, which libtest lets it do after the test's body.

use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use crate::grade::libtest::{Status, TestResult, own_panic, printed};
use crate::say::Doing;
use crate::tools::items::TestFunction;
use crate::tools::process::{self, End, Ended, Limits, PRINTED};
use crate::tools::report::Stop;

/// How long a test may take, whatever it does; and for how long it may do nothing. That is longer than `probe` waits for an
/// answer: a request without one ends the test with a better message.
const LIMITS: Limits = Limits { time: Duration::from_secs(300), idle: Duration::from_secs(25) };

/// How much processor time a test may use, in seconds.
const PROCESSOR: u64 = 20;

/// How much memory a test may use, in gigabytes.
const MEMORY: u64 = 4;

/// Runs a test of `binary` in the exercise's `folder`; `file` is where it says that it passed.
pub fn run(
    binary: &Path,
    folder: &Path,
    test: &TestFunction,
    file: &Path,
) -> Result<TestResult, Stop> {
    let word = format!("{:016x}{:016x}", random(), random());
    let mut command = bounded(binary);
    // Two threads: the test gets one of its own, whatever the machine, and its panics bear its name.
    launch::clean(&mut command)
        .args(["--exact", &test.name, "--include-ignored", "--nocapture"])
        .args(["--test-threads", "2", "--color", "never"])
        .current_dir(folder)
        .env("PORT", "0")
        .env("CARGO_MANIFEST_DIR", folder)
        .env("PROBE_PASSED", file)
        .env("PROBE_WORD", &word);
    let ended = process::run(&mut command, LIMITS)
        .map_err(|error| Stop::file(Doing::Run, binary, &error))?;
    let said = fs::read_to_string(file).unwrap_or_default();
    let _ = fs::remove_file(file);
    let came_to_its_end = said == format!("{word} {}", ended.id);
    let (panic, others) = own_panic(&ended.stderr.replace("\r\n", "\n"), &test.name);
    let (status, message) = match ended.end {
        End::Exit(status) if status.success() && came_to_its_end => (Status::Pass, String::new()),
        End::Exit(status) if !status.success() && !panic.is_empty() => (Status::Fail, panic),
        _ => (Status::Error, why(&ended)),
    };
    let printed = [printed(&ended.stdout.replace("\r\n", "\n"), &test.name), others];
    let printed = printed.join("\n").trim_matches('\n').to_owned();
    Ok(TestResult { name: test.name.clone(), status, message, printed })
}

/// Why a test ended without a word and without a message of its own.
fn why(ended: &Ended) -> String {
    match ended.end {
        End::TooLong => format!(
            "The test was ended after {} seconds: does the answer wait for ever?",
            LIMITS.time.as_secs()
        ),
        End::Idle => format!(
            "The test was ended: for {} seconds it did nothing. Does the answer wait for a lock that it holds itself?",
            LIMITS.idle.as_secs()
        ),
        End::TooMuch => format!(
            "The test was ended after {} MB of output: does the answer print in a loop?",
            PRINTED >> 20
        ),
        End::Exit(status) if used_up(status) => format!(
            "The test was ended after {PROCESSOR} seconds of processor time: does the answer loop for ever?"
        ),
        End::Exit(_) if ended.stderr.contains("memory allocation of ") => format!(
            "The test was ended, for it asked for more than {MEMORY} GB of memory: does the answer collect without end?"
        ),
        End::Exit(status) if status.code() == Some(101) => {
            "The test failed, and its message is missing: does the answer set a panic hook?"
                .to_owned()
        }
        End::Exit(status) => {
            format!("The process ended before the test did ({status}): does the answer end it?")
        }
    }
}

/// The test program, with bounds on what it may take, where the system has them. A crash leaves no core file.
#[cfg(unix)]
fn bounded(binary: &Path) -> Command {
    let bounds = format!(
        "{{ ulimit -c 0; ulimit -S -t {PROCESSOR}; ulimit -v {}; }} 2>/dev/null",
        MEMORY << 20
    );
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!(r#"{bounds}; exec "$0" "$@""#)).arg(binary);
    command
}

#[cfg(not(unix))]
fn bounded(binary: &Path) -> Command {
    Command::new(binary)
}

/// Whether the system ended a process for the processor time it used.
#[cfg(unix)]
fn used_up(status: ExitStatus) -> bool {
    const SIGXCPU: i32 = 24;
    std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGXCPU)
}

#[cfg(not(unix))]
fn used_up(_: ExitStatus) -> bool {
    false
}

/// A number that nobody guesses.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}
