//! Logging out by `POST` alone: a link, an image or a prefetch sends `GET`, and so changes nothing. A *form* of another
//! site sends `POST`: this defence alone stops only who doesn't try that.

use axum::http::Method;

pub fn may_log_out(on: bool, method: &Method) -> bool {
    !on || method == Method::POST
}
