//! The trace in the terminal: each exchange in two short lines.
//!
//! ```text
//! → GET /           Cookie: visits=1; theme=dark
//! ← 200 OK          Set-Cookie: visits=2; Path=/
//! ```
//!
//! This lesson's cookies stand there whole, others are counted. A cookie that was held back is named with the rule (a
//! prediction). What a projector hides is not in a terminal either, for it is on the same screen.
//!
//! A request must not wait for a terminal. So exchanges go through a bounded queue to one thread that writes them; under
//! a flood, what finds the queue full is counted, and the count is written.

use std::{
    fmt::Write as _,
    io::{self, IsTerminal, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use cookie_rules::visible;
use tokio::sync::{
    mpsc::{self, Receiver, Sender},
    watch,
};

use super::{
    super::{
        Latest,
        exchange::Kind,
        model::facts::{Came, Exchange, SetOutcome, Why},
    },
    Reader,
    ladder::{coming, status_line},
};
use crate::spoken::language;

/// How many exchanges may wait for the writer.
const QUEUE: usize = 64;
/// How long the writer rests after it has emptied the queue: nobody reads faster, and a flood must not keep it busy.
const REST: Duration = Duration::from_millis(50);
/// How much of a line is shown, in characters.
const LINE: usize = 160;

/// Where exchanges go to be written.
pub(crate) struct Trace {
    queue: Sender<Arc<Exchange>>,
    left_out: Arc<AtomicU64>,
}

impl Trace {
    /// Starts the writer. It ends with the trace.
    pub(crate) fn start(latest: watch::Receiver<Latest>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&left_out);
        thread::spawn(move || write_all(waiting, &counter, &latest));
        Self { queue, left_out }
    }

    /// Hands an exchange of the lesson to the writer, or counts it as left out where the queue is full.
    pub(crate) fn write(&self, exchange: Arc<Exchange>) {
        if exchange.asked.kind == Kind::Lesson && self.queue.try_send(exchange).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes until every sender is gone. A terminal that went away ends nothing but the trace.
fn write_all(
    mut waiting: Receiver<Arc<Exchange>>,
    left_out: &AtomicU64,
    latest: &watch::Receiver<Latest>,
) {
    let reader = || Reader::of(language().words(), latest.borrow().hides);
    let mut out = io::stdout();
    let style = Style::of(out.is_terminal() && std::env::var_os("NO_COLOR").is_none());
    while let Some(first) = waiting.blocking_recv() {
        let mut text = in_two_lines(&first, &style, reader());
        while let Ok(next) = waiting.try_recv() {
            text.push_str(&in_two_lines(&next, &style, reader()));
        }
        let skipped = left_out.swap(0, Ordering::Relaxed);
        if skipped > 0 {
            text.push_str(&reader().words.left_out(skipped));
        }
        if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
            return;
        }
        thread::sleep(REST);
    }
}

/// The colours of a terminal, or none.
struct Style {
    request: &'static str,
    good: &'static str,
    bad: &'static str,
    plain: &'static str,
}

impl Style {
    fn of(coloured: bool) -> Self {
        if coloured {
            Self { request: "\x1b[36m", good: "\x1b[32m", bad: "\x1b[33m", plain: "\x1b[0m" }
        } else {
            Self { request: "", good: "", bad: "", plain: "" }
        }
    }
}

/// This lesson's cookies first and whole, the rest as a count.
fn in_two_lines(exchange: &Exchange, style: &Style, Reader { words, hide }: Reader) -> String {
    let labels = words.labels();
    let (asked, answer) = (&exchange.asked, &exchange.answer);
    let head = format!("{} {}", asked.method, hide.target(asked.target.as_bytes()));
    let (ours, ids, others) = coming(asked);
    let pair = |came: &&Came| {
        format!("{}={}", visible(&came.name), hide.value(&came.value, came.http_only))
    };
    let others = words.others(ours.is_empty(), ids, others);
    let cookies = ours.iter().map(pair).collect::<Vec<_>>().join("; ");
    let gap = if cookies.is_empty() || others.is_empty() { "" } else { " " };
    let cookies = format!("{cookies}{gap}{others}");
    let held = asked.absent.iter().filter_map(|absent| match &absent.why {
        Why::HeldBack(reason) => {
            Some(format!("{} ({})", visible(&absent.name), words.in_a_word(reason)))
        }
        _ => None,
    });
    let held = held.collect::<Vec<_>>().join(", ");
    let set = answer.set.iter().map(|line| match line.outcome {
        SetOutcome::Refused { certain: true, .. } => {
            format!("{} ({})", hide.line(&line.line), labels.refused)
        }
        _ => hide.line(&line.line),
    });
    let set = set.collect::<Vec<_>>().join(" | ");
    let colour = if answer.status.as_u16() < 400 { style.good } else { style.bad };
    let (request, plain) = (style.request, style.plain);
    let mut text = String::new();
    let head = line(&head, &[("Cookie: ", cookies), (labels.held, held)]);
    let answer = line(&status_line(exchange), &[("Set-Cookie: ", set)]);
    let _ = writeln!(text, "{request}→{plain} {head}");
    let _ = writeln!(text, "{colour}←{plain} {answer}");
    text
}

/// A head and what there is to say of it, short.
fn line(head: &str, parts: &[(&str, String)]) -> String {
    let mut line = head.to_owned();
    for (name, values) in parts.iter().filter(|(_, values)| !values.is_empty()) {
        line = format!("{line:<24} {name}{values}");
    }
    if line.chars().count() > LINE {
        line = line.chars().take(LINE - 1).chain(['…']).collect();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut() {
        let line = line("GET /", &[("Cookie: ", "x".repeat(5000))]);
        assert_eq!(line.chars().count(), LINE);
        assert!(line.ends_with('…'), "{line}");
    }

    #[test]
    fn a_line_says_what_came_and_what_was_held_back() {
        let parts = [("Cookie: ", "a=1".into()), ("held back: ", "b (path)".into())];
        assert_eq!(
            line("GET /", &parts),
            format!("{:<24} Cookie: a=1 held back: b (path)", "GET /")
        );
    }
}
