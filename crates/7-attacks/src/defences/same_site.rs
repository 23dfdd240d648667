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

    pub const ALL: [Self; 4] = [Self::None, Self::NotStated, Self::Lax, Self::Strict];

    pub fn title(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::NotStated => "not stated",
            Self::Lax => "Lax",
            Self::Strict => "Strict",
        }
    }

    pub fn id(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NotStated => "not-stated",
            Self::Lax => "lax",
            Self::Strict => "strict",
        }
    }

    pub fn of(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|value| value.id() == id)
    }
}
