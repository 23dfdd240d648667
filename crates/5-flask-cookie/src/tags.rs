//! Flask's tags: how JSON holds what it has no word for. A tagged value is an object with one key that starts with a space.
//!
//! | tag | value | example |
//! |---|---|---|
//! | ` t` | tuple | `{" t":[1,2]}` |
//! | ` b` | bytes | `{" b":"aGk="}` |
//! | ` m` | Markup | `{" m":"<b>hi</b>"}` |
//! | ` u` | UUID | `{" u":"12345678123456781234567812345678"}` |
//! | ` d` | datetime | `{" d":"Wed, 01 Jan 2025 00:00:00 GMT"}` |
//! | ` di` | a dict that looks like one of these, its key escaped by `__` | `{" di":{" t__":[1,2]}}` |

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::json::Json;
use crate::{DateTime, Error, Value};

const TUPLE: &str = " t";
const BYTES: &str = " b";
const MARKUP: &str = " m";
const UUID: &str = " u";
const DATETIME: &str = " d";
const DICT: &str = " di";

/// Every tag, so that a dict of the program's own that looks like one is escaped.
const TAGS: [&str; 6] = [TUPLE, BYTES, MARKUP, UUID, DATETIME, DICT];

/// A value as JSON, tagged where JSON has no word for it.
fn tag(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Int(number) => Json::Int(*number),
        Value::BigInt(number) => Json::BigInt(number.clone()),
        Value::Float(number) => Json::Float(*number),
        Value::Str(text) => Json::Str(text.clone()),
        Value::List(items) => Json::Array(items.iter().map(tag).collect()),
        Value::Dict(items) => tag_dict(items),
        Value::Tuple(items) => tagged(TUPLE, Json::Array(items.iter().map(tag).collect())),
        Value::Bytes(bytes) => tagged(BYTES, Json::Str(BASE64_STANDARD.encode(bytes))),
        Value::Markup(html) => tagged(MARKUP, Json::Str(html.clone())),
        Value::Uuid(bytes) => {
            tagged(UUID, Json::Str(format!("{:032x}", u128::from_be_bytes(*bytes))))
        }
        Value::DateTime(time) => tagged(DATETIME, Json::Str(time.to_string())),
    }
}

/// A dict as JSON. One whose only key is a tag would be read back as something else, so that key is escaped.
pub fn tag_dict(items: &BTreeMap<String, Value>) -> Json {
    if let Some((key, value)) = only(items)
        && TAGS.contains(&key.as_str())
    {
        return tagged(DICT, tagged(&format!("{key}__"), tag(value)));
    }
    Json::Object(items.iter().map(|(key, value)| (key.clone(), tag(value))).collect())
}

/// `{tag: json}`.
fn tagged(tag: &str, json: Json) -> Json {
    Json::Object(BTreeMap::from([(tag.to_owned(), json)]))
}

/// The value in this JSON, from the inside out.
pub fn untag(json: Json) -> Result<Value, Error> {
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(truth) => Value::Bool(truth),
        Json::Int(number) => Value::Int(number),
        Json::BigInt(number) => Value::BigInt(number),
        Json::Float(number) => Value::Float(number),
        Json::Str(text) => Value::Str(text),
        Json::Array(items) => Value::List(items.into_iter().map(untag).collect::<Result<_, _>>()?),
        Json::Object(items) => {
            let untagged = items.into_iter().map(|(key, json)| Ok((key, untag(json)?)));
            return untag_dict(untagged.collect::<Result<_, _>>()?);
        }
    })
}

/// The value that this dict stands for: itself, unless its only key is a tag.
fn untag_dict(mut items: BTreeMap<String, Value>) -> Result<Value, Error> {
    let Some(tag) = only(&items).and_then(|(key, _)| TAGS.into_iter().find(|tag| tag == key))
    else {
        return Ok(Value::Dict(items));
    };
    let value = items.remove(tag).and_then(|content| match tag {
        TUPLE => tuple(content),
        BYTES => bytes(&content),
        MARKUP => markup(content),
        UUID => uuid(&content),
        DATETIME => datetime(&content),
        _ => dict(content),
    });
    value.ok_or(Error::BadTag { tag })
}

/// The only entry, where there is just one.
fn only(items: &BTreeMap<String, Value>) -> Option<(&String, &Value)> {
    if items.len() == 1 { items.first_key_value() } else { None }
}

/// ` t`: a list.
fn tuple(content: Value) -> Option<Value> {
    match content {
        Value::List(items) | Value::Tuple(items) => Some(Value::Tuple(items)),
        _ => None,
    }
}

/// ` b`: base64 with the usual alphabet, padded.
fn bytes(content: &Value) -> Option<Value> {
    BASE64_STANDARD.decode(content.as_str()?).ok().map(Value::Bytes)
}

/// ` m`: a text.
fn markup(content: Value) -> Option<Value> {
    match content {
        Value::Str(html) | Value::Markup(html) => Some(Value::Markup(html)),
        _ => None,
    }
}

/// ` u`: 32 hexadecimal digits. As in Python, hyphens, braces and `urn:uuid:` may stand with them.
fn uuid(content: &Value) -> Option<Value> {
    let text = content.as_str()?.replace("urn:", "").replace("uuid:", "");
    let digits = text.trim_matches(['{', '}']).replace('-', "");
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let number = u128::from_str_radix(&digits, 16).ok()?;
    Some(Value::Uuid(number.to_be_bytes()))
}

/// ` d`: a date in words. One that can't be read is `None` in Flask, not an error.
fn datetime(content: &Value) -> Option<Value> {
    match content {
        Value::Str(text) | Value::Markup(text) => {
            Some(DateTime::parse(text).map_or(Value::Null, Value::DateTime))
        }
        other if !other.is_truthy() => Some(Value::Null),
        _ => None,
    }
}

/// ` di`: a dict with one key, whose last two characters are the escape.
fn dict(content: Value) -> Option<Value> {
    let Value::Dict(items) = content else { return None };
    let (escaped, value) = only(&items)?;
    let mut key = escaped.clone();
    key.pop();
    key.pop();
    Some(Value::Dict(BTreeMap::from([(key, value.clone())])))
}
