//! Requests as bytes, and replies taken apart.

use std::fmt;

/// A request, header by header. Nothing is added but `Host`, `Connection: close` and the length of a body.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

/// `GET target`.
#[must_use]
pub fn get(target: &str) -> Request {
    Request::new("GET", target)
}

/// `POST target` with a form: the fields are percent-encoded.
#[must_use]
pub fn post(target: &str, fields: &[(&str, &str)]) -> Request {
    let body: Vec<_> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    Request::new("POST", target)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(body.join("&").as_bytes())
}

/// Percent-encodes every byte but ASCII letters and digits.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

impl Request {
    /// A request with any method.
    #[must_use]
    pub fn new(method: &str, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// Adds a header line. The value is any bytes: a test may send what no browser would.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Adds a `Cookie` header with these bytes.
    #[must_use]
    pub fn cookie(self, value: impl AsRef<[u8]>) -> Self {
        self.header("Cookie", value)
    }

    /// Sends these bytes as the body.
    #[must_use]
    pub fn body(mut self, body: &[u8]) -> Self {
        self.body = body.to_owned();
        self
    }

    /// The request as it goes over the wire to a server on `port`.
    #[must_use]
    pub fn bytes(&self, port: u16) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let names =
            |name: &str| self.headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        if !names("Host") {
            bytes.extend(format!("Host: localhost:{port}\r\n").as_bytes());
        }
        for (name, value) in &self.headers {
            bytes.extend(name.as_bytes());
            bytes.extend(b": ");
            bytes.extend(value);
            bytes.extend(b"\r\n");
        }
        if !names("Connection") {
            bytes.extend(b"Connection: close\r\n");
        }
        if !self.body.is_empty() || self.method == "POST" {
            bytes.extend(format!("Content-Length: {}\r\n", self.body.len()).as_bytes());
        }
        bytes.extend(b"\r\n");
        bytes.extend(&self.body);
        bytes
    }
}

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
        let chunked = headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case("Transfer-Encoding") && value.eq_ignore_ascii_case(b"chunked")
        });
        let body = if chunked { dechunk(body) } else { body.to_owned() };
        Self { status, headers, body, request: request.to_owned(), head: head.to_owned() }
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

    /// Whether this is a whole HTML page in which no markup of [`MARKUP`](crate::MARKUP) got through.
    #[must_use]
    pub fn is_safe_page(&self) -> bool {
        let text = self.text();
        self.header("Content-Type") == Some("text/html; charset=utf-8")
            && text.trim_end().ends_with("</html>")
            && !["<script>alert", "<img", "\"'>"].iter().any(|markup| text.contains(markup))
    }

    /// The body with its character references resolved: what a reader of the page sees.
    #[must_use]
    pub fn shown(&self) -> String {
        let references =
            [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
        references
            .iter()
            .fold(self.text(), |text, (reference, character)| text.replace(reference, character))
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
        write_lines(f, "<", &self.head)
    }
}

/// Each line of a message behind a mark, with everything that is not printable shown as an escape.
fn write_lines(f: &mut fmt::Formatter<'_>, mark: &str, message: &[u8]) -> fmt::Result {
    const LINE: usize = 400;
    for line in message.trim_ascii_end().split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let shown = &line[..line.len().min(LINE)];
        let cut = if shown.len() < line.len() { "…" } else { "" };
        let mut text = String::new();
        for chunk in shown.utf8_chunks() {
            for character in chunk.valid().chars() {
                if character.is_control() {
                    text.extend(character.escape_default());
                } else {
                    text.push(character);
                }
            }
            text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        }
        writeln!(f, "{mark} {text}{cut}")?;
    }
    Ok(())
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
