//! What a projector does not show: long values, and those of `HttpOnly` cookies. Short ones are the lesson.

use std::collections::HashSet;

use cookie_rules::{shown, visible};

use super::super::{
    head::Head,
    model::facts::{Exchange, Line, SetOutcome},
    secret::halves,
};
use crate::words::Said;

/// A value of more bytes than this is hidden.
const LONG: usize = 20;

/// Whether values are hidden, and how that is said.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hide {
    /// All is shown.
    Nothing,
    /// This stands for what is hidden.
    By(&'static str),
}

impl Hide {
    /// A cookie's value as text that is safe to show once it is escaped.
    pub(crate) fn value(self, value: &[u8], http_only: bool) -> String {
        match self {
            Hide::By(hidden) if is_secret(value, http_only) => hidden.to_owned(),
            _ => visible(value),
        }
    }

    /// What is said of a line, without the value that it holds: a cookie without a name is called by its value.
    pub(crate) fn said(self, said: Said, line: &Line) -> Said {
        match self {
            Hide::By(hidden) if is_secret(line.parts().1, is_http_only(&line.line)) => {
                let value = shown(line.parts().1);
                let text = said.text.replace(&format!("`{value}`"), hidden);
                Said { text, ..said }
            }
            _ => said,
        }
    }

    /// A `Set-Cookie` line: its value is hidden where its own attributes or its length ask for it.
    pub(crate) fn line(self, line: &[u8]) -> String {
        let (pair, attributes) = halves(line, b';');
        let mut text = self.pair(pair, |_| is_http_only(line));
        if let Some(attributes) = attributes {
            text.push(';');
            text.push_str(&visible(attributes));
        }
        text
    }

    /// A target: long values in its query are hidden.
    pub(crate) fn target(self, target: &[u8]) -> String {
        let (path, Some(query)) = halves(target, b'?') else { return visible(target) };
        let pairs: Vec<_> =
            query.split(|byte| *byte == b'&').map(|pair| self.pair(pair, |_| false)).collect();
        format!("{}?{}", visible(path), pairs.join("&"))
    }

    /// A field of a head. `secret` names the cookies whose values are hidden however short they are.
    pub(crate) fn field(self, name: &str, value: &[u8], secret: &HashSet<&[u8]>) -> String {
        match (self, name) {
            (Hide::Nothing, _) => visible(value),
            (_, "cookie") => {
                let pairs = value.split(|byte| *byte == b';');
                pairs
                    .map(|pair| self.pair(pair, |name| secret.contains(name.trim_ascii())))
                    .collect::<Vec<_>>()
                    .join(";")
            }
            (_, "set-cookie") => self.line(value),
            (_, "location" | "referer") => self.target(value),
            _ => visible(value),
        }
    }

    fn pair(self, pair: &[u8], secret: impl Fn(&[u8]) -> bool) -> String {
        match halves(pair, b'=') {
            (name, Some(value)) => format!("{}={}", visible(name), self.value(value, secret(name))),
            (value, None) => self.value(value, secret(b"")),
        }
    }
}

/// Whether a `Set-Cookie` line has the attribute.
pub(crate) fn is_http_only(line: &[u8]) -> bool {
    let attributes = line.split(|byte| *byte == b';').skip(1);
    attributes
        .map(|attribute| halves(attribute, b'=').0)
        .any(|name| name.trim_ascii().eq_ignore_ascii_case(b"httponly"))
}

/// The names of the cookies of an exchange that are `HttpOnly`, as far as this server knows.
pub(crate) fn secret(exchange: &Exchange) -> HashSet<&[u8]> {
    let came = exchange.asked.came.iter().filter(|came| came.http_only).map(|came| &came.name[..]);
    let set = exchange.answer.set.iter().filter_map(|line| match &line.outcome {
        SetOutcome::Stored(receipt)
        | SetOutcome::Replaced { receipt, .. }
        | SetOutcome::Deleted { receipt, .. }
        | SetOutcome::Elsewhere(receipt) => {
            receipt.cookie.http_only.then_some(&receipt.cookie.name[..])
        }
        _ => None,
    });
    came.chain(set).collect()
}

/// Whether the answer puts this very value of a form into a cookie that is hidden however short it is.
pub(crate) fn becomes_secret(exchange: &Exchange, value: &[u8]) -> bool {
    let mut locked = exchange.answer.set.iter().filter(|line| is_http_only(&line.line));
    !value.is_empty() && locked.any(|line| line.parts().1 == value)
}

/// The lines of a head, each with its name.
pub(crate) fn lines(head: &Head, hide: Hide, secret: &HashSet<&[u8]>) -> Vec<(String, String)> {
    head.fields()
        .map(|field| (field.name.to_owned(), hide.field(field.name, field.value, secret)))
        .collect()
}

/// Whether such a value is to be hidden while the projector is on.
pub fn is_secret(value: &[u8], http_only: bool) -> bool {
    http_only || value.len() > LONG
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG_ONE: &str = "0123456789abcdefghijk";

    #[test]
    fn long_values_and_those_of_httponly_cookies_are_hidden_and_short_ones_stay() {
        let hide = Hide::By("…");
        assert_eq!(hide.value(b"3", false), "3");
        assert_eq!(hide.value(&LONG_ONE.as_bytes()[..20], false), &LONG_ONE[..20]);
        assert_eq!(hide.value(LONG_ONE.as_bytes(), false), "…");
        assert_eq!(hide.value(b"3", true), "…");
        assert_eq!(hide.line(b"a=1; Path=/"), "a=1; Path=/");
        assert_eq!(hide.line(b"a=1; Path=/; HTTPONLY "), "a=…; Path=/; HTTPONLY ");
        assert_eq!(hide.line(b"a=1; httponly=x"), "a=…; httponly=x");
        assert_eq!(hide.line(LONG_ONE.as_bytes()), "…");
        assert_eq!(hide.target(format!("/a?b=1&c={LONG_ONE}").as_bytes()), "/a?b=1&c=…");
        let secret = HashSet::from([&b"sid"[..]]);
        let cookies = format!("a=1; sid=7; b={LONG_ONE}");
        assert_eq!(hide.field("cookie", cookies.as_bytes(), &secret), "a=1; sid=…; b=…");
        assert_eq!(Hide::Nothing.field("cookie", cookies.as_bytes(), &secret), cookies);
    }
}
