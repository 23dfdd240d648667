//! One scenario each: what really happens in browsers, and what may be said of it.

use super::{CHROMIUM, CURL, FIREFOX, Told, Window, World};
use cookie_rules::Reason;

use crate::model::facts::{Came, How, Known, KnownBy, Status, Why};

const LONG: &str = "0123456789abcdef0123456789abcdef";

#[test]
fn what_a_rule_holds_back_is_named_and_what_comes_is_as_set() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let told = window.get(&mut world, "/", "", &["cart=3; Path=/shop", "visits=1; Path=/"]);
    assert_eq!(told.set, ["Stored", "Stored"]);
    let told = window.get(&mut world, "/shopping", "visits=1", &["visits=2; Path=/"]);
    assert_eq!(
        (told.came, told.absent),
        (vec!["visits AsSet".into()], vec!["cart HeldBack Path".into()])
    );
    assert_eq!((told.known_by, told.set), (KnownBy::Connection, vec!["Replaced".into()]));
    let told = window.get(&mut world, "/shop", "cart=3; visits=2", &[]);
    assert_eq!(
        (told.came, told.absent.len()),
        (vec!["cart AsSet".into(), "visits AsSet".into()], 0)
    );
}

#[test]
fn after_a_restart_a_deletion_only_asks_until_a_request_comes_without_the_cookie() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let told = window.get(&mut world, "/me", "visits=5", &[]);
    assert_eq!(told.came, ["visits NotSetHere"]);
    let forget = ["visits=; Path=/; Max-Age=0"];
    let told = window.get(&mut world, "/me/forget", "visits=5", &forget);
    assert_eq!(told.set, ["AsksToDelete"]);
    // Another path tells nothing.
    assert!(window.get(&mut world, "/other", "", &[]).absent.is_empty());
    let told = window.get(&mut world, "/me/again", "", &[]);
    assert_eq!(told.absent, ["visits Ended Deleted"]);
    assert!(window.get(&mut world, "/me", "", &[]).absent.is_empty(), "told once");
}

#[test]
fn a_learned_cookie_is_never_missing_and_never_held_back() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    window.get(&mut world, "/", "visits=5; jupyter=x", &[]);
    for path in ["/", "/other", "/"] {
        assert!(window.get(&mut world, path, "", &[]).absent.is_empty());
    }
    let told = window.get(&mut world, "/", "visits=5", &["theme=dark; Path=/"]);
    assert_eq!(told.came, ["visits NotSetHere"]);
    let far = window.caused("cross-site", "navigate", "document");
    assert!(far.get(&mut world, "/", "theme=dark", &[]).absent.is_empty());
}

#[test]
fn a_request_in_flight_is_judged_by_every_state_of_its_window() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["visits=1; Path=/"]);
    world.wait(2.0);
    // Eight frames with a slow page; the browser has six connections, and fixed all eight headers now.
    let lanes: Vec<_> = std::iter::once(window.connection.clone())
        .chain((0..5).map(|_| crate::connection::Connection::new()))
        .collect();
    let fetch = window.caused("same-origin", "navigate", "iframe");
    let on = |lane: &crate::connection::Connection| {
        let mut on = fetch.beside();
        on.connection = lane.clone();
        on
    };
    let mut open: Vec<_> = lanes
        .iter()
        .enumerate()
        .map(|(n, lane)| on(lane).ask(&mut world, "GET", &format!("/slow?{n}"), "visits=1"))
        .collect();
    world.wait(2.5);
    for (number, lane) in lanes.iter().take(2).enumerate() {
        let mut first = open.remove(0);
        world.answer(&mut first, &[&format!("visits={}; Path=/", number + 2)], None);
        let late = on(lane).ask(&mut world, "GET", &format!("/slow?{}", number + 6), "visits=1");
        let told = Told::of(&late, &[]);
        assert_eq!(told.came, ["visits UnderWay"], "{told:?}");
        assert!(told.absent.is_empty());
        open.push(late);
    }
    world.wait(0.1);
    for (number, mut late) in open.into_iter().enumerate() {
        world.answer(&mut late, &[&format!("visits={}; Path=/", number + 4)], None);
    }
    // Which of them came last nobody knows; the next settled request shows it.
    let told = window.get(&mut world, "/", "visits=6", &[]);
    assert_eq!(told.came, ["visits AsSet"], "{told:?}");
    assert_eq!(window.get(&mut world, "/", "visits=6", &[]).came, ["visits AsSet"]);
}

#[test]
fn what_comes_a_moment_after_it_was_set_is_as_set_and_what_stays_is_held_back() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let mut open = window.ask(&mut world, "POST", "/cookies", "");
    world.answer(&mut open, &["cart=3; Path=/shop", "visits=1; Path=/"], None);
    world.wait(0.3);
    let open = window.ask(&mut world, "GET", "/shopping", "visits=1");
    let told = Told::of(&open, &[]);
    assert_eq!(
        (told.came, told.absent),
        (vec!["visits AsSet".into()], vec!["cart HeldBack Path".into()])
    );
    world.wait(0.3);
    let open = window.ask(&mut world, "GET", "/shop", "");
    assert_eq!(Told::of(&open, &[]).absent, ["cart UnderWay", "visits UnderWay"]);
}

#[test]
fn the_get_of_a_location_comes_after_the_answer_that_names_it() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let window = Window::of(agent);
        window.get(&mut world, "/", "", &["visits=1; Path=/"]);
        world.wait(2.0);
        let mut post = window.ask(&mut world, "POST", "/add", "visits=1");
        let set = ["cart=3; Path=/"];
        world.answer(&mut post, &set, Some("/"));
        world.wait(0.01);
        let other = window.beside();
        let get = other.ask(&mut world, "GET", "/", "visits=1; cart=3");
        assert_eq!(get.looked.follows, Some(world.number));
        let told = Told::of(&get, &[]);
        assert_eq!(told.came, ["visits AsSet", "cart AsSet"], "{agent} {told:?}");
        assert_eq!(told.known_by, KnownBy::Location);
        // The same again is not sent by that answer.
        assert_eq!(window.ask(&mut world, "GET", "/", "visits=1; cart=3").looked.follows, None);
    }
}

#[test]
fn a_redirect_through_another_site_is_told_by_the_family() {
    for (agent, absent) in [
        (CHROMIUM, "strict MayBeHeldBack SameSiteStrict"),
        (FIREFOX, "strict HeldBack SameSiteStrict"),
    ] {
        let mut world = World::new();
        let window = Window::of(agent);
        window.get(
            &mut world,
            "/",
            "",
            &["strict=1; Path=/; SameSite=Strict", "lax=1; Path=/; SameSite=Lax"],
        );
        let back = window.caused("cross-site", "navigate", "document");
        assert_eq!(back.get(&mut world, "/", "lax=1", &[]).absent, [absent], "{agent}");
    }
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["strict=1; Path=/; SameSite=Strict"]);
    let back = window.caused("cross-site", "navigate", "document");
    let told = back.get(&mut world, "/", "strict=1", &[]);
    assert_eq!((told.came, told.absent.len()), (vec!["strict AsSet".into()], 0));
}

