//! Which cookies a request carries, and what keeps the others back.

use super::*;

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
fn a_cookie_set_anew_keeps_its_place_and_loses_it_in_chromium_unless_the_value_stays() {
    let lines = ["a=1; Path=/", "b=1; Path=/", "c=1; Path=/", "a=2; Path=/", "b=1; Path=/"];
    for (profile, sent) in [
        (Profile::SPECIFICATION, "a=2; b=1; c=1"),
        (Profile::FIREFOX, "a=2; b=1; c=1"),
        (Profile::CHROMIUM, "b=1; c=1; a=2"),
    ] {
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
        "Held back: the cookie is `Secure`, and the connection to `example.org` has no TLS."
    );
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
fn a_cookie_of_another_host_is_withheld_with_both_hosts_named() {
    let jar = jar("http://localhost:3004/", &["a=1"]);
    let reason = withheld(&jar, &get("http://127.0.0.1:3004/")).unwrap();
    assert_eq!(
        reason.to_string(),
        "Held back: the cookie belongs to the host `localhost` alone, and this request goes to `127.0.0.1`."
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
