//! A lesson's server, started for one document on a free port.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::tools::process::Gather;

/// The secret of every server started here, so that signatures in documents stay the same. Not a secret at all.
pub const SECRET_KEY: &str = "crumbs documents are signed with this well-known key";

/// How long a server may take until it says its address.
const START: Duration = Duration::from_secs(20);

/// Variables that would change what a server answers; its document must not depend on who runs it.
pub const FORGOTTEN: [&str; 8] = [
    "RUST_BACKTRACE",
    "RUST_LOG",
    "WIRE",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SESSION_SECONDS",
    "PORT",
    "HOST",
];

/// A running server; it ends with this value.
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts `binary` in `folder` with `variables` added, and waits until it says its address.
    ///
    /// # Errors
    /// Where it can't be started, ends, or says no address: what it printed is in the text.
    pub fn start(
        binary: &Path,
        folder: &Path,
        variables: &[(String, String)],
    ) -> Result<Self, String> {
        let mut command = Command::new(binary);
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        command.env("PORT", "0").env("SECRET_KEY", SECRET_KEY).env("NO_COLOR", "1");
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .map_err(|error| format!("can't start {}: {error}", binary.display()))?;
        let stderr = child.stderr.take().map(Gather::start);
        let (send, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            // Read to the end, so that the server never waits for a reader.
            thread::spawn(move || {
                for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                    let _ = send.send(line);
                }
            });
        }
        let mut server = Self { child, port: 0 };
        let mut said = String::new();
        let started = Instant::now();
        while let Ok(line) = lines.recv_timeout(START.saturating_sub(started.elapsed())) {
            if let Some(port) = port_in(&line) {
                server.port = port;
                return Ok(server);
            }
            said.push_str(&line);
            said.push('\n');
        }
        said.push_str(&stderr.map(|stderr| stderr.so_far()).unwrap_or_default());
        Err(format!(
            "the server printed no line with `http://localhost:PORT`; it said:\n{}",
            said.trim_end()
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The port of `http://localhost:PORT` in a line.
fn port_in(line: &str) -> Option<u16> {
    let (_, after) = line.split_once("http://localhost:")?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|port| *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_found_in_the_banner() {
        assert_eq!(port_in("Lesson 1 is at http://localhost:40123/ now"), Some(40123));
        assert_eq!(port_in("http://localhost:0"), None);
        assert_eq!(port_in("nothing"), None);
    }
}