#[test]
fn two_tabs_at_once_are_one_browser() {
    let mut world = World::new();
    let (one, two) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    let mut first = one.ask(&mut world, "GET", "/", "");
    let mut second = two.ask(&mut world, "GET", "/", "");
    world.answer(&mut first, &["visits=1; Path=/"], None);
    world.answer(&mut second, &["visits=1; Path=/", "theme=dark; Path=/"], None);
    let told = one.get(&mut world, "/", "visits=1; theme=dark", &["visits=2; Path=/"]);
    assert!(told.absent.is_empty(), "{told:?}");
    let told = two.get(&mut world, "/", "visits=2; theme=dark", &["visits=3; Path=/"]);
    assert_eq!(
        (told.jar, told.came),
        (first.looked.client.jar, vec!["visits AsSet".into(), "theme AsSet".into()])
    );
    let told = one.get(&mut world, "/", "theme=dark", &[]);
    assert_eq!(told.absent, ["visits Missing"]);
}

#[test]
fn two_browsers_that_open_at_once_are_not_told_of_each_others_cookies() {
    let mut world = World::new();
    let (one, two) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    let mut first = one.ask(&mut world, "GET", "/", "");
    let mut second = two.ask(&mut world, "GET", "/", "");
    world.answer(&mut first, &["visits=1; Path=/", "cart=1; Path=/shop"], None);
    world.answer(&mut second, &["visits=1; Path=/", "admin=1; Path=/admin"], None);
    let told = one.get(&mut world, "/", "visits=1", &["visits=2; Path=/"]);
    assert!(!told.absent.iter().any(|one| one.starts_with("admin HeldBack")), "{told:?}");
    let told = two.get(&mut world, "/", "visits=1", &["visits=2; Path=/"]);
    assert_eq!(told.absent, ["admin HeldBack Path"], "{told:?}");
    assert_ne!(told.came, ["visits OtherValue"]);
    assert_ne!(Some(told.jar), Some(first.looked.client.jar));
}

#[test]
fn calls_of_curl_push_no_browser_out() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["cart=3; Path=/shop"]);
    for _ in 0..65 {
        let told = Window::of(CURL).get(&mut world, "/", "", &["visits=1; Path=/"]);
        assert!(told.absent.is_empty() && told.known_by == KnownBy::Nothing, "{told:?}");
    }
    let told = window.get(&mut world, "/", "", &[]);
    assert_eq!(
        (told.known_by, told.absent),
        (KnownBy::Connection, vec!["cart HeldBack Path".into()])
    );
}

#[test]
fn an_id_deleted_by_hand_is_missing_and_the_browser_gets_another() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let (old, new) = (format!("workbench={LONG}"), format!("workbench={}", LONG.replace('0', "f")));
    let line = |id: &str| format!("{id}; Path=/; HttpOnly; SameSite=Lax");
    let told = window.get(&mut world, "/", "", &["cart=3; Path=/shop", &line(&old)]);
    let jar = told.jar;
    assert_eq!(window.get(&mut world, "/", &old, &[]).came, ["workbench BrowserId"]);
    let told = window.get(&mut world, "/", "", &["a=1; Path=/", &line(&new)]);
    assert_eq!(told.absent, ["cart HeldBack Path", "workbench Missing"]);
    let told = window.beside().get(&mut world, "/", &format!("{new}; a=1"), &[]);
    assert_eq!((told.jar, told.known_by), (jar, KnownBy::Id));
    assert_eq!(told.absent, ["cart HeldBack Path"]);
}

#[test]
fn seventy_lines_are_all_taken_in() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let lines: Vec<_> = (0..70).map(|n| format!("c{n}=1; Path=/")).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(window.get(&mut world, "/", "", &lines).set.len(), 64);
    let all: Vec<_> = (0..70).map(|n| format!("c{n}=1")).collect();
    let told = window.get(&mut world, "/", &all.join("; "), &["c69=; Path=/; Max-Age=0"]);
    assert!(told.came.iter().all(|came| came.ends_with(" AsSet")), "{told:?}");
    assert_eq!(told.set, ["Deleted"]);
}

#[test]
fn a_stolen_cookie_in_a_private_window_is_told_nothing_of_the_others() {
    let mut world = World::new();
    let (window, private) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    let session = format!("session={LONG}");
    window.get(
        &mut world,
        "/",
        "",
        &[&format!("{session}; Path=/"), "visits=1; Path=/", "cart=3; Path=/shop"],
    );
    for _ in 0..3 {
        let told = private.get(&mut world, "/", &session, &[]);
        assert!(told.absent.is_empty() && told.known_by != KnownBy::LongValue, "{told:?}");
        assert_eq!(told.came, ["session Alike"]);
        let told = window.get(&mut world, "/", &format!("{session}; visits=1"), &[]);
        assert_eq!(told.absent, ["cart HeldBack Path"], "{told:?}");
    }
    // Where the cookie is all that would come, the window looks like the browser: no rule is blamed for certain.
    let mut world = World::new();
    let (window, private) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    window.get(&mut world, "/", "", &[&format!("{session}; Path=/"), "cart=3; Path=/shop"]);
    let told = private.get(&mut world, "/", &session, &["theme=dark; Path=/"]);
    assert_eq!(told.absent, ["cart MayBeHeldBack Path"], "{told:?}");
    // What the window was given is no matter of the browser.
    let told = window.get(&mut world, "/", &session, &[]);
    assert!(!told.absent.iter().any(|one| one.starts_with("theme")), "{told:?}");
    let told = private.get(&mut world, "/", &format!("{session}; theme=dark"), &[]);
    assert!(!told.absent.iter().any(|one| one.contains("HeldBack")), "{told:?}");
}

#[test]
fn a_reopened_browser_is_known_by_what_it_kept() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    let remember = format!("remember={LONG}");
    let lines = [
        format!("{remember}; Path=/; Max-Age=9999"),
        "visits=1; Path=/".to_owned(),
        "cart=3; Path=/shop".to_owned(),
    ];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let jar = window.get(&mut world, "/", "", &lines).jar;
    drop(window);
    let window = Window::of(FIREFOX);
    let told = window.get(&mut world, "/", &remember, &[]);
    assert_eq!((told.jar, told.known_by), (jar, KnownBy::LongValue));
    assert!(told.absent.contains(&"visits Missing".to_owned()), "{told:?}");
}

#[test]
fn another_value_stays_another_value_until_this_server_sets_it() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["session=signed; Path=/"]);
    for _ in 0..3 {
        let told = window.get(&mut world, "/", "session=forged", &[]);
        assert_eq!(told.came, ["session OtherValue"]);
    }
    let told = window.get(&mut world, "/", "session=forged", &["session=new; Path=/"]);
    assert_eq!((told.came, told.set), (vec!["session OtherValue".into()], vec!["Replaced".into()]));
    assert_eq!(window.get(&mut world, "/", "session=new", &[]).came, ["session AsSet"]);
    // Its attributes may be others now, so nothing is said of it where it does not come.
    window.get(&mut world, "/", "session=forged", &[]);
    assert!(window.get(&mut world, "/", "", &[]).absent.is_empty());
}

#[test]
fn a_cookie_that_came_though_a_rule_was_to_keep_it_is_somebody_elses() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["cart=3; Path=/shop"]);
    for _ in 0..2 {
        let told = window.get(&mut world, "/", "cart=3", &[]);
        assert_eq!(
            (told.came, told.absent),
            (vec!["cart AgainstRules Path".into()], vec!["cart HeldBack Path".into()])
        );
    }
}

