//! The trace in the terminal: each exchange in two short lines.
//!
//! ```text
//! → GET /           Cookie: visits=1; theme=dark
//! ← 200 OK          Set-Cookie: visits=2; Path=/
//! ```
//!
//! A cookie that the browser has and did not send is named with the rule that held it back (a prediction).
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

use cookie_rules::{Reason, visible};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::exchange::{Exchange, Kind};

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
    pub(crate) fn start() -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&left_out);
        thread::spawn(move || write_all(waiting, &counter));
        Self { queue, left_out }
    }

    /// Hands an exchange of the lesson to the writer, or counts it as left out where the queue is full.
    pub(crate) fn write(&self, exchange: Arc<Exchange>) {
        if exchange.kind == Kind::Lesson && self.queue.try_send(exchange).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes until every sender is gone. A terminal that went away ends nothing but the trace.
fn write_all(mut waiting: Receiver<Arc<Exchange>>, left_out: &AtomicU64) {
    let mut out = io::stdout();
    let style = Style::of(out.is_terminal() && std::env::var_os("NO_COLOR").is_none());
    while let Some(first) = waiting.blocking_recv() {
        let mut text = in_two_lines(&first, &style);
        while let Ok(next) = waiting.try_recv() {
            text.push_str(&in_two_lines(&next, &style));
        }
        let skipped = left_out.swap(0, Ordering::Relaxed);
        if skipped > 0 {
            let _ = writeln!(
                text,
                "… {skipped} exchanges left out: they came faster than anybody reads"
            );
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

fn in_two_lines(exchange: &Exchange, style: &Style) -> String {
    let head = format!("{} {}", exchange.method, visible(exchange.target.as_bytes()));
    let cookies = exchange.request.fields().filter(|field| field.name == "cookie");
    let cookies: Vec<_> = cookies.map(|field| visible(field.value)).collect();
    let status = exchange.status;
    let status = format!("{} {}", status.as_u16(), status.canonical_reason().unwrap_or(""));
    let set: Vec<_> = exchange.set.iter().map(|line| visible(&line.line)).collect();
    let withheld: Vec<_> = exchange
        .facts
        .withheld()
        .map(|(cookie, reason)| format!("{} ({})", visible(&cookie.name), in_a_word(reason)))
        .collect();
    let rejected = exchange.set.iter().filter(|line| line.is_refused()).count();
    let colour = if exchange.status.as_u16() < 400 { style.good } else { style.bad };
    let (request, plain) = (style.request, style.plain);
    let mut text = String::new();
    let head = line(&head, &[("Cookie: ", cookies), ("held back: ", withheld)]);
    let mut answer = line(&status, &[("Set-Cookie: ", set)]);
    if rejected > 0 {
        let _ = write!(answer, " [{rejected} without effect]");
    }
    let _ = writeln!(text, "{request}→{plain} {head}");
    let _ = writeln!(text, "{colour}←{plain} {answer}");
    text
}

/// The rule that held a cookie back, in a word or two.
fn in_a_word(reason: &Reason) -> &'static str {
    match reason {
        Reason::Path { .. } => "path",
        Reason::HostOnly { .. } | Reason::OtherDomain { .. } => "host",
        Reason::SecureOnly { .. } => "Secure",
        Reason::SameSiteStrict | Reason::SameSiteLax { .. } | Reason::SameSiteLaxMethod { .. } => {
            "SameSite"
        }
        _ => "rule",
    }
}

/// A head and what there is to say of it, short.
fn line(head: &str, parts: &[(&str, Vec<String>)]) -> String {
    let mut line = head.to_owned();
    for (name, values) in parts.iter().filter(|(_, values)| !values.is_empty()) {
        line = format!("{line:<24} {name}{}", values.join(" | "));
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
        let line = line("GET /", &[("Cookie: ", vec!["x".repeat(5000)])]);
        assert_eq!(line.chars().count(), LINE);
        assert!(line.ends_with('…'), "{line}");
    }

    #[test]
    fn a_line_says_what_came_and_what_was_held_back() {
        let parts = [("Cookie: ", vec!["a=1".into()]), ("held back: ", vec!["b (path)".into()])];
        assert_eq!(
            line("GET /", &parts),
            format!("{:<24} Cookie: a=1 held back: b (path)", "GET /")
        );
    }
}
