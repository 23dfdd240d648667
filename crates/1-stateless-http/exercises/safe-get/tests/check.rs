//! The checks of the exercise `safe-get`: they talk to the server over TCP, as a browser does.

use probe::{Reply, Request, Server, get, post};

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn the_page_shows_the_claps() {
    let server = Server::of(safe_get::app());
    let reply = server.send(get("/"));
    assert!(
        claps(&server) == 0,
        "Expected `Claps: 0` on the page of a server that just started.

{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn looking_changes_nothing() {
    let server = Server::of(safe_get::app());
    let _ = server.send(post("/clap", &[]));
    let before = claps(&server);
    let mut addresses = vec!["/".to_owned(), "/clap".to_owned()];
    let mut seen = 0;
    while let Some(address) = addresses.get(seen).filter(|_| seen < 30).cloned() {
        seen += 1;
        for looker in lookers(&address) {
            let reply = server.send(looker);
            for found in addresses_in(&reply) {
                if !addresses.contains(&found) {
                    addresses.push(found);
                }
            }
            let after = claps(&server);
            assert!(
                after == before,
                "Expected that looking at {address} changes nothing: the page said {before} claps before, and says \
                 {after} now.\nGET and HEAD are safe methods: programs use them without asking anybody.\n\n{reply}"
            );
        }
    }
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn a_post_claps_once() {
    let server = Server::of(safe_get::app());
    for expected in 1..=3 {
        let reply = server.send(post("/clap", &[]));
        let now = claps(&server);
        assert!(
            now == expected,
            "Expected that each POST to /clap adds one: after {expected} of them the page says {now}.\n\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn after_a_clap_the_browser_is_sent_to_look() {
    let server = Server::of(safe_get::app());
    let reply = server.send(post("/clap", &[]));
    assert!(
        reply.status == 303,
        "Expected `303 See Other` after a POST: \"done, now look there\" with a GET. Without it a reload sends the form \
         again.\n\n{reply}"
    );
    assert!(
        reply.header("Location").map(|location| location.replace(&server.url("/"), "/"))
            == Some("/".to_owned()),
        "Expected that the browser is sent to the page with the number, /.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check safe-get"]
fn the_page_has_a_form_that_posts() {
    let server = Server::of(safe_get::app());
    let reply = server.send(get("/"));
    let page = reply.text().to_ascii_lowercase().replace(['"', '\''], "");
    let posts = page
        .split("<form")
        .skip(1)
        .filter_map(|form| form.split('>').next())
        .any(|form| form.contains("method=post") && form.contains("action=/clap"));
    assert!(
        posts,
        "Expected a form on the page with method=\"post\" and action=\"/clap\": a link can only send GET.\nThe page \
         is:\n{}\n\n{reply}",
        reply.text()
    );
}

/// The number that the page shows.
fn claps(server: &Server) -> u64 {
    let reply = server.send(get("/"));
    let text = reply.text();
    let number = text.split("Claps: ").nth(1).unwrap_or_default();
    let digits =
        number.split(|character: char| !character.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().unwrap_or_else(|_| {
        panic!("Expected a page at / that says `Claps: ` and a number. It is:\n{text}\n\n{reply}")
    })
}

/// Programs that look at an address and mean nothing by it.
fn lookers(address: &str) -> [Request; 3] {
    [
        get(address).header("Sec-Purpose", "prefetch"),
        get(address).header("User-Agent", "a search engine"),
        Request::new("HEAD", address),
    ]
}

/// The addresses of this server that a page names.
fn addresses_in(reply: &Reply) -> Vec<String> {
    let text = reply.text();
    let mut found: Vec<String> = reply.header("Location").map(str::to_owned).into_iter().collect();
    for attribute in ["href=", "action=", "src=", "content="] {
        for rest in text.split(attribute).skip(1) {
            let value = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => rest.split(quote).nth(1),
                _ => rest.split([' ', '>']).next(),
            };
            let value = value.unwrap_or_default().split('#').next().unwrap_or_default();
            found.push(value.replace("&amp;", "&"));
        }
    }
    found.retain(|address| address.starts_with('/') && !address.starts_with("/classroom"));
    found
}
