//! A token: random, kept in the session, hidden in each form of ours. A page of another origin can send our form, but it
//! can't read our pages, and so doesn't know the token. A script in one of our own pages can.

use subtle::ConstantTimeEq;

use crate::sessions::Session;

/// Whether the form came with the token of the request's own session. Without a session there is nothing to compare with.
pub fn check(session: Option<&Session>, came: Option<&str>) -> Result<(), &'static str> {
    match (session, came) {
        (Some(session), Some(came)) if is_same(came, &session.token) => Ok(()),
        (None, _) => Err("No known session came with this form, so no token can be right."),
        (Some(_), None) => Err("This form has no token."),
        (Some(_), Some(_)) => Err("This form's token is not the one of this session."),
    }
}

/// `==` would stop at the first byte that differs, and the time would tell how many were right. The crate `subtle` compares
/// them all.
fn is_same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
