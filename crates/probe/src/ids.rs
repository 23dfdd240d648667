//! Ids that nobody should be able to guess, as far as ids alone can tell.

use std::collections::{BTreeSet, HashSet};

/// What makes these ids guessable, as part of a sentence; `None` where nothing in them tells: they are all different, and what
/// varies in them could hold `bits` bits of chance.
///
/// Give it many: a thousand shows also two bytes of chance behind a hash, since two of so many are then the same. Give it
/// ids of several servers, one an [`Apart`](crate::Apart) that was started twice: a counter behind a hash begins again there.
///
/// ```
/// let counted: Vec<String> = (0..1000).map(|number| format!("session-{number:08}")).collect();
/// assert!(probe::guessable(&counted, 64).is_some_and(|why| why.contains("about 10 bits")));
/// let twice = ["8f14e45fceea167a", "c9f0f895fb98ab91", "8f14e45fceea167a"].map(str::to_owned);
/// assert!(probe::guessable(&twice, 64).is_some_and(|why| why.contains("came twice")));
/// ```
#[must_use]
pub fn guessable(ids: &[String], bits: u32) -> Option<String> {
    let mut seen = HashSet::new();
    if let Some(again) = ids.iter().find(|id| !seen.insert(id.as_str())) {
        return Some(format!("of {} ids, `{again}` came twice", ids.len()));
    }
    let longest = ids.iter().map(String::len).max().unwrap_or_default();
    let choices = |place: usize| {
        let found: BTreeSet<_> = ids.iter().map(|id| id.as_bytes().get(place)).collect();
        u32::try_from(found.len()).map_or(0.0, f64::from).log2()
    };
    let found: f64 = (0..longest).map(choices).sum();
    // Where few ids are known, few of their characters can have been seen.
    (found < f64::from(bits)).then(|| {
        format!("{} ids differ in so few places that there are about {found:.0} bits to guess, not {bits}", ids.len())
    })
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
    use super::*;

    /// Ids of this many bytes that nobody can tell from chance.
    fn ids(count: usize, bytes: usize) -> Vec<Vec<u8>> {
        (0..count).map(|number| crate::seed(&number.to_string())[..bytes].to_vec()).collect()
    }

    fn hexadecimal(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn chance_in_any_alphabet_passes() {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let ids = ids(1000, 16);
        let spell: [fn(&[u8]) -> String; 4] = [
            hexadecimal,
            |bytes| URL_SAFE_NO_PAD.encode(bytes),
            |bytes| format!("v1.{}.x", hexadecimal(bytes)),
            |bytes| {
                bytes[..8]
                    .iter()
                    .fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
                    .to_string()
            },
        ];
        for spell in spell {
            let ids: Vec<_> = ids.iter().map(|bytes| spell(bytes)).collect();
            assert_eq!(guessable(&ids, 60), None, "{}", ids[0]);
            for pair in ids.windows(2) {
                let content = pair[1].trim_start_matches("v1.");
                assert_eq!(computed_from(content, pair[0].trim_start_matches("v1.")), None);
            }
        }
    }

    #[test]
    fn little_chance_does_not() {
        let word = |bytes: &[u8]| {
            format!(
                "{}-{:04}",
                ["ape", "bee", "cat"][usize::from(bytes[0]) % 3],
                u16::from_be_bytes([bytes[1], bytes[2]]) % 10_000
            )
        };
        let spell: [fn(&[u8]) -> String; 3] = [
            word,
            |bytes| hexadecimal(&bytes[..4]),
            // Two bytes of chance behind what stands for a hash.
            |bytes| hexadecimal(&crate::seed(&hexadecimal(&bytes[..2]))),
        ];
        for spell in spell {
            let ids: Vec<_> = ids(1500, 8).iter().map(|bytes| spell(bytes)).collect();
            assert!(guessable(&ids, 64).is_some(), "{}", ids[0]);
        }
    }

    #[test]
    fn an_id_made_of_another_is_told() {
        let old = "0000000000000041";
        for new in ["0000000000000042", "1400000000000000", "id-0000000000000041", "41"] {
            assert!(computed_from(new, old).is_some(), "{new}");
        }
        assert!(computed_from("1001", "1000").is_some());
    }
}
