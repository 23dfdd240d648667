//! How output looks: colour where it is read by a person, and nothing from the wire that could steer a terminal.

use std::io::{IsTerminal, stdout};
use std::sync::OnceLock;

use anstyle::{AnsiColor, Style};

/// What a piece of text means; each meaning has one look.
#[derive(Clone, Copy)]
pub enum Look {
    /// A pass, or a line that should be there.
    Good,
    /// A failure, or a line that should not be there.
    Bad,
    Strong,
    /// Something that may be skipped.
    Quiet,
    /// Nothing in particular.
    Plain,
}

/// Whether standard output takes colour: a terminal, and the user has not said no (`NO_COLOR`, `TERM=dumb`).
pub fn has_colour() -> bool {
    static ANSWER: OnceLock<bool> = OnceLock::new();
    *ANSWER.get_or_init(|| {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let term = std::env::var_os("TERM");
        // An old Windows console prints the codes themselves; the new one names itself.
        let able = match &term {
            Some(name) => name != "dumb",
            None => std::env::var_os("WT_SESSION").is_some(),
        };
        stdout().is_terminal() && !refused && able
    })
}

/// `text` in its look, or plain where there is no colour.
pub fn paint(look: Look, text: &str) -> String {
    if !has_colour() || text.is_empty() {
        return text.to_owned();
    }
    let style = match look {
        Look::Good => AnsiColor::Green.on_default(),
        Look::Bad => AnsiColor::Red.on_default(),
        Look::Strong => Style::new().bold(),
        Look::Quiet => Style::new().dimmed(),
        Look::Plain => return text.to_owned(),
    };
    format!("{style}{text}{style:#}")
}

/// `text` with every control character made visible, but for line ends and tabs.
///
/// A server may answer with anything; a terminal must not obey it.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => out.push(character),
            _ if character.is_control() || is_direction_mark(character) => {
                out.extend(character.escape_default())
            }
            _ => out.push(character),
        }
    }
    out
}

/// Characters that reorder a line, so that it reads as something else.
fn is_direction_mark(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// `text` with each line indented, and nothing on empty lines.
pub fn indent(text: &str, by: &str) -> String {
    let lines = text
        .lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("{by}{line}") });
    lines.collect::<Vec<_>>().join("\n")
}

/// `text` broken between words so that no line is wider than `width` characters, if its words allow.
pub fn wrap(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().map_or(0, |line| line.chars().count());
        if last > 0 && last + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        if let Some(line) = lines.last_mut() {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(visible("a\u{1b}[2Jb\r\nc\u{202e}"), "a\\u{1b}[2Jb\\r\nc\\u{202e}");
    }

    #[test]
    fn long_text_is_broken_between_words() {
        assert_eq!(wrap("one two three", 7), "one two\nthree");
    }
}
