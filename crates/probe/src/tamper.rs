//! Cookies that nobody should believe, made of one that a server set, and strange ones beside it.

use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// The value with one character changed, for each of its characters: wherever a name, a time or a signature stands, some are
/// in it. Each differs from the value also once it is decoded, be it percent-encoding, base64 or hexadecimal. Last come the
/// value cut short by one character and by half, and the empty one.
///
/// ```
/// for value in ["Ada", "%E5%B0%8F", "eyJ1IjoiQWRhIn0.c2lnbmF0dXJl", "%2bQ%3D%3DAda"] {
///     let tampered = probe::tamper(value);
///     assert!(tampered.len() > 3 && tampered.iter().all(|other| other != value));
/// }
/// ```
#[must_use]
pub fn tamper(value: &str) -> Vec<String> {
    let mut all = Vec::new();
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let escape = bytes[at] == b'%'
            && bytes.get(at + 1..at + 3).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit));
        let end = if escape { at + 3 } else { at + 1 };
        if let Some(other) =
            if escape { Some(unescaped(&value[at..end])) } else { other(bytes[at]) }
        {
            all.push([&value[..at], &other.to_string(), &value[end..]].concat());
        }
        // A digit may also be one of a time: then another digit leaves it a number.
        let inside = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if bytes[at].is_ascii_digit() && inside {
            let next = char::from(b'0' + (bytes[at] - b'0' + 1) % 10);
            all.push([&value[..at], &next.to_string(), &value[end..]].concat());
        }
        at = end;
    }
    // Without its padding alone, base64 says the same.
    let mut content = value;
    while let Some(rest) = ["=", "%3D", "%3d"].iter().find_map(|end| content.strip_suffix(end)) {
        content = rest;
    }
    let cuts = [content.len().saturating_sub(1), content.len() / 2, 0];
    let cut = cuts.into_iter().filter_map(|cut| content.get(..cut));
    all.extend(cut.filter(|cut| *cut != value).map(str::to_owned));
    all.dedup();
    all
}

/// What a comparison by a part takes for the value: what [`tamper`] makes of it, a piece of its end, and its characters in
/// another order.
///
/// ```
/// let almost = probe::almost("5f3c");
/// assert!(["f3c", "3c5f", "c3f5", "5f3"].iter().all(|other| almost.contains(&(*other).to_owned())));
/// assert!(!almost.contains(&"5f3c".to_owned()));
/// ```
#[must_use]
pub fn almost(value: &str) -> Vec<String> {
    let characters: Vec<char> = value.chars().collect();
    let (first, second) = characters.split_at(characters.len() / 2);
    let reversed = characters.iter().rev().collect();
    let turned = second.iter().chain(first).collect();
    let ends = [1, characters.len() / 2, characters.len().saturating_sub(4)];
    let ends = ends.map(|cut| characters.iter().skip(cut).collect());
    let more = ends.into_iter().chain([reversed, turned]).filter(|other| other != value);
    tamper(value).into_iter().chain(more).collect()
}

/// What a sibling may write for a cookie's name, before the `=`, where the server reads the name `name`: a careless reader
/// takes it for the same. Some are another cookie's whole beginning. A browser refuses a few of them.
///
/// ```
/// let alike = probe::alike("__Host-id");
/// assert!(["id", "__Secure-id", "..Host-id", "a=1,__Host-id"].iter().all(|other| alike.contains(&(*other).to_owned())));
/// ```
#[must_use]
pub fn alike(name: &str) -> Vec<String> {
    let bare = name.trim_start_matches("__Host-").trim_start_matches("__Secure-");
    let mut all = vec![
        name.to_owned(),
        bare.to_owned(),
        format!("__Secure-{bare}"),
        format!("__host-{bare}"),
        format!("__HOST-{bare}"),
        format!("__Host{bare}"),
        format!("x{name}"),
        format!("x{bare}"),
        format!("{name}x"),
        format!("={name}"),
        format!("a={name}"),
        format!("a=1&{name}"),
        format!("a=1,{name}"),
        format!("a=1, {name}"),
        format!("a=1 {name}"),
        format!("\"{name}\""),
        // PHP once wrote an underscore for each of these (CVE-2022-31629).
        name.replacen("__", "..", 1),
        name.replacen("__", "_[", 1),
        name.replacen("__", "_ ", 1),
    ];
    // Spaces of other alphabets, which no browser cuts off.
    all.extend(['\u{a0}', '\u{3000}'].map(|space| format!("{space}{name}")));
    if let Some(first) = name.chars().next() {
        all.push(format!("%{:02X}{}", u32::from(first), &name[first.len_utf8()..]));
    }
    all.sort();
    all.dedup();
    all
}

