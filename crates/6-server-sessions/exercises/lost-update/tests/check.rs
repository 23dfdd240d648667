//! The checks of `lost-update`.

use std::{
    thread,
    time::{Duration, Instant},
};

use probe::{Reply, Server, get, post};

const COOKIE: &str = "update_sid";

/// What the first page says to whoever has this cookie.
fn home(server: &Server, cookie: &str) -> Reply {
    server.send(get("/").cookie(cookie))
}

/// Expects the page to say `sentence`.
#[track_caller]
fn expect(reply: &Reply, sentence: &str, why: &str) {
    assert!(reply.text().contains(sentence), "{why}: the page should say \"{sentence}\".\n{reply}");
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

fn note(server: &Server, cookie: &str, text: &str) -> Reply {
    server.send(post("/notes", &[("note", text)]).cookie(cookie))
}

/// Sends these notes at the same time, and expects each to be kept or refused, and no acknowledged one to be lost.
#[track_caller]
fn at_once(server: &Server, cookie: &str, notes: &[String]) {
    let replies: Vec<Reply> = thread::scope(|scope| {
        let sent: Vec<_> =
            notes.iter().map(|text| scope.spawn(move || note(server, cookie, text))).collect();
        sent.into_iter().map(|reply| reply.join().expect("the request is answered")).collect()
    });
    let page = home(server, cookie);
    for (text, reply) in notes.iter().zip(&replies) {
        match reply.status {
            303 => expect(
                &page,
                &format!("<li>{text}</li>"),
                &format!("the note \"{text}\" was acknowledged with 303"),
            ),
            409 => {}
            _ => panic!("a note should be kept (303) or refused (409).\n{reply}"),
        }
    }
    assert!(
        replies.iter().any(|reply| reply.status == 303),
        "one of them should be kept.\n{}",
        replies[0]
    );
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn notes_one_after_the_other_are_kept() {
    let server = Server::of(lost_update::app());
    let ada = log_in(&server, "Ada", "");
    for text in ["milk", "bread"] {
        let reply = note(&server, &ada, text);
        assert_eq!(reply.status, 303, "a note that nobody disturbs should be kept.\n{reply}");
    }
    let page = home(&server, &ada);
    expect(&page, "<li>milk</li>", "the first note is kept");
    expect(&page, "<li>bread</li>", "the second note is kept");
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn two_notes_at_once_are_both_kept_or_refused() {
    let server = Server::of(lost_update::app());
    let ada = log_in(&server, "Ada", "");
    for round in 0..3 {
        at_once(&server, &ada, &[format!("milk {round}"), format!("bread {round}")]);
    }
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn a_log_out_beats_a_note_under_way() {
    let server = Server::of(lost_update::app());
    let ada = log_in(&server, "Ada", "");
    let reply = thread::scope(|scope| {
        let under_way = scope.spawn(|| note(&server, &ada, "milk"));
        // The note is on its way to the store for 50 milliseconds.
        thread::sleep(Duration::from_millis(15));
        let _ = server.send(post("/logout", &[]).cookie(&ada));
        under_way.join().expect("the request is answered")
    });
    expect(
        &home(&server, &ada),
        "You are not logged in",
        "Ada has logged out, and a note under way must not undo it",
    );
    assert!(
        matches!(reply.status, 403 | 409),
        "the note should be refused: its session is gone.\n{reply}"
    );
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn sessions_do_not_wait_for_each_other() {
    let server = Server::of(lost_update::app());
    let cookies: Vec<String> = (0..12).map(|_| log_in(&server, "Ada", "")).collect();
    let start = Instant::now();
    thread::scope(|scope| {
        for cookie in &cookies {
            scope.spawn(|| note(&server, cookie, "milk"));
        }
    });
    let took = start.elapsed();
    assert!(
        took < Duration::from_millis(450),
        "twelve sessions should be changed side by side, 50 ms each, and together they took {took:?}.\n{}",
        home(&server, &cookies[0])
    );
}
