//! The checks of the exercise `two-strangers`: they talk to the server over TCP, as browsers do.

use probe::{Browser, MARKUP, Passed, Reply, Server, Visit, post};

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn each_visitor_is_greeted_by_their_own_name() -> Passed {
    let server = Server::of(two_strangers::app());
    // Nothing but what their requests carry tells them apart: they have one address, and browsers of one kind.
    let mut visitors: Vec<(String, Browser)> = Vec::new();
    for name in names() {
        let mut browser = Browser::new();
        greets(enter(&server, &mut browser, &name).last(), &name, "who has entered just now");
        visitors.push((name, browser));
    }
    for _ in 0..3 {
        for (name, browser) in &mut visitors {
            let visit = browser.reload();
            greets(visit.last(), name, "who reloads the page that their own answer led to");
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn after_the_form_the_browser_is_sent_to_look() -> Passed {
    let server = Server::of(two_strangers::app());
    let reply = server.send(post("/enter", &[("name", "Ada")]));
    assert!(
        reply.status == 303,
        "Expected `303 See Other` after the form, and the answer is {}. 303 says: done, now look there with a \
         GET.\n\n{reply}",
        reply.status
    );
    let location = reply.header("Location").unwrap_or_default();
    let leads = reply.address().at(location);
    let is_here = leads.is_some_and(|to| to.authority() == reply.address().authority());
    assert!(
        is_here && location.bytes().all(|byte| byte.is_ascii_graphic()),
        "Expected a `Location` on this server, in ASCII and without spaces: anything else must be \
         percent-encoded.\n\n{reply}"
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn who_never_entered_is_sent_to_the_form() -> Passed {
    let server = Server::of(two_strangers::app());
    for before in [None, Some("Ada")] {
        if let Some(name) = before {
            enter(&server, &mut Browser::new(), name);
        }
        let visit = Browser::new().open(&server.url("/hello"));
        let has_form = visit.page().form("/enter").is_some();
        assert!(
            visit.address().target() == "/" && has_form,
            "Expected that a browser that never entered a name is sent from /hello to the form at /. It ends at {}, on a \
             page {} the form.\n\n{}",
            visit.address().target(),
            if has_form { "with" } else { "without" },
            visit.with_text("Hello")
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn a_name_comes_back_as_it_was_typed() -> Passed {
    let server = Server::of(two_strangers::app());
    let long = "Ada ".repeat(200) + "Lovelace";
    let names = [
        "小明",
        "Ада Лавлейс",
        "👩🏽‍💻",
        "Ada+Bob=2",
        "#1 at 100%",
        "a;b,c?d/e\\f",
        "%41da %zz %",
        " spaces  around ",
        "0",
        &long,
    ];
    for name in names {
        let visit = enter(&server, &mut Browser::new(), name);
        greets(visit.last(), name, "who entered just that");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn markup_in_a_name_is_text() -> Passed {
    let server = Server::of(two_strangers::app());
    let harmless = enter(&server, &mut Browser::new(), "Ada").page();
    for name in [MARKUP, "<i>Tom</i> & co", "&lt;Ada&gt; &amp;amp;", "'\" onfocus=alert(1) x='"] {
        let visit = enter(&server, &mut Browser::new(), name);
        if let Some(what) = visit.page().foreign_markup(&harmless) {
            panic!(
                "Expected that `{name}` is shown as text. In the page it became {what}.\n\n{}",
                visit.last()
            );
        }
        greets(visit.last(), name, "who entered just that");
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn no_cookie_is_set() -> Passed {
    let server = Server::of(two_strangers::app());
    let visit = enter(&server, &mut Browser::new(), "Ada");
    for reply in visit.exchanges() {
        assert!(
            reply.set_cookies().is_empty(),
            "Expected no cookie: they come in lesson 2. This answer sets one.\n\n{reply}"
        );
    }
    Passed
}

/// Names that no answer can know by heart, of one length and of several.
fn names() -> Vec<String> {
    let number = std::process::id();
    ["Ada", "Bob", "Eve", "Augusta"].iter().map(|name| format!("{name}{number}")).collect()
}

/// Opens the page, and enters a name in its form.
fn enter(server: &Server, browser: &mut Browser, name: &str) -> Visit {
    browser.open(&server.url("/"));
    browser.form("/enter").fill("name", name).send()
}

/// Whether the page says `Hello, NAME`, and the whole name: with its spaces, and nothing but the name.
fn greets(reply: &Reply, name: &str, whose: &str) {
    let page = reply.page();
    let body =
        page.elements("body").first().map_or_else(String::new, |body| body.source().to_owned());
    let whole = body.split_once("Hello, ").is_some_and(|(_, rest)| {
        rest.strip_prefix(name)
            .is_some_and(|after| !after.starts_with(|next: char| next.is_alphanumeric()))
    });
    assert!(
        reply.status == 200 && whole,
        "Expected a page that says `Hello, {name}` to somebody {whose}.\n\n{}",
        reply.with_text("Hello")
    );
}
