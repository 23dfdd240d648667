//! The pairs of a `Cookie` header.

use http::{HeaderMap, header};

/// The name and the value of every pair in the request's `Cookie` headers, in the order they came. A pair without `=` has
/// an empty name.
///
/// They are bytes, for a client may send any. Each pair stands for itself: one that is not UTF-8 takes no other with it.
pub fn pairs(headers: &HeaderMap) -> impl Iterator<Item = (&[u8], &[u8])> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|line| line.as_bytes().split(|byte| *byte == b';'))
        .map(<[u8]>::trim_ascii)
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&pair[..equals], &pair[equals + 1..]),
            None => (&b""[..], pair),
        })
}
