//! Holds the library against a file of vectors that the real Flask wrote.

mod flow;
mod python;
mod report;

use flask_cookie::{
    Error, FlaskSession, Keys, MAX_AGE, Parts, SALT, SessionCookie, Step, Value, derive_key,
};
use serde::Deserialize as _;
use serde_json::Value as Json;

use report::{Checked, Outcome, Report, fail, list, same, same_cookie, same_session, skip, text};

/// What the reason starts with where the file has a kind of value that no session holds, such as a decimal number.
const UNKNOWN_KIND: &str = "no such value in Rust: $";

/// The file as JSON.
pub fn parse(bytes: &[u8]) -> Result<Json, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    // A file of our own choice: its sessions may be as deep as Flask can write them.
    reader.disable_recursion_limit();
    Json::deserialize(&mut reader).map_err(|error| error.to_string())
}

/// Runs every case of the file.
pub fn run(vectors: &Json) -> Report {
    let mut report = Report::default();
    primitives(&mut report, &vectors["primitives"]);
    for case in list(&vectors["encode"]) {
        let name = case["name"].as_str().unwrap_or("?");
        report.add(format!("encode/{name} read"), read_encoded(case));
        report.add(format!("encode/{name} write"), write_encoded(case));
    }
    for case in list(&vectors["decode"]) {
        report.add(format!("decode/{}", case["name"].as_str().unwrap_or("?")), decode(case));
    }
    for case in list(&vectors["flows"]) {
        flow::run(&mut report, case);
    }
    cross_version(
        &mut report,
        &vectors["cross_version"],
        &vectors["frozen_time"],
        &vectors["article_secret_key"],
    );
    report
}

/// The keys of a case, where the lesson knows its digest, derivation and salt.
fn keys(case: &Json) -> Result<Keys, Outcome> {
    let known = [("digest", "sha1"), ("key_derivation", "hmac"), ("salt", SALT)];
    for (field, ours) in known {
        let theirs = case[field].as_str().unwrap_or(ours);
        if theirs != ours {
            return Err(skip(format!(
                "out of scope: a {} other than {ours:?}",
                field.replace('_', " ")
            )));
        }
    }
    let secret =
        python::secret(&case["secret_key"]).ok_or_else(|| fail("the case has no secret"))?;
    let mut keys = Keys::new(secret).map_err(|_| skip("refused: an empty secret"))?;
    for fallback in list(&case["fallbacks"]) {
        let fallback = python::secret(fallback).ok_or_else(|| fail("a fallback is no secret"))?;
        keys = keys.with_fallback(fallback).map_err(|_| skip("refused: an empty secret"))?;
    }
    Ok(keys)
}

/// A session of these values, or the reason why Rust has none.
fn session(payload: &Json) -> Result<FlaskSession, Outcome> {
    match python::value(payload) {
        Ok(Value::Dict(values)) => {
            let mut session = FlaskSession::new();
            for (name, value) in values {
                session.insert(name, value);
            }
            Ok(session)
        }
        Ok(_) => Err(skip("not a session: the payload is no dict")),
        Err(python::NotAValue(kind)) if kind == "$utf16be_hex" => {
            Err(skip("refused by name: a lone surrogate, which no Rust text can hold"))
        }
        Err(python::NotAValue(kind)) => Err(skip(format!("no such value in Rust: {kind}"))),
    }
}

/// Flask's cookie is read as Flask reads it.
fn read_encoded(case: &Json) -> Checked {
    let keys = keys(case)?;
    let Some(cookie) = case["cookie"].as_str() else {
        return Err(skip("Flask can't write it either"));
    };
    let now = case["timestamp"].as_u64().ok_or_else(|| fail("the case has no timestamp"))?;
    let loaded = FlaskSession::load(cookie, &keys, now);
    let parts = Parts::split(cookie).map_err(|error| fail(error.to_string()))?;
    same("timestamp", &parts.signed_at(), &Ok(now))?;
    if let Some(json) = case["tagged_json"].as_str() {
        same("JSON", &parts.json().as_deref(), &Ok(json))?;
    }
    let read_back = if case["decoded"].is_null() { &case["payload"] } else { &case["decoded"] };
    if read_back.to_string().contains("$utf16be_hex") {
        return match loaded {
            Err(Error::LoneSurrogate) => {
                Err(skip("refused by name: a lone surrogate, which no Rust text can hold"))
            }
            other => Err(fail(format!("a lone surrogate should be refused, got {other:?}"))),
        };
    }
    let flasks = session(read_back)?;
    same_session(&loaded.map_err(|error| fail(error.to_string()))?, &flasks)
}

