//! What the wire must keep from the pages beside it: it shows the values of `HttpOnly` cookies.

use std::collections::BTreeSet;

use crate::{Request, Server, get};

/// The hosts that a lesson's page may be at, and the addresses where none may be.
const HOSTS: [&str; 4] = ["localhost", "mallory.localhost", "app.crumbs.localhost", "[::1]"];
const WIRE: &str = "127.0.0.1";

/// Asserts that no script of a lesson's page can read the wire: each page that links lead to from `/` and from `extra`, at
/// each host of the lesson, asks for the wire's page, its JSON and its stream as a browser would say it, and is refused. At
/// the wire's own host none of these pages is served: there a script would be the wire's own.
///
/// # Panics
///
/// Where the wire answers, or where a page is where the wire is.
#[track_caller]
pub fn assert_no_script_reads_the_wire(server: &Server, extra: &[&str]) {
    let port = server.port();
    let at = |request: Request, host: &str| request.header("Host", format!("{host}:{port}"));
    let pages = pages(server, extra);
    assert!(pages.len() > 1, "only {pages:?}: does `/` lead nowhere?");
    for page in &pages {
        let reply = server.send(at(get(page), WIRE));
        assert_eq!((reply.status, reply.set_cookies().len()), (307, 0), "no page is here: {reply}");
    }
    // What a script may do is for its page's host to say, whichever the page.
    for host in HOSTS {
        let own = format!("http://{host}:{port}");
        for target in [
            "/classroom/wire",
            "/classroom/wire?frame",
            "/classroom/wire.json",
            "/classroom/wire/events",
        ] {
            for (mode, dest) in [
                ("cors", "empty"),
                ("no-cors", "empty"),
                ("same-origin", "empty"),
                ("no-cors", "image"),
                ("no-cors", "script"),
                ("cors", "script"),
                ("cors", "worker"),
            ] {
                for (asked, site) in
                    [(WIRE, "cross-site"), (host, "same-origin"), ("localhost", "cross-site")]
                {
                    let request = at(get(target), asked)
                        .header("Sec-Fetch-Site", site)
                        .header("Sec-Fetch-Mode", mode)
                        .header("Sec-Fetch-Dest", dest)
                        .header("Referer", format!("{own}/"));
                    for request in [request.clone(), request.header("Origin", &own)] {
                        let reply = server.send(request);
                        assert_eq!(reply.status, 403, "a script of {own} reads the wire: {reply}");
                        assert_eq!(reply.header("Access-Control-Allow-Origin"), None, "{reply}");
                    }
                }
                // An old browser says nothing of what caused a request, but its origin where it asks across.
                let old = server.send(at(get(target), WIRE).header("Origin", &own));
                assert_eq!(old.status, 403, "a script of {own} reads the wire: {old}");
            }
        }
    }
}

/// The pages that links lead to.
fn pages(server: &Server, extra: &[&str]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<String> = extra.iter().chain(&["/"]).map(|&page| page.to_owned()).collect();
    while let Some(page) = open.pop() {
        if !found.insert(page.clone()) {
            continue;
        }
        let text = server.send(get(&page)).text();
        let links = text.split("href=\"/").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
        open.extend(links.map(|link| format!("/{link}")));
    }
    found
}
