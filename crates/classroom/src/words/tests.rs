//! Every fact has words, in every language.

use std::time::UNIX_EPOCH;

use cookie_rules::{Cookie, Family, HostPrefixFault, Receipt, Site};

use super::{
    en::{English, LABELS, condition, remark},
    *,
};
use crate::wire::facts::{By, KnownBy};

#[test]
fn a_time_is_told_to_the_nearest_unit() {
    let told = |seconds| LABELS.span(Duration::from_secs(seconds));
    let days = 24 * 60 * 60;
    assert_eq!(told(30 * days - 60), "30 days");
    assert_eq!(told(29 * days + days / 3), "29 days");
    assert_eq!([told(119), told(120), told(30 * 60 - 1)], ["119 s", "2 min", "30 min"]);
}

fn receipt() -> Receipt {
    let cookie = Cookie {
        name: b"cart".to_vec(),
        value: b"1".to_vec(),
        domain: "localhost".to_owned(),
        host_only: true,
        path: "/shop".to_owned(),
        creation: UNIX_EPOCH,
        last_access: UNIX_EPOCH,
        expiry: None,
        secure: false,
        http_only: false,
        partitioned: false,
        same_site: SameSite::Default,
    };
    Receipt { cookie, notes: Vec::new() }
}

fn reasons() -> Vec<Reason> {
    let (cookie_path, request_path) = ("/shop".to_owned(), "/shopping".to_owned());
    let (domain, host) = ("a.localhost".to_owned(), "b.localhost".to_owned());
    let (name, value) = (b"__Host-a".to_vec(), b"1".to_vec());
    let ago = Duration::from_secs(3);
    let same_sites = [SameSite::Strict, SameSite::Lax, SameSite::None, SameSite::Default];
    let prefix = |fault| Reason::HostPrefix { name: name.clone(), fault };
    let delete_other_domain = |asked_host_only| Reason::DeleteOtherDomain {
        name: name.clone(),
        asked: domain.clone(),
        asked_host_only,
        stored: host.clone(),
        stored_host_only: !asked_host_only,
    };
    let mut reasons = vec![
        Reason::Path { cookie_path, request_path },
        Reason::HostOnly { domain: domain.clone(), host: host.clone() },
        Reason::OtherDomain { domain: domain.clone(), host: host.clone() },
        Reason::SecureOnly { host: host.clone() },
        Reason::HttpOnly,
        Reason::SameSiteStrict,
        Reason::StorageDenied,
        Reason::ThirdPartyBlocked,
        Reason::ThirdPartyRejected,
        Reason::ThirdPartyAllowed,
        Reason::Partitioned,
        Reason::PartitionedWithoutSecure,
        Reason::CredentialsOmitted,
        Reason::Preflight,
        Reason::Expired { at: UNIX_EPOCH, ago },
        Reason::Deleted { by: "/logout".to_owned(), ago },
        Reason::Evicted { limit: 180, ago },
        Reason::Removed { ago },
        Reason::SessionEnded { ago },
        Reason::LaxAllowingUnsafe { age: ago },
        Reason::DeleteOtherPath {
            name: name.clone(),
            asked: "/".to_owned(),
            stored: "/a".to_owned(),
        },
        delete_other_domain(true),
        delete_other_domain(false),
        Reason::DeleteUnknown { name: name.clone() },
        Reason::ControlCharacter { byte: 7, position: 3 },
        Reason::TooLarge { size: 5000 },
        Reason::Empty,
        Reason::Nameless { value: value.clone(), family: Family::Firefox },
        Reason::Nameless { value: value.clone(), family: Family::Chromium },
        Reason::InnerTab { family: Family::Firefox },
        Reason::InnerTab { family: Family::Chromium },
        Reason::OddDate { value: value.clone() },
        Reason::DomainNotAscii { domain: "é".into() },
        Reason::PublicSuffix { domain: domain.clone() },
        Reason::DomainMismatch { domain: domain.clone(), host: host.clone() },
        Reason::SecureFromInsecure { host },
        Reason::HttpOnlyFromScript,
        Reason::HttpOnlyOverwrite,
        Reason::SecureOverlay { path: "/".to_owned(), domain },
        Reason::SecurePrefix { name: name.clone() },
        Reason::NamelessPrefix { value },
        Reason::HttpPrefix { name: name.clone() },
        Reason::SameSiteNoneWithoutSecure,
        prefix(HostPrefixFault::HasDomain),
        prefix(HostPrefixFault::PathNotRoot),
        prefix(HostPrefixFault::NotSecure),
    ];
    for same_site in same_sites {
        reasons.push(Reason::SameSiteLax { same_site });
        reasons.push(Reason::SameSiteLaxMethod { same_site, method: "POST".to_owned() });
        reasons.push(Reason::SameSiteCrossSiteResponse { same_site });
        reasons.push(Reason::SameSiteUnknown { same_site });
    }
    reasons
}

