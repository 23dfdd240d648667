//! The body of a request, as far as it is kept: the first 4 KB of a form, while it streams to the handler.
//!
//! The value of a password is dropped before anything is kept of it: so nothing that shows the wire can show it.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use axum::{
    body::{Body as Incoming, BodyDataStream, Bytes},
    extract::Request,
    http::{HeaderMap, header},
};
use futures_core::Stream;

use ::wire::{Body, form_field};

/// How many bytes of a form are kept.
const KEPT: usize = 4096;
/// How many fields of it.
const FIELDS: usize = 100;

/// A body that is being read.
pub(super) struct Reading {
    size: Option<u64>,
    form: Option<Arc<Mutex<Form>>>,
}

/// The start of a form.
#[derive(Default)]
struct Form {
    start: Vec<u8>,
    /// There is more, or the handler did not read it to its end.
    cut: bool,
}

/// A stream that keeps the start of what passes.
struct Passing {
    body: BodyDataStream,
    form: Arc<Mutex<Form>>,
}

/// Keeps the start of the request's body where it is a form; the handler gets all of it, as it comes.
pub(super) fn watch(request: &mut Request) -> Reading {
    let headers = request.headers();
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let size = length.and_then(|length| length.parse().ok());
    let is_chunked = headers.contains_key(header::TRANSFER_ENCODING);
    let has_body = is_chunked || size.is_some_and(|size| size > 0);
    if !has_body || !is_form(headers) {
        return Reading { size: if is_chunked { None } else { size.or(Some(0)) }, form: None };
    }
    let form = Arc::new(Mutex::new(Form { start: Vec::new(), cut: true }));
    let body = std::mem::take(request.body_mut()).into_data_stream();
    *request.body_mut() = Incoming::from_stream(Passing { body, form: Arc::clone(&form) });
    Reading { size, form: Some(form) }
}

fn is_form(headers: &HeaderMap) -> bool {
    const FORM: &[u8] = b"application/x-www-form-urlencoded";
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(FORM)
    })
}

fn lock(form: &Mutex<Form>) -> MutexGuard<'_, Form> {
    form.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stream for Passing {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let next = Pin::new(&mut self.body).poll_next(context);
        match &next {
            Poll::Ready(Some(Ok(bytes))) => lock(&self.form).take(bytes),
            Poll::Ready(None) => lock(&self.form).end(),
            _ => {}
        }
        next
    }
}

impl Form {
    fn take(&mut self, bytes: &[u8]) {
        let room = KEPT + 1 - self.start.len();
        self.start.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end(&mut self) {
        self.cut = self.start.len() > KEPT;
    }
}

impl Reading {
    /// What is kept of it, once the handler has answered.
    pub(super) fn kept(self) -> Body {
        let Some(form) = self.form else {
            return Body { size: self.size, fields: Vec::new(), cut: self.size != Some(0) };
        };
        let form = std::mem::take(&mut *lock(&form));
        // A handler may stop at the last byte that the head promised, and not ask for the end.
        let is_whole = self.size == Some(form.start.len() as u64) && form.start.len() <= KEPT;
        let cut = form.cut && !is_whole;
        let start = &form.start[..form.start.len().min(KEPT)];
        let mut pieces: Vec<_> = start.split(|byte| *byte == b'&').collect();
        // Half a name doesn't say whose value would follow.
        if cut && pieces.last().is_some_and(|last| !last.contains(&b'=')) {
            pieces.pop();
        }
        let cut = cut || pieces.len() > FIELDS;
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty()).take(FIELDS);
        Body { size: self.size, fields: pieces.map(form_field).collect(), cut }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &[u8], size: Option<u64>, ended: bool) -> Body {
        let mut form = Form { start: Vec::new(), cut: true };
        text.chunks(7).for_each(|chunk| form.take(chunk));
        if ended {
            form.end();
        }
        Reading { size, form: Some(Arc::new(Mutex::new(form))) }.kept()
    }

    #[test]
    fn a_form_is_taken_apart_and_passwords_are_dropped() {
        let body = kept(
            b"name=Ada+L%C3%B6&note=%zz&Pass-Word=s3cret&new_password=x&PASSWD=y&p%61ssword=z&passwort=w&PIN=7&a",
            None,
            true,
        );
        let dropped = ["Pass-Word", "new_password", "PASSWD", "password", "passwort", "PIN"];
        let mut fields = vec![
            (b"name".to_vec(), Some("Ada Lö".as_bytes().to_vec())),
            (b"note".to_vec(), Some(b"%zz".to_vec())),
        ];
        fields.extend(dropped.map(|name| (name.as_bytes().to_vec(), None)));
        fields.push((b"a".to_vec(), Some(Vec::new())));
        assert_eq!(body.fields, fields);
        assert!(!body.cut);
    }

    #[test]
    fn four_kilobytes_are_kept_and_no_byte_more() {
        let long = |length: usize| [b"text=".to_vec(), vec![b'x'; length]].concat();
        let value = |body: &Body| body.fields[0].1.as_ref().map(Vec::len);
        let body = kept(&long(4091), None, true);
        assert_eq!((value(&body), body.cut), (Some(4091), false));
        let body = kept(&long(4092), None, true);
        assert_eq!((value(&body), body.cut), (Some(4091), true));
        let body = kept(&[long(4080), b"&passwo=".to_vec()].concat(), None, true);
        assert_eq!((value(&body), body.cut), (Some(4080), false));
        let body = kept(&[long(4085), b"&password=s3cret".to_vec()].concat(), None, true);
        assert!(body.cut && body.fields.len() == 1, "half a name says nothing: {body:?}");
        let body = kept(&long(10), Some(15), false);
        assert!(!body.cut, "the head said how long it is");
        assert!(kept(&long(10), Some(16), false).cut);
    }
}
