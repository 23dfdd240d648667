//! What the jar does with lines and requests, rule by rule, as a user of the library sees it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use cookie_rules::*;
use std::collections::BTreeSet;
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
fn a_stored_cookie_tells_the_defaults_that_were_filled_in() {
    let stored = Jar::new().store(b"a=b", &get("http://localhost:3004/shop/cart"), now());
    let receipt = stored.receipt().unwrap();
    assert_eq!(receipt.cookie.path, "/shop");
    assert_eq!((&receipt.cookie.domain[..], receipt.cookie.host_only), ("localhost", true));
    assert_eq!((receipt.cookie.expiry, receipt.cookie.same_site), (None, SameSite::Default));
    let notes: Vec<String> = receipt.notes.iter().map(Note::to_string).collect();
    assert_eq!(
        notes,
        [
            "Filled in: neither Max-Age nor Expires, so it lasts until the browser's session ends.",
            "Filled in: no Domain, so the host `localhost` alone.",
            "Filled in: no Path, so `/shop`, which is `/shop/cart` up to its last `/`.",
            "Filled in: no usable SameSite, so it counts as `Lax`.",
        ]
    );
}

#[test]
fn ten_years_are_capped_at_400_days_and_the_cap_is_noted() {
    let stored = Jar::new().store(b"a=b; Max-Age=315360000", &get("http://localhost/"), now());
    let receipt = stored.receipt().unwrap();
    assert_eq!(receipt.cookie.expiry, Some(now() + AGE_LIMIT));
    assert!(receipt.notes.contains(&Note::Capped { until: now() + AGE_LIMIT }));
}

#[test]
fn max_age_wins_over_expires() {
    let line = b"a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    let stored = Jar::new().store(line, &get("http://localhost/"), now());
    assert_eq!(stored.receipt().unwrap().cookie.expiry, Some(now() + seconds(60)));
    assert!(stored.receipt().unwrap().notes.contains(&Note::MaxAgeOverExpires));
}

#[test]
fn a_cookie_is_replaced_only_where_name_domain_and_path_are_the_same() {
    let at = get("http://www.example.org/");
    let mut jar = jar("http://www.example.org/", &["a=1; Path=/"]);
    for line in [
        "A=2; Path=/",
        "a=2; Path=/x",
        "a=2; Path=/; Domain=example.org",
        "a=2; Path=/; Domain=www.example.org",
    ] {
        assert!(matches!(jar.store(line.as_bytes(), &at, now()), Stored::Stored(_)), "{line}");
    }
    let Stored::Replaced(receipt, old) = jar.store(b"a=3; Path=/", &at, now()) else { panic!() };
    assert_eq!((&receipt.cookie.value[..], &old.value[..]), (&b"3"[..], &b"1"[..]));
    assert_eq!(jar.len(), 5);
}

#[test]
fn a_deletion_with_the_wrong_path_does_nothing_and_names_the_stored_path() {
    let mut jar = jar("http://localhost/", &["basket=3; Path=/shop"]);
    let stored = jar.store(b"basket=; Path=/; Max-Age=0", &get("http://localhost/"), now());
    assert!(matches!(stored, Stored::DeletedNothing(..)), "{stored:?}");
    assert_eq!(
        stored.to_string(),
        "Deleted nothing: the line is for path `/`, and the stored cookie `basket` has path `/shop`."
    );
    assert_eq!(jar.len(), 1);
}

#[test]
fn a_deletion_with_the_wrong_domain_does_nothing_and_names_the_stored_domain() {
    let mut jar = jar("http://www.example.org/", &["a=1; Path=/; Domain=example.org"]);
    let stored = jar.store(b"a=; Path=/; Max-Age=0", &get("http://www.example.org/"), now());
    assert_eq!(
        stored.to_string(),
        "Deleted nothing: the line is for the host `www.example.org` alone, and the stored cookie `a` is for the domain \
         `example.org`."
    );
}

#[test]
fn a_deletion_of_what_is_not_there_says_so() {
    let stored = Jar::new().store(b"a=; Max-Age=-1", &get("http://localhost/"), now());
    assert_eq!(stored.to_string(), "Deleted nothing: the jar holds no cookie `a` for this host.");
}

