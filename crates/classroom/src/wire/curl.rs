//! A request as a `curl` command to copy.
//!
//! Where it can, the command runs unchanged in sh, cmd and PowerShell: double quotes only, and between them no character
//! that one of the three reads otherwise. Where the request has such a character, the command is for sh, and says so.

use axum::http::Method;

use super::exchange::Exchange;

/// A command, and what to know of it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Curl {
    pub(crate) command: String,
    pub(crate) note: &'static str,
}

/// The command that sends such a request; `None` where it holds bytes that no command line can carry.
pub(crate) fn curl(exchange: &Exchange) -> Option<Curl> {
    let host = exchange.request.get("host")?;
    let mut words: Vec<Vec<u8>> = Vec::new();
    let mut options = "curl -i".to_owned();
    match exchange.method {
        Method::GET => {}
        Method::HEAD => options = "curl -I".to_owned(),
        ref method if method.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
            options.push_str(&format!(" -X {method}"));
        }
        _ => return None,
    }
    if exchange.target.contains(['[', ']', '{', '}']) {
        options.push_str(" -g");
    }
    if exchange.target.contains("/.") {
        options.push_str(" --path-as-is");
    }
    for field in exchange.request.fields().filter(|field| is_told(field.name, exchange)) {
        if field.value.is_empty() {
            words.push(format!("{};", field.name).into_bytes());
        } else {
            words.push([field.name.as_bytes(), b": ", field.value].concat());
        }
    }
    let body = exchange.request.get("content-length").is_some_and(|length| length != b"0");
    let url = [b"http://", host, exchange.target.as_bytes()].concat();
    let all = || words.iter().chain([&url]);
    if !all().all(|word| word.iter().all(|byte| matches!(byte, b' '..=b'~'))) {
        return None;
    }
    let portable = all().all(|word| is_portable(word));
    let quote = if portable { in_double_quotes } else { in_single_quotes };
    let mut command = options;
    for word in &words {
        command.push_str(" -H ");
        command.push_str(&quote(word));
    }
    if body {
        command.push_str(" -d \"FIELDS\"");
    }
    command.push(' ');
    command.push_str(&quote(&url));
    let note = match (portable, body) {
        (true, false) => "",
        (true, true) => "The body is not kept: write its fields in the place of FIELDS.",
        (false, false) => {
            "For sh alone: it holds a character that cmd or PowerShell would read otherwise."
        }
        (false, true) => {
            "For sh alone: it holds a character that cmd or PowerShell would read otherwise. The body is not kept: \
             write its fields in the place of FIELDS."
        }
    };
    Some(Curl { command, note })
}

/// The fields that make a difference here: cookies, credentials, and what says that another site caused the request.
fn is_told(name: &str, exchange: &Exchange) -> bool {
    match name {
        "cookie" | "authorization" => true,
        "sec-fetch-site" | "sec-fetch-mode" | "sec-fetch-dest" => {
            exchange.request.get("sec-fetch-site") == Some(b"cross-site")
        }
        "content-type" => exchange.request.get(name) != Some(b"application/x-www-form-urlencoded"),
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
