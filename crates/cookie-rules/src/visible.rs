//! Bytes from the wire as text that is safe to show.

use std::fmt::Write as _;

/// How many characters of a value from the wire a sentence shows.
const SHOWN: usize = 60;

/// Text that is safe to show, on a page and in a terminal alike: nothing in it can move the cursor, colour the screen or
/// turn a line around.
///
/// Control characters and those that show nothing become escapes as Rust writes them, and so does a byte that is not UTF-8.
/// This is no HTML escaping: a page does that itself.
///
/// ```
/// use cookie_rules::visible;
/// assert_eq!(visible(b"dark\x1b[31m\n\xff"), "dark\\u{1b}[31m\\n\\xff");
/// ```
pub fn visible(bytes: &[u8]) -> String {
    up_to(usize::MAX, bytes)
}

/// The same for a sentence: what is longer than 60 characters is cut.
pub fn shown(bytes: &[u8]) -> String {
    up_to(SHOWN, bytes)
}

fn up_to(most: usize, bytes: &[u8]) -> String {
    // Nearly all that comes is this, and each request is looked at.
    if bytes.len() <= most && bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    let mut text = String::with_capacity(bytes.len().min(most));
    let mut left = most;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if left == 0 {
                return text + "…";
            }
            left -= 1;
            if character.is_control() || is_invisible(character) {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            if left == 0 {
                return text + "…";
            }
            left -= 1;
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// Characters that are no controls and still hide, or turn the text around them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_bytes_that_are_not_utf8_are_shown_as_escapes() {
        assert_eq!(
            visible(b"a\0\x1b[31m\x7f\xff\r\n\t"),
            "a\\u{0}\\u{1b}[31m\\u{7f}\\xff\\r\\n\\t"
        );
        assert_eq!(visible("用户 \u{202e}\u{9b}".as_bytes()), "用户 \\u{202e}\\u{9b}");
    }

    #[test]
    fn a_sentence_shows_sixty_characters_and_says_that_there_were_more() {
        assert_eq!(shown("夏".repeat(60).as_bytes()), "夏".repeat(60));
        assert_eq!(shown("夏".repeat(61).as_bytes()), "夏".repeat(60) + "…");
        assert_eq!(shown(&[0xff; 61]).matches("\\xff").count(), 60);
    }
}
