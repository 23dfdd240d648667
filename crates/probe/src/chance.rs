//! Ids that nobody may guess: how much of them is chance, and whether one is computed from another.

/// The share of cases in which somebody is right who says a character beforehand: then it is no chance.
const FORESEEN: f64 = 0.75;

/// How many bits of these ids can't be foreseen, at most: what stays the same, what follows from the id before, from another
/// place in the same id, or from what was known of it, counts for nothing. `known` holds for each id what an attacker had
/// before it was made (an older id of the same session), in any alphabet; it may be shorter than `ids`.
///
/// It looks at single characters, so a good hash of a counter looks like chance: two servers that count give the same ids
/// then. It takes some 300 ids in the order in which they were made, and says a little less than the truth: 125 of 128.
///
/// ```
/// let counted: Vec<String> = (0..300).map(|number| format!("session-{number:032x}")).collect();
/// assert!(probe::chance(&counted, &[]) < 10.0);
/// ```
#[must_use]
pub fn chance(ids: &[String], known: &[String]) -> f64 {
    let of_ids = columns(ids.iter());
    let of_known = columns(known.iter().take(ids.len()));
    let foreseen = |place: usize| {
        let column = &of_ids[place];
        let nothing = vec![0; column.len()];
        share(&nothing, column) >= FORESEEN
            || of_known.iter().chain(&of_ids[..place]).any(|by| share(by, column) >= FORESEEN)
            || of_ids.iter().any(|by| share(by, &column[1..]) >= FORESEEN)
    };
    let free = (0..of_ids.len()).filter(|place| !foreseen(*place));
    free.map(|place| entropy(&of_ids[place])).fold(0.0, |sum, bits| sum + bits)
}

/// The characters at each place that all of them have.
fn columns<'t>(texts: impl Iterator<Item = &'t String> + Clone) -> Vec<Vec<u8>> {
    let length = texts.clone().map(String::len).min().unwrap_or_default();
    let column = |place| texts.clone().map(|text| text.as_bytes()[place]).collect();
    (0..length).map(column).collect()
}

/// How often somebody is right who sees `by` and says what is most often in `column` with it.
#[expect(clippy::cast_precision_loss, reason = "there are some hundred")]
fn share(by: &[u8], column: &[u8]) -> f64 {
    let mut counts = vec![0_usize; 1 << 16];
    let mut best = [0; 256];
    for (by, byte) in by.iter().zip(column) {
        let count = &mut counts[usize::from(*by) << 8 | usize::from(*byte)];
        *count += 1;
        best[usize::from(*by)] = best[usize::from(*by)].max(*count);
    }
    best.iter().sum::<usize>() as f64 / by.len().min(column.len()).max(1) as f64
}

#[expect(clippy::cast_precision_loss, reason = "there are some hundred")]
fn entropy(column: &[u8]) -> f64 {
    let mut counts = [0_usize; 256];
    for byte in column {
        counts[usize::from(*byte)] += 1;
    }
    let shares = counts.iter().filter(|count| **count > 0).map(|count| *count as f64);
    shares.map(|count| -(count / column.len() as f64) * (count / column.len() as f64).log2()).sum()
}

