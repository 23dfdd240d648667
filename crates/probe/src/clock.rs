//! A clock that a test moves.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A clock for a browser and for the server that it visits. Clones are the same clock: what moves one moves all.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// let clock = probe::Clock::at(1_777_593_600);
/// let servers = clock.clone();
/// let now = move || -> SystemTime { servers.now() };
/// let before = now();
/// clock.forward(Duration::from_secs(60));
/// assert_eq!(now(), before + Duration::from_secs(60));
/// ```
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mutex<Time>>);

#[derive(Clone, Copy, Debug)]
enum Time {
    /// Moves by itself, and is so far ahead of the machine's.
    Real(Duration),
    Still(SystemTime),
}

impl Clock {
    /// A clock that stands still at so many seconds after 1970 until it is moved.
    #[must_use]
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(Mutex::new(Time::Still(UNIX_EPOCH + Duration::from_secs(seconds)))))
    }

    /// A clock that goes with the machine's, and can be put forward.
    #[must_use]
    pub fn real() -> Self {
        Self(Arc::new(Mutex::new(Time::Real(Duration::ZERO))))
    }

    /// What it shows.
    #[must_use]
    pub fn now(&self) -> SystemTime {
        match *self.time() {
            Time::Real(ahead) => SystemTime::now() + ahead,
            Time::Still(time) => time,
        }
    }

    /// Puts it forward.
    pub fn forward(&self, by: Duration) {
        match &mut *self.time() {
            Time::Real(ahead) => *ahead += by,
            Time::Still(time) => *time += by,
        }
    }

    /// Sets it, also back; from now on it stands still.
    pub fn set(&self, time: SystemTime) {
        *self.time() = Time::Still(time);
    }

    fn time(&self) -> std::sync::MutexGuard<'_, Time> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