/// Another character for this one. In base64's alphabet the two differ in the upper two bits of six, which always count; in
/// hexadecimal they are two digits.
fn other(byte: u8) -> Option<char> {
    match byte {
        b'0'..=b'9' => Some(char::from(b'a' + byte % 6)),
        b'w'..=b'z' => Some('b'),
        b'a'..=b'v' | b'A'..=b'Z' => Some(char::from(b'0' + byte % 10)),
        _ => None,
    }
}

/// A character that this percent-escape does not stand for.
fn unescaped(escape: &str) -> char {
    if escape == "%78" { 'y' } else { 'x' }
}

/// The value with `to` in the place of `from`, wherever that is found: as it is, percent-encoded, or in a part that is base64
/// or hexadecimal. What no key is needed for, anybody can write. Empty where `from` is nowhere to be found.
///
/// ```
/// assert_eq!(probe::forge("Ada--sig", "Ada", "Bob"), ["Bob--sig"]);
/// assert_eq!(probe::forge("sig.eyJ1IjoiQWRhIn0", "Ada", "Bob"), ["sig.eyJ1IjoiQm9iIn0"]);
/// assert_eq!(probe::forge("%41da", "Ada", "Bob"), ["Bob"]);
/// assert_eq!(probe::forge("7b416461", "Ada", "Bob"), ["7b426f62"]);
/// assert!(probe::forge("8f14e45f", "Ada", "Bob").is_empty());
/// ```
#[must_use]
pub fn forge(value: &str, from: &str, to: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut add = |forged: String| {
        if forged != value && !all.contains(&forged) {
            all.push(forged);
        }
    };
    add(value.replace(from, to));
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    add(value.replace(&encode(from), &encode(to)));
    let decoded = percent_decode_str(value).decode_utf8_lossy();
    if decoded.contains(from) && !value.contains(from) && !value.contains(&encode(from)) {
        add(encode(&decoded.replace(from, to)));
    }
    // The value as it is, then with its escapes resolved: base64 may be percent-encoded itself.
    for text in [value, &decoded] {
        for part in parts(text) {
            for replaced in in_another_alphabet(part, from, to) {
                let forged = text.replacen(part, &replaced, 1);
                add(if text == value { forged } else { encode(&forged) });
            }
        }
    }
    all
}

/// The longest runs of characters that an encoding to letters and digits may use: of both base64 alphabets and, where `-`
/// or `_` is a mark between parts, of neither.
fn parts(text: &str) -> Vec<&str> {
    let runs = |marks: &'static str| {
        let outside = move |character: char| {
            !(character.is_ascii_alphanumeric() || marks.contains(character))
        };
        text.split(outside).filter(|part| part.len() >= 4)
    };
    let mut parts: Vec<_> = ["+/=", "-_=", "="].into_iter().flat_map(runs).collect();
    parts.sort_unstable();
    parts.dedup();
    parts
}

fn in_another_alphabet(part: &str, from: &str, to: &str) -> Vec<String> {
    let swap = |bytes: Vec<u8>| {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        (text.contains(from) && text.as_bytes() == bytes).then(|| text.replace(from, to))
    };
    let mut all = Vec::new();
    // A signature may stand in front without a mark between: both starts that a digest in base64 or hexadecimal leaves.
    for start in [0, 28, 43, 44, 64]
        .into_iter()
        .filter(|start| part.is_char_boundary(*start) && *start < part.len())
    {
        let (front, rest) = part.split_at(start);
        for alphabet in [&STANDARD, &URL_SAFE] {
            let padded = rest.ends_with('=');
            let config = GeneralPurposeConfig::new()
                .with_encode_padding(padded)
                .with_decode_padding_mode(DecodePaddingMode::Indifferent)
                .with_decode_allow_trailing_bits(true);
            let engine = GeneralPurpose::new(alphabet, config);
            if let Some(text) = engine.decode(rest).ok().and_then(swap) {
                all.push(format!("{front}{}", engine.encode(text)));
            }
        }
        let bytes = rest
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
        if rest.len().is_multiple_of(2)
            && let Some(text) = bytes.collect::<Option<Vec<_>>>().and_then(swap)
        {
            all.push(format!(
                "{front}{}",
                text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>()
            ));
        }
    }
    all
}

