//! Cookie dates: the forgiving way in which user agents read `Expires` (RFC 6265bis §5.1.1), and the one way we write dates.

use crate::Family;
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

const MONTHS: [&[u8; 3]; 12] = [
    b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec",
];
const DAY: i64 = 24 * 60 * 60;

/// Reads a cookie date (RFC 6265bis §5.1.1). `None` where it is no date.
///
/// The order of the parts doesn't matter, nor what stands between them; weekday and time zone are ignored: it is always UTC.
///
/// ```
/// use cookie_rules::cookie_date;
/// let date = cookie_date(b"Sun, 06 Nov 1994 08:49:37 GMT");
/// assert!(date.is_some());
/// assert_eq!(cookie_date(b"1994 nov 6 08:49:37"), date);
/// assert_eq!(cookie_date(b"Sun, 31 Feb 1994 08:49:37 GMT"), None);
/// ```
pub fn cookie_date(bytes: &[u8]) -> Option<SystemTime> {
    read_date(bytes, Family::Specification)
}

/// Reads a date as this family does, as far as that is known: [`is_read_alike`] says where Firefox and others may not.
///
/// Chromium wants a number to be all of its part (`21st` is no day), takes one to five digits for a year and any count of
/// them for a time, and lets years before 1601 be.
pub(crate) fn read_date(bytes: &[u8], family: Family) -> Option<SystemTime> {
    let chromium = family == Family::Chromium;
    let year_digits = if chromium { 1..=5 } else { 2..=4 };
    let number = |token: &[u8], digits| {
        if chromium { whole_number(token, digits) } else { number_of(token, digits) }
    };
    let (mut time, mut day, mut month, mut year) = (None, None, None, None);
    for token in bytes.split(|&byte| is_delimiter(byte)).filter(|token| !token.is_empty()) {
        if time.is_none()
            && let Some(found) = time_of(token, chromium)
        {
            time = Some(found);
        } else if day.is_none()
            && let Some(found) = number(token, 1..=2)
        {
            day = Some(found);
        } else if month.is_none()
            && let Some(found) = month_of(token)
        {
            month = Some(found);
        } else if year.is_none()
            && let Some(found) = number(token, year_digits.clone())
        {
            year = Some(found);
        }
    }
    let ((hour, minute, second), day, month) = (time?, day?, month?);
    let year = match year? {
        short @ 70..=99 => short + 1900,
        short @ 0..=69 => short + 2000,
        year => year,
    };
    if (year < 1601 && !chromium)
        || hour > 23
        || minute > 59
        || second > 59
        || day < 1
        || day > days_in(month, year)
    {
        return None;
    }
    let days = days_since_epoch(year, month, day);
    at(days * DAY + hour * 3600 + minute * 60 + second)
}

/// Whether every browser reads this the same way: as HTTP writes dates, with any weekday, and with `-` for spaces; or as no
/// date at all.
///
/// Firefox doesn't read dates as the specification does: it takes `09 Dec 2026` for midnight, `31 Nov` for 1 December, and
/// heeds time zones.
pub(crate) fn is_read_alike(bytes: &[u8]) -> bool {
    if bytes.iter().all(|byte| !byte.is_ascii_digit())
        || bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'-' | b'+'))
    {
        return true;
    }
    let Some(date) = cookie_date(bytes) else { return false };
    let written = http_date(date).into_bytes();
    let text: Vec<u8> = bytes.iter().map(|&byte| if byte == b'-' { b' ' } else { byte }).collect();
    let weekday = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    // What follows the three letters of the weekday, or the date alone.
    text[weekday..] == written[3..] || text == written[5..]
}

/// Tab, and the printable ASCII characters but digits, letters and the colon.
fn is_delimiter(byte: u8) -> bool {
    matches!(byte, 0x09 | 0x20..=0x2F | 0x3B..=0x40 | 0x5B..=0x60 | 0x7B..=0x7E)
}

/// The number that `token` starts with, where it has so many digits and no further digit follows.
fn number_of(token: &[u8], digits: RangeInclusive<usize>) -> Option<i64> {
    let count = token.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits.contains(&count).then(|| number(&token[..count]))
}

/// The number that all of `token` is, where it has so many digits.
fn whole_number(token: &[u8], digits: RangeInclusive<usize>) -> Option<i64> {
    let all = token.iter().all(u8::is_ascii_digit);
    (all && digits.contains(&token.len())).then(|| number(token))
}

fn number(digits: &[u8]) -> i64 {
    let add =
        |number: i64, digit: &u8| number.saturating_mul(10).saturating_add(i64::from(digit - b'0'));
    digits.iter().fold(0, add)
}

/// `hour:minute:second`, one or two digits each; what follows the seconds is ignored unless it is a digit. In Chromium
/// nothing follows, and there may be more digits.
fn time_of(token: &[u8], chromium: bool) -> Option<(i64, i64, i64)> {
    let digits = 1..=if chromium { usize::MAX } else { 2 };
    let mut fields = token.splitn(3, |&byte| byte == b':');
    let hour = whole_number(fields.next()?, digits.clone())?;
    let minute = whole_number(fields.next()?, digits.clone())?;
    let second = fields.next()?;
    let second = if chromium { whole_number(second, digits) } else { number_of(second, digits) }?;
    Some((hour, minute, second))
}

