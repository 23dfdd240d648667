//! What a request says of what caused it: the fields of Fetch Metadata, `Origin` and `Referer`.

use crate::{PublicSuffixes, Request};

/// What caused a request, as far as it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cause {
    /// From which site: `Sec-Fetch-Site`.
    pub site: Site,
    /// In which way: the method, `Sec-Fetch-Mode` and `Sec-Fetch-Dest`.
    pub way: Way,
    /// Whether a page within another site's page has its cookies: `Sec-Fetch-Storage-Access`.
    pub storage: Option<Storage>,
    /// `Origin` names another site than the one that is asked.
    pub foreign_origin: bool,
    /// The page that `Referer` names, where it names one.
    pub referrer: Option<Referrer>,
    /// It may go without cookies, and say nothing of it: a script may ask for that, `crossorigin` asks for it, fonts of another
    /// origin are fetched so, and a script's own origin may be a frame within another site's page.
    pub may_omit: bool,
}

/// From which site a request comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Site {
    /// It doesn't say.
    #[default]
    Untold,
    /// From no page: an address typed, a bookmark.
    User,
    /// From a page of the same origin.
    SameOrigin,
    /// From a page of another origin, but of the same site.
    SameSite,
    /// From another site, or by way of one.
    CrossSite,
}

/// In which way a page causes a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Way {
    /// It doesn't say.
    #[default]
    Untold,
    /// A page of its own, to look at.
    Page,
    /// A frame within a page.
    Frame,
    /// A script's `fetch`, or what looks the same.
    Script,
    /// An image, a style sheet, and the like.
    Part,
    /// A browser asks whether a script may ask (CORS). Such a request has no cookies.
    Preflight,
}

/// Whose page `Referer` names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Referrer {
    /// One of the site that is asked.
    Own,
    /// One of another site.
    Foreign,
}

/// Whether a request that another site's page causes may use the cookies of the site that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Storage {
    /// `none` or `inactive`: it may not.
    Denied,
    /// `active`: it may.
    Active,
}

impl Cause {
    /// Reads a request's method and its header. `authority` is the host that it asks, as `Host` names it.
    ///
    /// ```
    /// use cookie_rules::{Cause, Site, Way};
    /// let header = [("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    /// let field = |name: &str| header.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_bytes());
    /// let link = Cause::of("GET", "localhost:3002", field);
    /// assert_eq!((link.site, link.way), (Site::CrossSite, Way::Page));
    /// ```
    pub fn of<'a>(
        method: &str,
        authority: &str,
        field: impl Fn(&str) -> Option<&'a [u8]>,
    ) -> Cause {
        let site = match field("sec-fetch-site") {
            Some(b"none") => Site::User,
            Some(b"same-origin") => Site::SameOrigin,
            Some(b"same-site") => Site::SameSite,
            Some(b"cross-site") => Site::CrossSite,
            _ => Site::Untold,
        };
        let preflight = method == "OPTIONS" && field("access-control-request-method").is_some();
        let mode = field("sec-fetch-mode");
        let way = match (mode, field("sec-fetch-dest")) {
            _ if preflight => Way::Preflight,
            (Some(b"navigate"), Some(b"document")) => Way::Page,
            (Some(b"navigate"), Some(_)) => Way::Frame,
            (Some(b"cors" | b"no-cors" | b"same-origin"), Some(b"empty")) => Way::Script,
            (Some(_), Some(_)) => Way::Part,
            _ => Way::Untold,
        };
        let storage = match field("sec-fetch-storage-access") {
            _ if preflight => None,
            Some(b"none" | b"inactive") => Some(Storage::Denied),
            Some(b"active") => Some(Storage::Active),
            _ => None,
        };
        let is_foreign = |url: &[u8]| is_foreign(url, authority);
        let foreign_origin = field("origin").and_then(is_foreign) == Some(true);
        let referrer = field("referer").and_then(is_foreign);
        let referrer = referrer.map(|it| if it { Referrer::Foreign } else { Referrer::Own });
        let may_omit = way == Way::Script || (mode == Some(b"cors") && site != Site::SameOrigin);
        Cause { site, way, storage, foreign_origin, referrer, may_omit }
    }
}

/// Whether this address is of another site than the host asked; `None` where it is no address: `null` may be anybody's.
fn is_foreign(url: &[u8], authority: &str) -> Option<bool> {
    let host = |url: &str| Request::get(url).ok().map(|request| request.host().to_owned());
    let (named, asked) = (host(str::from_utf8(url).ok()?)?, host(&format!("http://{authority}"))?);
    Some(!PublicSuffixes::default().is_one_site(&named, &asked))
}
