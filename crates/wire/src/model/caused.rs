//! What caused a request, in the words of the facts.

use cookie_rules::{Cause, Site, Storage, Way};

use super::facts::{By, Caused};

impl Caused {
    /// Of what `cause` says. `field` gives a header field by its name in lower case; `authority` is the request's own host.
    pub(super) fn of<'a>(
        cause: &Cause,
        method: &str,
        authority: &str,
        field: impl Fn(&str) -> Option<&'a [u8]>,
    ) -> Self {
        let is_ahead = ["sec-purpose", "purpose"]
            .into_iter()
            .filter_map(&field)
            .any(|purpose| purpose.windows(8).any(|word| word.eq_ignore_ascii_case(b"prefetch")));
        let by = match (cause.way, cause.site) {
            _ if is_ahead => By::Ahead,
            (Way::Untold, _) => By::Untold,
            (Way::Preflight, _) => By::Preflight,
            (Way::Page, _) if method != "GET" => By::Form,
            (Way::Page, Site::User) => By::User,
            (Way::Page, _) => By::Navigation,
            (Way::Frame, _) if field("sec-fetch-dest") == Some(b"empty") => By::Download,
            (Way::Frame, _) => By::Frame,
            (Way::Script, _) => By::Script,
            (Way::Part, _) => By::Subresource,
        };
        let named = field("origin").filter(|origin| *origin != b"null").or(field("referer"));
        let origin = named.and_then(origin_of).filter(|origin| !is_of(origin, authority));
        Self {
            by,
            from: cause.site,
            origin,
            storage_denied: cause.storage == Some(Storage::Denied),
        }
    }
}

/// Scheme and authority of a URL.
fn origin_of(url: &[u8]) -> Option<String> {
    const LONGEST: usize = 300;
    let url = str::from_utf8(url).ok()?;
    let start = url.find("://")? + 3;
    let end = url[start..].find(['/', '?', '#']).map_or(url.len(), |end| start + end);
    (end <= LONGEST).then(|| url[..end].to_ascii_lowercase())
}

fn is_of(origin: &str, authority: &str) -> bool {
    origin.strip_prefix("http://").is_some_and(|own| own.eq_ignore_ascii_case(authority))
}
