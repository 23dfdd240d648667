//! What all hosts of the lesson share, in memory: a restart forgets it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::{
    attacks::{Stolen, Used},
    books::Books,
    cache::Cache,
    defences::Defences,
    sessions::Sessions,
};

#[derive(Default)]
pub struct Lab {
    pub defences: Defences,
    pub sessions: Sessions,
    pub books: Books,
    pub cache: Cache,
    pub loot: Loot,
}

/// What Mallory has got hold of.
#[derive(Default)]
pub struct Loot {
    /// What scripts sent her, the latest last.
    pub stolen: Vec<Stolen>,
    /// The ids that she had planted, the latest last.
    pub planted: Vec<String>,
    /// What she did in sessions of others, the latest last.
    pub used: Vec<Used>,
}

impl Lab {
    /// Begins again, with these defences. A cookie or a page from before has nothing of them in it, and what an attack got
    /// then says nothing about them.
    pub fn switch(&mut self, defences: Defences) {
        *self = Self { defences, ..Self::default() };
    }

    /// Begins again, with the defences as they are.
    pub fn reset(&mut self) {
        self.switch(self.defences.clone());
    }
}

#[derive(Clone, Default)]
pub struct Shared(Arc<Mutex<Lab>>);

impl Shared {
    /// Nobody holds it while waiting for anything.
    pub fn lock(&self) -> MutexGuard<'_, Lab> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
