//! How long a cookie lives: Max-Age over Expires, and never more than 400 days (RFC 6265bis §5.5, §5.6.1, §5.6.2, §5.7).

use std::time::{Duration, SystemTime};

/// The longest life a browser grants: 400 days from now (RFC 6265bis §5.5).
pub const AGE_LIMIT: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// When a cookie ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// With the browser's session.
    Session,
    /// At this instant, as asked.
    Until(SystemTime),
    /// At this instant, 400 days from now, though the server asked for more.
    CappedAt(SystemTime),
    /// It has ended already: the line deletes the cookie.
    Past(SystemTime),
}

impl Lifetime {
    /// The expiry time, or `None` for a session cookie.
    pub fn expiry(self) -> Option<SystemTime> {
        match self {
            Lifetime::Session => None,
            Lifetime::Until(end) | Lifetime::CappedAt(end) | Lifetime::Past(end) => Some(end),
        }
    }
}

/// How long a cookie with these attributes lives. Max-Age (in seconds) wins over Expires (RFC 6265bis §5.7).
///
/// ```
/// use cookie_rules::{Lifetime, lifetime};
/// use std::time::{Duration, SystemTime};
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
/// let minute = Duration::from_secs(60);
/// assert_eq!(lifetime(None, None, now), Lifetime::Session);
/// assert_eq!(lifetime(Some(60), Some(now - minute), now), Lifetime::Until(now + minute));
/// assert!(matches!(lifetime(Some(0), None, now), Lifetime::Past(_)));
/// ```
pub fn lifetime(max_age: Option<i64>, expires: Option<SystemTime>, now: SystemTime) -> Lifetime {
    let latest = now.checked_add(AGE_LIMIT).unwrap_or(now);
    let asked = match (max_age, expires) {
        (None, None) => return Lifetime::Session,
        (None, Some(expires)) => Some(expires),
        (Some(seconds), _) => match u64::try_from(seconds) {
            Err(_) | Ok(0) => Some(SystemTime::UNIX_EPOCH.min(now)),
            Ok(seconds) => now.checked_add(Duration::from_secs(seconds)),
        },
    };
    match asked {
        Some(end) if end <= now => Lifetime::Past(end),
        Some(end) if end <= latest => Lifetime::Until(end),
        _ => Lifetime::CappedAt(latest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    #[test]
    fn a_negative_max_age_ends_the_cookie_at_once_whatever_expires_says() {
        let next_year = now() + Duration::from_secs(365 * 86_400);
        assert!(matches!(lifetime(Some(-20), Some(next_year), now()), Lifetime::Past(_)));
    }

    #[test]
    fn nothing_lives_longer_than_400_days() {
        let latest = now() + AGE_LIMIT;
        let second = Duration::from_secs(1);
        assert_eq!(lifetime(Some(400 * 86_400), None, now()), Lifetime::Until(latest));
        assert_eq!(lifetime(Some(400 * 86_400 + 1), None, now()), Lifetime::CappedAt(latest));
        assert_eq!(lifetime(Some(i64::MAX), None, now()), Lifetime::CappedAt(latest));
        assert_eq!(lifetime(None, Some(latest), now()), Lifetime::Until(latest));
        assert_eq!(lifetime(None, Some(latest + second), now()), Lifetime::CappedAt(latest));
    }

    #[test]
    fn a_cookie_that_expires_now_is_gone_now() {
        assert_eq!(lifetime(None, Some(now()), now()), Lifetime::Past(now()));
    }
}