#[test]
fn time_is_over_where_it_was_over_in_the_whole_window() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["short=1; Path=/; Max-Age=10"]);
    world.wait(10.3);
    // At the edge it may have gone with its time or not, and either way nothing is wrong.
    let mut edge = window.ask(&mut world, "GET", "/", "");
    assert!(
        Told::of(&edge, &[]).absent.iter().all(|one| one != "short Missing"),
        "{:?}",
        edge.looked
    );
    world.answer(&mut edge, &[], None);
    world.wait(2.5);
    let told = window.get(&mut world, "/", "", &[]);
    assert_eq!(told.absent, ["short Ended Expired"]);
}

#[test]
fn what_ended_is_held_back_by_no_rule() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    window.get(&mut world, "/", "", &["short=1; Path=/shop; Max-Age=10"]);
    assert_eq!(window.get(&mut world, "/", "", &[]).absent, ["short HeldBack Path"]);
    world.wait(12.0);
    assert_eq!(window.get(&mut world, "/", "", &[]).absent, ["short Ended Expired"]);
}

#[test]
fn a_script_whose_request_brings_a_cookie_has_left_none_out() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["visits=1; Path=/", "theme=dark; Path=/"]);
    let script = window.caused("same-origin", "cors", "empty");
    let told = script.get(&mut world, "/", "visits=1", &["cart=3; Path=/shop"]);
    assert_eq!((told.absent, told.set), (vec!["theme Missing".into()], vec!["Stored".into()]));
    let told = script.get(&mut world, "/", "", &["cart=4; Path=/shop"]);
    assert_eq!(told.absent, ["visits MayBeHeldBack CredentialsOmitted", "cart HeldBack Path"]);
    assert_eq!(told.set, ["Refused CredentialsOmitted false"]);
}

#[test]
fn what_comes_where_storage_is_denied_is_learned_by_no_jar() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    window.get(&mut world, "/", "", &["open=1; Path=/; SameSite=None; Secure"]);
    world.wait(2.0);
    let frame = window.caused("cross-site", "navigate", "iframe");
    let denied = ["sec-fetch-storage-access: none"];
    let mut open = frame.ask_with(&mut world, "GET", "/", "open=2; part=1", &denied);
    let told = Told::of(&open, &[]);
    assert_eq!(
        (told.came, told.absent.len()),
        (vec!["open NotSetHere".into(), "part NotSetHere".into()], 0)
    );
    assert!(world.answer(&mut open, &[], None).1.is_empty(), "no jar changed");
    assert_eq!(window.get(&mut world, "/", "open=1", &[]).came, ["open AsSet"]);
}

#[test]
fn two_minutes_are_chromiums_and_have_an_edge() {
    let post = |agent, after: f64, cookie| {
        let mut world = World::new();
        let window = Window::of(agent);
        window.get(&mut world, "/", "", &["plain=1; Path=/"]);
        world.wait(after);
        let far = window.caused("cross-site", "navigate", "document");
        let origin = ["origin: http://mallory.localhost:3000"];
        let open = far.ask_with(&mut world, "POST", "/", cookie, &origin);
        Told::of(&open, &[])
    };
    assert_eq!(post(CHROMIUM, 60.0, "plain=1").came, ["plain AsSet"]);
    assert_eq!(post(CHROMIUM, 60.0, "").absent, ["plain Missing"]);
    for cookie in ["", "plain=1"] {
        let told = post(CHROMIUM, 120.5, cookie);
        assert!(
            told.absent.iter().all(|one| one == "plain MayBeHeldBack SameSiteLaxMethod"),
            "{told:?}"
        );
        assert!(told.came.iter().all(|one| one == "plain AsSet"), "{told:?}");
    }
    assert_eq!(post(CHROMIUM, 130.0, "").absent, ["plain HeldBack SameSiteLaxMethod"]);
    assert_eq!(post(FIREFOX, 130.0, "plain=1").came, ["plain AsSet"]);
}

#[test]
fn storage_access_denied_keeps_everything_and_a_jar_of_its_own_takes_it_in() {
    for agent in [CHROMIUM, FIREFOX] {
        for denied in ["none", "inactive"] {
            let mut world = World::new();
            let window = Window::of(agent);
            window.get(&mut world, "/", "", &["open=1; Path=/; SameSite=None; Secure"]);
            world.wait(2.0);
            let frame = window.caused("same-origin", "navigate", "iframe");
            let field = format!("sec-fetch-storage-access: {denied}");
            let mut open = frame.ask_with(&mut world, "GET", "/", "", &[&field]);
            assert!(open.looked.cause.storage_denied);
            let lines = [
                "open=2; Path=/; SameSite=None; Secure",
                "part=1; Path=/; SameSite=None; Secure; Partitioned",
            ];
            let (lines, _) = world.answer(&mut open, &lines, None);
            let told = Told::of(&open, &lines);
            assert_eq!(told.absent, ["open HeldBack StorageDenied"], "{agent}");
            assert_eq!(told.set[1], "Elsewhere");
            assert_ne!(told.set[0], "Replaced");
            assert_eq!(window.get(&mut world, "/", "open=1", &[]).came, ["open AsSet"]);
        }
    }
}

#[test]
fn a_preflight_has_no_cookies() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    window.get(&mut world, "/", "", &["open=1; Path=/; SameSite=None; Secure"]);
    world.wait(2.0);
    let script = window.caused("cross-site", "cors", "empty");
    let asks = ["access-control-request-method: PUT", "origin: http://mallory.localhost:3000"];
    let open = script.ask_with(&mut world, "OPTIONS", "/", "", &asks);
    assert_eq!(Told::of(&open, &[]).absent, ["open HeldBack Preflight"]);
}

#[test]
fn what_was_deleted_is_gone_since_then_though_it_is_deleted_again() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let window = Window::of(agent);
        let forget = ["theme=; Path=/; Max-Age=0"];
        window.get(&mut world, "/", "", &["theme=light; Path=/", "visits=1; Path=/"]);
        window.get(&mut world, "/forget", "theme=light; visits=1", &forget);
        let by = world.number;
        assert_eq!(window.get(&mut world, "/", "visits=1", &[]).absent, ["theme Ended Deleted"]);
        let told = window.get(&mut world, "/forget", "visits=1", &forget);
        assert_eq!(told.set, ["AsksToDelete"], "{agent}");
        world.wait(2.0);
        let open = window.ask(&mut world, "GET", "/", "visits=1");
        let [theme] = &open.looked.absent[..] else { panic!("{:?}", open.looked.absent) };
        assert!(matches!(theme.why, Why::Ended { news: false, .. }), "{agent}: {theme:?}");
        let jars = world.past.jars(None);
        let theme = jars[0].cookies.iter().find(|known| known.name == b"theme").unwrap();
        assert_eq!(theme.status, Status::Deleted { by }, "{agent}");
    }
}

