//! Values and the `Set-Cookie` line, against what Flask 3.1.3 writes.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::collections::BTreeMap;

use flask_cookie::{DateTime, FlaskSession, Keys, Parts, SameSite, SessionCookie, Value};

const NOW: u64 = 1_735_689_600;

fn keys() -> Keys {
    Keys::new("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT").unwrap()
}

/// A session of one value.
fn session(name: &str, value: impl Into<Value>) -> FlaskSession {
    let mut session = FlaskSession::new();
    session.insert(name, value);
    session
}

/// The same session as the next request has it.
fn reloaded(session: &FlaskSession) -> FlaskSession {
    FlaskSession::load(&session.dump(&keys(), NOW), &keys(), NOW).unwrap()
}

/// How a session of one value is spelt.
fn spelling(value: impl Into<Value>) -> String {
    session("v", value).to_json()
}

fn dict<const N: usize>(items: [(&str, Value); N]) -> Value {
    Value::Dict(BTreeMap::from(items.map(|(key, value)| (key.to_owned(), value))))
}

#[test]
fn numbers_are_spelt_as_python_spells_them() {
    let floats = [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"),
        (1.5e16, "1.5e+16"),
        (1e22, "1e+22"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (1.5e-7, "1.5e-07"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (123_456_789_012_345_680.0, "1.2345678901234568e+17"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    for (number, text) in floats {
        assert_eq!(spelling(number), format!("{{\"v\":{text}}}"));
    }
    for digits in [
        "0",
        "-17",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "1180591620717411303424",
    ] {
        assert_eq!(spelling(Value::int(digits).unwrap()), format!("{{\"v\":{digits}}}"));
    }
    assert_eq!(Value::int("-0"), Some(Value::Int(0)));
    for text in ["", "-", "01", "+1", "1.0", "1e5", " 1", "--1"] {
        assert_eq!(Value::int(text), None, "{text:?}");
    }
}

#[test]
fn text_is_spelt_in_ascii() {
    assert_eq!(spelling("é日😀\u{7f}"), r#"{"v":"\u00e9\u65e5\ud83d\ude00\u007f"}"#);
    assert_eq!(
        spelling("\"\\/\u{8}\u{c}\n\r\t\u{0}\u{1f}'"),
        r#"{"v":"\"\\/\b\f\n\r\t\u0000\u001f'"}"#
    );
}

#[test]
fn what_json_cannot_hold_is_tagged() {
    assert_eq!(spelling(Value::Tuple(vec![])), r#"{"v":{" t":[]}}"#);
    assert_eq!(spelling(Value::Bytes(b"hi".to_vec())), r#"{"v":{" b":"aGk="}}"#);
    assert_eq!(spelling(Value::Markup("<b>".to_owned())), r#"{"v":{" m":"<b>"}}"#);
    assert_eq!(
        spelling(Value::Uuid([0; 16])),
        r#"{"v":{" u":"00000000000000000000000000000000"}}"#
    );
    assert_eq!(spelling(DateTime::from_unix(0)), r#"{"v":{" d":"Thu, 01 Jan 1970 00:00:00 GMT"}}"#);
    let nested = Value::Tuple(vec![
        Value::List(vec![Value::Tuple(vec![true.into()])]),
        dict([("k", Value::Bytes(vec![]))]),
    ]);
    assert_eq!(spelling(nested), r#"{"v":{" t":[[{" t":[true]}],{"k":{" b":""}}]}}"#);
}

#[test]
fn a_dict_that_looks_like_a_tag_is_escaped() {
    assert_eq!(spelling(dict([(" t", 1.into())])), r#"{"v":{" di":{" t__":1}}}"#);
    assert_eq!(
        spelling(dict([(" di", dict([(" t", 1.into())]))])),
        r#"{"v":{" di":{" di__":{" di":{" t__":1}}}}}"#
    );
    assert_eq!(spelling(dict([(" t", 1.into()), ("x", 2.into())])), r#"{"v":{" t":1,"x":2}}"#);
    assert_eq!(spelling(dict([(" t__", 1.into())])), r#"{"v":{" t__":1}}"#);
    assert_eq!(session(" u", 5).to_json(), r#"{" di":{" u__":5}}"#, "the session itself too");
}

#[test]
fn dates_are_read_in_every_form_that_http_has_had() {
    let alike = [
        "Thu, 02 Jan 2025 03:04:05 GMT",
        "Thursday, 02-Jan-25 03:04:05 GMT",
        "Thu Jan  2 03:04:05 2025",
        "Thu, 02 Jan 2025 05:04:05 +0200",
        "Thu, 02 Jan 2025 01:34:05 -0130",
        "Wed, 01 Jan 2025 22:04:05 EST",
        "2 january 2025 03:04:05",
        "Thu,02 Jan 2025 03:04:05",
    ];
    for text in alike {
        assert_eq!(DateTime::parse(text), Some(DateTime::from_unix(1_735_787_045)), "{text}");
    }
    for text in [
        "",
        "junk",
        "Thu, 30 Feb 2025 03:04:05 GMT",
        "Sat, 29 Feb 2100 00:00:00 GMT",
        "Thu, 02 Jan 2025 24:00:00 GMT",
        "Thu, 02 Jan 2025",
        "Thu, 02 Jan 2025 03:60:00 GMT",
        "Thu, 02 Jan 2025 03:04:60 GMT",
        "Thu, 02 Jan 2025 03:04:05 +2400",
        "Thu, 02 Jan 2025 03:04:05 999999999999999999",
        "Thu, 02 Jan 2025 03:04:05 -99999999999999999999",
    ] {
        assert_eq!(DateTime::parse(text), None, "{text}");
    }
    let year = |text: &str| DateTime::parse(text).unwrap().to_string()[12..16].to_owned();
    assert_eq!(year("Monday, 01-Jan-68 00:00:00 GMT"), "2068");
    assert_eq!(year("Wednesday, 01-Jan-69 00:00:00 GMT"), "1969");
    assert_eq!(DateTime::MIN.to_string(), "Mon, 01 Jan 0001 00:00:00 GMT");
    assert_eq!(DateTime::MAX.to_string(), "Fri, 31 Dec 9999 23:59:59 GMT");
    assert_eq!(DateTime::from_unix(i64::MAX), DateTime::MAX);
}

#[test]
fn every_day_has_one_date() {
    for day in DateTime::MIN.unix() / 86_400..=DateTime::MAX.unix() / 86_400 {
        let date = DateTime::from_unix(day * 86_400);
        if day % 97 == 0 && date.unix() > -59_011_459_200 {
            assert_eq!(DateTime::parse(&date.to_string()), Some(date));
        }
    }
}

#[test]
fn a_session_knows_whether_it_was_modified() {
    let modified = |change: fn(&mut FlaskSession)| {
        let mut session = reloaded(&session("a", 1));
        change(&mut session);
        session.is_modified()
    };
    assert!(!modified(|_| ()));
    assert!(!modified(|session| _ = session.remove("no such name")));
    assert!(!modified(|session| _ = session.get_mut("no such name")));
    assert!(modified(|session| _ = session.remove("a")));
    assert!(modified(|session| _ = session.insert("a", 1)), "even to the same value, as in Flask");
    assert!(modified(|session| _ = session.get_mut("a")));
    assert!(modified(|session| session.set_permanent(false)));
    assert!(modified(FlaskSession::clear));
}

#[test]
fn a_line_has_flasks_attributes_in_flasks_order() {
    let mut session = session("username", "alice");
    let value = session.dump(&keys(), NOW);
    let plain = SessionCookie::default();
    assert_eq!(
        plain.save(&session, &keys(), NOW).unwrap(),
        format!("session={value}; HttpOnly; Path=/")
    );
    let all = SessionCookie {
        name: "s".to_owned(),
        domain: Some(".example.com:80".to_owned()),
        path: "/a b;c".to_owned(),
        same_site: Some(SameSite::Lax),
        partitioned: true,
        lifetime: 60,
        ..SessionCookie::default()
    };
    assert_eq!(
        all.deletion(),
        "s=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Secure; HttpOnly; Path=/a%20b%3Bc; SameSite=Lax; Partitioned"
    );
    session.set_permanent(true);
    let line = all.save(&session, &keys(), NOW).unwrap();
    assert!(
        line.contains(
            "; Domain=example.com; Expires=Wed, 01 Jan 2025 00:01:00 GMT; Secure; HttpOnly;"
        ),
        "{line}"
    );
}

#[test]
fn a_cookie_is_set_when_it_must_be() {
    let site = SessionCookie::default();
    let still = SessionCookie { refresh_each_request: false, ..SessionCookie::default() };
    let mut session = FlaskSession::new();
    assert_eq!(site.save(&session, &keys(), NOW), None, "empty and untouched");
    session.insert("a", 1);
    assert!(site.save(&session, &keys(), NOW).is_some(), "modified");
    assert_eq!(site.save(&reloaded(&session), &keys(), NOW), None, "read alone");
    session.set_permanent(true);
    assert!(
        site.save(&reloaded(&session), &keys(), NOW + 5).is_some(),
        "a permanent one is refreshed"
    );
    assert_eq!(still.save(&reloaded(&session), &keys(), NOW + 5), None, "unless the site says no");
    session.clear();
    assert_eq!(site.save(&session, &keys(), NOW), Some(site.deletion()), "emptied");
    session.insert("_permanent", 0);
    assert!(!session.is_permanent(), "Python's truth");
}

#[test]
fn a_short_session_stays_plain_and_a_long_one_is_packed() {
    let packed = |value: &str| {
        Parts::split(&session("text", value).dump(&keys(), NOW)).unwrap().is_compressed()
    };
    assert!(!packed("alice"));
    assert!(packed(&"łódź ".repeat(20)));
}