/// The start of one value with the end of the other, both ways: cut at each place that is as far from the start in both, or as
/// far from the end, or behind as many marks between letters and digits, or at the same mark. As the values are, and with their
/// percent-escapes resolved, for those are of another length. Neither of the two, and not shown twice.
///
/// ```
/// assert_eq!(probe::splice("ab", "xy"), ["ay", "xb"]);
/// assert!(probe::splice("12.3.Ada", "456.7.Bob").contains(&"12.3.Bob".to_owned()));
/// assert!(probe::splice("%2Fa|b", "xx|yy").contains(&"%2Fa%7Cyy".to_owned()));
/// ```
#[must_use]
pub fn splice(one: &str, other: &str) -> Vec<String> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let contents = [decoded(one), decoded(other)];
    let mut all: Vec<String> = Vec::new();
    let mut add = |mixed: String| {
        if !contents.contains(&decoded(&mixed)) && !all.contains(&mixed) {
            all.push(mixed);
        }
    };
    mix(one, other).into_iter().for_each(&mut add);
    if contents != [one, other] {
        for mixed in mix(&contents[0], &contents[1]) {
            add(utf8_percent_encode(&mixed, NON_ALPHANUMERIC).to_string());
        }
    }
    all
}

/// Starts of one text with ends of the other, both ways.
fn mix(one: &str, other: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (front, back) in [(one, other), (other, one)] {
        let shorter = front.len().min(back.len());
        let from_start = (1..shorter).map(|at| (at, at));
        let from_end = (1..shorter).map(|at| (front.len() - at, back.len() - at));
        let counted = marks(front).zip(marks(back));
        // Where a text in base64 loses one `=` of two, it may say the same.
        let same = marks(front).flat_map(|at| marks(back).map(move |from| (at, from))).filter(
            |(at, from)| {
                let mark = front.as_bytes()[*at];
                mark == back.as_bytes()[*from] && mark != b'='
            },
        );
        for (at, from) in from_start.chain(from_end).chain(counted).chain(same) {
            if let (Some(start), Some(end)) = (front.get(..at), back.get(from..)) {
                all.push(format!("{start}{end}"));
            }
        }
    }
    all
}

/// Where something stands that is no letter and no digit.
fn marks(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices(|character: char| !character.is_ascii_alphanumeric()).map(|(at, _)| at)
}

/// What a home-made sum would be, for a value that no server set: `start` and `changed` are the values of two names that differ
/// in one letter, `other` is that of another name with the first letter, and these would be that other name's with the second,
/// if one letter always changed the sum in the same way. Sums, check digits and many hash functions do that, in decimal or
/// hexadecimal digits; a signature never does.
///
/// ```
/// assert!(probe::extrapolate("510.top", "512.tor", "873.zip").contains(&"875.zir".to_owned()));
/// assert!(probe::extrapolate("3f.top", "3d.tor", "a0.zip").contains(&"a2.zir".to_owned()));
/// ```
#[must_use]
pub fn extrapolate(start: &str, changed: &str, other: &str) -> Vec<String> {
    type Combine = fn(u64, u64, u64) -> u64;
    const WAYS: [Combine; 3] = [
        |start, changed, other| other.wrapping_add(changed.wrapping_sub(start)),
        |start, changed, other| other.wrapping_sub(changed.wrapping_sub(start)),
        |start, changed, other| other ^ changed ^ start,
    ];
    let values = [start, changed, other];
    let mut all: Vec<String> = Vec::new();
    for radix in [10, 16] {
        for bits in [32, 64] {
            for combine in WAYS {
                let sums = values.map(|value| segments(value, radix));
                let longest = sums.iter().map(Vec::len).max().unwrap_or_default();
                let parts = (0..longest).map(|at| {
                    let [start, changed, other] =
                        sums.each_ref().map(|parts| parts.get(at).copied());
                    combined([start?, changed?, other?], radix, bits, combine)
                });
                if let Some(value) = parts.collect::<Option<String>>()
                    && !values.contains(&&*value)
                    && !all.contains(&value)
                {
                    all.push(value);
                }
            }
        }
    }
    all
}

/// Runs of digits, and what stands between them.
fn segments(value: &str, radix: u32) -> Vec<&str> {
    let is_digit = |character: char| character.is_digit(radix);
    let mut segments = Vec::new();
    let mut rest = value;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|next| is_digit(next) != is_digit(first)).unwrap_or(rest.len());
        segments.push(&rest[..end]);
        rest = &rest[end..];
    }
    segments
}

