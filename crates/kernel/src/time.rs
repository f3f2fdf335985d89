//! Moments, civil days and the city's zone, kept apart by type.
//!
//! Inside, an [`Instant`] is integer milliseconds of UTC and a [`Day`] an integer count of civil days; both are what
//! conditions compare. Slots and midnights belong to the city's [`Zone`].

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;

/// What is wrong with a written time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not RFC 3339 with an offset.
    #[error("not a moment with an offset: {0:?}; write 2020-02-05T08:00:00+08:00")]
    Instant(String),
    /// Not an ISO 8601 civil date.
    #[error("not a date: {0:?}; write 2020-02-05")]
    Day(String),
    /// Not a time of day between 00:00 and 24:00.
    #[error("not a time of day: {0:?}; write 08:00, 24:00 ends a day")]
    TimeOfDay(String),
    /// Not a duration such as `90m`, `2h`, `7d`.
    #[error("not a duration: {0:?}; write 90m, 2h or 7d")]
    Duration(String),
    /// Not a zone of the time zone database.
    #[error("unknown time zone: {0:?}; write Asia/Shanghai")]
    Zone(String),
}

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Instant(pub i64);

impl Instant {
    /// The last moment that can be written; stands for "no end".
    pub const MAX: Instant = Instant(253_402_207_200_000);
    /// The first moment that can be written.
    pub const MIN: Instant = Instant(-62_135_510_400_000);

    /// Reads RFC 3339 with an offset.
    ///
    /// # Errors
    /// [`TimeError::Instant`] without an offset, or when the moment does not exist.
    pub fn parse(text: &str) -> Result<Instant, TimeError> {
        let stamp: Timestamp = text.trim().parse().map_err(|_| TimeError::Instant(text.to_owned()))?;
        Ok(Instant(stamp.as_millisecond()))
    }

    /// This moment moved by `ms` milliseconds, held inside the writable range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Instant {
        Instant(self.0.saturating_add(ms).clamp(Self::MIN.0, Self::MAX.0))
    }

    /// RFC 3339 in UTC.
    pub fn to_rfc3339(self) -> String {
        self.stamp().to_string()
    }

    /// RFC 3339 with the offset of `zone`.
    pub fn in_zone(self, zone: &Zone) -> String {
        let zoned = self.stamp().to_zoned(zone.0.clone());
        zoned.timestamp().display_with_offset(zoned.offset()).to_string()
    }

    fn stamp(self) -> Timestamp {
        Timestamp::from_millisecond(self.0.clamp(Self::MIN.0, Self::MAX.0)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_rfc3339())
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Instant, D::Error> {
        Instant::parse(&String::deserialize(d)?).map_err(D::Error::custom)
    }
}

/// A civil day: days since 1970-01-01 in the city's calendar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(pub i32);

impl Day {
    /// Reads an ISO 8601 date.
    ///
    /// # Errors
    /// [`TimeError::Day`] when the date does not exist.
    pub fn parse(text: &str) -> Result<Day, TimeError> {
        let wrong = || TimeError::Day(text.to_owned());
        let text = text.trim();
        if text.len() != 10 {
            return Err(wrong());
        }
        let date: civil::Date = text.parse().map_err(|_| wrong())?;
        Ok(Day::from_date(date))
    }

