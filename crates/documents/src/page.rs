//! Markdown as a page: the lessons' documents, at `/classroom/lesson/NAME` of every server.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::anchors::Anchors;

/// A document, and how its page is to be.
#[derive(Clone, Copy, Debug)]
pub struct Document<'a> {
    /// Its text.
    pub markdown: &'a str,
    /// What links to other documents end with.
    pub query: &'a str,
    /// The address of the folder with its drawings, with the last `/`.
    pub drawings: &'a str,
    /// What a screen reader calls a table.
    pub table: &'a str,
}

/// A document as HTML.
#[derive(Debug)]
pub struct Rendered {
    /// The text of its first heading.
    pub title: String,
    /// All of it, the title too.
    pub html: String,
}

impl Document<'_> {
    /// Renders it. Headings get the anchors that code hosts give them, and links and drawings lead where they can be followed:
    /// to the same server's page of another document, with the query behind its path. In a table, `beside` may put HTML behind
    /// a link to a lesson's document, whose name it is given.
    #[must_use]
    pub fn render(&self, beside: &dyn Fn(&str) -> Option<String>) -> Rendered {
        let Self { markdown, query, drawings, table } = *self;
        let mut events: Vec<Event> =
            Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH)
                .collect();
        let title = name_headings(&mut events);
        let mut page = Vec::with_capacity(events.len());
        let mut open = Vec::new();
        let mut in_table = false;
        for event in events {
            match event {
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    let link = followable(&dest_url, query);
                    let after = if in_table { document(&dest_url).and_then(beside) } else { None };
                    open.push((link.is_some(), after));
                    if let Some(link) = link {
                        let dest_url = link.into();
                        page.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                    }
                }
                Event::End(TagEnd::Link) => {
                    let (is_link, after) = open.pop().unwrap_or_default();
                    page.extend(is_link.then_some(event));
                    page.extend(after.map(|after| Event::InlineHtml(after.into())));
                }
                Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                    let name = dest_url.strip_prefix("img/");
                    let here = name.map(|name| format!("{drawings}{name}"));
                    let dest_url = here.map_or(dest_url, CowStr::from);
                    page.push(Event::Start(Tag::Image { link_type, dest_url, title, id }));
                }
                other => {
                    match other {
                        Event::Start(Tag::Table(_)) => in_table = true,
                        Event::End(TagEnd::Table) => in_table = false,
                        _ => {}
                    }
                    page.push(other);
                }
            }
        }
        let mut text = String::with_capacity(markdown.len() * 2);
        html::push_html(&mut text, page.into_iter());
        // Long lines and wide tables scroll: a keyboard must reach them.
        let html = text
        .replace("<pre>", "<pre tabindex=\"0\">")
        .replace(
            "<table>",
            &format!(
                "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{table}\"><table>"
            ),
        )
        .replace("</table>", "</table></div>");
        Rendered { title, html }
    }
}

/// Gives each heading the id that its text makes, numbered where a text comes again. The title has none; it is returned.
fn name_headings(events: &mut [Event]) -> String {
    let mut anchors = Anchors::default();
    let mut title = None;
    let mut start = None;
    let mut text = String::new();
    for index in 0..events.len() {
        match &events[index] {
            Event::Start(Tag::Heading { .. }) => {
                start = Some(index);
                text.clear();
            }
            Event::Text(part) | Event::Code(part) if start.is_some() => text.push_str(part),
            Event::End(TagEnd::Heading(level)) => {
                let level = *level;
                let Some(Event::Start(Tag::Heading { id, .. })) =
                    start.take().map(|start| &mut events[start])
                else {
                    continue;
                };
                if level > HeadingLevel::H1 {
                    *id = Some(CowStr::from(anchors.next(&text)));
                } else {
                    title.get_or_insert_with(|| text.clone());
                }
            }
            _ => {}
        }
    }
    title.unwrap_or_default()
}

/// Where a link of a document leads from the page. Other files of the project are not served, so their names are no links.
fn followable(link: &str, query: &str) -> Option<String> {
    if link.starts_with('#') || link.contains("://") {
        return Some(link.to_owned());
    }
    let anchor = &link[link.find('#').unwrap_or(link.len())..];
    match document(link)? {
        "README" => Some(format!("/classroom/{query}{anchor}")),
        name => Some(format!("/classroom/lesson/{name}{query}{anchor}")),
    }
}

/// The name of the document that a link leads to, if it is one of this folder.
fn document(link: &str) -> Option<&str> {
    let file = link.split('#').next()?;
    file.strip_suffix(".md").filter(|name| !name.contains(['/', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn english(markdown: &str) -> Document<'_> {
        Document { markdown, query: "", drawings: "/classroom/img/", table: "Table" }
    }

    fn html(markdown: &str) -> String {
        english(markdown).render(&|_| None).html
    }

    #[test]
    fn headings_get_anchors_and_a_repeated_one_a_number() {
        let page =
            english("# The *title* of `it`\n\n## The `Cookie` header\n\n## The Cookie header\n")
                .render(&|_| None);
        assert_eq!(page.title, "The title of it");
        let html = page.html;
        assert!(html.contains("<h2 id=\"the-cookie-header\">"), "{html}");
        assert!(html.contains("<h2 id=\"the-cookie-header-1\">"), "{html}");
    }

    #[test]
    fn a_link_to_another_document_leads_to_its_page_here() {
        let html = html(
            "[next](2-raw-cookies.md#the-code) [rfc](https://example.org/) [here](#sources) [code](../Cargo.toml) \
             [all](README.md#glossary) [page](http://localhost:3002/) ![drawn](img/a.svg)",
        );
        for part in [
            "href=\"/classroom/lesson/2-raw-cookies#the-code\"",
            "href=\"https://example.org/\"",
            "href=\"#sources\"",
            "href=\"/classroom/#glossary\"",
            "href=\"http://localhost:3002/\"",
            "<img src=\"/classroom/img/a.svg\" alt=\"drawn\"",
        ] {
            assert!(html.contains(part), "should hold {part}: {html}");
        }
        assert!(html.contains("</a> code <a"), "a file that is not served is no link: {html}");
    }

    #[test]
    fn a_link_keeps_the_language_that_the_address_names() {
        let markdown =
            "[a](2-raw-cookies.md#代码) [b](README.md) [c](#x) ![d](img/a.svg)\n\n| e |\n|---|\n";
        let (query, drawings, table) = ("?lang=zh", "/classroom/img/zh/", "表格");
        let html = Document { markdown, query, drawings, table }.render(&|_| None).html;
        for part in [
            "href=\"/classroom/lesson/2-raw-cookies?lang=zh#%E4%BB%A3%E7%A0%81\"",
            "href=\"/classroom/?lang=zh\"",
            "href=\"#x\"",
            "src=\"/classroom/img/zh/a.svg\"",
            "aria-label=\"表格\"",
        ] {
            assert!(html.contains(part), "should hold {part}: {html}");
        }
    }

    #[test]
    fn what_is_beside_a_link_to_a_lesson_stands_in_tables_alone() {
        let markdown =
            "[a](1-a.md)\n\n| a |\n|---|\n| [a](1-a.md#x), [b](2-b.md) [code](../b.md) |\n";
        let html = english(markdown)
            .render(&|name| (name != "2-b").then(|| format!("<b>{name}</b>")))
            .html;
        assert_eq!(html.matches("<b>1-a</b>").count(), 1, "{html}");
        assert!(html.contains("#x\">a</a><b>1-a</b>, <a"), "{html}");
        assert!(!html.contains("<b>../b</b>"), "{html}");
    }
}
