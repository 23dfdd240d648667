//! A request as a `curl` command to copy.
//!
//! Where it can, the command runs unchanged in sh, cmd and PowerShell: double quotes only, and between them no character
//! that one of the three reads otherwise. Where the request has such a character, the command is for sh, and says so.

use cookie_rules::{Request, is_loopback};
use http::Method;

use super::{
    super::{
        model::facts::Exchange,
        secret::{DROPPED, without_passwords},
    },
    Reader, hide,
};
use crate::percent::encoded;

/// What stands for a password, which is not kept.
const PASSWORD: &str = "PASSWORD";

/// A command, and what to know of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Curl {
    pub(crate) command: String,
    pub(crate) note: String,
}

/// The command that sends such a request; `None` where it holds bytes that no command line can carry.
pub(crate) fn curl(exchange: &Exchange, Reader { words, hide }: Reader) -> Option<Curl> {
    let asked = &exchange.asked;
    let host = asked.head.get("host")?;
    // What is copied goes to this server, and to no other host that a request named.
    let asked_for = Request::get(&format!("http://{}/", asked.authority)).ok()?;
    if !is_loopback(asked_for.host()) {
        return None;
    }
    let mut headers: Vec<Vec<u8>> = Vec::new();
    let mut options = "curl -i".to_owned();
    let fields = &asked.body.fields;
    match asked.method {
        Method::GET => {}
        Method::HEAD => options = "curl -I".to_owned(),
        Method::POST if !fields.is_empty() => {}
        ref method if method.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            options.push_str(&format!(" -X {method}"));
        }
        _ => return None,
    }
    if asked.target.contains(['[', ']', '{', '}']) {
        options.push_str(" -g");
    }
    if asked.target.contains("/.") {
        options.push_str(" --path-as-is");
    }
    let secret = hide::secret(exchange);
    let mut has_password = fields.iter().any(|(_, value)| value.is_none());
    let mut is_hidden = false;
    // What is hidden must not be shown; what is shown is sent as it came.
    let mut as_shown = |hidden: String, shown: &[u8]| {
        is_hidden |= hidden != cookie_rules::visible(shown);
        if is_hidden { hidden.into_bytes() } else { shown.to_vec() }
    };
    for field in asked.head.fields().filter(|field| is_told(field.name, exchange)) {
        if field.value.is_empty() {
            headers.push(format!("{};", field.name).into_bytes());
        } else if field.name == "authorization" {
            has_password = true;
            let scheme = field.value.strip_suffix(DROPPED.as_bytes()).unwrap_or_default();
            headers.push([b"authorization: ", scheme, PASSWORD.as_bytes()].concat());
        } else {
            let value = as_shown(hide.field(field.name, field.value, &secret), field.value);
            headers.push([field.name.as_bytes(), b": ", &value].concat());
        }
    }
    let has_body = asked.body.size.is_some_and(|size| size > 0) || !fields.is_empty();
    let body_missing = has_body && (fields.is_empty() || asked.body.cut);
    let mut body = Vec::new();
    for (name, value) in fields {
        if !body.is_empty() {
            body.push(b'&');
        }
        let value = value.as_deref().unwrap_or(PASSWORD.as_bytes());
        body.extend_from_slice(encoded(name).as_bytes());
        body.push(b'=');
        body.extend(match hide.value(value, hide::becomes_secret(exchange, value)) {
            hidden if hidden == cookie_rules::visible(value) => encoded(value).into_bytes(),
            hidden => as_shown(hidden, value),
        });
    }
    if body_missing {
        body = b"FIELDS".to_vec();
    }
    let target = without_passwords(asked.target.as_bytes(), PASSWORD);
    has_password |= *target != *asked.target.as_bytes();
    let target = as_shown(hide.target(&target), &target);
    let url = [b"http://", host, &target].concat();
    let all = || headers.iter().chain([&url, &body]);
    if !all().all(|word| word.iter().all(|byte| matches!(byte, b' '..=b'~'))) {
        return None;
    }
    let portable = all().all(|word| is_portable(word));
    let quote = if portable { in_double_quotes } else { in_single_quotes };
    let mut command = options;
    for word in &headers {
        command.push_str(" -H ");
        command.push_str(&quote(word));
    }
    if has_body {
        command.push_str(" -d ");
        command.push_str(&quote(&body));
    }
    command.push(' ');
    command.push_str(&quote(&url));
    let note = words.curl_note(portable, has_password, body_missing, is_hidden);
    Some(Curl { command, note })
}

/// The fields that make a difference here: cookies, credentials, and what says that another site caused the request.
fn is_told(name: &str, exchange: &Exchange) -> bool {
    let head = &exchange.asked.head;
    match name {
        "cookie" | "authorization" => true,
        "sec-fetch-site" | "sec-fetch-mode" | "sec-fetch-dest" => {
            head.get("sec-fetch-site") == Some(b"cross-site")
        }
        "content-type" => head.get(name) != Some(b"application/x-www-form-urlencoded"),
        _ => false,
    }
}

/// Whether sh, cmd and PowerShell all leave these characters alone between double quotes.
fn is_portable(word: &[u8]) -> bool {
    !word.iter().any(|byte| matches!(byte, b'"' | b'\\' | b'$' | b'`' | b'!'))
        && !names_variable(word)
}

/// Whether cmd could find a variable: `%PATH%`. What is percent-encoded has two digits between two percent signs.
fn names_variable(word: &[u8]) -> bool {
    let parts: Vec<_> = word.split(|byte| *byte == b'%').collect();
    let inner = parts.get(1..parts.len() - 1).unwrap_or_default();
    inner.iter().any(|part| part.len() > 2 && part[0].is_ascii_alphabetic())
}

fn in_double_quotes(word: &[u8]) -> String {
    format!("\"{}\"", String::from_utf8_lossy(word))
}

fn in_single_quotes(word: &[u8]) -> String {
    format!("'{}'", String::from_utf8_lossy(word).replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_a_form_is_encoded_and_no_shell_reads_it_otherwise() {
        assert_eq!(encoded(b"a b&c=\"$\xff"), "a+b%26c%3D%22%24%FF");
    }

    #[test]
    fn what_a_shell_would_read_otherwise_is_not_portable() {
        for word in ["a=1; b=2", "a=%E5%A4%8F", "a=100%", "it's", "a&b|c<d>e^f(g){h},i;j#k~l*m?n@o"]
        {
            assert!(is_portable(word.as_bytes()), "{word}");
        }
        for word in ["a\"b", "a\\b", "$HOME", "`id`", "hey!", "%PATH%", "x%PATH%y", "%E5%DATE%E5"] {
            assert!(!is_portable(word.as_bytes()), "{word}");
        }
    }

    #[test]
    fn a_single_quote_does_not_end_the_word() {
        assert_eq!(in_single_quotes(b"a'; rm -rf \"$HOME\" '"), r#"'a'\''; rm -rf "$HOME" '\'''"#);
    }
}
