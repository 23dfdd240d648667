//! Three words to caches, on the page *My statement* (RFC 9111 §5.2.2, and RFC 9110 §12.5.5 for `Vary`). All other pages of
//! this bank say `no-store` anyway, so that you see what you do.

use axum::http::{HeaderName, header};

/// `private`: no shared cache may keep it, the browser's own may. `no-store`: nobody may. `Vary: Cookie`: an answer is for
/// requests with the same `Cookie` header, and two requests without one are the same, too.
pub fn headers(private: bool, no_store: bool, vary: bool) -> Vec<(HeaderName, &'static str)> {
    let control = match (no_store, private) {
        (true, _) => "no-store",
        (false, true) => "private, max-age=60",
        // Vulnerable on purpose: whoever asks within a minute may get this answer, whosever it is.
        (false, false) => "max-age=60",
    };
    let vary = vary.then_some((header::VARY, "Cookie"));
    [(header::CACHE_CONTROL, control)].into_iter().chain(vary).collect()
}
