//! Properties: whatever comes over the wire, nothing panics, everything stays bounded, and what is sent may be sent.
//!
//! `PROPTEST_CASES=20000 cargo test --release -p cookie-rules --test properties` looks harder.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use cookie_rules::*;
use proptest::prelude::*;
use std::time::{Duration, SystemTime};

/// Bytes of any kind, and lines that look like cookies more often than chance would have it.
fn line() -> impl Strategy<Value = Vec<u8>> {
    let attribute = prop_oneof![
        Just("; Path=/".to_owned()),
        "; [Pp]ath=(/[a-c]?){0,3}",
        "; [Dd]omain=\\.?(www\\.)?(example\\.org|localhost|127\\.0\\.0\\.1|org)?",
        "; Max-Age=-?[0-9]{0,3}",
        "; Expires=[A-Za-z0-9:, -]{0,40}",
        "; (Secure|HttpOnly|SameSite=(Lax|Strict|None|x)?)",
        "; \\PC{0,12}",
    ];
    let cookie =
        ("(__Host-|__Secure-)?[a-c]{0,2}=?[ -~]{0,8}", prop::collection::vec(attribute, 0..5));
    prop_oneof![
        1 => prop::collection::vec(any::<u8>(), 0..200),
        4 => cookie.prop_map(|(pair, attributes)| (pair + &attributes.concat()).into_bytes()),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    use SameSiteContext::*;
    let url = "https?://(localhost|127\\.0\\.0\\.1|\\[::1\\]|(www\\.)?example\\.org)(:[0-9]{1,4})?(/[a-c]{0,2}){0,3}";
    let context = prop::sample::select(vec![
        SameSite,
        CrossSiteNavigation,
        CrossSiteUnsafeNavigation,
        CrossSite,
        Unknown,
    ]);
    let method = prop::sample::select(vec!["GET", "POST"]);
    let api = prop::sample::select(vec![Api::Http, Api::Script]);
    (url, context, method, api).prop_map(|(url, context, method, api)| {
        Request::new(method, &url).unwrap().with_same_site(context).with_api(api)
    })
}

fn family() -> impl Strategy<Value = Family> {
    prop::sample::select(vec![Family::Specification, Family::Chromium, Family::Firefox])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_taken_apart_within_bounds(line in prop::collection::vec(any::<u8>(), 0..6000), family in family()) {
        let parsed = SetCookie::parse(&line, family);
        prop_assert!(parsed.notes.len() <= MAX_NOTES + 1);
        prop_assert!(parsed.dropped.is_some() || parsed.name.len() + parsed.value.len() <= MAX_NAME_AND_VALUE);
        prop_assert!(parsed.path.is_none_or(|path| path.len() <= MAX_ATTRIBUTE_VALUE));
        for note in &parsed.notes {
            prop_assert!(note.to_string().chars().count() < 1000);
        }
    }

    #[test]
    fn any_bytes_are_a_date_or_none(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = cookie_date(&bytes);
    }

    #[test]
    fn a_text_of_date_parts_is_written_as_it_is_read(text in "[0-9]{1,3}[ -](Jan|feb|31|x)[ -][0-9]{1,5} [0-9]{1,2}:[0-9]{1,3}:[0-9]{1,2}") {
        if let Some(date) = cookie_date(text.as_bytes()) {
            prop_assert_eq!(cookie_date(http_date(date).as_bytes()), Some(date));
        }
    }

    #[test]
    fn any_text_is_a_url_or_an_error(url in "(https?://)?\\PC{0,60}", reference in "\\PC{0,30}") {
        match Request::get(&url) {
            Ok(request) => {
                prop_assert!(request.path().starts_with('/') && request.path().is_ascii());
                prop_assert!(!request.host().is_empty());
                if let Ok(next) = request.at(&reference) {
                    prop_assert!(next.path().starts_with('/'));
                }
                let again = Request::get(&format!("http://localhost{}", request.path())).unwrap();
                prop_assert_eq!(again.path(), request.path(), "a path stays what it is");
            }
            Err(error) => prop_assert!(error.to_string().chars().count() < 200),
        }
    }

    #[test]
    fn any_instant_is_written(seconds in any::<u64>(), before in any::<bool>()) {
        let distance = Duration::from_secs(seconds);
        let epoch = SystemTime::UNIX_EPOCH;
        if let Some(instant) = if before { epoch.checked_sub(distance) } else { epoch.checked_add(distance) } {
            prop_assert!(http_date(instant).ends_with(" GMT"));
        }
    }

    #[test]
    fn what_is_shown_is_short_and_has_no_control_characters(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let shown = shown(&bytes);
        prop_assert!(!shown.chars().any(char::is_control));
        prop_assert!(shown.chars().count() <= 61 * 10);
    }

    #[test]
    fn a_path_match_is_a_prefix_that_ends_at_a_slash(cookie in "(/[ab]?){0,3}", request in "(/[ab]?){0,4}") {
        let segments = |path: &str| path.trim_end_matches('/').to_owned() + "/";
        let expected = request == cookie
            || (request.starts_with(&cookie) && (cookie.ends_with('/') || request.starts_with(&(cookie.clone() + "/"))));
        prop_assert_eq!(path_match(&cookie, &request), expected);
        if path_match(&cookie, &request) {
            prop_assert!(segments(&request).starts_with(&segments(&cookie)) || cookie.ends_with('/'));
        }
        prop_assert!(request.is_empty() || path_match(default_path(&request), &request));
    }

    #[test]
    fn a_jar_and_a_server_read_a_line_alike(line in line(), family in family()) {
        let profile = Profile::of(family);
        let request = Request::get("http://localhost/a/b").unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_700_000_000_250);
        let cause = Cause { site: Site::SameOrigin, way: Way::Page, ..Cause::default() };
        let stored = Jar::new().with_profile(profile).store(&line, &request, now);
        match receive(&line, &request, &cause, &profile, now) {
            Received::Kept(receipt) => {
                prop_assert_eq!(stored, Stored::Stored(receipt.clone()));
                let expected = expect(&receipt.cookie, &request, &cause, &profile, now..=now);
                let sent = path_match(&receipt.cookie.path, request.path());
                prop_assert_eq!(expected == Expected::Comes, sent && (family != Family::Specification || !receipt.cookie.secure));
            }
            Received::Ends(receipt) => prop_assert!(matches!(stored, Stored::DeletedNothing(other, _) if other == receipt)),
            Received::Refused { rule, certain: true } => prop_assert_eq!(stored, Stored::Rejected(rule)),
            Received::Refused { rule, certain: false } => prop_assert!(family != Family::Chromium, "{}", rule),
            Received::Elsewhere(_) => prop_assert!(false),
        }
    }

    #[test]
    fn what_is_sent_may_be_sent(
        steps in prop::collection::vec((line(), request(), 0_u64..400), 1..25),
        family in family(),
    ) {
        let limits = Limits { per_site: 4, left_of_site: 3, total: 9, gone: 5, ..Limits::BROWSERS };
        let mut jar = Jar::new().with_profile(Profile { limits, ..Profile::of(family) });
        let mut now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for (line, request, wait) in steps {
            now += Duration::from_secs(wait);
            let stored = jar.store(&line, &request, now);
            prop_assert!(stored.to_string().chars().count() < 2000);
            if let Some(reason) = stored.reason() {
                prop_assert!(!reason.section().is_empty());
            }
            if let Some(receipt) = stored.receipt() {
                prop_assert!(receipt.cookie.expiry.is_none_or(|expiry| expiry <= now + AGE_LIMIT));
                prop_assert!(domain_match(request.host(), &receipt.cookie.domain));
            }
            prop_assert!(jar.len() <= limits.total && jar.gone().count() <= limits.gone);
            let kept: Vec<_> = jar.cookies().collect();
            for (index, cookie) in kept.iter().enumerate() {
                prop_assert!(!kept[..index].iter().any(|other| other.is_same_as(cookie)), "one of a kind");
            }

            let predicted = jar.predict(&request, now);
            let decided = jar.decide(&request, now);
            let outcomes = |decisions: &[Decision]| decisions.iter().map(|decision| decision.outcome.clone()).collect::<Vec<_>>();
            prop_assert_eq!(outcomes(&predicted), outcomes(&decided));
            let mut last: Option<&Cookie> = None;
            for decision in &decided {
                let cookie = &decision.cookie;
                if decision.outcome != Outcome::Sent {
                    prop_assert!(decision.outcome.to_string().chars().count() < 2000);
                    continue;
                }
                prop_assert!(path_match(&cookie.path, request.path()));
                let host_matches = if cookie.host_only { request.host() == cookie.domain } else { domain_match(request.host(), &cookie.domain) };
                prop_assert!(host_matches);
                prop_assert!(!cookie.is_expired(now));
                prop_assert!(!cookie.secure || request.is_secure());
                prop_assert!(!cookie.http_only || request.api() == Api::Http);
                prop_assert!(cookie.same_site != SameSite::Strict || matches!(request.same_site(), SameSiteContext::SameSite | SameSiteContext::Unknown));
                if let Some(last) = last {
                    let order = (std::cmp::Reverse(last.path.len()), last.creation) <= (std::cmp::Reverse(cookie.path.len()), cookie.creation);
                    prop_assert!(order, "longer paths first, then older cookies");
                }
                last = Some(cookie);
            }
        }
    }
}
