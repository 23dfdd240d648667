//! What holds for every session and every cookie.

#![allow(clippy::unwrap_used, reason = "a test that can't go on has failed")]

use flask_cookie::{DateTime, FlaskSession, Keys, Parts, Value};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

const NOW: u64 = 1_735_689_600;
const ALICE: &str = "eyJ1c2VybmFtZSI6ImFsaWNlIn0.Z3SFgA.s8kxJHS7bS3cd4hp0kBpfQGiZLE";
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn keys() -> Keys {
    Keys::new("A0Zr98j/3yX R~XHH!jmN]LWX/,?RT").unwrap()
}

/// A name, often one that means something to Flask.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "( (t|b|m|u|d|di|di__|t__)|_flashes|_permanent)?",]
}

/// Any value that is equal to itself, which `NaN` is not.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        "-?[1-9][0-9]{0,40}".prop_map(|digits| Value::int(&digits).unwrap()),
        any::<f64>().prop_filter("NaN", |number| !number.is_nan()).prop_map(Value::Float),
        any::<String>().prop_map(Value::Str),
        any::<String>().prop_map(Value::Markup),
        any::<Vec<u8>>().prop_map(Value::Bytes),
        any::<[u8; 16]>().prop_map(Value::Uuid),
        // Before the year 100, Flask's own date comes back as one of this century.
        (-59_011_459_200..=DateTime::MAX.unix())
            .prop_map(|unix| Value::DateTime(DateTime::from_unix(unix))),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::List),
            vec(inner.clone(), 0..6).prop_map(Value::Tuple),
            btree_map(name(), inner, 0..4).prop_map(Value::Dict),
        ]
    })
}

fn session() -> impl Strategy<Value = FlaskSession> {
    btree_map(name(), value(), 0..5).prop_map(|values| {
        let mut session = FlaskSession::new();
        for (name, value) in values {
            session.insert(name, value);
        }
        session
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_the_same(session in session(), now in any::<u64>()) {
        let cookie = session.dump(&keys(), now);
        let read = FlaskSession::load(&cookie, &keys(), now).unwrap();
        prop_assert!(read.iter().eq(session.iter()));
        prop_assert!(!read.is_modified());
        prop_assert_eq!(read.dump(&keys(), now), cookie);
    }

    #[test]
    fn a_cookie_is_letters_digits_and_few_signs(session in session(), now in any::<u64>()) {
        let cookie = session.dump(&keys(), now);
        prop_assert!(cookie.chars().all(|c| c == '.' || ALPHABET.contains(c)), "{}", cookie);
    }

    #[test]
    fn a_changed_character_never_loads(session in session(), at in any::<prop::sample::Index>(), new in any::<char>()) {
        let cookie: Vec<char> = session.dump(&keys(), NOW).chars().collect();
        let at = at.index(cookie.len());
        let mut changed = cookie.clone();
        changed[at] = new;
        let unused_bits_alone = at == cookie.len() - 1
            && matches!((ALPHABET.find(new), ALPHABET.find(cookie[at])), (Some(new), Some(old)) if new / 4 == old / 4);
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(FlaskSession::load(&changed, &keys(), NOW).is_ok(), new == cookie[at] || unused_bits_alone);
    }

    #[test]
    fn a_character_more_or_less_never_loads(session in session(), at in any::<prop::sample::Index>(), new in any::<char>()) {
        let cookie: Vec<char> = session.dump(&keys(), NOW).chars().collect();
        let mut longer = cookie.clone();
        longer.insert(at.index(cookie.len() + 1), new);
        let mut shorter = cookie.clone();
        shorter.remove(at.index(cookie.len()));
        for changed in [longer, shorter] {
            let changed: String = changed.into_iter().collect();
            prop_assert!(FlaskSession::load(&changed, &keys(), NOW).is_err(), "{}", changed);
        }
    }

    #[test]
    fn no_text_makes_it_panic(cookie in any::<String>(), bytes in any::<Vec<u8>>()) {
        for cookie in [cookie.as_str(), &String::from_utf8_lossy(&bytes)] {
            let _ = FlaskSession::load(cookie, &keys(), NOW);
            if let Ok(parts) = Parts::split(cookie) {
                let _ = parts.unverified_session();
            }
        }
    }

    #[test]
    fn no_payload_makes_it_panic(payload in "\\.?[A-Za-z0-9_-]{0,80}", timestamp in "[A-Za-z0-9_-]{0,12}") {
        let signed = format!("{payload}.{timestamp}");
        let cookie = format!("{signed}.{}", keys().sign(&signed));
        let _ = FlaskSession::load_within(&cookie, &keys(), u64::MAX, u64::MAX);
    }

    #[test]
    fn no_json_makes_it_panic(json in r#"([{}\[\]",:\\u0-9dDa-fE+.-]|NaN|-?Infinity|null|true|" (t|b|m|u|d|di)":|"a":){0,40}"#) {
        let _ = load_json(&json);
        let _ = load_json(&format!("{{\"a\":{json}}}"));
    }

    #[test]
    fn json_that_loads_is_written_so_that_it_loads_again(json in r#"\{"a":(\{" (t|b|m|u|d|di)":)?(\[[0-9,]{0,5}\]|"[a-zA-Z0-9 :,]{0,30}"|-?[0-9]{1,3}(\.[0-9]{1,2})?(e-?[0-9]{1,3})?)\}?\}"#) {
        if let Ok(session) = load_json(&json) {
            let cookie = session.dump(&keys(), NOW);
            prop_assert_eq!(FlaskSession::load(&cookie, &keys(), NOW), Ok(session));
        }
    }
}

/// What a well-signed cookie that is never too old gives for this JSON.
fn load_json(json: &str) -> Result<FlaskSession, flask_cookie::Error> {
    use base64::Engine as _;
    let signed = format!("{}.Z3SFgA", base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(json));
    FlaskSession::load(&format!("{signed}.{}", keys().sign(&signed)), &keys(), NOW)
}

/// 20 bytes take 27 characters, which have two bits to spare. Python ignores them and so do we:
/// four spellings of one signature. It is still the same signature, so nothing can be forged with it.
#[test]
fn only_the_two_unused_bits_of_a_signature_may_change() {
    let spellings: Vec<char> = ALPHABET
        .chars()
        .filter(|last| {
            FlaskSession::load(&format!("{}{last}", &ALICE[..ALICE.len() - 1]), &keys(), NOW)
                .is_ok()
        })
        .collect();
    assert_eq!(spellings, ['E', 'F', 'G', 'H']);
}

/// Python also reads the other base64 alphabet, any padding, and skips what it doesn't know. We refuse all three.
#[test]
fn spellings_that_only_python_reads_are_refused() {
    let session = FlaskSession::load(ALICE, &keys(), NOW).unwrap();
    let with_sign = (NOW..).map(|now| (now, session.dump(&keys(), now))).find(|(_, cookie)| {
        let signature = cookie.rsplit('.').next().unwrap();
        signature.contains('-') && signature.contains('_')
    });
    let (now, cookie) = with_sign.unwrap();
    let (signed, signature) = cookie.rsplit_once('.').unwrap();
    assert!(FlaskSession::load(&cookie, &keys(), now).is_ok());
    for signature in [
        signature.replace('-', "+"),
        signature.replace('_', "/"),
        format!("{signature}="),
        format!("{signature}=="),
        format!("{signature} "),
        format!("{signature}!"),
        format!("{}\n{}", &signature[..5], &signature[5..]),
    ] {
        assert!(
            FlaskSession::load(&format!("{signed}.{signature}"), &keys(), now).is_err(),
            "{signature}"
        );
    }
}