/// Our cookie of the same session is Flask's, byte for byte; where Flask compressed, its JSON is.
fn write_encoded(case: &Json) -> Checked {
    let keys = keys(case)?;
    let Some(cookie) = case["cookie"].as_str() else {
        return Err(skip("Flask can't write it either"));
    };
    if case["app_context"] == Json::Bool(false) {
        return Err(skip("written outside a request, where Flask doesn't sort the keys"));
    }
    // What Rust has no word for is taken as Flask reads it back.
    let session = match session(&case["payload"]) {
        Err(Outcome::Skip(why)) if why.starts_with(UNKNOWN_KIND) && case["decoded"].is_object() => {
            session(&case["decoded"])?
        }
        other => other?,
    };
    let now = case["timestamp"].as_u64().ok_or_else(|| fail("the case has no timestamp"))?;
    let ours = session.dump(&keys, now);
    let parts = Parts::split(&ours).map_err(|error| fail(error.to_string()))?;
    if let Some(json) = case["tagged_json"].as_str() {
        same("JSON", &parts.json().as_deref(), &Ok(json))?;
    }
    same_cookie(&ours, cookie, |cookie| FlaskSession::load(cookie, &keys, now))
}

/// A cookie is taken or refused as Flask does it, and for the same reason.
fn decode(case: &Json) -> Checked {
    let keys = keys(case)?;
    let now = case["now"].as_u64().ok_or_else(|| fail("the case has no time"))?;
    let max_age =
        case["max_age"].as_u64().ok_or_else(|| skip("no lifetime, which Flask always has"))?;
    let cookie = text(case, "cookie")?;
    let loaded = FlaskSession::load_within(cookie, &keys, now, max_age);
    let flask = &case["flask"];
    let flasks =
        if flask["session"].is_object() { Some(session(&flask["session"])?) } else { None };
    match (loaded, flasks) {
        (Ok(ours), Some(flasks)) => same_session(&ours, &flasks),
        (Ok(_), None) if case["itsdangerous"].to_string().contains("RecursionError") => {
            Err(skip("deeper than Python's stack, not than ours"))
        }
        (Ok(ours), None) => Err(fail(format!("Flask answers 500, ours read {}", ours.to_json()))),
        (Err(error), Some(flasks)) => match stricter(&error, cookie) {
            Some(reason) if case["itsdangerous"]["ok"] == Json::Bool(true) => {
                Err(skip(format!("stricter on purpose: {reason}")))
            }
            _ if flasks.is_empty() => same_reason(&error, case),
            _ => Err(fail(format!("Flask reads {}, ours says {error}", flasks.to_json()))),
        },
        (Err(error), None) => same_reason(&error, case),
    }
}

/// Why a cookie that Flask takes is refused on purpose, where it is.
fn stricter(error: &Error, cookie: &str) -> Option<&'static str> {
    let usual = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match error {
        Error::BadSignature | Error::BadTimestamp | Error::BadBase64
            if !cookie.chars().all(usual) =>
        {
            Some("characters that URL-safe base64 doesn't have, which Python replaces or skips")
        }
        Error::TooLarge { .. } => Some("it unpacks to more than a megabyte"),
        Error::TooMany { .. } => Some("it unpacks to more than ten thousand values"),
        Error::NotAnObject => Some("the payload is no object"),
        Error::BadTag { .. } => Some("a tag on what Flask never puts it on"),
        _ => None,
    }
}

/// Our error names what Flask's exception names.
fn same_reason(error: &Error, case: &Json) -> Checked {
    let theirs = &case["itsdangerous"];
    let exception = theirs["error"].as_str().unwrap_or_default();
    let message = theirs["message"].as_str().unwrap_or_default();
    let original = theirs["original_error"].as_str().unwrap_or_default();
    let fits = match error {
        Error::NoSignature => message.starts_with("No b'.'"),
        // Of a cookie that is wrong in both, itsdangerous may name the time.
        Error::BadSignature => {
            message.ends_with("does not match") || message == "Malformed timestamp"
        }
        Error::NoTimestamp => message == "timestamp missing",
        Error::BadTimestamp => message == "Malformed timestamp",
        Error::Expired { .. } => exception == "SignatureExpired" && message.contains(" > "),
        Error::FromTheFuture { .. } => {
            message.ends_with("< 0 seconds") || exception == "OverflowError"
        }
        Error::BadBase64 => message.contains("base64"),
        Error::BadZlib => message.contains("zlib"),
        Error::NotJson { .. } => exception == "BadPayload" && message.contains("unserializing"),
        Error::TooDeep { .. } => original.contains("Recursion"),
        Error::BadTag { .. } => {
            exception == "BadPayload" && !original.starts_with("JSONDecodeError")
        }
        Error::NotAnObject => theirs["ok"] == Json::Bool(true),
        _ => error.step() == Step::Payload && exception == "BadPayload",
    };
    if fits {
        Ok(())
    } else {
        Err(fail(format!("ours says {error}, Flask {exception}: {message} {original}")))
    }
}

