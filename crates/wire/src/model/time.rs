//! When a request may have been made.
//!
//! A browser writes the `Cookie` header first and waits for one of its six connections then: a request that arrives now may
//! lack what was set two seconds ago. So a request was made at some time of a *window*, which starts one second before it
//! arrived, or earlier:
//!
//! - Where six exchanges of this program with this host were open at once, it may have waited for one of them.
//! - A `GET` waits for another of the same address: browsers let one of the two fill the cache.
//!
//! The start of a window is that of whatever it may have waited for, so a long queue is followed to its first request.

use std::time::{Duration, SystemTime};

/// How long a request takes from the browser to here, at most, and an answer back.
pub(super) const SLACK: Duration = Duration::from_secs(1);
/// How many connections a browser has to a host.
const CONNECTIONS: usize = 6;
/// How many exchanges are watched at once.
const FLIGHTS: usize = 512;
/// The target of whatever is no `GET`.
const NOTHING: u64 = 0;

/// The exchanges that are open, and those that were a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    open: Vec<Flight>,
    /// The last of each road and target, and when.
    landed: Vec<(Flight, SystemTime)>,
    crowds: Vec<Crowd>,
    next: u64,
    /// There were more at once than are watched, last at this time: nothing is known of when requests were made.
    overflow: Option<SystemTime>,
}

#[derive(Clone, Copy, Debug)]
struct Flight {
    number: u64,
    road: u64,
    target: u64,
    start: SystemTime,
}

/// Six exchanges at once.
#[derive(Debug)]
struct Crowd {
    road: u64,
    /// The start of the earliest of them.
    start: SystemTime,
    /// When there were six for the last time.
    last: SystemTime,
}

impl Flights {
    /// A request arrives: its number, and the start of its window. `road` stands for program and host, `target` for the address
    /// of a `GET`.
    pub(super) fn depart(
        &mut self,
        road: u64,
        target: Option<u64>,
        now: SystemTime,
    ) -> (u64, SystemTime) {
        self.forget(now);
        let mut start = before(now, SLACK);
        let count = self.open.iter().filter(|flight| flight.road == road).count() + 1;
        if count >= CONNECTIONS {
            self.crowd(road, now);
        }
        for crowd in self.crowds.iter().filter(|crowd| crowd.road == road) {
            start = start.min(crowd.start);
        }
        let target = target.unwrap_or(NOTHING);
        let near = self.open.iter().chain(self.landed.iter().map(|(flight, _)| flight));
        for flight in near {
            if target != NOTHING && (flight.road, flight.target) == (road, target) {
                start = start.min(flight.start);
            }
        }
        if self.overflow.is_some() || self.open.len() >= FLIGHTS {
            self.overflow = Some(now);
            start = SystemTime::UNIX_EPOCH;
        }
        self.next += 1;
        if self.open.len() < FLIGHTS {
            self.open.push(Flight { number: self.next, road, target, start });
        }
        (self.next, start)
    }

    /// The answer to the request of this number is made, or there will be none.
    pub(super) fn land(&mut self, number: u64, now: SystemTime) {
        let Some(place) = self.open.iter().position(|flight| flight.number == number) else {
            return;
        };
        let road = self.open[place].road;
        if self.open.iter().filter(|flight| flight.road == road).count() >= CONNECTIONS {
            self.crowd(road, now);
        }
        let flight = self.open.swap_remove(place);
        let is_same = |other: &Flight| (other.road, other.target) == (road, flight.target);
        match self.landed.iter().position(|(other, _)| is_same(other)) {
            Some(place) => self.landed[place] = (flight, now),
            None if self.landed.len() < FLIGHTS => self.landed.push((flight, now)),
            None => self.overflow = Some(now),
        }
    }

    /// The start of the earliest window that a request can still have.
    pub(super) fn earliest(&self, now: SystemTime) -> SystemTime {
        let starts = self.open.iter().chain(self.landed.iter().map(|(flight, _)| flight));
        let starts = starts.map(|flight| flight.start).chain(self.crowds.iter().map(|c| c.start));
        starts.min().unwrap_or(now).min(before(now, SLACK))
    }

    fn crowd(&mut self, road: u64, now: SystemTime) {
        let starts = self.open.iter().filter(|flight| flight.road == road).map(|f| f.start);
        let start = starts.min().unwrap_or(now);
        match self.crowds.iter_mut().find(|crowd| crowd.road == road) {
            Some(crowd) => (crowd.start, crowd.last) = (crowd.start.min(start), now),
            None => self.crowds.push(Crowd { road, start, last: now }),
        }
    }

    /// What ended more than a moment ago holds nobody up.
    fn forget(&mut self, now: SystemTime) {
        let since = before(now, SLACK);
        self.landed.retain(|(_, at)| *at >= since);
        let open = &self.open;
        self.crowds.retain(|crowd| {
            let count = open.iter().filter(|flight| flight.road == crowd.road).count();
            crowd.last >= since || count >= CONNECTIONS
        });
        if self.overflow.is_some_and(|at| at < since) && self.open.len() < FLIGHTS {
            self.overflow = None;
        }
    }
}

/// A time by so much earlier.
pub(super) fn before(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_sub(by).unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: f64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs_f64(1_000_000.0 + seconds)
    }

    #[test]
    fn a_request_was_made_within_the_last_second() {
        let mut flights = Flights::default();
        let (one, start) = flights.depart(1, Some(1), at(0.0));
        assert_eq!(start, at(-1.0));
        flights.land(one, at(0.1));
        assert_eq!(flights.depart(1, Some(1), at(1.2)).1, at(0.2));
    }

    #[test]
    fn a_request_may_have_waited_for_the_same_address() {
        let mut flights = Flights::default();
        let (one, _) = flights.depart(1, Some(7), at(0.0));
        flights.land(one, at(3.0));
        assert_eq!(flights.depart(1, Some(8), at(3.1)).1, at(2.1));
        assert_eq!(flights.depart(2, Some(7), at(3.1)).1, at(2.1), "of another host");
        assert_eq!(flights.depart(1, Some(7), at(3.1)).1, at(-1.0));
        assert_eq!(flights.depart(1, None, at(3.1)).1, at(2.1), "no GET");
    }

    #[test]
    fn a_queue_behind_six_is_followed_to_its_first() {
        let mut flights = Flights::default();
        let mut open: Vec<_> = (0..6).map(|n| flights.depart(1, Some(n), at(0.0)).0).collect();
        for step in 1..20 {
            let now = f64::from(step) * 2.5;
            flights.land(open.remove(0), at(now));
            let (next, start) = flights.depart(1, Some(100 + step as u64), at(now + 0.1));
            assert_eq!(start, at(-1.0), "{step}");
            open.push(next);
        }
        for flight in open {
            flights.land(flight, at(60.0));
        }
        assert_eq!(flights.depart(1, Some(500), at(62.0)).1, at(61.0));
        assert!(flights.earliest(at(62.0)) == at(61.0));
    }
}
