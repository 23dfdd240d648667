//! How a vector file writes what JSON can't hold: an object whose first key starts with `$`.

use std::collections::BTreeMap;

use flask_cookie::{DateTime, Value};
use serde_json::Value as Json;

/// Why a value of the file can't be a [`Value`] of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAValue(pub String);

/// The value that this JSON stands for.
pub fn value(json: &Json) -> Result<Value, NotAValue> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => number_value(&number.to_string())?,
        Json::String(text) => Value::Str(text.clone()),
        Json::Array(items) => Value::List(values(items)?),
        Json::Object(items) => match items.iter().next() {
            Some((kind, content)) if items.len() == 1 && kind.starts_with('$') => {
                typed(kind, content)?
            }
            _ => Value::Dict(
                items
                    .iter()
                    .map(|(key, item)| Ok((key.clone(), value(item)?)))
                    .collect::<Result<_, _>>()?,
            ),
        },
    })
}

/// A secret: a text, or bytes.
pub fn secret(json: &Json) -> Option<Vec<u8>> {
    match json {
        Json::String(text) => Some(text.clone().into_bytes()),
        Json::Object(items) => hex(items.get("$bytes_hex")?.as_str()?),
        _ => None,
    }
}

/// Bytes written as pairs of hexadecimal digits.
pub fn hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}

fn values(items: &[Json]) -> Result<Vec<Value>, NotAValue> {
    items.iter().map(value).collect()
}

fn number_value(text: &str) -> Result<Value, NotAValue> {
    Value::int(text)
        .or_else(|| text.parse().ok().map(Value::Float))
        .ok_or_else(|| NotAValue(format!("number {text}")))
}

fn typed(kind: &str, content: &Json) -> Result<Value, NotAValue> {
    let text = content.as_str();
    let found = match kind {
        "$int" => text.and_then(Value::int),
        "$float" => text.and_then(|text| text.parse().ok()).map(Value::Float),
        "$bytes_hex" => text.and_then(hex).map(Value::Bytes),
        "$markup" => text.map(|html| Value::Markup(html.to_owned())),
        "$uuid" => {
            text.and_then(|text| hex(&text.replace('-', ""))?.try_into().ok()).map(Value::Uuid)
        }
        "$datetime" => text.and_then(iso).map(Value::DateTime),
        // A date without a time has no tag: Flask writes it as a text.
        "$date" => text
            .and_then(|text| iso(&format!("{text}T00:00:00")))
            .map(|time| time.to_string().into()),
        "$tuple" => {
            return Ok(Value::Tuple(values(content.as_array().map_or(&[], Vec::as_slice))?));
        }
        "$dict" => return dict(content),
        _ => None,
    };
    found.ok_or_else(|| NotAValue(kind.to_owned()))
}

/// A dict as pairs. Python's JSON turns keys that aren't texts into texts, in the order that they have before.
fn dict(content: &Json) -> Result<Value, NotAValue> {
    let pairs = content.as_array().map_or(&[][..], Vec::as_slice);
    let mut items = BTreeMap::new();
    for pair in pairs {
        let key = match &pair[0] {
            Json::String(key) => key.clone(),
            other => match value(other)? {
                Value::Null => "null".to_owned(),
                Value::Bool(truth) => truth.to_string(),
                Value::Int(number) => number.to_string(),
                Value::BigInt(number) => number.to_string(),
                _ => return Err(NotAValue("a dict with a key that is no text".to_owned())),
            },
        };
        items.insert(key, value(&pair[1])?);
    }
    let kinds =
        pairs.iter().map(|pair| pair[0].is_string()).collect::<std::collections::BTreeSet<_>>();
    if kinds.len() > 1 || (kinds.contains(&false) && items.len() > 1) {
        return Err(NotAValue("a dict with several keys, and not all texts".to_owned()));
    }
    Ok(Value::Dict(items))
}

/// `2025-01-02T03:04:05.678901+02:00`, the fraction and the zone optional. Without a zone it is UTC.
fn iso(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?.parse::<usize>().ok()?, date.next()?);
    let month =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            .get(month - 1)?;
    let (clock, zone) = match time.find(['+', '-', 'Z']) {
        Some(at) => (&time[..at], time[at..].replace(':', "").replace('Z', "+0000")),
        None => (time, "+0000".to_owned()),
    };
    let clock = clock.split('.').next()?;
    // A year below 100 would be read as one of the twentieth or twenty-first century.
    let years = year.parse::<i64>().ok()?;
    if years < 100 {
        return None;
    }
    DateTime::parse(&format!("{day} {month} {year} {clock} {zone}"))
}
