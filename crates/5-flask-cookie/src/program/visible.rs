//! What a client sent, made safe to show.

use std::fmt::Display;

/// Text that is safe to print, and not too long. What isn't ASCII is shown as an escape, as Flask writes it in JSON: nothing
/// that a client sends can move a cursor, colour a screen or turn a line around.
pub fn visible(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for character in text.chars().take(most) {
        match character {
            ' '..='~' => shown.push(character),
            other => shown.extend(other.escape_default()),
        }
    }
    let length = text.chars().count();
    if length > most {
        shown.push_str(&format!("... ({length} characters in all)"));
    }
    shown
}

/// A text as a sentence begins: with a capital letter.
pub fn sentence(text: impl Display) -> String {
    let text = text.to_string();
    let mut rest = text.chars();
    rest.next().into_iter().flat_map(char::to_uppercase).chain(rest).collect()
}
