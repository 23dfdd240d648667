//! A program that runs and has said where it listens.

use std::{
    process::{Child, ExitStatus},
    sync::mpsc,
    time::Duration,
};

use crate::{PATIENCE, output::Lines, within};

/// A running program; it ends with this value.
#[derive(Debug)]
pub struct Running {
    child: Child,
    port: u16,
    output: Lines,
    errors: Lines,
}

impl Running {
    /// Waits until a line of the program's output tells its port; the error is what it printed instead.
    pub(crate) fn wait_for_address(
        mut child: Child,
        port_in: impl Fn(&str) -> Option<u16> + Send + 'static,
    ) -> Result<Self, String> {
        let (found, port) = mpsc::channel();
        let output = Lines::watched(child.stdout.take(), move |line| {
            if let Some(port) = port_in(line) {
                let _ = found.send(port);
            }
        });
        let errors = Lines::of(child.stderr.take());
        let mut running = Self { child, port: 0, output, errors };
        // A program that ends closes its output, and the channel with it: nobody waits in vain.
        match port.recv_timeout(PATIENCE) {
            Ok(port) => {
                running.port = port;
                Ok(running)
            }
            Err(_) => {
                let _ = running.child.kill();
                let _ = running.child.wait();
                let printed = running.output.to_the_end() + &running.errors.to_the_end();
                Err(printed.trim_end().to_owned())
            }
        }
    }

    /// The port that it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    #[must_use]
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// What it has printed on its standard output so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.output.so_far()
    }

    /// What it has printed on its standard error so far.
    #[must_use]
    pub fn errors(&self) -> String {
        self.errors.so_far()
    }

    /// Does something while nobody reads what it prints, as where its terminal is held.
    pub fn unread<T>(&self, act: impl FnOnce() -> T) -> T {
        let held = self.output.hold();
        let result = act();
        drop(held);
        result
    }

    /// Waits until it ends by itself; `None` where it still runs after `limit`.
    pub fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        within(limit, || self.child.try_wait().ok().flatten())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
