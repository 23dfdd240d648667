//! What is known of a request from its arrival to its answer.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use cookie_rules::{Cause, Request};
use http::{HeaderMap, Method};

use super::{
    compare::Sent,
    facts::{Absent, Came, Caused, Change, Client, Line, Program},
    people::Sender,
    time::before,
};
use crate::{connection::Connection, exchange::Kind, head::Head};

/// A request that waited longer than this is none.
const HOUR: Duration = Duration::from_secs(3600);

/// A request, as it arrives.
pub struct Arrival<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) method: &'a Method,
    /// Host and port, as the request names them.
    pub(crate) authority: &'a str,
    /// Path and query.
    pub(crate) target: &'a str,
    pub(crate) headers: &'a HeaderMap,
    /// The same, as it is kept.
    pub(crate) head: Head,
    pub(crate) kind: Kind,
}

/// What is known of a request before there is an answer.
#[derive(Clone, Debug)]
pub struct Looked {
    pub(crate) client: Client,
    pub(crate) cause: Caused,
    pub(crate) follows: Option<u64>,
    pub(crate) came: Arc<[Came]>,
    pub(crate) left_out: usize,
    pub(crate) absent: Vec<Absent>,
    pub(crate) last_set: Arc<[Line]>,
}

/// What has to be known of a request when its answer is made.
#[derive(Clone, Debug)]
pub struct Ticket {
    pub(super) connection: Connection,
    pub(super) program: Program,
    pub(super) agent: u64,
    pub(super) id: Option<Vec<u8>>,
    pub(super) request: Option<Arc<Request>>,
    pub(super) cause: Cause,
    pub(super) start: SystemTime,
    pub(super) at: SystemTime,
    pub(super) follows: Vec<(SystemTime, u64)>,
    pub(super) flight: Option<u64>,
    /// What the redirected request has in common with its like.
    pub(super) way: u64,
    /// What stands for the page that caused it.
    pub(super) page: u64,
    /// What the request taught, each with its jar.
    pub(super) changes: Vec<(u64, Change)>,
}

impl Ticket {
    pub(super) fn sent<'a>(
        &self,
        request: &'a Request,
        pairs: &'a [(&'a [u8], &'a [u8])],
        follows: &'a [(SystemTime, u64)],
        has_more: bool,
    ) -> Sent<'a> {
        Sent {
            request,
            cause: self.cause,
            profile: self.program.profile(),
            pairs,
            has_more,
            start: self.start,
            follows,
            made: self.start.max(before(self.at, HOUR))..=self.at,
            connection: self.connection.number(),
            is_named: self.id.is_some(),
        }
    }

    pub(super) fn sender<'a>(&'a self, id: Option<&'a [u8]>, sent_by: Option<u64>) -> Sender<'a> {
        let connection = &self.connection;
        Sender { connection, program: self.program, agent: self.agent, id, sent_by }
    }
}
