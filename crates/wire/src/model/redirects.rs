//! Answers that send the browser on: the first `GET` for a `Location` comes after that answer's lines.

use std::{collections::VecDeque, time::SystemTime};

use http::{HeaderValue, Method};

use super::{
    ticket::{Arrival, Ticket},
    time::{SLACK, before},
};

/// How many answers that send the browser on are remembered. Whoever goes there takes a moment; a person takes longer.
const REDIRECTS: usize = 64;
/// How many answers of a chain are remembered.
const CHAIN: usize = 5;

/// Those of the last seconds.
#[derive(Debug, Default)]
pub(super) struct Redirects(VecDeque<Redirect>);

/// An answer that sends the browser on.
#[derive(Debug)]
pub(super) struct Redirect {
    agent: u64,
    way: u64,
    /// What stands for the page that caused it.
    page: u64,
    /// Host, port, path and query.
    to: String,
    /// That is another host.
    pub(super) is_elsewhere: bool,
    pub(super) number: u64,
    pub(super) person: Option<u64>,
    at: SystemTime,
    /// It, and those that it followed: when they were made, and over which connection.
    pub(super) answers: Vec<(SystemTime, u64)>,
}

impl Redirect {
    fn leads_to(&self, arrival: &Arrival<'_>) -> bool {
        let (authority, target) = (arrival.authority, arrival.target);
        let host = self.to.strip_suffix(target);
        host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    }
}

impl Redirects {
    /// Whether a request at this time may follow one of them.
    pub(super) fn may_send(&mut self, arrival: &Arrival<'_>, now: SystemTime) -> bool {
        self.0.retain(|redirect| redirect.at >= before(now, SLACK));
        matches!(*arrival.method, Method::GET | Method::HEAD)
            && self.0.iter().any(|redirect| redirect.leads_to(arrival))
    }

    /// The answer that sent this request. `is_his`: whether the request may be its client's; it is told whether the request came
    /// over that answer's connection.
    pub(super) fn take(
        &mut self,
        arrival: &Arrival<'_>,
        ticket: &Ticket,
        is_his: impl Fn(&Redirect, bool) -> bool,
    ) -> Option<Redirect> {
        // A redirected request keeps its `Referer`, cut down where it goes to another host.
        let is_it = |redirect: &Redirect| {
            (redirect.agent, redirect.way) == (ticket.agent, ticket.way)
                && redirect.leads_to(arrival)
                && (redirect.is_elsewhere || redirect.page == ticket.page)
        };
        let all: Vec<_> = (0..self.0.len()).filter(|place| is_it(&self.0[*place])).collect();
        let is_here = |redirect: &Redirect| {
            redirect.answers.last().is_some_and(|(_, over)| *over == ticket.connection.number())
        };
        let here = |place: &&usize| is_here(&self.0[**place]);
        // Where several may have sent it, none of them is certain to have. And whoever calls curl twice calls it without `-L`, as a
        // rule: one call asks the same host over one connection.
        let is_call = |redirect: &Redirect| ticket.program.is_browser() || redirect.is_elsewhere;
        let alone = all.first().filter(|place| all.len() == 1 && is_call(&self.0[**place]));
        let place = *all.iter().find(here).or(alone)?;
        if !is_his(&self.0[place], is_here(&self.0[place])) {
            return None;
        }
        self.0.remove(place)
    }

    /// Remembers an answer, where it sends the browser on.
    pub(super) fn put(
        &mut self,
        ticket: &Ticket,
        person: Option<u64>,
        location: Option<&HeaderValue>,
        number: u64,
        at: SystemTime,
    ) {
        let Some(to) = location.and_then(|to| to.to_str().ok()) else { return };
        let Some(request) = &ticket.request else { return };
        let Ok(next) = request.at(to) else { return };
        let query = to.split('#').next().unwrap_or("").split_once('?');
        let query = query.map_or(String::new(), |(_, query)| format!("?{query}"));
        let port = next.port().map_or(String::new(), |port| format!(":{port}"));
        let mut answers = ticket.follows.clone();
        answers.truncate(CHAIN - 1);
        answers.push((at, ticket.connection.number()));
        if self.0.len() >= REDIRECTS {
            self.0.pop_front();
        }
        let (agent, way, page) = (ticket.agent, ticket.way, ticket.page);
        let is_elsewhere = (next.host(), next.port()) != (request.host(), request.port());
        let to = format!("{}{port}{}{query}", next.host(), next.path());
        self.0.push_back(Redirect {
            agent,
            way,
            page,
            to,
            is_elsewhere,
            number,
            person,
            at,
            answers,
        });
    }
}
