//! A time to the second, as HTTP writes it (RFC 9110 §5.6.7) and as Flask reads it.

use std::fmt::{self, Display, Formatter};
use std::num::IntErrorKind::{NegOverflow, PosOverflow};

/// A time in UTC, to the second, in the years 1 to 9999: what a `datetime` is once it has been in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// Unix seconds, negative before 1970.
    unix: i64,
}

const DAY: i64 = 24 * 60 * 60;
const DAY_NAMES: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTH_NAMES: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONG_MONTH_NAMES: &str =
    "January February March April May June July August September October November December";

impl DateTime {
    /// 0001-01-01 00:00:00.
    pub const MIN: DateTime = DateTime { unix: -62_135_596_800 };
    /// 9999-12-31 23:59:59.
    pub const MAX: DateTime = DateTime { unix: 253_402_300_799 };

    /// The time this many seconds after 1970 (before it, where negative), or the nearest there is a year for.
    pub fn from_unix(seconds: i64) -> DateTime {
        DateTime { unix: seconds.clamp(DateTime::MIN.unix, DateTime::MAX.unix) }
    }

    /// Seconds since 1970.
    pub fn unix(self) -> i64 {
        self.unix
    }

    /// Reads a date in any of the three forms HTTP has had: `Wed, 01 Jan 2025 00:00:00 GMT` (or another zone),
    /// `Wednesday, 01-Jan-25 00:00:00 GMT`, `Wed Jan  1 00:00:00 2025`. The day's name isn't checked. Without a zone, it is UTC.
    pub fn parse(text: &str) -> Option<DateTime> {
        let mut words = text.split_whitespace().peekable();
        words.next_if(|word| word.ends_with(',') || is_day_name(word));
        let date = words.next()?.rsplit(',').next()?;
        let (first, second, third) = match date.split('-').collect::<Vec<_>>()[..] {
            [day, month, year] => (day, month, year),
            _ => (date, words.next()?, words.next()?),
        };
        let fourth = words.next()?;
        let (day, month) = match month(second) {
            Some(month) => (first, month),
            None => (second, month(first)?),
        };
        let (year, time) = if third.contains(':') { (fourth, third) } else { (third, fourth) };
        let (time, zone) = match (time.find(['+', '-']), words.next()) {
            (Some(at), None) => time.split_at(at),
            (_, zone) => (time, zone.unwrap_or("GMT")),
        };
        let (year, day) = (year.trim_end_matches(','), day.trim_end_matches(','));
        let local = seconds(full_year(number(year)?), month, number(day)?, time)?;
        let unix = local - seconds_ahead(zone)?;
        (DateTime::MIN.unix..=DateTime::MAX.unix).contains(&unix).then_some(DateTime { unix })
    }
}

impl Display for DateTime {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (days, seconds) = (self.unix.div_euclid(DAY), self.unix.rem_euclid(DAY));
        let (year, month, day) = civil_from_days(days);
        let weekday = DAY_NAMES[days.rem_euclid(7) as usize];
        let month = MONTH_NAMES[month as usize - 1];
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
    }
}

/// The Unix seconds of a date and a time `hh:mm` or `hh:mm:ss`, where there is such a day and such a time.
fn seconds(year: i64, month: i64, day: i64, time: &str) -> Option<i64> {
    let days = days_from_civil(year, month, day);
    if !(1..=9999).contains(&year) || civil_from_days(days) != (year, month, day) {
        return None;
    }
    let (hour, minute, second) = match time.split(':').collect::<Vec<_>>()[..] {
        [hour, minute] => (number(hour)?, number(minute)?, 0),
        [hour, minute, second] => (number(hour)?, number(minute)?, number(second)?),
        _ => return None,
    };
    (hour < 24 && minute < 60 && second < 60)
        .then_some(days * DAY + hour * 3600 + minute * 60 + second)
}

/// A month by its English name, short or long, from 1.
fn month(word: &str) -> Option<i64> {
    let is_word = |name: &str| name.eq_ignore_ascii_case(word);
    let short = MONTH_NAMES.into_iter().position(is_word);
    short.or_else(|| LONG_MONTH_NAMES.split(' ').position(is_word)).map(|index| index as i64 + 1)
}

/// The short name of a day of the week.
fn is_day_name(word: &str) -> bool {
    DAY_NAMES.iter().any(|name| name.eq_ignore_ascii_case(word))
}

/// A number of up to nine digits and nothing else.
fn number(digits: &str) -> Option<i64> {
    let plain =
        (1..=9).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// A year of two digits is one from 1969 to 2068.
fn full_year(year: i64) -> i64 {
    match year {
        0..=68 => year + 2000,
        69..=99 => year + 1900,
        _ => year,
    }
}

/// How many seconds a zone is ahead of UTC: `GMT`, `+0200`, or a name of RFC 5322 §4.3. One that is unknown counts as UTC;
/// a number of a day and more is no zone.
fn seconds_ahead(zone: &str) -> Option<i64> {
    let hours_minutes: i64 = match zone.to_ascii_uppercase().as_str() {
        "EDT" | "AST" => -400,
        "EST" | "CDT" => -500,
        "CST" | "MDT" => -600,
        "MST" | "PDT" => -700,
        "PST" => -800,
        "ADT" => -300,
        other => match other.parse::<i32>() {
            Ok(number) => number.into(),
            Err(error) if matches!(error.kind(), PosOverflow | NegOverflow) => return None,
            Err(_) => 0,
        },
    };
    let ahead = hours_minutes / 100 * 3600 + hours_minutes % 100 * 60;
    (-DAY < ahead && ahead < DAY).then_some(ahead)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that a leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let march_year = if month > 2 { year } else { year - 1 };
    let month_from_march = (month + 9) % 12;
    let leap_days =
        march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
    let days_before_month = (153 * month_from_march + 2) / 5;
    march_year * 365 + leap_days + days_before_month + day - 1 - 719_468
}

/// The date this many days from 1970-01-01: the inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}
