//! The wire without the server: what is known of a lesson's exchanges, and how it is told.
//!
//! A layer around a lesson shows a [`Memory`] each request and each answer. It finds out whose they are, which cookies a
//! browser held back and why, and keeps the last of them as [`Exchange`]s. Out come pages, JSON, two lines for a terminal, and
//! the sentences of the classroom's own pages, in two languages ([`Words`]). No clock and no connection is read here: the time
//! comes in, and `classroom` serves what comes out.

mod browser_id;
mod connection;
mod cookies;
mod exchange;
mod facts;
mod head;
mod language;
mod memory;
mod model;
mod percent;
mod secret;
mod show;
mod spoken;
mod words;

pub use browser_id::{BROWSER_ID, BROWSER_ID_CROSS_SITE, id_in, id_of, names_browser};
pub use connection::Connection;
pub use cookies::pairs;
pub use facts::{Absent, Came, Client, Line, Program, StoreRow, Why};
pub use head::Head;
pub use memory::{Memory, Parts};
pub use model::{
    facts::{Asked, Body, Exchange},
    past::Past,
    ticket::{Arrival, Looked, Ticket},
};
pub use secret::form_field;
pub use show::{
    Reader,
    detail::Detail,
    hide::is_secret,
    json::render,
    pages::{Latest, exchange, page},
    picture::{Kept, Picture},
    trace::Colours,
    view::View,
};
pub use spoken::{Language, language};
pub use words::{EXERCISE, Labels, Words, en, html};
