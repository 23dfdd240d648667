//! The wire beside an exercise's page: a bar and a frame, put into the page where its content begins.
//!
//! The page stays what it is. A frame *around* it would change which cookies are sent; and at its end a tag that the
//! answer left open would swallow the wire. Status and headers stay, too, but for the length. The bar and the frame are in
//! a shadow tree: the page's own styles and scripts don't reach them.

use std::{
    mem::take,
    pin::Pin,
    task::{Context, Poll, ready},
};

use askama::Template;
use axum::{
    body::{Body, BodyDataStream, Bytes, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use futures_core::Stream;

use super::content::{Content, begins};
use crate::{
    Lesson, WireAddress,
    pages::{Furnished, not_rendered},
    wire_frame,
};

/// How many bytes of a head are waited for until its end is seen.
const HEAD: usize = 16 * 1024;

#[derive(Template)]
#[template(path = "beside.html")]
struct Beside<'a> {
    lesson: &'a Lesson,
    wire: WireAddress,
}

/// The layer: lays the wire beside the pages of the answer.
pub(super) async fn lay_wire(
    State(lesson): State<Lesson>,
    request: Request,
    next: Next,
) -> Response {
    let is_shown = request.method() != Method::HEAD && is_page_of_its_own(request.headers());
    let response = next.run(request).await;
    match wire_frame() {
        Some(wire) if is_shown && is_plain_page(&response) => {
            match (Beside { lesson: &lesson, wire }).render() {
                Ok(beside) => with(response, beside.into()),
                Err(error) => not_rendered(&error),
            }
        }
        _ => response,
    }
}

/// What a script fetches, or a frame holds, is no page to have a wire beside it. Who says nothing of it may show a page.
fn is_page_of_its_own(request: &HeaderMap) -> bool {
    request.get("sec-fetch-dest").is_none_or(|destination| destination == "document")
}

/// Whether this is HTML that text can be put into, and that has no wire yet.
fn is_plain_page(response: &Response) -> bool {
    let headers = response.headers();
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let kind = kind.to_ascii_lowercase();
    kind.starts_with(b"text/html")
        && !kind.windows(6).any(|word| word == b"utf-16")
        && !matches!(response.status(), StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !headers.contains_key(header::CONTENT_RANGE)
        && response.extensions().get::<Furnished>().is_none()
}

/// The page with this put in. It goes on as it comes: a page without an end is shown as far as it is there.
fn with(response: Response, beside: Bytes) -> Response {
    let (mut parts, body) = response.into_parts();
    let said = parts.headers.get(header::CONTENT_LENGTH);
    let length = match said {
        Some(said) => said.to_str().ok().and_then(|length| length.parse().ok()),
        None => body.size_hint().exact(),
    };
    if let Some(length) = length {
        let length: u64 = length;
        parts.headers.insert(header::CONTENT_LENGTH, (length + beside.len() as u64).into());
    }
    let page = Page { body: body.into_data_stream(), beside, held: Vec::new(), place: 0 };
    Response::from_parts(parts, Body::from_stream(page))
}

/// A page on its way. Its head is held back until its end is seen; nothing in a head can be looked at earlier.
struct Page {
    body: BodyDataStream,
    /// Empty once it is in the page.
    beside: Bytes,
    held: Vec<u8>,
    /// The last place in `held` that will do.
    place: usize,
}

impl Page {
    /// What was held, with the wire put in.
    fn put_in(&mut self) -> Bytes {
        let mut page = take(&mut self.held);
        let rest = page.split_off(self.place);
        [page, take(&mut self.beside).into(), rest].concat().into()
    }
}

impl Stream for Page {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let piece = ready!(Pin::new(&mut self.body).poll_next(context));
            if self.beside.is_empty() {
                return Poll::Ready(piece);
            }
            let is_seen = match piece {
                Some(Ok(bytes)) => {
                    self.held.extend_from_slice(&bytes);
                    let content = begins(&self.held, self.place);
                    let (Content::At(place) | Content::NotBefore(place)) = content;
                    self.place = place;
                    matches!(content, Content::At(_)) || self.held.len() > HEAD
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => true,
            };
            if is_seen {
                return Poll::Ready(Some(Ok(self.put_in())));
            }
        }
    }
}
