//! The language of a terminal: what `CRUMBS_LANG` names, else the locale. `course` speaks by this very file, for it takes
//! nothing else of this crate.

use std::sync::OnceLock;

/// A language that this project speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// As the lessons' own pages have it.
    English,
    /// Simplified Chinese.
    Chinese,
}

/// The language of this program's terminal. Tests of a crate's own read English on every machine.
pub fn language() -> Language {
    static SPOKEN: OnceLock<Language> = OnceLock::new();
    if cfg!(test) {
        return Language::English;
    }
    *SPOKEN.get_or_init(|| named_by(|name| std::env::var(name).ok()))
}

/// The first of the variables that is set and not empty decides: after ours in the order of
/// [POSIX, §8.2](https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html).
fn named_by(variable: impl Fn(&str) -> Option<String>) -> Language {
    let names = ["CRUMBS_LANG", "LC_ALL", "LC_MESSAGES", "LANG"];
    let first = names.into_iter().filter_map(variable).find(|value| !value.is_empty());
    match first.as_deref().and_then(|name| name.split(['_', '-', '.', '@']).next()) {
        Some(name) if name.eq_ignore_ascii_case("zh") => Language::Chinese,
        _ => Language::English,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        for (set, language) in [
            (&[][..], Language::English),
            (&[("CRUMBS_LANG", "zh")], Language::Chinese),
            (&[("CRUMBS_LANG", "en"), ("LANG", "zh_CN.UTF-8")], Language::English),
            (&[("CRUMBS_LANG", ""), ("LANG", "zh_CN.UTF-8")], Language::Chinese),
            (&[("LC_ALL", "C"), ("LC_MESSAGES", "zh_TW"), ("LANG", "zh_CN")], Language::English),
            (&[("LC_MESSAGES", "zh-Hans"), ("LANG", "de_DE.UTF-8")], Language::Chinese),
            (&[("LC_MESSAGES", "en_US.UTF-8"), ("LANG", "zh_CN.UTF-8")], Language::English),
            (&[("LANG", "zhx")], Language::English),
            (&[("LANGUAGE", "zh")], Language::English),
        ] {
            let value = |wanted: &str| {
                let found = set.iter().find(|(name, _)| *name == wanted);
                found.map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(named_by(value), language, "{set:?}");
        }
    }
}
