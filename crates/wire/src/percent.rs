//! Percent-encoding, as addresses and forms have it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode, percent_encode};

/// What a form encodes (application/x-www-form-urlencoded), and the blank, which becomes `+`.
const FORM: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'*');

/// As a field of a form, or of a query.
pub(crate) fn encoded(text: &[u8]) -> String {
    percent_encode(text, &FORM).to_string().replace("%20", "+")
}

/// Without percent signs, and with blanks for `+`.
pub(crate) fn decoded(text: &[u8]) -> Vec<u8> {
    let text: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    percent_decode(&text).collect()
}
