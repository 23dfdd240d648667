//! Every fact has words, in every language.

use std::{collections::BTreeSet, time::UNIX_EPOCH};

use cookie_rules::{Cookie, Family, HostPrefixFault, Receipt, Site, http_date};

use super::{
    en::{English, LABELS, condition, remark},
    zh::Chinese,
    *,
};
use crate::facts::{By, KnownBy, Status};

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
        KnownBy::Recognised,
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
        How::AlikeDeleted { by: 7 },
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
        add(format!("{client:?}"), words.known_by(&client, &words.client(&client)));
        add(format!("{client:?}"), words.rules(&client));
        for note in notes() {
            add(format!("{note:?}"), words.ignored(&note, client.program));
        }
    }
    all
}

/// Whatever else is said of facts, as `fact`, and what is said of it.
fn pieces(words: &dyn Words) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |fact: String, said: &str| all.push((fact, said.to_owned()));
    for why in absences() {
        add(format!("{why:?}"), words.absent_lead(&why));
    }
    for reason in reasons() {
        add(format!("{reason:?}"), words.in_a_word(&reason));
    }
    for how in comings() {
        add(format!("{how:?}"), words.came_tag(&how));
    }
    for outcome in outcomes() {
        add(format!("{outcome:?}"), words.set_lead(&outcome));
    }
    let ways = [
        By::Untold,
        By::User,
        By::Ahead,
        By::Navigation,
        By::Form,
        By::Frame,
        By::Download,
        By::Script,
        By::Preflight,
        By::Subresource,
    ];
    let sites = [Site::Untold, Site::User, Site::SameOrigin, Site::SameSite, Site::CrossSite];
    for (by, from) in ways.into_iter().flat_map(|by| sites.map(|from| (by, from))) {
        for (named, storage_denied) in [(true, false), (false, false), (false, true)] {
            let origin = named.then(|| "http://a.localhost:3004".to_owned());
            let caused = Caused { by, from, origin, storage_denied };
            for follows in [true, false] {
                add(format!("{caused:?} {follows}"), &words.cause(&caused, follows));
            }
        }
    }
    let (http_only, secure, now) = (true, true, UNIX_EPOCH);
    for same_site in [SameSite::Strict, SameSite::Lax, SameSite::None, SameSite::Default] {
        let path = "/".to_owned();
        let set = Attributes {
            host_only: true,
            path,
            created: now,
            expiry: None,
            secure,
            http_only,
            same_site,
        };
        for program in [Program::Chromium, Program::Firefox] {
            for lock in words.locks(&set, program) {
                add(format!("{set:?}"), lock);
            }
        }
    }
    let statuses = [
        Status::Held,
        Status::Missing { since: 7 },
        Status::AskedToDelete { by: 7 },
        Status::Deleted { by: 7 },
        Status::Left,
    ];
    for (status, altered, under_way) in statuses.into_iter().flat_map(|status| {
        [(false, false), (true, false), (false, true), (true, true)]
            .map(|(altered, under_way)| (status, altered, under_way))
    }) {
        let known = Known {
            name: b"a".to_vec(),
            value: b"1".to_vec(),
            domain: "localhost".to_owned(),
            set: None,
            http_only,
            ours: true,
            altered,
            under_way,
            alike: altered,
            unproven: !altered && !under_way,
            status,
            order: 1,
        };
        add(format!("{known:?}"), &words.status(&known));
    }
    for client in clients() {
        add(format!("{client:?}"), &words.jar_of(&client, None));
        add(format!("{client:?} then"), &words.jar_of(&client, Some(3)));
    }
    for (alone, ids, count) in [true, false]
        .into_iter()
        .flat_map(|alone| [(alone, 0, 0), (alone, 1, 0), (alone, 0, 2), (alone, 1, 2)])
    {
        add(format!("others {alone} {ids} {count}"), &words.others(alone, ids, count));
        let names = ["a".to_owned(), "b".to_owned()];
        let came = &names[..if alone { 0 } else { 2 }];
        let others = &words.others(alone, ids, count);
        let (held, set) = if count > 0 { (came, came) } else { (&names[..0], &names[..0]) };
        let heard =
            Heard { who: "curl", method: &Method::GET, target: "/", came, others, held, set };
        add(format!("heard {alone} {ids} {count}"), &words.summary(&heard));
    }
    let later = now + Duration::from_secs(1);
    for (fact, life) in [(None, None), (Some(later), Some(now)), (Some(now), Some(later))]
        .into_iter()
        .enumerate()
        .map(|(fact, (expiry, at))| (fact, words.life(expiry, at.unwrap_or(now))))
    {
        add(format!("life {fact}"), &life);
    }
    for status in [400, 403, 404, 405, 413, 415, 422, 500, 503] {
        let status = StatusCode::from_u16(status).unwrap_or_default();
        add(format!("{status}"), words.advice(status, false));
        add(format!("{status} bare"), words.advice(status, true));
    }
    let one_by_one = [
        words.not_set_here(2),
        words.ids(1),
        words.not_kept(2),
        words.side(2),
        words.goes_on(b"/"),
        words.body(Some(3), true),
        words.body(None, true),
        words.body(Some(3), false),
        words.body(None, false),
        words.this_browser("curl"),
        words.place(1, 2),
        words.path("/"),
        words.path("/shop"),
        words.hosts("localhost", Some(false)),
        words.bounds(300, 200),
        words.question("", &Method::GET, "/", ""),
        words.question("Chromium 1?", &Method::GET, "/", "`x`"),
        words.score(1, 2),
        words.guessed(3, &[]),
        words.guessed(3, &[("a".to_owned(), true), ("b".to_owned(), false)]),
        words.exchange(1),
        words.when(UNIX_EPOCH, Duration::from_secs(1)),
        words.curl_note(false, true, true, true),
        words.left_out(3),
        words.other_host(b"example.org"),
        words.at_home("http://localhost/", "http://127.0.0.1/"),
        words.no_documents(Path::new(""), &io::Error::other("")),
        words.lesson(2, "", Some("")),
        words.lesson(2, "exercise ", None),
    ];
    for (fact, said) in one_by_one.iter().enumerate() {
        add(format!("one by one {fact}"), said);
    }
    all
}