#[test]
fn nobody_was_sent_by_an_answer_whose_cookies_he_does_not_bring() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let (window, other) = (Window::of(agent), Window::of(agent));
        let mut post = window.ask(&mut world, "POST", "/login", "");
        world.answer(&mut post, &["sid=7f3c; Path=/; HttpOnly"], Some("/"));
        let sent_by = Some(world.number);
        world.wait(0.9);
        // A script of another window, which has no cookies; then the one that was sent, over a new connection.
        assert_eq!(other.ask(&mut world, "GET", "/", "").looked.follows, None, "{agent}");
        // Nor was another tab's, which another page caused.
        let tab = window.beside();
        let referer = ["referer: http://localhost:3000/other"];
        let open = tab.ask_with(&mut world, "GET", "/", "sid=7f3c", &referer);
        assert_eq!(open.looked.follows, None, "{agent}");
        let get = window.beside().ask(&mut world, "GET", "/", "sid=7f3c");
        assert_eq!(get.looked.follows, sent_by, "{agent}");
        // What the user types, nothing sent.
        let form = window.caused("same-origin", "navigate", "document");
        let mut post = form.ask(&mut world, "POST", "/login", "sid=7f3c");
        world.answer(&mut post, &[], Some("/"));
        let typed = window.caused("none", "navigate", "document");
        assert_eq!(typed.ask(&mut world, "GET", "/", "sid=7f3c").looked.follows, None, "{agent}");
        assert!(form.ask(&mut world, "GET", "/", "sid=7f3c").looked.follows.is_some(), "{agent}");
        // Who follows a link takes longer: the answer may never have been read, as where a form is sent twice.
        let mut post = form.ask(&mut world, "POST", "/login", "sid=7f3c");
        world.answer(&mut post, &[], Some("/"));
        world.wait(1.3);
        assert_eq!(form.ask(&mut world, "GET", "/", "sid=7f3c").looked.follows, None, "{agent}");
        // Where there are no cookies at all, the connection tells.
        let mut world = World::new();
        let (window, other) = (Window::of(agent), Window::of(agent));
        let mut post = window.ask(&mut world, "POST", "/counter", "");
        world.answer(&mut post, &[], Some("/counter"));
        assert_eq!(other.ask(&mut world, "GET", "/counter", "").looked.follows, None, "{agent}");
        assert!(window.ask(&mut world, "GET", "/counter", "").looked.follows.is_some(), "{agent}");
        // Nor does a jar without a cookie tell anything.
        window.get(&mut world, "/", "", &["visits=1; Path=/"]);
        let mut post = window.ask(&mut world, "POST", "/forget", "visits=1");
        world.answer(&mut post, &["visits=; Path=/; Max-Age=0"], Some("/"));
        assert_eq!(other.ask(&mut world, "GET", "/", "").looked.follows, None, "{agent}");
    }
}

#[test]
fn what_was_missing_and_comes_is_what_came() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["visits=1; Path=/; Max-Age=60"]);
    assert_eq!(window.get(&mut world, "/", "", &[]).absent, ["visits Missing"]);
    assert!(window.get(&mut world, "/", "", &[]).absent.is_empty(), "it is not expected any more");
    // A script set it again, who knows with which path and for how long; or this window has a copy of the jar.
    for (value, how) in [("visits=1", "visits Alike"), ("visits=2", "visits NotSetHere")] {
        assert_eq!(window.get(&mut world, "/", value, &[]).came, [how]);
        let jars = world.past.jars(None);
        let [visits] = &jars[0].cookies[..] else { panic!("{jars:?}") };
        assert_eq!((visits.set.is_some(), visits.status), (false, Status::Held));
    }
    world.wait(60.0);
    assert!(window.get(&mut world, "/", "visits=2", &[]).absent.is_empty());
    assert!(window.get(&mut world, "/", "", &[]).absent.is_empty(), "nobody knows what it was");
    window.get(&mut world, "/", "", &["visits=3; Path=/"]);
    assert_eq!(window.get(&mut world, "/", "visits=3", &[]).came, ["visits AsSet"]);
}

#[test]
fn no_rule_speaks_against_what_may_be_another_cookie() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let url = |host: &str| format!("http://{host}:3000/");
    let (here, there) = (url("localhost"), url("mallory.localhost"));
    // One of this name on another host, and another value came.
    window.get(&mut world, &there, "", &["none=1; Path=/"]);
    assert_eq!(window.get(&mut world, &here, "none=7", &[]).came, ["none NotSetHere"]);
    // One that was missing here, and comes again.
    window.get(&mut world, &here, "", &["none=2; Path=/"]);
    assert_eq!(window.get(&mut world, &here, "", &[]).absent, ["none Missing"]);
    assert_eq!(window.get(&mut world, &here, "none=2", &[]).came, ["none Alike"]);
    // The other host's own value came here: somebody must have put it here.
    let told = window.get(&mut world, &here, "none=1", &[]);
    assert_eq!(told.came, ["none AgainstRules HostOnly"]);
}

#[test]
fn a_client_that_looks_the_same_is_told_nothing() {
    let mut world = World::new();
    Window::of(CHROMIUM).get(&mut world, "/", "", &["cart=3; Path=/shop", "theme=dark; Path=/"]);
    let told = Window::of(CHROMIUM).get(&mut world, "/shopping", "", &[]);
    assert!(told.absent.is_empty() && told.jar.is_none(), "{told:?}");
}

#[test]
fn the_same_request_again_is_told_the_same_until_something_changes() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["visits=1; Path=/; Max-Age=60", "cart=3; Path=/"]);
    let both = "visits=1; cart=3";
    for _ in 0..4 {
        let told = window.get(&mut world, "/", both, &[]);
        assert_eq!(
            (told.came, told.absent.len()),
            (vec!["visits AsSet".into(), "cart AsSet".into()], 0)
        );
    }
    // The head is the same, for it has no host here.
    let told = window.get(&mut world, "http://app.localhost:3000/", both, &[]);
    assert_eq!(told.came, ["visits AgainstRules HostOnly", "cart AgainstRules HostOnly"]);
    window.beside().get(&mut world, "/", both, &["cart=4; Path=/"]);
    let told = window.get(&mut world, "/", "visits=1; cart=4", &["cart=4; Path=/"]);
    assert_eq!(told.came, ["visits AsSet", "cart AsSet"]);
    assert_eq!(window.get(&mut world, "/", both, &[]).came, ["visits AsSet", "cart Alike"]);
    world.wait(60.0);
    let told = window.get(&mut world, "/", both, &[]);
    assert_eq!(told.came[0], "visits Alike", "its time is over, so somebody set it again");
}

#[test]
fn another_cookie_than_was_meant_is_named() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["cart=3; Path=/shop"]);
    let told = window.get(
        &mut world,
        "/",
        "",
        &["cart=; Path=/; Max-Age=0", "cart=; Path=/shop; Max-Age=0"],
    );
    assert_eq!(told.set, ["OtherCookie DeleteOtherPath", "Deleted"]);
    assert_eq!(window.get(&mut world, "/shop", "", &[]).absent, ["cart Ended Deleted"]);
}

#[test]
fn a_header_of_too_many_pairs_makes_nothing_missing() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["visits=1; Path=/"]);
    let many: Vec<_> = (0..400).map(|n| format!("x{n}=1")).collect();
    let told = window.get(&mut world, "/", &many.join("; "), &[]);
    assert!(told.absent.is_empty(), "{told:?}");
}

#[test]
fn what_the_answer_deleted_that_sent_the_browser_here_has_left() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "theme=dark", &[]);
    world.wait(2.0);
    let mut post = window.ask(&mut world, "POST", "/forget", "theme=dark");
    world.answer(&mut post, &["theme=; Path=/; Max-Age=0"], Some("/cookies"));
    world.wait(0.01);
    let get = window.ask(&mut world, "GET", "/cookies", "");
    assert_eq!(Told::of(&get, &[]).absent, ["theme Ended Deleted"]);
}

