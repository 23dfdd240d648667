//! The checks of the exercise `lost-update`: they hold a note on its way to the store, and look what comes between. No clock
//! has a say in that.
//!
//! An answer may sleep by itself where it should call `pause`. Its notes can't be held; they are sent at once, again and
//! again, and what is stored is judged.

use std::time::{Duration, Instant};

use network::{Network, Seen};
use probe::{Connection, MARKUP, Passed, Reply, Request, Server, get, post, strangers};

const COOKIE: &str = "update_sid";

/// How long is waited for an answer that may not come as long as another request is held. It is no measure of anything: an
/// answer that waits for nobody is there long before, and one behind a lock never comes.
const LIMIT: Duration = Duration::from_secs(10);

/// More than any answer pauses for one change.
const PAUSES: usize = 4;

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn a_note_on_its_way_overwrites_no_other() -> Passed {
    let world = World::new();
    for (passing, others) in (0..PAUSES).flat_map(|passing| [(passing, 1), (passing, 2)]) {
        let cookie = world.log_in();
        let first = world.held(note(&cookie, "milk."), passing);
        if !first.held {
            if passing == 0 {
                many_at_once(&world);
            }
            break;
        }
        // The same text again: it is another note.
        let texts = ["milk.", "bread."].into_iter().take(others);
        let asked: Vec<_> =
            texts.map(|text| (text, world.meanwhile(note(&cookie, text)))).collect();
        let waits = asked.iter().any(|(_, between)| between.reply.is_none());
        world.network.open();
        let mut replies = vec![("milk.", first.answer())];
        replies.extend(asked.into_iter().map(|(text, between)| (text, between.answer())));
        are_kept_or_refused(&world, &cookie, &replies);
        if waits {
            // That is another check's business.
            return Passed;
        }
    }
    disturbed_again_and_again(&world);
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn a_log_out_beats_a_note_under_way() -> Passed {
    let world = World::new();
    for (passing, again) in (0..PAUSES).flat_map(|passing| [(passing, false), (passing, true)]) {
        let cookie = world.log_in();
        let mut first = world.held(note(&cookie, "milk."), passing);
        if !first.held {
            if passing == 0 {
                a_log_out_among_many(&world);
            }
            break;
        }
        if again {
            let between = world.meanwhile(note(&cookie, "bread."));
            first = match between.reply {
                Some(_) => world.held_again(first),
                None => UnderWay { held: false, ..first },
            };
        }
        let page = world.meanwhile(get("/").cookie(&cookie));
        let log_out = world.meanwhile(post("/logout", &[]).cookie(&cookie));
        let waits = page.reply.is_none() || log_out.reply.is_none();
        let is_stored = shown(&page.until(&world)).contains("milk.");
        let log_out = log_out.until(&world);
        let in_between = first.held && !waits && !is_stored;
        world.network.open();
        let reply = first.answer();
        is_out(&world, &cookie, &reply, &log_out);
        assert!(
            !in_between || matches!(reply.status, 403 | 409),
            "Expected that a note is refused, with 409 or 403, whose session was logged out while it was under way. It is \
             answered with {}, and nothing of it is there.\n\n{reply}\nThe log-out in between:\n{log_out}",
            reply.status
        );
        if waits {
            // That is another check's business.
            break;
        }
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn no_request_waits_for_another() -> Passed {
    let world = World::new();
    for passing in 0..PAUSES {
        let (cookie, bob) = (world.log_in(), world.log_in());
        let first = world.held(note(&cookie, "milk."), passing);
        if !first.held {
            if passing == 0 {
                sessions_at_once(&world);
            }
            break;
        }
        let others = [
            ("a note in another session", note(&bob, "bread.")),
            ("the page", get("/").cookie(&cookie)),
            ("a log-in", post("/login", &[("username", "Eve")])),
        ];
        let mut replies =
            others.map(|(what, request)| waits_for_nobody(&world, what, request)).to_vec();
        world.network.open();
        replies.truncate(1);
        replies.push(first.answer());
        for reply in replies {
            assert!(
                reply.status == 303,
                "Expected that a note is kept that nobody disturbs in its own session. It is answered with {}, for a note of \
                 another session was under way.\n\n{reply}",
                reply.status
            );
        }
        let first = world.held(note(&cookie, "milk."), passing);
        waits_for_nobody(&world, "a note in the same session", note(&cookie, "bread."));
        world.network.open();
        drop(first.answer());
    }
    Passed
}

#[test]
#[ignore = "exercise: cargo course check lost-update"]
fn notes_one_after_the_other_are_kept() -> Passed {
    let world = World::new();
    let long = "milk ".repeat(200) + "and bread";
    let texts = ["milk", "milk", " two  spaces ", "小明 & <i>co</i>", MARKUP, &long, "milk"];
    let mut connection = world.server.connection();
    let cookie = world.log_in();
    for (number, text) in texts.iter().enumerate() {
        let reply = connection.send(note(&cookie, text));
        is_kept(&reply);
        let page = world.page(&cookie);
        let stored = texts[..=number].iter().filter(|other| *other == text).count();
        let shown = shown(&page);
        let found = shown.lines().filter(|line| line == text).count();
        let found = if found == 0 { shown.matches(text).count() } else { found };
        assert!(
            found == stored,
            "Expected that each note is kept as it was typed, one after the other: `{text}` was sent {stored} times, and \
             the page shows it {found} times.\n\n{reply}\n{}",
            page.with_text(text)
        );
    }
    for (what, header) in strangers(&world.log_in()) {
        let reply = connection.send(post("/notes", &[("note", "milk")]).cookie(header));
        assert!(
            reply.status == 303,
            "Expected that a note is kept whatever other cookies come with the id ({what}).\n\n{reply}"
        );
    }
    Passed
}

/// A server, and its network.
struct World {
    server: Server,
    network: Network,
}

/// A request under way.
struct UnderWay {
    connection: Connection,
    bytes: Vec<u8>,
    /// The answer, where it has come already.
    reply: Option<Reply>,
    /// Whether its change is held on its way.
    held: bool,
}

impl UnderWay {
    /// Its answer, which is waited for.
    fn answer(mut self) -> Reply {
        match self.reply {
            Some(reply) => reply,
            None => self.connection.answer(&self.bytes),
        }
    }

    /// Its answer; where it waits for what is held, that is let go.
    fn until(self, world: &World) -> Reply {
        if self.reply.is_none() {
            world.network.open();
        }
        self.answer()
    }
}

impl World {
    fn new() -> Self {
        let network = Network::default();
        Self { server: Server::of(network.around(lost_update::app())), network }
    }

    /// Logs in anew, and gives the cookie.
    fn log_in(&self) -> String {
        let reply = self.server.send(post("/login", &[("username", "Ada")]));
        let Some(pair) = reply.pair(COOKIE) else {
            panic!("Expected that the log-in sets the cookie `{COOKIE}`.\n\n{reply}")
        };
        pair.to_owned()
    }

    fn page(&self, cookie: &str) -> Reply {
        self.server.send(get("/").cookie(cookie))
    }

    /// Sends a request, and waits for nothing.
    fn ask(&self, request: Request) -> UnderWay {
        let mut connection = self.server.connection();
        let bytes = connection.ask(request);
        UnderWay { connection, bytes, reply: None, held: false }
    }

    /// Sends it, and holds it when it pauses, or pauses again after so many times that pass. It may end without.
    fn held(&self, request: Request, passing: usize) -> UnderWay {
        let before = self.network.seen().ended;
        self.network.hold_after(passing);
        let under_way = self.ask(request);
        self.until_held(under_way, before)
    }

    /// Lets it go, and holds it again where it pauses again.
    fn held_again(&self, under_way: UnderWay) -> UnderWay {
        let before = self.network.seen().ended;
        self.network.hold_after(0);
        self.network.let_go();
        self.until_held(under_way, before)
    }

    fn until_held(&self, mut under_way: UnderWay, before: usize) -> UnderWay {
        let is_there = self.network.wait(2 * LIMIT, |seen| seen.held || seen.ended > before);
        let request = String::from_utf8_lossy(&under_way.bytes).into_owned();
        assert!(is_there, "Expected an answer to this request, and there is none.\n\n{request}");
        under_way.held = self.network.seen().held;
        if !under_way.held {
            self.network.open();
        }
        under_way
    }

    /// Sends it while another is held. There is no answer where it waits for that one.
    fn meanwhile(&self, request: Request) -> UnderWay {
        let before = self.network.seen().ended;
        let mut under_way = self.ask(request);
        if self.network.wait(LIMIT, |seen| seen.ended > before) {
            under_way.reply = Some(under_way.connection.answer(&under_way.bytes));
        }
        under_way
    }
}

fn note(cookie: &str, text: &str) -> Request {
    post("/notes", &[("note", text)]).cookie(cookie)
}

/// Sends a request while another is held, and expects its answer before that one goes on.
fn waits_for_nobody(world: &World, what: &str, request: Request) -> Reply {
    let between = world.meanwhile(request);
    let waited = between.reply.is_none();
    let reply = between.until(world);
    assert!(
        !waited,
        "Expected that no request waits for another: {what} was not answered before a note under way had come to the \
         store.\nWhoever holds a lock during `pause` makes the others wait, and with two servers each has its own.\n\n{reply}"
    );
    reply
}

/// A note that has lost repeats or gives up; the one that makes it lose may come each time.
fn disturbed_again_and_again(world: &World) {
    let cookie = world.log_in();
    let mut first = world.held(note(&cookie, "milk."), 0);
    let mut replies = Vec::new();
    while first.held && replies.len() < 4 {
        let between = world.meanwhile(note(&cookie, "bread."));
        if between.reply.is_none() {
            world.network.open();
            first.held = false;
        } else {
            first = world.held_again(first);
        }
        replies.push(("bread.", between.answer()));
    }
    world.network.open();
    replies.push(("milk.", first.answer()));
    are_kept_or_refused(world, &cookie, &replies);
}

/// Twelve notes at once, again and again, until they did meet four times: for an answer whose notes can't be held.
fn many_at_once(world: &World) {
    let mut met = 0;
    for _ in 0..12 {
        let cookie = world.log_in();
        world.network.count_anew();
        let texts: Vec<String> = (0..12).map(|number| format!("note {number}.")).collect();
        let asked: Vec<_> = texts.iter().map(|text| world.ask(note(&cookie, text))).collect();
        let replies = asked.into_iter().map(UnderWay::answer);
        let replies: Vec<_> = texts.iter().map(String::as_str).zip(replies).collect();
        met += usize::from(world.network.seen().at_once > 1);
        are_kept_or_refused(world, &cookie, &replies);
        if met == 4 {
            return;
        }
    }
    assert!(
        met > 0,
        "Expected that a change takes a while on its way to the store, by `pause().await`: of twelve times twelve notes \
         sent at once no two were under way together. Where nothing can meet, nothing is lost and nothing is solved."
    );
}

/// Four notes, and a log-out as soon as they have begun, again and again.
fn a_log_out_among_many(world: &World) {
    let mut late = Vec::new();
    for _ in 0..12 {
        let cookie = world.log_in();
        let before = world.network.seen();
        let asked: Vec<_> = (0..4).map(|_| world.ask(note(&cookie, "milk."))).collect();
        let begun = |seen: Seen| seen.begun == before.begun + 4;
        assert!(world.network.wait(LIMIT, begun), "Expected that four notes at once are taken.");
        let page = world.page(&cookie);
        let log_out = world.server.send(post("/logout", &[]).cookie(&cookie));
        // The page and the log-out have ended, and no note.
        let in_between = world.network.seen().ended == before.ended + 2;
        let replies: Vec<_> = asked.into_iter().map(UnderWay::answer).collect();
        is_out(world, &cookie, &replies[0], &log_out);
        if in_between && !shown(&page).contains("milk.") {
            late.push((replies, log_out));
        }
        if late.len() == 4 {
            break;
        }
    }
    let acknowledged = late.iter().all(|(notes, _)| notes.iter().all(|note| note.status == 303));
    if let Some((notes, log_out)) = late.first().filter(|_| acknowledged) {
        panic!(
            "Expected that a note is refused, with 409 or 403, whose session was logged out while it was under way. It is \
             answered with 303, and nothing of it is there.\n\n{}\nThe log-out in between:\n{log_out}",
            notes[0]
        );
    }
}

/// Twelve sessions note something one after the other, then all at once: where each waits for the others, that takes as long
/// again, however fast the machine is. One quick time of five will do.
fn sessions_at_once(world: &World) {
    let mut measured = Vec::new();
    for _ in 0..5 {
        let cookies: Vec<_> = (0..12).map(|_| world.log_in()).collect();
        let start = Instant::now();
        for cookie in &cookies {
            drop(world.ask(note(cookie, "milk.")).answer());
        }
        let one_by_one = start.elapsed();
        world.network.count_anew();
        let start = Instant::now();
        let asked: Vec<_> = cookies.iter().map(|cookie| world.ask(note(cookie, "milk."))).collect();
        asked.into_iter().for_each(|under_way| drop(under_way.answer()));
        let at_once = start.elapsed();
        if world.network.seen().at_once < 2 || at_once < one_by_one.mul_f64(0.6) {
            return;
        }
        measured.push(format!("{one_by_one:.0?} and {at_once:.0?}"));
    }
    panic!(
        "Expected that no request waits for another: twelve notes in twelve sessions take as long at once as one after the \
         other.\nWhoever holds a lock while a change is under way makes the others wait, and with two servers each has its \
         own. One after the other, and at once: {}.\n\n{}",
        measured.join("; "),
        world.page(&world.log_in())
    );
}

/// Expects that each of these notes of one session is kept, once, or refused, and then not stored; that one is kept at least;
/// and that the session goes on.
fn are_kept_or_refused(world: &World, cookie: &str, replies: &[(&str, Reply)]) {
    let page = world.page(cookie);
    for (text, reply) in replies {
        match reply.status {
            303 => is_kept(reply),
            409 => {}
            _ => panic!(
                "Expected that a note among others is kept, with 303, or refused, with 409. This one is answered with \
                 {}.\n\n{reply}",
                reply.status
            ),
        }
        let same = || replies.iter().filter(|(other, _)| other == text);
        let kept = same().filter(|(_, reply)| reply.status == 303).count();
        let found = shown(&page).matches(text).count();
        let others = replies.len() - 1;
        assert!(
            found >= kept,
            "Expected that no note is lost that was acknowledged with 303: {kept} of `{text}` were, and the page shows \
             {found}. Under way at the same time: {others} more.\n\n{reply}\n{}",
            page.with_text(text)
        );
        assert!(
            found <= kept,
            "Expected that a note is stored once where it is acknowledged with 303, and not at all where it is refused: \
             `{text}` is stored {found} times, and {kept} were acknowledged.\n\n{}\n{}",
            same().find(|(_, reply)| reply.status == 409).map_or(reply, |(_, reply)| reply),
            page.with_text(text)
        );
    }
    let (_, last) = &replies[replies.len() - 1];
    assert!(
        replies.iter().any(|(_, reply)| reply.status == 303),
        "Expected that of several notes at once one is kept, and all {} are refused.\n\n{last}",
        replies.len()
    );
    is_kept(&world.server.send(note(cookie, "one more")));
}

/// Expects `303 See Other` and the way to the first page.
fn is_kept(reply: &Reply) {
    let location = reply.header("Location").unwrap_or_default();
    let leads = reply
        .address()
        .at(location)
        .is_some_and(|to| to.authority() == reply.address().authority() && to.target() == "/");
    assert!(
        reply.status == 303 && leads,
        "Expected that a note which nobody disturbs is kept, with `303 See Other` and `Location: /`. The answer is {} with \
         `Location: {location}`.\n\n{reply}",
        reply.status
    );
}

/// Expects that the cookie is nobody's after the log-out.
fn is_out(world: &World, cookie: &str, note: &Reply, log_out: &Reply) {
    let page = world.page(cookie);
    let shown = shown(&page);
    assert!(
        page.page().says("You are not logged in")
            && !shown.contains("milk.")
            && !shown.contains("bread."),
        "Expected that a log-out wins: a note that was under way has brought the session back, and the cookie is logged in \
         again.\n\n{note}\nThe log-out in between:\n{log_out}\nThe page afterwards:\n{}",
        page.with_text("Logged in as")
    );
}

/// All text of the page as it was written, with its spaces.
fn shown(reply: &Reply) -> String {
    reply.page().elements("body").first().map_or_else(String::new, |body| body.source().to_owned())
}
