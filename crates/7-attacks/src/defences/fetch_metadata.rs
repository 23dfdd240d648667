//! `Sec-Fetch-Site` says what caused a request, and no script can write it. A client without it may still send `Origin`.
//! Where both are missing nobody knows, and we refuse.

use axum::http::{HeaderMap, header};

pub fn check(headers: &HeaderMap) -> Result<(), &'static str> {
    match (headers.get("sec-fetch-site"), headers.get(header::ORIGIN)) {
        (Some(site), _) if site == "same-origin" => Ok(()),
        (Some(_), _) => Err("Sec-Fetch-Site says that no page of this origin sent it."),
        (None, Some(origin)) if is_own(origin.as_bytes(), headers) => Ok(()),
        (None, Some(_)) => Err("Its Origin is not this bank's."),
        (None, None) => Err("Neither Sec-Fetch-Site nor Origin says where it comes from."),
    }
}

/// Whole origins are compared: a prefix would let `http://app.crumbs.localhost.mallory.localhost` pass.
pub fn is_own(origin: &[u8], headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).map_or(&b""[..], |host| host.as_bytes());
    origin == [b"http://", host].concat()
}
