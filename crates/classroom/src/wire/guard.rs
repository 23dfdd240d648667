//! Who may read the wire: this machine alone, and there the wire's own page.
//!
//! The server listens on loopback addresses only. Still, a page of another site can have its own name point to
//! `127.0.0.1` (DNS rebinding), and then a script of it counts as same-origin: what gives it away is the `Host` header. And
//! any page that a browser has open can send requests here: what gives it away is `Sec-Fetch-Site`, or `Origin`. The wire
//! shows the values of `HttpOnly` cookies, so no script of a lesson may read it; a lesson's page may only frame it.

use std::net::SocketAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};

use crate::{
    frame::{Host, in_ascii},
    reading::{BY_LANGUAGE, Wanted},
};
use ::wire::Labels;

/// The path of the page, which a lesson's page links to and frames.
pub(crate) const PAGE: &str = "/classroom/wire";

/// Who is at the other end of a request's connection, in its extensions.
#[derive(Clone, Copy)]
pub(super) struct Peer(pub(super) SocketAddr);

/// Lets only the wire's own page pass, and programs of this machine that are no browsers.
pub(crate) async fn own_page_only(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let refuse = |why: fn(&Labels) -> &'static str| {
        let wanted = Wanted::of(request.uri().query().unwrap_or_default(), headers);
        (StatusCode::FORBIDDEN, BY_LANGUAGE, why(wanted.language.labels())).into_response()
    };
    let peer = request.extensions().get::<Peer>();
    if !peer.is_some_and(|Peer(address)| address.ip().to_canonical().is_loopback()) {
        return refuse(|labels| labels.other_machine);
    }
    let mut hosts = headers.get_all(header::HOST).iter();
    let host = hosts.next().and_then(Host::of).filter(|_| hosts.next().is_none());
    let Some(host) = host else {
        return refuse(|labels| labels.other_name);
    };
    let is_visit = is_page(&request) && is_visit(headers);
    if !host.has_wire() {
        if is_visit {
            let query = request
                .uri()
                .query()
                .map_or(String::new(), |query| format!("?{}", in_ascii(query)));
            return Redirect::temporary(&format!("{}{query}", host.wire())).into_response();
        }
        return refuse(|labels| labels.other_address);
    }
    if !(is_own(headers) && (is_visit || is_from_here(headers))) {
        return refuse(|labels| labels.other_page);
    }
    next.run(request).await
}

/// Whether a request asks for the page itself.
fn is_page(request: &Request) -> bool {
    request.uri().path() == PAGE && matches!(*request.method(), Method::GET | Method::HEAD)
}

/// Whether somebody opens it, by itself or in a frame, from wherever; or a program that says nothing of that.
fn is_visit(headers: &HeaderMap) -> bool {
    let destination = headers.get("sec-fetch-dest");
    destination.is_none_or(|destination| destination == "document" || destination == "iframe")
}

/// Whether no other site, nor another port of this one, caused the request.
fn is_from_here(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    site.is_none_or(|site| site == "same-origin" || site == "none")
}

/// Whether a script or a form that sent this belongs to this very origin. No browser, no origin.
fn is_own(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(|host| [b"http://", host.as_bytes()].concat());
    headers.get(header::ORIGIN).is_none_or(|origin| host.as_deref() == Some(origin.as_bytes()))
}
