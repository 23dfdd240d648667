//! Each thing that can go wrong with a cookie is told apart from the others.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use flask_cookie::{
    BigInt, Error, FlaskSession, Keys, MAX_AGE, MAX_DEPTH, MAX_UNPACKED, MAX_VALUES, Parts,
    SignedBy, Step, Value,
};
use flate2::Compression;
use flate2::write::ZlibEncoder;

const NOW: u64 = 1_735_689_600;
const ALICE: &str = "eyJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFgA.s8kxJHS7bS3cd4hp0kBpfQGiZLE";

fn keys() -> Keys {
    Keys::new("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT").unwrap()
}

fn load(cookie: &str) -> Result<FlaskSession, Error> {
    FlaskSession::load(cookie, &keys(), NOW)
}

/// A well-signed cookie with this payload and this time, whatever they are.
fn sealed(payload: &str, timestamp: &str) -> String {
    let signed = format!("{payload}.{timestamp}");
    let signature = keys().sign(&signed);
    format!("{signed}.{signature}")
}

/// What a well-signed cookie with this text as its JSON gives.
fn load_json(json: impl AsRef<[u8]>) -> Result<FlaskSession, Error> {
    load(&sealed(&BASE64_URL_SAFE_NO_PAD.encode(json), "Z3SFgA"))
}

