//! A daily figure as a curve: the weeks up to now, or, where nothing is recent, the time that was entered.

use crate::visit::{Visit, date};
use lianfang_kernel::{Day, Lang, RegionId, Words};
use lianfang_ledger::read::FigureQuery;
use lianfang_policy::Model;
use lianfang_policy::model::{Indicator, IndicatorKind};
use lianfang_server::{ApiError, AppState, figure, figure_span};
use lianfang_ui::charts::{Chart, Column, Line};
use lianfang_ui::dates;
use lianfang_ui::text::grouped;
use std::collections::BTreeMap;

/// Days of a curve that reaches to now.
const RECENT: i64 = 28;
/// Days of a curve of the past at most; the figure's own page gives every day.
const PAST: i64 = 180;
/// Days that an average is taken over.
const WEEK: usize = 7;

/// Days shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Period {
    /// The first.
    pub first: Day,
    /// The last, included.
    pub last: Day,
    /// It reaches to the moment looked at; otherwise it is history.
    pub is_recent: bool,
}

impl Period {
    /// The weeks up to a day.
    pub fn recent(today: Day) -> Period {
        Period {
            first: today.plus(1 - RECENT),
            last: today,
            is_recent: true,
        }
    }

    /// What to show of a figure that has something from `first` to `last`.
    fn of(today: Day, first: Day, last: Day) -> Period {
        if last.until(today) < RECENT {
            return Period::recent(today);
        }
        Period {
            first: first.max(last.plus(1 - PAST)),
            last,
            is_recent: false,
        }
    }

    /// In words: `1 Jan 2020 – 30 Apr 2020`.
    pub fn words(&self, lang: Lang) -> String {
        format!(
            "{} – {}",
            dates::day(lang, date(self.first)),
            dates::day(lang, date(self.last))
        )
    }
}

/// The civil day a page speaks of.
pub(crate) fn today(state: &AppState, visit: &Visit) -> Day {
    let zone = state.ledger.snapshot().zone.clone();
    zone.day_of(visit.as_of.unwrap_or_else(|| state.ledger.now()))
}

/// What a daily figure has to show there; none when it has nothing.
///
/// # Errors
/// 403; the database.
pub(crate) async fn period(
    state: &AppState,
    visit: &Visit,
    id: &str,
    region: &RegionId,
) -> Result<Option<Period>, ApiError> {
    let today = today(state, visit);
    let query = FigureQuery {
        region: Some(region.clone()),
        to: Some(today),
        as_of: visit.as_of,
        ..FigureQuery::default()
    };
    let span = figure_span(state, &visit.caller, id, query).await?;
    Ok(span.map(|(first, last)| Period::of(today, first, last)))
}

/// The registers that a figure counts, in words, with the pack that defines it.
pub(crate) fn source(model: &Model, indicator: &Indicator, lang: Lang) -> String {
    let registers: Vec<&str> = match &indicator.kind {
        IndicatorKind::Count { of, .. } => of.iter().map(String::as_str).collect(),
        IndicatorKind::Sum { of, .. } => vec![of.as_str()],
        _ => Vec::new(),
    };
    let titles = registers
        .iter()
        .filter_map(|id| model.registers.get(*id))
        .map(|register| register.schema.title.get(lang).to_owned());
    let pack = model
        .packs
        .get(&indicator.pack)
        .map(|pack| pack.title.get(lang).to_owned());
    titles.chain(pack).collect::<Vec<_>>().join(" · ")
}