#[test]
fn a_young_cookie_that_comes_with_another_sites_form_says_why() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["open=1; Path=/", "none=1; Path=/; Secure; SameSite=None"]);
    world.wait(2.0);
    let form = window.caused("cross-site", "navigate", "document");
    let open = form.ask_with(
        &mut world,
        "POST",
        "/",
        "open=1; none=1",
        &["origin: http://mallory.localhost:3000"],
    );
    let why = |came: &Came| match &came.how {
        How::AsSet { might_have_stayed, .. } => might_have_stayed.clone(),
        other => panic!("{other:?}"),
    };
    let whys: Vec<_> = open.looked.came.iter().map(why).collect();
    assert!(matches!(whys[..], [Some(Reason::LaxAllowingUnsafe { .. }), None]), "{whys:?}");
}

#[test]
fn what_fits_two_windows_alike_is_nobodys_though_one_of_them_has_a_connection() {
    let mut world = World::new();
    let (mut one, two) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    one.get(&mut world, "/", "", &["visits=1; Path=/"]);
    two.get(&mut world, "/", "", &["visits=1; Path=/"]);
    one.connection = crate::connection::Connection::new();
    let told = one.get(&mut world, "/cookies", "visits=1", &[]);
    assert_eq!(told.known_by, KnownBy::Nothing);
    one.get(&mut world, "/preferences", "visits=1", &["theme=dark; Path=/"]);
    let told = two.get(&mut world, "/cookies", "visits=1", &[]);
    assert!(told.absent.is_empty(), "{told:?}");
}

#[test]
fn what_was_set_takes_the_place_of_what_came_from_before_once_it_comes_alone() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    window.get(&mut world, "/login", "session=old; other=1", &[]);
    world.wait(2.0);
    let mut post = window.ask(&mut world, "POST", "/login", "session=old; other=1");
    world.answer(&mut post, &["session=new; Path=/; HttpOnly"], Some("/"));
    let jar = |world: &World| -> Vec<_> {
        let jar = world.past.jars(None).remove(0);
        let pair = |known: &Known| [&*known.name, &*known.value].map(<[u8]>::to_vec);
        jar.cookies
            .iter()
            .map(|known| pair(known).map(|text| String::from_utf8(text).unwrap()))
            .collect()
    };
    assert_eq!(jar(&world).len(), 3, "both, for nobody knows the path of the old one");
    let mut get = window.ask(&mut world, "GET", "/", "session=new; other=1");
    world.answer(&mut get, &[], None);
    assert_eq!(jar(&world), [["other", "1"], ["session", "new"]]);
    // It was one of another path: it comes again, and is known again.
    window.get(&mut world, "/login", "session=old; session=new; other=1", &[]);
    assert_eq!(jar(&world).len(), 3);
}

#[test]
fn one_call_of_curl_follows_another_over_its_connection_alone() {
    let mut world = World::new();
    let call = Window::of(CURL);
    let mut post = call.ask(&mut world, "POST", "/add", "");
    world.answer(&mut post, &["cart=3; Path=/"], Some("/"));
    world.wait(1.0);
    assert_eq!(call.beside().ask(&mut world, "GET", "/", "visits=41").looked.follows, None);
    assert_eq!(call.ask(&mut world, "GET", "/", "cart=3").looked.follows, Some(world.number));
    let mut post = call.ask(&mut world, "POST", "/add", "");
    world.answer(&mut post, &[], Some("http://app.crumbs.localhost:3000/"));
    let away = call.beside().ask(&mut world, "GET", "http://app.crumbs.localhost:3000/", "");
    assert_eq!(away.looked.follows, Some(world.number), "another host takes another connection");
}

#[test]
fn a_private_window_that_comes_without_the_cookies_of_another_does_not_seem_to_be_that_one() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let (window, private) = (Window::of(agent), Window::of(agent));
        let visits = |number: u32| format!("visits={number}; Path=/");
        let first = window.get(&mut world, "/", "", &[&visits(1)]);
        window.get(&mut world, "/", "visits=1", &[&visits(2)]);
        window.get(&mut world, "/", "visits=2", &[&visits(3)]);
        let opened = private.get(&mut world, "/", "", &[&visits(1)]);
        assert_ne!(opened.jar, first.jar);
        let again = private.get(&mut world, "/", "visits=1", &[&visits(2)]);
        assert_eq!((again.jar, again.came), (opened.jar, vec!["visits AsSet".into()]), "{agent}");
        // A log-in that brings nothing, too, where another window is logged in.
        let shown = world.past.jars(None);
        let jar = shown.iter().find(|jar| jar.client.jar == opened.jar).unwrap();
        let held: Vec<_> =
            jar.cookies.iter().map(|known| (&known.value[..], known.under_way)).collect();
        assert_eq!(held, [(&b"2"[..], false)], "{agent}");
    }
}

#[test]
fn an_id_names_the_browser_that_sends_it_and_no_other_program() {
    let mut world = World::new();
    let (window, other) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    let id = |of: char| format!("workbench={}", of.to_string().repeat(32));
    let set = |of| format!("{}; Path=/; HttpOnly", id(of));
    let first = window.get(&mut world, "/", "", &[&set('a')]);
    let second = other.get(&mut world, "/", "", &[&set('b')]);
    let names = |world: &World| -> Vec<_> {
        let jars = world.past.jars(None);
        let mut names: Vec<_> = jars.iter().map(|jar| (jar.client.jar, jar.client.nth)).collect();
        names.sort();
        names
    };
    assert_eq!(names(&world), [(first.jar, Some(1)), (second.jar, Some(2))]);
    let copy = Window::of(CURL).get(&mut world, "/", &id('a'), &[]);
    assert!(![first.jar, second.jar].contains(&copy.jar), "{copy:?}");
    assert_eq!(window.beside().get(&mut world, "/", &id('a'), &[]).jar, first.jar);
}

#[test]
fn what_another_server_left_on_localhost_puts_no_other_hosts_cookies_in_doubt() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let window = Window::of(agent);
        let bank = window.beside();
        window.get(&mut world, "http://localhost:3000/", "sid=0123456789abcdef", &[]);
        let app = |path: &str| format!("http://app.crumbs.localhost:3000{path}");
        assert_eq!(bank.get(&mut world, &app("/login"), "", &[]).jar, None, "{agent}");
        let set = format!("bank={LONG}; Path=/; Secure; SameSite=None");
        let given = bank.get(&mut world, &app("/login"), "", &[&set]);
        let told = bank.get(&mut world, &app("/"), &format!("bank={LONG}"), &[]);
        assert_eq!((told.jar, told.came), (given.jar, vec!["bank AsSet".into()]), "{agent}");
        let shown = world.past.jars(None);
        let jar = shown.iter().find(|jar| jar.client.jar == told.jar).unwrap();
        let held: Vec<_> = jar.cookies.iter().map(|known| known.under_way).collect();
        assert_eq!(held, [false], "{agent}");
    }
}

