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
    // A crowd: a server that remembers some visitors forgets the first ones.
    for number in 0..300 {
        let _ = server.send(post("/enter", &[("name", &format!("visitor {number}"))]));
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
    for before in [None, Some("Ada of the first browser")] {
        if let Some(name) = before {
            enter(&server, &mut Browser::new(), name);
        }
        let visit = Browser::new().open(&server.url("/hello"));
        let has_form = visit.page().form("/enter").is_some();
        assert!(
            visit.address().path() == "/" && has_form,
            "Expected that a browser that never entered a name is sent from /hello to the form at /. It ends at {}, on a \
             page {} the form.\n\n{}",
            visit.address().target(),
            if has_form { "with" } else { "without" },
            visit.with_text("Hello")
        );
        let shown = before.filter(|name| visit.last().text().contains(name));
        assert!(
            shown.is_none(),
            "Expected that a browser that never entered a name is shown nobody's. The page at / has `{}` in it, which \
             another visitor entered.\n\n{}",
            shown.unwrap_or_default(),
            visit.with_text(shown.unwrap_or_default())
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check two-strangers"]
fn a_name_comes_back_as_it_was_typed() -> Passed {
    let server = Server::of(two_strangers::app());
    let long = "Ada ".repeat(800) + "Lovelace";
    let names = [
        "小明",
        "Ада Лавлейс",
        "👩🏽‍💻",
        // Signs that nobody sees, and white space that is not a space.
        "می\u{200c}خواهم \u{200b}\u{feff}e\u{301}",
        "\u{3000}小\u{a0}明\u{3000}",
        "Ada+Bob=2",
        "#1 at 100%",
        "a;b,c?d/e\\f",
        "%41da %zz %",
        " spaces  around ",
        "tab\there, bell\x07",
        // What a program may take for nobody.
        "0",
        "null",
        "stranger",
        // Parts of an address that browsers take out of a path, percent-encoded or not.
        ".",
        "..",
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
    for name in
        [MARKUP, "<i>Tom</i> & co", "&lt;Ada&gt; &amp;amp;", "'\" onfocus=alert(1) x='", CLOSERS]
    {
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

/// What ends an element or a comment whose text is no markup.
const CLOSERS: &str = "--></title></textarea></script></style><b>Ada</b>";

/// Names that no answer can know by heart, of one length and of several.
fn names() -> Vec<String> {
    let number = std::process::id();
    ["Ada", "Bob", "Eve", "Augusta"].iter().map(|name| format!("{name} {number} L")).collect()
}

/// Opens the page, and enters a name in its form.
fn enter(server: &Server, browser: &mut Browser, name: &str) -> Visit {
    browser.open(&server.url("/"));
    browser.form("/enter").fill("name", name).send()
}

/// Whether the page says `Hello, NAME`, and the whole name: with its spaces, and nothing but the name.
fn greets(reply: &Reply, name: &str, whose: &str) {
    let text = reply.page().source();
    let words = format!("Hello, {name}");
    let whole = text
        .match_indices(&words)
        .any(|(at, words)| !text[at + words.len()..].starts_with(char::is_alphanumeric));
    let length = name.chars().count();
    // What nobody sees is told by its number.
    let plain = |sign: char| {
        if sign.is_ascii() { sign.to_string() } else { sign.escape_debug().to_string() }
    };
    let name: String = name.chars().take(70).map(plain).collect();
    let rest = if length > 70 { format!("…`, {length} characters,") } else { "`".to_owned() };
    assert!(
        reply.status == 200 && whole,
        "Expected a page that says `Hello, {name}{rest} to somebody {whose}.\n\n{}",
        reply.with_text("Hello")
    );
}
