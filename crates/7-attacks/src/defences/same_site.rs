//! `SameSite=Strict` asks the browser to send the cookie only with what the cookie's own *site* causes; with `Lax`, a link of
//! another site brings it, too. A sibling, such as `evil.crumbs.localhost`, is the same site: nothing here stops it.

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// Vulnerable on purpose: other sites may use the cookie.
    #[default]
    None,
    /// The browser decides. Chromium takes it for `Lax`, but lets a form of another site that opens the page bring it in its
    /// first two minutes; Firefox takes it for `None`.
    NotStated,
    Lax,
    Strict,
}

impl SameSite {
    pub fn attribute(self) -> &'static str {
        match self {
            Self::None => "; SameSite=None",
            Self::NotStated => "",
            Self::Lax => "; SameSite=Lax",
            Self::Strict => "; SameSite=Strict",
        }
    }
}
