//! With which browsers the rules here were compared, and when. The suite in `browser/` compares them and writes this file.

/// What the rules for [`Family::Chromium`](crate::Family::Chromium) and [`Family::Firefox`](crate::Family::Firefox) were
/// measured with.
pub const MEASURED: Measured = Measured { chromium: "156", firefox: "153", date: "2026-11-26" };

/// Two browsers and a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Chromium's major version.
    pub chromium: &'static str,
    /// Firefox's major version.
    pub firefox: &'static str,
    /// The day, as `YYYY-MM-DD`.
    pub date: &'static str,
}
