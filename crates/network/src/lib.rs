//! The way from a server to a store on another machine, for the exercise `lost-update`: [`pause`] is how long a change is
//! under way. Where the exercise runs, that is a short while. A check says itself when a change arrives: it gives the
//! server a [`Network`], and no clock has a say.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{Router, extract::Request, middleware};
use tokio::{sync::oneshot, task::yield_now, time::sleep};

/// How long a change is under way where no check holds it: long enough for two requests of one page to meet.
const UNDER_WAY: Duration = Duration::from_millis(50);

tokio::task_local! {
    /// The network of the server that this request came to.
    static HERE: Network;
}

/// Waits while a change is on its way to the store.
pub async fn pause() {
    match HERE.try_with(Clone::clone) {
        Ok(network) => network.pass().await,
        Err(_) => sleep(UNDER_WAY).await,
    }
}

/// The network of one server under test: it holds changes, and sees requests begin and end.
#[derive(Clone, Debug, Default)]
pub struct Network(Arc<(Mutex<State>, Condvar)>);

#[derive(Debug, Default)]
struct State {
    seen: Seen,
    /// How many changes pass before the next is held; `None` where none is.
    hold_after: Option<usize>,
    held: Option<oneshot::Sender<()>>,
}

/// What a [`Network`] has seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    /// How many requests have begun.
    pub begun: usize,
    /// How many of them have ended.
    pub ended: usize,
    /// How many were open at once, at most, since [`Network::count_anew`].
    pub at_once: usize,
    /// Whether a change is held.
    pub held: bool,
}

impl Network {
    /// The server with this network. What its requests do in tasks of their own is not seen.
    pub fn around(&self, app: Router) -> Router {
        let network = self.clone();
        app.layer(middleware::from_fn(move |request: Request, next: middleware::Next| {
            let network = network.clone();
            async move {
                let _open = Open::new(&network);
                HERE.scope(network.clone(), next.run(request)).await
            }
        }))
    }

    /// Holds one change: the next, or the one after so many.
    pub fn hold_after(&self, passing: usize) {
        self.state().hold_after = Some(passing);
    }

    /// Lets the change go that is held.
    pub fn let_go(&self) {
        let mut state = self.state();
        state.held = None;
        state.seen.held = false;
    }

    /// Lets all changes pass.
    pub fn open(&self) {
        self.state().hold_after = None;
        self.let_go();
    }

    /// What it has seen so far.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.state().seen
    }

    /// Begins to count anew how many requests are open at once.
    pub fn count_anew(&self) {
        let mut state = self.state();
        state.seen.at_once = state.seen.begun - state.seen.ended;
    }

    /// Waits until it has seen this, and says whether it has within the limit.
    #[must_use]
    pub fn wait(&self, limit: Duration, until: impl Fn(Seen) -> bool) -> bool {
        let is_missing = |state: &mut State| !until(state.seen);
        let (_, changed) = &*self.0;
        let waited = changed.wait_timeout_while(self.state(), limit, is_missing);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    async fn pass(&self) {
        let held = self.change(|state| match state.hold_after.take() {
            Some(0) => {
                let (let_go, held) = oneshot::channel();
                state.held = Some(let_go);
                state.seen.held = true;
                Some(held)
            }
            passing => {
                state.hold_after = passing.map(|passing| passing - 1);
                None
            }
        });
        match held {
            // An error says that the other end is gone: that is how it is let go.
            Some(held) => drop(held.await),
            None => yield_now().await,
        }
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let result = act(&mut self.state());
        self.0.1.notify_all();
        result
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is open; it ends with this value, also where the handler panics.
struct Open(Network);

impl Open {
    fn new(network: &Network) -> Self {
        network.change(|state| {
            state.seen.begun += 1;
            state.seen.at_once = state.seen.at_once.max(state.seen.begun - state.seen.ended);
        });
        Self(network.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.change(|state| state.seen.ended += 1);
    }
}
