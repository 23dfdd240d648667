//! How a vector file writes what JSON can't hold: an object whose first key starts with `$`.

use flask_cookie::{DateTime, FlaskSession, Value};
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

/// A dict as pairs. Flask sorts the keys as they are and then turns them into texts; a session of ours has texts alone,
/// so a dict is one of ours where both orders are the same.
fn dict(content: &Json) -> Result<Value, NotAValue> {
    let mut pairs = Vec::new();
    for pair in content.as_array().map_or(&[][..], Vec::as_slice) {
        pairs.push((&pair[0], key(&pair[0])?, value(&pair[1])?));
    }
    let mixed = pairs.iter().any(|(raw, ..)| raw.is_string() != pairs[0].0.is_string());
    if !mixed && pairs.iter().all(|(raw, ..)| raw.is_i64()) {
        pairs.sort_by_key(|(raw, ..)| raw.as_i64());
        if !pairs.is_sorted_by(|(_, one, _), (_, next, _)| one <= next) {
            return Err(NotAValue("a dict whose keys are numbers, sorted as numbers".to_owned()));
        }
    }
    if mixed {
        return Err(NotAValue("a dict with texts and others as keys".to_owned()));
    }
    Ok(Value::Dict(pairs.into_iter().map(|(_, key, value)| (key, value)).collect()))
}

/// A key as the text that JSON makes of it.
fn key(json: &Json) -> Result<String, NotAValue> {
    match value(json)? {
        Value::Str(text) => Ok(text),
        plain @ (Value::Null
        | Value::Bool(_)
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::Float(_)) => {
            let mut session = FlaskSession::new();
            session.insert("", plain);
            Ok(session.to_json().trim_start_matches("{\"\":").trim_end_matches('}').to_owned())
        }
        _ => Err(NotAValue("a dict with such a key".to_owned())),
    }
}

/// `2025-01-02T03:04:05.678901+02:00`, the fraction and the zone optional. Without a zone it is UTC.
fn iso(text: &str) -> Option<DateTime> {
    let (date, time) = text.split_once(['T', ' '])?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?.parse::<usize>().ok()?, date.next()?);
    let month =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            .get(month.checked_sub(1)?)?;
    let (clock, zone) = match time.find(['+', '-', 'Z']) {
        Some(at) => (&time[..at], time[at..].replace(':', "").replace('Z', "+0000")),
        None => (time, "+0000".to_owned()),
    };
    let clock = clock.split('.').next()?;
    // A year below 100 would be read as one of our time: read it 400 years later, when the calendar is the same.
    let year = year.parse::<i64>().ok()?;
    let shift = if year < 100 { 400 } else { 0 };
    let shifted = DateTime::parse(&format!("{day} {month} {:04} {clock} {zone}", year + shift))?;
    Some(DateTime::from_unix(shifted.unix() - shift / 400 * 146_097 * 86_400))
}
