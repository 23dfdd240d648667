//! Replies taken apart, and shown with the request that they answer.

use std::fmt;

use crate::{Address, Element, Page, excerpt};

/// A response, and the request that it answers. Its `Display` is the exchange as it went over the wire, without the
/// response's body.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status code, such as 200; 0 where the server closed the connection without an answer.
    pub status: u16,
    /// Every header line in order: name as it came, value as bytes.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, with any chunking removed.
    pub body: Vec<u8>,
    request: Vec<u8>,
    head: Vec<u8>,
    /// What else there is to say of the exchange: what a browser ignored.
    pub(crate) notes: Vec<String>,
}

impl Reply {
    pub(crate) fn parse(request: &[u8], response: &[u8]) -> Self {
        let end = find(response, b"\r\n\r\n").map_or(response.len(), |end| end + 4);
        let (head, body) = response.split_at(end);
        let mut lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let status = lines
            .next()
            .and_then(|line| std::str::from_utf8(line).ok()?.split(' ').nth(1)?.parse().ok())
            .unwrap_or_default();
        let headers: Vec<_> = lines
            .filter_map(|line| {
                let colon = line.iter().position(|byte| *byte == b':')?;
                Some((
                    String::from_utf8_lossy(&line[..colon]).into_owned(),
                    line[colon + 1..].trim_ascii().to_owned(),
                ))
            })
            .collect();
        let mut reply = Self {
            status,
            headers,
            body: body.to_owned(),
            request: request.to_owned(),
            head: head.to_owned(),
            notes: Vec::new(),
        };
        if reply.is_chunked() {
            reply.body = dechunk(body);
        }
        reply
    }

    pub(crate) fn is_chunked(&self) -> bool {
        self.header("Transfer-Encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    }

    /// The value of the first header of this name, where it is UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    /// The values of all headers of this name that are UTF-8, in order.
    #[must_use]
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(given, _)| given.eq_ignore_ascii_case(name))
            .filter_map(|(_, value)| std::str::from_utf8(value).ok())
            .collect()
    }

    /// The `Set-Cookie` lines, in order.
    #[must_use]
    pub fn set_cookies(&self) -> Vec<&str> {
        self.all("Set-Cookie")
    }

    /// The pair of the `Set-Cookie` line that sets `name`, as a browser would send it back: `name=value`.
    #[must_use]
    pub fn pair(&self, name: &str) -> Option<&str> {
        self.set_cookies()
            .into_iter()
            .map(|line| line.split(';').next().unwrap_or(line).trim())
            .find(|pair| pair.split('=').next() == Some(name))
    }

    /// The address that the request asked for; `http://localhost/` where it named no host that can be one.
    #[must_use]
    pub fn address(&self) -> Address {
        let request = String::from_utf8_lossy(&self.request);
        let target = request.split(' ').nth(1).unwrap_or("/");
        let fields = request.lines().filter_map(|line| line.split_once(':'));
        let mut hosts = fields.filter(|(name, _)| name.eq_ignore_ascii_case("host"));
        let host = hosts.next().map_or("localhost", |(_, value)| value.trim());
        let root = Address::parse(&format!("http://{host}/"));
        let root = root.unwrap_or_else(|_| Address::of("http://localhost/"));
        root.at(target).unwrap_or(root)
    }

    /// Where a redirect leads: the `Location`, resolved as a browser resolves it, whether it is written `/`, `./` or in full.
    /// `None` where there is none, or where it leads to no page.
    ///
    /// ```
    /// # use axum::{Router, routing::get, response::Redirect};
    /// # let app = Router::new().route("/a/b", get(|| async { Redirect::to("../hello?x=1") }));
    /// let reply = probe::Server::of(app).send(probe::get("/a/b"));
    /// assert_eq!(reply.location().map(|to| to.target()).as_deref(), Some("/hello?x=1"), "{reply}");
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<Address> {
        self.address().at(self.header("Location")?)
    }

    /// Whether it sends a browser to look at this address of the same server by GET, as after a form: `303 See Other`.
    #[must_use]
    pub fn sees_other(&self, target: &str) -> bool {
        let there = |to: Address| to.origin() == self.address().origin() && to.target() == target;
        self.status == 303 && self.location().is_some_and(there)
    }

    /// The page, as a browser reads it. What says to be something other than HTML is text alone.
    #[must_use]
    pub fn page(&self) -> Page {
        let kind = self.header("Content-Type").unwrap_or("text/html");
        if kind.trim_start().to_ascii_lowercase().starts_with("text/html") {
            Page::of(&self.address(), &self.text())
        } else {
            Page::of_plain(&self.address(), &self.text())
        }
    }

    /// The exchange, and the part of the page around these words (or, where they are missing, around as many of them as are
    /// there): for the message of a check that looked for them.
    ///
    /// ```
    /// # use axum::{Router, routing::get, response::Html};
    /// # let app = Router::new().route("/", get(|| async { Html("<h1>Logged in as <b>Eve</b></h1>") }));
    /// let reply = probe::Server::of(app).send(probe::get("/"));
    /// assert!(reply.with_text("Logged in as Ada").to_string().ends_with("\nThe page shows: Logged in as Eve\n"));
    /// ```
    pub fn with_text<'r>(&'r self, words: &'r str) -> impl fmt::Display + 'r {
        with_text(self, self.page(), words)
    }

