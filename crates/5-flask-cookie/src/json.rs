//! JSON as Python's `json` reads and spells it: sorted keys, no spaces, ASCII alone, `1e-05`, `NaN`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::value::BigInt;
use crate::{Error, Value};

/// How deep lists and objects may be inside each other. Flask itself gives up before this.
pub const MAX_DEPTH: usize = 512;

/// How many values a payload may hold, those inside others counted too. Each takes many times the memory of its text, and
/// a cookie of 4 KB unpacks to half a million.
pub const MAX_VALUES: usize = 10_000;

/// A JSON value. Where a key comes twice, the last one counts.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A whole number of more than 64 bits.
    BigInt(BigInt),
    /// A number with a point or an exponent; in Python's JSON also `NaN`, `Infinity` and `-Infinity`.
    Float(f64),
    /// A text.
    Str(String),
    /// A list.
    Array(Vec<Json>),
    /// Names and values.
    Object(BTreeMap<String, Json>),
}

/// Spells a value as Flask does.
pub fn write(json: &Json) -> String {
    let mut text = String::new();
    write_value(&mut text, json);
    text
}

fn write_value(out: &mut String, json: &Json) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Int(number) => out.push_str(&number.to_string()),
        Json::BigInt(number) => out.push_str(&number.to_string()),
        Json::Float(number) => out.push_str(&spell_float(*number)),
        Json::Str(text) => write_text(out, text),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                write_comma(out, index);
                write_value(out, item);
            }
            out.push(']');
        }
        Json::Object(items) => {
            out.push('{');
            for (index, (key, value)) in items.iter().enumerate() {
                write_comma(out, index);
                write_text(out, key);
                out.push(':');
                write_value(out, value);
            }
            out.push('}');
        }
    }
}

fn write_comma(out: &mut String, index: usize) {
    if index > 0 {
        out.push(',');
    }
}

/// A text in quotes. What isn't printable ASCII is escaped as UTF-16: two escapes for a character past U+FFFF.
fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a `String` can't fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
    out.push('"');
}

/// A float as Python's `repr` spells it. Rust finds the same digits, but writes `1e-5` where Python writes `1e-05`.
fn spell_float(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => {
            format!("{digits}e+{exponent:0>2}")
        }
        Some((digits, exponent)) => format!("{digits}e-{:0>2}", &exponent[1..]),
        None => text,
    }
}

/// Reads what Python's `json.loads` reads.
pub fn read(text: &str) -> Result<Json, Error> {
    let mut reader = Reader { text, at: 0, values: 0 };
    let json = reader.value(0)?;
    reader.skip_space();
    if reader.at < text.len() {
        return Err(reader.expected("the end"));
    }
    Ok(json)
}

/// A text, how far it has been read, and how many values were in it.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    values: usize,
}

