//! A visit to somebody's lure, with the one click that it asks for.

use std::fmt;

use super::{Browser, Filling, Visit};
use crate::{Lure, Reply};

/// What came of a visit to a lure: its page, its images, and the click. Its `Display` shows all of it, with what the browser
/// refused or held back.
#[derive(Clone, Debug)]
pub struct Fall {
    page: Reply,
    images: Vec<Visit>,
    script: Option<Visit>,
    click: Option<(&'static str, Visit)>,
}

impl Fall {
    /// What came of the click; `None` where there is nothing to click.
    #[must_use]
    pub fn click(&self) -> Option<&Visit> {
        self.click.as_ref().map(|(_, visit)| visit)
    }

    /// What came of the page's images.
    #[must_use]
    pub fn images(&self) -> &[Visit] {
        &self.images
    }
}

impl Browser {
    /// Visits a lure, as somebody does who suspects nothing: opens its page, takes the cookies that it plants, loads its images,
    /// and clicks once: the button of its first form, or else its first link. Fields are left as they are. The tab then shows
    /// what the click led to.
    ///
    /// ```
    /// # use axum::{Router, routing::post};
    /// let server = probe::Server::of(Router::new().route("/logout", post(|| async { "Goodbye" })));
    /// let lure = probe::Lure::at(
    ///     "http://mallory.localhost:3107/",
    ///     "<form action=http://app.crumbs.localhost:3107/logout method=post><button>A prize!</button></form>",
    /// );
    /// let fall = probe::Browser::through(&server).fall_for(&lure);
    /// assert!(fall.click().is_some_and(|visit| visit.says("Goodbye")), "{fall}");
    /// assert!(fall.to_string().contains("\n> Sec-Fetch-Site: cross-site\n"), "{fall}");
    /// ```
    ///
    /// # Panics
    ///
    /// As [`Browser::open`].
    #[track_caller]
    pub fn fall_for(&mut self, lure: &Lure) -> Fall {
        let mut page = lure.reply();
        self.profile.keep(&mut page, &lure.address().request("GET"));
        self.lay(page.clone());
        let images = self.images();
        let script = lure.script.as_ref().map(|sent| self.fetch(sent));
        let html = self.page();
        let form = html.forms().into_iter().find(|form| form.submission(None).is_ok());
        let link = html.links().into_iter().next();
        let click = match (form, link) {
            (Some(form), _) => Some(("presses the button", Filling::of(self, form).send())),
            (None, Some((_, to))) => Some(("clicks the link", self.click(&to.to_string()))),
            (None, None) => None,
        };
        Fall { page, images, script, click }
    }
}

impl fmt::Display for Fall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The lure. {}", self.page)?;
        for image in &self.images {
            write!(f, "The browser loads an image. {image}")?;
        }
        if let Some(script) = &self.script {
            write!(f, "The page's script sends a form. {script}")?;
        }
        match &self.click {
            Some((what, visit)) => write!(f, "The visitor {what}. {visit}"),
            None if self.images.is_empty() && self.script.is_none() => {
                writeln!(
                    f,
                    "It has no image, no link, and no form that somebody can send by a button."
                )
            }
            None => Ok(()),
        }
    }
}