#[test]
fn what_came_from_before_is_in_doubt_from_a_line_of_its_name_until_it_comes_again() {
    let mut world = World::new();
    let (window, other) = (Window::of(CHROMIUM), Window::of(CHROMIUM));
    let is_in_doubt = |world: &World, jar| -> Vec<_> {
        let shown = world.past.jars(None);
        let jar = shown.into_iter().find(|shown| shown.client.jar == jar).unwrap();
        jar.cookies.iter().map(|known| known.under_way).collect()
    };
    let jar = window.get(&mut world, "/a", "theme=old", &[]).jar;
    assert_eq!(is_in_doubt(&world, jar), [false]);
    // A browser that looks like it: that may be this one.
    other.get(&mut world, "/", "", &["theme=dark; Path=/"]);
    assert!(is_in_doubt(&world, jar)[0]);
    // Made before that answer, or after it?
    let mut soon = window.ask(&mut world, "GET", "/b", "theme=old");
    world.answer(&mut soon, &[], None);
    assert_eq!((soon.looked.client.jar, is_in_doubt(&world, jar)[0]), (jar, true));
    window.get(&mut world, "/a", "theme=old", &[]);
    assert!(!is_in_doubt(&world, jar)[0]);
    // Its own, of another path.
    window.get(&mut world, "/a", "theme=old", &["theme=old; Path=/c"]);
    assert!(is_in_doubt(&world, jar)[0]);
    window.get(&mut world, "/a", "theme=old", &[]);
    assert!(!is_in_doubt(&world, jar)[0]);
}

#[test]
fn curl_takes_the_last_slash_off_a_path_and_browsers_do_not() {
    for (agent, comes) in [(CURL, true), (CHROMIUM, false), (FIREFOX, false)] {
        let mut world = World::new();
        let window = Window::of(agent);
        window.get(&mut world, "/", "", &["a=1; Path=/shop/", "b=1; Path=/"]);
        let came = if comes { "a=1; b=1" } else { "b=1" };
        let told = window.get(&mut world, "/shop", came, &[]);
        if comes {
            assert_eq!(told.came, ["a AsSet", "b AsSet"], "{told:?}");
            assert!(told.absent.is_empty(), "{told:?}");
            let told = window.get(&mut world, "/shop", "b=1", &[]);
            assert_eq!(told.absent, ["a MayBeHeldBack Path"], "{told:?}");
        } else {
            assert_eq!(told.absent, ["a HeldBack Path"], "{agent}: {told:?}");
        }
        let told = window.get(&mut world, "/shopping", "b=1", &[]);
        assert_eq!(told.absent, ["a HeldBack Path"], "{agent}: {told:?}");
    }
}

#[test]
fn who_brings_what_an_answer_deleted_or_lacks_what_it_set_was_not_sent_here_by_it() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["visits=1; Path=/", "kept=1; Path=/"]);
    window.get(&mut world, "/", "visits=1; kept=1", &[]);
    let mut post = window.ask(&mut world, "POST", "/forget", "visits=1; kept=1");
    let lines = ["visits=; Path=/; Max-Age=0", "theme=dark; Path=/"];
    world.answer(&mut post, &lines, Some("/"));
    // Another tab's, at that moment.
    for brings in ["visits=1; kept=1; theme=dark", "visits=1; kept=1", "kept=1"] {
        let mut other = window.ask(&mut world, "GET", "/", brings);
        assert_eq!(other.looked.follows, None, "{brings}");
        let (_, changes) = world.answer(&mut other, &[], None);
        assert!(changes.iter().all(|known| known.name != b"theme"), "{brings}: {changes:?}");
    }
    let next = window.ask(&mut world, "GET", "/", "kept=1; theme=dark");
    assert_eq!(next.looked.follows, Some(3));
    // Whose browser takes no cookies is sent on all the same.
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    let mut post = window.ask(&mut world, "POST", "/", "");
    world.answer(&mut post, &["theme=dark; Path=/"], Some("/"));
    assert_eq!(window.ask(&mut world, "GET", "/", "").looked.follows, Some(1));
}

#[test]
fn what_came_and_was_set_for_a_browser_that_may_be_this_one_is_shown_and_in_doubt() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let app = |path: &str| format!("http://app.crumbs.localhost:3000{path}");
        let window = Window::of(agent);
        let own = format!("bank={LONG}");
        window.get(&mut world, &app("/"), "", &[&format!("{own}; Path=/")]);
        let jar = window.get(&mut world, &app("/"), &own, &[]).jar;
        // A page of a sibling plants one more; no cookie tells whose request that is.
        let evil = window.beside().caused("same-site", "navigate", "document");
        let planted = "bank=ffffffffffffffffffffffffffffffff";
        let line = format!("{planted}; Path=/login; Domain=crumbs.localhost; Max-Age=300");
        let other = evil.get(&mut world, "http://evil.crumbs.localhost:3000/plant", "", &[&line]);
        assert_ne!(other.jar, jar, "{agent}");
        let held = |world: &World| -> Vec<_> {
            let shown = world.past.jars(None);
            let jar = shown.iter().find(|shown| shown.client.jar == jar).unwrap();
            let told = |known: &Known| {
                (known.set.as_ref().unwrap().path.clone(), known.alike, known.status)
            };
            jar.cookies.iter().map(|known| told(known)).collect()
        };
        assert_eq!(held(&world), [("/".to_owned(), false, Status::Held)], "{agent}");
        let told = window.get(&mut world, &app("/login"), &format!("{planted}; {own}"), &[]);
        assert_eq!(told.jar, jar, "{agent}");
        let both =
            [("/".to_owned(), false, Status::Held), ("/login".to_owned(), true, Status::Held)];
        assert_eq!(held(&world), both, "{agent}");
        let told = window.get(&mut world, &app("/"), &own, &[]);
        assert!(told.absent.iter().any(|absent| absent.contains("Path")), "{agent}: {told:?}");
        assert_eq!(held(&world), both, "{agent}");
    }
}

#[test]
fn of_cookies_that_are_alike_and_of_which_fewer_come_none_is_named() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let window = Window::of(agent);
        let in_doubt = |world: &World| -> Vec<_> {
            let jar = world.past.jars(None).remove(0);
            jar.cookies.iter().map(|known| (known.under_way, known.status)).collect()
        };
        window.get(&mut world, "/", "", &["a=1; Path=/", "a=1; Path=/shop"]);
        window.get(&mut world, "/shop", "a=1; a=1", &[]);
        assert_eq!(in_doubt(&world), [(false, Status::Held); 2], "{agent}");
        // A script removes one of them: which?
        for _ in 0..2 {
            let told = window.get(&mut world, "/shop", "a=1", &[]);
            assert_eq!((told.came, told.absent), (vec!["a Alike".to_owned()], vec![]), "{agent}");
            assert_eq!(in_doubt(&world), [(true, Status::Held); 2], "{agent}");
        }
        // One that the server set, and one of a script's.
        let mut world = World::new();
        window.get(&mut world, "/shop", "b=1", &["b=1; Path=/shop"]);
        window.get(&mut world, "/shop", "b=1; b=1", &[]);
        let told = window.get(&mut world, "/shop", "b=1", &[]);
        assert_eq!((told.came, told.absent), (vec!["b Alike".to_owned()], vec![]), "{agent}");
        assert_eq!(in_doubt(&world), [(true, Status::Held); 2], "{agent}");
    }
}