#[test]
fn a_deleted_cookie_is_remembered_as_gone_with_the_url_that_deleted_it() {
    let mut jar = jar("http://localhost/", &["a=1; Path=/"]);
    let stored = jar.store(b"a=; Path=/; Max-Age=0", &get("http://localhost/logout"), now());
    assert!(matches!(stored, Stored::Deleted(_, ref old) if old.value == b"1"), "{stored:?}");
    let decisions = jar.decide(&get("http://localhost/"), now() + seconds(5));
    assert_eq!(decisions.len(), 1);
    assert_eq!(
        decisions[0].outcome.to_string(),
        "Gone: a `Set-Cookie` from `/logout` deleted it 5 s ago."
    );
    jar.store(b"a=2; Path=/", &get("http://localhost/"), now() + seconds(6));
    assert_eq!(jar.gone().count(), 0, "what is back is no longer gone");
}

#[test]
fn an_expired_cookie_leaves_the_jar_and_is_remembered() {
    let mut jar = jar("http://localhost/", &["a=1; Path=/; Max-Age=10"]);
    let request = get("http://localhost/");
    assert_eq!(jar.cookie_header(&request, now() + seconds(9)), b"a=1");
    let predicted = jar.predict(&request, now() + seconds(13));
    let decided = jar.decide(&request, now() + seconds(13));
    assert_eq!(predicted, decided);
    assert!(jar.is_empty());
    let told = decided[0].outcome.to_string();
    assert_eq!(told, "Gone: it expired 3 s ago, at Tue, 14 Nov 2023 22:13:30 GMT.");
}

#[test]
fn the_end_of_the_session_takes_session_cookies_alone() {
    let mut jar = jar("http://localhost/", &["a=1; Path=/", "b=2; Path=/; Max-Age=100"]);
    assert_eq!(jar.end_session(now()).len(), 1);
    let outcomes: Vec<String> = jar
        .predict(&get("http://localhost/"), now())
        .iter()
        .map(|decision| decision.outcome.to_string())
        .collect();
    assert_eq!(
        outcomes,
        ["Sent.", "Gone: it was a session cookie, and the session ended 0 s ago."]
    );
}

#[test]
fn sent_cookies_come_in_the_order_of_the_header_then_withheld_then_gone() {
    let mut jar = jar(
        "http://localhost/",
        &[
            "a=1; Path=/",
            "b=1; Path=/admin",
            "c=1; Path=/shop",
            "d=1; Path=/",
            "e=1; Path=/; Max-Age=1",
            "f=1; Path=/shop/",
        ],
    );
    let decisions = jar.decide(&get("http://localhost/shop/cart"), now() + seconds(2));
    let names: Vec<char> =
        decisions.iter().map(|decision| char::from(decision.cookie.name[0])).collect();
    assert_eq!(names, ['f', 'c', 'a', 'd', 'b', 'e']);
    assert_eq!(
        jar.cookie_header(&get("http://localhost/shop/cart"), now() + seconds(2)),
        b"f=1; c=1; a=1; d=1"
    );
}

#[test]
fn a_cookie_set_anew_keeps_its_place_in_the_specification_and_loses_it_in_chromium_unless_the_value_stays()
 {
    let lines = ["a=1; Path=/", "b=1; Path=/", "c=1; Path=/", "a=2; Path=/", "b=1; Path=/"];
    for (profile, sent) in
        [(Profile::Specification, "a=2; b=1; c=1"), (Profile::Chromium, "b=1; c=1; a=2")]
    {
        let mut jar = Jar::new().with_profile(profile);
        for line in lines {
            jar.store(line.as_bytes(), &get("http://localhost/"), now());
        }
        assert_eq!(header(&mut jar, &get("http://localhost/")), sent, "{profile:?}");
    }
}

#[test]
fn secure_cookies_come_and_go_over_tls_and_on_loopback_alone() {
    for (url, allowed) in [
        ("https://example.org/", true),
        ("http://example.org/", false),
        ("http://localhost:3004/", true),
        ("http://127.0.0.1:3004/", true),
        ("http://[::1]:3004/", true),
    ] {
        assert_eq!(rejected(url, "a=b; Secure").is_none(), allowed, "{url}");
    }
    let jar = jar("https://example.org/", &["a=1; Secure"]);
    assert_eq!(withheld(&jar, &get("https://example.org/")), None);
    let reason = withheld(&jar, &get("http://example.org/")).unwrap();
    assert_eq!(
        reason.to_string(),
        "Withheld: the cookie is `Secure`, and the connection to `example.org` has no TLS."
    );
}

