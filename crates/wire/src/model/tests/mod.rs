//! What the model says, and above all what it must not say: without a server, and with a clock in the test's hand.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod bounds;
mod cases;
mod walks;

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::{
    answers::Answered,
    clients::Clients,
    facts::{Change, How, KnownBy, Line, SetOutcome, Why},
    past::Past,
    ticket::{Arrival, Looked, Ticket},
};
use crate::{connection::Connection, exchange::Kind, head::Head};

pub(super) const CHROMIUM: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
pub(super) const FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
pub(super) const CURL: &str = "curl/8.5.0";

/// A server without a network: what arrives is looked at, and what is answered is taken in.
pub(super) struct World {
    pub(super) clients: Clients,
    /// The jars as they are shown.
    pub(super) past: Past,
    pub(super) now: SystemTime,
    pub(super) number: u64,
    /// The jars that turned out to be part of others.
    pub(super) merged: Vec<(u64, u64)>,
}

/// A request that was looked at and waits for its answer.
pub(super) struct Open {
    pub(super) looked: Looked,
    pub(super) ticket: Ticket,
}

impl World {
    pub(super) fn new() -> Self {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let (clients, past) = (Clients::default(), Past::default());
        Self { clients, past, now, number: 0, merged: Vec::new() }
    }

    /// The server starts anew.
    pub(super) fn restart(&mut self) {
        *self = Self { now: self.now, ..Self::new() };
    }

    pub(super) fn wait(&mut self, seconds: f64) {
        self.now += Duration::from_secs_f64(seconds);
    }

    /// A request arrives. `headers` are lines such as `cookie: a=1`.
    pub(super) fn ask(
        &mut self,
        connection: &Connection,
        method: &str,
        url: &str,
        headers: &[&str],
    ) -> Open {
        let (authority, target) = match url.strip_prefix("http://") {
            Some(rest) => rest.split_at(rest.find('/').unwrap()),
            None => ("localhost:3000", url),
        };
        let mut map = HeaderMap::new();
        for line in headers {
            let (name, value) = line.split_once(": ").unwrap();
            map.append(
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let arrival = Arrival {
            connection,
            method: &method,
            authority,
            target,
            headers: &map,
            head: Head::of(&map),
            kind: Kind::Lesson,
        };
        let (looked, ticket) = self.clients.look(&arrival, self.now);
        Open { looked, ticket }
    }

    /// Its answer.
    pub(super) fn answer(
        &mut self,
        open: &mut Open,
        lines: &[&str],
        location: Option<&str>,
    ) -> (Vec<Line>, Vec<Change>) {
        self.number += 1;
        let lines: Vec<_> = lines.iter().map(|line| HeaderValue::from_str(line).unwrap()).collect();
        let location = location.map(|to| HeaderValue::from_str(to).unwrap());
        let answered = Answered {
            number: self.number,
            lines: &lines,
            location: location.as_ref(),
            client: &open.looked.client,
            came: &open.looked.came,
        };
        let taken = self.clients.answered(&mut open.ticket, &answered, self.now);
        open.looked.client = taken.client;
        let merged = self.clients.merged();
        for (from, into) in &merged {
            self.past.merge(*from, *into);
        }
        self.merged.extend(merged);
        self.past.fold(&open.looked.client, &taken.changes, self.number);
        for (client, change) in taken.beside {
            self.past.fold(&client, &[change], 0);
        }
        if self.clients.have_forgotten() {
            let clients = &self.clients;
            self.past.retain(|jar| clients.has(jar));
        }
        (taken.lines, taken.changes)
    }
}

/// A browser's window: one connection, and what it sends with every request.
pub(super) struct Window {
    pub(super) connection: Connection,
    agent: String,
    cause: Vec<String>,
}

impl Window {
    pub(super) fn of(agent: &str) -> Self {
        let cause =
            ["sec-fetch-site: same-origin", "sec-fetch-mode: navigate", "sec-fetch-dest: document"];
        let cause = if agent == CURL { Vec::new() } else { cause.map(str::to_owned).to_vec() };
        Self { connection: Connection::new(), agent: format!("user-agent: {agent}"), cause }
    }

    /// Another connection of the same kind.
    pub(super) fn beside(&self) -> Self {
        let (agent, cause) = (self.agent.clone(), self.cause.clone());
        Self { connection: Connection::new(), agent, cause }
    }

    /// The same window, where this caused the request: `-Site`, `-Mode` and `-Dest`.
    pub(super) fn caused(&self, site: &str, mode: &str, dest: &str) -> Self {
        let cause = [("site", site), ("mode", mode), ("dest", dest)];
        let cause = cause.map(|(name, value)| format!("sec-fetch-{name}: {value}")).to_vec();
        Self { connection: self.connection.clone(), agent: self.agent.clone(), cause }
    }

    pub(super) fn ask(&self, world: &mut World, method: &str, url: &str, cookie: &str) -> Open {
        self.ask_with(world, method, url, cookie, &[])
    }

    pub(super) fn ask_with(
        &self,
        world: &mut World,
        method: &str,
        url: &str,
        cookie: &str,
        more: &[&str],
    ) -> Open {
        let cookie = format!("cookie: {cookie}");
        let mut headers: Vec<&str> = self.cause.iter().map(String::as_str).collect();
        headers.push(&self.agent);
        if cookie.len() > 8 {
            headers.push(&cookie);
        }
        headers.extend(more);
        world.ask(&self.connection, method, url, &headers)
    }

    /// A `GET` at a person's pace, and its answer, two seconds later than the last.
    pub(super) fn get(&self, world: &mut World, url: &str, cookie: &str, lines: &[&str]) -> Told {
        world.wait(2.0);
        let mut open = self.ask(world, "GET", url, cookie);
        world.wait(0.01);
        let (lines, _) = world.answer(&mut open, lines, None);
        Told::of(&open, &lines)
    }
}

/// What was said of an exchange, in words for a test.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) jar: Option<u64>,
    pub(super) known_by: KnownBy,
    pub(super) came: Vec<String>,
    pub(super) absent: Vec<String>,
    pub(super) set: Vec<String>,
}

impl Told {
    pub(super) fn of(open: &Open, lines: &[Line]) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let came = open.looked.came.iter();
        let absent = open.looked.absent.iter();
        Self {
            jar: open.looked.client.jar,
            known_by: open.looked.client.known_by,
            came: came.map(|came| format!("{} {}", text(&came.name), how(&came.how))).collect(),
            absent: absent.map(|one| format!("{} {}", text(&one.name), why(&one.why))).collect(),
            set: lines.iter().map(|line| outcome(&line.outcome)).collect(),
        }
    }
}

/// The name of an enum's variant.
fn variant(value: &impl std::fmt::Debug) -> String {
    let debug = format!("{value:?}");
    debug.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

pub(super) fn how(how: &How) -> String {
    match how {
        How::AgainstRules { rule } => format!("AgainstRules {}", variant(rule)),
        other => variant(other),
    }
}

pub(super) fn why(why: &Why) -> String {
    match why {
        Why::HeldBack(reason) | Why::MayBeHeldBack(reason) | Why::Ended { reason, .. } => {
            format!("{} {}", variant(why), variant(reason))
        }
        other => variant(other),
    }
}

pub(super) fn outcome(outcome: &SetOutcome) -> String {
    match outcome {
        SetOutcome::Refused { rule, certain } => format!("Refused {} {certain}", variant(rule)),
        SetOutcome::OtherCookie { rule, .. } => format!("OtherCookie {}", variant(rule)),
        other => variant(other),
    }
}
