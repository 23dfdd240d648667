//! What nobody must see, and so is dropped before anything is kept of it: values of passwords, in a form and in an address,
//! and credentials.

use std::borrow::Cow;

use crate::percent::decoded;

/// What stands for a value that was dropped.
pub(super) const DROPPED: &str = "…";

/// Whether a field of this name holds what nobody must see.
pub(super) fn is_password(name: &[u8]) -> bool {
    const WORDS: [&str; 8] =
        ["passw", "passphrase", "passcode", "pwd", "kennwort", "motdepasse", "contrase", "secret"];
    let name = String::from_utf8_lossy(name).to_lowercase();
    let letters: String = name.chars().filter(|character| character.is_alphanumeric()).collect();
    WORDS.iter().any(|word| letters.contains(word))
        || ["pass", "pw", "pin", "otp"].contains(&letters.as_str())
}

/// A target or an address with `instead` for the values of the passwords in its query.
pub(super) fn without_passwords<'a>(target: &'a [u8], instead: &str) -> Cow<'a, [u8]> {
    let (path, Some(query)) = halves(target, b'?') else { return Cow::Borrowed(target) };
    let kept = |pair: &'a [u8]| match halves(pair, b'=') {
        (name, Some(_)) if is_password(&decoded(name)) => {
            Cow::Owned([name, b"=", instead.as_bytes()].concat())
        }
        _ => Cow::Borrowed(pair),
    };
    let pairs: Vec<_> = query.split(|byte| *byte == b'&').map(kept).collect();
    Cow::Owned([path, b"?", &pairs.join(&b'&')].concat())
}

/// The value of a header field, as far as it may be kept: credentials have their scheme alone.
pub(super) fn field<'a>(name: &str, value: &'a [u8]) -> Cow<'a, [u8]> {
    match name {
        "authorization" | "proxy-authorization" => {
            let scheme = value.iter().position(|byte| *byte == b' ').map_or(0, |blank| blank + 1);
            Cow::Owned([&value[..scheme], DROPPED.as_bytes()].concat())
        }
        "referer" | "location" | "content-location" => without_passwords(value, DROPPED),
        _ => Cow::Borrowed(value),
    }
}

/// What stands before the first such byte, and after it.
pub(super) fn halves(text: &[u8], at: u8) -> (&[u8], Option<&[u8]>) {
    match text.iter().position(|byte| *byte == at) {
        Some(place) => (&text[..place], Some(&text[place + 1..])),
        None => (text, None),
    }
}

/// The name of a form's field and, unless it is a password, its value.
pub fn form_field(piece: &[u8]) -> (Vec<u8>, Option<Vec<u8>>) {
    let (name, value) = halves(piece, b'=');
    let name = decoded(name);
    let value = (!is_password(&name)).then(|| decoded(value.unwrap_or_default()));
    (name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_loses_the_values_of_its_passwords_alone() {
        for (target, kept) in [
            ("/?password=x", "/?password=…"),
            ("/?a=1&p%61ssword=x=y&b=2", "/?a=1&p%61ssword=…&b=2"),
            ("http://a/?PIN=1?&password", "http://a/?PIN=…&password"),
            ("/password=x?a=password", "/password=x?a=password"),
            ("/?", "/?"),
        ] {
            assert_eq!(without_passwords(target.as_bytes(), DROPPED), kept.as_bytes(), "{target}");
        }
    }

    #[test]
    fn credentials_keep_their_scheme_alone() {
        assert_eq!(field("authorization", b"Basic YTpi"), "Basic …".as_bytes());
        assert_eq!(field("proxy-authorization", b"YTpi"), "…".as_bytes());
        assert_eq!(field("x-authorization", b"a"), b"a".as_slice());
    }
}
