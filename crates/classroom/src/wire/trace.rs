//! The trace in the terminal goes through a queue.
//!
//! A request must not wait for a terminal. So exchanges go through a bounded queue to one thread that writes them; under
//! a flood, what finds the queue full is counted, and the count is written.

use std::{
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use ::wire::{Colours, Exchange, Latest, Reader};
use tokio::sync::{
    mpsc::{self, Receiver, Sender},
    watch,
};

use crate::reading::language;

/// How many exchanges may wait for the writer.
const QUEUE: usize = 64;
/// How long the writer rests after it has emptied the queue: nobody reads faster, and a flood must not keep it busy.
const REST: Duration = Duration::from_millis(50);

/// Where exchanges go to be written.
pub(crate) struct Trace {
    queue: Sender<Arc<Exchange>>,
    left_out: Arc<AtomicU64>,
}

impl Trace {
    /// Starts the writer. It ends with the trace. (A receiver of `latest` would be one more to wake for each exchange.)
    pub(crate) fn start(latest: watch::Sender<Latest>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&left_out);
        thread::spawn(move || write_all(waiting, &counter, &latest));
        Self { queue, left_out }
    }

    /// Hands an exchange of the lesson to the writer, or counts it as left out where the queue is full.
    pub(crate) fn write(&self, exchange: Arc<Exchange>) {
        if exchange.is_of_lesson() && self.queue.try_send(exchange).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes until every sender is gone. A terminal that went away ends nothing but the trace.
fn write_all(
    mut waiting: Receiver<Arc<Exchange>>,
    left_out: &AtomicU64,
    latest: &watch::Sender<Latest>,
) {
    let reader = || Reader::of(language().words(), latest.borrow().hides);
    let mut out = io::stdout();
    let colours = Colours::of(out.is_terminal() && std::env::var_os("NO_COLOR").is_none());
    while let Some(first) = waiting.blocking_recv() {
        let mut text = reader().in_two_lines(&first, &colours);
        while let Ok(next) = waiting.try_recv() {
            text.push_str(&reader().in_two_lines(&next, &colours));
        }
        let skipped = left_out.swap(0, Ordering::Relaxed);
        if skipped > 0 {
            text.push_str(&language().words().left_out(skipped));
        }
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            return;
        }
        thread::sleep(REST);
    }
}
