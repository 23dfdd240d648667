//! All that is held stays within 32 MB, and nothing under the lock takes long, however much is sent.

use std::{
    fs,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::{CHROMIUM, World};
use crate::{
    connection::Connection,
    exchange::Kind,
    head::Head,
    model::{
        facts::{Answer, Asked, Exchange},
        past::Past,
        ticket::Arrival,
    },
};

/// The longest that anything may take under the lock: a build for development is many times slower.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 20 });
const ALL: usize = 32 * 1024 * 1024;

/// Processor time of this thread, where the system says it: on a busy machine, a clock measures others. Else a clock's.
fn spent(start: Instant) -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|told| told.split(' ').next()?.parse().ok());
    told.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Bytes of memory that this process has, where the system says so.
fn resident() -> Option<usize> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?;
    pages.split(' ').nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}

struct Measured {
    world: World,
    past: Past,
    start: Instant,
    longest: (Duration, String),
}

impl Measured {
    fn new() -> Self {
        let (world, past) = (World::new(), Past::default());
        Self { world, past, start: Instant::now(), longest: Default::default() }
    }

    fn timed<T>(&mut self, what: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        let start = spent(self.start);
        let done = work(self);
        let took = spent(self.start).saturating_sub(start);
        if took > self.longest.0 {
            self.longest = (took, what.to_owned());
        }
        done
    }

    /// An exchange as the layer makes it.
    fn exchange(&mut self, connection: &Connection, agent: &str, cookie: &str, lines: &[String]) {
        self.world.wait(2.0);
        let headers = [
            format!("user-agent: {agent}"),
            "sec-fetch-site: same-origin".to_owned(),
            "sec-fetch-mode: navigate".to_owned(),
            "sec-fetch-dest: document".to_owned(),
            format!("cookie: {cookie}"),
        ];
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        let mut open = self.timed("look", |this| this.world.ask(connection, "GET", "/", &headers));
        let texts: Vec<_> = lines.iter().map(String::as_str).collect();
        let (set, changes) =
            self.timed("answered", |this| this.world.answer(&mut open, &texts, None));
        let map = |lines: Vec<(&str, &str)>| {
            let mut map = HeaderMap::new();
            for (name, value) in lines {
                let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
                map.append(name, HeaderValue::from_str(value).unwrap());
            }
            map
        };
        let headers = map(headers.iter().filter_map(|line| line.split_once(": ")).collect());
        let arrival = Arrival {
            connection,
            method: &Method::GET,
            authority: "localhost:3000",
            target: "/",
            headers: &headers,
            head: Head::of(&headers),
            kind: Kind::Lesson,
        };
        let asked = Asked::of(arrival, open.looked, self.world.now);
        let answer = Answer {
            took: Duration::ZERO,
            status: StatusCode::OK,
            head: Head::of(&map(texts.iter().map(|line| ("set-cookie", *line)).collect())),
            set,
            lines_left_out: 0,
            word: None,
            store: None,
            panicked: false,
        };
        let number = self.past.next();
        let exchange = Arc::new(Exchange {
            number,
            asked: Arc::new(asked),
            answer,
            changes,
            beside: Vec::new(),
        });
        self.timed("keep", |this| {
            for (from, into) in std::mem::take(&mut this.world.merged) {
                this.past.merge(from, into);
            }
            this.past.keep(exchange);
            if this.world.clients.have_forgotten() {
                let clients = &this.world.clients;
                this.past.retain(|jar| clients.has(jar));
            }
        });
    }
}

#[test]
fn sixty_four_browsers_with_180_cookies_of_4_kilobytes_stay_within_32_megabytes() {
    let mut all = Measured::new();
    let before = resident();
    let value = "v".repeat(4000);
    for round in 0..4 {
        for browser in 0..64 {
            let agent = format!("{CHROMIUM} {browser}");
            let connection = Connection::new();
            let lines: Vec<_> = (0..180)
                .map(|cookie| format!("c{cookie:03}={value}{browser}-{round}; Path=/"))
                .collect();
            all.exchange(&connection, &agent, "a=1", &lines);
            let pairs: Vec<_> =
                (0..90).map(|cookie| format!("c{cookie:03}={value}{browser}-{round}")).collect();
            all.exchange(&connection, &agent, &pairs.join("; "), &[]);
        }
    }
    // Many pairs, and so many cookies of one name.
    let pairs: Vec<_> = (0..20_000).map(|pair| format!("c{:03}=1", pair % 180)).collect();
    all.exchange(&Connection::new(), CHROMIUM, &pairs.join("; "), &[]);
    let snapshot = all.timed("snapshot", |this| this.past.clone());
    assert!(snapshot.jars(None).len() > 1, "there is something to show");
    let (clients, past) = (all.world.clients.weight(), all.past.weight());
    println!("{clients} + {past} bytes; the longest: {:?}", all.longest);
    assert!(clients + past <= ALL, "{clients} + {past}");
    assert!(clients + past > ALL / 4, "nothing was held");
    assert!(all.longest.0 <= LONGEST, "{:?}", all.longest);
    drop((snapshot, value));
    if let (Some(before), Some(now)) = (before, resident()) {
        // Other tests run beside this one, and an allocator gives little back.
        println!("resident: {} MB more", now.saturating_sub(before) / 1024 / 1024);
    }
}

#[test]
fn an_exchange_names_the_jar_that_its_own_is_part_of_by_now() {
    let mut all = Measured::new();
    let (one, two) = (Connection::new(), Connection::new());
    all.exchange(&one, CHROMIUM, "a=1", &["visits=1; Path=/".to_owned()]);
    all.exchange(&two, CHROMIUM, "b=2", &["theme=dark; Path=/".to_owned()]);
    let jars = |all: &Measured| -> Vec<_> {
        all.past.exchanges().map(|exchange| exchange.asked.client.jar).collect()
    };
    assert_ne!(jars(&all)[0], jars(&all)[1], "two, as far as anybody knows");
    all.exchange(&one, CHROMIUM, "a=1; b=2; visits=1; theme=dark", &[]);
    let shown = all.past.jars(None);
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert_eq!(jars(&all), [shown[0].client.jar; 3]);
}
