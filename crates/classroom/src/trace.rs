//! The trace in the terminal: each exchange in two short lines.
//!
//! ```text
//! → GET /           Cookie: visits=1; theme=dark
//! ← 200 OK          Set-Cookie: visits=2; Path=/
//! ```
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

use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// How many exchanges may wait for the writer.
const QUEUE: usize = 64;
/// How long the writer rests after it has emptied the queue: nobody reads faster, and a flood must not keep it busy.
const REST: Duration = Duration::from_millis(50);
/// How much of a line is shown, in characters.
const LINE: usize = 160;

/// Where exchanges go to be written. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Trace {
    queue: Sender<Exchange>,
    left_out: Arc<AtomicU64>,
}

/// A request that waits for its response.
pub(crate) struct Open {
    method: Method,
    uri: Uri,
    cookies: Vec<HeaderValue>,
}

struct Exchange {
    request: Open,
    status: StatusCode,
    set_cookies: Vec<HeaderValue>,
}

impl Trace {
    /// Starts the writer. It ends with the last clone of the trace.
    pub(crate) fn start() -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let left_out = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&left_out);
        thread::spawn(move || write_all(waiting, &counter));
        Self { queue, left_out }
    }

    /// Notes a request, or counts it as left out where the queue is full.
    pub(crate) fn request(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<Open> {
        if uri.path().starts_with("/classroom/") || uri.path() == "/favicon.ico" {
            return None;
        }
        if self.queue.capacity() == 0 {
            self.left_out.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        Some(Open {
            method: method.clone(),
            uri: uri.clone(),
            cookies: headers.get_all(header::COOKIE).iter().cloned().collect(),
        })
    }

    /// Hands a request and its response to the writer.
    pub(crate) fn response(&self, request: Option<Open>, status: StatusCode, headers: &HeaderMap) {
        let Some(request) = request else { return };
        let set_cookies = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
        if self.queue.try_send(Exchange { request, status, set_cookies }).is_err() {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Writes until every sender is gone. A terminal that went away ends nothing but the trace.
fn write_all(mut waiting: Receiver<Exchange>, left_out: &AtomicU64) {
    let mut out = io::stdout();
    let style = Style::of(out.is_terminal() && std::env::var_os("NO_COLOR").is_none());
    while let Some(first) = waiting.blocking_recv() {
        let mut text = first.in_two_lines(&style);
        while let Ok(next) = waiting.try_recv() {
            text.push_str(&next.in_two_lines(&style));
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

impl Exchange {
    fn in_two_lines(&self, style: &Style) -> String {
        let Open { method, uri, cookies } = &self.request;
        let head =
            format!("{method} {}", uri.path_and_query().map_or("/", |target| target.as_str()));
        let status =
            format!("{} {}", self.status.as_u16(), self.status.canonical_reason().unwrap_or(""));
        let colour = if self.status.as_u16() < 400 { style.good } else { style.bad };
        let mut text = String::new();
        let (request, plain) = (style.request, style.plain);
        let _ = writeln!(text, "{request}→{plain} {}", line(&head, "Cookie", cookies));
        let _ =
            writeln!(text, "{colour}←{plain} {}", line(&status, "Set-Cookie", &self.set_cookies));
        text
    }
}

/// A head and the values of one header, visible and short.
fn line(head: &str, name: &str, values: &[HeaderValue]) -> String {
    let mut line = visible(head.as_bytes());
    if !values.is_empty() {
        let values: Vec<_> = values.iter().map(|value| visible(value.as_bytes())).collect();
        line = format!("{line:<24} {name}: {}", values.join(" | "));
    }
    if line.chars().count() > LINE {
        line = line.chars().take(LINE - 1).chain(['…']).collect();
    }
    line
}

/// Text that is safe to print: bytes that are not UTF-8 and every control character are shown as escapes, so that
/// nothing a client sends can move the cursor or colour the screen.
fn visible(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() || is_invisible(character) {
                let _ = write!(text, "{}", character.escape_default());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Characters that are not controls and still turn a line around or hide in it.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_bytes_that_are_not_utf8_are_shown_as_escapes() {
        assert_eq!(visible(b"a\x1b[31m\xff\r\n"), "a\\u{1b}[31m\\xff\\r\\n");
        assert_eq!(visible("用户 \u{202e}\u{9b}".as_bytes()), "用户 \\u{202e}\\u{9b}");
    }

    #[test]
    fn a_long_line_is_cut() {
        let value = HeaderValue::from_bytes(&[b'x'; 5000]);
        let line =
            line("GET /", "Cookie", &[value.unwrap_or_else(|_| HeaderValue::from_static(""))]);
        assert_eq!(line.chars().count(), LINE);
        assert!(line.ends_with('…'), "{line}");
    }
}
