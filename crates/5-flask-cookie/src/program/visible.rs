//! What a client sent, made safe to show.

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
