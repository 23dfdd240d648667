//! The head of a message as a handler's layer sees it, in one piece of memory.

use http::{HeaderMap, HeaderName};

use super::secret;

/// How much of a value is kept, in bytes.
pub(crate) const VALUE: usize = 4096;

/// The start of a value, as much as is kept.
pub(crate) fn cut(value: &[u8]) -> &[u8] {
    &value[..value.len().min(VALUE)]
}

/// How many bytes of a head are kept.
const HEAD: usize = 64 * 1024;

/// Header fields in the order that the layer sees, `name: value` a line. A value has no line break, so lines tell them apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    lines: Vec<u8>,
    left_out: usize,
}

/// A header field.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    pub(crate) name: &'a str,
    pub(crate) value: &'a [u8],
}

impl Head {
    /// Copies the fields: a `HeaderValue` would keep the connection's whole buffer in memory.
    pub fn of(headers: &HeaderMap) -> Self {
        let size = |(name, value): (&HeaderName, &http::HeaderValue)| {
            name.as_str().len() + cut(value.as_bytes()).len() + 3
        };
        let mut head = Self {
            lines: Vec::with_capacity(headers.iter().map(size).sum::<usize>().min(HEAD)),
            left_out: 0,
        };
        for (name, value) in headers {
            let value = secret::field(name.as_str(), cut(value.as_bytes()));
            if head.lines.len() + name.as_str().len() + value.len() > HEAD {
                head.left_out += 1;
                continue;
            }
            head.lines.extend_from_slice(name.as_str().as_bytes());
            head.lines.extend_from_slice(b": ");
            head.lines.extend_from_slice(&value);
            head.lines.push(b'\n');
        }
        head
    }

    /// The fields in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = Field<'_>> {
        self.lines.split(|byte| *byte == b'\n').filter_map(|line| {
            let colon = line.windows(2).position(|two| two == b": ")?;
            Some(Field {
                name: std::str::from_utf8(&line[..colon]).ok()?,
                value: &line[colon + 2..],
            })
        })
    }

    /// The first value of a field, by its name in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        self.fields().find(|field| field.name == name).map(|field| field.value)
    }

    /// Bytes that it holds.
    pub(crate) fn weight(&self) -> usize {
        self.lines.capacity()
    }

    /// How many fields were left out, because the head is too long.
    pub(crate) fn left_out(&self) -> usize {
        self.left_out
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn fields_come_back_as_they_went_in_and_long_values_are_cut() {
        let mut headers = HeaderMap::new();
        headers.append("x-a", HeaderValue::from_static("b: c"));
        headers.append("x-empty", HeaderValue::from_static(""));
        headers.append("x-long", HeaderValue::from_maybe_shared(vec![b'v'; 5000]).expect("valid"));
        let head = Head::of(&headers);
        assert_eq!(head.get("x-a"), Some(&b"b: c"[..]));
        assert_eq!(head.get("x-empty"), Some(&b""[..]));
        assert_eq!(head.get("x-long").map(<[u8]>::len), Some(4096));
        assert_eq!(head.left_out(), 0);
    }

    #[test]
    fn a_head_is_bounded() {
        let mut headers = HeaderMap::new();
        for _ in 0..30 {
            let value = HeaderValue::from_maybe_shared(vec![b'v'; 4000]).expect("valid");
            headers.append("x-long", value);
        }
        let head = Head::of(&headers);
        assert!(head.lines.len() <= HEAD);
        assert_eq!(head.left_out() + head.fields().count(), 30);
    }
}
