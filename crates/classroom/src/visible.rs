//! Bytes from the wire as text that is safe to show, in a terminal and on a page alike.

use std::fmt::Write as _;

/// Text that is safe to print: bytes that are not UTF-8 and every control character are shown as escapes, so that
/// nothing a client sends can move the cursor, colour the screen or turn a line around. It is no HTML escaping.
pub(crate) fn visible(bytes: &[u8]) -> String {
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
        assert_eq!(visible(b"a\x1b[31m\xff\r\n"), "a\\u{1b}[31m\\xff\\r\\n");
        assert_eq!(visible("用户 \u{202e}\u{9b}".as_bytes()), "用户 \\u{202e}\\u{9b}");
    }
}
