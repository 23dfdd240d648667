//! The lesson document as a page, at `/classroom/lesson`.

use std::sync::OnceLock;

use askama::Template;
use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use crate::{Lesson, anchors::Anchors};

#[derive(Template)]
#[template(path = "document.html")]
struct Document<'a> {
    lesson: &'a Lesson,
    html: &'a str,
}

/// The page of the lesson's document. It is rendered at the first call: a server has one lesson.
pub(crate) fn page(lesson: &Lesson) -> Response {
    static RENDERED: OnceLock<String> = OnceLock::new();
    let html = RENDERED.get_or_init(|| render(lesson.document));
    match (Document { lesson, html }).render() {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// A drawing of the document, by its file name.
pub(crate) fn drawing(lesson: &Lesson, Path(name): Path<String>) -> Response {
    match lesson.drawings.iter().find(|(file, _)| *file == name) {
        Some((_, svg)) => ([(header::CONTENT_TYPE, "image/svg+xml")], *svg).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Markdown to HTML. Headings get the anchors that code hosts give them, and links lead where they can be followed.
fn render(markdown: &str) -> String {
    let mut events: Vec<Event> =
        Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH).collect();
    name_headings(&mut events);
    let mut leads_nowhere = Vec::new();
    let events = events.into_iter().filter_map(|event| match event {
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let link = followable(&dest_url);
            leads_nowhere.push(link.is_none());
            link.map(|link| Event::Start(Tag::Link { link_type, dest_url: link.into(), title, id }))
        }
        Event::End(TagEnd::Link) => (leads_nowhere.pop() == Some(false)).then_some(event),
        other => Some(other),
    });
    let mut page = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut page, events);
    // Long lines and wide tables scroll: a keyboard must reach them.
    page.replace("<pre>", "<pre tabindex=\"0\">")
        .replace(
            "<table>",
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>",
        )
        .replace("</table>", "</table></div>")
}

/// Gives each heading the id that its text makes, numbered where a text comes again.
fn name_headings(events: &mut [Event]) {
    let mut anchors = Anchors::default();
    let mut start = None;
    let mut text = String::new();
    for index in 0..events.len() {
        match &events[index] {
            Event::Start(Tag::Heading { level, .. }) if *level > HeadingLevel::H1 => {
                start = Some(index);
                text.clear();
            }
            Event::Text(part) | Event::Code(part) if start.is_some() => text.push_str(part),
            Event::End(TagEnd::Heading(_)) => {
                if let Some(Event::Start(Tag::Heading { id, .. })) =
                    start.take().map(|start| &mut events[start])
                {
                    *id = Some(CowStr::from(anchors.next(&text)));
                }
            }
            _ => {}
        }
    }
}

/// Where a link of the document leads from the page. Another lesson's document is served by that lesson's server, on its
/// own port; other files of the project are not served, so their names are no links here.
fn followable(link: &str) -> Option<String> {
    if link.starts_with('#') || link.contains("://") {
        return Some(link.to_owned());
    }
    let (file, anchor) = link.split_at(link.find('#').unwrap_or(link.len()));
    let (number, name) = file.split_once('-')?;
    let port = 3000 + number.parse::<u16>().ok()?;
    (name.ends_with(".md") && !name.contains('/'))
        .then(|| format!("http://localhost:{port}/classroom/lesson{anchor}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_get_anchors_and_a_repeated_one_a_number() {
        let html = render("# Title\n\n## The `Cookie` header\n\n## The Cookie header\n");
        assert!(html.contains("<h2 id=\"the-cookie-header\">"), "{html}");
        assert!(html.contains("<h2 id=\"the-cookie-header-1\">"), "{html}");
    }

    #[test]
    fn a_link_to_another_lesson_leads_to_its_server() {
        let html = render(
            "[next](2-raw-cookies.md#the-code) [rfc](https://example.org/) [here](#sources) [code](../Cargo.toml)",
        );
        assert!(
            html.contains("href=\"http://localhost:3002/classroom/lesson#the-code\""),
            "{html}"
        );
        assert!(html.contains("href=\"https://example.org/\""), "{html}");
        assert!(html.contains("href=\"#sources\""), "{html}");
        assert!(html.contains("</a> code</p>"), "a file that is not served is no link: {html}");
    }
}
