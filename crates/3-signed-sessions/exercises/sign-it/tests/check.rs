//! The check of `sign-it`: logs in, then comes back with cookies that this server did not write.

use cookie::Key;
use probe::{Reply, Server, get, post};
use sign_it::app;

const NAME: &str = "sign_it";

/// A server with a key of its own.
fn server() -> Server {
    Server::of(app(Key::generate()))
}

/// Logs in; returns `sign_it=VALUE`, as the browser sends it back.
fn log_in(server: &Server, username: &str) -> String {
    let reply = server.send(post("/login", &[("username", username)]));
    let Some(pair) = reply.pair(NAME) else {
        panic!("Expected a log-in to set the cookie `{NAME}`.\n\n{reply}");
    };
    pair.to_owned()
}

/// Whom the first page greets.
fn greeted(reply: &Reply) -> Option<String> {
    let text = reply.text();
    let (_, rest) = text.split_once("Logged in as ")?;
    rest.split(['<', '\n']).next().map(|name| name.trim().to_owned())
}

/// Comes back with this `Cookie` header, and must be nobody.
fn must_be_nobody(server: &Server, cookie: &str, what: &str) {
    let reply = server.send(get("/").cookie(cookie));
    if let Some(name) = greeted(&reply) {
        panic!(
            "Expected {what} to log nobody in: only the server can have written what it believes. The page says \
             \"Logged in as {name}\".\n\n{reply}"
        );
    }
    assert!(
        reply.status == 200,
        "Expected {what} to be no error: 200, and the page of somebody who is not logged in.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_log_in_is_remembered() {
    let server = server();
    for name in ["Ada", "小明", "Ada; Path=/admin", "=%41\"", " Ada's 2nd name "] {
        let cookie = log_in(&server, name);
        let reply = server.send(get("/").cookie(format!("theme=dark; {cookie}; visits=3")));
        let expected = name.replace('"', "&quot;");
        assert!(
            greeted(&reply).as_deref() == Some(expected.trim()),
            "Expected the page to say \"Logged in as {name}\": the cookie came back as the server set it.\n\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn a_restart_with_the_same_key_keeps_the_log_in() {
    let key = Key::generate();
    let before = Server::of(app(key.clone()));
    let cookie = log_in(&before, "Ada");
    drop(before);
    let reply = Server::of(app(key)).send(get("/").cookie(&cookie));
    assert!(
        greeted(&reply).as_deref() == Some("Ada"),
        "Expected Ada to be logged in still: the server was started again, with the same key.\n\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn an_edited_cookie_logs_nobody_in() {
    let server = server();
    must_be_nobody(&server, &format!("{NAME}=Bob"), "a cookie written by hand");
    let cookie = log_in(&server, "Ada");
    must_be_nobody(&server, &cookie.replace("Ada", "Bob"), "a cookie with another name in it");
    let start = NAME.len() + 1;
    for at in start..cookie.len() {
        let other = match cookie.as_bytes()[at] {
            b'A' => "B",
            b'a' => "b",
            _ => "A",
        };
        let edited = format!("{}{other}{}", &cookie[..at], &cookie[at + 1..]);
        must_be_nobody(&server, &edited, "a cookie with one changed character");
        must_be_nobody(&server, &cookie[..at], "a cookie that was cut short");
    }
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn two_cookies_put_together_log_nobody_in() {
    let server = server();
    let (ada, eve) = (log_in(&server, "Ada"), log_in(&server, "Eve"));
    for at in NAME.len() + 1..ada.len().min(eve.len()) {
        for mixed in
            [format!("{}{}", &ada[..at], &eve[at..]), format!("{}{}", &eve[..at], &ada[at..])]
        {
            if mixed != ada && mixed != eve {
                must_be_nobody(&server, &mixed, "the start of one cookie with the end of another");
            }
        }
    }
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn another_servers_cookie_logs_nobody_in() {
    let cookie = log_in(&server(), "Ada");
    must_be_nobody(&server(), &cookie, "a cookie from a server with another key");
}

#[test]
#[ignore = "exercise: cargo course check sign-it"]
fn logging_out_deletes_the_cookie() {
    let reply = server().send(post("/logout", &[]));
    let lines = reply.set_cookies();
    let deletes = |line: &&str| {
        line.starts_with(&format!("{NAME}="))
            && line.contains("Path=/")
            && line.contains("Max-Age=0")
    };
    assert!(
        lines.iter().any(deletes),
        "Expected the log-out to delete the cookie `{NAME}` where the log-in set it: with Path=/ and Max-Age=0.\n\n{reply}"
    );
}
