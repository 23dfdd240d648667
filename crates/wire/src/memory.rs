//! All that is remembered of a lesson's exchanges: the jars, and the last exchanges themselves.

use std::{sync::Arc, time::SystemTime};

use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};

use crate::{
    connection::Connection,
    exchange::Kind,
    facts::StoreRow,
    head::{Head, VALUE},
    model::{
        answers::{Answered, Taken},
        clients::Clients,
        facts::{Answer, Asked, Body, Exchange},
        past::Past,
        ticket::{Arrival, Looked, Ticket},
    },
    secret::{DROPPED, without_passwords},
};

/// The model of one server. Whoever shares it looks and answers under one lock, so no part of that is long.
pub struct Memory {
    clients: Clients,
    past: Past,
}

/// An answer, as a layer around the lesson sees it.
pub struct Parts {
    /// When it was made.
    pub at: SystemTime,
    /// Its status.
    pub status: StatusCode,
    /// Its head.
    pub head: Head,
    /// Its `Set-Cookie` lines, in order.
    pub lines: Vec<HeaderValue>,
    /// Its `Location`.
    pub location: Option<HeaderValue>,
    /// The server's own word.
    pub word: Option<String>,
    /// What the lesson's store holds.
    pub store: Option<Vec<StoreRow>>,
    /// The handler panicked, and the classroom answered in its place.
    pub panicked: bool,
}

impl Memory {
    /// Of a server whose lesson sets cookies of these names.
    pub fn of_lesson(names: &[&str]) -> Self {
        Self { clients: Clients::of_lesson(names), past: Past::default() }
    }

    /// What is kept of the exchanges.
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// What is known of a request before there is an answer.
    pub fn look(&mut self, arrival: &Arrival<'_>, now: SystemTime) -> (Looked, Ticket) {
        self.clients.look(arrival, now)
    }

    /// Tells the model of an answer, and keeps the exchange.
    pub fn keep(
        &mut self,
        ticket: &mut Ticket,
        mut asked: Arc<Asked>,
        body: Body,
        answer: Parts,
    ) -> Arc<Exchange> {
        let number = self.past.next();
        let answered = Answered {
            number,
            lines: &answer.lines,
            location: answer.location.as_ref(),
            client: &asked.client,
            came: &asked.came,
        };
        let Taken { client, lines, left_out, changes, beside } =
            self.clients.answered(ticket, &answered, answer.at);
        if client != asked.client || body.size != Some(0) {
            let asked = Arc::make_mut(&mut asked);
            (asked.body, asked.client) = (body, client);
        }
        let answer = Answer {
            took: answer.at.duration_since(asked.at).unwrap_or_default(),
            status: answer.status,
            head: answer.head,
            set: lines,
            lines_left_out: left_out,
            word: answer.word,
            store: answer.store.map(Into::into),
            panicked: answer.panicked,
        };
        let exchange = Arc::new(Exchange { number, asked, answer, changes, beside });
        for (from, into) in self.clients.merged() {
            self.past.merge(from, into);
        }
        self.past.keep(Arc::clone(&exchange));
        if self.clients.have_forgotten() {
            self.past.retain(|jar| self.clients.has(jar));
        }
        exchange
    }

    /// Tells the model that a client went away before its answer.
    pub fn gave_up(&mut self, ticket: &mut Ticket, asked: &Asked, now: SystemTime) {
        for (client, change) in self.clients.gave_up(ticket, &asked.client, now) {
            self.past.fold(&client, &[change], 0);
        }
    }
}

impl<'a> Arrival<'a> {
    /// A request, as it came over this connection.
    pub fn of(
        connection: &'a Connection,
        method: &'a Method,
        uri: &'a Uri,
        headers: &'a HeaderMap,
    ) -> Self {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("");
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let kind = Kind::of(uri);
        let head = Head::of(headers);
        Self { connection, method, authority: host, target, headers, head, kind }
    }
}

impl Asked {
    /// What is kept of a request.
    pub fn of(arrival: Arrival<'_>, looked: Looked, at: SystemTime) -> Self {
        let target = without_passwords(arrival.target.as_bytes(), DROPPED);
        Self {
            at,
            kind: arrival.kind,
            method: arrival.method.clone(),
            authority: arrival.authority.to_owned(),
            target: shortened(String::from_utf8_lossy(&target).into_owned()),
            head: arrival.head,
            body: Body::default(),
            client: looked.client,
            cause: looked.cause,
            follows: looked.follows,
            came: looked.came,
            left_out: looked.left_out,
            absent: looked.absent,
            last_set: looked.last_set,
        }
    }
}

/// The start of a target, where it is longer than anybody reads.
fn shortened(mut target: String) -> String {
    // No character has less than a byte.
    if target.len() > VALUE
        && let Some((end, _)) = target.char_indices().nth(VALUE)
    {
        target.truncate(end);
        target.push('…');
    }
    target
}