/// What a well-signed cookie with this as its compressed payload gives.
fn load_packed(bytes: &[u8]) -> Result<FlaskSession, Error> {
    load(&sealed(&format!(".{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)), "Z3SFgA"))
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zlib stream of so many megabytes of spaces, made without having them all at once.
fn zlib_of_spaces(megabytes: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let megabyte = vec![b' '; 1 << 20];
    for _ in 0..megabytes {
        encoder.write_all(&megabyte).unwrap();
    }
    encoder.finish().unwrap()
}

fn error(result: Result<FlaskSession, Error>) -> Error {
    result.expect_err("this cookie should be refused")
}

#[test]
fn a_cookie_without_a_dot_has_no_signature() {
    assert_eq!(load(""), Err(Error::NoSignature));
    assert_eq!(load("eyJ1c2VybmFtZSI6ImFsaWNlIn0"), Err(Error::NoSignature));
}

#[test]
fn a_signature_of_another_key_is_bad() {
    let other = Keys::new("another").unwrap();
    assert_eq!(FlaskSession::load(ALICE, &other, NOW), Err(Error::BadSignature));
    assert_eq!(load("."), Err(Error::BadSignature));
    assert_eq!(load("..."), Err(Error::BadSignature));
    assert_eq!(
        load("eyJ1c2VybmFtZSI6ImFsaWNlIn0.s8kxJHS7bS3cd4hp0kBpfQGiZLE"),
        Err(Error::BadSignature)
    );
}

#[test]
fn a_well_signed_cookie_needs_a_time() {
    let signature = keys().sign("eyJ1c2VybmFtZSI6ImFsaWNlIn0");
    assert_eq!(load(&format!("eyJ1c2VybmFtZSI6ImFsaWNlIn0.{signature}")), Err(Error::NoTimestamp));
    assert_eq!(load(&sealed("e30", "A")), Err(Error::BadTimestamp));
    assert_eq!(load(&sealed("e30", "AAAAAAAAAAAA")), Err(Error::BadTimestamp), "nine bytes");
    assert!(load(&sealed("e30", "AAAAAGd0hYA")).is_ok(), "leading zeros");
}

#[test]
fn a_session_lives_to_the_last_second_of_its_age() {
    let at = |now| FlaskSession::load(ALICE, &keys(), now);
    assert!(at(NOW).is_ok());
    assert!(at(NOW + MAX_AGE).is_ok());
    assert_eq!(at(NOW + MAX_AGE + 1), Err(Error::Expired { age: MAX_AGE + 1, max_age: MAX_AGE }));
    assert_eq!(at(NOW - 1), Err(Error::FromTheFuture { ahead: 1 }));
    assert!(FlaskSession::load_within(ALICE, &keys(), NOW, 0).is_ok());
    assert_eq!(
        FlaskSession::load_within(ALICE, &keys(), NOW + 1, 0),
        Err(Error::Expired { age: 1, max_age: 0 })
    );
    assert_eq!(error(load(&sealed("e30", ""))).step(), Step::Time, "no bytes are the year 1970");
}

#[test]
fn a_payload_is_base64() {
    assert_eq!(load(&sealed("A", "Z3SFgA")), Err(Error::BadBase64));
    assert_eq!(load(&sealed(".A", "Z3SFgA")), Err(Error::BadBase64));
    assert_eq!(load(&sealed("e 30", "Z3SFgA")), Err(Error::BadBase64), "Flask skips the space");
    assert_eq!(load(&sealed("e30=", "Z3SFgA")), Err(Error::BadBase64), "Flask skips the padding");
    assert!(load(&sealed("e31", "Z3SFgA")).is_ok(), "the last two bits belong to no byte");
}

#[test]
fn a_payload_with_a_dot_is_a_whole_zlib_stream() {
    let packed = zlib(b"{}");
    assert!(load_packed(&packed).is_ok(), "the dot is believed, whatever the size");
    assert_eq!(load_packed(b"not zlib"), Err(Error::BadZlib));
    assert_eq!(load_packed(b""), Err(Error::BadZlib));
    assert_eq!(load_packed(&packed[..packed.len() - 1]), Err(Error::BadZlib), "cut");
    let mut spoilt = packed.clone();
    *spoilt.last_mut().unwrap() ^= 1;
    assert_eq!(load_packed(&spoilt), Err(Error::BadZlib), "checksum");
    assert!(
        load_packed(&[&packed[..], b"junk"].concat()).is_ok(),
        "Python doesn't look behind the stream"
    );
}

#[test]
fn a_payload_unpacks_to_a_bounded_size() {
    let json = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    assert!(load_packed(&zlib(json(MAX_UNPACKED).as_bytes())).is_ok());
    let too_large = Err(Error::TooLarge { limit: MAX_UNPACKED });
    assert_eq!(load_packed(&zlib(json(MAX_UNPACKED + 1).as_bytes())), too_large);
    assert_eq!(load_json(json(MAX_UNPACKED + 1)), too_large, "not compressed");
}

#[test]
fn a_payload_holds_a_bounded_number_of_values() {
    let list = |values: usize| format!("{{\"a\":[{}0]}}", "0,".repeat(values - 3));
    assert!(load_json(list(MAX_VALUES)).is_ok());
    let too_many = Some(Error::TooMany { limit: MAX_VALUES });
    assert_eq!(load_json(list(MAX_VALUES + 1)).err(), too_many);
    let objects = "{\"\":{}},".repeat(MAX_VALUES / 2);
    assert_eq!(load_json(format!("{{\"a\":[{objects}0]}}")).err(), too_many);
}

#[test]
fn a_zlib_bomb_costs_no_more_than_the_bounds() {
    let values = |value: &str| {
        let values = format!("{value},").repeat(1_000_000 / (value.len() + 1));
        zlib(format!("{{\"a\":[{values}0]}}").as_bytes())
    };
    let too_many = Error::TooMany { limit: MAX_VALUES };
    for (bomb, error) in [
        (zlib_of_spaces(48), Error::TooLarge { limit: MAX_UNPACKED }),
        (values("0"), too_many.clone()),
        (values("[0]"), too_many.clone()),
        (values("{\"\":0}"), too_many),
    ] {
        let before = peak_memory();
        assert_eq!(load_packed(&bomb).err(), Some(error));
        if let (Some(before), Some(after)) = (before, peak_memory()) {
            assert!(after - before < 16 << 10, "the peak rose from {before} to {after} kB");
        }
    }
}

/// The most memory this process has had, in kB, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok())
}

#[test]
fn a_payload_is_json_as_python_reads_it() {
    let bad = [
        "",
        "{",
        "{not json",
        "{\"a\":1,}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.5}",
        "{\"a\":+1}",
        "{\"a\":-NaN}",
        "{\"a\":1}x",
        "{\"a\":\"\n\"}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12\"}",
        "{'a':1}",
        "\u{feff}{}",
        "{\"a\":nul}",
    ];
    for json in bad {
        assert!(
            matches!(load_json(json), Err(Error::NotJson { .. })),
            "{json:?}: {:?}",
            load_json(json)
        );
    }
    assert!(
        matches!(load_json(b"{\"a\":\"\xff\"}"), Err(Error::NotJson { at: 6, .. })),
        "not UTF-8"
    );
    let digits = |count: usize| format!("{{\"a\":{}}}", "9".repeat(count));
    assert!(load_json(digits(BigInt::MAX_DIGITS)).is_ok());
    assert!(matches!(load_json(digits(BigInt::MAX_DIGITS + 1)), Err(Error::NotJson { .. })));
}

#[test]
fn json_may_be_deep_but_not_too_deep() {
    let lists =
        |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth - 1), "]".repeat(depth - 1));
    assert!(load_json(lists(MAX_DEPTH)).is_ok());
    assert_eq!(load_json(lists(MAX_DEPTH + 1)), Err(Error::TooDeep { limit: MAX_DEPTH }));
    assert_eq!(load_json("[".repeat(500_000)), Err(Error::TooDeep { limit: MAX_DEPTH }));
    assert_eq!(load_json("{\"\":".repeat(200_000)), Err(Error::TooDeep { limit: MAX_DEPTH }));
}

#[test]
fn half_a_character_is_refused_by_name() {
    for json in [
        r#"{"a":"\ud800"}"#,
        r#"{"a":"\udc00"}"#,
        r#"{"a":"\ud800x"}"#,
        r#"{"a":"\ud800\n"}"#,
        r#"{"a":"\ud800\ud800"}"#,
    ] {
        assert_eq!(load_json(json), Err(Error::LoneSurrogate), "{json}");
    }
    assert_eq!(load_json(r#"{"a":"\ud83d\ude00"}"#).unwrap().get_str("a"), Some("😀"));
}

#[test]
fn a_session_is_an_object() {
    for json in ["[1,2]", "[]", "\"text\"", "5", "true", r#"{" t":[]}"#] {
        assert_eq!(load_json(json), Err(Error::NotAnObject), "{json}");
    }
    assert_eq!(
        load_json("null").unwrap(),
        FlaskSession::new(),
        "Flask takes null for an empty session"
    );
}

#[test]
fn a_tag_on_the_wrong_value_is_bad() {
    let bad = [
        (" t", "5"),
        (" b", "5"),
        (" b", "\"a\""),
        (" b", "\"aGk\""),
        (" m", "[]"),
        (" u", "\"zz\""),
        (" u", "5"),
        (" d", "5"),
        (" d", "[1]"),
        (" di", "5"),
        (" di", "{}"),
        (" di", "{\" t\":[1]}"),
    ];
    for (tag, content) in bad {
        let json = format!("{{\"a\":{{\"{tag}\":{content}}}}}");
        assert_eq!(load_json(&json), Err(Error::BadTag { tag }), "{json}");
    }
    let unreadable = load_json(r#"{"a":{" d":"some day"}}"#).unwrap();
    assert_eq!(
        unreadable.get("a"),
        Some(&Value::Null),
        "a date that can't be read is None in Flask"
    );
}

#[test]
fn an_error_says_at_which_step_it_happened() {
    assert_eq!(error(load("x")).step(), Step::Signature);
    assert_eq!(error(FlaskSession::load(ALICE, &keys(), NOW - 1)).step(), Step::Time);
    assert_eq!(error(load_json("{not json")).step(), Step::Payload);
    assert!(Step::Signature < Step::Time && Step::Time < Step::Payload);
}

#[test]
fn each_error_has_its_own_sentence() {
    let errors = [
        Error::NoSignature,
        Error::BadSignature,
        Error::NoTimestamp,
        Error::BadTimestamp,
        Error::Expired { age: 2, max_age: 1 },
        Error::FromTheFuture { ahead: 1 },
        Error::BadBase64,
        Error::BadZlib,
        Error::TooLarge { limit: 1 },
        Error::NotJson { at: 0, expected: "a value" },
        Error::TooDeep { limit: 1 },
        Error::TooMany { limit: 1 },
        Error::LoneSurrogate,
        Error::NotAnObject,
        Error::BadTag { tag: " u" },
    ];
    let mut sentences: Vec<String> = errors.iter().map(Error::to_string).collect();
    assert!(sentences.iter().all(|sentence| sentence.contains(": ")), "{sentences:#?}");
    sentences.sort();
    sentences.dedup();
    assert_eq!(sentences.len(), errors.len());
}

#[test]
fn an_empty_secret_is_no_key() {
    assert!(Keys::new("").is_err());
    assert!(keys().with_fallback("").is_err());
    assert_eq!(format!("{:?}", keys()), "Keys { fallbacks: 0, .. }");
}

#[test]
fn fallbacks_verify_and_never_sign() {
    let rotated =
        Keys::new("new").unwrap().with_fallback("older").unwrap().with_fallback("old").unwrap();
    let mut session = FlaskSession::new();
    session.insert("username", "alice");
    let signed_by = |secret: &str| session.dump(&Keys::new(secret).unwrap(), NOW);
    let verdict = |cookie: &str| Parts::split(cookie).unwrap().signed_by(&rotated);
    assert_eq!(verdict(&signed_by("new")), Some(SignedBy::Current));
    assert_eq!(verdict(&signed_by("older")), Some(SignedBy::Fallback(0)));
    assert_eq!(verdict(&signed_by("old")), Some(SignedBy::Fallback(1)));
    assert_eq!(verdict(&signed_by("another")), None);
    assert!(FlaskSession::load(&signed_by("old"), &rotated, NOW).is_ok());
    assert_eq!(session.dump(&rotated, NOW), signed_by("new"));
}

#[test]
fn everybody_can_read_a_cookie() {
    let parts = Parts::split(ALICE).unwrap();
    assert_eq!(parts.json().as_deref(), Ok(r#"{"username":"alice"}"#));
    assert_eq!(parts.signed_at(), Ok(NOW));
    assert!(!parts.is_compressed());
    assert_eq!(parts.unverified_session().unwrap().get_str("username"), Some("alice"));
    let forged =
        Parts::split("eyJ1c2VybmFtZSI6ImFkbWluIn0.Z3SFgA.s8kxJHS7bS3cd4hp0kBpfQGiZLE").unwrap();
    assert_eq!(forged.unverified_session().unwrap().get_str("username"), Some("admin"));
    assert_eq!(forged.signed_by(&keys()), None);
    assert_eq!(Parts::split("no dots"), Err(Error::NoSignature));
    assert_eq!(Parts::split("one.dot"), Err(Error::NoTimestamp));
}
