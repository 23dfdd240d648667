//! Taking a `Set-Cookie` line apart (RFC 6265bis §5.6). It never fails: what can't be used is ignored, and noted.

use crate::date::{is_read_alike, read_date};
use crate::{Family, Note, Reason, SameSite};
use std::time::SystemTime;

/// A name and its value have at most this many bytes together (RFC 6265bis §5.6).
pub const MAX_NAME_AND_VALUE: usize = 4096;
/// An attribute whose value is longer is ignored (RFC 6265bis §5.6).
pub const MAX_ATTRIBUTE_VALUE: usize = 1024;
/// How many notes one line can cause; a last one counts the rest.
pub const MAX_NOTES: usize = 32;

/// A `Set-Cookie` line, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetCookie {
    /// The name; empty where the line has none.
    pub name: Vec<u8>,
    /// The value, quotes and all.
    pub value: Vec<u8>,
    /// The last `Expires`, where it is a date; in the specification the last that is one.
    pub expires: Option<SystemTime>,
    /// The `Expires` that decides, where this family may read it otherwise than [`expires`](SetCookie::expires) says.
    pub odd_date: Option<Vec<u8>>,
    /// The last `Max-Age`, where it is a number, in seconds; in the specification the last that is one. Zero and below
    /// delete the cookie.
    pub max_age: Option<i64>,
    /// The last `Domain`, without its leading dot, in lower case; empty where it names none. A lone dot is kept.
    pub domain: Option<Vec<u8>>,
    /// Whether that had a leading dot.
    pub domain_dot: bool,
    /// The last `Path`; `None` where there is none, or where it is to be the default path.
    pub path: Option<Vec<u8>>,
    /// Whether `Secure` is there; no value that it is given changes that.
    pub secure: bool,
    /// Whether `HttpOnly` is there; the same.
    pub http_only: bool,
    /// The last `SameSite`; [`SameSite::Default`] for a value nobody knows.
    pub same_site: Option<SameSite>,
    /// Whether `Partitioned` is there.
    pub partitioned: bool,
    /// Whether there is a tab where this family allows none.
    pub inner_tab: bool,
    /// Why the whole line is ignored, where it is.
    pub dropped: Option<Reason>,
    /// What was ignored, and why: up to [`MAX_NOTES`], then one that counts the rest.
    pub notes: Vec<Note>,
}

impl SetCookie {
    /// Takes the value of a `Set-Cookie` header field apart, in linear time (RFC 6265bis §5.6), as this family does.
    ///
    /// ```
    /// use cookie_rules::{Family, SetCookie};
    /// let set_cookie = SetCookie::parse(b" theme = dark ; path=/; Colour=red", Family::Specification);
    /// assert_eq!((&set_cookie.name[..], &set_cookie.value[..]), (&b"theme"[..], &b"dark"[..]));
    /// assert_eq!(set_cookie.path.as_deref(), Some(&b"/"[..]));
    /// assert_eq!(set_cookie.notes[0].to_string(), "Ignored: browsers know no attribute `Colour`.");
    /// ```
    pub fn parse(line: &[u8], family: Family) -> SetCookie {
        SetCookie::within(line, family, MAX_ATTRIBUTE_VALUE)
    }

    /// The same where an attribute whose value has more than `longest` bytes is ignored.
    pub(crate) fn within(line: &[u8], family: Family, longest: usize) -> SetCookie {
        let mut parts = line.split(|&byte| byte == b';');
        let pair = parts.next().unwrap_or_default();
        let (name, value) = split_at_equals(pair).unwrap_or(match family {
            Family::Firefox => (pair, b""),
            // A pair without `=` is a value without a name: the specification's own surprise.
            Family::Specification | Family::Chromium => (b"", pair),
        });
        let (name, value) = (trim(name), trim(value));
        let mut parsed =
            SetCookie { name: name.to_vec(), value: value.to_vec(), ..SetCookie::default() };
        parsed.dropped = why_dropped(line, name, value, family);
        if matches!(parsed.dropped, Some(Reason::ControlCharacter { .. } | Reason::TooLarge { .. }))
        {
            return parsed;
        }
        if name.is_empty() && !value.is_empty() {
            parsed.note(Note::Nameless { value: value.to_vec() });
        }
        if family == Family::Firefox && str::from_utf8(value).is_err() {
            parsed.value = String::from_utf8_lossy(value).into_owned().into_bytes();
        }
        parsed.inner_tab = family == Family::Chromium && has_tab(name, value);
        for attribute in parts {
            parsed.attribute(attribute, family, longest);
        }
        if parsed.max_age.is_some() && parsed.expires.is_some() {
            parsed.note(Note::MaxAgeOverExpires);
        }
        parsed
    }