impl<'a> Reader<'a> {
    /// One value, with the space before it, `depth` levels inside others.
    fn value(&mut self, depth: usize) -> Result<Json, Error> {
        self.skip_space();
        self.values += 1;
        match self.peek() {
            _ if self.values > MAX_VALUES => Err(Error::TooMany { limit: MAX_VALUES }),
            Some(b'{' | b'[') if depth == MAX_DEPTH => Err(Error::TooDeep { limit: MAX_DEPTH }),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Json::Str),
            _ => match self.word() {
                Some(json) => Ok(json),
                None => self.number(),
            },
        }
    }

    /// `{`, then `"key": value` any number of times with commas between, then `}`.
    fn object(&mut self, depth: usize) -> Result<Json, Error> {
        let mut items = BTreeMap::new();
        self.at += 1;
        self.skip_space();
        if self.take("}") {
            return Ok(Json::Object(items));
        }
        loop {
            self.skip_space();
            if self.peek() != Some(b'"') {
                return Err(self.expected("a name in quotes"));
            }
            let key = self.string()?;
            self.skip_space();
            if !self.take(":") {
                return Err(self.expected("a colon"));
            }
            items.insert(key, self.value(depth + 1)?);
            self.skip_space();
            if self.take("}") {
                return Ok(Json::Object(items));
            }
            if !self.take(",") {
                return Err(self.expected("a comma or the end of the object"));
            }
        }
    }

    /// `[`, then values with commas between, then `]`.
    fn array(&mut self, depth: usize) -> Result<Json, Error> {
        let mut items = Vec::new();
        self.at += 1;
        self.skip_space();
        if self.take("]") {
            return Ok(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take("]") {
                return Ok(Json::Array(items));
            }
            if !self.take(",") {
                return Err(self.expected("a comma or the end of the list"));
            }
        }
    }

    /// A text in quotes.
    fn string(&mut self) -> Result<String, Error> {
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            text.push_str(&rest[..plain]);
            self.at += plain;
            if self.take("\"") {
                return Ok(text);
            }
            if !self.take("\\") {
                return Err(self.expected("the end of a text"));
            }
            text.push(self.escape()?);
        }
    }

    /// What stands after a backslash.
    fn escape(&mut self) -> Result<char, Error> {
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        Ok(character)
    }

    /// `uXXXX`: a UTF-16 unit. A character past U+FFFF takes two of them.
    fn unicode(&mut self) -> Result<char, Error> {
        let first = self.unit()?;
        let pair_follows = (0xd800..0xdc00).contains(&first) && self.take("\\");
        let units = if pair_follows && self.peek() == Some(b'u') {
            [first, self.unit()?]
        } else {
            [first, 0]
        };
        match char::decode_utf16(units).next() {
            Some(Ok(character)) => Ok(character),
            _ => Err(Error::LoneSurrogate),
        }
    }

    /// The four hexadecimal digits after a `u`.
    fn unit(&mut self) -> Result<u16, Error> {
        self.at += 1;
        let digits = self
            .text
            .get(self.at..self.at + 4)
            .filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = digits.and_then(|text| u16::from_str_radix(text, 16).ok());
        let unit = unit.ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }

    /// A value that is a word. The last three are Python's own.
    fn word(&mut self) -> Option<Json> {
        let words = [
            ("null", Json::Null),
            ("true", Json::Bool(true)),
            ("false", Json::Bool(false)),
            ("NaN", Json::Float(f64::NAN)),
            ("Infinity", Json::Float(f64::INFINITY)),
            ("-Infinity", Json::Float(f64::NEG_INFINITY)),
        ];
        words.into_iter().find_map(|(word, json)| self.take(word).then_some(json))
    }

    /// A number: whole, unless a point or an exponent follows.
    fn number(&mut self) -> Result<Json, Error> {
        let start = self.at;
        self.take("-");
        if !self.take("0") && self.digits() == 0 {
            return Err(self.expected("a value"));
        }
        let whole = self.at;
        self.fraction();
        self.exponent();
        let text = &self.text[start..self.at];
        if self.at > whole {
            return text.parse().map(Json::Float).map_err(|_| self.expected("a number"));
        }
        match Value::int(text) {
            Some(Value::Int(number)) => Ok(Json::Int(number)),
            Some(Value::BigInt(number)) => Ok(Json::BigInt(number)),
            _ => Err(self.expected("a number of at most 4300 digits")),
        }
    }

    /// A point and at least one digit, or nothing.
    fn fraction(&mut self) {
        let start = self.at;
        if self.take(".") && self.digits() == 0 {
            self.at = start;
        }
    }

    /// An `e`, perhaps a sign, and at least one digit, or nothing.
    fn exponent(&mut self) {
        let start = self.at;
        if self.take("e") || self.take("E") {
            let _sign = self.take("-") || self.take("+");
            if self.digits() == 0 {
                self.at = start;
            }
        }
    }

    /// Reads digits, and says how many.
    fn digits(&mut self) -> usize {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at - start
    }

    /// Reads this text, where it is next.
    fn take(&mut self, text: &str) -> bool {
        let next = self.text[self.at..].starts_with(text);
        if next {
            self.at += text.len();
        }
        next
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> Error {
        Error::NotJson { at: self.at, expected }
    }
}
