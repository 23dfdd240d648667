//! What needs a clock of its own, or a look into the store: the rest is tested from outside, in `tests/`.

#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use probe::{Server, get, post};

use crate::{
    app,
    refused::Refused,
    settings::Settings,
    store::{Change, Key, Record, Store},
};

/// When the tests' clocks start, in seconds since 1970.
const START: u64 = 1_800_000_000;
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

/// A server on a file of its own, and a view of its store.
struct Lesson {
    server: Server,
    settings: Arc<Settings>,
    file: PathBuf,
}

impl Lesson {
    fn start(name: &str, clock: fn() -> SystemTime) -> Self {
        let file =
            std::env::temp_dir().join(format!("crumbs-6-{}-{name}.redb", std::process::id()));
        let settings = Arc::new(Settings {
            store: Store::file(&file).unwrap(),
            idle: Duration::from_secs(30 * MINUTE),
            longest: Duration::from_secs(12 * HOUR),
            secure: false,
            clock,
        });
        let server = Server::of(app(Arc::clone(&settings)));
        Self { server, settings, file }
    }

    fn store(&self) -> &Store {
        &self.settings.store
    }

    fn log_in(&self) -> String {
        let reply = self.server.send(post("/login", &[("username", "Ada")]));
        reply.pair("sid").unwrap_or_else(|| panic!("a log-in sets sid. {reply}")).to_owned()
    }

    #[track_caller]
    fn expect(&self, cookie: &str, sentence: &str) {
        let reply = self.server.send(get("/").cookie(cookie));
        assert!(reply.text().contains(sentence), "the page should say {sentence:?}. {reply}");
    }

    fn record(&self, cookie: &str) -> Option<Record> {
        wait(self.store().load(Key::of(cookie.trim_start_matches("sid="))))
    }
}

impl Drop for Lesson {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

fn wait<T>(work: impl Future<Output = Result<T, Refused>>) -> T {
    answer(work).unwrap()
}

fn answer<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
}

#[test]
fn a_session_ends_when_it_is_not_used_for_half_an_hour() {
    static SECONDS: AtomicU64 = AtomicU64::new(START);
    let lesson =
        Lesson::start("idle", || UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::Relaxed)));
    let ada = lesson.log_in();
    SECONDS.fetch_add(29 * MINUTE, Ordering::Relaxed);
    lesson.expect(&ada, "Logged in as Ada");
    SECONDS.fetch_add(29 * MINUTE, Ordering::Relaxed);
    lesson.expect(&ada, "Logged in as Ada");
    SECONDS.fetch_add(30 * MINUTE, Ordering::Relaxed);
    lesson.expect(&ada, "You are not logged in");
    // As the server's word on the wire: the store still has it.
    lesson.expect(&ada, "The session of the id that came has ended.");
    let now = SECONDS.load(Ordering::Relaxed) + 1;
    assert_eq!(wait(lesson.store().sweep(now, 10)), 1);
    lesson.expect(&ada, "The store doesn't know the id that came.");
    lesson.expect("sid=made up", "The store doesn't know the id that came.");
    lesson.expect("", "No id came with this request.");
}

#[test]
fn a_session_ends_after_twelve_hours_however_much_it_is_used() {
    static SECONDS: AtomicU64 = AtomicU64::new(START);
    let lesson = Lesson::start("longest", || {
        UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::Relaxed))
    });
    let ada = lesson.log_in();
    for _ in 0..35 {
        SECONDS.fetch_add(20 * MINUTE, Ordering::Relaxed);
        lesson.expect(&ada, "Logged in as Ada");
    }
    SECONDS.fetch_add(20 * MINUTE, Ordering::Relaxed);
    lesson.expect(&ada, "You are not logged in");
}

