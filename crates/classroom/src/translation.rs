//! Which English section, or header of an exercise's file, each section of a translated document was made from. `course` checks documents with this very
//! file, for it takes nothing else of this crate.

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
pub fn header(source: &str) -> String {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
    let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    format!("### {}\n", lines.join("\n"))
}

/// The sections of a document, in order. Headings are those that start with `#`.
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
pub fn made_from(comment: &str) -> Option<u32> {
    let inner = comment.strip_prefix("<!-- en: ")?.strip_suffix(" -->")?;
    (inner.len() == 8).then(|| u32::from_str_radix(inner, 16).ok())?
}
