//! `Content-Security-Policy: script-src 'self'`: the browser runs no script that is written into a page, only files of
//! this origin. It says nothing about *forms*: that would be `form-action`, and a form to the bank itself would pass that, too.

pub fn policy(on: bool) -> Option<&'static str> {
    on.then_some("script-src 'self'")
}
