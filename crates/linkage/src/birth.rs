//! Dates of birth: reading them as clerks write them, and how two of them compare.

use crate::han;
use crate::level::Birth;
use crate::lunar;
use lianfang_kernel::identity::half_width;

/// A civil date in one number, month and day 0 when not known; 0 for none at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Date(u32);

impl Date {
    /// A date; month and day may be 0 together. None when it does not exist or lies outside of 1850 to 2100.
    pub fn new(year: u16, month: u16, day: u16) -> Option<Date> {
        let exists = match (month, day) {
            (0, 0) => true,
            (1..=12, 1..) => day <= Date::month_length(year, month),
            _ => false,
        };
        ((1850..=2100).contains(&year) && exists)
            .then(|| Date(u32::from(year) << 9 | u32::from(month) << 5 | u32::from(day)))
    }

    /// Days of a month.
    pub fn month_length(year: u16, month: u16) -> u16 {
        let is_leap = (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
        match month {
            4 | 6 | 9 | 11 => 30,
            2 if is_leap => 29,
            2 => 28,
            _ => 31,
        }
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Whether month and day are known.
    pub fn is_full(self) -> bool {
        self.0 & 511 != 0
    }

    pub fn year(self) -> u16 {
        u16::try_from(self.0 >> 9).unwrap_or(0)
    }

    pub fn month(self) -> u16 {
        u16::try_from(self.0 >> 5 & 15).unwrap_or(0)
    }

    pub fn day(self) -> u16 {
        u16::try_from(self.0 & 31).unwrap_or(0)
    }

    /// Unique number, for keys.
    pub fn packed(self) -> u64 {
        u64::from(self.0)
    }

    fn is_first_of_january(self) -> bool {
        self.month() == 1 && self.day() == 1
    }
}

/// Reads `1980-01-17`, `19800117`, `1980/1/17`, `1980.01.17`, `1980年1月17日`, `一九八〇年一月十七日`, `1980年腊月廿三`, `1980-01`, `1980年`,
/// `1980`, also with a time behind it. Anything else is none.
pub(crate) fn parse(text: &str) -> Date {
    let text = spoken(half_width(text));
    let mut parts: Vec<u32> = Vec::with_capacity(4);
    let mut widths: Vec<usize> = Vec::with_capacity(4);
    let mut digits = String::new();
    let mut numerals: Vec<char> = Vec::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if han::is_numeral(c) {
            numerals.push(c);
            continue;
        }
        // More than eight digits are a date with a time run together.
        let number = match digits.is_empty() {
            false => digits.get(..digits.len().min(8)).and_then(|d| d.parse().ok()),
            true => han::numeral(&numerals),
        };
        if let Some(number) = number {
            parts.push(number);
            widths.push(digits.len());
        }
        digits.clear();
        numerals.clear();
        if parts.len() == 3 {
            break;
        }
    }
    let small = |n: u32| u16::try_from(n).unwrap_or(0);
    let read = match (parts.as_slice(), widths.as_slice()) {
        (&[all, ..], &[width, ..]) if width >= 8 => {
            Date::new(small(all / 10_000), small(all / 100 % 100), small(all % 100))
                .or_else(|| Date::new(small(all / 10_000), 0, 0))
        }
        (&[year], _) => Date::new(small(year), 0, 0),
        (&[year, _], _) => Date::new(small(year), 0, 0),
        // Day first, as the rest of the world writes it.
        (&[day, month, year], _) if year > 1000 && day <= 31 => Date::new(small(year), small(month), small(day)),
        (&[year, month, day], _) => {
            Date::new(small(year), small(month), small(day)).or_else(|| Date::new(small(year), 0, 0))
        }
        _ => None,
    };
    read.unwrap_or_default()
}

/// Months as the lunar calendar calls them, by number.
fn spoken(text: String) -> String {
    match text.contains(['正', '冬', '腊', '臘']) {
        true => ["正月", "冬月", "腊月", "臘月"]
            .iter()
            .zip(["一月", "十一月", "十二月", "十二月"])
            .fold(text, |text, (name, number)| text.replace(name, number)),
        false => text,
    }
}

/// The level of two dates; the order does not matter.
pub(crate) fn compare(a: Date, b: Date) -> Birth {
    if a.is_none() || b.is_none() {
        return Birth::Missing;
    }
    let apart = a.year().abs_diff(b.year());
    if a == b && a.is_full() {
        return if a.is_first_of_january() {
            Birth::ExactFirstOfJanuary
        } else {
            Birth::Exact
        };
    }
    if !(a.is_full() && b.is_full()) {
        return if apart == 0 { Birth::YearOnly } else { by_years(apart) };
    }
    let (same_month, same_day) = (a.month() == b.month(), a.day() == b.day());
    if lunar_of(a, b) || lunar_of(b, a) {
        return Birth::Lunar;
    }
    if apart == 0 {
        return match (same_month, same_day) {
            _ if a.is_first_of_january() || b.is_first_of_january() => Birth::FirstOfJanuary,
            (true, false) => Birth::DayDiffers,
            (false, true) => Birth::MonthDiffers,
            _ if a.month() == b.day() && a.day() == b.month() => Birth::Swapped,
            _ => Birth::SameYear,
        };
    }
    match same_month && same_day {
        true if digits_differing(a.year(), b.year()) <= 1 || apart == 1 => Birth::YearDigitDiffers,
        true => Birth::YearDiffers,
        false => by_years(apart),
    }
}

fn by_years(apart: u16) -> Birth {
    match apart {
        0..=2 => Birth::FewYears,
        3..=15 => Birth::SomeYears,
        16..=40 => Birth::Generation,
        _ => Birth::FarApart,
    }
}

/// Whether `lunar`, read as a lunar date, is the civil date `civil`.
fn lunar_of(lunar: Date, civil: Date) -> bool {
    civil.year().wrapping_sub(lunar.year()) <= 1 && lunar::civil_dates(lunar).contains(&Some(civil))
}

fn digits_differing(a: u16, b: u16) -> u32 {
    [1, 10, 100, 1000]
        .map(|place| u32::from(a / place % 10 != b / place % 10))
        .iter()
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: (u16, u16, u16)) {
        let date = parse(text);
        assert_eq!((date.year(), date.month(), date.day()), expected, "{text}");
    }