/// How an id could be computed from another, as part of a sentence; `None` where nothing tells: it holds no long piece of the
/// other, forwards or backwards, and is no number near to it.
///
/// ```
/// let old = "8f14e45fceea167a5a36dedd4bea2543";
/// for new in ["8f14e45fceea167a5a36dedd4bea2544", "3452aeb4dded63a5a761aeecf54e41f8", "x-8F14E45FCEEA167A"] {
///     assert!(probe::computed_from(new, old).is_some(), "{new}");
/// }
/// assert_eq!(probe::computed_from("c9f0f895fb98ab9159f51fd0297e236d", old), None);
/// ```
#[must_use]
pub fn computed_from(new: &str, old: &str) -> Option<String> {
    // Chance never makes a piece so long, not even in hexadecimal, and a name before each id is shorter.
    const PIECE: usize = 12;
    let (lower_new, lower_old) = (new.to_ascii_lowercase(), old.to_ascii_lowercase());
    let backwards: String = lower_old.chars().rev().collect();
    for (way, text) in [("", lower_old.as_str()), (" backwards", backwards.as_str())] {
        let characters: Vec<char> = text.chars().collect();
        let pieces = characters.windows(PIECE.min(characters.len().max(1)));
        if let Some(piece) = pieces.map(String::from_iter).find(|piece| lower_new.contains(piece)) {
            return Some(format!("`{new}` holds `{piece}` of `{old}`{way}"));
        }
    }
    let near = |radix: u32| {
        let number = |text: &str| u128::from_str_radix(text, radix).ok();
        Some(number(&lower_new)?.abs_diff(number(&lower_old)?) < 1_000_000)
    };
    let counted = [10, 16].into_iter().any(|radix| near(radix) == Some(true));
    counted.then(|| format!("`{new}` is a number near to `{old}`"))
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::{chance, computed_from};

    /// 300 ids, each made by this function of fresh chance, the number of the id, and an older random id.
    fn of(make: impl Fn(u128, u128, u128) -> String) -> f64 {
        let random = || {
            let half = || u128::from(RandomState::new().hash_one("id"));
            half() << 64 | half()
        };
        let (mut ids, mut known) = (Vec::new(), Vec::new());
        for number in 0..300 {
            let old = random();
            known.push(format!("{old:032x}"));
            ids.push(make(random(), number, old));
        }
        chance(&ids, &known)
    }

    #[test]
    fn an_id_of_chance_counts_in_any_alphabet() {
        let base64 = |random: u128| -> String {
            (0..22).map(|at| char::from(b'0' + (random >> (at * 6) & 63) as u8)).collect()
        };
        assert!(of(|random, _, _| format!("{random:032X}")) > 120.0);
        assert!(of(|random, _, _| base64(random)) > 115.0);
        assert!(of(|random, _, _| format!("{random:0128b}")) > 120.0);
        assert!(of(|random, number, _| format!("{number}-{random}")) > 100.0);
        assert!(of(|random, _, _| (random as u64).to_string()) > 50.0);
    }

    #[test]
    fn what_follows_from_something_counts_for_nothing() {
        let reversed = |text: String| text.chars().rev().collect::<String>();
        let cases: [(&str, f64); 9] = [
            ("the old id", of(|_, _, old| format!("{old:032x}"))),
            ("the old id, reversed", of(|_, _, old| reversed(format!("{old:032x}")))),
            ("the old id plus one", of(|_, _, old| format!("{:032x}", old.wrapping_add(1)))),
            ("the old id, with other digits", of(|_, _, old| format!("{:032X}x", !old))),
            (
                "the old id and four digits",
                of(|random, _, old| format!("{old:x}{:04}", random % 9999)),
            ),
            ("a counter", of(|_, number, _| format!("{number:064b}"))),
            ("a counter in steps", of(|_, number, _| format!("{:032x}", number * 0x1_2345_6789))),
            ("two bytes, repeated", of(|random, _, _| format!("{:04x}", random as u16).repeat(8))),
            ("four bytes", of(|random, _, _| format!("{:032x}", random as u32))),
        ];
        for (what, bits) in cases {
            assert!(bits < 40.0, "{what} has {bits} bits of chance");
        }
    }

    #[test]
    fn an_id_made_of_another_is_told() {
        let old = "0000000000000041";
        for new in ["0000000000000042", "1400000000000000", "id-0000000000000041", "41"] {
            assert!(computed_from(new, old).is_some(), "{new}");
        }
        assert!(computed_from("1001", "1000").is_some());
        for number in 0..200 {
            let id = |of: &str| {
                crate::seed(&format!("{number}{of}"))[..16]
                    .iter()
                    .map(|byte| format!("{byte:02x}"))
                    .collect::<String>()
            };
            assert_eq!(computed_from(&id("new"), &id("old")), None);
        }
    }
}
