//! Which earlier weeks a week is compared with, and to which season of the year each belongs.

use crate::Result;
use crate::detect::Series;
use lianfang_kernel::{Day, Problem, Words};

/// Where the same week of this and earlier years lies, as indices from zero, newest first.
///
/// With dates, years are those of the calendar, and the nearest same weekday is taken when periods are weeks; without,
/// a year is `frequency` periods.
pub fn same_weeks(series: &Series, at: usize, years: usize) -> Result<Vec<usize>> {
    let Some(dates) = series.dates() else {
        return (0..=years)
            .map(|year| at.checked_sub(year * series.frequency()).ok_or_else(|| too_early(at)))
            .collect();
    };
    let (year, month, day) = dates[at].ymd();
    let find = |back: usize| {
        let target = calendar_day(i32::from(year) - i32::try_from(back).unwrap_or(i32::MAX), month, day)?;
        let near = match series.frequency() {
            52 => nearest_weekday(target, dates[at].weekday()),
            _ => target,
        };
        dates.binary_search(&near).ok()
    };
    (0..=years)
        .map(|back| find(back).ok_or_else(|| too_early(at)))
        .collect()
}

/// A day of the calendar; the 29th of February of a short year is the 1st of March.
fn calendar_day(year: i32, month: i8, day: i8) -> Option<Day> {
    let year = i16::try_from(year).ok()?;
    Day::from_ymd(year, month, day).or_else(|| Day::from_ymd(year, 3, 1))
}

/// The day of this weekday that is nearest; at equal distance the one first reached within the week that begins on Sunday.
fn nearest_weekday(target: Day, weekday: i8) -> Day {
    let from_sunday = |weekday: i8| i64::from(weekday % 7);
    let same_week = target.plus(from_sunday(weekday) - from_sunday(target.weekday()));
    let other = same_week.plus(if same_week > target { -7 } else { 7 });
    if same_week.until(target).abs() > other.until(target).abs() {
        other
    } else {
        same_week
    }
}

/// The season of every week up to `at`: `None` is not used, the greatest is that of the week itself.
///
/// Seasons other than the week's own share the rest of each year evenly, earlier ones taking the remainder.
pub fn seasons(same: &[usize], at: usize, half_width: usize, periods: usize) -> Result<Vec<Option<u8>>> {
    let own = u8::try_from(periods).map_err(|_| too_many_periods())?;
    let mut season = vec![None; at + 1];
    let earliest = same.last().copied().unwrap_or(at);
    if earliest < half_width {
        return Err(too_early(at));
    }
    season[at - half_width..=at].fill(Some(own));
    for pair in same.windows(2) {
        let (newer, older) = (pair[0], pair[1]);
        season[older - half_width..=(older + half_width).min(at)].fill(Some(own));
        if periods == 1 {
            continue;
        }
        let rest = (newer - older).saturating_sub(2 * half_width + 1);
        if rest + 2 * half_width + 1 < periods || rest < periods - 1 {
            return Err(too_many_periods());
        }
        let (length, longer) = (rest / (periods - 1), rest % (periods - 1));
        let mut from = older + half_width + 1;
        for block in 0..periods - 1 {
            let to = from + length + usize::from(block < longer);
            season[from..to].fill(u8::try_from(block + 1).ok());
            from = to;
        }
    }
    Ok(season)
}

fn too_early(at: usize) -> Problem {
    Problem::new(
        "history_short",
        Words::new(
            format!("第{}个时段之前的历史不够", at + 1),
            format!("there is not enough history before period {}", at + 1),
        ),
        Words::new(
            "减少 --b，或从更晚的时段开始",
            "look back fewer years with --b, or begin at a later period",
        ),
    )
}

fn too_many_periods() -> Problem {
    Problem::new(
        "settings_invalid",
        Words::new("季节分段太多", "there are too many seasons"),
        Words::new("减小 --noPeriods 或 --w", "lower --noPeriods or --w"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_is_shared_evenly_among_the_other_seasons() {
        let found = seasons(&[60, 8], 60, 3, 10).expect("seasons");
        assert_eq!(
            (found[4], found[5], found[11], found[12]),
            (None, Some(10), Some(10), Some(1))
        );
        let of = |wanted: u8| found.iter().filter(|season| **season == Some(wanted)).count();
        // 45 weeks in nine seasons of five; the own season has seven a year and four at the end.
        assert_eq!((of(1), of(9), of(10)), (5, 5, 11));
    }

    #[test]
    fn the_same_monday_of_earlier_years_is_the_nearest_one() {
        let first = Day::parse("2001-01-01").expect("a day");
        let dates: Vec<Day> = (0..600).map(|week| first.plus(7 * week)).collect();
        let series = Series::new(vec![0.0; 600], 52)
            .expect("counts")
            .dated(dates.clone())
            .expect("weeks");
        let same = same_weeks(&series, 500, 3).expect("weeks");
        let shown: Vec<String> = same.iter().map(|at| dates[*at].to_string()).collect();
        assert_eq!(shown, ["2010-08-02", "2009-08-03", "2008-08-04", "2007-07-30"]);
    }
}