    #[test]
    fn dates_are_read_as_clerks_write_them() {
        check("1980-01-17", (1980, 1, 17));
        check("19800117", (1980, 1, 17));
        check("1980/1/7", (1980, 1, 7));
        check("1980.01.17", (1980, 1, 17));
        check("1980年1月17日", (1980, 1, 17));
        check("一九八〇年十二月三日", (1980, 12, 3));
        check("１９８０－０１－１７", (1980, 1, 17));
        check("1980-01-17 00:00:00", (1980, 1, 17));
        check("20200117080000", (2020, 1, 17));
        check("17/01/1980", (1980, 1, 17));
        check("1980年", (1980, 0, 0));
        check("1980", (1980, 0, 0));
        check("1980-02-31", (1980, 0, 0));
        check("一九七九年腊月廿三", (1979, 12, 23));
        check("农历1980年正月初五", (1980, 1, 5));
        check("1980年冬月三十", (1980, 11, 30));
        check("不详", (0, 0, 0));
        check("", (0, 0, 0));
    }

    fn check_level(a: &str, b: &str, expected: Birth) {
        assert_eq!(compare(parse(a), parse(b)), expected, "{a} {b}");
        assert_eq!(compare(parse(b), parse(a)), expected, "{b} {a}");
    }

    #[test]
    fn dates_compare_by_the_mistakes_people_make() {
        check_level("1980-01-17", "1980.1.17", Birth::Exact);
        check_level("1980-01-17", "1980", Birth::YearOnly);
        check_level("1980-01-17", "1980-01-01", Birth::FirstOfJanuary);
        check_level("1949-10-01", "1949-08-10", Birth::Lunar);
        check_level("1980-03-07", "1980-07-03", Birth::Swapped);
        check_level("1980-03-07", "1980-03-09", Birth::DayDiffers);
        check_level("1980-03-07", "1990-03-07", Birth::YearDigitDiffers);
        check_level("1980-03-07", "1955-06-09", Birth::Generation);
        check_level("", "1955-06-09", Birth::Missing);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "\\PC*") {
            let _ = parse(&text);
        }

        #[test]
        fn no_date_makes_it_panic(text in "[0-9一二三〇十年月日/.-]{0,16}", other in "[0-9]{8}") {
            let _ = compare(parse(&text), parse(&other));
        }
    }
}
