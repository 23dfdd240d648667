//! The checks of `flash-once`.

use probe::{Reply, Server, get, post};

/// A browser that keeps the one cookie.
struct Browser {
    server: Server,
    cookie: String,
}

impl Browser {
    fn new() -> Self {
        Self { server: Server::of(flash_once::app()), cookie: String::new() }
    }

    fn send(&mut self, request: probe::Request) -> Reply {
        let reply = self.server.send(request.cookie(&self.cookie));
        if let Some(pair) = reply.pair("flash_session") {
            self.cookie = if pair.ends_with('=') { String::new() } else { pair.to_owned() };
        }
        reply
    }

    fn save(&mut self) {
        let _ = self.send(post("/save", &[]));
    }

    /// Loads the page, which should show these messages.
    #[track_caller]
    fn expect(&mut self, messages: &str) {
        let reply = self.send(get("/"));
        let text = reply.text();
        assert!(
            text.trim() == format!("messages: {messages}").trim(),
            "The page should show these messages: {messages:?}\nIt says\n  {text}\n{reply}"
        );
    }
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn a_message_reaches_the_next_page() {
    let mut browser = Browser::new();
    browser.save();
    browser.expect("saved 1");
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn a_message_is_shown_once() {
    let mut browser = Browser::new();
    browser.save();
    browser.expect("saved 1");
    browser.expect("");
    browser.expect("");
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn messages_that_wait_are_shown_together() {
    let mut browser = Browser::new();
    browser.save();
    browser.save();
    browser.expect("saved 1, saved 2");
}

#[test]
#[ignore = "exercise: cargo course check flash-once"]
fn the_rest_of_the_session_stays() {
    let mut browser = Browser::new();
    browser.save();
    let _ = browser.send(get("/"));
    browser.save();
    let reply = browser.send(get("/"));
    let text = reply.text();
    assert!(
        text.trim_end().ends_with("saved 2"),
        "The session also counts, and the second message should be \"saved 2\".\nThe page says\n  {text}\n{reply}"
    );
}
