//! The bank's defences, each in a file that one reads in a minute, and which of them are on. All are off at first.

pub mod caching;
pub mod csp;
pub mod escape;
pub mod fetch_metadata;
pub mod frame_ancestors;
pub mod host_prefix;
pub mod http_only;
pub mod new_id;
pub mod post;
pub mod same_site;
pub mod token;

use std::{collections::BTreeMap, iter};

pub use same_site::SameSite;

/// A defence that is on or off. `SameSite` has more than two values, see [`SameSite`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defence {
    HttpOnly,
    HostPrefix,
    Token,
    FetchMetadata,
    Post,
    Escape,
    Csp,
    FrameAncestors,
    NewId,
    Private,
    NoStore,
    Vary,
}

/// What the page *Defences* says of a defence.
pub struct About {
    pub defence: Defence,
    pub id: &'static str,
    pub title: &'static str,
}

pub const ALL: [About; 12] = [
    about(Defence::HttpOnly, "http-only", "No script reads the cookie"),
    about(Defence::HostPrefix, "host-prefix", "Only this host sets the cookie"),
    about(Defence::Token, "token", "Each form carries a secret"),
    about(Defence::FetchMetadata, "fetch-metadata", "Ask the browser who asks"),
    about(Defence::Post, "post", "No link logs out"),
    about(Defence::Escape, "escape", "The guestbook shows text"),
    about(Defence::Csp, "csp", "No script that isn't the bank's"),
    about(Defence::FrameAncestors, "frame-ancestors", "No page frames the bank"),
    about(Defence::NewId, "new-id", "A new id at the log-in"),
    about(Defence::Private, "private", "No shared cache keeps my statement"),
    about(Defence::NoStore, "no-store", "No cache keeps my statement"),
    about(Defence::Vary, "vary", "A kept statement for each Cookie header"),
];

const fn about(defence: Defence, id: &'static str, title: &'static str) -> About {
    About { defence, id, title }
}

/// The values of `SameSite`: each one's id in the form, and its name for people.
pub const SAME_SITE: [(SameSite, &str, &str); 4] = [
    (SameSite::None, "none", "None"),
    (SameSite::NotStated, "not-stated", "not stated"),
    (SameSite::Lax, "lax", "Lax"),
    (SameSite::Strict, "strict", "Strict"),
];

/// The defences by file, and the file itself: the page shows it, so the two can't part.
pub const FILES: [(&str, &str); 11] = [
    ("same-site", include_str!("same_site.rs")),
    ("http-only", include_str!("http_only.rs")),
    ("host-prefix", include_str!("host_prefix.rs")),
    ("token", include_str!("token.rs")),
    ("fetch-metadata", include_str!("fetch_metadata.rs")),
    ("post", include_str!("post.rs")),
    ("escape", include_str!("escape.rs")),
    ("csp", include_str!("csp.rs")),
    ("frame-ancestors", include_str!("frame_ancestors.rs")),
    ("new-id", include_str!("new_id.rs")),
    ("private, no-store, vary", include_str!("caching.rs")),
];

/// What is switched on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Defences {
    pub same_site: SameSite,
    on: Vec<Defence>,
}

impl Defences {
    /// Reads the form of the page *Defences*: `same-site=lax`, and `on` for each other that is ticked.
    ///
    /// # Errors
    ///
    /// A sentence, where a field is none of its form.
    pub fn of_form(fields: &[(String, String)]) -> Result<Self, &'static str> {
        let mut defences = Self::default();
        for (name, value) in fields {
            if name == "same-site" {
                let known = SAME_SITE.iter().find(|(_, id, _)| id == value);
                (defences.same_site, ..) =
                    *known.ok_or("same-site is none, not-stated, lax or strict.")?;
                continue;
            }
            let about = ALL.iter().find(|about| about.id == name);
            let about =
                about.ok_or("A field names a defence, and this bank has no such defence.")?;
            match value.as_str() {
                "on" => defences.on.push(about.defence),
                _ => return Err("A defence that is ticked says `on`; one that isn't is left out."),
            }
        }
        Ok(defences)
    }

    pub fn has(&self, defence: Defence) -> bool {
        self.on.contains(&defence)
    }

    /// `Set-Cookie` for a session's id. Three defences are in it.
    pub fn cookie(&self, id: &str) -> String {
        let name = self.cookie_name();
        let same_site = self.same_site.attribute();
        let http_only = http_only::attribute(self.has(Defence::HttpOnly));
        format!("{name}={id}; Path=/; Secure{same_site}{http_only}")
    }

    /// For people to read: `SameSite`, and all that is ticked.
    pub fn names(&self) -> String {
        let on = ALL.iter().filter(|about| self.has(about.defence)).map(|about| about.id);
        let same_site = format!("SameSite={}", self.same_site().1);
        iter::once(&*same_site).chain(on).collect::<Vec<_>>().join(", ")
    }

    /// The id and the name of its `SameSite`.
    fn same_site(&self) -> (&'static str, &'static str) {
        let is_it = |(value, ..): &&(SameSite, _, _)| *value == self.same_site;
        SAME_SITE.iter().find(is_it).map_or(("", ""), |&(_, id, name)| (id, name))
    }

    pub fn cookie_name(&self) -> &'static str {
        host_prefix::name(self.has(Defence::HostPrefix))
    }

    /// For `books.json`: each id, and whether it is on.
    pub fn as_json(&self) -> BTreeMap<&'static str, serde_json::Value> {
        let switches = ALL.iter().map(|about| (about.id, self.has(about.defence).into()));
        switches.chain([("same-site", self.same_site().0.into())]).collect()
    }
}