#[test]
fn last_seen_is_written_at_most_once_a_minute() {
    static SECONDS: AtomicU64 = AtomicU64::new(START);
    let lesson =
        Lesson::start("seen", || UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::Relaxed)));
    let ada = lesson.log_in();
    let before = lesson.record(&ada).unwrap();
    SECONDS.fetch_add(59, Ordering::Relaxed);
    lesson.expect(&ada, "Logged in as Ada");
    assert_eq!(lesson.record(&ada).unwrap(), before, "after 59 seconds a page view writes nothing");
    for _ in 0..3 {
        SECONDS.fetch_add(1, Ordering::Relaxed);
        lesson.expect(&ada, "Logged in as Ada");
    }
    let after = lesson.record(&ada).unwrap();
    assert_eq!(after.last_seen, START + 60, "one write for three page views");
}

#[test]
fn the_sweep_deletes_what_has_ended_in_small_steps_and_nothing_else() {
    static SECONDS: AtomicU64 = AtomicU64::new(START);
    let lesson = Lesson::start("sweep", || {
        UNIX_EPOCH + Duration::from_secs(SECONDS.load(Ordering::Relaxed))
    });
    let ended: Vec<_> = (0..5).map(|_| lesson.log_in()).collect();
    SECONDS.fetch_add(10 * MINUTE, Ordering::Relaxed);
    let used = lesson.log_in();
    lesson.expect(&ended[0], "Logged in as Ada");
    SECONDS.fetch_add(25 * MINUTE, Ordering::Relaxed);
    let now = SECONDS.load(Ordering::Relaxed);
    assert_eq!(wait(lesson.store().sweep(now, 3)), 3);
    assert_eq!(wait(lesson.store().sweep(now, 3)), 1, "four were not used since");
    assert_eq!(wait(lesson.store().sweep(now, 3)), 0);
    assert_eq!(wait(lesson.store().of_user("Ada")).len(), 2, "the index follows");
    lesson.expect(&ended[0], "Logged in as Ada");
    lesson.expect(&used, "Logged in as Ada");
    assert_eq!(lesson.record(&ended[1]), None);
}

#[test]
fn a_change_is_made_on_what_is_stored_now_and_a_deleted_session_stays_deleted() {
    let lesson = Lesson::start("changes", SystemTime::now);
    let ada = lesson.log_in();
    let (key, other) = (Key::of(ada.trim_start_matches("sid=")), Key::of("another id"));
    let note = |text: &'static str| -> Change {
        Box::new(move |record| {
            record.notes.push(text.to_owned());
            Ok(())
        })
    };
    let old_copy = lesson.record(&ada).unwrap();
    wait(lesson.store().change(key, note("milk")));
    let stored = wait(lesson.store().change(key, note("eggs"))).unwrap();
    assert_eq!(stored, Record { notes: vec!["milk".to_owned(), "eggs".to_owned()], ..old_copy });
    let refuse: Change = Box::new(|record| {
        record.notes.clear();
        Err(Refused::Ended)
    });
    let refused = answer(lesson.store().replace(key, other, refuse));
    assert!(matches!(refused, Err(Refused::Ended)));
    assert_eq!(lesson.record(&ada), Some(stored), "what is refused changes nothing");
    let reply = lesson.server.send(post("/logout", &[]).cookie(&ada));
    assert_eq!(reply.status, 303, "{reply}");
    assert_eq!(wait(lesson.store().change(key, note("tea"))), None);
    assert_eq!(wait(lesson.store().replace(key, other, note("tea"))), None);
    assert_eq!(lesson.record(&ada), None);
    assert_eq!(wait(lesson.store().load(other)), None);
    assert_eq!(wait(lesson.store().of_user("Ada")), []);
}

#[test]
fn many_sweeps_and_writes_at_once_leave_both_indexes_true() {
    let lesson = Lesson::start("indexes", SystemTime::now);
    let ada = lesson.log_in();
    std::thread::scope(|scope| {
        let store = lesson.store();
        for _ in 0..2 {
            scope.spawn(move || {
                (0..20).for_each(|_| assert!(wait(store.sweep(START * 2, 10)) <= 10))
            });
        }
        (0..20).for_each(|_| drop(lesson.log_in()));
    });
    wait(lesson.store().sweep(START * 2, usize::MAX));
    assert_eq!(wait(lesson.store().of_user("Ada")), []);
    assert_eq!(lesson.record(&ada), None);
}
