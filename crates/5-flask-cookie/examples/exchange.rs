//! Reads cookies and writes them again, for `tests/flask/format.py`, which holds this against the real Flask.
//!
//! Each line in is `SECRET FALLBACKS NOW MAX_AGE COOKIE`: secrets and cookie in hexadecimal, fallbacks joined by commas
//! or `-` for none. Each line out is `ok COOKIE`, the same session signed again at `NOW`, or `error STEP SENTENCE`.

use std::io::{self, BufRead as _, Write as _};

use flask_cookie::{FlaskSession, Keys};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&line?).unwrap_or_else(|| "usage".to_owned()))?;
    }
    Ok(())
}

/// The answer to one line, or `None` where the line isn't one.
fn answer(line: &str) -> Option<String> {
    let fields: Vec<&str> = line.split(' ').collect();
    let [secret, fallbacks, now, max_age, cookie] = fields[..] else { return None };
    let mut keys = Keys::new(hex(secret)?).ok()?;
    for fallback in fallbacks.split(',').filter(|text| *text != "-") {
        keys = keys.with_fallback(hex(fallback)?).ok()?;
    }
    let (now, max_age) = (now.parse().ok()?, max_age.parse().ok()?);
    let cookie = String::from_utf8(hex(cookie)?).ok()?;
    Some(match FlaskSession::load_within(&cookie, &keys, now, max_age) {
        Ok(session) => format!("ok {}", session.dump(&keys, now)),
        Err(error) => format!("error {:?} {error}", error.step()),
    })
}

fn hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok())
        .collect()
}
