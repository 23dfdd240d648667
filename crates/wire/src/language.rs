//! What a language of this project has: its words, and how an address names it.

use crate::{
    spoken::Language,
    words::{Labels, Words, en::English, zh::Chinese},
};

impl Language {
    /// Its sentences.
    pub fn words(self) -> &'static dyn Words {
        match self {
            Self::English => &English,
            Self::Chinese => &Chinese,
        }
    }

    /// What stands on a page whatever happens.
    pub fn labels(self) -> &'static Labels {
        self.words().labels()
    }

    /// The one that a page leads to.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Chinese,
            Self::Chinese => Self::English,
        }
    }

    /// How an address names it.
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh",
        }
    }

    /// A query that names it.
    pub fn query(self) -> &'static str {
        match self {
            Self::English => "?lang=en",
            Self::Chinese => "?lang=zh",
        }
    }
}
