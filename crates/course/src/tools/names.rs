//! What a person typed against what exists: the nearest name.

/// The one of `names` that `typed` most likely means, or `None` where there are no names.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let typed = typed.to_lowercase();
    names
        .into_iter()
        .min_by_key(|name| {
            let lower = name.to_lowercase();
            // Part of a name is nearer than a name of about the same letters.
            let part = typed.len() > 2 && lower.contains(&typed);
            (if part { 0 } else { distance(&typed, &lower) }, lower.len())
        })
        .map(str::to_owned)
}

/// How many characters to add, drop or change to get from `a` to `b` (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let change = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_wins() {
        let names = ["count-visits", "forget-me", "two-at-once"];
        assert_eq!(nearest("count-vists", names).as_deref(), Some("count-visits"));
        assert_eq!(nearest("FORGET", names).as_deref(), Some("forget-me"));
        assert_eq!(nearest("x", []), None);
    }

    #[test]
    fn the_distance_counts_edits() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "ab"), 2);
    }
}
