//! What is kept of exchanges, and the jars as they were after any of them.
//!
//! An exchange keeps what it changed and no jar. A jar at a time is a base, and the changes since; what there is no room for is
//! folded into the base.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use super::facts::{Change, Client, Exchange, JarAt, Known, Status};

/// How many exchanges are kept.
pub(crate) const EXCHANGES: usize = 200;
/// How many bytes exchanges and bases may hold together.
const BYTES: usize = 20 * 1024 * 1024;

/// The last exchanges, and what was before.
#[derive(Clone, Debug, Default)]
pub struct Past {
    exchanges: VecDeque<(Arc<Exchange>, usize)>,
    count: u64,
    /// By the number of a jar.
    bases: HashMap<u64, Base>,
    /// Jars whose clients had to make room.
    forgotten: HashSet<u64>,
    /// Jars that are part of others now.
    merged: HashMap<u64, u64>,
    bytes: usize,
}

#[derive(Clone, Debug)]
struct Base {
    client: Client,
    cookies: Cookies,
    bytes: usize,
    /// The number of the last exchange that was folded into it.
    last: u64,
}

/// The cookies of a jar in the order in which they came to be known.
#[derive(Clone, Debug, Default)]
struct Cookies(Vec<Change>);

impl Past {
    /// How many exchanges there were, kept or not.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The oldest first.
    pub fn exchanges(&self) -> impl DoubleEndedIterator<Item = &Arc<Exchange>> {
        self.exchanges.iter().map(|(exchange, _)| exchange)
    }

    /// The number of the next exchange.
    pub(crate) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// Keeps an exchange; the oldest make room.
    pub(crate) fn keep(&mut self, mut exchange: Arc<Exchange>) {
        self.see_merged(&mut exchange);
        let size = exchange.weight();
        self.bytes += size;
        self.exchanges.push_back((exchange, size));
        while self.exchanges.len() > EXCHANGES || (self.bytes > BYTES && self.exchanges.len() > 1) {
            let Some((oldest, size)) = self.exchanges.pop_front() else { return };
            self.bytes -= size;
            self.fold(&oldest.asked.client, &oldest.changes, oldest.number);
            for (client, change) in &oldest.beside {
                self.fold(client, std::slice::from_ref(change), 0);
            }
        }
        while self.bytes > BYTES
            && let Some(number) = self.oldest_base()
        {
            self.forget(number);
        }
    }

    /// About how many bytes it holds.
    #[cfg(test)]
    pub(crate) fn weight(&self) -> usize {
        self.bytes
    }

    /// What changed in a jar without an exchange that could tell.
    pub(crate) fn fold(&mut self, client: &Client, changes: &[Change], number: u64) {
        let Some(jar) = client.jar.map(|jar| self.now(jar)) else { return };
        let client = Client { jar: Some(jar), ..client.clone() };
        let base = self.bases.entry(jar).or_insert_with(|| Base::of(&client));
        base.see(&client);
        base.last = base.last.max(number);
        for change in changes {
            base.cookies.apply(change);
        }
        self.bytes -= base.bytes;
        base.bytes = base.cookies.0.iter().map(|known| known.weight()).sum();
        self.bytes += base.bytes;
    }

    /// Jar `from` turned out to be part of jar `into`.
    pub(crate) fn merge(&mut self, from: u64, into: u64) {
        /// So many can't be: each needs a jar that was made and merged.
        const MERGED: usize = 10_000;
        if self.merged.len() < MERGED {
            self.merged.insert(from, into);
        }
        let mut exchanges = std::mem::take(&mut self.exchanges);
        exchanges.iter_mut().for_each(|(exchange, _)| self.see_merged(exchange));
        self.exchanges = exchanges;
        if let Some(base) = self.bases.remove(&from) {
            self.bytes -= base.bytes;
            self.fold(&Client { jar: Some(into), ..base.client }, &base.cookies.0, base.last);
        }
    }

