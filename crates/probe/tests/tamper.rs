//! Cookies that nobody should believe.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use percent_encoding::percent_decode_str;
use probe::{forge, tamper};

#[test]
fn every_part_is_changed_whatever_its_encoding() {
    for length in 1..40 {
        let bytes: Vec<u8> =
            (0..length).map(|number: u8| number.wrapping_mul(89).wrapping_add(length)).collect();
        let value = URL_SAFE_NO_PAD.encode(&bytes);
        let tampered = tamper(&value);
        assert!(tampered.len() + 3 > value.len(), "{value}: {}", tampered.len());
        for other in &tampered {
            assert_ne!(
                URL_SAFE_NO_PAD.decode(other).ok().as_ref(),
                Some(&bytes),
                "{value} and {other} are one to a reader"
            );
        }
        let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(tamper(&hexadecimal).iter().all(|other| !other.eq_ignore_ascii_case(&hexadecimal)));
        let percent: String = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
        assert!(
            tamper(&percent)
                .iter()
                .all(|other| percent_decode_str(other).collect::<Vec<_>>() != bytes)
        );
    }
    assert_eq!(tamper(""), [""; 0]);
    assert_eq!(tamper("a"), ["7", ""]);
    assert!(!tamper("QUJD%3D%3D").contains(&"QUJD%3D".to_owned()), "the padding is no part of it");
}

#[test]
fn a_time_is_changed_to_another_time() {
    assert!(tamper("Ada.1777593600").contains(&"Ada.2777593600".to_owned()));
}

#[test]
fn a_name_is_forged_wherever_it_is_encoded() {
    let payload = "{\"username\":\"Ada\"}";
    let percent = probe::encode(payload);
    for (value, forged) in [
        (format!("{percent}.sig"), probe::encode("{\"username\":\"Bob\"}") + ".sig"),
        (
            format!("{}--sig", STANDARD.encode(payload)),
            format!("{}--sig", STANDARD.encode("{\"username\":\"Bob\"}")),
        ),
        (probe::encode(&STANDARD.encode("Ada 1")), probe::encode(&STANDARD.encode("Bob 1"))),
        // The cookie crate's signed jar: 44 characters of a digest, then the value.
        (format!("{}Ada", STANDARD.encode([7; 32])), format!("{}Bob", STANDARD.encode([7; 32]))),
        (
            format!("{}{}", STANDARD.encode([7; 32]), STANDARD.encode(payload)),
            format!("{}{}", STANDARD.encode([7; 32]), STANDARD.encode("{\"username\":\"Bob\"}")),
        ),
    ] {
        let all = forge(&value, "Ada", "Bob");
        assert!(all.contains(&forged), "{value}: {all:?}");
        assert!(!all.contains(&value));
    }
}
