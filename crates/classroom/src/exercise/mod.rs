//! An exercise in the classroom: what its `examples/run.rs` starts.
//!
//! A lesson says in [`Lesson`] what it is. Of an exercise its folder says it: `crates/N-LESSON/exercises/NAME`. The page of
//! an exercise is whatever its answer writes, so the wire is laid beside it by a layer ([`beside`]).

mod beside;
mod content;
mod keys;

use std::{
    env,
    future::pending,
    io,
    path::{Path, PathBuf},
    process, thread,
    time::Duration,
};

use ::wire::EXERCISE;
use axum::{Router, middleware::from_fn_with_state};
use tokio::sync::oneshot;

use crate::{
    Lesson, Stop,
    server::{GRACE, serve_until},
    terminal::Said,
};

/// Set by `cargo course run`: the server stops when its standard input ends. So none outlives that program, however it ends.
const STOP_WITH_INPUT: &str = "STOP_WITH_INPUT";

/// An exercise's server.
#[derive(Clone, Copy, Debug)]
pub struct Exercise {
    name: &'static str,
    lesson: Lesson,
}

impl Exercise {
    /// The exercise whose package is in `folder`: `env!("CARGO_MANIFEST_DIR")`. It listens on 3100 and the number of its
    /// lesson. What to try first is printed at start-up.
    ///
    /// # Errors
    ///
    /// [`Stop`] where this is no folder of an exercise.
    pub fn in_folder(
        folder: &'static str,
        try_this: &'static [&'static str],
    ) -> Result<Self, Stop> {
        let stop = || Stop::because(Said::NoExercise { folder }.to_string());
        let mut folders = Path::new(folder).iter().rev().filter_map(|name| name.to_str());
        let name = folders.next().ok_or_else(stop)?;
        let (number, package) =
            folders.nth(1).and_then(|lesson| lesson.split_once('-')).ok_or_else(stop)?;
        let number: u16 = number.parse().map_err(|_| stop())?;
        let lesson = Lesson {
            port: 3100 + number,
            title: format!("{EXERCISE}{name}").leak(),
            package,
            cookies: &[],
            try_this,
        };
        Ok(Self { name, lesson })
    }

    /// Serves the answer with the wire beside its pages, as [`classroom::serve`] does for a lesson.
    ///
    /// # Errors
    ///
    /// As [`classroom::serve`].
    pub async fn serve(self, app: Router) -> Result<(), Stop> {
        let command = format!("cargo course run {}", self.name);
        let app = app.layer(from_fn_with_state(self.lesson, beside::lay_wire));
        serve_until(self.lesson, app, &command, input_ends()).await
    }
}

/// Ready when the standard input ends, where that is to stop the server.
async fn input_ends() {
    if env::var_os(STOP_WITH_INPUT).is_none() {
        return pending().await;
    }
    let (ends, ended) = oneshot::channel();
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = ends.send(());
        // A handler that never yields keeps the runtime from ending. It does not keep this thread.
        thread::sleep(GRACE + Duration::from_secs(1));
        process::exit(1);
    });
    let _ = ended.await;
}

/// The build folder that this program lies in: cargo marks it.
fn build_folder() -> Option<PathBuf> {
    let program = env::current_exe().ok()?;
    let folder = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").exists())?;
    Some(folder.to_owned())
}
