//! The checks of `escape-it`: they read the page as a browser does.

use probe::{Passed, Reply, Server, encode, get};

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn a_name_stays_whole() -> Passed {
    let long = "Ada ".repeat(250) + "Lovelace";
    for name in ["Ada", "小明 🎉", "Ада Лавлейс", "a;b,c=d", " spaces  around ", "a\tb", "0", &long]
    {
        is_shown(name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn markup_in_a_name_is_text() -> Passed {
    for name in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</h1></form><b>Ada",
        "a < b > c",
        "<!-- Ada",
        "--><b>Ada",
        "<i>Tom</i>",
        "</title><svg onload=alert(1)>",
    ] {
        is_shown(name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn a_quote_in_a_name_does_not_end_the_attribute() -> Passed {
    for name in [
        "\" onfocus=\"alert(1)",
        "' onfocus='alert(1)",
        "\" autofocus onfocus=alert(1) x=\"'",
        "O'Hara",
        // What stands behind a quote may not become part of a number that stands for it.
        "'90s, 'a, 'x",
        "Ada \"the Countess\" Lovelace",
        "` onfocus=`alert(1)",
    ] {
        is_shown(name);
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check escape-it"]
fn an_ampersand_in_a_name_is_an_ampersand() -> Passed {
    for name in ["Tom & Jerry", "&lt;", "&amp;amp;", "&copy 2026", "&#60;b&#62;", "a&b;c"] {
        is_shown(name);
    }
    Passed
}

/// The page that greets this name.
fn greet(name: &str) -> Reply {
    Server::of(escape_it::app()).send(get(&format!("/?name={}", encode(name))))
}

/// Whether a browser shows just this name in the heading and in the field, and makes nothing else of it.
#[track_caller]
fn is_shown(name: &str) {
    let reply = greet(name);
    let page = reply.page();
    assert!(
        reply.status == 200,
        "Expected a page for the name {}, and the answer is {}.\n\n{reply}",
        short(name),
        if reply.status == 0 { "none".to_owned() } else { reply.status.to_string() }
    );
    let kind = reply.header("Content-Type").unwrap_or_default().to_ascii_lowercase();
    let charset = kind.split_once("charset=").map(|(_, charset)| charset.trim_matches(['"', '\'']));
    let meta = reply.text().to_ascii_lowercase().replace(['"', '\''], "");
    assert!(
        reply.body.is_ascii()
            || charset
                .map_or(meta.contains("charset=utf-8"), |charset| charset.starts_with("utf-8")),
        "Expected that the page says that it is in UTF-8. It says `Content-Type: {kind}`, and a browser reads the name {} \
         wrongly.\n\n{reply}",
        short(name)
    );
    if let Some(what) = page.foreign_markup(&greet("Ada").page()) {
        panic!(
            "Expected that the name {name:?} is text. A browser makes {what} of it.\n{}\n\n{reply}",
            source(&reply)
        );
    }
    let heading = page.elements("h1").first().map_or("", |heading| heading.source());
    let expected = format!("Logged in as {name}");
    assert!(
        heading.trim() == expected.trim(),
        "Expected the heading {}. A browser shows {}.\n{}\n\n{reply}",
        short(&expected),
        short(heading),
        source(&reply)
    );
    let forms = page.forms();
    let field = forms.iter().find_map(|form| form.value("name"));
    assert!(
        field == Some(name),
        "Expected {} in the field. A browser puts {} there.\n{}\n\n{reply}",
        short(name),
        field.map_or("nothing".to_owned(), short),
        source(&reply)
    );
}

/// A text as a message shows it: the start of a long one, and how long it is.
fn short(text: &str) -> String {
    let start: String = text.chars().take(60).collect();
    match text.chars().count() {
        0..=60 => format!("{text:?}"),
        length => format!("{start:?}… ({length} characters)"),
    }
}

/// The beginning of the page as it was sent.
fn source(reply: &Reply) -> String {
    let shown: String = reply.text().chars().take(600).flat_map(char::escape_debug).collect();
    format!(
        "The page was sent as: {}",
        shown.replace("\\n", "\n").replace("\\\"", "\"").replace("\\'", "'")
    )
}