    /// The jars that an exchange names are those that they are part of now.
    fn see_merged(&self, exchange: &mut Arc<Exchange>) {
        let now = |client: &Client| client.jar.map(|jar| self.now(jar));
        let is_old = |client: &Client| now(client) != client.jar;
        let beside = exchange.beside.iter().any(|(client, _)| is_old(client));
        if !beside && !is_old(&exchange.asked.client) {
            return;
        }
        let exchange = Arc::make_mut(exchange);
        for (client, _) in &mut exchange.beside {
            client.jar = now(client);
        }
        let asked = Arc::make_mut(&mut exchange.asked);
        asked.client.jar = now(&asked.client);
    }

    /// Clients had to make room. Jars of which no exchange tells go with them.
    pub(crate) fn retain(&mut self, is_known: impl Fn(u64) -> bool) {
        let told = self.exchanges().filter_map(|exchange| exchange.asked.client.jar);
        let all = told.chain(self.bases.keys().copied());
        self.forgotten = all.filter(|jar| !is_known(*jar)).collect();
        let gone: Vec<_> = self.bases.keys().copied().filter(|jar| !is_known(*jar)).collect();
        for jar in gone {
            let told = |exchange: &Arc<Exchange>| exchange.asked.client.jar == Some(jar);
            if !self.exchanges().any(told) {
                self.forget(jar);
            }
        }
    }

    /// The jars after the exchange `at`, or now: the one that changed last comes first. Those whose clients are forgotten are
    /// shown with their own exchanges alone.
    pub fn jars(&self, at: Option<u64>) -> Vec<JarAt> {
        let mut jars: HashMap<u64, Base> = self.bases.clone();
        let until = at.unwrap_or(u64::MAX);
        for exchange in self.exchanges().take_while(|exchange| exchange.number <= until) {
            let client = &exchange.asked.client;
            let own = exchange.changes.iter().map(|change| (client, change));
            let beside = exchange.beside.iter().map(|(client, change)| (client, change));
            for (client, change) in own.chain(beside) {
                let Some(jar) = client.jar else { continue };
                let jar = jars.entry(jar).or_insert_with(|| Base::of(client));
                jar.see(client);
                jar.cookies.apply(change);
            }
            if let Some(jar) = client.jar {
                let jar = jars.entry(jar).or_insert_with(|| Base::of(client));
                jar.see(client);
                jar.last = exchange.number;
            }
        }
        let here = self.exchanges().find(|exchange| Some(exchange.number) == at);
        let here = here.and_then(|exchange| exchange.asked.client.jar);
        let is_shown = |jar: u64| !self.forgotten.contains(&jar) || here == Some(jar);
        let jars = jars.into_iter().filter(|(jar, _)| is_shown(*jar));
        let mut jars: Vec<_> = jars.map(|(_, base)| base).collect();
        jars.sort_by_key(|jar| std::cmp::Reverse(jar.last));
        let shown = |jar: Base| JarAt { client: jar.client, cookies: jar.cookies.held() };
        jars.into_iter().map(shown).collect()
    }

    /// The jar that this one is part of now.
    fn now(&self, mut jar: u64) -> u64 {
        while let Some(into) = self.merged.get(&jar) {
            jar = *into;
        }
        jar
    }

    fn oldest_base(&self) -> Option<u64> {
        self.bases.iter().min_by_key(|(_, base)| base.last).map(|(number, _)| *number)
    }

    fn forget(&mut self, number: u64) {
        if let Some(base) = self.bases.remove(&number) {
            self.bytes -= base.bytes;
        }
    }
}

impl Base {
    fn of(client: &Client) -> Self {
        Self { client: client.clone(), cookies: Cookies::default(), bytes: 0, last: 0 }
    }

    /// What its client is called, as far as that is known by now.
    fn see(&mut self, client: &Client) {
        if client.nth.is_some() {
            self.client = client.clone();
        }
    }
}

impl Cookies {
    /// Puts a change in its place, unless a later one is there.
    fn apply(&mut self, change: &Change) {
        match self.0.iter_mut().find(|known| known.is_same_as(change)) {
            Some(known) if known.order < change.order => *known = Arc::clone(change),
            Some(_) => {}
            None => self.0.push(Arc::clone(change)),
        }
    }

    fn held(self) -> Vec<Arc<Known>> {
        self.0.into_iter().filter(|known| known.status != Status::Left).collect()
    }
}