    /// Whether this is a whole HTML page in which no markup of [`MARKUP`](crate::MARKUP) got through: a browser finds neither
    /// its script, nor its image, nor any attribute that is a script.
    #[must_use]
    pub fn is_safe_page(&self) -> bool {
        let foreign = |element: &Element| {
            let script = element.name() == "script" && element.source().contains("alert(");
            let image = element.name() == "img" && element.attribute("src") == Some("x");
            script || image || element.attributes().iter().any(|(name, _)| name.starts_with("on"))
        };
        self.header("Content-Type") == Some("text/html; charset=utf-8")
            && self.text().trim_end().ends_with("</html>")
            && !self.page().all().iter().any(foreign)
    }

    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The exchange:")?;
        write_lines(f, ">", &self.request)?;
        write_lines(f, "<", &self.head)?;
        self.notes.iter().try_for_each(|note| writeln!(f, "! {note}"))
    }
}

/// An exchange, and the part of the page that somebody looked for.
struct WithText<'r> {
    shown: &'r dyn fmt::Display,
    page: Page,
    words: &'r str,
}

impl fmt::Display for WithText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.shown)?;
        let text = self.page.text();
        match text.as_str() {
            "" => writeln!(f, "The page shows no text."),
            text => {
                writeln!(f, "The page shows: {}", visible(excerpt(text, self.words).as_bytes()))
            }
        }
    }
}

/// `shown`, and behind it the part of the page where the words are, or could be.
pub(crate) fn with_text<'r>(
    shown: &'r dyn fmt::Display,
    page: Page,
    words: &'r str,
) -> impl fmt::Display + 'r {
    WithText { shown, page, words }
}

/// Each line of a message behind a mark, with everything that is not printable shown as an escape. Long lines, and many, are
/// cut.
fn write_lines(f: &mut fmt::Formatter<'_>, mark: &str, message: &[u8]) -> fmt::Result {
    const LINE: usize = 400;
    const LINES: usize = 60;
    let lines: Vec<_> = message.trim_ascii_end().split(|byte| *byte == b'\n').collect();
    for line in lines.iter().take(LINES) {
        let line: &[u8] = line.strip_suffix(b"\r").unwrap_or(line);
        let shown = &line[..line.len().min(LINE)];
        let cut = if shown.len() < line.len() { "…" } else { "" };
        let text = visible(shown);
        writeln!(f, "{mark} {text}{cut}")?;
    }
    if lines.len() > LINES {
        writeln!(f, "{mark} … and {} more lines", lines.len() - LINES)?;
    }
    Ok(())
}

/// Bytes with everything that is not printable shown as an escape.
fn visible(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if character.is_control() {
                text.extend(character.escape_default());
            } else {
                text.push(character);
            }
        }
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn dechunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = find(body, b"\r\n") {
        let size = std::str::from_utf8(&body[..end])
            .ok()
            .and_then(|size| usize::from_str_radix(size.trim(), 16).ok());
        let (Some(size), rest) = (size, &body[end + 2..]) else {
            break;
        };
        if size == 0 || rest.len() < size {
            break;
        }
        whole.extend(&rest[..size]);
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_bounded_and_printable() {
        let many = "Set-Cookie: a=1\r\n".repeat(100);
        let response = format!("HTTP/1.1 200 OK\r\n{many}X: \u{1b}[31m{}\r\n\r\n", "x".repeat(900));
        let request = b"GET /\xff HTTP/1.1\r\nHost: localhost\r\nY: \x1b[31m\r\n\r\n";
        let shown = Reply::parse(request, response.as_bytes()).to_string();
        assert!(
            shown.contains("\n> GET /\\xff HTTP/1.1\n") && shown.contains("> Y: \\u{1b}[31m"),
            "{shown}"
        );
        assert!(shown.ends_with("< … and 42 more lines\n") && !shown.contains('\u{1b}'), "{shown}");
        let page = "x".repeat(10_000) + "\u{1b}";
        let reply = Reply::parse(request, format!("HTTP/1.1 200 OK\r\n\r\n{page}").as_bytes());
        assert!(reply.with_text("y").to_string().len() < 600);
    }

    #[test]
    fn the_address_is_what_was_asked_for() {
        for (request, address) in [
            (
                "GET /a?b=c HTTP/1.1\r\nHost: app.localhost:1\r\n\r\n",
                "http://app.localhost:1/a?b=c",
            ),
            ("GET /a HTTP/1.1\r\nHost: <script>\r\n\r\n", "http://localhost/a"),
            ("GET /a HTTP/1.0\r\n\r\n", "http://localhost/a"),
        ] {
            assert_eq!(Reply::parse(request.as_bytes(), b"").address().to_string(), address);
        }
    }
}