fn shown(world: &World, name: &[u8]) -> (Vec<u8>, bool, Status) {
    let jar = world.past.jars(None).remove(0);
    let known = jar.cookies.iter().find(|known| known.name == name).unwrap();
    (known.value.clone(), known.under_way, known.status)
}

#[test]
fn what_comes_where_an_answer_sent_the_browser_says_nothing_of_another_that_it_may_not_have_read() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let tab = window.beside();
    let id = format!("workbench={}", "a".repeat(32));
    window.get(&mut world, "/", "", &[&format!("{id}; Path=/; HttpOnly")]);
    tab.get(&mut world, "/", &id, &[]);
    world.wait(2.0);
    let mut dark = window.ask(&mut world, "POST", "/dark", &id);
    world.answer(&mut dark, &["theme=dark; Path=/"], Some("/dark"));
    world.wait(0.1);
    let mut light = tab.ask(&mut world, "POST", "/light", &id);
    world.answer(&mut light, &["theme=light; Path=/"], Some("/light"));
    let mut get = tab.ask(&mut world, "GET", "/light", &format!("{id}; theme=light"));
    assert_eq!(get.looked.follows, Some(4));
    world.answer(&mut get, &[], None);
    assert!(shown(&world, b"theme").1, "the dark answer may be read after this");
    window.get(&mut world, "/", &format!("{id}; theme=dark"), &[]);
    assert_eq!(shown(&world, b"theme"), (b"dark".to_vec(), false, Status::Held));
}

#[test]
fn what_did_not_come_says_nothing_of_what_was_set_since() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["a=1; Path=/", "b=1; Path=/"]);
    world.wait(2.0);
    let mut set = window.ask(&mut world, "GET", "/", "a=1; b=1");
    world.answer(&mut set, &["a=2; Path=/"], None);
    let mut lacks = window.ask(&mut world, "GET", "/", "b=1");
    let why = lacks.looked.absent.iter().map(|absent| &absent.why);
    assert_eq!(why.collect::<Vec<_>>(), [&Why::Missing]);
    world.answer(&mut lacks, &[], None);
    assert_eq!(shown(&world, b"a"), (b"2".to_vec(), false, Status::Held));
    window.get(&mut world, "/", "b=1", &[]);
    assert_eq!(shown(&world, b"a").2, Status::Missing { since: 4 });
}

#[test]
fn of_two_jars_that_are_one_what_came_later_stays() {
    let mut world = World::new();
    let id = format!("workbench={}", "a".repeat(32));
    let window = Window::of(CHROMIUM);
    let beside = window.beside();
    let set = format!("{id}; Path=/; HttpOnly");
    let jar = window.get(&mut world, "/", "", &[&set]).jar;
    assert_ne!(beside.get(&mut world, "/", "theme=old", &[]).jar, jar);
    world.wait(2.0);
    window.get(&mut world, "/", &format!("theme=new; {id}"), &[]);
    world.wait(2.0);
    assert_eq!(beside.get(&mut world, "/", &format!("theme=new; {id}"), &[]).jar, jar);
    let shown = world.past.jars(None);
    let counts: Vec<_> = shown.iter().map(|jar| jar.cookies.len()).collect();
    assert_eq!(counts, [2], "the id and the later one: {shown:?}");
}

#[test]
fn what_ended_and_comes_again_is_what_came() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let id = format!("workbench={}", "a".repeat(32));
        let (window, copy) = (Window::of(agent), Window::of(agent));
        let set_id = format!("{id}; Path=/; HttpOnly");
        let lines = [&set_id, "cart=3; Path=/shop", "cart=4; Path=/", "ten=1; Path=/; Max-Age=10"];
        let jar = window.get(&mut world, "/", "", &lines).jar;
        // A private window with a copy of the jar, in which nothing has an end.
        let all = format!("cart=4; ten=1; {id}");
        let told = copy.get(&mut world, "/", &all, &["cart=; Path=/; Max-Age=0"]);
        assert_eq!((told.jar, told.set), (jar, vec!["Deleted".to_owned()]), "{agent}");
        world.wait(20.0);
        let told = copy.get(&mut world, "/", &format!("ten=1; {id}"), &[]);
        assert_eq!(told.came[0], "ten Alike", "{agent}");
        let told = window.get(&mut world, "/admin", &format!("cart=4; {id}"), &[]);
        assert_eq!(told.came[0], "cart Alike", "{agent}");
        let shown = world.past.jars(None);
        let shown = shown.iter().find(|shown| shown.client.jar == jar).unwrap();
        let carts = shown.cookies.iter().filter(|known| known.name == b"cart");
        let mut carts: Vec<_> =
            carts.map(|known| (&known.value[..], known.set.is_some(), known.status)).collect();
        carts.sort_by_key(|cart| cart.0);
        let held = [(&b"3"[..], true, Status::Held), (&b"4"[..], false, Status::Held)];
        assert_eq!(carts, held, "{agent}: it is there again, and by whom it was set nobody knows");
        // By another site's form it comes no more, and nobody says that it ended.
        let told = window.get(&mut world, "/admin", &id, &[]);
        assert!(!told.absent.iter().any(|one| one.starts_with("cart Ended")), "{agent} {told:?}");
    }
}

#[test]
fn a_connection_is_no_better_known_than_what_told_whose_it_is() {
    let mut world = World::new();
    let window = Window::of(FIREFOX);
    let remember = format!("remember={LONG}");
    let jar = window.get(&mut world, "/", "", &[&format!("{remember}; Path=/; Max-Age=9999")]).jar;
    drop(window);
    // The browser opened again, or another one with a copy of its cookie: nobody knows.
    let window = Window::of(FIREFOX);
    for known_by in [KnownBy::LongValue, KnownBy::Recognised, KnownBy::Recognised] {
        let told = window.get(&mut world, "/", &remember, &[]);
        assert_eq!((told.jar, told.known_by), (jar, known_by));
    }
    // Over the connection over which it was given everything, nobody has a copy.
    let window = Window::of(CHROMIUM);
    window.get(&mut world, "/", "", &["theme=dark; Path=/"]);
    assert_eq!(window.get(&mut world, "/", "theme=dark", &[]).known_by, KnownBy::Connection);
}

#[test]
fn a_count_that_both_came_to_does_not_make_two_browsers_one() {
    // The other got the same count from another port, or by hand.
    let line = |count: u32| format!("visits={count}; Path=/");
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let (one, other) = (Window::of(agent), Window::of(agent));
        other.get(&mut world, "/", "", &[&line(1)]);
        let theirs = other.get(&mut world, "/", "visits=1", &[&line(2)]).jar;
        let mut ours = one.get(&mut world, "/", "", &[&line(1)]).jar;
        for count in 1..5 {
            ours = one.get(&mut world, "/", &format!("visits={count}"), &[&line(count + 1)]).jar;
        }
        assert_ne!(ours, theirs);
        let told = other.get(&mut world, "/", "visits=5", &[&line(6)]);
        assert_eq!(told.jar, theirs, "{told:?}");
        let told = one.get(&mut world, "/", "visits=5", &[]);
        assert_eq!((told.jar, told.came), (ours, vec!["visits AsSet".to_owned()]));
    }
}

