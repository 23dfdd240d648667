//! What a transcript may leave open: `[..]` stands for what changes from run to run, and `--fix` keeps it where it was.

use crate::tools::diff::{Step, steps};

/// What stands for something that changes from run to run.
const HOLE: &str = "[..]";

/// Whether `line` is `pattern`, where `[..]` in the pattern stands for anything.
///
/// In a `cookie` or `set-cookie` line a hole covers no `;`: no attribute and no pair can come or go behind it.
pub fn matches(pattern: &str, line: &str) -> bool {
    let pattern = pattern.trim_end();
    let may_cover = |covered: &str| !(is_cookie_line(pattern) && covered.contains(';'));
    let mut parts = pattern.split(HOLE);
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((covered, after)) if may_cover(covered) => rest = after,
            _ => return false,
        }
    }
    rest.strip_suffix(last).is_some_and(may_cover)
}

/// A header line about cookies, also as `curl -v` marks it.
fn is_cookie_line(pattern: &str) -> bool {
    let line = pattern.trim_start_matches(['<', '>', ' ']).to_ascii_lowercase();
    line.starts_with("set-cookie:") || line.starts_with("cookie:")
}

/// The true lines, with the document's holes where they stand for the same place.
pub fn merge(expected: &[String], actual: &[String], found: &[Step]) -> Vec<String> {
    let mut merged = Vec::new();
    let mut removed: Vec<&String> = Vec::new();
    for step in found {
        match *step {
            Step::Keep(old, _) => {
                removed.clear();
                merged.push(expected[old].clone());
            }
            Step::Remove(old) => removed.push(&expected[old]),
            Step::Add(new) => merged
                .push(with_holes(&actual[new], &removed_or_later(&removed, expected, found, step))),
        }
    }
    merged
}

/// The removed lines that an added line may have come from: those of the same run of changes.
fn removed_or_later<'l>(
    removed: &[&'l String],
    expected: &'l [String],
    found: &[Step],
    step: &Step,
) -> Vec<&'l String> {
    let mut candidates = removed.to_vec();
    let after = found.iter().skip_while(|other| *other != step);
    for later in after.take_while(|later| !matches!(later, Step::Keep(..))) {
        if let Step::Remove(old) = *later {
            candidates.push(&expected[old]);
        }
    }
    candidates
}

/// `line` with the holes of the candidate that starts like it.
fn with_holes(line: &str, candidates: &[&String]) -> String {
    let patterns = candidates.iter().filter(|pattern| pattern.contains(HOLE));
    let filled = patterns.filter_map(|pattern| carry_holes(pattern, line));
    filled.max_by_key(|(shared, _)| *shared).map_or_else(|| without_date(line), |(_, line)| line)
}

/// A `date` header as a hole: no second run has the same.
fn without_date(line: &str) -> String {
    match line.split_once(": ") {
        Some((name, _)) if name.trim_start_matches("< ").eq_ignore_ascii_case("date") => {
            format!("{name}: {HOLE}")
        }
        _ => line.to_owned(),
    }
}

/// `line` with each hole of `pattern` whose neighbours are found in it, and how many pieces they share.
///
/// `None` where the first pieces differ (another header) or no hole fits.
fn carry_holes(pattern: &str, line: &str) -> Option<(usize, String)> {
    let (old, new) = (pieces(pattern), pieces(line));
    if old.first() != Some(&HOLE) && old.first() != new.first() {
        return None;
    }
    let found = steps(&old, &new, |a, b| *a != HOLE && a == b);
    let partner = |at: usize| {
        found.iter().find_map(|step| match *step {
            Step::Keep(old, new) if old == at => Some(new),
            _ => None,
        })
    };
    let mut holes: Vec<(usize, usize)> = Vec::new();
    for at in (0..old.len()).filter(|at| old[*at] == HOLE) {
        let start = if at == 0 { Some(0) } else { partner(at - 1).map(|before| before + 1) };
        let Some(start) = start else { continue };
        let end = match old.get(at + 1) {
            None => Some(new.len()),
            Some(next) => (start..new.len()).find(|place| new[*place] == *next),
        };
        if let Some(end) = end.filter(|end| *end > start || new.len() == start) {
            holes.push((start, end));
        }
    }
    if holes.is_empty() {
        return None;
    }
    let mut filled = String::new();
    let mut at = 0;
    for (start, end) in holes {
        if start < at {
            continue;
        }
        filled.push_str(&new[at..start].concat());
        filled.push_str(HOLE);
        at = end;
    }
    filled.push_str(&new[at..].concat());
    let shared = found.iter().filter(|step| matches!(step, Step::Keep(..))).count();
    // A hole that would not match its own line is worse than none.
    matches(&filled, line).then_some((shared, filled))
}

/// A line in pieces: words, and every other character alone; a hole is one piece.
fn pieces(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while !rest.is_empty() {
        let length = if rest.starts_with(HOLE) {
            HOLE.len()
        } else {
            let word = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_' && c != '-')
                .unwrap_or(rest.len());
            if word > 0 { word } else { rest.chars().next().map_or(1, char::len_utf8) }
        };
        let (piece, after) = rest.split_at(length);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_stands_for_anything_in_its_line() {
        assert!(matches("date: [..]", "date: today"));
        assert!(matches("a[..]b[..]c", "axxbyyc"));
        assert!(!matches("a[..]b", "axxbyy"));
        assert!(!matches("a", "ab"));
        assert!(matches("plain", "plain"));
        assert!(!matches("ab[..]ba", "aba"));
        assert!(matches("date: [..]; x", "date: a; b; x"));
        assert!(matches(
            "set-cookie: s=[..]; Expires=[..]; Path=/",
            "set-cookie: s=a.b; Expires=Tue, 1 Jan; Path=/"
        ));
        assert!(!matches("< Set-Cookie: s=[..]; Path=/", "< Set-Cookie: s=a; HttpOnly; Path=/"));
        assert!(!matches("set-cookie: s=[..]", "set-cookie: s=a; HttpOnly"));
    }

    #[test]
    fn holes_are_kept_where_they_stand_for_the_same_place() {
        let carried = |pattern, line| carry_holes(pattern, line).map(|(_, line)| line);
        assert_eq!(
            carried("set-cookie: s=[..]; Path=/", "set-cookie: s=abc; HttpOnly; Path=/").as_deref(),
            Some("set-cookie: s=[..]; HttpOnly; Path=/")
        );
        assert_eq!(carried("date: [..]", "date: Tue, 1").as_deref(), Some("date: [..]"));
        assert_eq!(carried("date: [..]", "server: x"), None);
        assert_eq!(
            carried("a=[..]; b=[..]; x", "a=1; b=2; y").as_deref(),
            Some("a=[..]; b=[..]; y")
        );
    }

    #[test]
    fn a_new_date_is_written_as_a_hole() {
        let actual = ["HTTP/1.1 200 OK", "Date: Tue, 24 Nov 2026 06:48:45 GMT"].map(str::to_owned);
        let found = steps(&[], &actual, |_: &String, _| false);
        assert_eq!(merge(&[], &actual, &found), ["HTTP/1.1 200 OK", "Date: [..]"]);
    }
}
