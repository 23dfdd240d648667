//! What every lesson server of Crumbs shares: start-up and shut-down, the page layout and its style sheet, the lessons'
//! documents as pages, error pages that teach, the trace in the terminal, and the wire view.
//!
//! A lesson is a plain [`axum::Router`] and a [`Lesson`] that describes it:
//!
//! ```no_run
//! # async fn run() -> Result<(), classroom::Stop> {
//! use axum::{Router, routing::get};
//!
//! let lesson = classroom::Lesson {
//!     port: 3001,
//!     title: "Stateless HTTP",
//!     package: "stateless-http",
//!     cookies: &[],
//!     try_this: &["curl http://localhost:3001/"],
//! };
//! let app = Router::new().route("/", get(|| async { "hello" }));
//! classroom::serve(lesson, app).await
//! # }
//! ```
//!
//! What belongs to the classroom and not to the lesson lives under `/classroom/`: the contents, the documents of all lessons
//! (read from `lessons/`, where the document of this one is `N-PACKAGE.md`, and in Chinese from `lessons/zh/`), the style
//! sheet, the wire.

// Lessons' templates and ours extend one layout, which calls `classroom::wire_frame`.
extern crate self as classroom;

mod browser_id;
mod contents;
pub mod cookies;
mod exercise;
mod frame;
mod pages;
mod projected;
mod reading;
mod said;
mod seen;
mod server;
pub mod settings;
mod terminal;
mod wire;

pub use cookie_rules::visible;

pub use ::wire::{BROWSER_ID, BROWSER_ID_CROSS_SITE};
pub use browser_id::{name_browser, name_browser_cross_site};
pub use exercise::Exercise;
pub use frame::{WireAddress, wire_frame};
pub use pages::Page;
pub use projected::{projected, projector};
pub use said::{Store, StoreRow, Watched, Word};
pub use seen::{Arrived, Missing, Seen, with_code};
pub use server::{Server, Stop, Watch, serve};

/// What a lesson server says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// The port it listens on unless `PORT` says otherwise: 3000 and the number of the lesson.
    pub port: u16,
    /// Its title, without the number.
    pub title: &'static str,
    /// The name of its package, as in `cargo run -p PACKAGE`.
    pub package: &'static str,
    /// The names of the cookies that it sets: the wire shows them first, also those that an earlier run has set.
    pub cookies: &'static [&'static str],
    /// What to try first, a line each, printed at start-up.
    pub try_this: &'static [&'static str],
}

impl Lesson {
    /// The number of the lesson: the last digit of its port.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.port % 10
    }

    /// The name of its document: `1-stateless-http`.
    fn document(&self) -> String {
        format!("{}-{}", self.number(), self.package)
    }
}
