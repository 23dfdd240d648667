//! Requests as bytes.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

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

/// Percent-encodes every byte but ASCII letters and digits: for a value in a query or in a path.
///
/// ```
/// assert_eq!(probe::encode("Ada & 小"), "Ada%20%26%20%E5%B0%8F");
/// ```
#[must_use]
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
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

    /// The same request with `Connection: keep-alive`, unless it says something of the kind.
    pub(crate) fn kept_alive(self) -> Self {
        let says = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("Connection"));
        if says { self } else { self.header("Connection", "keep-alive") }
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
