//! Who may read the wire: this machine alone, by its own name.
//!
//! The server listens on loopback addresses only. Still, a page of another site can have its own name point to
//! `127.0.0.1` (DNS rebinding), and then a script of it counts as same-origin: what gives it away is the `Host` header.

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{frame::Host, listener::Peer};

/// Lets only this machine pass.
pub(crate) async fn only_this_machine(request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    if !peer.is_some_and(|ConnectInfo(peer)| peer.address.ip().to_canonical().is_loopback()) {
        return refuse(
            "The wire shows what browsers sent: it is for this machine alone, and you come from another.",
        );
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    if hosts.next().and_then(Host::of).is_none() || hosts.next().is_some() {
        return refuse(
            "The wire is for this machine alone: ask for it at http://127.0.0.1 or http://localhost, by the name of no \
             other host.",
        );
    }
    if request.method() == Method::POST && !is_own_form(request.headers()) {
        return refuse("Only the wire's own page may change how it is shown.");
    }
    next.run(request).await
}

/// Whether a form of this very page sent the request: a browser names the page's origin. No browser, no origin.
fn is_own_form(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map(|host| [b"http://", host.as_bytes()].concat());
    headers.get(header::ORIGIN).is_none_or(|origin| host.as_deref() == Some(origin.as_bytes()))
}

fn refuse(why: &'static str) -> Response {
    (StatusCode::FORBIDDEN, why).into_response()
}
