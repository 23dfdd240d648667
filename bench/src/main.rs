//! What a logged-in `GET /` costs the server, by processor time a request: lessons 3 and 6, and others who serve lesson 3's
//! page. Linux, two cores, `taskset`:
//!
//! ```text
//! just bench
//! ```
//!
//! All run in turn, on one core, the client on another; told is the median of paired runs. A number of runs may follow.

mod contender;
mod yardsticks;

use std::{env, error::Error, fs, path::PathBuf, process::Command};

use contender::{Contender, pin};

/// The core of this program; every server has core 0.
const OURS: &str = "1";

fn main() -> Result<(), Box<dyn Error>> {
    if let Ok(name) = env::var(yardsticks::SERVE) {
        return yardsticks::serve(&name);
    }
    let runs: usize = env::args().nth(1).map_or(Ok(15), |runs| runs.parse())?;
    let [lesson3, lesson6] = build()?;
    pin(std::process::id(), OURS)?;
    let file = env::temp_dir().join(format!("crumbs-bench-{}.redb", std::process::id()));
    let store = format!("redb:{}", file.display());
    let ours = env::current_exe()?.display().to_string();
    let key = ("SECRET_KEY", "a key for measuring, longer than 32 bytes");
    let yardstick = |name, program, cookie| {
        Contender::start(name, &ours, &[(yardsticks::SERVE, program)], cookie)
    };
    let mut contenders = [
        yardstick("bare axum, no session", "axum", "user")?,
        yardstick("axum-extra, signed cookie", "axum-extra", "signed_session")?,
        yardstick("tower-sessions, in memory", "tower-sessions", "id")?,
        yardstick("actix-session, signed cookie", "actix-session", "id")?,
        Contender::start(
            "lesson 3, WIRE=off",
            &lesson3,
            &[key, ("WIRE", "off")],
            "signed_session",
        )?,
        Contender::start("lesson 3 as it ships", &lesson3, &[key], "signed_session")?,
        Contender::start(
            "lesson 6 on redb, WIRE=off",
            &lesson6,
            &[("STORE", &store), ("WIRE", "off")],
            "sid",
        )?,
    ];
    // The first run is for warming up.
    for _ in 0..=runs {
        for contender in &mut contenders {
            contender.run()?;
        }
    }
    println!(
        "logged-in GET /, processor time of the server a request, median of {runs} paired runs"
    );
    println!("{:<30} {:>9} {:>10} {:>13}", "", "µs", "× bare", "× axum-extra");
    for one in &contenders {
        let times = |other: &Contender| median(&one.paired(other));
        println!(
            "{:<30} {:>9.2} {:>10.3} {:>13.3}",
            one.name,
            median(one.costs()),
            times(&contenders[0]),
            times(&contenders[1])
        );
    }
    println!(
        "× is how many requests it answers in the time in which the other answers one. Lesson 6's page is its own."
    );
    drop(contenders);
    fs::remove_file(file)?;
    Ok(())
}

/// Builds lessons 3 and 6 for release, and says where they are.
fn build() -> Result<[String; 2], Box<dyn Error>> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let packages = ["signed-sessions", "server-sessions"];
    let output = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--locked",
            "--message-format=json-render-diagnostics",
            "--manifest-path",
        ])
        .arg(workspace)
        .args(packages.iter().flat_map(|package| ["-p", package]))
        .stderr(std::process::Stdio::inherit())
        .output()?;
    let lines: Vec<serde_json::Value> = String::from_utf8(output.stdout)?
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let program = |package: &str| {
        let line = lines
            .iter()
            .find(|line| line["target"]["name"] == package && line["executable"].is_string());
        line.and_then(|line| line["executable"].as_str())
            .map(str::to_owned)
            .ok_or_else(|| format!("{package} could not be built"))
    };
    Ok([program(packages[0])?, program(packages[1])?])
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
