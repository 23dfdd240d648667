//! A form that is being filled in.

use super::{Browser, Journey, Visit};
use crate::{Form, page::encoded};

/// A form of the page that a browser shows, while somebody fills it in. [`Browser::form`] finds it. Nothing is sent before
/// [`Filling::send`] or [`Filling::press`].
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `press`"]
pub struct Filling<'b> {
    browser: &'b mut Browser,
    form: Form,
}

impl<'b> Filling<'b> {
    pub(super) fn of(browser: &'b mut Browser, form: Form) -> Self {
        Self { browser, form }
    }

    /// The form as it stands.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// Fills a field in, as somebody at the keyboard does: see [`Form::fill`].
    ///
    /// # Panics
    ///
    /// Where the form has no such field, or does not offer this choice.
    #[track_caller]
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        if let Err(problem) = self.form.fill(name, value) {
            panic!(
                "{}",
                self.browser
                    .visit()
                    .lacks(&format!("a field `{name}` for {value:?} ({problem})"), name)
            );
        }
        self
    }

    /// Sets any field to any value, hidden or not there at all, as developer tools can.
    pub fn force(mut self, name: &str, value: &str) -> Self {
        self.form.force(name, value);
        self
    }

    /// Takes the tick from every box of this name.
    pub fn clear(mut self, name: &str) -> Self {
        self.form.clear(name);
        self
    }

    /// Sends it, as the Enter key does: with its first button, if it has one.
    ///
    /// # Panics
    ///
    /// Where it leads to no page, and as [`Browser::open`].
    #[track_caller]
    pub fn send(self) -> Visit {
        self.submit(None)
    }

    /// Presses the button with this text, this name or this value.
    ///
    /// # Panics
    ///
    /// Where there is no such button, and as [`Filling::send`].
    #[track_caller]
    pub fn press(self, button: &str) -> Visit {
        self.submit(Some(button))
    }

    #[track_caller]
    fn submit(self, button: Option<&str>) -> Visit {
        let sent = match self.form.submission(button) {
            Ok(sent) => sent,
            Err(problem) => panic!(
                "{}",
                self.browser.visit().lacks(&format!("a form that can be sent ({problem})"), "")
            ),
        };
        let fields =
            encoded(sent.fields.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let from = Some(self.browser.origin());
        let journey = match sent.method.as_str() {
            "POST" => Journey::page("POST", sent.action, Some(fields), from),
            _ => Journey::page("GET", sent.action.with_query(&fields), None, from),
        };
        self.browser.navigate(journey)
    }
}
