//! What a session can hold: all that JSON and Flask's tags can.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use crate::DateTime;

/// A value of a session, named as in Python where the two languages differ.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `None`.
    Null,
    /// `True` or `False`.
    Bool(bool),
    /// An `int` that fits 64 bits.
    Int(i64),
    /// An `int` that doesn't.
    BigInt(BigInt),
    /// A `float`; `nan` and the infinities are allowed.
    Float(f64),
    /// A `str`.
    Str(String),
    /// A `list`.
    List(Vec<Value>),
    /// A `dict` whose keys are texts. It is always written sorted by key.
    Dict(BTreeMap<String, Value>),
    /// A `tuple`: a list that stays as it is.
    Tuple(Vec<Value>),
    /// `bytes`.
    Bytes(Vec<u8>),
    /// `Markup`: HTML that is escaped already.
    Markup(String),
    /// A `UUID`.
    Uuid([u8; 16]),
    /// A `datetime`, in UTC, to the second.
    DateTime(DateTime),
}

/// A whole number that doesn't fit [`Value::Int`], as its decimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BigInt(String);

impl BigInt {
    /// How many digits Python 3.11 reads and writes; more are an error there.
    pub const MAX_DIGITS: usize = 4300;
}

impl Value {
    /// The whole number with these decimal digits, a `-` before them where it is negative. `None` where this isn't one,
    /// has leading zeros, or more than [`BigInt::MAX_DIGITS`] digits.
    pub fn int(text: &str) -> Option<Value> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let plain = !digits.is_empty()
            && digits.len() <= BigInt::MAX_DIGITS
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && (digits == "0" || !digits.starts_with('0'));
        if !plain {
            return None;
        }
        Some(text.parse().map_or_else(|_| Value::BigInt(BigInt(text.to_owned())), Value::Int))
    }

    /// The text, where it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Whether Python's `if` takes it for true: not `None`, `False`, zero or something empty.
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(truth) => *truth,
            Value::Int(number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::Str(text) | Value::Markup(text) => !text.is_empty(),
            Value::List(items) | Value::Tuple(items) => !items.is_empty(),
            Value::Dict(items) => !items.is_empty(),
            Value::Bytes(bytes) => !bytes.is_empty(),
            Value::BigInt(_) | Value::Uuid(_) | Value::DateTime(_) => true,
        }
    }
}

impl Display for BigInt {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Value {
        Value::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Value {
        Value::Int(number.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Value {
        Value::Float(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Str(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Str(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Value {
        Value::List(items)
    }
}

impl From<BTreeMap<String, Value>> for Value {
    fn from(items: BTreeMap<String, Value>) -> Value {
        Value::Dict(items)
    }
}

impl From<DateTime> for Value {
    fn from(time: DateTime) -> Value {
        Value::DateTime(time)
    }
}
