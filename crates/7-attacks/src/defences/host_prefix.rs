//! `__Host-` in the cookie's name: the browser takes such a cookie only with `Secure`, with `Path=/` and without a
//! `Domain`. So this very host has set it, and no sibling can plant one.

pub fn name(on: bool) -> &'static str {
    if on { "__Host-bank" } else { "bank" }
}
