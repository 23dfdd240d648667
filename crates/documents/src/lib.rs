//! The documents of `lessons/`, for the servers that show them as pages and for `cargo course`, which checks them: the folder
//! that they are in, the anchors of their headings, and which English each section in Chinese was made from.

mod anchors;
mod folder;
mod page;
pub mod translation;

pub use anchors::Anchors;
pub use folder::Folder;
pub use page::{Document, Rendered};
