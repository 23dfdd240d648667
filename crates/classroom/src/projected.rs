//! What a page shows of values while a projector is on: a class sees short ones, for they are the lesson, and neither long
//! ones nor those of `HttpOnly` cookies.

use std::future::Future;

use ::wire::is_secret;

tokio::task_local! {
    /// What stands for a hidden value, where the projector is on.
    static HIDDEN: Option<&'static str>;
}

/// Runs a handler so that its page knows whether the projector is on.
pub(crate) fn with_projector<F: Future>(
    hidden: Option<&'static str>,
    handler: F,
) -> impl Future<Output = F::Output> {
    HIDDEN.scope(hidden, handler)
}

/// A cookie's value as a page may show it: `(hidden)` in its place while the projector is on and the value is long, or that
/// of an `HttpOnly` cookie.
#[must_use]
pub fn projected(value: &str, http_only: bool) -> &str {
    match hidden() {
        Some(hidden) if is_secret(value.as_bytes(), http_only) => hidden,
        _ => value,
    }
}

/// Whether the projector is on. For the layout, which lessons' templates extend.
#[must_use]
pub fn projector() -> bool {
    hidden().is_some()
}

fn hidden() -> Option<&'static str> {
    HIDDEN.try_with(|hidden| *hidden).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_hides_long_values_and_those_of_httponly_cookies_while_the_projector_is_on() {
        let shown = || async {
            ["3", "12345678901234567890", "123456789012345678901"]
                .map(|value| (projected(value, false), projected(value, true)))
        };
        let all =
            ["3", "12345678901234567890", "123456789012345678901"].map(|value| (value, value));
        assert_eq!(shown().await, all);
        assert_eq!(with_projector(None, shown()).await, all);
        let hidden = [("3", "…"), ("12345678901234567890", "…"), ("…", "…")];
        assert_eq!(with_projector(Some("…"), shown()).await, hidden);
    }
}
