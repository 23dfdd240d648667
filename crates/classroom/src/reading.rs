//! A document in the language that a reader wants: what the address names, else what the browser prefers.

use std::{cmp::Reverse, convert::Infallible, io};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

pub(crate) use ::wire::Language;
use ::wire::Words;

use documents::{Document, Folder, Rendered, translation::with_notes};

/// The language of this program's terminal. Tests of this crate's own read English on every machine.
pub(crate) fn language() -> Language {
    if cfg!(test) { Language::English } else { ::wire::language() }
}

/// What an answer in this language says of itself: another reader may get another.
pub(crate) const BY_LANGUAGE: [(header::HeaderName, &str); 1] = [(header::VARY, "Accept-Language")];

/// The language that a request wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) language: Language,
    /// What links to other documents end with, so that they stay in the language that the address names; else nothing.
    pub(crate) query: &'static str,
}

impl Wanted {
    pub(crate) fn of(query: &str, headers: &HeaderMap) -> Self {
        let named = query.split('&').find_map(|part| match part {
            "lang=en" => Some(Language::English),
            "lang=zh" => Some(Language::Chinese),
            _ => None,
        });
        let named = named.map(|language| Self { language, query: language.query() });
        let preferred =
            if prefers_chinese(headers) { Language::Chinese } else { Language::English };
        named.unwrap_or(Self { language: preferred, query: "" })
    }

    /// The language that the address names.
    pub(crate) fn named(self) -> Option<Language> {
        (!self.query.is_empty()).then_some(self.language)
    }

    pub(crate) fn words(self) -> &'static dyn Words {
        self.language.words()
    }
}

impl<S: Sync> FromRequestParts<S> for Wanted {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts.uri.query().unwrap_or_default(), &parts.headers))
    }
}

/// Whether `Accept-Language` puts Chinese of any kind before English: by weight, then by order
/// ([RFC 9110 §12.5.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4)). Who names neither reads English.
fn prefers_chinese(headers: &HeaderMap) -> bool {
    let lines =
        headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
    let ranges: Vec<(&str, f32)> = lines
        .flat_map(|line| line.split(','))
        .filter_map(|range| {
            let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
            let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > 0.0).then_some((tag.trim().split('-').next()?, weight))
        })
        .collect();
    let best = |language: &str| {
        let ranges = ranges.iter().enumerate();
        let same = ranges.filter(|(_, (tag, _))| tag.eq_ignore_ascii_case(language));
        same.map(|(at, (_, weight))| (*weight, Reverse(at)))
            .reduce(|a, b| if b > a { b } else { a })
    };
    best("zh") > best("en")
}

/// A document, and in which language.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) markdown: String,
    pub(crate) language: Language,
    pub(crate) query: &'static str,
    /// Whether the other language has it, too.
    pub(crate) has_other: bool,
}

impl Reading {
    /// The document called so in the language that is wanted, or in English where that has none; `None` where no document
    /// is called so.
    ///
    /// # Errors
    ///
    /// As [`Folder::document`].
    pub(crate) fn of(folder: &Folder, name: &str, wanted: Wanted) -> io::Result<Option<Self>> {
        let Some(english) = folder.document(name)? else { return Ok(None) };
        let chinese = folder.chinese(name);
        let has_other = chinese.is_some();
        let (markdown, language) = match chinese {
            Some(chinese) if wanted.language == Language::Chinese => {
                (with_notes(&chinese, &english, &folder.starters(name)), Language::Chinese)
            }
            _ => (english, Language::English),
        };
        Ok(Some(Self { markdown, language, query: wanted.query, has_other }))
    }

    /// The document as a page of this server, see [`Document::render`].
    pub(crate) fn page(&self, beside: &dyn Fn(&str) -> Option<String>) -> Rendered {
        let drawings = match self.language {
            Language::English => "/classroom/img/",
            Language::Chinese => "/classroom/img/zh/",
        };
        let table = self.language.labels().table;
        Document { markdown: &self.markdown, query: self.query, drawings, table }.render(beside)
    }

    /// The language that the page leads to, where there is another.
    pub(crate) fn other(&self) -> Option<Language> {
        (self.has_other || self.language == Language::Chinese).then(|| self.language.other())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The language for these `Accept-Language` lines.
    fn preferred(lines: &[&'static str]) -> Language {
        let lines = lines
            .iter()
            .map(|line| (header::ACCEPT_LANGUAGE, header::HeaderValue::from_static(line)));
        Wanted::of("", &lines.collect()).language
    }

    #[test]
    fn chinese_is_for_those_who_put_it_before_english() {
        for lines in [
            &["zh"][..],
            &["zh-CN,zh;q=0.9,en;q=0.8"],
            &["ZH-Hant-TW"],
            &["de, zh;q=0.2"],
            &["en;q=0.5, zh; q=0.7"],
            &["zh, en"],
            &["de", "zh, en"],
            &["en;q=0, zh;q=0.1"],
        ] {
            assert_eq!(preferred(lines), Language::Chinese, "{lines:?}");
        }
        for lines in [
            &[][..],
            &[""],
            &["*"],
            &["en-GB,en;q=0.9,zh;q=0.8"],
            &["zh;q=0.5,en;q=0.8"],
            &["en, zh"],
            &["zh;q=0"],
            &["zh;q=x, zh;"],
            &["zhx"],
            &["de"],
            &[";;,,=q,zh;level=1"],
        ] {
            assert_eq!(preferred(lines), Language::English, "{lines:?}");
        }
    }

    #[test]
    fn what_the_address_names_is_before_what_the_browser_prefers() {
        let headers = [(header::ACCEPT_LANGUAGE, header::HeaderValue::from_static("zh"))];
        let headers = headers.into_iter().collect();
        let wanted = |query| Wanted::of(query, &headers);
        assert_eq!(
            wanted("x=1&lang=en"),
            Wanted { language: Language::English, query: "?lang=en" }
        );
        for query in ["", "lang=", "lang=%3Cb%3E", "lang=ende", "LANG=en"] {
            assert_eq!(wanted(query), Wanted { language: Language::Chinese, query: "" }, "{query}");
        }
        assert_eq!(wanted("lang=zh").query, "?lang=zh");
    }

    #[test]
    fn a_page_in_chinese_has_drawings_and_a_name_of_a_table_in_chinese() {
        let markdown = "![d](img/a.svg)\n\n| e |\n|---|\n".to_owned();
        let mut reading =
            Reading { markdown, language: Language::English, query: "", has_other: true };
        let has = |reading: &Reading, parts: [&str; 2]| {
            let html = reading.page(&|_| None).html;
            parts.iter().for_each(|part| assert!(html.contains(part), "{part}: {html}"));
        };
        has(&reading, ["src=\"/classroom/img/a.svg\"", "aria-label=\"Table\""]);
        reading.language = Language::Chinese;
        has(&reading, ["src=\"/classroom/img/zh/a.svg\"", "aria-label=\"表格\""]);
    }

    #[test]
    fn a_folder_that_is_gone_is_a_sentence_that_says_what_to_do() {
        let folder = Folder::at("no/such/folder");
        let said = [folder.lessons().err(), folder.document("README").err()];
        for said in said {
            let said =
                said.map(|error| Language::English.words().no_documents(folder.path(), &error));
            let said = said.unwrap_or_default();
            assert!(
                said.contains("no/such/folder") && said.contains("build the server again"),
                "{said}"
            );
        }
    }
}
