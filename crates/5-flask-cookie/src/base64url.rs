//! Base64 as the cookie's three parts use it: the URL-safe alphabet, no `=` at the end.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};

/// A last character may carry two or four bits that belong to no byte. Python ignores them, so they are ignored here.
const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone)
        .with_decode_allow_trailing_bits(true),
);

/// The text for these bytes.
pub fn encode(bytes: &[u8]) -> String {
    ENGINE.encode(bytes)
}

/// The bytes of this text, or `None` where a character isn't of the alphabet or the length fits no number of bytes.
///
/// Python also takes `+` and `/`, any number of `=`, and skips what it doesn't know. One spelling is enough here:
/// a cookie with another one was not written by Flask.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    ENGINE.decode(text).ok()
}
