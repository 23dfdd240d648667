//! When a cookie was signed: Unix seconds, the most significant byte first, without leading zeros, in base64.

use crate::{Error, base64url};

/// How long a session lives where nothing else is said, in seconds: 31 days, Flask's `PERMANENT_SESSION_LIFETIME`.
pub const MAX_AGE: u64 = 31 * 24 * 60 * 60;

/// The text for this time.
pub fn write(now: u64) -> String {
    let bytes = now.to_be_bytes();
    let zeros = (now.leading_zeros() / 8) as usize;
    base64url::encode(&bytes[zeros..])
}

/// The time in this text. Leading zeros are fine; more than eight bytes are not.
pub fn read(text: &str) -> Result<u64, Error> {
    let read = base64url::decode(text).ok_or(Error::BadTimestamp)?;
    let zeros = 8usize.checked_sub(read.len()).ok_or(Error::BadTimestamp)?;
    let mut bytes = [0; 8];
    bytes[zeros..].copy_from_slice(&read);
    Ok(u64::from_be_bytes(bytes))
}

/// Refuses what was signed more than `max_age` seconds before `now`, and what was signed after it.
///
/// The browser's own expiry can't do this: whoever copied the cookie doesn't ask a browser.
pub fn check_age(signed_at: u64, now: u64, max_age: u64) -> Result<(), Error> {
    match now.checked_sub(signed_at) {
        None => Err(Error::FromTheFuture { ahead: signed_at - now }),
        Some(age) if age > max_age => Err(Error::Expired { age, max_age }),
        Some(_) => Ok(()),
    }
}
