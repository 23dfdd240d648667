//! What every lesson does with cookies: finds them in a request, measures them, and keeps caches away from what they decided.

use axum::http::{HeaderMap, HeaderName, header};

pub use ::wire::pairs;

/// What a cookie decided is for one browser: no cache may keep it, let alone give it to another.
pub const FOR_ONE_BROWSER: [(HeaderName, &str); 2] =
    [(header::VARY, "Cookie"), (header::CACHE_CONTROL, "no-store")];

/// A browser ignores a cookie whose name and value together are longer than this, in bytes (RFC 6265bis §5.6).
pub const LONGEST: usize = 4096;

/// How many bytes of a `Set-Cookie` line count towards [`LONGEST`]: the name and the value. `=` and attributes don't.
#[must_use]
pub fn size(line: &str) -> usize {
    let pair = line.split(';').next().unwrap_or_default();
    let (name, value) = pair.split_once('=').unwrap_or(("", pair));
    name.len() + value.len()
}

/// The values of the cookies with this name, in the order they came. There may be several: a cookie of another path or
/// host, or of another server on localhost, can have the same name. Blanks before a value are no part of it.
pub fn values<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a [u8]> {
    pairs(headers)
        .filter(move |(given, _)| *given == name.as_bytes())
        .map(|(_, value)| value.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header::InvalidHeaderValue};

    #[test]
    fn pairs_come_in_order_and_each_stands_for_itself() -> Result<(), InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        for line in [&b"a=1; ; bare;b=2=3"[..], b"c=\xff;a = 4", b"a=", b"a= 5"] {
            headers.append(header::COOKIE, HeaderValue::from_bytes(line)?);
        }
        let expected: [(&[u8], &[u8]); 7] = [
            (b"a", b"1"),
            (b"", b"bare"),
            (b"b", b"2=3"),
            (b"c", b"\xff"),
            (b"a ", b" 4"),
            (b"a", b""),
            (b"a", b" 5"),
        ];
        assert_eq!(pairs(&headers).collect::<Vec<_>>(), expected);
        assert_eq!(values(&headers, "a").collect::<Vec<_>>(), [&b"1"[..], b"", b"5"]);
        Ok(())
    }
}
