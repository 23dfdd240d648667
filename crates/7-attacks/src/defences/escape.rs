//! The guestbook shows what people wrote as text, and not as HTML.

/// What goes into the page.
pub fn shown(on: bool, text: &str) -> String {
    if !on {
        // Vulnerable on purpose: a script that somebody wrote runs in the browser of everybody who looks.
        return text.to_owned();
    }
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}
