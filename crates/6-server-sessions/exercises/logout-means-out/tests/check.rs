//! The checks of `logout-means-out`.

use probe::{Reply, Server, get, post};

const COOKIE: &str = "logout_sid";

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

/// Logs out with a cookie.
fn log_out(server: &Server, cookie: &str) -> Reply {
    server.send(post("/logout", &[]).cookie(cookie))
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn a_copied_cookie_is_nobody_after_the_log_out() {
    let server = Server::of(logout_means_out::app());
    let ada = log_in(&server, "Ada", "");
    let reply = server.send(post("/notes", &[("note", "a secret")]).cookie(&ada));
    assert_eq!(reply.status, 303, "a note leads to the first page.\n{reply}");
    let copy = ada.clone();
    let _ = log_out(&server, &ada);
    let reply = home(&server, &copy);
    expect(
        &reply,
        "You are not logged in",
        "Ada has logged out, so a copy of her cookie opens nothing",
    );
    expect_not(&reply, "a secret", "Ada has logged out, so a copy of her cookie opens nothing");
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn the_browser_is_told_to_forget_the_cookie() {
    let server = Server::of(logout_means_out::app());
    let ada = log_in(&server, "Ada", "");
    let reply = log_out(&server, &ada);
    let deletes = |line: &&str| {
        line.starts_with("logout_sid=;") && line.contains("Path=/") && line.contains("Max-Age=0")
    };
    assert!(
        reply.set_cookies().iter().any(deletes),
        "a log-out should send Set-Cookie with no value, Path=/ and Max-Age=0.\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn another_browser_of_the_same_user_stays_logged_in() {
    let server = Server::of(logout_means_out::app());
    let (library, phone) = (log_in(&server, "Ada", ""), log_in(&server, "Ada", ""));
    let _ = log_out(&server, &library);
    expect(
        &home(&server, &phone),
        "Logged in as Ada",
        "a log-out at the library is none on the phone",
    );
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn somebody_else_stays_logged_in() {
    let server = Server::of(logout_means_out::app());
    let (ada, bob) = (log_in(&server, "Ada", ""), log_in(&server, "Bob", ""));
    let _ = log_out(&server, &ada);
    expect(&home(&server, &bob), "Logged in as Bob", "Ada's log-out is not Bob's");
}

#[test]
#[ignore = "exercise: cargo course check logout-means-out"]
fn a_second_log_out_is_no_error() {
    let server = Server::of(logout_means_out::app());
    let ada = log_in(&server, "Ada", "");
    let _ = log_out(&server, &ada);
    let reply = log_out(&server, &ada);
    assert_eq!(reply.status, 303, "who is out already may click again.\n{reply}");
}
