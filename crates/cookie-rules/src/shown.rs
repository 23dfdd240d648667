//! Making what came over the wire safe to show.

/// How many characters of a value from the wire a sentence shows.
const SHOWN: usize = 60;

/// Bytes from the wire, safe to show: control and direction characters become visible, and what is long is cut.
///
/// This keeps terminals and readers safe. It is no HTML escaping: a page does that itself.
///
/// ```
/// use cookie_rules::shown;
/// assert_eq!(shown(b"dark\x1b[31m"), "dark\\x1b[31m");
/// ```
pub fn shown(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut left = SHOWN;
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if left == 0 {
                return out + "…";
            }
            left -= 1;
            if character.is_ascii_control() {
                out.push_str(&format!("\\x{:02x}", u32::from(character)));
            } else if character.is_control() || is_invisible(character) {
                out.extend(character.escape_unicode());
            } else {
                out.push(character);
            }
        }
        for byte in chunk.invalid() {
            if left == 0 {
                return out + "…";
            }
            left -= 1;
            out.push_str(&format!("\\x{byte:02x}"));
        }
    }
    out
}

/// Characters that show nothing or turn the text around them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E0FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_over_the_wire_is_made_visible_and_cut() {
        assert_eq!(shown(b"a\x00\x1b\x7f\xff\t"), "a\\x00\\x1b\\x7f\\xff\\x09");
        assert_eq!(shown("a\u{202e}b\u{85}".as_bytes()), "a\\u{202e}b\\u{85}");
        assert_eq!(shown("夏".repeat(100).as_bytes()).chars().count(), 61);
    }
}
