//! Which lines a jar takes, and what it fills in.

use super::*;
use std::collections::BTreeSet;

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
            "Filled in: no usable SameSite, so it counts as `Lax` in Chromium and by RFC 6265bis.",
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
fn none_without_secure_is_refused_for_certain_only_by_browsers_that_were_measured() {
    let request = Request::get("http://localhost/").unwrap();
    for (profile, is_certain) in
        [(Profile::CHROMIUM, true), (Profile::FIREFOX, true), (Profile::SPECIFICATION, false)]
    {
        let line = b"a=1; SameSite=None";
        let received = receive(line, &request, &Cause::default(), &profile, SystemTime::UNIX_EPOCH);
        let rule = Reason::SameSiteNoneWithoutSecure;
        assert_eq!(received, Received::Refused { rule, certain: is_certain });
    }
}

#[test]
fn the_path_of_a_host_prefix_may_be_the_default_one_to_firefox_and_to_who_was_not_measured() {
    let request = Request::get("http://localhost/").unwrap();
    let typed = Cause { site: Site::User, way: Way::Page, ..Cause::default() };
    for (line, profile, expected) in [
        ("__Host-a=1; Secure", Profile::CHROMIUM, Some(true)),
        ("__Host-a=1; Secure", Profile::FIREFOX, None),
        ("__Host-a=1; Secure", Profile::SPECIFICATION, Some(false)),
        ("__Host-a=1; Secure; Path=x", Profile::SPECIFICATION, Some(false)),
        ("__Host-a=1; Secure; Path=/x", Profile::FIREFOX, Some(true)),
        ("__Host-a=1; Secure; Path=/x", Profile::SPECIFICATION, Some(true)),
    ] {
        let line = line.as_bytes();
        let certain = match receive(line, &request, &typed, &profile, now()) {
            Received::Refused { certain, .. } => Some(certain),
            _ => None,
        };
        assert_eq!(certain, expected, "{} {:?}", shown(line), profile.family);
    }
}