#[test]
fn where_two_jars_are_one_by_what_came_a_connection_tells_no_more_than_that() {
    let mut world = World::new();
    let (one, other) = (Window::of(FIREFOX), Window::of(FIREFOX));
    other.get(&mut world, "/shop", "", &["cart=1; Path=/shop"]);
    other.get(&mut world, "/shop", "cart=1", &[]);
    one.get(&mut world, "/", "", &["theme=dark; Path=/"]);
    let told = other.get(&mut world, "/shop", "cart=1; theme=dark", &[]);
    assert_eq!(told.known_by, KnownBy::Fit, "{told:?}");
    for (window, path, cookie) in
        [(&other, "/shop", "cart=1; theme=dark"), (&one, "/", "theme=dark")]
    {
        let told = window.get(&mut world, path, cookie, &[]);
        assert_eq!(told.known_by, KnownBy::Recognised, "{told:?}");
    }
}

#[test]
fn a_browser_that_says_it_is_a_telephone_has_the_jar_of_its_id() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let id = format!("workbench={LONG}");
    let lines = [format!("{id}; Path=/; HttpOnly"), "visits=1; Path=/".to_owned()];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let jar = window.get(&mut world, "/", "", &lines).jar;
    let both = format!("{id}; visits=1");
    let telephone =
        Window::of(&CHROMIUM.replace("X11; Linux x86_64", "Linux; Android 13; Pixel 7"));
    for window in [&telephone, &window, &telephone.beside()] {
        let told = window.get(&mut world, "/", &both, &[]);
        assert_eq!((told.jar, told.known_by), (jar, KnownBy::Id), "{told:?}");
        assert_eq!(told.came, ["workbench BrowserId", "visits AsSet"]);
    }
    // Another program with a copy is another one.
    for agent in [FIREFOX, CURL] {
        let told = Window::of(agent).get(&mut world, "/", &both, &[]);
        assert_ne!(told.jar, jar, "{agent}");
    }
}

#[test]
fn chromium_is_one_browser_with_its_device_toolbar_and_where_it_saves_a_page() {
    let brands = ["sec-ch-ua: \"Chromium\";v=\"156\", \"Not=A?Brand\";v=\"8\""];
    let telephone = CHROMIUM.replace("X11; Linux x86_64", "Linux; Android 13; Pixel 7");
    let mut world = World::new();
    let [window, telephone] = [CHROMIUM, &telephone].map(Window::of);
    let telephone = Window { connection: window.connection.clone(), ..telephone };
    let mut get = |window: &Window, cookie: &str, lines: &[&str], more: &[&str]| {
        world.wait(2.0);
        let mut open = window.ask_with(&mut world, "GET", "/", cookie, more);
        world.wait(0.01);
        let (lines, _) = world.answer(&mut open, lines, None);
        Told::of(&open, &lines)
    };
    let jar = get(&window, "", &["visits=1; Path=/"], &brands).jar;
    for (window, more) in [(&telephone, &brands[..]), (&window, &[]), (&window, &brands)] {
        let told = get(window, "visits=1", &[], more);
        assert_eq!((told.jar, told.known_by), (jar, KnownBy::Connection), "{told:?}");
        assert_eq!(told.came, ["visits AsSet"]);
    }
}

#[test]
fn of_a_browser_that_lets_nothing_in_one_set_again_is_not_said_to_be_held() {
    for agent in [CHROMIUM, FIREFOX] {
        let mut world = World::new();
        let window = Window::of(agent);
        let line = ["visits=1; Path=/"];
        let unproven = |world: &World| {
            let jars = world.past.jars(None);
            jars[0].cookies.iter().find(|known| known.name == b"visits").unwrap().unproven
        };
        window.get(&mut world, "/", "", &line);
        assert!(!unproven(&world), "{agent}: nobody knows yet");
        for _ in 0..2 {
            let told = window.get(&mut world, "/", "", &line);
            assert_eq!(
                (&told.absent[..], &told.set[..]),
                (&["visits Missing".to_owned()][..], &["Stored".to_owned()][..])
            );
            assert!(unproven(&world), "{agent}");
        }
        // It lets them in now.
        window.get(&mut world, "/", "visits=1", &[]);
        assert!(!unproven(&world), "{agent}");
        // Once it came, what is missing was taken out.
        window.get(&mut world, "/", "", &line);
        assert!(!unproven(&world), "{agent}");
    }
}

#[test]
fn what_a_host_has_alone_is_held_back_from_its_sibling_where_an_id_shows_whose_it_is() {
    let mut world = World::new();
    let window = Window::of(CHROMIUM);
    let id = format!("workbench={LONG}");
    let lines = [format!("{id}; Path=/; Domain=crumbs.localhost"), "own=1; Path=/".to_owned()];
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    let there = |host: &str| format!("http://{host}.localhost:3000/");
    let jar = window.get(&mut world, &there("app.crumbs"), "", &lines).jar;
    // A browser has other connections to another host.
    let told = window.beside().get(&mut world, &there("evil.crumbs"), &id, &[]);
    assert_eq!((told.jar, &told.absent[..]), (jar, &["own HeldBack HostOnly".to_owned()][..]));
    // Without the id the browser may have been closed since.
    let told = window.get(&mut world, &there("evil.crumbs"), "", &[]);
    assert!(!told.absent.iter().any(|one| one.starts_with("own")), "{told:?}");
    let told = window.get(&mut world, &there("mallory"), &id, &[]);
    assert!(!told.absent.iter().any(|one| one.starts_with("own")), "another site's: {told:?}");
}

#[test]
fn of_a_copy_of_what_was_deleted_it_is_said_that_that_was_deleted() {
    let session = format!("session={LONG}");
    let line = format!("{session}; Path=/");
    for agent in [CURL, CHROMIUM] {
        let mut world = World::new();
        let window = Window::of(CHROMIUM);
        window.get(&mut world, "/", "", &[&line, "visits=1; Path=/"]);
        let out = ["session=; Path=/; Max-Age=0", "visits=; Path=/; Max-Age=0"];
        let set = window.get(&mut world, "/logout", &format!("{session}; visits=1"), &out).set;
        assert_eq!(set, ["Deleted", "Deleted"]);
        let thief = Window::of(agent);
        let told = thief.get(&mut world, "/", &format!("{session}; visits=1"), &[]);
        assert_eq!(told.came, ["session AlikeDeleted", "visits Alike"], "a count says nothing");
        // Set again, it is no deleted one.
        window.get(&mut world, "/", "", &[&line]);
        let told = Window::of(agent).get(&mut world, "/", &format!("{session}; visits=1"), &[]);
        assert!(!told.came.contains(&"session AlikeDeleted".to_owned()), "{told:?}");
    }
}

#[test]
fn what_two_were_given_alike_is_not_deleted_where_one_of_them_is() {
    let mut world = World::new();
    let session = format!("session={LONG}");
    let line = format!("{session}; Path=/");
    let [one, other, third] = [Window::of(CURL), Window::of(CHROMIUM), Window::of(FIREFOX)];
    one.get(&mut world, "/", "", &[&line]);
    other.get(&mut world, "/", "", &[&line]);
    one.get(&mut world, "/", &session, &["session=; Path=/; Max-Age=0"]);
    assert_eq!(third.get(&mut world, "/", &session, &[]).came, ["session Alike"]);
    // Nor is it said of what this run set that it was not set, where a request names no host.
    let open = third.ask(&mut world, "GET", "http:///", &session);
    assert_eq!(Told::of(&open, &[]).came, ["session Alike"]);
}
