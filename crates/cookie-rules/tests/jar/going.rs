//! How cookies leave the jar, and what it remembers of them.

use super::*;

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
fn a_full_jar_drops_insecure_cookies_first_then_those_unused_for_longest() {
    let limits = Limits { per_site: 3, left_of_site: 3, total: 10, gone: 2, ..Limits::BROWSERS };
    let mut jar = Jar::new().with_profile(Profile { limits, ..Profile::CHROMIUM });
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
        jar.store(b"x=1", &get(&format!("https://host{index}.test/")), now() + seconds(20));
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
fn one_cookie_too_many_of_a_site_leaves_the_latest_150() {
    let mut jar = Jar::new();
    for index in 0..300 {
        let host = if index % 2 == 0 { "app" } else { "evil" };
        let at = get(&format!("http://{host}.crumbs.localhost/"));
        jar.store(format!("c{index}=1").as_bytes(), &at, now() + seconds(index));
        let expected = if index < 180 { index + 1 } else { 150 + (index - 180) % 31 };
        assert_eq!(jar.len() as u64, expected, "{index}");
    }
    assert_eq!(jar.len(), 176);
    assert_eq!(jar.cookies().next().unwrap().name, b"c124");
}
