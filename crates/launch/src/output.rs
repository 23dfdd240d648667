//! What a program prints, read by a thread of its own, so that the program never waits for a reader.

use std::{
    io::{BufRead, BufReader, Read},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::within;

/// What came so far; what is not UTF-8 is replaced.
#[derive(Debug)]
pub(crate) struct Lines {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Lines {
    /// Starts to read.
    pub(crate) fn of(printed: Option<impl Read + Send + 'static>) -> Self {
        Self::watched(printed, |_| {})
    }

    /// Starts to read, and shows each line to `look` first.
    pub(crate) fn watched(
        printed: Option<impl Read + Send + 'static>,
        mut look: impl FnMut(&str) + Send + 'static,
    ) -> Self {
        let text = Arc::<Mutex<String>>::default();
        let collected = Arc::clone(&text);
        let reader = thread::spawn(move || {
            let Some(mut printed) = printed.map(BufReader::new) else { return };
            let mut line = Vec::new();
            while printed.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                let text = String::from_utf8_lossy(&line);
                look(&text);
                lock(&collected).push_str(&text);
                line.clear();
            }
        });
        Self { text, reader }
    }

    /// What came so far.
    pub(crate) fn so_far(&self) -> String {
        lock(&self.text).clone()
    }

    /// All that came, where the program has ended. A child of its own may keep the pipe open: it is not waited for.
    pub(crate) fn to_the_end(&self) -> String {
        let _ = within(Duration::from_secs(1), || self.reader.is_finished().then_some(()));
        self.so_far()
    }

    /// Nobody reads while the guard is held.
    pub(crate) fn hold(&self) -> MutexGuard<'_, String> {
        lock(&self.text)
    }
}

fn lock(text: &Mutex<String>) -> MutexGuard<'_, String> {
    text.lock().unwrap_or_else(PoisonError::into_inner)
}
