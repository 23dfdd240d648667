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

/// `text` broken between words, and between Chinese letters, so that no line is wider than `width` columns, if its words
/// allow.
pub fn wrap(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        for (at, piece) in pieces(word).into_iter().enumerate() {
            let last = lines.last_mut().map_or(0, |line| columns(line));
            let gap = usize::from(at == 0 && last > 0);
            if last > 0 && last + gap + columns(piece) > width {
                lines.push(String::new());
            } else if let Some(line) = lines.last_mut().filter(|_| gap > 0) {
                line.push(' ');
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(piece);
            }
        }
    }
    lines.join("\n")
}

/// A word in the pieces between which a line may end: before and after a wide letter, but not before a mark that closes and not
/// after one that opens.
fn pieces(word: &str) -> Vec<&str> {
    const CLOSES: &str = "，。、；：！？）》”…,.;:!?)";
    const OPENS: &str = "（《“(";
    let mut found = Vec::new();
    let mut start = 0;
    let letters: Vec<(usize, char)> = word.char_indices().collect();
    for pair in letters.windows(2) {
        let ((_, before), (at, after)) = (pair[0], pair[1]);
        let is_wide = width(before) > 1 || width(after) > 1;
        if is_wide && !OPENS.contains(before) && !CLOSES.contains(after) {
            found.push(&word[start..at]);
            start = at;
        }
    }
    found.push(&word[start..]);
    found
}

/// How many columns of a terminal a text takes.
pub fn columns(text: &str) -> usize {
    text.chars().map(width).sum()
}

/// Two for the letters and marks of East Asian scripts that [UAX 11](https://www.unicode.org/reports/tr11/) calls wide, as far
/// as this project writes them; one for all others.
fn width(character: char) -> usize {
    let is_wide = matches!(character, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{20000}'..='\u{3fffd}');
    1 + usize::from(is_wide)
}

/// The blanks that fill a text up to so many columns.
pub fn blanks(wanted: usize, text: &str) -> String {
    " ".repeat(wanted.saturating_sub(columns(text)))
}

/// As much of a text as so many columns hold.
pub fn cut(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, character)| {
        taken += width(*character);
        taken > room
    });
    &text[..end.map_or(text.len(), |(at, _)| at)]
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

    #[test]
    fn chinese_is_broken_between_letters_and_its_marks_stay_with_them() {
        assert_eq!(wrap("一二三四五", 4), "一二\n三四\n五");
        assert_eq!(wrap("一二，三", 4), "一\n二，\n三");
        assert_eq!(wrap("读 `a_long_name` 的（值）", 10), "读\n`a_long_name`\n的（值）");
        assert_eq!(
            (columns("a一，"), cut("a一二", 4), blanks(6, "一")),
            (5, "a一", "    ".to_owned())
        );
    }
}