/// The month (1 to 12) that the first three letters name, in any case; what follows is ignored.
fn month_of(token: &[u8]) -> Option<i64> {
    let name = token.get(..3)?;
    let index = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))?;
    i64::try_from(index + 1).ok()
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(month: i64, year: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar. Years count from March, so that the leap day comes last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let leap_days = year / 4 - year / 100 + year / 400;
    year * 365 + leap_days + (month * 153 + 2) / 5 + day - 1 - 719_468
}

fn at(seconds: i64) -> Option<SystemTime> {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    if seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(distance)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(distance)
    }
}

/// Writes an instant the way HTTP does: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7).
///
/// ```
/// use cookie_rules::{cookie_date, http_date};
/// let date = cookie_date(b"6 nov 94 8:49:37").map(http_date);
/// assert_eq!(date.as_deref(), Some("Sun, 06 Nov 1994 08:49:37 GMT"));
/// ```
pub fn http_date(instant: SystemTime) -> String {
    let seconds = match instant.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => {
            let before = before.duration();
            let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
            -whole.saturating_add(i64::from(before.subsec_nanos() > 0))
        }
    };
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date_of(days);
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][days.rem_euclid(7) as usize];
    let month =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
            [month as usize];
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month from 0 and day of a day since 1970-01-01, by eras of 400 years that start in March.
fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year + i64::from(month >= 10);
    (year, (month + 2) % 12, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        cookie_date(text.as_bytes()).map(http_date)
    }

    #[test]
    fn two_digit_years_turn_at_70() {
        assert_eq!(read("1 jan 69 0:0:0").as_deref(), Some("Tue, 01 Jan 2069 00:00:00 GMT"));
        assert_eq!(read("1 jan 70 0:0:0").as_deref(), Some("Thu, 01 Jan 1970 00:00:00 GMT"));
        assert_eq!(read("1 jan 99 0:0:0").as_deref(), Some("Fri, 01 Jan 1999 00:00:00 GMT"));
        assert_eq!(read("1 jan 00 0:0:0").as_deref(), Some("Sat, 01 Jan 2000 00:00:00 GMT"));
        assert_eq!(read("1 jan 0 0:0:0"), None);
        assert_eq!(read("1 jan 100 0:0:0"), None);
        assert_eq!(read("1 jan 0069 0:0:0").as_deref(), Some("Tue, 01 Jan 2069 00:00:00 GMT"));
    }

    #[test]
    fn years_run_from_1601_to_9999() {
        assert_eq!(read("31 dec 1600 23:59:59"), None);
        assert_eq!(read("1 jan 1601 0:0:0").as_deref(), Some("Mon, 01 Jan 1601 00:00:00 GMT"));
        assert_eq!(read("31 dec 9999 23:59:59").as_deref(), Some("Fri, 31 Dec 9999 23:59:59 GMT"));
        assert_eq!(read("1 jan 10000 0:0:0"), None);
    }

    #[test]
    fn a_day_must_exist_in_its_month() {
        assert_eq!(read("29 feb 2024 0:0:0").as_deref(), Some("Thu, 29 Feb 2024 00:00:00 GMT"));
        assert_eq!(read("29 feb 2000 0:0:0").as_deref(), Some("Tue, 29 Feb 2000 00:00:00 GMT"));
        for text in [
            "29 feb 2023 0:0:0",
            "29 feb 1900 0:0:0",
            "31 feb 2024 0:0:0",
            "31 apr 2024 0:0:0",
            "0 jan 2024 0:0:0",
            "32 jan 2024 0:0:0",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_has_three_fields_within_their_range() {
        for text in [
            "1 jan 2024 24:00:00",
            "1 jan 2024 00:60:00",
            "1 jan 2024 00:00:60",
            "1 jan 2024 00:00",
            "1 jan 2024 000:00:00",
            "1 jan 2024 00:00:000",
            "1 jan 2024",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("1 jan 2024 1:2:3x").as_deref(), Some("Mon, 01 Jan 2024 01:02:03 GMT"));
    }

    #[test]
    fn words_are_read_by_their_start() {
        assert_eq!(
            read("1st Janvier 2024ad 1:2:3").as_deref(),
            Some("Mon, 01 Jan 2024 01:02:03 GMT")
        );
        assert_eq!(read("ja 1 2024 1:2:3"), None);
    }

    #[test]
    fn every_day_from_1601_to_9999_is_written_as_it_is_read() {
        let mut seconds = -11_644_473_600_i64;
        while seconds < 253_402_300_800 {
            let instant = at(seconds);
            assert_eq!(
                instant.map(http_date).as_deref().and_then(|text| cookie_date(text.as_bytes())),
                instant
            );
            seconds += 9 * DAY + 3 * 3600 + 61;
        }
    }
}
