//! What the jar does with lines and requests, rule by rule, as a user of the library sees it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod going;
mod sending;
mod storing;

use cookie_rules::*;
use std::time::{Duration, SystemTime};

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn get(url: &str) -> Request {
    Request::get(url).unwrap()
}

/// A jar that got these lines from this URL.
fn jar(url: &str, lines: &[&str]) -> Jar {
    let mut jar = Jar::new();
    for line in lines {
        jar.store(line.as_bytes(), &get(url), now());
    }
    jar
}

fn rejected(url: &str, line: &str) -> Option<Reason> {
    match Jar::new().store(line.as_bytes(), &get(url), now()) {
        Stored::Rejected(reason) => Some(reason),
        _ => None,
    }
}

fn header(jar: &mut Jar, request: &Request) -> String {
    String::from_utf8(jar.cookie_header(request, now())).unwrap()
}

/// The reason that keeps the jar's only cookie from this request.
fn withheld(jar: &Jar, request: &Request) -> Option<Reason> {
    match &jar.predict(request, now())[..] {
        [Decision { outcome: Outcome::Withheld(reason), .. }] => Some(reason.clone()),
        [Decision { outcome: Outcome::Sent, .. }] => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn scripts_neither_see_nor_set_nor_replace_http_only_cookies() {
    let script = get("http://localhost/").with_api(Api::Script);
    let mut jar = jar("http://localhost/", &["a=1; Path=/; HttpOnly"]);
    assert_eq!(withheld(&jar, &script), Some(Reason::HttpOnly));
    assert_eq!(
        jar.store(b"b=1; HttpOnly", &script, now()),
        Stored::Rejected(Reason::HttpOnlyFromScript)
    );
    assert_eq!(
        jar.store(b"a=2; Path=/", &script, now()),
        Stored::Rejected(Reason::HttpOnlyOverwrite)
    );
    assert_eq!(
        jar.store(b"a=; Path=/; Max-Age=0", &script, now()),
        Stored::Rejected(Reason::HttpOnlyOverwrite)
    );
    assert!(matches!(jar.store(b"c=1; Path=/", &script, now()), Stored::Stored(_)));
}

#[test]
fn a_browser_that_blocks_third_party_cookies_neither_takes_nor_sends_them() {
    let third_party = get("http://localhost/").with_same_site(SameSiteContext::CrossSite);
    let line = b"a=1; SameSite=None; Secure";
    let mut jar = Jar::new()
        .with_profile(Profile { third_party: ThirdPartyCookies::Blocked, ..Profile::CHROMIUM });
    assert_eq!(jar.store(line, &third_party, now()), Stored::Rejected(Reason::ThirdPartyRejected));
    jar.store(line, &get("http://localhost/"), now());
    assert_eq!(withheld(&jar, &third_party), Some(Reason::ThirdPartyBlocked));
    let mut jar = Jar::new();
    jar.store(line, &third_party, now());
    assert_eq!(jar.predict(&third_party, now())[0].note, Some(Reason::ThirdPartyAllowed));
}

#[test]
fn sentences_make_control_characters_visible_and_cut_what_is_long() {
    let name = format!("__Secure-\u{202e}{}", "x".repeat(500));
    let told = rejected("http://localhost/", &format!("{name}=1")).unwrap().to_string();
    assert!(told.starts_with("Rejected: the name `__Secure-\\u{202e}xxx"), "{told}");
    assert!(told.chars().count() < 200, "{told}");
    let told = rejected("http://localhost/", "a=\u{1b}[31m").unwrap().to_string();
    assert_eq!(
        told,
        "Rejected: byte 2 of the line is the control character \\u{1b}, so the whole line is void."
    );
}

/// Seen with Chromium 156 on http://localhost and http://127.0.0.1: the lines of one answer from `/start`, in order, and what
/// the next `GET /show` carried.
#[test]
fn chromium_was_seen_to_send_this() {
    let lines: [(&[u8], bool); 38] = [
        (b"__Host-a=1; Secure; Path=/", true),
        (b"__host-b=1; Path=/", false),
        (b"__Secure-c=1; Secure; Path=/", true),
        (b"__Host-d=1; Secure", false),
        (b"__Http-e=1; Path=/", false),
        (b"__Host-Http-f=1; Secure; Path=/", false),
        (b"__Http-g=1; Secure; HttpOnly; Path=/", true),
        (b"ctl=a\x01b; Path=/", false),
        (b"tab=a\tb; Path=/", false),
        (b"tab2=1; Path=/; X=a\tb", false),
        (b"t\tab3=1; Path=/", false),
        (b"tab4=\tab\t; Path=/", true),
        (b"tab5=1;\tPath=/", true),
        (b"=\t; Path=/", false),
        (b"u8=\xe6\x98\xa5; Path=/", true),
        (b"bad=\xff\xfe; Path=/", true),
        (b"n\xff=1; Path=/", true),
        (b"q=\"a;b\"; Path=/", true),
        (b"path=1;path=/;path", true),
        (b"max=1; Max-Age=+5", true),
        (b"max2=1; Max-Age=5.5", true),
        (b"none=1; SameSite=None; Path=/", false),
        (b"nones=1; SameSite=None; Secure; Path=/", true),
        (b"nameless; Path=/", true),
        (b"=__Host-x; Path=/", false),
        (b"dot=1; Domain=.; Path=/", false),
        (b"dots=1; Domain=..; Path=/", false),
        (b"dom2=1; Domain=org; Domain=; Path=/", true),
        (b"ex=1; Expires=Fri, 31 Feb 2099 00:00:00 GMT; Path=/", true),
        (b"ex2=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=100; Path=/", true),
        (b"pq=1; Path=\"/\"", true),
        (b"strict=1; SameSite=Strict; Path=/", true),
        (b"lax=1; SameSite=Lax; Path=/", true),
        (b"here=1; Path=/start", false),
        (b"half=1; Path=/sho", false),
        (b"__Host-rel=1; Secure; Path=x", false),
        (b"trail=1; Domain=localhost.; Path=/", false),
        (b"other=1; Domain=example.org; Path=/", false),
    ];
    for host in ["localhost", "127.0.0.1"] {
        let mut jar = Jar::new();
        let answer = get(&format!("http://{host}:8000/start"));
        for (line, _) in lines {
            jar.store(line, &answer, now());
        }
        let expected: Vec<Vec<u8>> = lines
            .iter()
            .filter(|(_, sent)| *sent)
            .map(|(line, _)| SetCookie::parse(line, Family::Chromium))
            .map(|line| {
                if line.name.is_empty() { line.value } else { [line.name, line.value].join(&b'=') }
            })
            .collect();
        let sent = jar.cookie_header(&answer.at("/show").unwrap(), now());
        let expected = expected.join(&b"; "[..]);
        assert_eq!(sent, expected, "{host}: {}", String::from_utf8_lossy(&sent));
    }
}
