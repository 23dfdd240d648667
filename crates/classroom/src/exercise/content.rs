//! Where the content of a page begins: behind its head, and before anything that it shows.
//!
//! What is put there can't be swallowed by a tag, a comment or a quote that the page leaves open.

/// The place in the page, known or not yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// It begins here.
    At(usize),
    /// Up to here there is head, and what follows is not whole yet.
    NotBefore(usize),
}

/// A piece of a page's head.
enum Piece {
    /// So many bytes of head.
    Head(usize),
    /// The tag `<body>`, so many bytes long: content follows.
    Body(usize),
    /// No head.
    Content,
}

/// Looks for the content from `from` on, an earlier answer or 0.
pub(super) fn begins(page: &[u8], from: usize) -> Content {
    const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
    let mut at = from;
    if BYTE_ORDER_MARK.starts_with(page) {
        return Content::NotBefore(at);
    }
    if at == 0 && page.starts_with(BYTE_ORDER_MARK) {
        at = BYTE_ORDER_MARK.len();
    }
    loop {
        let blanks = page[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        match piece(&page[at + blanks..]) {
            None => return Content::NotBefore(at),
            Some(Piece::Head(length)) => at += blanks + length,
            Some(Piece::Body(length)) => return Content::At(at + blanks + length),
            Some(Piece::Content) => return Content::At(at),
        }
    }
}

/// The piece that the page goes on with; `None` where it is cut off.
fn piece(page: &[u8]) -> Option<Piece> {
    if *page.first()? != b'<' {
        return Some(Piece::Content);
    }
    if page.starts_with(b"<!--") {
        // `<!-->` is a whole comment.
        return find(&page[2..], b"-->").map(|end| Piece::Head(2 + end + 3));
    }
    let is_end = *page.get(1)? == b'/';
    if matches!(page[1], b'!' | b'?') {
        return find(page, b">").map(|end| Piece::Head(end + 1));
    }
    let name = &page[if is_end { 2 } else { 1 }..];
    let length = name.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    let name = name[..length].to_ascii_lowercase();
    match (is_end, name.as_slice()) {
        (false, b"html" | b"head" | b"meta" | b"link" | b"base") | (true, b"head") => {
            tag(page).map(Piece::Head)
        }
        (false, b"body") => tag(page).map(Piece::Body),
        // Their text is no markup, up to the end tag.
        (false, b"title" | b"style" | b"script" | b"noscript") => {
            let start = tag(page)?;
            let end = start + end_tag(&page[start..], &name)?;
            Some(Piece::Head(end + tag(&page[end..])?))
        }
        _ => Some(Piece::Content),
    }
}

/// How long this tag is. A `>` in the quotes of an attribute's value doesn't end it.
fn tag(page: &[u8]) -> Option<usize> {
    let mut quote = None;
    let mut before = b'<';
    for (at, byte) in page.iter().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            before = *byte;
        }
    }
    None
}

/// Where the end tag of this name is.
fn end_tag(page: &[u8], name: &[u8]) -> Option<usize> {
    page.windows(2 + name.len() + 1).position(|window| {
        let (tag, after) = window.split_at(2 + name.len());
        tag.starts_with(b"</")
            && tag[2..].eq_ignore_ascii_case(name)
            && matches!(after[0], b'/' | b'>' | b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
    })
}

fn find(page: &[u8], what: &[u8]) -> Option<usize> {
    page.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_begins_behind_the_head_whatever_is_open_in_it() {
        // `|` is where it begins.
        for marked in [
            "|",
            "|Hello",
            "|<h1>Hello</h1>",
            "<!DOCTYPE html>|\n<h1>Hello",
            "<!doctype html><html lang=en><head><meta charset=utf-8><title>a</title></head><body class='>'>|<main>",
            "<!DOCTYPE html>\n<html>\n<meta charset=\"utf-8\">\n<title>A <b>title</title>\n<link href=\"a>b\">|\n<main>",
            "\u{feff}<!DOCTYPE html>|<p>",
            "<!-- <body> --><!--><BODY\nonload = \"a>b\">|<!-- open",
            "<title>a</titles></title ><style>b{}</style><script>'<body>'</script>|<textarea>",
            "<title>|",
            "<head></head>| <table><tr><a href=\"",
            "<html|",
        ] {
            let place = marked.find('|').unwrap_or_default();
            let page = marked.replacen('|', "", 1);
            let whole = begins(page.as_bytes(), 0);
            let cut = ["<title>", "<html", ""].contains(&page.as_str());
            let expected = if cut { Content::NotBefore(0) } else { Content::At(place) };
            assert_eq!(whole, expected, "{marked}");
            // Byte by byte it comes to the same, and never goes back.
            let mut found = Content::NotBefore(0);
            for end in 0..=page.len() {
                let Content::NotBefore(from) = found else { break };
                found = begins(&page.as_bytes()[..end], from);
            }
            assert_eq!(found, expected, "{marked}");
        }
    }
}
