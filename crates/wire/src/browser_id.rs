//! The cookie that tells one browser from another, as it comes.

/// The cookie that tells one browser from another for certain, where a lesson sets it: 32 hexadecimal digits.
pub const BROWSER_ID: &str = "workbench";
/// The same for requests that another site causes.
pub const BROWSER_ID_CROSS_SITE: &str = "workbench_cross_site";

/// The id that came with these pairs.
pub fn id_of<'a>(pairs: &[(&[u8], &'a [u8])]) -> Option<&'a [u8]> {
    id_in(pairs, BROWSER_ID).or_else(|| id_in(pairs, BROWSER_ID_CROSS_SITE))
}

/// The id that the cookie of this name holds.
pub fn id_in<'a>(pairs: &[(&[u8], &'a [u8])], wanted: &str) -> Option<&'a [u8]> {
    let mut values = pairs.iter().filter(|(name, _)| *name == wanted.as_bytes());
    values.find(|(_, value)| is_id(value)).map(|(_, value)| *value)
}

/// Whether a pair names its browser.
pub fn names_browser((name, value): (&[u8], &[u8])) -> bool {
    [BROWSER_ID, BROWSER_ID_CROSS_SITE].iter().any(|id| id.as_bytes() == name) && is_id(value)
}

/// Whether a value can be an id: anything else may be somebody's own cookie of that name.
pub(crate) fn is_id(value: &[u8]) -> bool {
    value.len() == 32 && value.iter().all(u8::is_ascii_hexdigit)
}
