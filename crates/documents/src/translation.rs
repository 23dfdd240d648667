//! Which English section, or header of an exercise's file, each section of a translated document was made from.

use std::collections::HashSet;

/// A section: from its heading to the next one, whatever their levels.
pub struct Section {
    /// The line of its heading, counted from 1.
    pub line: usize,
    /// A hash of its heading and its prose. Other code, other comments and other line breaks don't change it.
    pub hash: u32,
    /// The hash of the English section or header that it was made from: `<!-- en: 8 HEXADECIMAL DIGITS -->`, right after its
    /// heading.
    pub made_from: Option<u32>,
}

/// The header of an exercise's file as a section, line by line: what the learner is to do, which no document says in English.
#[must_use]
pub fn header(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    format!("### {}\n", lines.join("\n"))
}

/// The sections of a document, in order. Headings are those that start with `#`.
#[must_use]
pub fn sections(markdown: &str) -> Vec<Section> {
    let mut found: Vec<Section> = Vec::new();
    let mut fence = None;
    for (at, line) in markdown.lines().enumerate() {
        let text = line.trim();
        let ticks = text.len() - text.trim_start_matches('`').len();
        if let Some(open) = fence {
            if ticks >= open && ticks == text.len() {
                fence = None;
            }
            continue;
        }
        if ticks >= 3 {
            fence = Some(ticks);
            continue;
        }
        let level = line.len() - line.trim_start_matches('#').len();
        if (1..=6).contains(&level) && line[level..].starts_with(' ') {
            found.push(Section { line: at + 1, hash: FNV, made_from: None });
        }
        let Some(section) = found.last_mut() else { continue };
        if text.starts_with("<!--") {
            if at == section.line {
                section.made_from = made_from(text);
            }
            continue;
        }
        for byte in text.split_whitespace().flat_map(|word| word.bytes().chain([b' '])) {
            section.hash = (section.hash ^ u32::from(byte)).wrapping_mul(FNV_PRIME);
        }
    }
    found
}

/// FNV-1a with 32 bits: two numbers of its definition, <http://www.isthe.com/chongo/tech/comp/fnv/>. Whoever changes a sentence doesn't
/// look for one with the same hash.
const FNV: u32 = 0x811c_9dc5;
const FNV_PRIME: u32 = 0x0100_0193;

/// The hash that such a comment has.
#[must_use]
pub fn made_from(comment: &str) -> Option<u32> {
    let inner = comment.strip_prefix("<!-- en: ")?.strip_suffix(" -->")?;
    (inner.len() == 8).then(|| u32::from_str_radix(inner, 16).ok())?
}

/// What stands above a section whose English was changed later.
const NEWER: &str = "\n<p class=\"quiet\">下面这一节的英文版更新过，中文还没有跟上：<a href=\"?lang=en\" hreflang=\"en\">读英文版</a>。</p>\n\n";

/// The Chinese document with a note above each section that was made from other English than today's, whether of the
/// document or of the header of an exercise.
#[must_use]
pub fn with_notes(chinese: &str, english: &str, starters: &[String]) -> String {
    let headers = starters.iter().flat_map(|starter| sections(&header(starter)));
    let today: HashSet<u32> =
        sections(english).into_iter().chain(headers).map(|section| section.hash).collect();
    let older = sections(chinese)
        .into_iter()
        .filter_map(|section| (!today.contains(&section.made_from?)).then_some(section.line));
    let older: HashSet<usize> = older.collect();
    let lines = chinese.split_inclusive('\n').enumerate();
    lines
        .flat_map(|(at, line)| [if older.contains(&(at + 1)) { NEWER } else { "" }, line])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_stands_above_each_section_whose_english_was_changed_later() {
        let english = "# T\n\nOne.\n\n## A\n\nTwo,\nthree.\n\n```sh\n# no heading\n```\n";
        let hashes: Vec<_> = sections(english).iter().map(|section| section.hash).collect();
        let [title, a] = hashes[..] else { panic!("{hashes:?}") };
        let header = "//! Exercise: x.\n//!\n//! Do it.\n";
        let starter = format!("{header}\nfn f() {{}}\n");
        let task = sections(&super::header(header))[0].hash;
        let chinese = format!(
            "# 题\n<!-- en: {title:08x} -->\n\n一。\n\n## 甲\n<!-- en: {a:08x} -->\n\n二。\n\n### x\n<!-- en: {task:08x} -->\n\n做。\n"
        );
        let notes = |english: &str| with_notes(&chinese, english, std::slice::from_ref(&starter));
        assert_eq!(notes(english), chinese);
        // Neither is a sentence.
        assert_eq!(notes(&english.replace(",\n", ", ").replace("# no", "# a")), chinese);
        let newer = notes(&english.replace("three", "four"));
        assert_eq!(newer, chinese.replace("## 甲", &format!("{NEWER}## 甲")));
        let all = notes("# Other\n");
        assert!(all.starts_with(NEWER) && all.matches(NEWER).count() == 2, "{all}");
        let newer = with_notes(&chinese, english, &[starter.replace("Do it", "Do that")]);
        assert_eq!(newer, chinese.replace("### x", &format!("{NEWER}### x")));
    }
}