fn notes() -> Vec<Note> {
    let (host, value) = ("a.localhost".to_owned(), b"1".to_vec());
    vec![
        Note::UnknownAttribute { name: value.clone() },
        Note::AttributeTooLong { name: value.clone(), size: 2000 },
        Note::BadExpires { value: value.clone() },
        Note::BadMaxAge { value: value.clone() },
        Note::BadPath { value: value.clone() },
        Note::BadSameSite { value: value.clone() },
        Note::Nameless { value },
        Note::MaxAgeOverExpires,
        Note::More { count: 3 },
        Note::DefaultPath { path: "/".to_owned(), from: "/a".to_owned() },
        Note::HostOnly { host: host.clone() },
        Note::DomainIsHost { host },
        Note::Session,
        Note::Persistent { until: UNIX_EPOCH },
        Note::Capped { until: UNIX_EPOCH },
        Note::SameSiteDefault,
    ]
}

fn clients() -> Vec<Client> {
    let ways = [
        KnownBy::Nothing,
        KnownBy::Id,
        KnownBy::Connection,
        KnownBy::Location,
        KnownBy::LongValue,
        KnownBy::Fit,
    ];
    let programs =
        [Program::Chromium, Program::Firefox, Program::WebKit, Program::Curl, Program::Other];
    let clients = ways.into_iter().flat_map(|known_by| {
        programs.map(|program| Client { program, nth: Some(1), jar: Some(1), known_by })
    });
    clients.collect()
}

fn absences() -> Vec<Why> {
    let mut all = vec![Why::Missing, Why::UnderWay];
    for reason in reasons() {
        all.push(Why::HeldBack(reason.clone()));
        all.push(Why::MayBeHeldBack(reason.clone()));
        all.push(Why::Ended { reason, news: true });
    }
    all
}

fn comings() -> Vec<How> {
    let mut all = vec![
        How::UnderWay,
        How::NotSetHere,
        How::Alike,
        How::BrowserId,
        How::OtherValue { was: b"2".to_vec() },
        How::AsSet { path: "/".to_owned(), might_have_stayed: None },
    ];
    for rule in reasons() {
        all.push(How::AsSet { path: "/".to_owned(), might_have_stayed: Some(rule.clone()) });
        all.push(How::AgainstRules { rule });
    }
    all
}

/// What says more than its lead.
fn outcomes() -> Vec<SetOutcome> {
    let mut all = vec![SetOutcome::NoHost, SetOutcome::Elsewhere(receipt())];
    all.push(SetOutcome::AsksToDelete { receipt: receipt(), came: true });
    for rule in reasons() {
        all.push(SetOutcome::Refused { rule: rule.clone(), certain: true });
        all.push(SetOutcome::Refused { rule: rule.clone(), certain: false });
        all.push(SetOutcome::OtherCookie { receipt: receipt(), rule });
    }
    all
}

/// Every fact that has a sentence, with it.
fn everything(words: &dyn Words) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |fact: String, said: String| all.push((fact, said));
    for why in absences() {
        assert!(!words.absent_lead(&why).is_empty());
        add(format!("{why:?}"), words.why(&why));
    }
    for how in comings() {
        add(format!("{how:?}"), words.how(&how, &shown));
    }
    for outcome in outcomes() {
        assert!(!words.set_lead(&outcome).is_empty());
        add(format!("{outcome:?}"), words.outcome(&outcome));
    }
    for client in clients() {
        add(format!("{client:?}"), words.known_by(&client));
        add(format!("{client:?}"), words.rules(&client));
        for note in notes() {
            add(format!("{note:?}"), words.ignored(&note, client.program));
        }
    }
    all
}

