//! The checks of the exercise `safe-get`: they talk to the server over TCP, as browsers and other programs do.

use probe::{Browser, Passed, Reply, Request, Server, get, post};

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn a_new_server_shows_no_claps() -> Passed {
    let server = Server::of(safe_get::app());
    let reply = server.send(get("/"));
    let claps = claps(&server);
    assert!(
        claps == 0,
        "Expected `Claps: 0` on the page of a server that just started. It says `Claps: {claps}`.\n\n{}",
        reply.with_text("Claps:")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn looking_changes_nothing() -> Passed {
    let server = Server::of(safe_get::app());
    // Some claps, and a page that was looked at before: what counts every tenth look shows itself, too.
    let _ = server.send(post("/clap", &[]));
    // And a browser that has every cookie that the page and the form set, and one of another server.
    let mut browser = Browser::new();
    browser.plant(&server.url("/"), "theme=light; Path=/");
    browser.open(&server.url("/"));
    browser.post(&server.url("/clap"), &[]);
    let before = claps(&server);
    let mut addresses = ["/", "/clap", "/clap/", "/clap?n=1", "/claps"].map(str::to_owned).to_vec();
    let mut seen = 0;
    while let Some(address) = addresses.get(seen).filter(|_| seen < 40).cloned() {
        seen += 1;
        for looker in lookers(&address, &server, &browser) {
            let reply = server.send(looker);
            for found in addresses_in(&reply) {
                if !addresses.contains(&found) {
                    addresses.push(found);
                }
            }
            let after = claps(&server);
            assert!(
                after == before,
                "Expected that looking at {address} changes nothing: the page said `Claps: {before}` before this \
                 request, and `Claps: {after}` after it.\nGET and HEAD are safe methods: programs use them without \
                 asking anybody, and no header says for sure that a person meant it.\n\n{reply}"
            );
        }
    }
    let reply = server.send(get("/"));
    let script = script_that_sends(&reply);
    assert!(
        script.is_none(),
        "Expected that looking changes nothing, and a script of the page sends a POST as soon as a browser has loaded it: \
         `{}`.\n\n{reply}",
        script.unwrap_or_default()
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn each_post_claps_once() -> Passed {
    let server = Server::of(safe_get::app());
    let start = claps(&server);
    for number in 1..=12 {
        let reply = server.send(post("/clap", &[]));
        let now = claps(&server);
        assert!(
            now == start + number,
            "Expected that each POST to /clap adds one: after {number} of them the page says `Claps: {now}`, and it \
             began with {start}.\n\n{reply}"
        );
    }
    // More than a byte holds, and nobody looks in between.
    let before = claps(&server);
    for _ in 0..300 {
        let _ = server.send(post("/clap", &[]));
    }
    let after = claps(&server);
    assert!(
        after == before + 300,
        "Expected that each POST to /clap adds one: the page said `Claps: {before}`, and after 300 of them, with no look \
         between, it says `Claps: {after}`.\n\n{}",
        server.send(get("/")).with_text("Claps:")
    );
    Passed
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn after_a_clap_the_browser_is_sent_to_look() -> Passed {
    let server = Server::of(safe_get::app());
    // Wherever the form was: a page at another address may hold it as well.
    let from_elsewhere = post("/clap", &[]).header("Referer", server.url("/claps"));
    for clap in [post("/clap", &[]), from_elsewhere] {
        let reply = server.send(clap);
        assert!(
            reply.status == 303,
            "Expected `303 See Other` after a POST, and the answer is {}. 303 says: done, now look there with a GET. \
             Without it a reload sends the form again.\n\n{reply}",
            reply.status
        );
        assert!(
            reply.sees_other("/"),
            "Expected that the browser is sent to the page with the number, `Location: /`, wherever it came \
             from.\n\n{reply}"
        );
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn the_page_has_a_form_that_claps() -> Passed {
    let server = Server::of(safe_get::app());
    let before = claps(&server);
    let reply = server.send(get("/"));
    let page = reply.page();
    let posts = page.forms().into_iter().any(|form| {
        form.method() == "POST" && form.action().is_some_and(|to| to.target() == "/clap")
    });
    let parts = [page.elements("form"), page.elements("a")].concat();
    let parts = parts.iter().map(|part| format!("{} {:?}", part.name(), part.attributes()));
    let parts: Vec<_> = parts.collect();
    assert!(
        posts,
        "Expected a form on the page with the method `post` and the action `/clap`: a link can only send GET. The forms \
         and links of the page: {}.\n\n{reply}",
        if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
    );
    let mut browser = Browser::new();
    browser.open(&server.url("/"));
    for number in 1..=3 {
        let visit = browser.form("/clap").send();
        let after = claps(&server);
        assert!(
            after == before + number,
            "Expected that the page's form claps once each time. The page said `Claps: {before}` at first, and says \
             `Claps: {after}` after one browser sent it {number} times.\n\n{visit}"
        );
    }
    Passed
}

/// The number that the page shows.
fn claps(server: &Server) -> u64 {
    let reply = server.send(get("/"));
    let text = reply.page().text();
    let number = text.split("Claps: ").nth(1).unwrap_or_default();
    let digits =
        number.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_else(|_| {
        panic!(
            "Expected a page at / that says `Claps: ` and a number. It says something else.\n\n{}",
            reply.with_text("Claps")
        )
    })
}

/// What two browsers say that they are.
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const CHROMIUM: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
    Chrome/140.0.0.0 Safari/537.36";

/// Programs that look at an address and mean nothing by it, and a person's click, which looks too.
fn lookers(address: &str, server: &Server, browser: &Browser) -> Vec<Request> {
    let click = get(address)
        .header("User-Agent", FIREFOX)
        .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
        .header("Accept-Language", "en-US,en;q=0.5")
        .header("Accept-Encoding", "gzip, deflate, br, zstd")
        .header("Referer", server.url("/"))
        .header("Cookie", browser.cookie_header(&server.url(address)))
        .header("Sec-Fetch-Dest", "document")
        .header("Sec-Fetch-Mode", "navigate")
        .header("Sec-Fetch-Site", "same-origin")
        .header("Sec-Fetch-User", "?1")
        .header("Upgrade-Insecure-Requests", "1")
        .header("Cache-Control", "max-age=0");
    let fetch = get(address)
        .header("User-Agent", CHROMIUM)
        .header("Accept", "*/*")
        .header("Referer", server.url("/"))
        .header("Origin", server.url(""))
        .header("Sec-Fetch-Dest", "empty")
        .header("Sec-Fetch-Mode", "cors")
        .header("Sec-Fetch-Site", "same-origin")
        .header("X-Requested-With", "XMLHttpRequest");
    vec![
        get(address).header("Sec-Purpose", "prefetch"),
        get(address).header("User-Agent", "a search engine"),
        Request::new("HEAD", address),
        click,
        fetch,
    ]
}

/// A script of the page that sends a POST when it is loaded. One without functions waits for no press: all of it runs then.
fn script_that_sends(reply: &Reply) -> Option<String> {
    let page = reply.page();
    let mut scripts = page.elements("script").into_iter().map(|script| script.source().to_owned());
    scripts.find(|code| {
        let has = |words: &[&str]| words.iter().any(|word| code.contains(word));
        has(&["POST", ".submit()", ".click()", "sendBeacon("]) && !has(&["function", "=>"])
    })
}

/// The addresses of this server that an answer names: where it leads, and all that looks like a path in its page, for a
/// script may ask for it as well.
fn addresses_in(reply: &Reply) -> Vec<String> {
    let here = reply.address();
    let mut found: Vec<String> = reply
        .header("Location")
        .and_then(|to| here.at(to))
        .map(|to| to.target())
        .into_iter()
        .collect();
    let page = reply.page();
    found.extend(page.links().into_iter().map(|(_, to)| to.target()));
    found.extend(page.images().iter().map(probe::Address::target));
    found.extend(page.forms().iter().filter_map(|form| Some(form.action()?.target())));
    let text = reply.text();
    for (at, _) in text.match_indices('/') {
        let ends = |character: char| {
            !(character.is_ascii_alphanumeric() || "/-_.~?=&%+".contains(character))
        };
        let quoted = text[..at].ends_with(['"', '\'', '`', '=', '(']);
        let path = text[at..].split(ends).next().unwrap_or_default();
        if quoted && !path.starts_with("//") {
            found.push(path.to_owned());
        }
    }
    found.retain(|address| !address.starts_with("/classroom"));
    found
}
