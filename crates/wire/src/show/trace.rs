//! The trace in the terminal: each exchange in two short lines.
//!
//! ```text
//! → GET /           Cookie: visits=1; theme=dark
//! ← 200 OK          Set-Cookie: visits=2; Path=/
//! ```
//!
//! This lesson's cookies stand there whole, others are counted. A cookie that was held back is named with the rule (a
//! prediction). What a projector hides is not in a terminal either, for it is on the same screen.

use std::fmt::Write as _;

use cookie_rules::visible;

use super::{
    super::{
        exchange::Kind,
        model::facts::{Came, Exchange, SetOutcome, Why},
    },
    Reader,
    ladder::{coming, status_line},
};

/// How much of a line is shown, in characters.
const LINE: usize = 160;

/// The colours of a terminal, or none.
pub struct Colours {
    request: &'static str,
    good: &'static str,
    bad: &'static str,
    plain: &'static str,
}

impl Colours {
    /// Those of a terminal that has them, or none.
    pub fn of(coloured: bool) -> Self {
        if coloured {
            Self { request: "\x1b[36m", good: "\x1b[32m", bad: "\x1b[33m", plain: "\x1b[0m" }
        } else {
            Self { request: "", good: "", bad: "", plain: "" }
        }
    }
}

impl Exchange {
    /// Whether it is none of those that browsers ask for on the side.
    pub fn is_of_lesson(&self) -> bool {
        self.asked.kind == Kind::Lesson
    }
}

impl Reader {
    /// An exchange for the terminal: this lesson's cookies first and whole, the rest as a count.
    pub fn in_two_lines(self, exchange: &Exchange, colours: &Colours) -> String {
        let Self { words, hide } = self;
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
        let colour = if answer.status.as_u16() < 400 { colours.good } else { colours.bad };
        let (request, plain) = (colours.request, colours.plain);
        let mut text = String::new();
        let head = line(&head, &[("Cookie: ", cookies), (labels.held, held)]);
        let answer = line(&status_line(exchange), &[("Set-Cookie: ", set)]);
        let _ = writeln!(text, "{request}→{plain} {head}");
        let _ = writeln!(text, "{colour}←{plain} {answer}");
        text
    }
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