#[test]
fn every_fact_has_a_sentence_and_none_blames_anybody() {
    for (fact, said) in everything(&English) {
        assert!(said.ends_with(['.', ')']) && said.len() > 10, "{fact}: {said:?}");
        assert!(
            said.starts_with(|first: char| !first.is_lowercase()) || said.starts_with("curl"),
            "{said}"
        );
        for word in ["somebody", "attack", "wrong", "fault", "mistake", "blame", "you", "your"] {
            assert!(
                !said
                    .split(|part: char| !part.is_alphabetic())
                    .any(|part| part.eq_ignore_ascii_case(word)),
                "{fact} has {word:?}: {said}"
            );
        }
        for word in ["Withheld", "Rejected"] {
            assert!(!said.contains(word), "{fact} has {word:?}: {said}");
        }
        assert_eq!(said.matches('`').count() % 2, 0, "{said}");
    }
}

#[test]
fn what_is_not_certain_is_not_said_as_if_it_were() {
    let certain = |said: &str| {
        !["may", "if ", "where ", "can't know"].iter().any(|hedge| said.contains(hedge))
    };
    assert!(!certain(&English.why(&Why::Missing)));
    assert!(!certain(&English.why(&Why::UnderWay)));
    assert!(!certain(&English.how(&How::UnderWay, &shown)));
    assert!(!certain(&English.how(&How::NotSetHere, &shown)));
    assert!(!certain(&English.how(&How::OtherValue { was: b"2".to_vec() }, &shown)));
    // This run set the very pair: nobody else is named for it.
    assert!(!remark(&How::Alike, KnownBy::Id).contains("another server"));
    assert!(!certain(
        &English.outcome(&SetOutcome::AsksToDelete { receipt: receipt(), came: false })
    ));
    for reason in
        reasons().into_iter().filter(|reason| format!("{reason:?}").starts_with("SameSite"))
    {
        // What a request can be held back for.
        let is_certain = matches!(
            reason,
            Reason::SameSiteNoneWithoutSecure
                | Reason::SameSiteCrossSiteResponse { .. }
                | Reason::SameSiteUnknown { .. }
        );
        assert!(is_certain || !certain(&condition(&reason)), "{}", condition(&reason));
    }
}

#[test]
fn sentences_read_so() {
    let held = |reason: &Reason| English.why(&Why::HeldBack(reason.clone()));
    let prefix =
        Reason::HostPrefix { name: b"__Host-a".to_vec(), fault: HostPrefixFault::NotSecure };
    assert_eq!(held(&reasons()[0]), "Its path is `/shop`, and `/shopping` is not below it.");
    assert_eq!(
        held(&Reason::SameSiteStrict),
        "It is `SameSite=Strict`, and another site caused this request."
    );
    assert_eq!(
        English.outcome(&SetOutcome::Refused { rule: prefix, certain: true }),
        "The name `__Host-a` starts with `__Host-`, but the cookie is not `Secure`."
    );
    let caused = |by, from, origin: Option<&str>| {
        let origin = origin.map(str::to_owned);
        English.cause(&Caused { by, from, origin, storage_denied: false }, false)
    };
    assert_eq!(caused(By::User, Site::User, None), "typed, a bookmark, or a reload");
    assert_eq!(caused(By::Navigation, Site::SameOrigin, None), "from a page of this host");
    assert_eq!(
        caused(By::Form, Site::CrossSite, Some("http://mallory.localhost:3004")),
        "a form of `mallory.localhost:3004` (another site)"
    );
    assert_eq!(caused(By::Untold, Site::Untold, None), "");
    let now = UNIX_EPOCH + Duration::from_secs(100);
    assert_eq!(English.life(None, now), "until the browser closes");
    assert_eq!(English.life(Some(now + Duration::from_secs(9)), now), "9 s left");
    assert_eq!(English.life(Some(now), now), "its time is over");
}

#[test]
fn a_span_is_told_in_its_largest_unit() {
    for (seconds, told) in
        [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (172_800, "2 days")]
    {
        assert_eq!(LABELS.span(Duration::from_secs(seconds)), told);
    }
}
