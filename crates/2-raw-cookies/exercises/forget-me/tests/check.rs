//! The checks of the exercise `forget-me`: they talk to the server over TCP, as a browser does.

use probe::{Apart, Browser, Cookie, MARKUP, Passed, Server, Visit, get, post};

/// The two cookies of the desk.
const OURS: [&str; 2] = ["desk_name", "desk_team"];

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn who_says_a_name_is_remembered() -> Passed {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new();
    asks(&browser.open(&server.url("/")), "a browser that was never here");
    for (name, team) in [("Ada", "red"), ("Bob", "blue")] {
        let visit = say(&server, &mut browser, name, team);
        greets(&visit, name, team, "who has just said so");
        let sent = browser.cookie_header(&server.url("/any/where?else"));
        let sent = String::from_utf8_lossy(&sent).into_owned();
        assert!(
            OURS.iter().all(|name| sent.contains(&format!("{name}="))),
            "Expected that POST /desk sets two cookies for the whole server, desk_name and desk_team. The browser would send \
             `{sent}` to another page of it.\n\n{}",
            visit.first()
        );
    }
    greets(&browser.open(&server.url("/?again")), "Bob", "blue", "who comes back");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn the_name_is_shown_whole_and_as_text() -> Passed {
    let server = Server::of(forget_me::app());
    let harmless = say(&server, &mut Browser::new(), "Ada", "red").page();
    let long = "Countess of Lovelace, ".repeat(10) + "Ada";
    for name in [
        "小明",
        "Ada; Max-Age=0",
        "100% %41",
        "a+b",
        " Ada  B. ",
        "Ada\nBob",
        "<i>Tom</i> &amp; Ann",
        MARKUP,
        &long,
    ] {
        let visit = say(&server, &mut Browser::new(), name, "red");
        if let Some(what) = visit.page().foreign_markup(&harmless) {
            panic!(
                "Expected that {name:?} is greeted as text. In the page it became {what}.\n\n{visit}"
            );
        }
        greets(&visit, name, "red", "who has just said so");
    }
    let reply = server.send(get("/").cookie(format!("desk_name={MARKUP}; desk_team=red")));
    if let Some(what) = reply.page().foreign_markup(&harmless) {
        panic!(
            "Expected that a name is text, also in a cookie that this server never wrote. In the page it became \
             {what}.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn the_browser_has_no_cookie_left() -> Passed {
    let server = Server::of(forget_me::app());
    for what in ["both", "no desk_name", "no desk_team", "a strange desk_name", "others too"] {
        let mut browser = Browser::new();
        say(&server, &mut browser, "Ada", "red");
        match what {
            "no desk_name" => browser.remove("desk_name"),
            "no desk_team" => browser.remove("desk_team"),
            "a strange desk_name" if browser.cookie("desk_name").is_some() => {
                browser.set_value("desk_name", b"%zz\xff");
            }
            "others too" => {
                browser.plant_before(&server.url("/"), b"bytes=\xff\xfe; Path=/");
                browser.plant(&server.url("/"), "lunch=soup; Path=/");
            }
            _ => {}
        }
        let had = String::from_utf8_lossy(&browser.cookie_header(&server.url("/"))).into_owned();
        let visit = leave(&server, &mut browser);
        let kept = ours(&browser);
        assert!(
            kept.is_empty(),
            "Expected that the browser has no cookie of the desk left after POST /desk/leave. It had `{had}`, and still has \
             {}.\nA line deletes the cookie of its own name and its own path, and only with an expiry in the past.\n\n{}",
            kept.join(", and "),
            visit.first()
        );
    }
    // Whether or not the browser goes on to the page that says so.
    let mut browser = Browser::new();
    say(&server, &mut browser, "Ada", "red");
    let leave = server.url("/desk/leave");
    let reply = server.send(post("/desk/leave", &[]).cookie(browser.cookie_header(&leave)));
    for line in reply.set_cookies() {
        browser.plant(&leave, line);
    }
    let kept = ours(&browser);
    assert!(
        kept.is_empty(),
        "Expected that the answer to POST /desk/leave deletes both cookies itself, and no later one: whoever only looks at \
         /desk/left has not asked to be forgotten. After this answer the browser still has {}.\n\n{reply}",
        kept.join(", and ")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn the_desk_asks_again() -> Passed {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new();
    say(&server, &mut browser, "Ada", "red");
    asks(&Browser::new().open(&server.url("/")), "another browser, that was never here");
    let left = leave(&server, &mut browser);
    let visit = browser.open(&server.url("/"));
    assert!(
        !greets_anybody(&visit),
        "Expected that the desk greets nobody after POST /desk/leave.\n\nFirst, the form. {}Then, the desk. {}",
        left.first(),
        visit.with_text("Hello,")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn leaving_leads_to_the_page_that_says_so() -> Passed {
    let server = Server::of(forget_me::app());
    for (path, fields, to) in [
        ("/desk", vec![("name", "Ada"), ("team", "red")], "/"),
        ("/desk/leave", vec![], "/desk/left"),
    ] {
        let reply = server.send(post(path, &fields).cookie("desk_name=Ada; desk_team=red"));
        assert!(
            reply.sees_other(to),
            "Expected that POST {path} is answered with `303 See Other` and `Location: {to}`.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn other_cookies_stay() -> Passed {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new();
    browser.plant_before(&server.url("/"), "lunch=soup; Path=/; HttpOnly; SameSite=Strict");
    browser.plant_before(&server.url("/"), "desk_names=Eve; Path=/");
    say(&server, &mut browser, "Ada", "red");
    for line in [
        "desk=oak; Path=/desk",
        "leave=1; Path=/desk/leave; Max-Age=86400",
        "else=where; Path=/shop",
        "desk_lamp=on; Path=/",
        "xdesk_name=Mallory; Path=/",
        "Desk_Team=green; Path=/",
    ] {
        browser.plant(&server.url("/"), line);
    }
    let others = |browser: &Browser| -> Vec<_> {
        let mut others = browser.cookies();
        others.retain(|cookie| !OURS.iter().any(|name| cookie.name == name.as_bytes()));
        let whole =
            |cookie: &Cookie| (shown(cookie), cookie.expiry, cookie.http_only, cookie.same_site);
        others.iter().map(whole).collect()
    };
    let before = others(&browser);
    let visit = leave(&server, &mut browser);
    let after = others(&browser);
    let lost = before.iter().find(|cookie| !after.contains(cookie));
    assert!(
        lost.is_none(),
        "Expected that other cookies stay as they are, and POST /desk/leave deleted or changed {}, which is not the \
         desk's.\n\n{}",
        lost.map_or("", |(cookie, ..)| cookie),
        visit.first()
    );
    let clears = visit.exchanges().iter().find(|reply| reply.header("Clear-Site-Data").is_some());
    if let Some(reply) = clears {
        panic!(
            "Expected that other cookies stay as they are, and `Clear-Site-Data` deletes them all.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn who_was_forgotten_can_be_remembered_again() -> Passed {
    let server = Server::of(forget_me::app());
    let mut browser = Browser::new();
    say(&server, &mut browser, "Ada", "red");
    leave(&server, &mut browser);
    let visit = say(&server, &mut browser, "Bob", "blue");
    greets(&visit, "Bob", "blue", "who was forgotten, and has said a name again");
    Passed
}

#[test]
#[ignore = "exercise: cargo course check forget-me"]
fn a_restart_forgets_nobody() -> Passed {
    let app = Apart::of(forget_me::app);
    let server = app.start();
    let mut browser = Browser::new();
    say(&server, &mut browser, "Ada", "red");
    drop(server);
    let server = app.start();
    let visit = browser.open(&server.url("/"));
    greets(
        &visit,
        "Ada",
        "red",
        "who said so before the server was restarted: the cookies keep both",
    );
    Passed
}

/// Sends the form of the desk.
fn say(server: &Server, browser: &mut Browser, name: &str, team: &str) -> Visit {
    browser.post(&server.url("/desk"), &[("name", name), ("team", team)])
}

/// Presses the button.
fn leave(server: &Server, browser: &mut Browser) -> Visit {
    browser.post(&server.url("/desk/leave"), &[])
}

/// Whether the page greets this guest.
fn greets(visit: &Visit, name: &str, team: &str, who: &str) {
    let page = visit.page();
    assert!(
        visit.last().status == 200
            && page.says_whole(&format!("Hello, {name}"))
            // What a reader sees of it has no two spaces side by side.
            && page.source().contains(name)
            && page.says_whole(&format!("Team: {team}")),
        "Expected a page that says {:?} and `Team: {team}` to somebody {who}.\n\n{}",
        format!("Hello, {name}"),
        visit.with_text("Hello,")
    );
}

/// Whether the page greets nobody.
fn asks(visit: &Visit, who: &str) {
    assert!(
        visit.last().status == 200 && !greets_anybody(visit),
        "Expected a page that greets nobody, for {who}.\n\n{}",
        visit.with_text("Hello,")
    );
}

fn greets_anybody(visit: &Visit) -> bool {
    visit.says("Hello, ") || visit.says("Team: ")
}

/// The cookies of the desk that the browser has.
fn ours(browser: &Browser) -> Vec<String> {
    let mut kept = browser.cookies();
    kept.retain(|cookie| OURS.iter().any(|name| cookie.name == name.as_bytes()));
    kept.iter().map(shown).collect()
}

/// A cookie, for a message.
fn shown(cookie: &Cookie) -> String {
    format!("`{}` with the path {}", String::from_utf8_lossy(&cookie.pair()), cookie.path)
}