/// The curve of a daily figure.
///
/// # Errors
/// 403; the database.
pub(crate) async fn chart(
    state: &AppState,
    visit: &Visit,
    id: &str,
    region: &RegionId,
    period: Period,
) -> Result<Chart, ApiError> {
    let query = FigureQuery {
        region: Some(region.clone()),
        by: vec!["day".to_owned()],
        from: Some(period.first),
        to: Some(period.last),
        as_of: visit.as_of,
        ..FigureQuery::default()
    };
    let found = figure(state, &visit.caller, id, query).await?;
    let by_day: BTreeMap<&str, Option<i64>> = found
        .rows
        .iter()
        .filter_map(|row| Some((row.key.get("day")?.as_str(), row.value)))
        .collect();
    let days = (0..=period.first.until(period.last)).map(|n| period.first.plus(n));
    // A day without a row added nothing; a row without a value is not shown.
    let values: Vec<(Day, Option<i64>)> = days
        .map(|day| (day, by_day.get(day.to_string().as_str()).copied().unwrap_or(Some(0))))
        .collect();
    let columns: Vec<Column> = values
        .iter()
        .map(|(day, n)| Column {
            label: day.to_string(),
            value: n.and_then(|n| i32::try_from(n).ok()).map(f64::from),
            is_partial: period.is_recent && *day == period.last,
        })
        .collect();
    let (lang, name) = (visit.lang, found.title.get(visit.lang).to_owned());
    Ok(Chart {
        id: format!("curve-{id}"),
        title: message(lang, &name, &values, period),
        desc: found.definition.get(lang).to_owned(),
        unit: found.unit.get(lang).to_owned(),
        columns_name: name,
        line: average(&columns).map(|values| Line {
            name: Words::new("7日平均", "7-day average").get(lang).to_owned(),
            values,
        }),
        columns,
        ..Chart::default()
    })
}

/// What a curve says, as a sentence: the sum, and the day of the most.
fn message(lang: Lang, name: &str, values: &[(Day, Option<i64>)], period: Period) -> String {
    let known = || values.iter().filter_map(|(day, n)| Some((*day, (*n)?)));
    let sum: i64 = known().map(|(_, n)| n).sum();
    let most = known().filter(|(_, n)| *n > 0).max_by_key(|(day, n)| (*n, -day.0));
    let none = Words::new("{name}：{period}没有", "{name}: none from {period}");
    let some = Words::new(
        "{name}：{period}共{sum}，{day}最多（{most}）",
        "{name}: {sum} from {period}, most on {day} ({most})",
    );
    let words = match most {
        None => none,
        Some((day, n)) => some
            .with("sum", grouped(sum))
            .with("day", dates::day(lang, date(day)))
            .with("most", grouped(n)),
    };
    let words = words.with("name", name).with("period", period.words(lang));
    words.get(lang).to_owned()
}

/// The average of a day and the six before it, where all are known and over; none for a series too short to gain by it.
pub(crate) fn average(columns: &[Column]) -> Option<Vec<Option<f64>>> {
    if columns.len() < 2 * WEEK {
        return None;
    }
    let whole = |column: &Column| column.value.filter(|_| !column.is_partial);
    let means = columns.windows(WEEK).map(|week| {
        let sum: Option<f64> = week.iter().map(whole).sum();
        sum.map(|sum| sum / 7.0)
    });
    Some(std::iter::repeat_n(None, WEEK - 1).chain(means).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recent_is_shown_to_today_and_what_is_not_in_its_own_time() {
        let today = Day(20_000);
        assert_eq!(Period::of(today, Day(10), Day(19_980)), Period::recent(today));
        let past = Period::of(today, Day(100), Day(140));
        assert_eq!((past.first, past.last, past.is_recent), (Day(100), Day(140), false));
        assert_eq!(Period::of(today, Day(100), Day(1_000)).first, Day(821));
    }

    #[test]
    fn an_average_needs_seven_known_days() {
        let column = |n: i32| Column {
            label: String::new(),
            value: (n != 9).then(|| f64::from(n)),
            is_partial: n == 13,
        };
        let columns: Vec<Column> = (0..14).map(column).collect();
        let means = average(&columns).unwrap();
        assert_eq!(
            (means.len(), means[5], means[6], means[7]),
            (14, None, Some(3.0), Some(4.0))
        );
        assert_eq!((means[9], means[13]), (None, None));
        assert_eq!(average(&columns[..13]), None);
    }
}