    /// The day of a year, month and day; `None` when it does not exist.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Day> {
        civil::Date::new(year, month, day).ok().map(Day::from_date)
    }

    /// Year, month and day of month.
    pub fn ymd(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// Monday = 1 … Sunday = 7.
    pub fn weekday(self) -> i8 {
        self.date().weekday().to_monday_one_offset()
    }

    /// This day moved by `days`.
    #[must_use]
    pub fn plus(self, days: i64) -> Day {
        let moved = i64::from(self.0).saturating_add(days).clamp(-719_162, 2_932_896);
        Day(i32::try_from(moved).unwrap_or(self.0))
    }

    /// `other − self` in days.
    pub fn until(self, other: Day) -> i64 {
        i64::from(other.0) - i64::from(self.0)
    }

    fn from_date(date: civil::Date) -> Day {
        let epoch = civil::date(1970, 1, 1);
        let days = epoch.until(date).map(|span| span.get_days()).unwrap_or(0);
        Day(days)
    }

    fn date(self) -> civil::Date {
        let span = jiff::Span::new().try_days(self.0).unwrap_or_default();
        civil::date(1970, 1, 1).checked_add(span).unwrap_or(civil::Date::MAX)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Day, D::Error> {
        Day::parse(&String::deserialize(d)?).map_err(D::Error::custom)
    }
}

/// A time of day as minutes since midnight, 0 to 1440; 1440 (`24:00`) only ends a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimeOfDay(pub u16);

impl TimeOfDay {
    /// Midnight at the end of a day.
    pub const END: TimeOfDay = TimeOfDay(1440);

    /// Reads `HH:MM`; `24:00` is the end of the day.
    ///
    /// # Errors
    /// [`TimeError::TimeOfDay`]
    pub fn parse(text: &str) -> Result<TimeOfDay, TimeError> {
        let wrong = || TimeError::TimeOfDay(text.to_owned());
        let (h, m) = text.trim().split_once(':').ok_or_else(wrong)?;
        if h.len() != 2 || m.len() != 2 {
            return Err(wrong());
        }
        let (h, m): (u16, u16) = (h.parse().map_err(|_| wrong())?, m.parse().map_err(|_| wrong())?);
        match (h, m) {
            (0..=23, 0..=59) | (24, 0) => Ok(TimeOfDay(h * 60 + m)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

/// Reads a duration of hours and minutes (`90m`, `2h`, `24h`, `30s`) as milliseconds.
///
/// `7d` means civil days and is never 24 h each: it is refused here and read where days are counted.
///
/// # Errors
/// [`TimeError::Duration`]
pub fn parse_duration_ms(text: &str) -> Result<i64, TimeError> {
    let wrong = || TimeError::Duration(text.to_owned());
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let n: i64 = text[..split].parse().map_err(|_| wrong())?;
    let unit = match &text[split..] {
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    n.checked_mul(unit).ok_or_else(wrong)
}

/// The zone that a city's days, slots and midnights are counted in.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that name in the time zone database.
    ///
    /// # Errors
    /// [`TimeError::Zone`]
    pub fn named(name: &str) -> Result<Zone, TimeError> {
        TimeZone::get(name)
            .map(Zone)
            .map_err(|_| TimeError::Zone(name.to_owned()))
    }

    /// China Standard Time, UTC+8 without summer time since 1991: the default of a city.
    pub fn china() -> Zone {
        Zone(TimeZone::fixed(jiff::tz::offset(8)))
    }

    /// The civil day that `at` falls on here.
    pub fn day_of(&self, at: Instant) -> Day {
        Day::from_date(self.0.to_datetime(at.stamp()).date())
    }

    /// Minutes since midnight here.
    pub fn time_of(&self, at: Instant) -> TimeOfDay {
        let time = self.0.to_datetime(at.stamp()).time();
        TimeOfDay(u16::try_from(i32::from(time.hour()) * 60 + i32::from(time.minute())).unwrap_or(0))
    }

    /// Year, month, day, hour, minute here, for showing.
    pub fn civil(&self, at: Instant) -> (i16, i8, i8, i8, i8) {
        let dt = self.0.to_datetime(at.stamp());
        (dt.year(), dt.month(), dt.day(), dt.hour(), dt.minute())
    }

    /// The moment of that time of day; `24:00` is the next midnight. A gap is resolved forward.
    pub fn at(&self, day: Day, time: TimeOfDay) -> Instant {
        let (day, minutes) = if time.0 >= 1440 {
            (day.plus(1), 0)
        } else {
            (day, time.0)
        };
        let hour = i8::try_from(minutes / 60).unwrap_or(0);
        let minute = i8::try_from(minutes % 60).unwrap_or(0);
        let dt = day.date().at(hour, minute, 0, 0);
        match self.0.to_ambiguous_timestamp(dt).compatible() {
            Ok(stamp) => Instant(stamp.as_millisecond()),
            Err(_) => Instant::MAX,
        }
    }

    /// Midnight at the start of `day`.
    pub fn start_of(&self, day: Day) -> Instant {
        self.at(day, TimeOfDay(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fourteen_days_after_the_fifth_of_february_is_the_nineteenth() {
        let zone = Zone::china();
        let arrival = Instant::parse("2020-02-05T23:59:00+08:00").unwrap();
        assert_eq!(zone.day_of(arrival).plus(14).to_string(), "2020-02-19");
    }

    #[test]
    fn twenty_four_hours_ends_the_day_it_belongs_to() {
        let zone = Zone::china();
        let day = Day::parse("2020-02-05").unwrap();
        assert_eq!(zone.at(day, TimeOfDay::END), zone.start_of(day.plus(1)));
        assert!(TimeOfDay::parse("24:01").is_err());
    }

    #[test]
    fn times_that_do_not_exist_are_refused() {
        for text in ["2020-02-30", "2020-2-3", "", "2020-13-01", "20200201"] {
            assert!(Day::parse(text).is_err(), "{text}");
        }
        assert!(Instant::parse("2020-02-05T08:00:00").is_err(), "no offset");
    }

    #[test]
    fn days_are_never_hours() {
        assert_eq!(parse_duration_ms("2h"), Ok(7_200_000));
        assert!(parse_duration_ms("7d").is_err());
        assert!(parse_duration_ms("999999999999999999h").is_err());
    }

    #[test]
    fn a_day_round_trips() {
        for text in ["1900-01-01", "1970-01-01", "2020-02-29", "2026-12-31"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Day::parse("2020-02-03").unwrap().weekday(), 1);
    }
}