    fn attribute(&mut self, attribute: &[u8], family: Family, longest: usize) {
        let (name, value) = split_at_equals(attribute).unwrap_or((attribute, b""));
        let (name, value) = (trim(name), trim(value));
        self.inner_tab |= family == Family::Chromium && has_tab(name, value);
        let lower = name.to_ascii_lowercase();
        let any_length = family == Family::Firefox
            && matches!(&lower[..], b"secure" | b"httponly" | b"samesite" | b"partitioned");
        if value.len() > longest && !any_length {
            return self.note(Note::AttributeTooLong { name: start_of(name), size: value.len() });
        }
        // In the specification what can't be read is ignored. In browsers the last one counts, whether it can be read or not.
        let last = family != Family::Specification;
        match &lower[..] {
            b"expires" => {
                let date = read_date(value, family);
                if last || date.is_some() {
                    self.expires = date;
                    let odd = family != Family::Chromium && !is_read_alike(value);
                    self.odd_date = odd.then(|| value.to_vec());
                }
                if date.is_none() {
                    self.note(Note::BadExpires { value: value.to_vec() });
                }
            }
            b"max-age" => {
                let seconds = max_age(value, family);
                if last || seconds.is_some() {
                    self.max_age = seconds;
                }
                if seconds.is_none() {
                    self.note(Note::BadMaxAge { value: value.to_vec() });
                }
            }
            b"domain" => {
                self.domain = Some(cookie_domain(value));
                self.domain_dot = value.starts_with(b".");
            }
            b"path" if value.starts_with(b"/") => {
                self.inner_tab |= family == Family::Firefox && value.contains(&b'\t');
                self.path = Some(value.to_vec());
            }
            b"path" => {
                self.path = None;
                self.note(Note::BadPath { value: value.to_vec() });
            }
            b"secure" => self.secure = true,
            b"httponly" => self.http_only = true,
            b"partitioned" => self.partitioned = true,
            b"samesite" => self.same_site(value),
            b"" if value.is_empty() => {}
            _ => self.note(Note::UnknownAttribute { name: start_of(name) }),
        }
    }

    fn same_site(&mut self, value: &[u8]) {
        self.same_site = Some(match value.to_ascii_lowercase().as_slice() {
            b"strict" => SameSite::Strict,
            b"lax" => SameSite::Lax,
            b"none" => SameSite::None,
            _ => {
                self.note(Note::BadSameSite { value: value.to_vec() });
                SameSite::Default
            }
        });
    }

    fn note(&mut self, note: Note) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(note);
        } else if let Some(Note::More { count }) = self.notes.last_mut() {
            *count += 1;
        } else {
            self.notes.push(Note::More { count: 1 });
        }
    }
}

/// Lower case, and without the leading dot that old servers write (RFC 6265bis §5.6.3).
fn cookie_domain(value: &[u8]) -> Vec<u8> {
    match value.strip_prefix(b".") {
        Some(rest) if !rest.is_empty() => rest.to_ascii_lowercase(),
        _ => value.to_ascii_lowercase(),
    }
}

/// Why the pair alone, or a byte anywhere, voids the line.
fn why_dropped(line: &[u8], name: &[u8], value: &[u8], family: Family) -> Option<Reason> {
    if let Some(position) = line.iter().position(|&byte| is_control(byte)) {
        return Some(Reason::ControlCharacter { byte: line[position], position });
    }
    if name.len() + value.len() > MAX_NAME_AND_VALUE {
        return Some(Reason::TooLarge { size: name.len() + value.len() });
    }
    if !name.is_empty() {
        return None;
    }
    let refused = match family {
        Family::Specification => false,
        Family::Chromium => value.contains(&b'='),
        Family::Firefox => true,
    };
    match value {
        b"" => Some(Reason::Empty),
        _ if refused => Some(Reason::Nameless { value: value.to_vec(), family }),
        _ => None,
    }
}

/// The seconds of a `Max-Age`: digits, with a `-` before them or not (RFC 6265bis §5.6.2). Too large a number is the largest.
/// Chromium takes a `+` as well; for Firefox whatever starts with `-` is negative.
fn max_age(value: &[u8], family: Family) -> Option<i64> {
    let (sign, digits) = match value {
        [b'-', rest @ ..] => (-1, rest),
        [b'+', rest @ ..] if family == Family::Chromium => (1, rest),
        digits => (1, digits),
    };
    if sign < 0 && family == Family::Firefox {
        return Some(-1);
    }
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add =
        |number: i64, digit: &u8| number.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    Some(sign * digits.iter().fold(0, add))
}

fn has_tab(name: &[u8], value: &[u8]) -> bool {
    name.contains(&b'\t') || value.contains(&b'\t')
}

