//! Splits a transcript's command into words, if every shell splits it so: sh, cmd and PowerShell 7.

/// Why a line would not mean the same everywhere.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused(pub String);

fn refuse<T>(why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(why.into()))
}

/// The words of `line`.
///
/// Double quotes only, around whole words, and nothing in them that a shell expands.
pub fn split(line: &str) -> Result<Vec<String>, Refused> {
    if let Some(odd) = line.chars().find(|c| !c.is_ascii()) {
        return refuse(format!(
            "`{odd}` is not ASCII: percent-encode it, consoles differ in their encoding"
        ));
    }
    if let Some(odd) = line.chars().find(|c| c.is_control()) {
        return refuse(format!("a control character ({})", odd.escape_default()));
    }
    for (mark, why) in [
        ('\'', "single quotes are no quotes in cmd: use double quotes"),
        ('\\', "`\\` escapes in sh alone"),
        ('$', "`$` is a variable in sh and PowerShell"),
        ('`', "a backtick is a command in sh and an escape in PowerShell"),
        ('!', "`!` is history in bash"),
        ('^', "`^` escapes in cmd"),
    ] {
        if line.contains(mark) {
            return refuse(why);
        }
    }
    if line.contains("/dev/null") {
        return refuse("`/dev/null` is not there on Windows: write `-o page.html`");
    }
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) =
            if let Some(inner) = rest.strip_prefix('"') { quoted(inner)? } else { plain(rest)? };
        words.push(word);
        rest = after.trim_start();
    }
    Ok(words)
}

/// A word in quotes, and what comes after it.
fn quoted(rest: &str) -> Result<(String, &str), Refused> {
    let Some((word, after)) = rest.split_once('"') else {
        return refuse("a double quote is not closed");
    };
    if !after.is_empty() && !after.starts_with(' ') {
        return refuse(
            "a quote ends inside a word: put the quotes around the whole word, and none inside",
        );
    }
    Ok((word.to_owned(), after))
}

/// A word without quotes, and what comes after it.
fn plain(rest: &str) -> Result<(String, &str), Refused> {
    let (word, after) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
    if word.contains('"') {
        return refuse(
            "a quote starts inside a word: put the quotes around the whole word, and none inside",
        );
    }
    if let Some(odd) = word.chars().find(|c| "&|<>;()*?[]{}~#,@".contains(*c)) {
        return refuse(format!(
            "`{odd}` means something to a shell: put the word in double quotes"
        ));
    }
    // PowerShell cuts such a word in two at the dot.
    if word.starts_with('-') && word.contains(['.', ':']) {
        return refuse(
            "PowerShell cuts an option at `.` and `:`: put a space after the option, or quote the word",
        );
    }
    Ok((word.to_owned(), after))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]
    use super::*;

    #[test]
    fn words_and_quotes() {
        assert_eq!(
            split(r#"curl -s -H "Cookie: a=b; c=d"  http://localhost:3001/"#).unwrap(),
            ["curl", "-s", "-H", "Cookie: a=b; c=d", "http://localhost:3001/"]
        );
        assert_eq!(
            split(r#"curl -d name=%E5%B0%8F -w "%{http_code}" x"#).unwrap(),
            ["curl", "-d", "name=%E5%B0%8F", "-w", "%{http_code}", "x"]
        );
    }

    #[test]
    fn what_a_shell_would_change_is_refused() {
        for line in [
            "curl 'x'",
            "curl x\\y",
            "curl \"$HOME\"",
            "curl \"a!\"",
            "curl `x`",
            "curl -o /dev/null x",
            "curl \"x",
            "curl a\"b c\"",
            "curl \"a\"b",
            "curl x | y",
            "curl x?a=b",
            "curl x > y",
            "curl a;b",
            "curl a&b",
            "curl 小",
            "curl -d @file",
            "curl --a.b x",
            "curl a^b",
            "curl \"a\tb\"",
        ] {
            assert!(split(line).is_err(), "{line}");
        }
    }
}