#[test]
fn an_insecure_answer_leaves_secure_cookies_alone() {
    let mut jar = jar("https://example.org/", &["a=1; Secure; Path=/login"]);
    let insecure = get("http://example.org/");
    for (line, shadows) in [
        ("a=2; Path=/login", true),
        ("a=2; Path=/login/en", true),
        ("a=2; Path=/", false),
        ("a=2; Path=/log", false),
        ("b=2; Path=/login", false),
        ("a=2; Path=/login; Domain=example.org", true),
        ("a=; Path=/login; Max-Age=0", true),
    ] {
        let stored = jar.store(line.as_bytes(), &insecure, now());
        assert_eq!(
            matches!(stored, Stored::Rejected(Reason::SecureOverlay { .. })),
            shadows,
            "{line}: {stored:?}"
        );
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
fn same_site_rules_depend_on_who_caused_the_request_and_how() {
    use SameSiteContext as Context;
    let lines = [
        "strict=1; SameSite=Strict",
        "lax=1; SameSite=Lax",
        "none=1; SameSite=None; Secure",
        "old=1",
        "new=1",
    ];
    for (method, context, sent) in [
        ("GET", Context::SameSite, "strict=1; lax=1; none=1; old=1; new=1"),
        ("POST", Context::SameSite, "strict=1; lax=1; none=1; old=1; new=1"),
        ("GET", Context::CrossSiteNavigation, "lax=1; none=1; old=1; new=1"),
        ("POST", Context::CrossSiteUnsafeNavigation, "none=1; new=1"),
        ("GET", Context::CrossSite, "none=1"),
        ("POST", Context::CrossSite, "none=1"),
        ("GET", Context::Unknown, "strict=1; lax=1; none=1; old=1; new=1"),
    ] {
        let mut jar = Jar::new();
        for line in lines {
            let age = if line.starts_with("new") { 120 } else { 121 };
            jar.store(line.as_bytes(), &get("http://localhost/"), now() - seconds(age));
        }
        let request = Request::new(method, "http://localhost/").unwrap().with_same_site(context);
        assert_eq!(header(&mut jar, &request), sent, "{method} {context:?}");
    }
}

#[test]
fn exceptions_and_doubts_of_same_site_are_told_beside_the_sent_cookie() {
    let mut jar = jar("http://localhost/", &["a=1"]);
    let note = |jar: &mut Jar, context| {
        let request = Request::new("POST", "http://localhost/").unwrap().with_same_site(context);
        let decisions = jar.decide(&request, now() + seconds(60));
        assert_eq!(decisions[0].outcome, Outcome::Sent);
        decisions[0].note.as_ref().map(Reason::to_string)
    };
    assert_eq!(note(&mut jar, SameSiteContext::SameSite), None);
    let doubt = note(&mut jar, SameSiteContext::Unknown).unwrap();
    assert!(doubt.starts_with("Sent, if the request is same-site"), "{doubt}");
    let exception = note(&mut jar, SameSiteContext::CrossSiteUnsafeNavigation).unwrap();
    assert!(exception.ends_with("is 60 s old, under Chromium's 2 minutes."), "{exception}");
}

#[test]
fn another_site_sets_same_site_cookies_only_by_opening_a_page() {
    use SameSiteContext as Context;
    for (context, allowed) in [
        (Context::SameSite, true),
        (Context::CrossSiteNavigation, true),
        (Context::CrossSiteUnsafeNavigation, true),
        (Context::CrossSite, false),
        (Context::Unknown, true),
    ] {
        for line in ["a=1; SameSite=Strict", "a=1; SameSite=Lax", "a=1"] {
            let stored = Jar::new().store(
                line.as_bytes(),
                &get("http://localhost/").with_same_site(context),
                now(),
            );
            assert_eq!(stored.reason().is_none(), allowed, "{line} {context:?}: {stored:?}");
        }
        let none = b"a=1; SameSite=None; Secure";
        assert_eq!(
            Jar::new()
                .store(none, &get("http://localhost/").with_same_site(context), now())
                .reason(),
            None
        );
    }
}

#[test]
fn a_browser_that_blocks_third_party_cookies_neither_takes_nor_sends_them() {
    let third_party = get("http://localhost/").with_same_site(SameSiteContext::CrossSite);
    let line = b"a=1; SameSite=None; Secure";
    let mut jar = Jar::new().with_third_party_cookies(ThirdPartyCookies::Blocked);
    assert_eq!(jar.store(line, &third_party, now()), Stored::Rejected(Reason::ThirdPartyRejected));
    jar.store(line, &get("http://localhost/"), now());
    assert_eq!(withheld(&jar, &third_party), Some(Reason::ThirdPartyBlocked));
    let mut jar = Jar::new();
    jar.store(line, &third_party, now());
    assert_eq!(jar.predict(&third_party, now())[0].note, Some(Reason::ThirdPartyAllowed));
}

#[test]
fn same_site_none_needs_secure() {
    assert_eq!(
        rejected("http://localhost/", "a=1; SameSite=None"),
        Some(Reason::SameSiteNoneWithoutSecure)
    );
    assert_eq!(rejected("http://localhost/", "a=1; SameSite=None; Secure"), None);
    assert_eq!(
        rejected("http://localhost/", "a=1; SameSite=nOnE"),
        Some(Reason::SameSiteNoneWithoutSecure)
    );
}

#[test]
fn a_prefixed_name_must_keep_its_promise() {
    use HostPrefixFault::*;
    let host = |line: &str| match rejected("https://www.example.org/", line) {
        Some(Reason::HostPrefix { fault, .. }) => Some(fault),
        None => None,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(host("__Host-a=1; Secure; Path=/"), None);
    assert_eq!(host("__Host-a=1; Path=/"), Some(NotSecure));
    assert_eq!(host("__hOsT-a=1; Path=/"), Some(NotSecure));
    assert_eq!(host("__Host-a=1; Secure; Path=/; Domain=www.example.org"), Some(HasDomain));
    assert_eq!(host("__Host-a=1; Secure; Path=/x"), Some(PathNotRoot));
    assert_eq!(
        host("__Host-a=1; Secure"),
        Some(PathNotRoot),
        "the default path is `/`, but it isn't written out"
    );
    assert_eq!(host("__Host-=1; Secure; Path=/"), None);
    for (line, allowed) in [
        ("__Secure-a=1", false),
        ("__sEcUre-a=1", false),
        ("__Secure-a=1; Secure", true),
        ("__Secure=1", true),
        ("_Host-a=1", true),
        ("=__Host-a=1; Secure; Path=/", false),
        ("=__secure-a; Secure", false),
        ("__Host-a; Secure; Path=/", false),
        ("=x__Host-a", true),
    ] {
        assert_eq!(rejected("https://www.example.org/", line).is_none(), allowed, "{line}");
    }
}

#[test]
fn a_domain_must_be_the_host_or_above_it_and_no_public_suffix() {
    let at = "http://www.example.org/";
    for (domain, allowed) in [
        ("www.example.org", true),
        (".www.example.org", true),
        ("WWW.Example.ORG", true),
        ("example.org", true),
        ("org", false),
        (".org", false),
        ("other.example.org", false),
        ("a.www.example.org", false),
        ("ample.org", false),
        ("www.example.org.", false),
        ("..www.example.org", false),
        ("www.example.org:80", false),
        ("ｗｗｗ.example.org", false),
        ("", true),
    ] {
        assert_eq!(rejected(at, &format!("a=1; Domain={domain}")).is_none(), allowed, "{domain}");
    }
    assert!(matches!(rejected(at, "a=1; Domain=org"), Some(Reason::PublicSuffix { .. })));
    assert!(matches!(rejected(at, "a=1; Domain=x.org"), Some(Reason::DomainMismatch { .. })));
}

#[test]
fn public_suffixes_can_be_given_as_a_list_or_a_function() {
    let listed = PublicSuffixes::AlsoThese(BTreeSet::from(["co.uk".to_owned()]));
    let asked = PublicSuffixes::Function(|domain| domain.ends_with("uk"));
    for suffixes in [listed, asked] {
        let mut jar = Jar::new().with_public_suffixes(suffixes);
        let stored = jar.store(b"a=1; Domain=co.uk", &get("http://shop.co.uk/"), now());
        assert!(matches!(stored, Stored::Rejected(Reason::PublicSuffix { .. })), "{stored:?}");
    }
}

#[test]
fn the_domain_localhost_on_localhost_is_that_host_alone() {
    for (url, line) in [
        ("http://localhost/", &b"a=1; Domain=localhost"[..]),
        ("http://127.0.0.1/", b"a=1; Domain=127.0.0.1"),
    ] {
        let stored = Jar::new().store(line, &get(url), now());
        assert!(stored.receipt().unwrap().cookie.host_only, "{url}");
    }
}

#[test]
fn a_cookie_of_another_host_is_withheld_with_both_hosts_named() {
    let jar = jar("http://localhost:3004/", &["a=1"]);
    let reason = withheld(&jar, &get("http://127.0.0.1:3004/")).unwrap();
    assert_eq!(
        reason.to_string(),
        "Withheld: the cookie belongs to the host `localhost` alone, and this request goes to `127.0.0.1`."
    );
    assert!(
        jar.predict(&get("http://example.org/"), now()).is_empty(),
        "nobody asks about it there"
    );
    assert_eq!(
        withheld(&jar, &get("http://localhost:3001/")),
        None,
        "ports don't separate cookies"
    );
}

#[test]
fn a_domain_cookie_reaches_the_hosts_below_and_no_other() {
    let jar = jar("http://www.example.org/", &["a=1; Domain=www.example.org"]);
    assert_eq!(withheld(&jar, &get("http://a.www.example.org/")), None);
    assert!(matches!(
        withheld(&jar, &get("http://example.org/")),
        Some(Reason::OtherDomain { .. })
    ));
}

#[test]
fn a_full_jar_drops_insecure_cookies_first_then_those_unused_for_longest() {
    let limits = Limits { per_domain: 3, total: 10, gone: 2 };
    let mut jar = Jar::with_limits(limits);
    let at = get("https://example.org/");
    for (second, line) in ["a=1; Secure", "b=1", "c=1; Path=/x", "d=1"].into_iter().enumerate() {
        jar.store(line.as_bytes(), &at, now() + seconds(second as u64));
    }
    let names =
        |jar: &Jar| jar.cookies().map(|cookie| char::from(cookie.name[0])).collect::<String>();
    assert_eq!(names(&jar), "acd", "b is insecure, and older than c and d");
    jar.decide(&get("https://example.org/x"), now() + seconds(9));
    jar.store(b"e=1", &at, now() + seconds(10));
    assert_eq!(names(&jar).len(), 3);
    assert!(names(&jar).contains('a'));
    let told = jar.gone().next().unwrap().reason(now() + seconds(10)).to_string();
    assert!(told.starts_with("Gone: the jar keeps 3 cookies at most"), "{told}");
    for index in 0..100 {
        jar.store(b"x=1", &get(&format!("https://host{index}.example.org/")), now() + seconds(20));
    }
    assert_eq!((jar.len(), jar.gone().count()), (10, 2));
}

#[test]
fn a_jar_can_follow_the_browser() {
    let mut jar = jar("http://localhost/", &["a=1; Path=/", "c=1; Path=/"]);
    let mut cookie = jar.cookies().next().unwrap().clone();
    cookie.name = b"b".to_vec();
    cookie.creation -= seconds(1);
    assert_eq!(jar.insert(cookie, now()), None);
    assert_eq!(header(&mut jar, &get("http://localhost/")), "b=1; a=1; c=1");
    assert_eq!(jar.remove(b"a", "localhost", "/", now()).len(), 1);
    assert!(jar.remove(b"a", "localhost", "/", now()).is_empty());
    let told = jar.gone().next().unwrap().reason(now()).to_string();
    assert_eq!(told, "Gone: 0 s ago the browser no longer had it, and browsers don't tell why.");
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
        "Rejected: byte 2 of the line is the control character \\x1b, so the whole line is void."
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
            .map(|(line, _)| SetCookie::parse(line))
            .map(|line| {
                if line.name.is_empty() { line.value } else { [line.name, line.value].join(&b'=') }
            })
            .collect();
        let sent = jar.cookie_header(&answer.at("/show").unwrap(), now());
        let expected = expected.join(&b"; "[..]);
        assert_eq!(sent, expected, "{host}: {}", String::from_utf8_lossy(&sent));
    }
}
