//! The checks of `new-id-at-login`.

use probe::{Reply, Server, get, post};

const COOKIE: &str = "fixation_sid";

/// What the first page says to whoever has this cookie.
fn home(server: &Server, cookie: &str) -> Reply {
    server.send(get("/").cookie(cookie))
}

/// Expects the page to say `sentence`.
#[track_caller]
fn expect(reply: &Reply, sentence: &str, why: &str) {
    assert!(reply.text().contains(sentence), "{why}: the page should say \"{sentence}\".\n{reply}");
}

/// Expects the page not to say `sentence`.
#[track_caller]
fn expect_not(reply: &Reply, sentence: &str, why: &str) {
    assert!(
        !reply.text().contains(sentence),
        "{why}: the page should not say \"{sentence}\".\n{reply}"
    );
}

/// The pair that the response sets, as the browser sends it back.
#[track_caller]
fn pair(reply: &Reply) -> String {
    let Some(pair) = reply.pair(COOKIE) else {
        panic!("the response should set the cookie {COOKIE}.\n{reply}")
    };
    pair.to_owned()
}

/// Logs in, with a cookie or with none (`""`), and returns the cookie that came.
#[track_caller]
fn log_in(server: &Server, username: &str, cookie: &str) -> String {
    pair(&server.send(post("/login", &[("username", username)]).cookie(cookie)))
}

/// Notes something without a cookie, as Mallory does, and returns the cookie that came.
#[track_caller]
fn plant(server: &Server) -> String {
    pair(&server.send(post("/notes", &[("note", "milk")])))
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn a_log_in_gives_a_new_id() {
    let server = Server::of(new_id_at_login::app());
    let planted = plant(&server);
    let reply = server.send(post("/login", &[("username", "Ada")]).cookie(&planted));
    assert!(
        reply.pair(COOKIE).is_some_and(|pair| pair != planted),
        "a log-in should set a fresh id: {planted} was known before, to whoever planted it.\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn the_old_id_is_nobody_after_the_log_in() {
    let server = Server::of(new_id_at_login::app());
    let planted = plant(&server);
    log_in(&server, "Ada", &planted);
    let reply = home(&server, &planted);
    expect(
        &reply,
        "You are not logged in",
        "the id from before the log-in is worth nothing any more",
    );
    expect_not(&reply, "milk", "the id from before the log-in is worth nothing any more");
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn notes_from_before_the_log_in_are_still_there() {
    let server = Server::of(new_id_at_login::app());
    let planted = plant(&server);
    let own = log_in(&server, "Ada", &planted);
    let reply = home(&server, &own);
    expect(&reply, "Logged in as Ada", "the log-in counts");
    expect(&reply, "<li>milk</li>", "what was in the session goes along");
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn each_log_in_has_an_id_of_its_own() {
    let server = Server::of(new_id_at_login::app());
    let (laptop, phone) = (log_in(&server, "Ada", ""), log_in(&server, "Ada", ""));
    assert!(laptop != phone, "two browsers of Ada should have two ids, and both have {laptop}");
    expect(&home(&server, &laptop), "Logged in as Ada", "the first browser stays logged in");
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn the_new_id_can_not_be_computed_from_the_old_one() {
    let server = Server::of(new_id_at_login::app());
    let planted = plant(&server);
    let own = log_in(&server, "Ada", &planted);
    // The same id is another check's business.
    assert!(
        own == planted || !own.contains(planted.trim_start_matches("fixation_sid=")),
        "the new id should come from the operating system, and {own} holds {planted}"
    );
}

#[test]
#[ignore = "exercise: cargo course check new-id-at-login"]
fn a_log_out_still_ends_the_session() {
    let server = Server::of(new_id_at_login::app());
    let own = log_in(&server, "Ada", "");
    let reply = server.send(post("/logout", &[]).cookie(&own));
    assert_eq!(reply.status, 303, "a log-out leads to the first page.\n{reply}");
    expect(&home(&server, &own), "You are not logged in", "the log-out counts");
}
