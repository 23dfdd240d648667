//! `Content-Security-Policy: frame-ancestors 'none'`: the browser shows the bank in no frame, so nobody can lay it, unseen,
//! over a button of theirs. `X-Frame-Options: DENY` is the older word for it.

pub fn policy(on: bool) -> Option<&'static str> {
    on.then_some("frame-ancestors 'none'")
}
