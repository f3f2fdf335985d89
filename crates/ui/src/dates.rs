//! Dates and times as the two languages write them, from civil values in the city's zone.

use jiff::civil::{Date, DateTime};
use lianfang_kernel::Lang;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn month_name(month: i8) -> &'static str {
    usize::try_from(month - 1)
        .ok()
        .and_then(|i| MONTHS.get(i))
        .copied()
        .unwrap_or("?")
}

/// `2026年11月21日` / `21 Nov 2026`.
pub fn day(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
        Lang::En => format!("{} {} {}", date.day(), month_name(date.month()), date.year()),
    }
}

/// `11月21日` / `21 Nov`, where the year is plain from the page.
pub fn short_day(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => format!("{}月{}日", date.month(), date.day()),
        Lang::En => format!("{} {}", date.day(), month_name(date.month())),
    }
}

/// `08:30`, always of 24 hours.
pub fn clock(at: DateTime) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// `2026年11月21日 08:30` / `21 Nov 2026 08:30`.
pub fn moment(lang: Lang, at: DateTime) -> String {
    format!("{} {}", day(lang, at.date()), clock(at))
}

/// The shortest form that is still clear on the day `today`: the clock alone for today, else day and clock,
/// with the year when it differs.
pub fn near(lang: Lang, at: DateTime, today: Date) -> String {
    if at.date() == today {
        clock(at)
    } else if at.year() == today.year() {
        format!("{} {}", short_day(lang, at.date()), clock(at))
    } else {
        moment(lang, at)
    }
}

/// The value of a `datetime-local` input and of the `datetime` attribute: `2026-11-21T08:30`.
pub fn machine(at: DateTime) -> String {
    format!("{}T{}", at.date(), clock(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, datetime};

    #[test]
    fn both_languages_write_the_moment_their_own_way() {
        let at = datetime(2026, 11, 21, 8, 30, 0, 0);
        assert_eq!(moment(Lang::Zh, at), "2026年11月21日 08:30");
        assert_eq!(moment(Lang::En, at), "21 Nov 2026 08:30");
        assert_eq!(machine(at), "2026-11-21T08:30");
    }

    #[test]
    fn near_leaves_out_what_today_makes_plain() {
        let at = datetime(2026, 11, 21, 8, 30, 0, 0);
        assert_eq!(near(Lang::En, at, date(2026, 11, 21)), "08:30");
        assert_eq!(near(Lang::En, at, date(2026, 11, 22)), "21 Nov 08:30");
        assert_eq!(near(Lang::Zh, at, date(2027, 1, 1)), "2026年11月21日 08:30");
    }
}