/// One segment: the sum of its last digits, and each character before them.
fn combined(
    [start, changed, other]: [&str; 3],
    radix: u32,
    bits: u32,
    combine: fn(u64, u64, u64) -> u64,
) -> Option<String> {
    if start == changed {
        return Some(other.to_owned());
    }
    let parts = [start, changed, other];
    let digits = if radix == 16 { (bits / 4) as usize } else { usize::MAX };
    let split = |text: &str| text.len().saturating_sub(digits);
    let numbers = parts.map(|text| u64::from_str_radix(text.get(split(text)..)?, radix).ok());
    if let [Some(start), Some(changed), Some(other)] = numbers {
        let sum = combine(start, changed, other) & (u64::MAX >> (64 - bits));
        let front = parts.map(|text| &text[..split(text)]);
        let width = parts[2].len() - front[2].len();
        let same = parts.iter().all(|text| text.len() == parts[2].len());
        let width = if same { width } else { 0 };
        let upper = parts[2].bytes().any(|byte| byte.is_ascii_uppercase());
        let sum = match radix {
            16 if upper => format!("{sum:0width$X}"),
            16 => format!("{sum:0width$x}"),
            _ => format!("{sum:0width$}"),
        };
        return Some(by_letters(front)? + &sum);
    }
    by_letters(parts)
}

/// Where the letter changed in the first two, it changes in the third.
fn by_letters([start, changed, other]: [&str; 3]) -> Option<String> {
    if start.len() != changed.len() || start.len() != other.len() {
        return None;
    }
    let bytes = start.bytes().zip(changed.bytes()).zip(other.bytes());
    let bytes = bytes.map(|((start, changed), other)| other ^ start ^ changed).collect();
    String::from_utf8(bytes).ok()
}

/// `Cookie` headers in which this pair (`name=value`) stands among strange ones, before it, behind it and on both sides; each
/// with what is strange. A server believes our pair in all of them: each strange pair has another name than ours.
///
/// ```
/// let headers = probe::strangers("sid=1");
/// assert!(headers.iter().any(|(_, header)| header.ends_with(b"; sid=1")));
/// assert!(headers.iter().any(|(_, header)| header.starts_with(b"sid=1; ")));
/// ```
#[must_use]
pub fn strangers(pair: &str) -> Vec<(String, Vec<u8>)> {
    let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
    let strange = vec![
        ("another cookie", b"theme=dark".to_vec()),
        ("a name that ends like ours", format!("x{name}=Mallory").into_bytes()),
        ("a name that starts like ours", format!("{name}2=Mallory").into_bytes()),
        ("our name in other letters", format!("{}=Mallory", swapped_case(name)).into_bytes()),
        ("our name in a value", format!("q={name}=Mallory").into_bytes()),
        ("an empty value", b"empty=".to_vec()),
        ("no `=`", b"alone".to_vec()),
        ("a name that is empty", b"=nameless".to_vec()),
        ("broken percent-encoding", b"bad=%zz%".to_vec()),
        ("quotes", b"quoted=\"a b\"".to_vec()),
    ];
    among(pair, strange)
}

/// As [`strangers`], with pairs whose bytes are no ASCII: not every library gives the rest of such a header.
#[must_use]
pub fn byte_strangers(pair: &str) -> Vec<(String, Vec<u8>)> {
    among(
        pair,
        vec![
            ("bytes that are no UTF-8", b"bytes=\xff\xfe".to_vec()),
            ("another script", "имя=名".as_bytes().to_vec()),
        ],
    )
}

fn among(pair: &str, strange: Vec<(&str, Vec<u8>)>) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (what, stranger) in strange {
        let ours = pair.as_bytes();
        all.push((format!("{what}, before ours"), [&stranger, &b"; "[..], ours].concat()));
        all.push((format!("{what}, behind ours"), [ours, b"; ", &stranger].concat()));
        all.push((
            format!("{what}, before and behind"),
            [&stranger, &b"; "[..], ours, b"; ", &stranger].concat(),
        ));
    }
    all
}

fn swapped_case(name: &str) -> String {
    let swap = |character: char| {
        if character.is_ascii_lowercase() {
            character.to_ascii_uppercase()
        } else {
            character.to_ascii_lowercase()
        }
    };
    name.chars().map(swap).collect()
}
