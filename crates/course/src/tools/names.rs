//! What a person typed against what exists: the nearest name.

use strsim::damerau_levenshtein;

/// The one of `names` that `typed` most likely means: one that holds it, else one that differs in at most a third.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let typed = typed.to_lowercase();
    let distance = |name: &'a str| {
        let lower = name.to_lowercase();
        let is_part = typed.len() > 2 && lower.contains(&typed);
        let edits = if is_part { 0 } else { damerau_levenshtein(&typed, &lower) };
        let is_near = edits * 3 <= typed.chars().count().max(lower.chars().count());
        is_near.then_some((edits, lower.len(), name))
    };
    names.into_iter().filter_map(distance).min().map(|(_, _, name)| name.to_owned())
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
    fn what_is_far_from_every_name_means_none_of_them() {
        assert_eq!(nearest("lesson1", ["flash-once", "count-visits"]), None);
        assert_eq!(nearest("x", ["forget-me"]), None);
    }
}
