//! How well a cookie tells browsers apart: a value that only one of them was given tells the better, the more values of its name there are.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    time::SystemTime,
};

/// A value from this length on is taken for one that nobody comes to by chance: 128 bits in Base64. But it may be a copy.
pub(super) const LONG: usize = 22;
/// How many pairs are remembered by their number.
const PAIRS: usize = 50_000;

/// The pairs that this server saw and set, as numbers.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// What this run has set for anybody.
    given: HashSet<u64>,
    /// The long ones of those that it deleted since, and in which exchange.
    deleted: HashMap<u64, u64>,
    /// What it set more than once: where one is deleted, another may be left.
    again: HashSet<u64>,
    /// There were more than are remembered, last at this time.
    forgotten: Option<SystemTime>,
    seen: HashSet<u64>,
    foreign: HashSet<u64>,
    /// How often this run set each name and when last, and those that it set twice alike.
    set: HashMap<u64, (u64, SystemTime)>,
    repeated: HashSet<u64>,
    /// Of each name, how many values there were.
    values: HashMap<u64, u64>,
    hasher: RandomState,
}

impl Names {
    pub(super) fn hash_of(&self, name: &[u8], value: &[u8]) -> u64 {
        self.hasher.hash_one((name, value))
    }

    /// This server sets it, or asks to delete it.
    pub(super) fn give(&mut self, name: &[u8], value: &[u8], now: SystemTime) {
        if self.given.len() >= PAIRS {
            (self.given, self.deleted, self.again) = Default::default();
            (self.set, self.repeated) = Default::default();
            self.forgotten = Some(now);
        }
        let key = self.hasher.hash_one(name);
        let pair = self.hash_of(name, value);
        let is_new = self.given.insert(pair);
        self.deleted.remove(&pair);
        if !is_new {
            self.again.insert(pair);
        }
        if !is_new && !value.is_empty() {
            self.repeated.insert(key);
        }
        self.see(name, value);
        let (times, last) = self.set.entry(key).or_insert((0, now));
        (*times, *last) = (*times + 1, now.max(*last));
    }

    /// This server deleted it, in this exchange. Of what is short, many browsers have the same.
    pub(super) fn delete(&mut self, name: &[u8], value: &[u8], by: u64) {
        let pair = self.hash_of(name, value);
        if value.len() >= LONG && !self.again.contains(&pair) {
            self.deleted.insert(pair, by);
        }
    }

    /// In which exchange this was deleted that this run had set.
    pub(super) fn deleted(&self, name: &[u8], value: &[u8]) -> Option<u64> {
        self.deleted.get(&self.hash_of(name, value)).copied()
    }

    /// Whether this run sets cookies of this name.
    pub(super) fn is_set(&self, name: &[u8]) -> bool {
        self.last_set(name).is_some()
    }

    /// When this run last set a cookie of this name for anybody, or may have.
    pub(super) fn last_set(&self, name: &[u8]) -> Option<SystemTime> {
        let set = self.set.get(&self.hasher.hash_one(name));
        set.map(|(_, last)| *last).or(self.forgotten)
    }

    /// Whether this run set it for anybody, or may have.
    pub(super) fn is_given(&self, name: &[u8], value: &[u8]) -> bool {
        self.forgotten.is_some() || self.given.contains(&self.hash_of(name, value))
    }

    /// Whether a cookie of this name ever came with a value that this run had not set: there are browsers that have one from before.
    pub(super) fn is_foreign(&self, name: &[u8]) -> bool {
        self.foreign.contains(&self.hasher.hash_one(name))
    }

    /// It came.
    pub(super) fn came(&mut self, name: &[u8], value: &[u8]) {
        if !self.is_given(name, value) && self.foreign.len() < PAIRS {
            self.foreign.insert(self.hasher.hash_one(name));
        }
        self.see(name, value);
    }

    fn see(&mut self, name: &[u8], value: &[u8]) {
        if self.seen.len() >= PAIRS {
            (self.seen, self.values) = Default::default();
        }
        if self.seen.insert(self.hash_of(name, value)) {
            *self.values.entry(self.hasher.hash_one(name)).or_default() += 1;
        }
    }

    /// In one of how many cases another browser would have this value, too. A small number is a count: many are at the same.
    pub(super) fn odds(&self, name: &[u8], value: &[u8]) -> u64 {
        /// Of a name that never had one value twice.
        const UNIQUE: u64 = 40;
        if is_count(value) {
            return 1;
        }
        let key = self.hasher.hash_one(name);
        let is_unique = self.set.get(&key).is_some_and(|(times, _)| *times > 2);
        let least = if is_unique && !self.repeated.contains(&key) { UNIQUE } else { 1 };
        self.values.get(&key).copied().unwrap_or(1).max(least)
    }
}

/// Whether a value is a small number.
pub(super) fn is_count(value: &[u8]) -> bool {
    value.len() <= 6 && value.iter().all(u8::is_ascii_digit)
}