/// The labels, as they stand in their own `Debug`: name and text.
fn labels(words: &dyn Words) -> Vec<(String, String)> {
    let text = format!("{:#?}", words.labels());
    let mut all: Vec<(String, String)> = Vec::new();
    for line in text.lines().skip(1).map(|line| line.trim().trim_end_matches(',')) {
        match line.split_once(": ") {
            Some((name, text)) => all.push((name.to_owned(), text.to_owned())),
            None => all.extend(all.last().map(|(name, _)| (name.clone(), line.to_owned()))),
        }
    }
    let text = |text: &str| {
        text.trim_matches(['"', '[', ']', '}'])
            .replace("<code>", "`")
            .replace("</code>", "`")
            .replace("\\\"", "\"")
            .replace("\\n", "")
    };
    all.into_iter().map(|(name, said)| (name, text(&said))).collect()
}

/// Words of other languages that Chinese has, too.
const NAMES: [&str; 39] = [
    "ASCII",
    "Allow",
    "Chromium",
    "Content-Type",
    "Domain",
    "Expires",
    "FIELDS",
    "Firefox",
    "GET",
    "Max-Age",
    "PASSWORD",
    "Path",
    "PowerShell",
    "RFC",
    "Safari",
    "SameSite",
    "Set-Cookie",
    "TLS",
    "WebKit",
    "a",
    "app",
    "application",
    "b",
    "bis",
    "bug",
    "cmd",
    "cookie",
    "curl",
    "d",
    "http",
    "https",
    "id",
    "localhost",
    "org",
    "panic",
    "sh",
    "x-www-form-urlencoded",
    "tracking-prevention",
    "webkit",
];

#[test]
fn chinese_has_words_for_every_fact_that_english_has_words_for() {
    let (english, chinese): (&dyn Words, &dyn Words) = (&English, &Chinese);
    let all = |words| [everything(words), pieces(words), labels(words)].concat();
    let (english, chinese) = (all(english), all(chinese));
    assert_eq!(english.len(), chinese.len());
    let is_han = |character| matches!(character, '\u{4e00}'..='\u{9fff}');
    for ((fact, said), (same, in_chinese)) in english.into_iter().zip(chinese) {
        assert_eq!(fact, same);
        // What goes without saying does so in both.
        let goes_without = said.is_empty() || fact == "gap";
        assert_eq!(goes_without, in_chinese.is_empty(), "{fact}: {said:?} {in_chinese:?}");
        assert_eq!(said.matches('*').count(), in_chinese.matches('*').count(), "{fact}");
        let is_name = ["Secure", "SameSite"].contains(&&*said)
            || ["language", "gap", "stop", "colon"].contains(&&*fact);
        let without_code: String = in_chinese.split('`').step_by(2).collect();
        let without_code = without_code.replace(&http_date(UNIX_EPOCH), "");
        assert!(
            is_name || said.is_empty() || without_code.contains(is_han),
            "{fact}: {in_chinese:?}"
        );
        for word in without_code.split(|part: char| !(part.is_ascii_alphabetic() || part == '-')) {
            let word = word.trim_matches('-');
            assert!(
                is_name || word.is_empty() || NAMES.contains(&word),
                "{fact} has {word:?}: {in_chinese}"
            );
        }
        assert_eq!(in_chinese.matches('`').count() % 2, 0, "{in_chinese}");
        // The same code, in whatever order.
        let code = |said: &str| -> BTreeSet<String> {
            said.split('`').skip(1).step_by(2).map(str::to_owned).collect()
        };
        // No line that deletes another cookie is a deletion that was.
        let is_real = !fact.contains("rule: Deleted");
        assert!(
            !is_real || code(&said).is_subset(&code(&in_chinese)),
            "{fact}: {said} {in_chinese}"
        );
    }
}

#[test]
fn a_chinese_sentence_ends_as_one_and_has_the_marks_of_chinese() {
    for (fact, said) in everything(&Chinese) {
        assert!(said.ends_with(['。', '）']), "{fact}: {said:?}");
        let prose: String = said.split('`').step_by(2).collect();
        let prose = prose.replace(&http_date(UNIX_EPOCH), "");
        for mark in [", ", "; ", ". ", "(", "!", "?"] {
            assert!(!prose.contains(mark), "{fact} has {mark:?}: {said}");
        }
    }
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
    assert_eq!(
        caused(By::User, Site::User, None),
        "typed, bookmark, another program, reload, or back"
    );
    assert_eq!(
        caused(By::Navigation, Site::SameOrigin, None),
        "from a page of this host, a reload, or back"
    );
    assert_eq!(
        caused(By::Form, Site::CrossSite, Some("http://mallory.localhost:3004")),
        "a form of `mallory.localhost:3004` (another site), or a reload"
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

#[test]
fn a_sentence_from_the_wire_is_escaped_and_its_code_marked() {
    assert_eq!(
        html("the path `/<b>` & \"x\""),
        "the path <code>/&lt;b&gt;</code> &amp; &quot;x&quot;"
    );
    assert_eq!(html("one ` alone"), "one <code> alone</code>");
}
