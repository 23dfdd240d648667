//! Paths: which requests a cookie belongs to, and which path a cookie gets that names none (RFC 6265bis §5.1.4).

/// Whether a request for `request_path` may carry a cookie with this path (RFC 6265bis §5.1.4).
///
/// Paths are compared as they are written: no case folding, no percent-decoding.
///
/// ```
/// use cookie_rules::path_match;
/// assert!(path_match("/shop", "/shop"));
/// assert!(path_match("/shop", "/shop/cart"));
/// assert!(path_match("/shop/", "/shop/cart"));
/// assert!(!path_match("/shop", "/shopping"));
/// assert!(!path_match("/shop/", "/shop"));
/// ```
pub fn path_match(cookie_path: &str, request_path: &str) -> bool {
    match request_path.strip_prefix(cookie_path) {
        None => false,
        Some(rest) => rest.is_empty() || rest.starts_with('/') || cookie_path.ends_with('/'),
    }
}

/// The path of a cookie that names none: the request's path up to its last `/` (RFC 6265bis §5.1.4).
///
/// ```
/// use cookie_rules::default_path;
/// assert_eq!(default_path("/shop/cart"), "/shop");
/// assert_eq!(default_path("/shop/"), "/shop");
/// assert_eq!(default_path("/shop"), "/");
/// ```
pub fn default_path(uri_path: &str) -> &str {
    if !uri_path.starts_with('/') {
        return "/";
    }
    match uri_path.rfind('/') {
        None | Some(0) => "/",
        Some(last_slash) => &uri_path[..last_slash],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_matches_only_at_a_slash() {
        for (cookie_path, request_path, matches) in [
            ("/", "/", true),
            ("/", "/anything", true),
            ("/shop", "/shop", true),
            ("/shop", "/shop/", true),
            ("/shop", "/shop/cart", true),
            ("/shop", "/shopping", false),
            ("/shop/", "/shop", false),
            ("/shop/", "/shop/cart", true),
            ("/shop/cart", "/shop", false),
            ("/Shop", "/shop", false),
            ("/f%6Fo", "/foo", false),
        ] {
            assert_eq!(
                path_match(cookie_path, request_path),
                matches,
                "{cookie_path} on {request_path}"
            );
        }
    }

    #[test]
    fn the_default_path_ends_before_the_last_slash() {
        for (uri_path, path) in [
            ("", "/"),
            ("x", "/"),
            ("/", "/"),
            ("/a", "/"),
            ("/a/", "/a"),
            ("/a/b", "/a"),
            ("/a/b/c", "/a/b"),
            ("//", "/"),
        ] {
            assert_eq!(default_path(uri_path), path, "{uri_path}");
        }
    }
}
