//! The check of `change-the-key`: starts the server again and again, with keys that come and go.

use change_the_key::{Keys, app};
use cookie::Key;
use probe::{Reply, Server, get, post};

const NAME: &str = "change_the_key";

/// A server with this key, and these on their way out.
fn server(key: &Key, fallbacks: &[&Key]) -> Server {
    let fallbacks = fallbacks.iter().map(|key| (*key).clone()).collect();
    Server::of(app(Keys { key: key.clone(), fallbacks }))
}

/// Logs in; returns `change_the_key=VALUE`, as the browser sends it back.
fn log_in(server: &Server, username: &str) -> String {
    let reply = server.send(post("/login", &[("username", username)]));
    let Some(pair) = reply.pair(NAME) else {
        panic!("Expected a log-in to set the cookie `{NAME}`.\n\n{reply}");
    };
    pair.to_owned()
}

/// Visits the first page, with what the browser keeps.
fn visit(server: &Server, cookie: &str) -> Reply {
    server.send(get("/").cookie(cookie))
}

/// What the browser keeps after this reply.
fn kept(reply: &Reply, before: &str) -> String {
    reply.pair(NAME).unwrap_or(before).to_owned()
}

/// Whom the first page greets.
fn greeted(reply: &Reply) -> Option<String> {
    let text = reply.text();
    let (_, rest) = text.split_once("Logged in as ")?;
    rest.split(['<', '\n']).next().map(|name| name.trim().to_owned())
}

fn must_be(reply: &Reply, name: Option<&str>, why: &str) {
    let expected =
        name.map_or("You are not logged in".to_owned(), |name| format!("Logged in as {name}"));
    assert!(greeted(reply).as_deref() == name, "Expected \"{expected}\": {why}\n\n{reply}");
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_log_in_is_remembered() {
    let key = Key::generate();
    for name in ["Ada", "小明", "Ada; Path=/"] {
        let cookie = log_in(&server(&key, &[]), name);
        must_be(&visit(&server(&key, &[]), &cookie), Some(name), "the key is the same as before.");
    }
    must_be(&visit(&server(&key, &[]), "theme=dark"), None, "no cookie of ours came.");
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_new_key_logs_nobody_out() {
    let (old, new) = (Key::generate(), Key::generate());
    let cookie = log_in(&server(&old, &[]), "Ada");
    let reply = visit(&server(&new, &[&old]), &cookie);
    must_be(
        &reply,
        Some("Ada"),
        "the old key signed this cookie, and it is a fallback of the new one.",
    );
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn two_changes_of_key_log_nobody_out() {
    let (first, second, third) = (Key::generate(), Key::generate(), Key::generate());
    let ada = log_in(&server(&first, &[]), "Ada");
    let bob = log_in(&server(&second, &[&first]), "Bob");
    for fallbacks in [[&first, &second], [&second, &first]] {
        let server = server(&third, &fallbacks);
        must_be(&visit(&server, &ada), Some("Ada"), "one of the two fallbacks signed this cookie.");
        must_be(&visit(&server, &bob), Some("Bob"), "one of the two fallbacks signed this cookie.");
    }
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn the_new_key_signs() {
    let (old, new) = (Key::generate(), Key::generate());
    let cookie = log_in(&server(&new, &[&old]), "Ada");
    let why =
        "Ada logged in after the change, so that the new key signed; the old one is dropped now.";
    must_be(&visit(&server(&new, &[]), &cookie), Some("Ada"), why);
    let why = "this server has the old key alone, and the new one must have signed.";
    must_be(&visit(&server(&old, &[]), &cookie), None, why);
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_visit_outlives_the_old_key() {
    let (old, new) = (Key::generate(), Key::generate());
    let before = log_in(&server(&old, &[]), "Ada & co");
    let reply = visit(&server(&new, &[&old]), &before);
    let after = kept(&reply, &before);
    let shown = visit(&server(&new, &[]), &after);
    assert!(
        greeted(&shown).as_deref() == Some("Ada &amp; co"),
        "Expected Ada to be logged in still: she came by after the change, and that visit renewed her cookie with the new key. \
         Now the old key is dropped.\n\nThe visit. {reply}\nNow. {shown}"
    );
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_dropped_key_opens_nothing() {
    let (first, second, third) = (Key::generate(), Key::generate(), Key::generate());
    let copy = log_in(&server(&first, &[]), "Ada");
    // This program has seen the first key twice by now, and Ada has come by.
    let _ = visit(&server(&second, &[&first]), &copy);
    let why = "the key that signed this cookie is neither the key nor a fallback any more.";
    for server in [server(&second, &[]), server(&third, &[&second])] {
        must_be(&visit(&server, &copy), None, why);
    }
}

#[test]
#[ignore = "exercise: cargo course check change-the-key"]
fn a_forged_cookie_is_neither_believed_nor_signed() {
    let (old, new, foreign) = (Key::generate(), Key::generate(), Key::generate());
    let server = server(&new, &[&old]);
    let (ada, eve) = (log_in(&server, "Ada"), log_in(&self::server(&foreign, &[]), "Eve"));
    for forged in [format!("{NAME}=Bob"), ada.replace("Ada", "Bob"), eve] {
        let reply = visit(&server, &forged);
        must_be(&reply, None, "no key of this server signed this cookie.");
        let again = visit(&server, &kept(&reply, &forged));
        must_be(
            &again,
            None,
            "the visit before came with a forged cookie, and the server must not sign what it can't verify.",
        );
    }
}