/// A control character other than the tab makes the whole line void.
fn is_control(byte: u8) -> bool {
    matches!(byte, 0x00..=0x08 | 0x0A..=0x1F | 0x7F)
}

fn split_at_equals(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = part.iter().position(|&byte| byte == b'=')?;
    Some((&part[..equals], &part[equals + 1..]))
}

/// Without spaces and tabs at both ends.
fn trim(mut part: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = part {
        part = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = part {
        part = rest;
    }
    part
}

/// Names can be as long as the line; a note keeps their start.
fn start_of(name: &[u8]) -> Vec<u8> {
    name[..name.len().min(MAX_ATTRIBUTE_VALUE)].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> SetCookie {
        SetCookie::parse(line.as_bytes(), Family::Specification)
    }

    #[test]
    fn a_name_ends_at_the_first_equals_sign() {
        let parsed = parse("a==b=c; Path=/x=y");
        assert_eq!((parsed.name, parsed.value), (b"a".to_vec(), b"=b=c".to_vec()));
        assert_eq!(parsed.path, Some(b"/x=y".to_vec()));
    }

    #[test]
    fn a_control_character_voids_the_whole_line_and_a_tab_does_not() {
        for byte in (0..=0x1F_u8).chain([0x7F]) {
            let line = [b"a=b; x=".as_slice(), &[byte], b"c"].concat();
            let dropped = SetCookie::parse(&line, Family::Specification).dropped;
            let expected =
                (byte != b'\t').then_some(Reason::ControlCharacter { byte, position: 7 });
            assert_eq!(dropped, expected, "{byte:#x}");
        }
        assert_eq!(parse("a=b\tc").value, b"b\tc");
    }

    #[test]
    fn name_and_value_may_have_4096_bytes_together() {
        let line = |length: usize| format!("ab={}; Path=/", "v".repeat(length));
        assert_eq!(parse(&line(4094)).dropped, None);
        assert_eq!(parse(&line(4095)).dropped, Some(Reason::TooLarge { size: 4097 }));
    }

    #[test]
    fn an_attribute_value_may_have_1024_bytes() {
        let line = |length: usize| {
            format!("a=b; Path=/{}; Path={}", "p".repeat(length - 1), "q".repeat(1025))
        };
        assert_eq!(parse(&line(1024)).path.map(|path| path.len()), Some(1024));
        assert_eq!(parse(&line(1025)).path, None);
        assert_eq!(
            parse(&line(1025)).notes[0],
            Note::AttributeTooLong { name: b"Path".to_vec(), size: 1025 }
        );
    }

    #[test]
    fn a_max_age_is_digits_with_one_minus_at_most() {
        for (value, seconds) in [
            ("60", Some(60)),
            ("-60", Some(-60)),
            ("0", Some(0)),
            ("-0", Some(0)),
            ("007", Some(7)),
            ("99999999999999999999999", Some(i64::MAX)),
            ("-99999999999999999999999", Some(-i64::MAX)),
            ("", None),
            ("-", None),
            ("--1", None),
            ("+1", None),
            ("1.5", None),
            ("1 2", None),
            ("\"60\"", None),
        ] {
            assert_eq!(parse(&format!("a=b; Max-Age={value}")).max_age, seconds, "{value}");
        }
    }

    #[test]
    fn the_last_usable_attribute_of_a_kind_wins() {
        assert_eq!(parse("a=b; Max-Age=1; Max-Age=2; Max-Age=x").max_age, Some(2));
        assert_eq!(
            parse("a=b; Domain=A.example; Domain=.B.example").domain,
            Some(b"b.example".to_vec())
        );
        assert_eq!(parse("a=b; Domain=a.example; Domain").domain, Some(Vec::new()));
        assert_eq!(parse("a=b; Path=/a; Path=b").path, None);
        assert_eq!(parse("a=b; SameSite=None; SameSite=sTRICT").same_site, Some(SameSite::Strict));
        assert_eq!(parse("a=b; SameSite=None; SameSite=no").same_site, Some(SameSite::Default));
    }

    #[test]
    fn what_is_ignored_is_noted() {
        let parsed =
            parse("a=b; Expires=soon; Max-Age=1h; Path=x; SameSite=maybe; Colour=red;; Secure=no");
        let sections: Vec<_> = parsed.notes.iter().map(Note::section).collect();
        let section = |number: &str| format!("RFC 6265bis §{number}");
        assert_eq!(sections, ["5.6.1", "5.6.2", "5.6.4", "5.6.7", "5.6"].map(section));
        assert!(parsed.secure);
    }

    #[test]
    fn notes_are_bounded() {
        let parsed = parse(&"a;".repeat(1000));
        assert_eq!(parsed.notes.len(), MAX_NOTES + 1);
        assert!(matches!(parsed.notes.last(), Some(Note::More { count }) if *count > 900));
    }
}