/// The parts that the format is made of.
fn primitives(report: &mut Report, primitives: &Json) {
    for case in list(&primitives["base64_urlsafe_nopad"]) {
        let name = format!("primitives/base64 {}", case["hex"]);
        // The library's base64 isn't public: what a cookie's payload decodes to is.
        report.add(name, base64(case));
    }
    for case in list(&primitives["timestamp"]) {
        report.add(format!("primitives/timestamp {}", case["int"]), timestamp(case));
    }
    for case in list(&primitives["derive_key_hmac_sha1"]) {
        report.add(format!("primitives/derive {} {}", case["secret"], case["salt"]), derive(case));
    }
    let known = ["base64_urlsafe_nopad", "timestamp", "derive_key_hmac_sha1"];
    let others = primitives
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(kind, _)| !known.contains(&kind.as_str()));
    for (kind, cases) in others {
        for case in list(cases) {
            let derivation = case["derivation"].as_str().unwrap_or("?");
            let reason =
                format!("out of scope: itsdangerous without Flask (derivation {derivation:?})");
            report.add(format!("primitives/{kind}"), Err(skip(reason)));
        }
    }
}

fn base64(case: &Json) -> Checked {
    let bytes = python::hex(text(case, "hex")?).ok_or_else(|| fail("no hexadecimal digits"))?;
    let segment = text(case, "b64")?;
    let cookie = format!("{segment}.AA.AA");
    let read = Parts::split(&cookie).and_then(|parts| parts.json());
    match String::from_utf8(bytes.clone()) {
        Ok(expected) => same("payload", &read, &Ok(expected)),
        // What is no text is held against a timestamp instead, where its bytes are visible.
        Err(_) if bytes.len() <= 8 => {
            let number = bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
            same("number", &parts_time(segment), &Ok(number))
        }
        Err(_) => Err(skip("bytes that are neither a text nor a time")),
    }
}

fn parts_time(segment: &str) -> Result<u64, Error> {
    Parts { payload: "", timestamp: segment, signature: "" }.signed_at()
}

fn timestamp(case: &Json) -> Checked {
    let number = case["int"].as_u64().ok_or_else(|| fail("no number"))?;
    let segment = text(case, "segment")?;
    same("read", &parts_time(segment), &Ok(number))?;
    let keys = Keys::new("any").map_err(|error| fail(error.to_string()))?;
    let cookie = FlaskSession::new().dump(&keys, number);
    same("written", &Parts::split(&cookie).map(|parts| parts.timestamp), &Ok(segment))
}

fn derive(case: &Json) -> Checked {
    let secret = python::secret(&case["secret"]).ok_or_else(|| fail("no secret"))?;
    let key = derive_key(&secret, text(case, "salt")?);
    same("key", &Some(key.to_vec()), &python::hex(text(case, "key_hex")?))
}

/// Cookies of older releases.
fn cross_version(report: &mut Report, cases: &Json, now: &Json, secret: &Json) {
    let now = now.as_u64().unwrap_or_default();
    for run in list(&cases["runs"]) {
        for field in ["alice", "unicode", "long", "rotation"] {
            let Some(cookie) = run[field].as_str() else { continue };
            let secret = if field == "rotation" { &run["rotation_signed_by"] } else { secret };
            let name = format!("cross_version/Flask {} {field}", run["flask"]);
            let old = run["itsdangerous"].as_str().is_some_and(|version| version.starts_with("0."));
            let checked = if old {
                Err(skip("out of scope: itsdangerous before 1.1 counts time from 2011"))
            } else {
                keys(&serde_json::json!({ "secret_key": secret })).and_then(|keys| {
                    let loaded = SessionCookie { lifetime: MAX_AGE, ..SessionCookie::default() }
                        .load(cookie, &keys, now);
                    loaded.map(|_| ()).map_err(|error| fail(error.to_string()))
                })
            };
            report.add(name, checked);
        }
    }
}
