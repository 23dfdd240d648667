//! `HttpOnly`: no script of a page reads the cookie. The browser still sends it with all that a script asks for.

pub fn attribute(on: bool) -> &'static str {
    if on { "; HttpOnly" } else { "" }
}
